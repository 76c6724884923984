"""All pages of this process, and one rule for whoever tells or asks them: a page's fault stays its own.

A page that fails is behind. It counts as one at which nobody sees or hears an alarm until it was sent everything anew; a page
that can't be sent that gets no heartbeat, and so says itself that it lost its server.
"""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar
from weakref import WeakSet

from dashboard.shell.ground import OpenPage
from incidents.listeners import say_fault

S = TypeVar("S", bound=OpenPage)
T = TypeVar("T")


class Pages(Generic[S]):
    """The sessions of all pages that are open."""

    def __init__(self) -> None:
        self._all: set[S] = set()
        self._behind: WeakSet[S] = WeakSet()

    def __iter__(self) -> Iterator[S]:
        return iter(tuple(self._all))

    def __contains__(self, session: object) -> bool:
        return session in self._all

    def add(self, session: S) -> None:
        """A page came."""
        self._all.add(session)

    def discard(self, session: S) -> None:
        """A page went."""
        self._all.discard(session)

    def abreast(self) -> tuple[S, ...]:
        """The pages that are not behind."""
        return tuple(session for session in self._all if session not in self._behind)

    def each(self, work: Callable[[S], object]) -> None:
        """Do it to every page."""
        for session in tuple(self._all):
            try:
                work(session)
            except Exception as error:
                self._failed(session, error)

    def ask(self, question: Callable[[S], T]) -> list[T]:
        """What every connected page that is not behind answers."""
        answers: list[T] = []
        for session in self.abreast():
            try:
                if session.connected:
                    answers.append(question(session))
            except Exception as error:
                self._failed(session, error)
        return answers

    def beat(self) -> None:
        """Tell every page that the server lives; one that is behind is sent everything first."""
        self.each(self._beat)

    def _beat(self, session: S) -> None:
        if session in self._behind:
            session.anew()
            self._behind.discard(session)
        session.tick()

    def _failed(self, session: S, error: Exception) -> None:
        self._behind.add(session)
        say_fault(error, "a page")

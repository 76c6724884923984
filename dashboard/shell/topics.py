"""What pages are told, as tables of topics; and the mailbox of one page, which sends of each what differs.

A table says of a topic what makes it be looked at, what it is for who is before a page, and whether a locked page may have it:
no page decides that for itself, and a new topic is kept from locked pages until its line says otherwise.
"""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Generic, Literal, Never, TypeVar

import msgspec

from dashboard.shell.ground import Standing
from incidents.listeners import without_values

# `selected`: another alarm was chosen on the page; `alarm`: the chosen one changed; `tab`: the page said which tab it is.
Hears = Literal["alarm", "cases", "device", "drill", "floor", "health", "second", "selected", "tab"]

P = TypeVar("P", contravariant=True)
S = TypeVar("S", contravariant=True)

_logger = logging.getLogger(__name__)


def nothing(services: object) -> None:
    """What a locked page has in the place of most topics."""


class Topic(msgspec.Struct, Generic[P, S], frozen=True):
    """A fact of the messages, by its `name` in them. `now` is what it is for a page, UNSET where nothing is to be sent.

    Without a change that it `hears` it is looked at with each message. What is not for a `locked` page is there what `empty`
    makes, which knows no page; a dark page is told of nothing but what is `dark`. Of a dict that is `merged` the page keeps what
    it has of the same `id`: only the entries that differ go. `before`: what a page has of it that was told nothing.
    """

    name: str
    now: Callable[[P, S], object]
    hears: frozenset[Hears] = frozenset()
    locked: bool = False
    dark: bool = False
    merged: bool = False
    empty: Callable[[S], object] = nothing
    before: object = msgspec.UNSET

    def of(self, page: P, services: S, standing: Standing) -> object:
        """What the page may be told."""
        return self.empty(services) if standing.locked and not self.locked else self.now(page, services)


class Mailbox:
    """What one page was sent of each topic, and of which it is owed more; nothing of it outlives who is before the page."""

    def __init__(self) -> None:
        self._topics: list[tuple[Topic[Never, Never], Callable[[Standing], object]]] = []
        self._due: set[str] = set()
        self._sent: dict[str, object] = {}
        self._standing: Standing | None = None

    def tell(self, table: Iterable[Topic[P, S]], page: P, services: S) -> None:
        """Tell a page of these topics, too: before the others, for what is shown decides what is asked of who sees it."""
        self._topics[:0] = [(topic, partial(topic.of, page, services)) for topic in table]
        self.forget()

    def hear(self, *changes: Hears) -> None:
        """This changed."""
        self._due.update(topic.name for topic, _ in self._topics if not topic.hears.isdisjoint(changes))

    def forget(self, *changes: Hears) -> None:
        """The page knows nothing any more, or nothing of what hears these."""
        for topic, _ in self._topics:
            if not changes or not topic.hears.isdisjoint(changes):
                self._due.add(topic.name)
                self._sent[topic.name] = topic.before

    def add(self, message: dict[str, Any], standing: Standing) -> None:
        """Put what differs into a message."""
        before, self._standing = self._standing, standing
        if before is None or (before != standing and (before.who, before.dark) != (standing.who, standing.dark)):
            self._due.update(self._sent)
            # What was nothing to one person is not taken from another.
            self._sent = {name: None if fact is None else msgspec.UNSET for name, fact in self._sent.items()}
        due, dark = self._due, standing.dark
        for topic, of in self._topics:
            name = topic.name
            if (topic.hears and name not in due) or (dark and not topic.dark):
                continue
            due.discard(name)
            try:
                fact = of(standing)
            except Exception as error:  # the first rule: it keeps neither an alarm nor another topic from a page
                _logger.error("a part of a page could not be made", exc_info=without_values(error))
                continue
            known = self._sent[name]
            if fact is not msgspec.UNSET and fact != known:
                message[name] = _differing(fact, known) if topic.merged else fact
                self._sent[name] = fact


def _differing(fact: object, known: object) -> object:
    """Of two facts of one thing the entries that are not as they were."""
    if not isinstance(fact, dict) or not isinstance(known, dict) or fact.get("id") != known.get("id"):
        return fact
    return {key: part for key, part in fact.items() if key == "id" or key not in known or known[key] != part}

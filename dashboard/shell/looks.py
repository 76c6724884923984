"""What one page showed who is before it, each look a record; and the line that asks why, where nothing says it.

Nothing waits for a record, nor for an answer. A look lasts while the same person has the same before them: what is painted anew
because something of it changed is no other look.
"""

import logging
from datetime import datetime
from typing import Literal, Protocol
from uuid import uuid4

import msgspec

from dashboard.shell.clock import milliseconds
from incidents import events as ev
from incidents.desk.desk import Desk
from incidents.reasons import MAX_REASON, says_why

# What was looked at, and where on the page the line that asks why stands.
What = Literal["case", "device", "timeline", "search", "order", "press", "life"]
_logger = logging.getLogger(__name__)


class Ask(msgspec.Struct, frozen=True):
    """The line: of which record it asks why, since when (ms since 1970), what was looked at, and by which key of the page."""

    of: str
    at: int
    what: What
    on: str


class LastingLook(msgspec.Struct, frozen=True, kw_only=True):
    """A look that lasts. `need` is what the alarm was to the `actor` when it began; "" asks why. `row`: it is a row of searches,
    whose records the desk makes; `case`: a case was shown in it, `words`: its agreed words too."""

    id: str
    stream: str
    actor: str
    at: datetime
    need: ev.Need
    row: bool = False
    case: bool = False
    words: bool = False


class Looking(Protocol):
    """A page, for what it showed."""

    @property
    def actor(self) -> str: ...


class Looks:
    """One page's: of each thing that may be looked at, the look that lasts."""

    def __init__(self, page: Looking, desk: Desk) -> None:
        self._page, self._desk = page, desk
        self._last: dict[tuple[What, str], LastingLook] = {}  # the newest last
        self._answered: set[str] = set()

    def of(self, what: What, on: str) -> LastingLook | None:
        """The look of who is before the page that lasts on this; None: what is shown now is another."""
        look = self._last.get((what, on))
        return look if look is not None and look.actor and look.actor == self._page.actor else None

    def begin(self, what: What, on: str, stream: str, event: ev.Disclosure, *, only: bool = True) -> None:
        """Somebody is shown this now: it is recorded beside. `only`: nothing else of its kind is before them any more."""
        case, words = isinstance(event, ev.CaseOpened), isinstance(event, ev.CaseOpened) and event.words
        look = self._look(f"look-{uuid4().hex}", stream, need=event.need, case=case, words=words)
        self._lasts(what, on, look, only)
        if not self._desk.records_looks:
            return
        if look.actor:
            self._desk.disclosed(stream, event, id=look.id, actor=look.actor)
        else:
            _logger.error("a look could not be recorded: nobody can be named for it")

    def entered(self, what: What, of: str, stream: str, *, row: bool = False) -> None:
        """Somebody is shown what is recorded already, as `of`, or goes on with that row."""
        if (known := self._last.get((what, ""))) is None or known.id != of:
            self._lasts(what, "", self._look(of, stream, row=row), only=True)

    def clear(self) -> None:
        """Nothing is before anybody any more."""
        self._last.clear()
        self._answered.clear()

    def end(self, what: What) -> None:
        """Nothing of this kind is before anybody any more."""
        self._last = {key: look for key, look in self._last.items() if key[0] != what}

    def keep(self, what: What, on: set[str]) -> None:
        """Of this kind nothing but these is before anybody any more."""
        self._last = {key: look for key, look in self._last.items() if key[0] != what or key[1] in on}

    def ask(self) -> Ask | None:
        """What the page asks: of the newest look that nothing says why of; nothing where no look is recorded."""
        if not self._desk.records_looks:
            return None
        asks = [
            Ask(look.id, milliseconds(look.at), what, on)
            for (what, on), look in self._last.items()
            if not look.need and look.id not in self._answered and look.actor == self._page.actor
        ]
        return asks[-1] if asks else None

    def because(self, of: str, why: ev.Why, reason: str) -> bool:
        """Who looked said why. False, and nothing is recorded, where that is no reason or no look of theirs asks for one."""
        look = next((look for look in self._last.values() if look.id == of), None)
        if look is None or of in self._answered or look.need or look.actor != self._page.actor:
            return False
        if not says_why(why, reason):
            return False
        words = reason.strip()[:MAX_REASON]
        self._answered.add(of)
        if look.row:
            self._desk.searched_because(look.actor, of, why, words)
        else:
            given = ev.ReasonGiven(of=of, why=why, reason=words)
            self._desk.disclosed(look.stream, given, id=f"{of}-why", actor=look.actor)
        return True

    def _look(
        self, id: str, stream: str, *, need: ev.Need = "", row: bool = False, case: bool = False, words: bool = False
    ) -> LastingLook:
        actor, now = self._page.actor, self._desk.clock.now()
        return LastingLook(id=id, stream=stream, actor=actor, at=now, need=need, row=row, case=case, words=words)

    def _lasts(self, what: What, on: str, look: LastingLook, only: bool) -> None:
        if only:
            self.end(what)
        self._last.pop((what, on), None)
        self._last[what, on] = look
        self._answered.intersection_update(one.id for one in self._last.values())

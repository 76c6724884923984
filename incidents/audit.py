"""Who was shown what: a record for each, in the stream of its incident, else in one a month, whose key can go with it.

A search is answered whether or not it can be recorded now: what the log cannot take is held and written later, as everywhere.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal
from uuid import uuid4

from incidents import events as ev
from incidents.clock import Clock
from incidents.roles import User

PAUSE_S = 5.0  # after which a person who typed has typed what they looked for
LONGEST_S = 60.0
MOST = 100  # searches in one record
AGAIN = "-more"  # ends the id of a row's second record

_logger = logging.getLogger(__name__)

Note = Callable[..., Awaitable[None]]


def stream_of(at: datetime) -> str:
    """The stream of the disclosures of a moment's month."""
    return f"audit/{at.astimezone(UTC):%Y-%m}"


def stream_for(event: ev.Event, at: datetime) -> str:
    """The stream of a disclosure: that of its incident, else that of its month."""
    incident = getattr(event, "incident", "")
    return f"incident/{incident}" if incident else stream_of(at)


def look_id(actor: str, what: str, at: datetime) -> str:
    """The id of the record that a person looks at a page: one an hour, however often their page asks for it again."""
    told = f"{actor}\n{what}\n{at.astimezone(UTC):%Y%m%d%H}"
    return f"look-{sha256(told.encode()).hexdigest()[:32]}"


class OfNobody(str):
    """Why what is shown or taken discloses nobody, and is no record."""


def role_of(user: User) -> str:
    """The roles of a person, as a record says them."""
    return " ".join(sorted(user.roles))


class Disclosures:
    """What persons are being shown: whoever enters it waits for nothing, neither for the log nor for a fault of it."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._writing: set[asyncio.Task[None]] = set()

    def enter(self, stream: str, event: ev.Event, *, id: str, actor: str) -> None:
        """Record it, once for its id, behind what was entered before."""
        task = asyncio.get_running_loop().create_task(
            self._record(stream, event, id, actor), name="record a disclosure"
        )
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def close(self) -> None:
        """Record what waits."""
        await asyncio.gather(*self._writing, return_exceptions=True)

    async def _record(self, stream: str, event: ev.Event, id: str, actor: str) -> None:
        try:
            await self._note(stream, event, id=id, actor=actor)
        except Exception as failure:  # its words may name somebody
            _logger.error("what somebody was shown could not be recorded: %s", type(failure).__name__)


class Searches:
    """What persons searched. The first search of a row is a record at once; those of the next seconds are one record more.

    Why they searched is asked after: it is said of both.
    """

    def __init__(self, disclosures: Disclosures, clock: Clock) -> None:
        self._disclosures = disclosures
        self._clock = clock
        self._rows: dict[str, _Row] = {}  # by person, the last of each

    def searched(self, user: User, text: str, cases: Iterable[str], need: ev.Need = "") -> str:
        """A person searched, and is shown these cases. It waits for nothing. Returns the id of the row's first record."""
        row = self._rows.get(user.actor)
        if row is not None and row.need != need:
            row.due.cancel()
            self._end(row)
        if row is None or row.over:
            self._rows[user.actor] = row = _Row(user, need)
            self._write(row, row.id, [text], set(cases))
            row.due = asyncio.get_running_loop().call_later(PAUSE_S, self._end, row)
            return row.id
        row.terms.append(text)
        row.cases.update(cases)
        row.due.cancel()
        loop = asyncio.get_running_loop()
        wait_s = 0 if len(row.terms) >= MOST else min(PAUSE_S, max(0, row.began_s + LONGEST_S - loop.time()))
        row.due = loop.call_later(wait_s, self._end, row)
        return row.id

    def reason(self, actor: str, of: str, why: ev.Why, reason: str) -> None:
        """A person said why they made the row of searches that begins with this record."""
        row = self._rows.get(actor)
        row = row if row is not None and row.id == of else None
        if row is not None and not row.over:
            row.why, row.reason = why, reason
        for id in (of, *((row.more,) if row is not None and row.over and row.terms else ())):
            given = ev.ReasonGiven(of=id, why=why, reason=reason)
            self._disclosures.enter(stream_of(self._clock.now()), given, id=f"{id}-why", actor=actor)

    def close(self) -> None:
        """Record what waits."""
        for row in tuple(self._rows.values()):
            row.due.cancel()
            self._end(row)

    def _end(self, row: "_Row") -> None:
        if not row.over and row.terms:
            self._write(row, row.more, row.terms, row.cases)
        row.over = True

    def _write(self, row: "_Row", id: str, terms: list[str], cases: set[str]) -> None:
        event = ev.CasesSearched(
            role=role_of(row.user),
            need=row.need,
            why=row.why,
            reason=row.reason,
            found=len(cases),
            searches=len(terms),
            text="\n".join(terms),
            cases=ev.shown_lines(sorted(cases)),
        )
        self._disclosures.enter(stream_of(self._clock.now()), event, id=id, actor=row.user.actor)


class _Row:
    """The searches of one person that come one after another."""

    def __init__(self, user: User, need: ev.Need) -> None:
        self.user, self.need = user, need
        self.id = f"search-{uuid4().hex}"
        self.more = self.id + AGAIN  # the id of the record of those after the first
        self.terms: list[str] = []
        self.cases: set[str] = set()
        self.why: ev.Why | Literal[""] = ""
        self.reason = ""
        self.over = False
        self.began_s = asyncio.get_running_loop().time()
        self.due: asyncio.TimerHandle

"""Who looked up what, without an incident: a record for each, on a stream a month, whose key can go with it.

A search is answered whether or not it can be recorded now: what the log cannot take is held and written later, as everywhere.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid4

from incidents import events as ev
from incidents.clock import Clock
from incidents.commands import Refused
from incidents.log import LogUnavailable
from incidents.roles import User

PAUSE_S = 5.0  # after which a person who typed has typed what they looked for
LONGEST_S = 60.0
MOST = 100  # searches in one record

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


class Searches:
    """What persons searched. The first search of a row is a record at once; those of the next seconds are one record more."""

    def __init__(self, note: Note, clock: Clock) -> None:
        self._note = note
        self._clock = clock
        self._rows: dict[str, _Row] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def searched(self, user: User, text: str, cases: Iterable[str]) -> None:
        """A person searched, and is shown these cases. It waits for nothing."""
        row = self._rows.get(user.actor)
        if row is None:
            self._rows[user.actor] = row = _Row(user)
            self._write(user, [text], set(cases))
            row.due = asyncio.get_running_loop().call_later(PAUSE_S, self._end, row)
            return
        row.terms.append(text)
        row.cases.update(cases)
        row.due.cancel()
        loop = asyncio.get_running_loop()
        wait_s = 0 if len(row.terms) >= MOST else min(PAUSE_S, max(0, row.began_s + LONGEST_S - loop.time()))
        row.due = loop.call_later(wait_s, self._end, row)

    async def close(self) -> None:
        """Record what waits."""
        for row in tuple(self._rows.values()):
            row.due.cancel()
            self._end(row)
        await asyncio.gather(*self._writing, return_exceptions=True)

    def _end(self, row: "_Row") -> None:
        if self._rows.get(row.user.actor) is row:
            del self._rows[row.user.actor]
        if row.terms:
            self._write(row.user, row.terms, row.cases)

    def _write(self, user: User, terms: list[str], cases: set[str]) -> None:
        event = ev.CasesSearched(
            role=role_of(user),
            found=len(cases),
            searches=len(terms),
            text="\n".join(terms),
            cases=" ".join(sorted(cases)),
        )
        task = asyncio.create_task(self._record(event, user.actor), name="record a search")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _record(self, event: ev.Event, actor: str) -> None:
        try:
            await self._note(stream_of(self._clock.now()), event, id=f"search-{uuid4().hex}", actor=actor)
        except (LogUnavailable, Refused) as failure:
            _logger.error("a search could not be recorded: %s", type(failure).__name__)


class _Row:
    """The searches of one person that come one after another."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.terms: list[str] = []
        self.cases: set[str] = set()
        self.began_s = asyncio.get_running_loop().time()
        self.due: asyncio.TimerHandle

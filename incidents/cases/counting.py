"""What is counted of cases: from which month to which a protection stood, and what it has in common with others. No person.

A month that is over is closed: what is entered later counts in the month in which it is entered, so that figures which were told
stay as they were. What a register forgets of a case it counts first (`Counted`), and that row outlives it.
"""

import datetime as dt
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, get_args

import msgspec
from cryptography.exceptions import InvalidTag

from incidents.case import Case
from incidents.cases.life import Life, State, Step, life
from incidents.events import BRUSSELS
from incidents.log.master import Box

Context = Literal["suspect_named", "measures", "weapons", "others_present", "listen_only"]
CONTEXTS: Final[tuple[Context, ...]] = get_args(Context)
_STANDS: Final[tuple[State, ...]] = ("granted", "active", "suspended")

Version = tuple[dt.datetime, Case | None]  # when it came; None: the case was withdrawn with it


class Protection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One time that a case stood, by Belgian months ("2026-03"): entered in `begun`, over in `ended` ("": it stands).

    `decided`: the month of the decision, else of its first day. `place`: the zone's key, or what stands for it once it is made
    coarse. `context`: what the case said in the month in which it was entered.
    """

    begun: str
    decided: str
    place: str = ""
    context: tuple[Context, ...] = ()
    ended: str = ""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """The protections of a case, all that happened until a moment."""

    until: dt.datetime
    protections: tuple[Protection, ...]


def protections(
    versions: Sequence[Version], steps: Sequence[Step], now: dt.datetime, before: Counted | None = None
) -> tuple[Protection, ...]:
    """The protections of a case: what was counted `before`, and what came since, by what was known at each moment.

    A case stands until it is ended, given back, withdrawn, or its last day is over; a suspended one stands.
    """
    found = list(before.protections) if before is not None else []
    case: Case | None = None
    taken: list[Step] = []
    then: Life | None = None  # while it stands
    for at, what in _events(versions, steps, now):
        day = _day(at)
        if then is not None and then.until < day:
            if before is None or then.until >= _day(before.until):
                _end(found, then.until)
            then = None
        if isinstance(what, Step):
            taken.append(what)
        elif what != "now":
            case = what
        known = life(case, taken, day) if case is not None else None
        stands = known if known is not None and known.state in _STANDS else None
        if before is None or at > before.until:
            if then is None or stands is None:
                _end(found, day)
            if case is not None and stands is not None:
                if found and not found[-1].ended and found[-1].begun == month(day):
                    found.pop()  # it is entered still
                if not found or found[-1].ended:
                    found.append(_protection(case, stands, day, again=bool(found)))
        then = stands
    return tuple(found)


def month(day: dt.date) -> str:
    """The month of a day, as "2026-03"."""
    return f"{day.year:04}-{day.month:02}"


class CountedRows:
    """The table of what is counted of cases that the register forgot in whole or in part, sealed under a key of the master's.

    `table` makes it where it is not there yet.
    """

    def __init__(self, db: sqlite3.Connection, box: Box, table: str) -> None:
        self._db, self._box, self._table = db, box, table

    def tags(self) -> list[bytes]:
        """Of which cases there is a row."""
        there = self._db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'counted'").fetchone()
        return [tag for (tag,) in self._db.execute("SELECT tag FROM counted")] if there is not None else []

    def read(self, tag: bytes) -> Counted | None:
        """The row of a case. Raises `InvalidTag` and `ValueError` where it is damaged."""
        if tag not in self.tags():
            return None
        (sealed,) = self._db.execute("SELECT sealed FROM counted WHERE tag = ?", (tag,)).fetchone()
        return msgspec.json.decode(self._box.open(sealed, tag.hex()), type=Counted)

    def keep(
        self,
        tag: bytes,
        count: Callable[[dt.datetime, bytes], Mapping[bytes, tuple[Protection, ...]]],
        place: Callable[[str], str],
    ) -> None:
        """Keep what is counted of a case until now, each zone made coarse by `place`. Only within a transaction."""
        now = dt.datetime.now(dt.UTC)
        coarse = (msgspec.structs.replace(one, place=place(one.place)) for one in count(now, tag)[tag])
        self._write(tag, Counted(until=now, protections=tuple(coarse)))

    def move(self, tag: bytes, anew: bytes, to: "CountedRows") -> None:
        """Seal the row of a case under another key, and another name; one that was damaged before stays as it is."""
        try:
            counted = self.read(tag)
        except (InvalidTag, ValueError):
            return
        if counted is not None:
            self._db.execute("DELETE FROM counted WHERE tag = ?", (tag,))
            to._write(anew, counted)

    def _write(self, tag: bytes, counted: Counted) -> None:
        self._db.execute(self._table)
        row = (tag, self._box.seal(msgspec.json.encode(counted), tag.hex()))
        self._db.execute("INSERT OR REPLACE INTO counted (tag, sealed) VALUES (?, ?)", row)


def _events(
    versions: Sequence[Version], steps: Sequence[Step], now: dt.datetime
) -> list[tuple[dt.datetime, Case | Step | Literal["now"] | None]]:
    """What happened until now, in its order: a step counts once its case is there."""
    first = min((at for at, _ in versions), default=now)
    dated: list[tuple[dt.datetime, Case | Step | None]] = [*versions, *((max(step.at, first), step) for step in steps)]
    return [*sorted((one for one in dated if one[0] <= now), key=lambda one: one[0]), (now, "now")]


def _protection(case: Case, known: Life, day: dt.date, *, again: bool) -> Protection:
    decided = known.decision.date if known.decision is not None else case.valid_from
    said = {
        "suspect_named": case.suspect is not None,
        "measures": bool(case.measures),
        "weapons": bool(case.weapons),
        "others_present": bool(case.present),
        "listen_only": case.listen_only,
    }
    return Protection(
        begun=month(day),
        decided=month(day if again else decided),
        place=known.zone or case.home_zone or "",
        context=tuple(context for context in CONTEXTS if said[context]),
    )


def _end(found: list[Protection], day: dt.date) -> None:
    if found and not found[-1].ended:
        found[-1] = msgspec.structs.replace(found[-1], ended=month(day))


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(BRUSSELS).date()

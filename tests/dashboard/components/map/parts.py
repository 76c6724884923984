"""Alarms, units and boards of the map's tests, and one page's side of it: what it was told, taken as its script takes it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from incidents.board import Board, Change
from incidents.case import Case, Person, Protected
from incidents.fold.units import UnitNow
from incidents.incident import Incident
from incidents.messages import Fix
from maps.motion import moved
from tests.incidents.facts import incident_of, with_facts

NOW = datetime(2026, 11, 24, 21, 14, 7, tzinfo=UTC)
GENT = (51.0536, 3.7253)
NAMUR = (50.4669, 4.8675)
CASE = Case(
    number="2026-0412",
    victim=Person(name="A. Voorbeeld"),
    devices=("AMR-a",),
    valid_from=date(2026, 1, 1),
    valid_until=date(2027, 1, 1),
    source="PZ Gent",
    date=date(2026, 1, 1),
    places=(Protected(name="home", lat=51.0476, lon=3.7153, radius_m=500.0),),
)


def alarm(key: str, at: tuple[float, float] | Fix | None = GENT, *, age_s: float = 0.0, **kind: Any) -> Incident:
    """An open alarm whose newest position is so old."""
    fix_at = NOW - timedelta(seconds=age_s)
    fix = Fix(*at, kind.pop("radius", 18.0), time=fix_at) if isinstance(at, tuple) else at
    where = {"position__fix": fix, "position__at": fix_at if fix else None}
    return incident_of(key, NOW, **where | {"device": f"AMR-{key}"} | kind)


def went(*places: tuple[float, float], every_s: float = 4.0) -> Incident:
    """An alarm with fixes, the last of now, so many metres to the north and the east of Gent."""
    times = (NOW - timedelta(seconds=every_s * n) for n in reversed(range(len(places))))
    trail = tuple(Fix(*moved(*GENT, *place), 10.0, time=time) for place, time in zip(places, times, strict=True))
    return with_facts(alarm("a"), position__fix=trail[-1], position__trail=trail)


def unit(key: str, at: tuple[float, float] | None = GENT, **kind: Any) -> UnitNow:
    facts = {"zone": "5415", "status": "en_route", "at": NOW, **kind}
    return UnitNow(unit=key, fix=Fix(*at, time=NOW) if at is not None else None, **facts)


def put(board: Board, *incidents: Incident) -> None:
    """They are so on the board from now on."""
    for incident in incidents:
        board.incidents[incident.id] = incident
        board.notify(Change(kind="incident", key=incident.id))


def drop(board: Board, key: str) -> None:
    """It left the board."""
    if board.incidents.pop(key, None) is not None:
        board.notify(Change(kind="incident", key=key))


def board_of(*incidents: Incident, units: Sequence[UnitNow] = ()) -> Board:
    board = Board()
    put(board, *incidents)
    board.units.update({one.unit: one for one in units})
    return board


class Page:
    """What one page has of what it was told, by now. `ever`: the ids that it was told and did not have to forget."""

    def __init__(self) -> None:
        self.marks: dict[str, Any] = {}
        self.units: dict[str, Any] = {}
        self.chosen: dict[str, Any] = {"line": []}
        self.selected: str | None = None
        self.ever: set[str] = set()

    def take(self, news: dict[str, Any]) -> None:
        """As `take` of marks.js does."""
        news = msgspec.json.decode(msgspec.json.encode(news))
        for mine, told in ((self.marks, news.get("marks", {})), (self.units, news.get("units", {}))):
            for key, mark in told.items():
                mine[key] = mark
                if not mark:
                    del mine[key]
        if "chosen" in news:
            chosen = news["chosen"]
            line = [*self.chosen["line"][: chosen.pop("from")], *chosen["line"]]
            self.chosen = chosen | {"line": line}
        self.selected = news.get("selected", self.selected)
        told = news.get("marks", {})
        self.ever = (self.ever | {key for key, mark in told.items() if mark}) - {
            k for k, m in told.items() if m is False
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Page) and self.has == other.has

    @property
    def has(self) -> tuple[Any, ...]:
        return self.marks, self.units, {key: fact for key, fact in self.chosen.items() if fact}, self.selected

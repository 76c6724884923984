"""What a map is told of open alarms, of units and of what stands chosen: facts in Mercator metres, of which the page draws.

Nothing here depends on a view, a language or a theme: one encoded mark serves every page of a board.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, Final
from weakref import WeakKeyDictionary, WeakMethod, ref

import msgspec
import shapely

from dashboard.components.map.labels import plain
from dashboard.components.map.outlines import outlines_in
from dashboard.components.map.palette import SHAPE_OF_STATE, Shape
from dashboard.components.tracks import STEP, least_growth_m, stepped, track
from dashboard.shell.clock import milliseconds
from incidents.board import Board, Change
from incidents.case import Case
from incidents.fold.units import UnitNow
from incidents.incident import Incident
from incidents.listeners import say_fault
from incidents.messages import Fix, UnitStatus
from maps.areas import area
from maps.geodesy import to_mercator
from maps.overlays import Box, true_circle
from maps.track import MAX_GROWTH_M, Track
from maps.zones import Zones

SURER: Final = 0.5  # a circle so much smaller than that of the newest fix is drawn in it
MAX_CIRCLE_M: Final = 200_000.0  # beyond it the circle is larger than the country; its radius is still written
STEPS: Final = 5  # of a growing circle that are told at once, at least ...
AHEAD: Final = timedelta(seconds=15)  # ... and those so far ahead ...
ASKED: Final = timedelta(seconds=7)  # before they are too small they are made anew: a page asks every five seconds
RECENT: Final = 60  # positions that a circle is reckoned from: a page that opens draws dozens of alarms at once
STOPS: Final = 16
SPARE: Final = 256  # incidents that left the board, and are remembered
UNIT_NAME: Final = 12  # characters

Point = tuple[float, float]
Circle = tuple[float, float]  # y of its middle, and its radius


class Grown(msgspec.Struct, frozen=True):
    """Where she may be by now: about `x`, from each moment (ms since 1970) a circle of a y and a radius."""

    x: float
    steps: tuple[tuple[int, float, float], ...]


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An open alarm. `x`, `y` are the newest position, at which it stands even where that is `doubted`, since orders go by it;
    without them it stands nowhere, or in the `area` that was named. Moments are ms since 1970."""

    name: str = ""
    nameless: str = ""  # the word that stands for a name
    shape: Shape
    received: int
    unowned: bool = False
    calls: bool = False  # it needs someone
    unit: str = ""
    at: int | None = None
    x: float | None = None
    y: float | None = None
    radius_m: float | None = None
    doubted: bool = False
    circle: Circle | None = None
    grown: Grown | None = None
    area: Box | None = None


class UnitMark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A unit on duty that has a position, of `at` (ms since 1970)."""

    name: str
    status: UnitStatus
    x: float
    y: float
    at: int
    clock_wrong: bool = False


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place of a case, with its exclusion zone."""

    name: str
    x: float
    y: float
    radius_m: float = 0.0
    circle: Circle | None = None


class Chosen(msgspec.Struct, frozen=True):
    """Of what stands chosen: its smoothed way, None where nobody was between; positions that may be wrong; stops with their
    seconds; where she would be if she went on as she did, and from where; the places of a case."""

    line: tuple[Point | None, ...] = ()
    wrong: tuple[Point, ...] = ()
    stops: tuple[tuple[float, float, int], ...] = ()
    guess: tuple[float, float, float, float] | None = None
    places: tuple[Place, ...] = ()


def mark_of(incident: Incident, of: Track, now: datetime, zones: Zones) -> tuple[Mark, datetime | None]:
    """The mark of an open alarm with this track, and until when it is true; None: until it changes."""
    name = plain(incident.number if incident.device else incident.by_hand.place)
    unit = incident.unit
    mark = Mark(
        name=name,
        nameless="" if name else "by_hand" if incident.origin == "hand" else "no_device",
        shape=SHAPE_OF_STATE[incident.state],
        received=milliseconds(incident.received_at),
        unowned=incident.unowned,
        calls=incident.needs_someone,
        unit=unit.unit if unit is not None else "",
    )
    fix = incident.position.fix
    if fix is None:
        named = area(zones, incident.zone, incident.by_hand.place) if incident.zone and incident.by_hand.place else None
        box = tuple(round(float(edge), 1) for edge in shapely.bounds(named)) if named is not None else None
        return msgspec.structs.replace(mark, area=box), None  # type: ignore[arg-type]  # four edges
    grown, until = _grown(of, fix, now)
    radius_m = fix.radius if fix.radius and fix.radius > 0 else None
    x, y = _point(fix.lat, fix.lon)
    mark = msgspec.structs.replace(
        mark,
        at=milliseconds(incident.position.at or fix.time),
        x=x,
        y=y,
        radius_m=radius_m,
        doubted=of.doubt is not None,
        circle=_circle(fix.lat, fix.lon, radius_m) if radius_m and radius_m <= MAX_CIRCLE_M else None,
        grown=grown,
    )
    return mark, until


def _grown(of: Track, fix: Fix, now: datetime) -> tuple[Grown | None, datetime | None]:
    """The next circles of where she may be, from when that is something else than the circle of the newest fix: that has grown,
    or is so vague that those before it say more, or the fix is flagged."""
    reach = of.reach(now)
    if reach is None:
        return None, None
    grown_m, pace = of.grown_m(reach.age_s), of.growth_m_s
    still_m = reach.radius_m - grown_m
    surer = fix.radius is not None and reach.radius_m < SURER * fix.radius
    least_m = 0.0 if of.doubt is not None or surer else least_growth_m(fix)
    begins_m = max(grown_m, least_m)
    steps: list[tuple[int, float, float]] = []
    radius_m = stepped(still_m + begins_m)
    at = now + timedelta(seconds=(begins_m - grown_m) / pace)  # when the next one begins
    while begins_m <= MAX_GROWTH_M and (len(steps) < STEPS or at < now + AHEAD):
        y, r = _circle(reach.lat, reach.lon, min(radius_m, MAX_CIRCLE_M))
        steps.append((milliseconds(at), y, r))
        begins_m, radius_m = radius_m - still_m, radius_m * STEP
        at = now + timedelta(seconds=(begins_m - grown_m) / pace)
    until = at - ASKED if begins_m <= MAX_GROWTH_M else None
    x, _ = _point(reach.lat, reach.lon)
    return Grown(x, tuple(steps)) if steps else None, until


def unit_mark(unit: UnitNow) -> UnitMark | None:
    """The mark of a unit; None while it is off duty, or nobody knows where it is."""
    if unit.fix is None or unit.status == "off":
        return None
    at = milliseconds(unit.fix.time or unit.at)
    return UnitMark(plain(unit.unit, UNIT_NAME), unit.status, *_point(unit.fix.lat, unit.fix.lon), at, unit.clock_wrong)


def chosen_of(incident: Incident, of: Track, case: Case | None, now: datetime) -> Chosen:
    """What is drawn of an alarm while it stands chosen, open or closed; of its case, if the page may see it."""
    reach = of.reach(now) if incident.open else None
    guess = reach.guess if reach is not None else None
    return Chosen(
        line=tuple(_line(of)),
        wrong=tuple(dict.fromkeys(_point(step.lat, step.lon) for step in of.steps if step.jump is not None)),
        stops=tuple((*_point(stop.lat, stop.lon), round(stop.until_s - stop.since_s)) for stop in of.stops[-STOPS:]),
        guess=(*_point(*guess), *_point(reach.lat, reach.lon)) if reach is not None and guess is not None else None,
        places=tuple(
            Place(
                plain(place.name),
                *_point(place.lat, place.lon),
                place.radius_m,
                _circle(place.lat, place.lon, place.radius_m) if place.radius_m > 0 else None,
            )
            for place in (case.places if case is not None else ())
        ),
    )


def _line(of: Track) -> Iterator[Point | None]:
    run = None
    for step in of.steps:
        if step.jump is not None:
            continue
        if run is not None and step.run != run:
            yield None
        run = step.run
        yield _point(*step.smooth)


def _point(lat: float, lon: float) -> Point:
    x, y = to_mercator(lat, lon)
    return round(x, 1), round(y, 1)


def _circle(lat: float, lon: float, radius_m: float) -> Circle:
    drawn = true_circle(lat, lon, radius_m)
    return round(drawn.y, 1), round(drawn.r, 1)


class _Made(msgspec.Struct):
    of: Incident
    until: datetime | None
    raw: msgspec.Raw


class BoardMarks:
    """The marks of a board's open alarms, made once for every page, and in which order they changed."""

    def __init__(self, board: Board, zones: Zones) -> None:
        self._board = ref(board)  # marks are found by their board: they may not keep it
        self._zones = zones
        self._made: dict[str, _Made] = {}
        self._tracks: dict[str, Track] = {}
        self._units: dict[str, tuple[UnitNow, msgspec.Raw | None]] = {}
        self._due: list[tuple[datetime, str]] = []
        self.version = 0
        self._changed: dict[str, int] = {}  # in the order of their versions
        for key in board.incidents:
            self._change(key)
        heard = WeakMethod(self._hear)
        board.listen(lambda change: hear(change) if (hear := heard()) else None)

    def since(self, version: int, now: datetime) -> list[str]:
        """The incidents whose mark is another than it was at a version."""
        self._tidy()
        while self._due and self._due[0][0] <= now:
            until, key = heappop(self._due)
            if (made := self._made.get(key)) is not None and made.until == until:
                self._change(key)
        found = []
        for key, at in reversed(self._changed.items()):
            if at <= version:
                break
            found.append(key)
        return found

    def mark(self, incident: Incident | None, now: datetime) -> msgspec.Raw | None:
        """The encoded mark of an incident; None of one that is closed. One that can't be made keeps no other from its page."""
        if incident is None or not incident.open:
            return None
        known = self._made.get(incident.id)
        if known is None or known.of is not incident or (known.until is not None and known.until <= now):
            try:
                known = self._make(incident, now)
            except Exception as error:
                say_fault(error, "the mark of an alarm on a map")
                known = _Made(incident, None, self._in_zone(incident))
            self._made[incident.id] = known
        return known.raw

    def _make(self, incident: Incident, now: datetime) -> _Made:
        of = self._tracks[incident.id] = track(incident, self._tracks.get(incident.id), RECENT)
        made, until = mark_of(incident, of, now, self._zones)
        if until is not None:
            heappush(self._due, (until, incident.id))
        return _Made(incident, until, msgspec.Raw(msgspec.json.encode(made)))

    def vague(self, incident: Incident | None) -> msgspec.Raw | None:
        """The same for a page before which nobody stands: at the label point of its zone, without a circle and without words."""
        return self._in_zone(incident) if incident is not None and incident.open else None

    def _in_zone(self, incident: Incident) -> msgspec.Raw:
        x, y = _label_points(self._zones).get(incident.zone, (None, None))
        mark = Mark(
            shape=SHAPE_OF_STATE[incident.state],
            received=milliseconds(incident.received_at),
            unowned=incident.unowned,
            calls=incident.needs_someone,
            x=x,
            y=y,
        )
        return msgspec.Raw(msgspec.json.encode(mark))

    def unit(self, unit: UnitNow) -> msgspec.Raw | None:
        """The encoded mark of a unit; None of one that has none."""
        known = self._units.get(unit.unit)
        if known is None or known[0] is not unit:
            made = unit_mark(unit)
            known = unit, msgspec.Raw(msgspec.json.encode(made)) if made is not None else None
            self._units[unit.unit] = known
        return known[1]

    def _tidy(self) -> None:
        """What left the board is forgotten: it names devices."""
        board = self._board()
        if board is None or len(self._changed) <= 2 * len(board.incidents) + SPARE:
            return
        for known in (self._made, self._tracks, self._changed):
            for key in known.keys() - board.incidents.keys():
                del known[key]
        for unit in self._units.keys() - board.units.keys():
            del self._units[unit]

    def _hear(self, change: Change) -> None:
        if change.kind == "incident":
            self._change(change.key)

    def _change(self, key: str) -> None:
        self.version += 1
        self._changed.pop(key, None)
        self._changed[key] = self.version


_of_boards: WeakKeyDictionary[Board, BoardMarks] = WeakKeyDictionary()
_points: WeakKeyDictionary[Zones, dict[str, Point]] = WeakKeyDictionary()


def marks_of(board: Board, zones: Zones) -> BoardMarks:
    """The marks of a board, the same for every page."""
    found = _of_boards.get(board)
    if found is None:
        found = _of_boards[board] = BoardMarks(board, zones)
    return found


def _label_points(zones: Zones) -> dict[str, Point]:
    if (found := _points.get(zones)) is None:
        drawn = outlines_in(zones.folder).level(0)
        found = _points[zones] = {
            zone: (float(x), float(y)) for zone, (x, y) in zip(drawn.zones, drawn.labels, strict=True)
        }
    return found


class Sight(msgspec.Struct, kw_only=True):
    """What one page's map may show now: the one gate. `hidden`: the ids of incidents that are kept from it; `unseen`: whether a
    unit is; `vague`: nobody stands before it, so that each alarm is in its zone and nothing else is shown; without a `board`,
    nothing."""

    now: datetime
    board: Board | None = None
    selected: str | None = None
    case: Case | None = None
    drill: Incident | None = None
    hidden: Collection[str] = frozenset()
    unseen: Callable[[str], bool] = lambda unit: False
    vague: bool = False

    @property
    def chosen(self) -> Incident | None:
        """What stands chosen, open or closed, if it may be shown where it is."""
        if self.board is None or self.vague or self.selected is None or self.selected in self.hidden:
            return None
        drill = self.drill
        return drill if drill is not None and drill.id == self.selected else self.board.incidents.get(self.selected)

    def incident(self, key: str) -> Incident | None:
        """An incident by its id, if the page may know of it."""
        if self.board is None or key in self.hidden:
            return None
        return self.drill if self.drill is not None and self.drill.id == key else self.board.incidents.get(key)

    def units(self) -> Iterable[UnitNow]:
        """The units that may be shown: where a patrol drives to, or stays when all is over, is as telling as where she is."""
        if self.board is None or self.vague:
            return ()
        return (unit for unit in self.board.units.values() if not self.unseen(unit.unit))


class Told:
    """What one page's map was told, so that it is told what differs. An alarm that is kept from who is there now, and was not
    before, is told to be forgotten: False, where None is of one that is over."""

    def __init__(self) -> None:
        self._of: tuple[BoardMarks | None, bool] = (None, False)
        self._version = 0
        self._marks: dict[str, msgspec.Raw | None] = {}
        self._hidden: Collection[str] = frozenset()
        self._ever: set[str] = set()
        self._units: dict[str, UnitNow] = {}
        self._selected: str | None = None
        self._chosen: Chosen = Chosen()
        self._drill = ""

    def news(self, sight: Sight, of: BoardMarks | None, chosen: Chosen) -> dict[str, Any]:
        """What is to be told."""
        locked = sight.vague != self._of[1]
        found = {
            "marks": self._of_alarms(sight, of),
            "units": self._of_units(sight, of),
            "chosen": self._of_chosen(chosen),
        }
        news: dict[str, Any] = {name: facts for name, facts in found.items() if facts}
        selected = shown.id if (shown := sight.chosen) is not None else None
        if selected != self._selected:
            news["selected"] = self._selected = selected
        if locked:
            news["vague"] = sight.vague
        return news

    def _of_alarms(self, sight: Sight, of: BoardMarks | None) -> dict[str, msgspec.Raw | bool | None]:
        keys: set[str] = set()
        if self._of != (of, sight.vague):
            keys.update(self._marks)
            self._of, self._version, self._hidden = (of, sight.vague), 0, frozenset()
        if of is not None:
            keys.update(of.since(self._version, sight.now))
            keys.update(set(sight.hidden) ^ set(self._hidden))
            self._version, self._hidden = of.version, frozenset(sight.hidden)
        drill = sight.drill
        keys.update(key for key in (drill.id if drill is not None else "", self._drill) if key)
        self._drill = drill.id if drill is not None and of is not None else ""
        if sight.board is not None and len(self._ever) > 2 * len(sight.board.incidents) + SPARE:
            self._ever &= sight.board.incidents.keys()
        told: dict[str, msgspec.Raw | bool | None] = {}
        for key in keys:
            incident = sight.incident(key)
            raw = None if of is None else of.vague(incident) if sight.vague else of.mark(incident, sight.now)
            if raw is not None:
                if self._marks.get(key) != raw:
                    self._marks[key] = told[key] = raw
                    self._ever.add(key)
            elif key in sight.hidden and key in self._ever:
                told[key] = False
                self._ever.discard(key)
                self._marks.pop(key, None)
            elif self._marks.pop(key, None) is not None:
                told[key] = None
        return told

    def _of_units(self, sight: Sight, of: BoardMarks | None) -> dict[str, msgspec.Raw | None]:
        told: dict[str, msgspec.Raw | None] = {}
        here: dict[str, UnitNow] = {}
        for unit in sight.units() if of is not None else ():
            if self._units.get(unit.unit) is unit:
                here[unit.unit] = unit
            elif of is not None and (raw := of.unit(unit)) is not None:
                told[unit.unit], here[unit.unit] = raw, unit
        told |= dict.fromkeys(self._units.keys() - here.keys())
        self._units = here
        return told

    def _of_chosen(self, chosen: Chosen) -> dict[str, Any]:
        before, self._chosen = self._chosen, chosen
        if chosen == before:
            return {}
        # One more fix at the end is the common case: only it travels.
        known = len(before.line) if chosen.line[: len(before.line)] == before.line else 0
        return {**msgspec.structs.asdict(chosen), "line": chosen.line[known:], "from": known}

"""What the timeline shows of an incident: codes and moments (ms since 1970), never words.

The moments that one scrubs through are of our clock: what was known then is the fold of what had been entered until then. Each
record has the other clock beside it: the feed's, or what a person said.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from dashboard.components.case.history import Line, Whys, line_of, whys
from dashboard.components.queue.rows import label
from dashboard.shell.clock import milliseconds
from incidents import events as ev
from incidents.fold import apply
from incidents.incident import Incident
from incidents.intervals import HELD_UP_S
from incidents.log import Record
from incidents.timeline import (
    Correction,
    Entered,
    Moment,
    Offset,
    Position,
    Reached,
    Span,
    Timeline,
    Unseal,
    in_order,
    new_days,
    timeline,
)
from maps.geodesy import to_mercator
from maps.overlays import true_circle
from reports.measures.profiles import PROFILES

Names = Callable[[str], str]
BREATH = timedelta(seconds=1)  # as much as the clock shows


class Happening(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record: entered `at` by our clock, `happened` by `clock` (feed, ours, person). `was`: a corrected time until then.

    `held_up_s`: a press that was held up on the way, by so much. `day` (ISO 8601): a new day begins with it.
    """

    version: int
    at: int
    happened: int
    clock: str
    line: Line
    who: str = ""
    was: int | None = None
    held_up_s: float | None = None
    gone: bool = False
    day: str = ""


class Known(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was known from `at` on, until the next."""

    at: int
    state: str
    owner: str = ""
    presses: int = 1
    realarm: str = ""
    call: str = ""
    zone: str = ""  # that she was in
    abroad: bool = False  # the zone is the nearest one
    order_zone: str = ""
    order_step: str = ""
    order_delivery: str = ""
    order_over: bool = False
    unit: str = ""
    as_class: str = ""
    earlier_class: str = ""
    earlier_at: int | None = None


class Spot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A position heard `at`, true `since`. x, y, r (0: unknown accuracy) in Mercator metres, `radius` in metres over ground.

    `late`: older than what was known already, so that it moved nothing.
    """

    at: int
    since: int
    x: float
    y: float
    r: float = 0.0
    radius: float = 0.0
    unit: str | None = None  # None: of the device; a unit may have no name
    late: bool = False


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A target of a profile for one incident; `missed` when it took longer."""

    profile: str
    limit_s: float
    missed: bool


class Bar(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A response time between moments as they happened; `original_s` before a correction, `entered_s` by our clock alone."""

    name: str
    seconds: float
    entered_s: float
    start: int
    end: int
    original_s: float | None = None
    two_clocks: bool = False
    limits: tuple[Limit, ...] = ()


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One incident, told from so many `records`.

    It is counted from `pressed`. Scrubbing begins at `start`, where nothing is known before `received`; it ends at `end`, its
    last closing, or its newest record while it is open. `held_up_s`: its first press was held up on the way, by so much.
    Of an `erased` one all moments are counted from the beginning of its month instead, and only its intervals are told.
    """

    records: int
    label: str
    open: bool
    start: int
    received: int
    end: int
    pressed: int
    held_up_s: float | None
    by_hand: bool
    erased: bool
    drill: bool
    as_class: str
    outcome: str
    happenings: tuple[Happening, ...]
    known: tuple[Known, ...]
    spots: tuple[Spot, ...]
    bars: tuple[Bar, ...]
    missing: tuple[str, ...]  # the intervals of which an end is not known
    offsets: tuple[Offset, ...]
    province: str = ""  # of an erased one, in the place of its zone


def coarse(story: Story, month: datetime, province: str) -> Story:
    """What is told of an erased incident: how long things took, its month, its province, how it was closed. No record, no moment,
    no zone, nobody."""
    off = story.pressed - _ms(month)
    last = story.known[-1]
    kept = Known(at=last.at - off, state=last.state, presses=last.presses, as_class=last.as_class)
    bars = (msgspec.structs.replace(bar, start=bar.start - off, end=bar.end - off) for bar in story.bars)
    return msgspec.structs.replace(
        story,
        start=story.start - off,
        received=story.received - off,
        end=story.end - off,
        pressed=story.pressed - off,
        happenings=(),
        known=(kept,),
        spots=(),
        bars=tuple(bars),
        offsets=(),
        province=province,
    )


def story(
    records: Sequence[Record], unseal: Unseal, beside: Sequence[Entered] = (), *, name_of: Names, zone_name: Names
) -> Story:
    """Tell the records of one incident's stream and what is told `beside` them. Names are asked once a person.

    Raises NoSuchIncident without records.
    """
    told = timeline(records, unseal, beside)
    names: dict[str, str] = {}

    def who(actor: str) -> str:
        if actor not in names:
            names[actor] = name_of(actor)
        return names[actor]

    own = [(record, ev.entry(record, unseal(record))) for record in records]
    entries = [entry for _, entry in own]
    incident = told.incident
    return Story(
        records=len(records) + len(beside),
        label=label(incident),
        open=incident.open,
        start=_ms(_start(told)),
        received=_ms(told.moments[0].at),
        end=_ms(_end(told)),
        pressed=_ms(incident.times["pressed"].at),
        held_up_s=_held_up(told),
        by_hand=incident.origin == "hand",
        erased=incident.history.erased,
        drill=incident.drill,
        as_class=incident.judgement.as_class or "",
        outcome=incident.judgement.outcome or "",
        happenings=tuple(_happenings(told, entries, who, zone_name)),
        known=tuple(_known([entry for _, entry in in_order(own, beside)], who, zone_name)),
        spots=tuple(_spots(told.positions)),
        bars=tuple(_bars(told)),
        missing=tuple(span.name for span in told.spans if span.seconds is None),
        offsets=told.offsets,
    )


def _start(told: Timeline) -> datetime:
    """The press, or our first record where that came before, or in the same breath: then something is known at once."""
    first, pressed = told.moments[0].at, told.incident.times["pressed"].at
    return pressed if first - pressed >= BREATH else first


def _end(told: Timeline) -> datetime:
    """What is written long afterwards (an explanation, an erasure) does not stretch the incident."""
    closings = told.of_type("closed")
    if closings and not told.incident.open:
        return closings[-1].at
    return told.moments[-1].at


def _held_up(told: Timeline) -> float | None:
    """Of the first press, as `pressed->received` counts it: a person may have corrected when it was pressed."""
    took = next(span.seconds for span in told.spans if span.name == "pressed->received")
    return took if took is not None and took > HELD_UP_S else None


def _happenings(told: Timeline, entries: Sequence[ev.Entry], who: Names, zone_name: Names) -> Iterator[Happening]:
    corrections = {correction.version: correction for correction in told.corrections}
    pairs = [*zip(told.moments, entries, strict=True), *((one.moment, one.entry) for one in told.beside)]
    # Why somebody looked is for whoever reviews looks, not for whoever looks at the incident.
    pairs = [pair for pair in pairs if not isinstance(pair[1].event, ev.ReasonGiven)]
    # A record told among many stands by its time; the sort leaves the stream's own in their order.
    if told.beside:
        pairs.sort(key=lambda pair: pair[0].at)
    days = new_days(moment.at for moment, _ in pairs)
    sent = whys(entry for _, entry in pairs)
    for (moment, entry), day in zip(pairs, days, strict=True):
        yield Happening(
            version=moment.version,
            at=_ms(moment.at),
            happened=_ms(moment.source_at),
            clock=moment.clock,
            line=_line(moment, entry, who, zone_name, sent),
            who=who(moment.actor) if moment.by_person else "",
            was=_was(corrections.get(moment.version)) if not entry.together else None,
            held_up_s=moment.held_up_s,
            gone=moment.gone,
            day=day.isoformat() if day is not None else "",
        )


def _line(moment: Moment, entry: ev.Entry, who: Names, zone_name: Names, sent: Whys) -> Line:
    at = milliseconds(moment.source_at)
    match entry.event:
        case None:  # a type that this version does not know
            return Line(at=at, code="other", what=moment.type)
        case ev.Located(fix=fix):
            radius = round(fix.radius) if fix is not None and fix.radius else 0
            return Line(at=at, code="located" if radius else "located_unknown", n=radius)
        case ev.UnitSeen(unit=unit, status=status):
            return Line(at=at, code="unit_seen", what=status, text=unit or "")
    return line_of(entry, zone_name, who, way=True, sent=sent)


def _was(correction: Correction | None) -> int | None:
    return milliseconds(correction.before) if correction is not None and correction.before is not None else None


def _known(entries: Sequence[ev.Entry], who: Names, zone_name: Names) -> Iterator[Known]:
    """One for each change; what changes nothing that is shown is left out."""
    incident: Incident | None = None
    last: Known | None = None
    for entry in entries:
        incident = apply(incident, entry)
        now = _known_of(incident, _ms(entry.at), who, zone_name)
        if last is None or now != msgspec.structs.replace(last, at=now.at):
            yield now
            last = now


def _known_of(incident: Incident, at: int, who: Names, zone_name: Names) -> Known:
    order = incident.order
    return Known(
        at=at,
        state=incident.state,
        owner=who(incident.owner) if incident.owner else "",
        presses=incident.presses.count,
        realarm=incident.realarm,
        call=incident.line.call.state if incident.line.call else "",
        zone=zone_name(incident.zone) if incident.zone else "",
        abroad=incident.position.abroad,
        order_zone=zone_name(order.zone) if order else "",
        order_step=(order.step or "") if order else "",
        order_delivery=order.delivery if order else "",
        order_over=order is not None and not order.alive,
        unit=incident.unit.unit if incident.unit else "",
        as_class=incident.judgement.as_class or "",
        earlier_class=incident.judgement.earlier.as_class if incident.judgement.earlier else "",
        earlier_at=milliseconds(incident.judgement.earlier.at) if incident.judgement.earlier else None,
    )


def _spots(positions: Sequence[Position]) -> Iterator[Spot]:
    newest: dict[str | None, datetime] = {}
    for position in positions:
        fix, unit = position.fix, position.unit if position.of == "unit" else None
        x, y = to_mercator(fix.lat, fix.lon)
        late = unit in newest and position.at < newest[unit]
        if not late:
            newest[unit] = position.at
        yield Spot(
            at=_ms(position.heard_at),
            since=_ms(position.at),
            x=x,
            y=y,
            r=true_circle(fix.lat, fix.lon, fix.radius).r if fix.radius else 0.0,
            radius=fix.radius or 0.0,
            unit=unit,
            late=late,
        )


def _bars(told: Timeline) -> Iterator[Bar]:
    reached: dict[str, Reached] = {time.name: time for time in told.reached}
    for span in told.spans:
        if span.seconds is None or span.entered_s is None:
            continue
        start, end = (reached[name] for name in span.name.split("->"))
        yield Bar(
            name=span.name,
            seconds=span.seconds,
            entered_s=span.entered_s,
            start=_ms(start.at),
            end=_ms(end.at),
            original_s=span.original_s,
            two_clocks=span.two_clocks,
            limits=tuple(_limits(span, span.seconds)),
        )


def _limits(span: Span, seconds: float) -> Iterator[Limit]:
    for profile in PROFILES.values():
        for target in profile.targets:
            if target.interval == span.name:
                missed = seconds >= target.limit_s if target.under else seconds > target.limit_s
                yield Limit(profile=profile.name, limit_s=target.limit_s, missed=missed)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

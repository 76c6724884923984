"""One incident as a timeline: every record with both clocks, and what follows from them. Facts and codes only, no prose.

`incident_of` reads an incident of any age from the log, `timeline` makes the rest of its records. Nothing here knows names:
people are pseudonyms. What was sealed is opened with the log's own `unseal`, and said to be gone when its key is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from operator import itemgetter
from statistics import median
from typing import Any, Literal

import msgspec

from incidents import events as ev
from incidents.bulk_records import told_beside
from incidents.fold import apply
from incidents.fold.clocks import counted
from incidents.incident import TIME_NAMES, Incident, TimeName
from incidents.intervals import HELD_UP_S, INTERVALS, RAISERS_S, Interval
from incidents.log import PARTS, Log, Record
from incidents.messages import Fix
from incidents.recorder import CONFLICT_S

Unseal = Callable[[Record], bytes | None]
# Whose clock a moment's `source_at` is read from: the feed's; ours; what a person gave ("it was at 21:04").
Clock = Literal["feed", "ours", "person"]

TOGETHER_S = 5.0  # messages whose delays lie within this of each other were not held up on the way


class NoSuchIncident(LookupError):
    """The log has no incident by this id."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One record: what happened, who, and when by both clocks.

    `facts` are its open and its sealed facts as JSON values, by the names of docs/log.md, without the raw message. `gone`: it has
    sealed facts that nobody can open any more. `fix` is the position it brought, of the device or (`unit`) of a unit.
    """

    version: int
    id: str
    type: str
    actor: str  # a pseudonym, or one of PARTS
    at: datetime  # entered, by our clock
    source_at: datetime  # happened, by `clock`
    clock: Clock
    facts: dict[str, Any]
    hash: str
    prev: str
    fix: Fix | None = None
    raw: str = ""  # the message as it came, base64
    gone: bool = False

    @property
    def difference_s(self) -> float:
        """Seconds from `source_at` to `at`: transport and the two clocks' offset; or how much later a person wrote it down."""
        return (self.at - self.source_at).total_seconds()

    @property
    def held_up_s(self) -> float | None:
        """How long a press was on its way, where that was longer than `HELD_UP_S`; None of every other moment."""
        if self.clock != "feed" or self.type not in ("raised", "pressed"):
            return None
        late = (self.at - counted(self.source_at, self.at)).total_seconds()
        return late if late > HELD_UP_S else None

    @property
    def by_person(self) -> bool:
        """Whether a person did it: its actor is a pseudonym."""
        return self.actor not in PARTS


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where the device, or a unit, was. `at`: when that was true, by the fix's own time, or its message's if it has none."""

    of: Literal["device", "unit"]
    fix: Fix
    at: datetime
    heard_at: datetime  # by our clock
    version: int
    unit: str = ""
    zone: str = ""  # the police zone it was found to lie in


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """One of an incident's times: when, by which clock, entered when by ours, by which record, and its `original`."""

    name: TimeName
    at: datetime
    entered: datetime
    source: ev.Source
    clock: Clock
    version: int
    original: datetime | None = None  # None: nobody corrected it, or it was not there before

    @property
    def corrected(self) -> bool:
        return self.clock == "person" and self.original is not None and self.original != self.at


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A response time of this incident, seconds; None when an end is missing.

    `seconds` takes each end as it happened (corrected where a person did), by the clock it was read from: `clocks`. `entered_s`
    takes both as they were entered: one clock, ours. `original_s` is without the corrections; None when they changed nothing.
    """

    name: str
    definition: str
    seconds: float | None
    entered_s: float | None
    clocks: tuple[Clock, Clock] | None = None
    original_s: float | None = None

    @property
    def two_clocks(self) -> bool:
        """Whether its ends were read from different clocks: then it holds their offset too."""
        return self.clocks is not None and self.clocks[0] != self.clocks[1]


class Offset(msgspec.Struct, frozen=True, kw_only=True):
    """How much later our clock enters a message than the feed's clock says it happened, s: clock offset and transport, together.

    Of the messages that were not held up: the `TOGETHER_S` of delays that hold the most of them. `held_up` counts the others. It
    can't say which clock is right, nor part the two; a negative one shows that the feed's clock is ahead.
    """

    feed: str
    count: int
    held_up: int
    least_s: float
    median_s: float
    most_s: float


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A person corrected one of the times. `before`: what it was until then, None when it had none."""

    time: str
    before: datetime | None
    to: datetime
    reason: str
    actor: str
    at: datetime
    version: int
    gone: bool = False  # the reason can't be read any more


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What a record of another stream tells of this incident, among many (`together`). Its moment's version is of that stream."""

    stream: str
    moment: Moment
    entry: ev.Entry


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of one incident, oldest record first."""

    incident: Incident
    moments: tuple[Moment, ...]
    beside: tuple[Beside, ...] = ()  # in the order of their moments
    reached: tuple[Reached, ...]  # in the order of TIME_NAMES
    spans: tuple[Span, ...]  # in the order of INTERVALS
    positions: tuple[Position, ...]  # in the order they were heard
    offsets: tuple[Offset, ...]  # one for each feed it heard from
    corrections: tuple[Correction, ...]

    @property
    def looks(self) -> tuple[Moment, ...]:
        """Who was shown the alarm, opened its case, or came to help."""
        return self._chapter("looks")

    @property
    def orders(self) -> tuple[Moment, ...]:
        """Orders, their delivery, and every receipt and step that was reported."""
        return self._chapter("orders")

    def of_type(self, *types: str) -> tuple[Moment, ...]:
        """The moments of these record types."""
        return tuple(moment for moment in self.moments if moment.type in types)

    def _chapter(self, chapter: str) -> tuple[Moment, ...]:
        return self.of_type(*(tag for tag, kind in ev.EVENT_TYPES.items() if chapter == kind.CHAPTER))


async def incident_of(log: Log, incident: str) -> tuple[Incident, list[Record]]:
    """An incident of any age, closed and erased ones too, folded from the log as it is now, and its records.

    Raises NoSuchIncident, and LogUnavailable.
    """
    records = await log.stream(f"incident/{incident}")
    folded: Incident | None = None
    for _, entry in in_order([(r, ev.entry(r, log.unseal(r))) for r in records], await told_beside(log, records)):
        folded = apply(folded, entry)
    if folded is None:
        raise NoSuchIncident("the log has no incident by this id")
    return folded, records


Entered = tuple[Record, ev.Entry]


def in_order(own: Sequence[Entered], told: Sequence[Entered]) -> list[Entered]:
    """The records of an incident's stream in their order, those that are `told_beside` where they belong by our clock."""
    placed: list[tuple[datetime, Entered]] = []
    last: datetime | None = None
    for pair in own:  # a stream is in the order of its records, whatever our clock said meanwhile
        last = max(last or pair[1].at, pair[1].at)
        placed.append((last, pair))
    placed += [(pair[1].at, pair) for pair in told]
    return [pair for _, pair in sorted(placed, key=itemgetter(0))]


def new_days(moments: Iterable[datetime]) -> Iterator[date | None]:
    """Of moments that stand under one another, the Belgian day of each with which a new day begins; None within a day."""
    last: date | None = None
    for moment in moments:
        day = moment.astimezone(ev.BRUSSELS).date()
        yield day if day != last else None
        last = day


def timeline(records: Sequence[Record], unseal: Unseal, told: Sequence[Entered] = ()) -> Timeline:
    """The timeline of the records of one incident's stream, in their order, and of what is `told_beside` them.

    Raises NoSuchIncident when there are none.
    """
    incident: Incident | None = None
    moments: list[Moment] = []
    positions: list[Position] = []
    corrections: list[Correction] = []
    reached: dict[TimeName, Reached] = {}
    beside: list[Beside] = []
    opened = {record.id: unseal(record) for record in records}
    own = [(record, ev.entry(record, opened[record.id])) for record in records]
    for record, entry in in_order(own, told):
        if entry.together:
            before, incident = incident, apply(incident, entry) if incident is not None else None
            if incident is not before:
                beside.append(_beside(record, entry))
            continue
        moment = _moment(record, opened[record.id], entry)
        before, incident = incident, apply(incident, entry)
        moments.append(moment)
        if moment.fix is not None:
            positions.append(_position(moment, moment.fix))
        if isinstance(entry.event, ev.TimeCorrected):
            corrections.append(_correction(moment, entry.event, before))
        reached = {name: reached[name] for name in reached if name in incident.times}
        reached |= dict(_newly_reached(before, incident, moment, reached))
    if incident is None:
        raise NoSuchIncident("the log has no incident by this id")
    return Timeline(
        incident=incident,
        moments=tuple(moments),
        beside=tuple(beside),
        reached=tuple(reached[name] for name in TIME_NAMES if name in reached),
        spans=_spans(incident, reached),
        positions=tuple(positions),
        offsets=_offsets(moments),
        corrections=tuple(corrections),
    )


def _moment(record: Record, sealed: bytes | None, entry: ev.Entry) -> Moment:
    facts: dict[str, Any] = {**record.open, **(msgspec.json.decode(sealed) if sealed else {})}
    clock: Clock = "ours"
    if record.actor == "feed":
        clock = "feed"
    elif record.actor not in PARTS and abs((entry.at - entry.source_at).total_seconds()) > CONFLICT_S:
        clock = "person"  # a command is written within CONFLICT_S: a greater difference is a time that a person gave
    return Moment(
        version=record.version,
        id=record.id,
        type=record.type,
        actor=record.actor,
        at=entry.at,
        source_at=entry.source_at,
        clock=clock,
        raw=str(facts.pop("raw", "")),
        facts=facts,
        hash=record.hash,
        prev=record.prev,
        fix=getattr(entry.event, "fix", None),
        gone=sealed is None,
    )


def _beside(record: Record, entry: ev.Entry) -> Beside:
    """Its facts are those of its part: the others that the record names are no part of this incident."""
    facts: dict[str, Any] = msgspec.to_builtins(entry.event)
    moment = _moment(msgspec.structs.replace(record, type=str(facts.pop("type")), open=facts), b"", entry)
    return Beside(stream=record.stream, moment=moment, entry=entry)


def _position(moment: Moment, fix: Fix) -> Position:
    of_unit = moment.type == "unit"
    told = fix.time or moment.source_at
    return Position(
        of="unit" if of_unit else "device",
        fix=fix,
        at=counted(told, moment.at) if moment.clock == "feed" else told,
        heard_at=moment.at,
        version=moment.version,
        unit=str(moment.facts.get("unit") or "") if of_unit else "",
        zone=str(moment.facts.get("zone") or ""),
    )


def _correction(moment: Moment, event: ev.TimeCorrected, before: Incident | None) -> Correction:
    time = before.times.get(event.time) if before is not None else None  # type: ignore[call-overload]
    return Correction(
        time=event.time,
        before=time.at if time is not None else None,
        to=datetime.fromisoformat(event.to),
        reason=event.reason,
        actor=moment.actor,
        at=moment.at,
        version=moment.version,
        gone=moment.gone,
    )


def _newly_reached(
    before: Incident | None, after: Incident, moment: Moment, known: dict[TimeName, Reached]
) -> Iterator[tuple[TimeName, Reached]]:
    """The times that this moment set or corrected."""
    for name, time in after.times.items():
        if before is not None and before.times.get(name) == time:
            continue
        clock: Clock = moment.clock
        original = None
        if moment.type == "time_corrected":
            clock = "person"
            was = known.get(name)
            original = (was.original or was.at) if was is not None else None
        elif name == "received" and clock == "feed":  # read from our own clock, whatever brought it
            clock = "ours"
        yield (
            name,
            Reached(
                name=name,
                at=time.at,
                entered=time.entered,
                source=time.source,
                clock=clock,
                version=moment.version,
                original=original,
            ),
        )


def _spans(incident: Incident, reached: dict[TimeName, Reached]) -> tuple[Span, ...]:
    # Otherwise there is no clock of a feed's and ours to compare.
    by_feed = incident.origin == "press" and not incident.by_hand.paper
    spans = []
    for interval in INTERVALS:
        start, end = reached.get(interval.start), reached.get(interval.end)
        uncarried = interval.name == "pressed->received" and not by_feed
        if start is None or end is None or uncarried or _raisers(incident, interval, start, end):
            spans.append(Span(name=interval.name, definition=interval.definition, seconds=None, entered_s=None))
            continue
        seconds = (end.at - start.at).total_seconds()
        original = ((end.original or end.at) - (start.original or start.at)).total_seconds()
        spans.append(
            Span(
                name=interval.name,
                definition=interval.definition,
                seconds=seconds,
                entered_s=(end.entered - start.entered).total_seconds(),
                clocks=(start.clock, end.clock),
                original_s=original if original != seconds else None,
            )
        )
    return tuple(spans)


def _raisers(incident: Incident, interval: Interval, start: Reached, end: Reached) -> bool:
    """Whether nobody was waited for: who raised the alarm by hand had it at once."""
    by_hand = interval.name == "received->acknowledged" and incident.origin == "hand" and not incident.by_hand.paper
    return by_hand and abs((end.at - start.at).total_seconds()) < RAISERS_S


def _offsets(moments: Sequence[Moment]) -> tuple[Offset, ...]:
    delays: dict[str, list[float]] = {}
    for moment in moments:
        # `FEED/message-id`; what follows from the same message (#2, ...) is no further measurement.
        if moment.clock == "feed" and "/" in moment.id and "#" not in moment.id:
            delays.setdefault(moment.id.split("/", 1)[0], []).append(moment.difference_s)
    return tuple(_offset(feed, sorted(found)) for feed, found in sorted(delays.items()))


def _offset(feed: str, delays: list[float]) -> Offset:
    """Of sorted delays; of two crowds of the same size, the one with the lesser delay."""
    best, end = (0, 0), 0
    for start, least in enumerate(delays):
        while end < len(delays) and delays[end] - least <= TOGETHER_S:
            end += 1
        if end - start > best[1] - best[0]:
            best = (start, end)
    prompt = delays[slice(*best)]
    return Offset(
        feed=feed,
        count=len(prompt),
        held_up=len(delays) - len(prompt),
        least_s=prompt[0],
        median_s=median(prompt),
        most_s=prompt[-1],
    )

"""What a row of the queue says of an incident or of a technical alarm: codes and moments, never words.

The page turns codes into words of its language, so one encoded row serves every console; where it is stands in it in each.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Literal, Protocol

import msgspec

from dashboard.components.actions.routing import share_of_named
from dashboard.components.escalation.facts import facts as watched
from dashboard.components.place_names import Places
from dashboard.components.queue.changes import Change, latest
from dashboard.shell.clock import milliseconds
from incidents.centres import Belongs, Why, everyones
from incidents.devices.tally import Tally
from incidents.escalation.ladder import THERE, Away, WatchTimes
from incidents.escalation.watch import tracking_ends
from incidents.incident import Incident
from incidents.technical import DeviceAlarm
from maps.track import Track

REASON = 80  # characters of what a zone says why it refuses: about a line of a row
LAST = 2**53 - 1  # ms that no alarm was received at: what nobody here may touch stands below what waits for a hand


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """A closed incident of the same device, of the last 24 h. `at` in ms since 1970."""

    id: str
    at: int
    as_class: str | None
    outcome: str | None


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What its device was used for until now: how many tests and real alarms, the last test (ms since 1970)."""

    tests: int
    real: int
    last_test: int | None


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """That a test was announced when its button was pressed: by whom, until when (ms since 1970), and where."""

    who: str
    until: int
    where: str


class StandingDown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A zone that was told to stand down and has not confirmed it; `at` in ms since 1970."""

    zone: str
    zone_name: str
    at: int
    unit: str = ""


class Undelivered(msgspec.Struct, frozen=True, kw_only=True):
    """An update that did not reach its zone: an order, a change of one, or a cancellation; `final`: it is tried no more."""

    what: Literal["order", "update", "cancel"]
    zone_name: str
    final: bool


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident in the queue. Moments are ms since 1970; `priority` 0 comes first.

    `centre` and what follows say whose it is: the page decides by them, and by what it covers, where the row stands.
    """

    id: str
    label: str
    state: str
    changes: int
    received: int
    priority: int
    press: str = ""
    presses: int = 1
    origin: str = "press"
    zone: str = ""
    zone_name: str = ""
    zone_share: float | None = None  # of her circle; None where the zone is named plainly
    abroad: bool = False
    municipality: str = ""
    near: str = ""
    owner: str = ""
    owned: int | None = None
    offered_to: str = ""
    offered_by: str = ""
    bench: bool = False
    test: Test | None = None
    past: Past | None = None
    flags: tuple[str, ...] = ()
    as_class: str | None = None
    earlier_class: str = ""
    earlier_at: int | None = None
    outcome: str | None = None
    verified: str = "none"
    realarm: str = ""
    realarmed: int | None = None
    realarm_anew: bool = False
    hushed: bool = False
    missed: tuple[tuple[str, int], ...] = ()
    loudness: int = 0
    ladder: str = ""
    confirmed: str = ""
    outside: str = ""
    gone: str = ""
    copied: bool = False
    supervisor: bool = False
    helpers: tuple[str, ...] = ()
    listener: str = ""
    cad: str = ""
    next: str = ""
    next_at: int | None = None
    warn_at: int | None = None
    unpresented: bool = False
    unrecorded: int = 0
    drill: bool = False
    paper: bool = False
    call: str = ""
    listening: bool = False
    fix_at: int | None = None
    radius_m: float | None = None
    doubt_m: float | None = None
    doubt_s: float | None = None
    speed_m_s: float | None = None
    delivery: str = ""
    order_zone: str = ""
    next_zone: str = ""
    declined: str = ""
    declined_why: str = ""  # the zone's own words, at most so long as `short` leaves them
    undelivered: tuple[Undelivered, ...] = ()
    standing_down: tuple[StandingDown, ...] = ()
    goes_on: bool = False  # a unit, though the alarm was closed
    step: str = ""
    done: bool = False
    unit: str = ""
    unit_status: str = ""
    tracking_until: int | None = None
    tracking_ended: bool = False
    closed: int | None = None
    took_s: int | None = None
    closures: tuple[Closure, ...] = ()
    centre: str = ""
    belongs: Why = "position"
    announced: tuple[str, ...] = ()
    everyones: bool = False
    kept_from: int = 0
    order_excluded: bool = False
    warns: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()  # the names of other open alarms of the same woman
    latest: tuple[Change, ...] = ()


class Reserved(msgspec.Struct, frozen=True, kw_only=True):
    """What stands for an alarm on a page from which it is kept. It says that there is one, and whether nobody has it yet.

    `id` is a name of that page's own: it opens nothing, there or elsewhere.
    """

    id: str
    state: Literal["raised", "reserved"]
    label: str = ""
    changes: int = 1
    received: int = LAST
    priority: int = 2
    reserved: bool = True


class DeviceRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A technical alarm in the queue."""

    id: str
    stream: str
    condition: str
    label: str
    state: str
    since: int
    count: int = 1
    flaps: int = 0
    battery: int | None = None
    past: Past | None = None
    owner: str = ""
    returned: int | None = None
    shelved: int | None = None
    shelved_why: str = ""


def label(incident: Incident) -> str:
    """What people call this alarm: its device, else its case, else its place, else the beginning of its id."""
    return incident.number if incident.device or incident.case else incident.by_hand.place or incident.number


def short(text: str) -> str:
    """What somebody typed, on one line and no longer than a row bears."""
    text = " ".join(text.split())
    return text if len(text) <= REASON else text[: REASON - 1].rstrip() + "…"


def priority(incident: Incident) -> int:
    """0 said to be real, 1 not known, 2 said or meant to be a test or an accident. One that was real once stays so."""
    was_real = incident.judgement.earlier is not None and incident.judgement.earlier.as_class == "real"
    if incident.judgement.as_class == "real" or (incident.judgement.as_class is None and was_real):
        return 0
    return 2 if incident.judgement.as_class in ("test", "accidental") or incident.presses.last == "test" else 1


class RowBoard(Protocol):
    """A board as its rows see it; the stage of a drill is one too."""

    @property
    def incidents(self) -> Mapping[str, Incident]: ...
    def of_device(self, device: str) -> Iterable[Incident]: ...
    def beside(self, incident: Incident) -> Iterable[Incident]: ...


def closures(incident: Incident, board: RowBoard) -> tuple[Incident, ...]:
    """The device's other incidents that were closed in the last 24 h, newest first."""
    if incident.device is None:
        return ()
    return tuple(other for other in board.of_device(incident.device) if other.id != incident.id and not other.open)


def row(
    incident: Incident,
    closed_before: tuple[Incident, ...],
    places: Places,
    name_of: Callable[[str], str],
    times: WatchTimes,
    whose: Belongs,
    of: Track,
    now: datetime,
    away: Away = THERE,
    outside: bool = False,
) -> Row:
    """The row of an incident with this track."""
    order, unit, fix, offer = incident.sent, incident.unit, incident.position.fix, incident.ownership.offer
    closed, test = incident.times["closed"].at if "closed" in incident.times else None, incident.presses.announced
    return Row(
        id=incident.id,
        label=label(incident),
        state=incident.state,
        changes=incident.changes,
        received=milliseconds(incident.received_at),
        priority=priority(incident),
        press=incident.presses.last,
        presses=incident.presses.count,
        origin=incident.origin,
        zone=incident.zone,
        zone_name=places.zone_name(incident.zone),
        zone_share=share_of_named(incident, places, now, of),
        abroad=incident.position.abroad,
        municipality=places.municipality(fix) or incident.by_hand.place,
        owner=name_of(incident.owner) if incident.owner else "",
        owned=milliseconds(incident.ownership.since) if incident.ownership.since else None,
        offered_to=name_of(offer.to) if offer is not None else "",
        offered_by=name_of(offer.by) if offer is not None and offer.by else "",
        test=Test(who=name_of(test.by), until=milliseconds(test.until), where=test.where) if test is not None else None,
        flags=tuple(sorted(incident.flags)),
        as_class=incident.judgement.as_class,
        earlier_class=incident.judgement.earlier.as_class if incident.judgement.earlier else "",
        earlier_at=milliseconds(incident.judgement.earlier.at) if incident.judgement.earlier else None,
        outcome=incident.judgement.outcome,
        verified=incident.judgement.verified,
        realarm=incident.realarm,
        realarmed=milliseconds(incident.attention.realarmed_at),
        hushed=incident.hushed,
        unpresented=incident.attention.unpresented,
        unrecorded=incident.history.unrecorded,
        drill=incident.drill,
        paper=incident.by_hand.paper,
        call=incident.line.call.state if incident.line.call else "",
        listening="listening" in incident.times,
        listener=name_of(incident.line.listener) if incident.line.listener else "",
        cad=incident.by_hand.cad,
        fix_at=milliseconds(incident.position.at),
        radius_m=fix.radius if fix else None,
        doubt_m=of.doubt.distance_m if of.doubt else None,
        doubt_s=of.doubt.seconds if of.doubt else None,
        speed_m_s=fix.speed if fix else None,
        delivery=order.delivery if order else "",
        order_zone=places.zone_name(order.zone) if order else "",
        next_zone=places.zone_name(incident.next_zone) if incident.next_zone else "",
        declined=places.zone_name(incident.declined.zone) if incident.declined else "",
        declined_why=short(incident.declined.reason) if incident.declined else "",
        undelivered=tuple(
            Undelivered(
                what="cancel" if one.why == "cancel" else "order" if one.why in ("new", "reroute") else "update",
                zone_name=places.zone_name(one.zone),
                final=one.state == "failed",
            )
            for one in incident.undelivered
        ),
        standing_down=tuple(
            StandingDown(zone=z.zone, zone_name=places.zone_name(z.zone), at=milliseconds(z.at), unit=z.unit)
            for z in incident.standing_down
        ),
        goes_on=incident.goes_on,
        step=(order.step or "") if order else "",
        done=bool(incident.order and incident.order.done),
        unit=unit.unit if unit else "",
        unit_status=unit.status if unit else "",
        tracking_until=milliseconds(tracking_ends(incident, times)) if incident.device else None,
        tracking_ended=incident.position.tracking_ended,
        closed=milliseconds(closed),
        took_s=round((closed - incident.times["received"].at).total_seconds()) if closed else None,
        closures=tuple(
            Closure(id=c.id, at=milliseconds(c.times["closed"].at), as_class=how.as_class, outcome=how.outcome)
            for c in closed_before
            for how in (c.judgement,)
        ),
        centre=whose.own,
        belongs=whose.why,
        announced=whose.announced,
        everyones=everyones(incident, whose),
        latest=latest(incident, places.zone_name, name_of),
        **watched(incident, times, away, outside, name_of),
    )


@lru_cache(maxsize=256)
def _open(actions: tuple[str, ...]) -> bytes:
    return b',"open":' + msgspec.json.encode(actions) + b"}"


def opened(row: msgspec.Raw, actions: tuple[str, ...]) -> msgspec.Raw:
    """An encoded row with what may be done with it by who is before one page: all else of it is every page's."""
    return msgspec.Raw(bytes(row)[:-1] + _open(actions)) if actions else row


def nameless(incident: Incident, row: Row) -> Row:
    """The row for a page that may say nothing of a case, nor where a test is, nor which unit is on its way, nor what somebody
    typed of a place; names of people are `name_of`'s to withhold."""
    told = tuple(msgspec.structs.replace(zone, unit="") for zone in row.standing_down)
    row = msgspec.structs.replace(row, warns=(), declined_why="", unit="", standing_down=told)
    if row.municipality == incident.by_hand.place:
        row = msgspec.structs.replace(row, municipality="")
    if row.test is not None:
        row = msgspec.structs.replace(row, test=msgspec.structs.replace(row.test, where=""))
    return row if incident.device else msgspec.structs.replace(row, label=incident.id[:8])


def past_of(tally: Tally | None) -> Past | None:
    """What a row says of its device's past; None while nobody has counted."""
    if tally is None:
        return None
    return Past(tests=tally.tests, real=tally.real, last_test=milliseconds(tally.last_test))


def device_key(alarm: DeviceAlarm) -> str:
    """The key of a technical alarm on a page: its stream and its condition."""
    return f"{alarm.stream}/{alarm.condition}"


def device_row(
    alarm: DeviceAlarm, name_of: Callable[[str], str], past: Past | None = None, battery: int | None = None
) -> DeviceRow:
    """The row of a technical alarm. `battery`: what its device last said, not what it said when it alarmed."""
    return DeviceRow(
        id=device_key(alarm),
        stream=alarm.stream,
        condition=alarm.condition,
        label=alarm.device or "?",
        state=alarm.state,
        since=milliseconds(alarm.since),
        count=alarm.count,
        flaps=alarm.changes,
        past=past,
        battery=alarm.battery if battery is None else battery,
        owner=name_of(alarm.acknowledged_by) if alarm.acknowledged_by else "",
        returned=milliseconds(alarm.returned_at),
        shelved=milliseconds(alarm.shelved_until),
        shelved_why=alarm.shelved_why,
    )

"""The selected incident as the case panel shows it, in parts that change at different paces."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import msgspec

from dashboard.components.actions.routing import Proposal, proposal
from dashboard.components.case.facts import CaseBook, ShownCase, case_of, shown
from dashboard.components.case.history import Line, lines
from dashboard.components.case.motion import motion
from dashboard.components.case.relation import called, relation
from dashboard.components.nearby import Address
from dashboard.components.place_names import Abroad, Places
from dashboard.components.tracks import track
from dashboard.shell.clock import BRUSSELS, milliseconds
from incidents.clock import Clock
from incidents.incident import Incident
from maps.track import Track
from reports.catalogue import Translator
from reports.words import method

SHOWN = ("open", "expired", "early", "suspended", "ended", "returned")  # the states of a case whose facts are shown
PASSED = 3  # places that she left or reached last


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """A place of hers that she left or reached by `at` (ms since 1970)."""

    place: str
    way: str
    at: int


class Live(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What changes while one looks: position, call, order, proposal. Moments are ms since 1970."""

    id: str
    proposal: Proposal
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None
    confidence: float | None = None
    method: str = ""
    speed_m_s: float | None = None
    fix_at: int | None = None
    battery: int | None = None
    transport: str = ""
    line: str = ""
    answered_by: str = ""
    near: str = ""
    abroad: Abroad | None = None
    address: Address | None = None
    near_full: str = ""
    names: tuple[str, ...] = ()
    relation: str = ""
    passages: tuple[Passed, ...] = ()
    stands_at: int | None = None
    kmh: int | None = None
    heading: str = ""
    moves_until: int | None = None
    reason: str = ""
    press: str = ""
    order: str = ""
    order_at: int | None = None
    order_zone: str = ""
    asked_unit: str = ""
    channel: str = ""
    radio: str = ""
    delivery: str = ""
    undelivered_why: str = ""
    declined_at: int | None = None
    unit: str = ""
    unit_status: str = ""
    unit_at: int | None = None
    offered_note: str = ""
    offered_at: int | None = None
    unreadable: tuple[tuple[str, str], ...] = ()
    times: dict[str, dict[str, Any]] = {}


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """All parts of the selected incident."""

    live: Live
    case: ShownCase
    history: tuple[Line, ...]


class CaseDesk(Protocol):
    """The desk as the panel sees it; the stage of a drill is one too."""

    @property
    def clock(self) -> Clock: ...
    @property
    def cases(self) -> CaseBook: ...
    @property
    def name_of(self) -> Callable[[str], str]: ...


def detail(
    incident: Incident,
    desk: CaseDesk,
    places: Places,
    translate: Translator,
    of: Track | None = None,
    *,
    words: bool = False,
) -> Detail:
    """The selected incident, for a page from which it is not kept, and which may be shown its case. `of`: its track, if known;
    `words`: as in `shown`."""
    of = of or track(incident)
    now = desk.clock.now()
    facts = shown(
        incident,
        desk.cases,
        now.astimezone(BRUSSELS).date(),
        partial(places.near_place, translate=translate),
        words=words,
    )
    case, with_places = case_of(incident, desk.cases), facts.state in SHOWN
    moves = motion(of, translate) if incident.open else {}
    live = _live(incident, proposal(incident, case, places, now, of), places, moves, translate)
    if with_places:  # a case that is not shown says nothing of its places either
        related = relation(incident, case, translate, of, now=now)
        live = msgspec.structs.replace(live, relation=related, passages=_passed(incident))
    return Detail(live=live, case=facts, history=lines(incident, places.zone_name, desk.name_of, places=with_places))


def _passed(incident: Incident) -> tuple[Passed, ...]:
    """The newest first."""
    newest = reversed(incident.position.passages[-PASSED:])
    return tuple(Passed(place=called(one.place), way=one.way, at=milliseconds(one.at)) for one in newest)


def _live(incident: Incident, proposed: Proposal, places: Places, moves: dict[str, Any], translate: Translator) -> Live:
    fix, call, order, unit = incident.position.fix, incident.line.call, incident.sent, incident.unit
    offer = incident.ownership.offer
    near, spoken = places.near(incident, translate), places.spoken(incident, translate)
    last = incident.order.outbox[-1] if incident.order and incident.order.outbox else None
    return Live(
        id=incident.id,
        proposal=proposed,
        lat=fix.lat if fix else None,
        lon=fix.lon if fix else None,
        radius_m=fix.radius if fix else None,
        confidence=fix.confidence if fix else None,
        method=method(fix.method, translate) if fix else "",
        speed_m_s=fix.speed if fix else None,
        fix_at=milliseconds(incident.position.at),
        battery=incident.presses.battery,
        transport=incident.presses.transport,
        line=(call.line or "") if call else "",
        answered_by=(call.desk or "") if call else "",
        near=near,
        abroad=places.abroad(fix) if incident.position.abroad else None,
        address=places.address(incident, translate),
        near_full=spoken.words,
        names=spoken.names,
        reason=incident.by_hand.reason,
        press=incident.presses.last,
        order=order.id if order else "",
        order_at=milliseconds(order.at) if order else None,
        order_zone=places.zone_name(order.zone) if order else "",
        asked_unit=order.asked_unit if order else "",
        channel=order.channel if order else "",
        radio=places.radio.get(order.zone, "") if order else "",
        delivery=order.delivery if order else "",
        undelivered_why=last.reason if last and last.state in ("late", "failed") else "",
        declined_at=milliseconds(incident.declined.at) if incident.declined else None,
        unit=unit.unit if unit else "",
        unit_status=unit.status if unit else "",
        unit_at=milliseconds(unit.at) if unit else None,
        offered_note=offer.note if offer else "",
        offered_at=milliseconds(offer.at) if offer else None,
        unreadable=tuple((field.path, field.reason) for field in incident.presses.unreadable),
        times={
            name: {"at": milliseconds(time.at), "source": time.source, "corrected": time.corrected}
            for name, time in incident.times.items()
        },
        **moves,
    )

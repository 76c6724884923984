"""The intervention order: what a zone's dispatch is told, and when it is told something new.

`docs/orders.md` describes the request; `feeds.orders.sender` sends it. The body is built once and sealed in the log, so that a
retry after a restart sends the same words.
"""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from incidents import events as ev
from incidents.case import Case, Fact, Person, Protected
from incidents.incident import Incident
from incidents.messages import Fix, OrderReport
from incidents.ports import Placed


class CalledBack(msgspec.Struct, frozen=True, kw_only=True):
    """Which zone is called back, and the unit that was on its way; null: not known."""

    zone: str
    unit: str | None


class OrderedCase(msgspec.Struct, frozen=True, kw_only=True):
    """What travels of the case."""

    number: str
    victim: Person
    suspect: Person | None
    measures: tuple[Fact, ...]
    places: tuple[Protected, ...]
    risks: tuple[Fact, ...]
    weapons: tuple[Fact, ...]
    present: tuple[Fact, ...]


class OrderBody(msgspec.Struct, frozen=True, kw_only=True):
    """An order, or an update of it, which says everything again. `docs/orders.md` says what each field means."""

    order: str
    update: int
    why: ev.UpdateReason
    incident: str
    zone: str
    lang: str  # of what Vigie says, a space between two; what people wrote in the case is in theirs
    at: str
    weapons: list[str]
    silent_approach: bool
    place: str | None
    reason: str | None  # a note stays at the desk: nobody wrote it for a zone
    cad: str | None
    device: str | None
    press: str | None
    presses: int
    as_class: ev.Class | None = msgspec.field(name="class")
    fix: Fix | None
    instructions: list[str]
    # Silence protects, whatever the case says: nothing may ring on her phone, and nobody at the zone speaks on her line.
    do_not_call: Literal[True] = True
    listen_only: Literal[True] = True
    case: OrderedCase | None
    asked_unit: str | UnsetType = UNSET
    stand_down: CalledBack | UnsetType = UNSET


POSITION_EVERY_S = 10  # new positions are merged


def new_order_id(incident: Incident) -> str:
    """A fresh number for the next order of an incident; a re-route keeps the number it has."""
    last = int(incident.order.id.rpartition("-")[2]) if incident.order else 0
    return f"{incident.id}-{last + 1}"


def place_of(incident: Incident, placed: Placed | None) -> str:
    """Where an incident is without addresses: its municipality, else what was said when it was raised; "" is not known."""
    town = placed.municipality if placed is not None else None
    return town.name if town is not None else incident.by_hand.place


def ordered(
    incident: Incident,
    case: Case | None,
    *,
    zone: str,
    why: ev.UpdateReason,
    at: datetime,
    has_address: bool,
    place: str,
    asked_unit: str = "",
    lang: str = "en",
) -> ev.Ordered:
    """The event of a new order or of the next update of the one under way. `place`: where she is, in words of `lang`.

    `asked_unit` goes with a new order or a new zone; a later update says the same again.
    """
    fresh = why == "new" or incident.order is None
    order = new_order_id(incident) if fresh or incident.order is None else incident.order.id
    update = 1 if fresh or incident.order is None else incident.order.update + 1
    previous = incident.order.zone if why == "reroute" and incident.order else ""
    asked = asked_unit if why in ("new", "reroute") or incident.order is None else incident.order.asked_unit
    body = msgspec.json.encode(
        _body(
            incident,
            case,
            order=order,
            update=update,
            zone=zone,
            asked_unit=asked,
            why=why,
            at=at,
            lang=lang,
            place=place,
        )
    )
    return ev.Ordered(
        order=order,
        update=update,
        zone=zone,
        why=why,
        channel="network" if has_address else "radio",
        previous_zone=previous,
        asked_unit=asked_unit,
        body=body.decode(),
    )


def due_update(incident: Incident, now: datetime) -> bool:
    """Whether the zone should be told a newer position: 10 s after the last update, and only while somebody may still come."""
    order = incident.order
    if order is None or not order.alive or not incident.open or order.channel != "network" or not order.outbox:
        return False
    position = incident.position
    if incident.state == "safe" or position.fix is None or position.tracking_ended or order.delivery == "failed":
        return False  # once an order was given up a person says the rest by radio
    last = order.outbox[-1]
    if (now - last.at).total_seconds() < POSITION_EVERY_S:
        return False
    sent = msgspec.json.decode(last.body or b"{}").get("fix") if last.body else None
    return bool(msgspec.to_builtins(incident.position.fix) != sent)


def stood_down(incident: Incident, report: OrderReport) -> ev.StoodDown:
    """The event of a receipt. Where it names no zone it is the only one that was told; of several it could be any."""
    told = {one.zone for one in incident.standing_down if one.order == report.order}
    zone = report.zone or (told.pop() if len(told) == 1 else "")
    return ev.StoodDown(order=report.order, zone=zone, source="zone", unit=report.unit)


def _body(
    incident: Incident,
    case: Case | None,
    *,
    order: str,
    update: int,
    zone: str,
    asked_unit: str,
    why: ev.UpdateReason,
    at: datetime,
    lang: str,
    place: str,
) -> OrderBody:
    """What a patrol must know before it drives stands first: a weapon, no siren, the place in words."""
    return OrderBody(
        order=order,
        update=update,
        why=why,
        incident=incident.id,
        zone=zone,
        lang=lang,
        at=ev.stamp(at),
        weapons=[fact.text for fact in case.weapons] if case else [],
        silent_approach=case.silent_approach if case else False,
        place=place or None,
        reason=incident.by_hand.reason or None,
        cad=incident.by_hand.cad or None,
        device=incident.device,
        press=incident.presses.last or None,
        presses=incident.presses.count,
        as_class=incident.judgement.as_class,
        fix=incident.position.fix,
        instructions=[i.text for i in case.instructions] if case else [],
        case=_case(case),
        asked_unit=asked_unit or UNSET,
        stand_down=_stand_down(incident, why) or UNSET,
    )


def _stand_down(incident: Incident, why: ev.UpdateReason) -> CalledBack | None:
    """Which zone is called back by an update, and its unit as far as it is known."""
    order = incident.order
    if why not in ("cancel", "reroute") or order is None or not order.alive:
        return None
    return CalledBack(zone=order.zone, unit=incident.unit.unit if incident.unit else None)


def _case(case: Case | None) -> OrderedCase | None:
    """What a patrol needs of the case; who may not open it and the words agreed stay at the desk."""
    if case is None:
        return None
    return OrderedCase(**{name: getattr(case, name) for name in OrderedCase.__struct_fields__})

"""The intervention order: what a zone's dispatch is told, and when it is told something new.

`docs/orders.md` describes the request; `feeds.orders.sender` sends it. The body is built once and sealed in the log, so that a
retry after a restart sends the same words.
"""

from datetime import datetime
from typing import Any

import msgspec

from incidents import events as ev
from incidents.case import Case
from incidents.incident import Incident
from incidents.messages import OrderReport
from incidents.ports import Placed

POSITION_EVERY_S = 10  # new positions are merged


def new_order_id(incident: Incident) -> str:
    """A fresh number for the next order of an incident; a re-route keeps the number it has."""
    last = int(incident.order.id.rpartition("-")[2]) if incident.order else 0
    return f"{incident.id}-{last + 1}"


def place_of(incident: Incident, placed: Placed | None) -> str:
    """Where an incident is without addresses: its municipality, else what was said when it was raised; "" is not known."""
    town = placed.municipality if placed is not None else None
    return town.name if town is not None else incident.place


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
    if incident.state == "safe" or incident.fix is None or incident.tracking_ended or order.delivery == "failed":
        return False  # once an order was given up a person says the rest by radio
    last = order.outbox[-1]
    if (now - last.at).total_seconds() < POSITION_EVERY_S:
        return False
    sent = msgspec.json.decode(last.body or b"{}").get("fix") if last.body else None
    return bool(msgspec.to_builtins(incident.fix) != sent)


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
) -> dict[str, Any]:
    """What a patrol must know before it drives stands first: a weapon, no siren, the place in words."""
    said = {
        "order": order,
        "update": update,
        "why": why,
        "incident": incident.id,
        "zone": zone,
        "lang": lang,  # of what Vigie says; what people wrote in the case is in theirs
        "at": ev.stamp(at),
        "weapons": [fact.text for fact in case.weapons] if case else [],
        "silent_approach": case.silent_approach if case else False,
        "place": place or None,
        "reason": incident.reason or None,  # a note stays at the desk: nobody wrote it for a zone
        "cad": incident.cad or None,
        "device": incident.device,
        "press": incident.press or None,
        "presses": incident.presses,
        "class": incident.as_class,
        "fix": incident.fix,
        "instructions": [i.text for i in case.instructions] if case else [],
        # Silence protects, whatever the case says: nothing may ring on her phone, and nobody at the zone speaks on her line.
        "do_not_call": True,
        "listen_only": True,
        "case": _case(case),
    }
    if asked_unit:
        said["asked_unit"] = asked_unit
    if (back := _stand_down(incident, why)) is not None:
        said["stand_down"] = back
    return said


def _stand_down(incident: Incident, why: ev.UpdateReason) -> dict[str, str | None] | None:
    """Which zone is called back by an update, and its unit as far as it is known."""
    order = incident.order
    if why not in ("cancel", "reroute") or order is None or not order.alive:
        return None
    return {"zone": order.zone, "unit": incident.unit.unit if incident.unit else None}


def _case(case: Case | None) -> dict[str, Any] | None:
    """What a patrol needs of the case; who may not open it and the words agreed stay at the desk."""
    if case is None:
        return None
    return {
        "number": case.number,
        "victim": msgspec.to_builtins(case.victim),
        "suspect": msgspec.to_builtins(case.suspect),
        "measures": msgspec.to_builtins(case.measures),
        "places": msgspec.to_builtins(case.places),
        "risks": msgspec.to_builtins(case.risks),
        "weapons": msgspec.to_builtins(case.weapons),
        "present": msgspec.to_builtins(case.present),
    }

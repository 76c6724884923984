"""The fold of an order: its updates, their delivery, what the zone and its units report."""

from typing import Any

import msgspec

from incidents import events as ev
from incidents.fold.changes import again, timed
from incidents.fold.watch import LIMITS
from incidents.incident import RANK, Decline, Incident, Order, Outgoing, StandDown, UnitOfIncident
from incidents.life_cycle import leads


def ordered(incident: Incident, entry: ev.Entry, event: ev.Ordered) -> dict[str, Any]:
    outgoing = Outgoing(
        order=event.order,
        update=event.update,
        zone=event.zone,
        why=event.why,
        at=entry.at,
        body=event.body,
        previous_zone=event.previous_zone,
    )
    kept = tuple(o for o in incident.order.outbox if _still_to_say(o, event)) if incident.order else ()
    outbox = (*kept, outgoing)[-20:] if event.channel == "network" else kept
    if event.why == "new" or incident.order is None or incident.order.id != event.order:
        order = Order(
            id=event.order, zone=event.zone, update=event.update, at=entry.at, channel=event.channel, outbox=outbox
        )
    else:
        order = msgspec.structs.replace(
            incident.order, zone=event.zone, update=event.update, channel=event.channel, outbox=outbox
        )
    if event.why == "cancel":
        order = msgspec.structs.replace(order, alive=False, step=None)
        state = leads("cancel_order", incident.state)
        return {
            "order": order,
            "state": state,
            "unit": None,
            "realarm": "",
            "stand_downs": _left(incident, entry, event),
        }
    if event.why not in ("new", "reroute"):
        return {"order": order}
    order = msgspec.structs.replace(
        order,
        alive=True,
        step=None,
        step_at=None,
        done=False,
        at=entry.at,
        fix=incident.fix,
        asked_unit=event.asked_unit,
    )
    # A safe that was said too early stays in the history; when she is safe is said again.
    times = timed(incident, "routed", entry, "person")
    times = {name: time for name, time in times.items() if name != "safe"}
    return {
        "order": order,
        "declines": tuple(one for one in incident.declines if one.zone != event.zone),
        "stand_downs": _left(incident, entry, event),
        "state": leads("route", incident.state),
        "unit": None,
        "realarm": "",
        "crossed": "",
        "times": times,
    }


def _left(incident: Incident, entry: ev.Entry, event: ev.Ordered) -> tuple[StandDown, ...]:
    """Who is told to stand down by an order, after those who were before. Who is asked again does come."""
    left = event.zone if event.why == "cancel" else event.previous_zone
    others = tuple(one for one in incident.stand_downs if one.zone not in (event.zone, left))
    if not left or incident.order is None or not incident.order.alive:
        return others
    unit = incident.unit.unit if incident.unit else ""
    return (*others, StandDown(order=incident.order.id, zone=left, at=entry.at, unit=unit))


def _confirmed(incident: Incident, entry: ev.Entry, order: str, zone: str) -> dict[str, Any]:
    """Changes once a zone has said that it stands down. It may be confirmed once."""
    return {
        "stand_downs": tuple(
            msgspec.structs.replace(one, confirmed_at=entry.at)
            if (one.order, one.zone) == (order, zone) and one.confirmed_at is None
            else one
            for one in incident.stand_downs
        )
    }


def stood_down(incident: Incident, entry: ev.Entry, event: ev.StoodDown) -> dict[str, Any]:
    return _confirmed(incident, entry, event.order, event.zone)


def _still_to_say(outgoing: Outgoing, event: ev.Ordered) -> bool:
    """What a newer update says again is not sent any more: an older position, or anything for a zone that was left.

    Of an earlier order only a cancellation is still to be told.
    """
    if outgoing.order != event.order:
        return outgoing.why == "cancel" and outgoing.state in ("pending", "late")
    if outgoing.state == "delivered":
        return True
    return event.why not in ("reroute", "cancel") and not outgoing.why == event.why == "position"


def _outgoing(incident: Incident, event: ev.Delivered | ev.Undelivered, **changes: Any) -> Order | None:
    if incident.order is None:
        return None
    outbox = tuple(
        msgspec.structs.replace(o, **changes) if (o.order, o.update) == (event.order, event.update) else o
        for o in incident.order.outbox
    )
    return msgspec.structs.replace(incident.order, outbox=outbox)


def delivered(incident: Incident, entry: ev.Entry, event: ev.Delivered) -> dict[str, Any]:
    order = _outgoing(incident, event, state="delivered")
    if order is None:
        return {}
    # A zone that never had the order has nobody to call back.
    unknown = event.status in (404, 410)
    confirmed = _confirmed(incident, entry, event.order, event.zone) if unknown else {}
    return {"order": order, "realarm": "" if incident.realarm == "undelivered" else incident.realarm} | confirmed


def undelivered(incident: Incident, entry: ev.Entry, event: ev.Undelivered) -> dict[str, Any]:
    order = _outgoing(incident, event, state="failed" if event.final else "late", reason=event.why)
    outbox = incident.order.outbox if incident.order is not None else ()
    is_over = any(o.state == "delivered" for o in outbox if (o.order, o.update) == (event.order, event.update))
    if order is None or is_over:
        return {}
    # A delivery after all would wipe what she did, or that the zone refused. Who must use the radio is told in any case.
    graver = not event.final and incident.realarm and incident.realarm not in LIMITS
    return {"order": order} | ({} if graver or incident.state == "closed" else again(entry, "undelivered"))


def server_claimed(incident: Incident, entry: ev.Entry, event: ev.ServerClaimed) -> dict[str, Any]:
    if incident.order is None:
        return {}
    outbox = tuple(
        msgspec.structs.replace(o, server=event.server, claims=o.claims + 1) if o.key == event.what else o
        for o in incident.order.outbox
    )
    return {"order": msgspec.structs.replace(incident.order, outbox=outbox)}


def declined(incident: Incident, entry: ev.Entry, event: ev.Declined) -> dict[str, Any]:
    if incident.order is None or incident.order.id != event.order:
        return {}
    refusal = Decline(zone=incident.order.zone, at=entry.at, reason=event.reason)
    changes: dict[str, Any] = {
        "order": msgspec.structs.replace(incident.order, alive=False, step=None),
        "unit": None,
        "declines": (*(one for one in incident.declines if one.zone != refusal.zone), refusal),
    }
    if (state := leads("declined", incident.state)) != incident.state:
        changes["state"] = state
    if incident.open:
        changes |= again(entry, "declined")
    return changes


_THERE = frozenset({"undelivered", "not_accepted", "not_en_route", "not_on_scene", "no_fix", "zone"})
# What was missed on the way is over once the step says so: nobody must act on it any more.
ANSWERED: dict[str, frozenset[str]] = {
    "accepted": frozenset({"undelivered", "not_accepted"}),
    "en_route": frozenset({"undelivered", "not_accepted", "not_en_route"}),
    "on_scene": _THERE,
    "safe": _THERE,
}


def progressed(incident: Incident, entry: ev.Entry, event: ev.Progressed) -> dict[str, Any]:
    order = incident.order
    # A late receipt for an order that was cancelled or refused stays in the history and moves nothing.
    if event.source in ("zone", "unit") and (order is None or not order.alive or event.order != order.id):
        return {}
    changes: dict[str, Any] = {"times": timed(incident, event.step, entry, event.source)}
    if order is not None and (order.step is None or RANK[event.step] > RANK[order.step]):
        changes["order"] = msgspec.structs.replace(order, step=event.step, step_at=entry.at)
    if event.unit and (incident.unit is None or incident.unit.unit != event.unit):
        changes["unit"] = UnitOfIncident(unit=event.unit, status=event.step, at=entry.at)
    # An alarm that nobody owns stays raised, a closed one closed: only a person changes that.
    if (state := leads(event.step, incident.state)) != incident.state:
        changes["state"] = state
    if event.source == "radio" or incident.realarm in ANSWERED.get(event.step, ()):
        changes["realarm"] = ""
    return changes


def order_done(incident: Incident, entry: ev.Entry, event: ev.OrderDone) -> dict[str, Any]:
    if incident.order is None or incident.order.id != event.order:
        return {}
    return {"order": msgspec.structs.replace(incident.order, done=True)}


def unit_seen(incident: Incident, entry: ev.Entry, event: ev.UnitSeen) -> dict[str, Any]:
    if not event.unit:
        return {}
    return {"unit": UnitOfIncident(unit=event.unit, status=event.status, at=entry.source_at, fix=event.fix)}

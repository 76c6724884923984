"""The fold of an order: its updates, their delivery, what the zone and its units report."""

from collections.abc import Callable
from typing import Literal

from msgspec.structs import replace

from incidents import events as ev
from incidents.fold.changes import Folds, again, timed
from incidents.fold.watch import LIMITS
from incidents.incident import RANK, Decline, Incident, Order, OtherZones, Outgoing, StandDown, UnitOfIncident
from incidents.life_cycle import leads


def _ordered(incident: Incident, entry: ev.Entry, event: ev.Ordered) -> Incident:
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
    anew = event.why in ("new", "reroute")
    if anew or incident.order is None or incident.order.id != event.order:
        order = Order(
            id=event.order, zone=event.zone, update=event.update, at=entry.at, channel=event.channel, outbox=outbox
        )
    else:
        order = replace(incident.order, zone=event.zone, update=event.update, channel=event.channel, outbox=outbox)
    if event.why == "cancel":
        order = replace(order, alive=False, step=None)
        others = replace(incident.other_zones, stand_downs=_left(incident, entry, event))
        state = leads("cancel_order", incident.state)
        return replace(incident, order=order, state=state, unit=None, realarm="", other_zones=others)
    if not anew:
        return replace(incident, order=order)
    order = replace(order, fix=incident.position.fix, asked_unit=event.asked_unit)
    # A safe that was said too early stays in the history; when she is safe is said again.
    times = timed(incident, "routed", entry, "person")
    times = {name: time for name, time in times.items() if name != "safe"}
    others = OtherZones(
        declines=tuple(one for one in incident.other_zones.declines if one.zone != event.zone),
        stand_downs=_left(incident, entry, event),
    )
    state = leads("route", incident.state)
    return replace(incident, order=order, state=state, unit=None, realarm="", other_zones=others, times=times)


def _left(incident: Incident, entry: ev.Entry, event: ev.Ordered) -> tuple[StandDown, ...]:
    """Who is told to stand down by an order, after those who were before. Who is asked again does come."""
    left = event.zone if event.why == "cancel" else event.previous_zone
    others = tuple(one for one in incident.other_zones.stand_downs if one.zone not in (event.zone, left))
    if not left or incident.order is None or not incident.order.alive:
        return others
    unit = incident.unit.unit if incident.unit else ""
    return (*others, StandDown(order=incident.order.id, zone=left, at=entry.at, unit=unit))


def _confirmed(incident: Incident, entry: ev.Entry, order: str, zone: str) -> Incident:
    """The incident once a zone has confirmed that it stands down. It may be confirmed once."""
    others = incident.other_zones
    stand_downs = tuple(
        replace(one, confirmed_at=entry.at)
        if (one.order, one.zone) == (order, zone) and one.confirmed_at is None
        else one
        for one in others.stand_downs
    )
    return replace(incident, other_zones=replace(others, stand_downs=stand_downs))


def _stood_down(incident: Incident, entry: ev.Entry, event: ev.StoodDown) -> Incident:
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


def _sending(incident: Incident, key: str, changed: Callable[[Outgoing], Outgoing]) -> Incident:
    """The incident with one update of its order, by its key, as it is on its way now."""
    if incident.order is None:
        return incident
    outbox = tuple(changed(one) if one.key == key else one for one in incident.order.outbox)
    return replace(incident, order=replace(incident.order, outbox=outbox))


def _delivered(incident: Incident, entry: ev.Entry, event: ev.Delivered) -> Incident:
    if incident.order is None:
        return incident
    after = _sending(incident, f"{event.order}-{event.update}", lambda one: replace(one, state="delivered"))
    if after.realarm == "undelivered":
        after = replace(after, realarm="")
    # A zone that never had the order has nobody to call back.
    return _confirmed(after, entry, event.order, event.zone) if event.status in (404, 410) else after


def _undelivered(incident: Incident, entry: ev.Entry, event: ev.Undelivered) -> Incident:
    key, outbox = f"{event.order}-{event.update}", incident.order.outbox if incident.order is not None else ()
    if incident.order is None or any(one.state == "delivered" for one in outbox if one.key == key):
        return incident
    state: Literal["failed", "late"] = "failed" if event.final else "late"
    after = _sending(incident, key, lambda one: replace(one, state=state, reason=event.why))
    # A delivery after all would wipe what she did, or that the zone refused. Who must use the radio is told in any case.
    graver = not event.final and incident.realarm and incident.realarm not in LIMITS
    return after if graver or incident.state == "closed" else again(after, entry, "undelivered")


def _server_claimed(incident: Incident, entry: ev.Entry, event: ev.ServerClaimed) -> Incident:
    return _sending(incident, event.what, lambda one: replace(one, server=event.server, claims=one.claims + 1))


def _declined(incident: Incident, entry: ev.Entry, event: ev.Declined) -> Incident:
    order, others = incident.order, incident.other_zones
    if order is None or order.id != event.order:
        return incident
    refusal = Decline(zone=order.zone, at=entry.at, reason=event.reason)
    declines = (*(one for one in others.declines if one.zone != refusal.zone), refusal)
    after = replace(
        incident,
        order=replace(order, alive=False, step=None),
        unit=None,
        other_zones=replace(others, declines=declines),
        state=leads("declined", incident.state),
    )
    return again(after, entry, "declined") if incident.open else after


_THERE = frozenset({"undelivered", "not_accepted", "not_en_route", "not_on_scene", "no_fix", "zone"})
# What was missed on the way is over once the step says so: nobody must act on it any more.
ANSWERED: dict[str, frozenset[str]] = {
    "accepted": frozenset({"undelivered", "not_accepted"}),
    "en_route": frozenset({"undelivered", "not_accepted", "not_en_route"}),
    "on_scene": _THERE,
    "safe": _THERE,
}


def _progressed(incident: Incident, entry: ev.Entry, event: ev.Progressed) -> Incident:
    order, unit = incident.order, incident.unit
    # A late receipt for an order that was cancelled or refused stays in the history and moves nothing.
    if event.source in ("zone", "unit") and (order is None or not order.alive or event.order != order.id):
        return incident
    if order is not None and (order.step is None or RANK[event.step] > RANK[order.step]):
        order = replace(order, step=event.step, step_at=entry.at)
    if event.unit and (unit is None or unit.unit != event.unit):
        unit = UnitOfIncident(unit=event.unit, status=event.step, at=entry.at)
    answered = event.source == "radio" or incident.realarm in ANSWERED.get(event.step, ())
    return replace(
        incident,
        times=timed(incident, event.step, entry, event.source),
        order=order,
        unit=unit,
        state=leads(
            event.step, incident.state
        ),  # of one that nobody owns, or that is closed, a person alone changes it
        realarm="" if answered else incident.realarm,
    )


def _order_done(incident: Incident, entry: ev.Entry, event: ev.OrderDone) -> Incident:
    if incident.order is None or incident.order.id != event.order:
        return incident
    return replace(incident, order=replace(incident.order, done=True))


def _unit_seen(incident: Incident, entry: ev.Entry, event: ev.UnitSeen) -> Incident:
    if not event.unit:
        return incident
    return replace(
        incident, unit=UnitOfIncident(unit=event.unit, status=event.status, at=entry.source_at, fix=event.fix)
    )


INTERVENTION: Folds = {
    ev.Ordered: _ordered,
    ev.Delivered: _delivered,
    ev.Undelivered: _undelivered,
    ev.Declined: _declined,
    ev.ServerClaimed: _server_claimed,
    ev.Progressed: _progressed,
    ev.OrderDone: _order_done,
    ev.StoodDown: _stood_down,
    ev.UnitSeen: _unit_seen,
}

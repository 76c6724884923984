"""A zone's own desk: the orders that were sent to it, and its answers to them. It sees nothing else."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from incidents import events as ev
from incidents.incident import RANK, Incident, Order
from incidents.messages import Fix

STAND_DOWN_SHOWN = timedelta(minutes=15)  # a patrol that is called off must be seen to be, not only vanish


Answer = Literal["accepted", "en_route", "on_scene", "done", "declined", "stood_down"]
_STEPS: tuple[Literal["accepted", "en_route", "on_scene"], ...] = ("accepted", "en_route", "on_scene")


class SentOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a zone was told last of an incident. `over` names why nobody needs to come any more; its words are then gone.

    `open` are the answers that may come now, the likeliest first. `device`, `place` (in words) and `fix` stand as the zone was
    told them last; of what is over the `unit` to call back too.
    """

    incident: str
    order: str
    update: int
    why: ev.UpdateReason
    since: datetime
    changed: datetime
    step: ev.Step | None = None
    done: bool = False
    body: str = ""
    over: Literal["", "cancelled", "rerouted", "closed"] = ""
    open: tuple[Answer, ...] = ()
    device: str = ""
    place: str = ""
    fix: Fix | None = None
    unit: str = ""


class _Known(msgspec.Struct):
    """What of an order's words names it, also when it is over."""

    device: str | None = None
    place: str | None = None
    fix: Fix | None = None


def sent_to(incident: Incident, zone: str, now: datetime) -> SentOrder | None:
    """The order of an incident as this zone's desk shows it; None when the zone has none, declined it, or it is long over."""
    if not zone:
        return None
    told = [e for e in incident.history.entries if isinstance(e.event, ev.Ordered) and zone in _zones(e.event)]
    if not told:
        return None
    entry = told[-1]
    newest = entry.event
    assert isinstance(newest, ev.Ordered)
    over: Literal["", "cancelled", "rerouted", "closed"] = ""
    ended = entry.at
    if newest.why == "cancel":
        over = "cancelled"
    elif newest.zone != zone:
        over = "rerouted"
    elif not incident.open:
        over, ended = "closed", incident.times["closed"].entered
    order = incident.order
    if not over and (order is None or order.id != newest.order or not order.alive):
        return None  # it was declined
    stand_downs = incident.other_zones.stand_downs
    told_back = next((one for one in stand_downs if (one.zone, one.order) == (zone, newest.order)), None)
    unconfirmed = told_back is not None and told_back.confirmed_at is None and over != "closed"
    goes_on = over == "closed" and incident.goes_on
    if over and now - ended > STAND_DOWN_SHOWN and not (goes_on or (unconfirmed and incident.open)):
        return None
    answers: tuple[Answer, ...] = ("stood_down",) if unconfirmed else ("done",) if goes_on else ()
    known = msgspec.json.decode(newest.body, type=_Known) if newest.body else _Known()
    first = next(e for e in told if isinstance(e.event, ev.Ordered) and e.event.order == newest.order)
    return SentOrder(
        incident=incident.id,
        order=newest.order,
        update=newest.update,
        why=newest.why,
        since=first.at,
        changed=ended,
        step=order.step if order is not None and not over else None,
        done=order.done if order is not None and not over else False,
        body="" if over else newest.body,
        over=over,
        open=_open(order) if order is not None and not over else answers,
        device=known.device or "",
        place=known.place or "",
        fix=known.fix,
        unit=told_back.unit if told_back is not None else incident.unit.unit if over and incident.unit else "",
    )


def _open(order: Order) -> tuple[Answer, ...]:
    """A step that was passed is no answer; only who is there is done, and no longer declines."""
    if order.done:
        return ()
    if order.step in ("on_scene", "safe"):
        return ("done",)
    return (*(step for step in _STEPS if order.step is None or RANK[step] > RANK[order.step]), "declined")


def orders_of(incidents: Iterable[Incident], zone: str, now: datetime) -> list[SentOrder]:
    """All orders this zone's desk shows: unanswered first, then the oldest; what is over and noted comes last."""
    sent = [order for incident in incidents if (order := sent_to(incident, zone, now)) is not None]
    return sorted(sent, key=lambda o: (o.over != "" and not o.open, o.done, o.step is not None, o.since, o.order))


def _zones(event: ev.Ordered) -> tuple[str, str]:
    return event.zone, event.previous_zone

"""The fold of one incident: `apply(incident, entry) -> incident`, one small function for each event.

The first report of a step sets its time, a state never runs backwards by a report, and only a person moves an alarm that
nobody owns or that is closed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from incidents import events as ev
from incidents.incident import RANK, Incident, Order, Outgoing, Time, TimeName, UnitOfIncident
from incidents.reports import Call, Fix

TRAIL_LENGTH = 600  # fixes kept for drawing; the log keeps all of them


def apply(incident: Incident | None, entry: ev.Entry) -> Incident:
    """The incident after an entry of its stream. The first entry must be `raised`; an unknown type only counts.

    Raises ValueError when there is no incident and the entry does not raise one.
    """
    event = entry.event
    if isinstance(event, ev.Raised):
        return _raised(entry, event)
    if incident is None:
        raise ValueError(f"{entry.stream} does not begin with raised")
    changes: dict[str, Any] = {"version": entry.version}
    if not entry.recorded:
        changes["unrecorded"] = incident.unrecorded + 1
    if event is not None:
        changes.update(_FOLD.get(type(event), _nothing)(incident, entry, event))
        if not isinstance(event, ev.Located | ev.UnitSeen):
            changes["history"] = (*incident.history, entry)
        if type(event) in _NOTICED:
            changes["changed_at"] = entry.at
            changes["changes"] = incident.changes + 1
    return msgspec.structs.replace(incident, **changes)


def _raised(entry: ev.Entry, event: ev.Raised) -> Incident:
    source: ev.Source = "feed" if event.origin == "press" else "person"
    times: dict[TimeName, Time] = {
        "pressed": Time(at=entry.source_at, entered=entry.at, source=source),
        "received": Time(at=entry.at, entered=entry.at, source="console"),
    }
    incident = Incident(
        id=entry.stream.removeprefix("incident/"),
        version=entry.version,
        state="raised",
        origin=event.origin,
        pressed_at=entry.source_at,
        received_at=entry.at,
        last_press_at=entry.at,
        changed_at=entry.at,
        raised_id=entry.id,
        feed=event.feed,
        device=event.device,
        case=event.case,
        case_version=event.case_version,
        press=event.press,
        drill=event.drill,
        flags=frozenset(event.flags.split()),
        unreadable=event.unreadable,
        zone=event.zone,
        cic=event.cic,
        place=event.place,
        reason=event.reason,
        battery=event.battery,
        transport=event.transport,
        times=times,
        unrecorded=0 if entry.recorded else 1,
        history=(entry,),
    )
    changes = _position(incident, entry, event.fix) | _call(incident, entry, event.call)
    return msgspec.structs.replace(incident, **changes) if changes else incident


def _position(incident: Incident, entry: ev.Entry, fix: Fix | None) -> dict[str, Any]:
    """A fix older than the one we have joins the trail at its place and does not become the position."""
    if fix is None:
        return {}
    at = fix.time or entry.source_at
    if incident.fix_at is not None and at < incident.fix_at:
        return {"trail": (*incident.trail[:-1], fix, *incident.trail[-1:])[-TRAIL_LENGTH:]}
    return {"fix": fix, "fix_at": at, "trail": (*incident.trail, fix)[-TRAIL_LENGTH:]}


def _zone(event: ev.Pressed | ev.Located, moved: dict[str, Any]) -> dict[str, Any]:
    return {"zone": event.zone, "cic": event.cic} if event.zone and "fix" in moved else {}


def _timed(
    incident: Incident, name: TimeName, entry: ev.Entry, source: ev.Source, at: datetime | None = None
) -> dict[TimeName, Time]:
    """The first report of a step sets its time; later ones stay in the history."""
    if name in incident.times:
        return incident.times
    return {**incident.times, name: Time(at=at or entry.source_at, entered=entry.at, source=source)}


def _call(incident: Incident, entry: ev.Entry, call: Call | None) -> dict[str, Any]:
    if call is None:
        return {}
    changes: dict[str, Any] = {"call": call}
    if call.state == "open":
        changes["times"] = _timed(incident, "listening", entry, "feed")
    return changes


def _pressed(incident: Incident, entry: ev.Entry, event: ev.Pressed) -> dict[str, Any]:
    moved = _position(incident, entry, event.fix)
    return {
        **moved,
        **_zone(event, moved),
        **_call(incident, entry, event.call),
        "presses": incident.presses + 1,
        "last_press_at": entry.at,
        "press": event.press,
        "flags": incident.flags | frozenset(event.flags.split()),
        "unreadable": incident.unreadable + event.unreadable,
        "battery": incident.battery if event.battery is None else event.battery,
        **_again(entry, "pressed"),
        "tracking_until": None,
        "tracking_ended": False,
    }


def _again(entry: ev.Entry, why: str) -> dict[str, Any]:
    return {"realarm": why, "realarmed_at": entry.at}


def _located(incident: Incident, entry: ev.Entry, event: ev.Located) -> dict[str, Any]:
    moved = _position(incident, entry, event.fix)
    return {**moved, **_zone(event, moved)}


def _called(incident: Incident, entry: ev.Entry, event: ev.Called) -> dict[str, Any]:
    return _call(incident, entry, Call(event.state, event.line, event.desk))


def _presented(incident: Incident, entry: ev.Entry, event: ev.Presented) -> dict[str, Any]:
    return {"times": _timed(incident, "presented", entry, "console"), "unpresented": False}


def _acknowledged(incident: Incident, entry: ev.Entry, event: ev.Acknowledged) -> dict[str, Any]:
    state = "acknowledged" if incident.state == "raised" else incident.state
    return {
        "state": state,
        "owner": entry.actor,
        "owned_since": incident.owned_since if incident.owner == entry.actor else entry.at,
        "realarm": "",
        "times": _timed(incident, "acknowledged", entry, "person"),
    }


def _ordered(incident: Incident, entry: ev.Entry, event: ev.Ordered) -> dict[str, Any]:
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
        state = "acknowledged" if RANK[incident.state] < RANK["on_scene"] else incident.state
        return {"order": order, "state": state, "unit": None, "realarm": ""}
    if event.why not in ("new", "reroute"):
        return {"order": order}
    order = msgspec.structs.replace(order, alive=True, step=None, done=False, at=entry.at)
    return {
        "order": order,
        "state": "routed",
        "unit": None,
        "realarm": "",
        "times": _timed(incident, "routed", entry, "person"),
    }


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


def _delivered(incident: Incident, entry: ev.Entry, event: ev.Delivered) -> dict[str, Any]:
    order = _outgoing(incident, event, state="delivered")
    return {"order": order, "realarm": "" if incident.realarm == "undelivered" else incident.realarm} if order else {}


def _undelivered(incident: Incident, entry: ev.Entry, event: ev.Undelivered) -> dict[str, Any]:
    order = _outgoing(incident, event, state="failed" if event.final else "late", reason=event.why)
    if order is None:
        return {}
    return {"order": order} | ({} if incident.state == "closed" else _again(entry, "undelivered"))


def _declined(incident: Incident, entry: ev.Entry, event: ev.Declined) -> dict[str, Any]:
    if incident.order is None or incident.order.id != event.order:
        return {}
    changes: dict[str, Any] = {"order": msgspec.structs.replace(incident.order, alive=False, step=None), "unit": None}
    if incident.state in ("routed", "accepted", "en_route"):
        changes["state"] = "acknowledged"
    if incident.open:
        changes |= _again(entry, "declined")
    return changes


def _progressed(incident: Incident, entry: ev.Entry, event: ev.Progressed) -> dict[str, Any]:
    order = incident.order
    # A late receipt for an order that was cancelled or refused stays in the history and moves nothing.
    if event.source in ("zone", "unit") and (order is None or not order.alive or event.order != order.id):
        return {}
    changes: dict[str, Any] = {"times": _timed(incident, event.step, entry, event.source)}
    if order is not None and (order.step is None or RANK[event.step] > RANK[order.step]):
        changes["order"] = msgspec.structs.replace(order, step=event.step)
    if event.unit and (incident.unit is None or incident.unit.unit != event.unit):
        changes["unit"] = UnitOfIncident(unit=event.unit, status=event.step, at=entry.at)
    # An alarm that nobody owns stays raised, a closed one closed: only a person changes that.
    if incident.state not in ("raised", "closed") and RANK[event.step] > RANK[incident.state]:
        changes["state"] = event.step
    if event.source == "radio":
        changes["realarm"] = ""
    return changes


def _order_done(incident: Incident, entry: ev.Entry, event: ev.OrderDone) -> dict[str, Any]:
    if incident.order is None or incident.order.id != event.order:
        return {}
    return {"order": msgspec.structs.replace(incident.order, done=True)}


def _unit_seen(incident: Incident, entry: ev.Entry, event: ev.UnitSeen) -> dict[str, Any]:
    if not event.unit:
        return {}
    return {"unit": UnitOfIncident(unit=event.unit, status=event.status, at=entry.source_at, fix=event.fix)}


def _corrected(incident: Incident, entry: ev.Entry, event: ev.TimeCorrected) -> dict[str, Any]:
    name: TimeName = event.time  # type: ignore[assignment]
    old = incident.times.get(name)
    time = Time(
        at=datetime.fromisoformat(event.to),
        entered=old.entered if old else entry.at,
        source=old.source if old else "person",
        corrected=True,
    )
    return {"times": {**incident.times, name: time}}


def _closed(incident: Incident, entry: ev.Entry, event: ev.Closed) -> dict[str, Any]:
    times = {**incident.times, "closed": Time(at=entry.at, entered=entry.at, source="person")}
    return {
        "state": "closed",
        "as_class": event.as_class,
        "outcome": event.outcome,
        "verified": event.verified,
        "realarm": "",
        "unpresented": False,
        "times": times,
    }


def _reopened(incident: Incident, entry: ev.Entry, event: ev.Reopened) -> dict[str, Any]:
    return {
        "state": "acknowledged",
        "owner": entry.actor,
        "owned_since": entry.at,
        "outcome": None,
        "verified": "none",
        "times": {name: time for name, time in incident.times.items() if name != "closed"},
    }


def _nothing(incident: Incident, entry: ev.Entry, event: Any) -> dict[str, Any]:
    return {}


_FOLD: dict[type[ev.Event], Callable[[Incident, ev.Entry, Any], dict[str, Any]]] = {
    ev.Pressed: _pressed,
    ev.Located: _located,
    ev.Called: _called,
    ev.Presented: _presented,
    ev.Unpresented: lambda incident, entry, event: {"unpresented": True},
    ev.Acknowledged: _acknowledged,
    ev.Released: lambda incident, entry, event: {"state": "raised", "owner": None, "owned_since": None},
    ev.CaseChanged: lambda incident, entry, event: {
        "case": event.case,
        "case_version": event.case_version,
        "flags": incident.flags - {"cases_locked", "case_unknown"},
    },
    ev.Ordered: _ordered,
    ev.Delivered: _delivered,
    ev.Undelivered: _undelivered,
    ev.Declined: _declined,
    ev.Progressed: _progressed,
    ev.OrderDone: _order_done,
    ev.UnitSeen: _unit_seen,
    ev.Listening: lambda incident, entry, event: {
        "times": _timed(incident, "listening", entry, "person"),
        "realarm": "",
    },
    ev.Noted: lambda incident, entry, event: {"realarm": ""},
    ev.Classified: lambda incident, entry, event: {"as_class": event.as_class},
    ev.TimeCorrected: _corrected,
    ev.Closed: _closed,
    ev.Reopened: _reopened,
    ev.TrackingExtended: lambda incident, entry, event: {
        "tracking_until": entry.at + timedelta(minutes=event.minutes),
        "tracking_ended": False,
    },
    ev.TrackingEnded: lambda incident, entry, event: {"tracking_ended": True},
    ev.Erased: lambda incident, entry, event: {"erased": True},
}
_NOTICED: frozenset[type[ev.Event]] = frozenset(
    {
        ev.Pressed,
        ev.Acknowledged,
        ev.Released,
        ev.Ordered,
        ev.Undelivered,
        ev.Declined,
        ev.Progressed,
        ev.Closed,
        ev.Reopened,
    }
)

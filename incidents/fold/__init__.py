"""The fold of one incident: `apply(incident, entry) -> incident`, one small function for each event.

The first report of a step sets its time, a state never runs backwards by a report, and only a person moves an alarm that
nobody owns or that is closed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from incidents import events as ev
from incidents.devices.announced import marked
from incidents.escalation.bulk import holds
from incidents.fold.changes import again, call_of, is_abroad, longer, position, timed, zone_of
from incidents.fold.clocks import counting
from incidents.fold.intervention import (
    declined,
    delivered,
    order_done,
    ordered,
    progressed,
    server_claimed,
    stood_down,
    undelivered,
    unit_seen,
)
from incidents.fold.people import accepted, assigned, ended, ends_with, offered, taken_over
from incidents.fold.track import place_passed, zone_crossed
from incidents.fold.watch import WATCH, waiting
from incidents.incident import Earlier, Explanation, Incident, Time, TimeName
from incidents.life_cycle import leads
from incidents.messages import Call

UNREADABLE = 50  # fields named on a card; the log has them all


def apply(incident: Incident | None, entry: ev.Entry) -> Incident:
    """The incident after an entry of its stream. The first entry must be `raised`; an unknown type only counts.

    Raises ValueError when there is no incident and the entry does not raise one.
    """
    entry = counting(entry)
    event = entry.event
    if isinstance(event, ev.Raised):
        return _raised(entry, event)
    if incident is None:
        raise ValueError(f"{entry.stream} does not begin with raised")
    if entry.together and not holds(incident, entry):
        return incident
    changes: dict[str, Any] = {"version": entry.version or incident.version}
    if not entry.recorded:
        changes["unrecorded"] = incident.unrecorded + 1
    if event is not None:
        changes.update(_FOLD.get(type(event), _nothing)(incident, entry, event))
        if entry.flags:
            changes["flags"] = changes.get("flags", incident.flags) | entry.flags
        if incident.offered_to is not None:
            changes.update(ends_with(incident, changes))
        if not event.TRACK:
            waiting(incident, entry, changes)
            # That a person was shown the case a history says once.
            if event.STORY and not (isinstance(event, ev.CaseOpened) and entry.actor in incident.looks):
                changes["history"] = longer(incident.history, entry)
        if event.NOTICED:
            changes["changed_at"] = entry.at
            changes["changes"] = incident.changes + 1
    return msgspec.structs.replace(incident, **changes)


def _raised(entry: ev.Entry, event: ev.Raised) -> Incident:
    source: ev.Source = "feed" if event.origin == "press" else "person"
    times: dict[TimeName, Time] = {
        "pressed": Time(at=entry.source_at, entered=entry.at, source=source),
        "received": Time(at=entry.at, entered=entry.at, source="console"),
    }
    if event.paper:  # a person received it, when it happened
        times["received"] = Time(at=entry.source_at, entered=entry.at, source="person")
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
        waits_since=entry.at,
        waits_from=entry.version,
        feed=event.feed,
        device=event.device,
        case=event.case,
        case_version=event.case_version,
        press=event.press,
        drill=event.drill,
        paper=event.paper,
        announced=marked(event),
        flags=frozenset(event.flags.split()) | entry.flags,
        unreadable=event.unreadable,
        zone=event.zone,
        cic=event.cic,
        abroad=is_abroad(event),
        place=event.place,
        reason=event.reason,
        battery=event.battery,
        transport=event.transport,
        times=times,
        unrecorded=0 if entry.recorded else 1,
        history=longer((), entry),
    )
    changes = position(incident, entry, event.fix) | call_of(incident, entry, event.call)
    return msgspec.structs.replace(incident, **changes) if changes else incident


def _pressed(incident: Incident, entry: ev.Entry, event: ev.Pressed) -> dict[str, Any]:
    moved = position(incident, entry, event.fix)
    return {
        **moved,
        **zone_of(event, moved),
        **call_of(incident, entry, event.call),
        "presses": incident.presses + 1,
        # One that nobody announced makes it an alarm like any other.
        "announced": marked(event) if incident.announced is not None else None,
        "last_press_at": entry.at,
        "press": event.press,
        "flags": moved.get("flags", incident.flags) | frozenset(event.flags.split()),
        "unreadable": (*incident.unreadable, *event.unreadable)[:UNREADABLE],
        "battery": incident.battery if event.battery is None else event.battery,
        **again(entry, "pressed"),
        **_reconsidered(incident),
        "tracking_until": None,
        "tracking_ended": False,
    }


def _located(incident: Incident, entry: ev.Entry, event: ev.Located) -> dict[str, Any]:
    moved = position(incident, entry, event.fix)
    return moved | zone_of(event, moved) if event.zone else moved


def _called(incident: Incident, entry: ev.Entry, event: ev.Called) -> dict[str, Any]:
    return call_of(incident, entry, Call(event.state, event.line, event.desk))


def _presented(incident: Incident, entry: ev.Entry, event: ev.Presented) -> dict[str, Any]:
    if not event.first and not event.audible:  # painted on silent pages only: nobody was called to look
        return {}
    return {"times": timed(incident, "presented", entry, "console"), "unpresented": False}


def _acknowledged(incident: Incident, entry: ev.Entry, event: ev.Acknowledged) -> dict[str, Any]:
    return {
        "state": leads("acknowledge", incident.state),
        "owner": entry.actor,
        "owned_since": incident.owned_since if incident.owner == entry.actor else entry.at,
        "realarm": "",
        "times": timed(incident, "acknowledged", entry, "person"),
    }


def _listening(incident: Incident, entry: ev.Entry, event: ev.Listening) -> dict[str, Any]:
    changes = {"times": timed(incident, "listening", entry, "person"), "listener": entry.actor, "realarm": ""}
    # Who listens to another's alarm works on it with them.
    if incident.owner is not None and entry.actor not in (incident.owner, *incident.helpers):
        changes["helpers"] = (*incident.helpers, entry.actor)
    return changes


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
    times = {
        **incident.times,
        "closed": Time(at=entry.source_at if incident.paper else entry.at, entered=entry.at, source="person"),
    }
    return {
        "state": leads("close", incident.state),
        **_classed(entry, event),
        "outcome": event.outcome,
        "verified": event.verified,
        "realarm": "",
        "unpresented": False,
        "times": times,
    }


def _reopened(incident: Incident, entry: ev.Entry, event: ev.Reopened) -> dict[str, Any]:
    order, state = incident.order, leads("reopen", incident.state)
    # What was under way still is. Of a zone that is done, or once she was safe, nobody comes: help is asked for anew.
    if order is not None and order.alive and not order.done and order.step != "safe":
        state = order.step or "routed"
    elif order is not None:
        order = msgspec.structs.replace(order, alive=False)
    return {
        "state": state,
        "order": order,
        "owner": entry.actor,
        "owned_since": entry.at,
        "reopened_at": entry.at,
        **_reconsidered(incident),
        "outcome": None,
        "verified": "none",
        "times": {name: time for name, time in incident.times.items() if name != "closed"},
    }


def _classed(entry: ev.Entry, event: ev.Classified | ev.Closed) -> dict[str, Any]:
    return {"as_class": event.as_class, "classed_at": entry.at, "earlier": None}


def _reconsidered(incident: Incident) -> dict[str, Any]:
    """A class said of what was before says nothing of what comes now: a test that is pressed again may be none."""
    if incident.as_class is None or incident.classed_at is None:
        return {}
    return {"as_class": None, "earlier": Earlier(as_class=incident.as_class, at=incident.classed_at)}


def _explained(incident: Incident, entry: ev.Entry, event: ev.Explained) -> dict[str, Any]:
    said = Explanation(entry.at, entry.actor, event.interval, event.reason)
    return {"explanations": (*incident.explanations, said)}


def _case_opened(incident: Incident, entry: ev.Entry, event: ev.CaseOpened) -> dict[str, Any]:
    return {"looks": incident.looks | {entry.actor: incident.looks.get(entry.actor, 0) + 1}}


def _nothing(incident: Incident, entry: ev.Entry, event: Any) -> dict[str, Any]:
    return {}


_FOLD: dict[type[ev.Event], Callable[[Incident, ev.Entry, Any], dict[str, Any]]] = {
    ev.Pressed: _pressed,
    ev.Located: _located,
    ev.Called: _called,
    ev.PlacePassed: place_passed,
    ev.ZoneCrossed: zone_crossed,
    ev.Presented: _presented,
    ev.Unpresented: lambda incident, entry, event: {"unpresented": True},
    ev.Acknowledged: _acknowledged,
    ev.Released: lambda incident, entry, event: {
        "state": leads("release", incident.state),
        "owner": None,
        "owned_since": None,
    },
    ev.KeptFrom: lambda incident, entry, event: {
        "kept_from": (*incident.kept_from, event.to),
        "kept_from_supervisor": incident.kept_from_supervisor or "supervisor" in event.role.split(),
    },
    ev.CaseChanged: lambda incident, entry, event: {
        "case": event.case,
        "case_version": event.case_version,
        "flags": incident.flags - {"cases_locked", "case_unknown"},
    },
    ev.Ordered: ordered,
    ev.Delivered: delivered,
    ev.Undelivered: undelivered,
    ev.Declined: declined,
    ev.ServerClaimed: server_claimed,
    ev.Progressed: progressed,
    ev.OrderDone: order_done,
    ev.StoodDown: stood_down,
    ev.UnitSeen: unit_seen,
    ev.Listening: _listening,
    ev.CaseOpened: _case_opened,
    ev.CadNumbered: lambda incident, entry, event: {"cad": event.number},
    ev.Noted: lambda incident, entry, event: {"realarm": ""},
    ev.Classified: lambda incident, entry, event: _classed(entry, event),
    ev.TimeCorrected: _corrected,
    ev.Closed: _closed,
    ev.Reopened: _reopened,
    ev.Explained: _explained,
    ev.TrackingExtended: lambda incident, entry, event: {
        "tracking_until": entry.at + timedelta(minutes=event.minutes),
        "tracking_ended": False,
    },
    ev.TrackingEnded: lambda incident, entry, event: {"tracking_ended": True},
    ev.HandOverOffered: offered,
    ev.HandOverAccepted: accepted,
    ev.HandOverDeclined: ended,
    ev.HandOverWithdrawn: ended,
    ev.Assigned: assigned,
    ev.TakenOver: taken_over,
    ev.Erased: lambda incident, entry, event: {"erased": True},
    **WATCH,
}

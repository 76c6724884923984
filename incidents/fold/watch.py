"""The fold of the watch: how far it escalated an alarm, what people answered, and since when nobody has answered."""

from collections.abc import Callable
from typing import Any

from incidents import events as ev
from incidents.fold.changes import again
from incidents.fold.track import beneath
from incidents.incident import HERS, Incident, Passed
from incidents.life_cycle import leads
from incidents.log import PARTS

# What re-alarms its owner alone, then the supervisor: a passed limit, where she goes. All else nobody answered climbs the ladder.
LIMITS = HERS | {"undelivered", "not_accepted", "not_en_route", "not_on_scene", "no_fix", "call_ended"}


def waiting(incident: Incident, entry: ev.Entry, changes: dict[str, Any]) -> None:
    """Add to an entry's changes what follows for the watch: who acted, whether the line ended, since when nobody answered."""
    acted = entry.actor not in PARTS and not _aside(incident, entry)
    if acted:
        changes["acted_at"] = entry.at
        if incident.realarm and not changes.get("realarm", incident.realarm):
            changes["answered_at"] = entry.at
    elif _MATTERS.isdisjoint(changes):
        return  # most entries: a log of years is folded at the start
    by_zone = getattr(entry.event, "source", "") in ("zone", "unit")  # its people answer the order, not the alarm
    changes |= beneath(incident, entry, changes, acted and not by_zone)
    state, owner = changes.get("state", incident.state), changes.get("owner", incident.owner)
    if owner != incident.owner:
        changes.setdefault("listener", None)
        changes["helpers"] = tuple(name for name in incident.helpers if name != owner) if owner else ()
    call = changes.get("call")
    if call is not None and call.state == "ended" and (incident.call is None or incident.call.state != "ended"):
        changes["call_ended_at"] = entry.at
        if incident.listening:
            changes["acted_at"] = entry.at  # whoever listened until now has not been idle
        changes["listener"] = None
    offered = changes.get("offered", incident.offered)
    if incident.offered and (owner != incident.owner or state == "closed" or (acted and entry.actor == owner)):
        changes["offered"] = offered = ""
    realarm = changes.get("realarm", incident.realarm)
    waits = state != "closed" and bool(state == "raised" or offered or (realarm and realarm not in LIMITS))
    if waits == (incident.waits_since is not None):
        return
    changes |= _BEGIN if not waits else {**_BEGIN, "waits_since": entry.at, "waits_from": entry.version}


def _aside(incident: Incident, entry: ev.Entry) -> bool:
    """Whether a person's entry is no act on the alarm: said afterwards of its times, an assignment that nobody accepted, what
    they were shown or took. Its owner's first look is one, as a page that comes back looks too: who opens it on purpose later
    is recorded as `still_on_it`."""
    event = entry.event
    if isinstance(event, _OFFER_OVER):
        return incident.offered_by is not None
    if isinstance(event, ev.CaseOpened):
        return entry.actor in incident.looks or entry.actor not in (incident.owner, *incident.helpers)
    return isinstance(event, _ASIDE)


_ASIDE = (ev.Explained, ev.Assigned, ev.HoldSet, ev.HoldLifted, ev.ReasonGiven, ev.Disclosure)
_OFFER_OVER = (ev.HandOverDeclined, ev.HandOverWithdrawn)
_MATTERS = frozenset({"state", "owner", "call", "offered", "realarm"})
_BEGIN: dict[str, Any] = {
    "waits_since": None,
    "ladder": "",
    "ladder_at": None,
    "confirmed_by": None,
    "confirmed_at": None,
    "outside": "",
}


def _escalated(incident: Incident, entry: ev.Entry, event: ev.Escalated) -> dict[str, Any]:
    changes: dict[str, Any] = {"ladder": event.step, "ladder_at": entry.at}
    if event.step == "confirm":
        changes |= {"confirmed_by": None, "confirmed_at": None, "outside": ""}
    return changes


def _outside(incident: Incident, entry: ev.Entry, event: ev.OutsideTold) -> dict[str, Any]:
    if event.channel == "none":
        return {"outside": "none"}
    now = "told" if event.ok else "failed"
    return {"outside": now if incident.outside in ("", "none", now) else "partly"}


def _helping(incident: Incident, entry: ev.Entry, event: ev.Helping) -> dict[str, Any]:
    return {"helpers": (*incident.helpers, entry.actor)} if entry.actor not in incident.helpers else {}


def _limit_passed(incident: Incident, entry: ev.Entry, event: ev.LimitPassed) -> dict[str, Any]:
    passed = Passed(event.limit, event.cause, entry.at, event.escalated)
    changes: dict[str, Any] = {"passed": (*incident.passed, passed)}
    # What she did, or the zone refused, is the graver news: it is not written over.
    if not event.escalated and (not incident.realarm or incident.realarm in LIMITS):
        changes |= again(entry, event.limit)
    return changes


WATCH: dict[type[ev.Event], Callable[[Incident, ev.Entry, Any], dict[str, Any]]] = {
    ev.Escalated: _escalated,
    ev.EscalationConfirmed: lambda incident, entry, event: {"confirmed_by": entry.actor, "confirmed_at": entry.at},
    ev.OutsideTold: _outside,
    ev.WatchReleased: lambda incident, entry, event: {
        "state": leads("release", incident.state),
        "owner": None,
        "owned_since": None,
        **(again(entry, "forgotten") if not incident.realarm or incident.realarm in LIMITS else {}),
    },
    ev.StillOnIt: lambda incident, entry, event: {"realarm": "" if incident.realarm in LIMITS else incident.realarm},
    ev.CopiedToSupervisor: lambda incident, entry, event: {"copied_at": entry.at},
    ev.Helping: _helping,
    ev.LimitPassed: _limit_passed,
    ev.WhereUnanswered: lambda incident, entry, event: {
        "passed": (*incident.passed, Passed(event.about, event.cause, entry.at, True))
    },
    ev.OfferedToAll: lambda incident, entry, event: {"offered": "" if event.why == "back" else event.why},
}

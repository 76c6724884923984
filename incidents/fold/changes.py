"""What several events change alike: where she is, the call, a time, that it alarms again."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from incidents import events as ev
from incidents.fold.clocks import AHEAD
from incidents.incident import Incident, Time, TimeName
from incidents.messages import Call, Fix

DELAYED = timedelta(seconds=30)  # older than the position shown by so much: flagged
HISTORY_LENGTH = 1000  # entries kept beside the first: a button may be pressed all day; the log keeps all of them
TRAIL_LENGTH = 600  # fixes kept for drawing; the log keeps all of them


def longer(history: tuple[ev.Entry, ...], entry: ev.Entry) -> tuple[ev.Entry, ...]:
    """The history with one entry more. The message as it came stays in the log: nobody asks the board for it."""
    if isinstance(entry.event, ev.PressFacts) and entry.event.raw:
        entry = msgspec.structs.replace(entry, event=msgspec.structs.replace(entry.event, raw=""))
    kept = history if len(history) <= HISTORY_LENGTH else (history[0], *history[-HISTORY_LENGTH + 1 :])
    return (*kept, entry)


def position(incident: Incident, entry: ev.Entry, fix: Fix | None) -> dict[str, Any]:
    """A fix older than the one we have joins the trail at its place and does not become the position; of two of one time
    the later heard counts. One that is much older is flagged: a clock may have gone back, and the place shown stands still.
    """
    if fix is None:
        return {}
    at = fix.time or entry.source_at
    dated = fix if fix.time is not None else msgspec.structs.replace(fix, time=at)  # the trail is read by its times
    known = incident.fix_at
    if known is not None and at < known <= entry.at + AHEAD:
        flags = incident.flags | {"delayed"} if known - at > DELAYED else incident.flags
        return {"trail": (*incident.trail[:-1], dated, *incident.trail[-1:])[-TRAIL_LENGTH:], "flags": flags}
    return {"fix": fix, "fix_at": at, "fix_heard_at": entry.at, "trail": (*incident.trail[1 - TRAIL_LENGTH :], dated)}


def zone_of(event: ev.Pressed | ev.Located, moved: dict[str, Any]) -> dict[str, Any]:
    """The zone, the centre and whether it is abroad, of an event that moved the incident."""
    if not event.zone or "fix" not in moved:
        return {}
    return {"zone": event.zone, "cic": event.cic, "abroad": is_abroad(event)}


def is_abroad(event: ev.Raised | ev.Pressed | ev.Located) -> bool:
    """Whether an event's position lies outside Belgium: its zone is then the nearest one."""
    return event.abroad if isinstance(event, ev.Located) else "outside" in event.flags.split()


def timed(
    incident: Incident, name: TimeName, entry: ev.Entry, source: ev.Source, at: datetime | None = None
) -> dict[TimeName, Time]:
    """The first report of a step sets its time; later ones stay in the history."""
    if name in incident.times:
        return incident.times
    return {**incident.times, name: Time(at=at or entry.source_at, entered=entry.at, source=source)}


def call_of(incident: Incident, entry: ev.Entry, call: Call | None) -> dict[str, Any]:
    if call is None:
        return {}
    changes: dict[str, Any] = {"call": call}
    if call.state == "open":
        changes["times"] = timed(incident, "listening", entry, "feed")
    return changes


def again(entry: ev.Entry, why: str) -> dict[str, Any]:
    return {"realarm": why, "realarmed_at": entry.at}

"""What several events change alike: where she is, the call, a time, that it alarms again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Never

from msgspec.structs import replace

from incidents import events as ev
from incidents.fold.clocks import AHEAD
from incidents.incident import Incident, Time, TimeName
from incidents.life_cycle import leads
from incidents.messages import Call

# The fold of each type of event: an incident, an entry, the entry's event of that type; the incident after it.
Folds = dict[type[ev.Event], Callable[[Incident, ev.Entry, Never], Incident]]
DELAYED = timedelta(seconds=30)  # older than the position shown by so much: flagged
HISTORY_LENGTH = 1000  # entries kept beside the first: a button may be pressed all day; the log keeps all of them
TRAIL_LENGTH = 600  # fixes kept for drawing; the log keeps all of them


def longer(history: tuple[ev.Entry, ...], entry: ev.Entry) -> tuple[ev.Entry, ...]:
    """The history with one entry more. The message as it came stays in the log: nobody asks the board for it."""
    if isinstance(entry.event, ev.PressFacts) and entry.event.raw:
        entry = replace(entry, event=replace(entry.event, raw=""))
    kept = history if len(history) <= HISTORY_LENGTH else (history[0], *history[-HISTORY_LENGTH + 1 :])
    return (*kept, entry)


def moved(incident: Incident, entry: ev.Entry, event: ev.Raised | ev.Pressed | ev.Located) -> Incident:
    """A fix older than the one we have joins the trail at its place and does not become the position; of two of one time
    the later heard counts. One that is much older is flagged: a clock may have gone back, and the place shown stands still.
    Where it becomes the position, its zone and centre become the incident's.
    """
    fix, before = event.fix, incident.position
    if fix is None:
        return incident
    at = fix.time or entry.source_at
    dated = fix if fix.time is not None else replace(fix, time=at)  # the trail is read by its times
    known = before.at
    if known is not None and at < known <= entry.at + AHEAD:
        flags = incident.flags | {"delayed"} if known - at > DELAYED else incident.flags
        trail = (*before.trail[:-1], dated, *before.trail[-1:])[-TRAIL_LENGTH:]
        return replace(incident, position=replace(before, trail=trail), flags=flags)
    trail = (*before.trail[1 - TRAIL_LENGTH :], dated)
    if not event.zone:
        return replace(incident, position=replace(before, fix=fix, at=at, heard_at=entry.at, trail=trail))
    position = replace(before, fix=fix, at=at, heard_at=entry.at, trail=trail, cic=event.cic, abroad=is_abroad(event))
    return replace(incident, zone=event.zone, position=position)


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


def called(incident: Incident, entry: ev.Entry, call: Call | None) -> Incident:
    if call is None:
        return incident
    times = timed(incident, "listening", entry, "feed") if call.state == "open" else incident.times
    return replace(incident, line=replace(incident.line, call=call), times=times)


def again(incident: Incident, entry: ev.Entry, why: str) -> Incident:
    return replace(incident, realarm=why, attention=replace(incident.attention, realarmed_at=entry.at))


def owned(incident: Incident, entry: ev.Entry) -> Incident:
    """The incident as whoever made the entry has it now."""
    return replace(incident, owner=entry.actor, ownership=replace(incident.ownership, since=entry.at))


def given_back(incident: Incident) -> Incident:
    """The incident as nobody has it any more."""
    state = leads("release", incident.state)
    return replace(incident, state=state, owner=None, ownership=replace(incident.ownership, since=None, offer=None))

"""The drills by the log: the fold of the stream `desk/drills`. Nothing here knows an incident, and no incident knows a drill."""

from datetime import datetime
from typing import Literal

import msgspec

from incidents import events as ev

DRILLS = "desk/drills"  # the stream of all drills
KEPT = 60  # ended drills that are shown; when each desk last had one is kept for all

DrillState = Literal["proposed", "confirmed", "live", "acknowledged", "ended"]


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """One drill. `desks` are those it was shown to (pseudonyms), `presented` after how many ms each first painted it."""

    id: str
    state: DrillState
    proposed_by: str
    proposed_at: datetime
    zone: str = ""
    lat: float | None = None
    lon: float | None = None
    victim: str = ""
    story: str = ""
    to: tuple[str, ...] = ()
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    within_min: int = 0
    due: datetime | None = None
    raised_at: datetime | None = None
    label: str = ""
    desks: tuple[str, ...] = ()
    presented: dict[str, int] = {}
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_ms: int | None = None
    ended_at: datetime | None = None
    why: ev.DrillEnd | None = None

    @property
    def on_screens(self) -> bool:
        """Whether it stands in a queue, as far as the log goes."""
        return self.state in ("live", "acknowledged")


class DrillsNow(msgspec.Struct, frozen=True, kw_only=True):
    """All drills that are not over and the last that are, by id, oldest first; when each desk last had one."""

    drills: dict[str, Drill] = {}
    last: dict[str, datetime] = {}
    live: Drill | None = None  # the one in the queues, as far as the log goes; there is never another

    @property
    def waiting(self) -> Drill | None:
        """The one that is confirmed and has not come yet."""
        return next((drill for drill in self.drills.values() if drill.state == "confirmed"), None)


def drills(now: DrillsNow, entry: ev.Entry) -> DrillsNow:
    """The drills after an entry of their stream."""
    event = entry.event
    if isinstance(event, ev.DrillProposed):
        return _with(
            now,
            Drill(
                id=event.drill,
                state="proposed",
                proposed_by=entry.actor,
                proposed_at=entry.at,
                zone=event.zone,
                lat=event.lat,
                lon=event.lon,
                victim=event.victim,
                story=event.story,
                to=event.to,
            ),
        )
    drill = now.drills.get(getattr(event, "drill", ""))
    if drill is None or drill.state == "ended":
        return now
    replace = msgspec.structs.replace
    match event:
        case ev.DrillConfirmed():
            due = datetime.fromisoformat(event.due) if event.due else None
            confirmed = replace(
                drill,
                state="confirmed",
                confirmed_by=entry.actor,
                confirmed_at=entry.at,
                within_min=event.within_min,
                due=due,
            )
            return _with(now, confirmed)
        case ev.DrillRaised():
            raised = replace(drill, state="live", raised_at=entry.at, desks=event.to, label=event.label)
            return replace(_with(now, raised), last=now.last | dict.fromkeys(event.to, entry.at))
        case ev.DrillPresented():
            return _with(now, replace(drill, presented={entry.actor: event.after_ms} | drill.presented))
        case ev.DrillAcknowledged():
            taken = replace(
                drill,
                state="acknowledged",
                acknowledged_by=entry.actor,
                acknowledged_at=entry.at,
                acknowledged_ms=event.after_ms,
            )
            return _with(now, taken)
        case ev.DrillEnded():
            return _with(now, replace(drill, state="ended", ended_at=entry.at, why=event.why))
    return now


def _with(now: DrillsNow, drill: Drill) -> DrillsNow:
    found = now.drills | {drill.id: drill}
    ended = [one.id for one in found.values() if one.state == "ended"]
    for name in ended[:-KEPT]:
        del found[name]
    live = next((one for one in found.values() if one.on_screens), None)
    return msgspec.structs.replace(now, drills=found, live=live)

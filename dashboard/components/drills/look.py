"""How a drill looks: the row, case and map mark of an alarm, made by the same code from an incident that is on no board.

Only what paints a page is handed it: the board, the log, the watch, the orders and every count know nothing of it. From the
moment it is acknowledged its name begins with DRILL.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from incidents import events as ev
from incidents.case import Case, Instruction, Person
from incidents.clock import Clock
from incidents.drills.fold import Drill
from incidents.escalation.ladder import WatchTimes
from incidents.fold import apply
from incidents.incident import Incident, Time
from incidents.messages import Fix

RADIUS_M = 18.0  # of its position, as a telephone gives it outdoors


class Stage:
    """What the pages' code asks of a board, a desk and a case register, with one drill on it and nothing else."""

    state = "open"

    def __init__(self, clock: Clock, name_of: Callable[[str], str]) -> None:
        self.clock = clock
        self.name_of = name_of
        self.incidents: dict[str, Incident] = {}
        self.case: Case | None = None

    @property
    def cases(self) -> "Stage":
        return self

    def of_device(self, device: str) -> tuple[Incident, ...]:
        """It has no past."""
        return ()

    def beside(self, incident: Incident) -> tuple[Incident, ...]:
        """It stands alone."""
        return ()

    def by_number(self, number: str) -> Case | None:
        return self.case if self.case is not None and self.case.number == number else None

    def by_device(self, device: str) -> Case | None:
        return self.case if self.case is not None and device in self.case.devices else None


def incident_of(drill: Drill, now: datetime, times: WatchTimes, mark: str) -> Incident:
    """The drill as an incident would stand there now. `mark` comes before its name once it is acknowledged."""
    raised = drill.raised_at or now
    taken = drill.acknowledged_at
    label = f"{mark} {drill.label}" if taken else drill.label
    lat, lon = drill.lat, drill.lon
    fix = Fix(lat, lon, RADIUS_M, 68.0, time=raised) if lat is not None and lon is not None else None
    rung, rung_at = _rung(raised, now, times) if not taken else ("", None)

    def entry(n: int, at: datetime, actor: str, event: ev.Event) -> ev.Entry:
        return ev.Entry(stream="", version=n, id="", at=at, source_at=at, actor=actor, event=event)

    began = ev.Raised(
        origin="press",
        press="hold",
        device=label,
        case=_number(drill) if drill.victim else None,
        case_version=1 if drill.victim else None,
        fix=fix,
        zone=drill.zone,
        flags=" ".join(flag for flag, lacks in (("case_unknown", not drill.victim), ("no_fix", fix is None)) if lacks),
    )
    incident = apply(None, entry(1, raised, "feed", began))
    if taken:
        incident = apply(incident, entry(2, taken, drill.acknowledged_by, ev.Acknowledged()))
    return replace(
        incident,
        id=drill.id,
        drill=taken is not None,
        position=replace(incident.position, heard_at=None),  # the watch waits for none of its positions
        times=incident.times | {"received": Time(at=raised, entered=raised, source="feed")},
        escalation=replace(incident.escalation, rung=rung, rung_at=rung_at),
    )


def case_of(drill: Drill, source: str) -> Case | None:
    """The file of the person in the story; None when the trainer named nobody: then it is a press of an unknown device."""
    if not drill.victim:
        return None
    day = drill.proposed_at.astimezone(ev.BRUSSELS).date()
    label = drill.label
    told = Instruction(kind="other", text=drill.story, source=source, date=day - timedelta(days=20))
    return Case(
        number=_number(drill),
        victim=Person(name=drill.victim),
        devices=(label,),
        valid_from=day - timedelta(days=20),
        valid_until=day + timedelta(days=300),
        source=source,
        date=day - timedelta(days=20),
        instructions=(told,),
    )


def _number(drill: Drill) -> str:
    return f"{drill.proposed_at.year}-{int(drill.label[-4:] or 0) + 100:04d}"


def _rung(raised: datetime, now: datetime, times: WatchTimes) -> tuple[ev.Rung | Literal[""], datetime | None]:
    """How far the watch would have gone on its own screens. It is over before anything is told outside."""
    rungs: tuple[tuple[ev.Rung, float], ...] = (("everyone", times.everyone_s), ("louder", times.louder_s))
    for rung, after in rungs:
        if now >= raised + timedelta(seconds=after):
            return rung, raised + timedelta(seconds=after)
    return "", None

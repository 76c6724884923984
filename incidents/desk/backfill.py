"""What was written on paper while the desk could not be used, entered afterwards as a whole incident with its own times.

Pure: it checks the times against each other and makes the events an incident of that kind would have had. Nothing is sent: an
order on paper was given by voice.
"""

import itertools
from datetime import datetime

from incidents import commands as cmd
from incidents import events as ev
from incidents.commands import CLOCKS_AGREE, Refused, closed
from incidents.incident import TimeName

# In the order they can happen; the first is that of the press or the call.
TIMES: tuple[tuple[TimeName, str], ...] = (
    ("pressed", "raised_at"),
    ("acknowledged", "acknowledged_at"),
    ("routed", "routed_at"),
    ("en_route", "en_route_at"),
    ("on_scene", "on_scene_at"),
    ("safe", "safe_at"),
    ("closed", "closed_at"),
)
_AFTER: dict[TimeName, TimeName] = {
    "routed": "acknowledged",
    "en_route": "routed",
    "on_scene": "routed",
    "safe": "routed",
}
_STEPS: tuple[ev.Step, ...] = ("en_route", "on_scene", "safe")


def given(command: cmd.FromPaper) -> dict[TimeName, datetime]:
    """The times that stood on the paper, in the order they can happen."""
    found = {name: getattr(command, field) for name, field in TIMES}
    return {name: at for name, at in found.items() if at is not None}


def check_paper(command: cmd.FromPaper, now: datetime) -> None:
    """Raises Refused: a time in the future, two out of order, one without what it needs (`about` names them), half a closing."""
    times = given(command)
    for name, at in times.items():
        if at > now + CLOCKS_AGREE:
            raise Refused("time_future", about=(name,))
    names = list(times)
    for before, after in itertools.pairwise(names):
        if times[after] < times[before]:
            raise Refused("time_order", about=(after, before))
    for name, needs in _AFTER.items():
        if name in times and needs not in times:
            raise Refused("time_missing", about=(name, needs))
    if "routed" in times and not command.zone:
        raise Refused("zone_unknown")
    closing = (command.closed_at, command.as_class, command.outcome)
    recording = command.recording_reference.strip() or None  # stands in the closing alone
    if None in closing and (command.closed_at, command.outcome, recording) != (None, None, None):
        raise Refused("closing_incomplete")
    if command.closed_at and command.as_class in ("test", "accidental") and command.verified == "none":
        raise Refused("verification_missing")


def paper_events(
    command: cmd.FromPaper, raised: ev.Raised, incident: str
) -> tuple[tuple[str, datetime, ev.Event], ...]:
    """The events in order, each with the end of its record's id and when it happened."""
    times = given(command)
    made: list[tuple[str, datetime, ev.Event]] = [("", command.raised_at, raised)]
    if at := times.get("acknowledged"):
        made.append(("-acknowledged", at, ev.Acknowledged()))
    order = f"{incident}-1"
    if at := times.get("routed"):
        by_voice = ev.Ordered(order=order, update=1, zone=command.zone, why="new", channel="radio")
        made.append(("-routed", at, by_voice))
    for step in _STEPS:
        if at := times.get(step):
            made.append((f"-{step}", at, ev.Progressed(step=step, source="person", order=order)))
    if command.closed_at is not None:
        assert command.as_class is not None and command.outcome is not None
        under_way = ("en_route" in times or "on_scene" in times) and "safe" not in times
        anyway = "acknowledged" not in times or under_way
        closing = closed(
            command.as_class,
            command.outcome,
            reason=command.reason,
            recording=command.recording_reference,
            verified=command.verified,
            anyway=anyway,
        )
        made.append(("-closed", command.closed_at, closing))
    elif command.as_class is not None and "acknowledged" in times:
        made.append(("-class", max(times.values()), ev.Classified(as_class=command.as_class)))
    return tuple(made)

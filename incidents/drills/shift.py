"""When a shift changes: two crews hand over then, and no drill comes."""

from datetime import datetime, timedelta

from incidents.shifts import ShiftTimes, shift_at

CALM = timedelta(minutes=15)  # before and after each change


def near_change(times: ShiftTimes, now: datetime) -> bool:
    """Whether a shift began, or ends, less than 15 minutes from now."""
    shift = shift_at(times, now)
    return shift is not None and (now - shift.start < CALM or shift.end - now < CALM)

"""The clock as an object, so that live and replay are the same code."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What tells the time: the machine's clock when live, a driven one in a replay or a test."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        ...


class SystemClock:
    """The machine's clock, cut to the millisecond that the log keeps."""

    def now(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def steady(self) -> float:
        """Seconds that only pass, also while the machine sleeps, whatever its clock is set to."""
        return _steady()


def _boot_time() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


# A monotonic clock stands still on Linux while the machine sleeps; the other systems have only that one.
_steady = _boot_time if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic


def steady(clock: Clock) -> float:
    """Seconds that pass by a clock and never jump, for lifetimes. A driven clock without them (`steady`) is its own."""
    own = getattr(clock, "steady", None)
    return float(own()) if own is not None else clock.now().timestamp()


def rate(clock: Clock) -> float | None:
    """How many seconds a driven clock (`rate`) tells in one of the wall: 0 while it stands. None: it is the wall's own."""
    found: float | None = getattr(clock, "rate", None)
    return found


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970."""
    return round(at.timestamp() * 1000)

"""The clock as an object, so that live and replay are the same code."""

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


def rate(clock: Clock) -> float | None:
    """How many seconds a driven clock (`rate`) tells in one of the wall: 0 while it stands. None: it is the wall's own."""
    found: float | None = getattr(clock, "rate", None)
    return found

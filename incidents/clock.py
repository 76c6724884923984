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

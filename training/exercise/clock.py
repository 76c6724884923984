"""The exercise's clock: it stands until the trainer starts it, stands in a pause, and may go faster in a test."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta


class ExerciseClock:
    """A `Clock` that begins at `begin`. `speed` times as fast as the clock on the wall; `monotonic` gives that one's seconds."""

    def __init__(self, begin: datetime, *, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.begin = begin
        self.speed = speed
        self._monotonic = monotonic
        self._gone_s = 0.0
        self._since: float | None = None
        self._turned = asyncio.Event()  # it was started or stopped

    @property
    def running(self) -> bool:
        """Whether it goes."""
        return self._since is not None

    @property
    def rate(self) -> float:
        """How fast it goes now, against the clock on the wall: 0 in a pause."""
        return self.speed if self.running else 0.0

    def at_s(self) -> float:
        """Seconds since the exercise began, pauses left out."""
        return self._gone_s + ((self._monotonic() - self._since) * self.speed if self._since is not None else 0.0)

    def now(self) -> datetime:
        """The exercise's moment, cut to the millisecond that the log keeps."""
        return self.begin + timedelta(milliseconds=int(self.at_s() * 1000))

    def run(self) -> None:
        """Go, or go on."""
        if self._since is None:
            self._since = self._monotonic()
            self._turn()

    def stand(self) -> None:
        """Stand still."""
        if self._since is not None:
            self._gone_s, self._since = self.at_s(), None
            self._turn()

    async def until(self, at_s: float) -> None:
        """Wait until so many seconds of the exercise have gone by; a pause is waited for too."""
        while (left_s := at_s - self.at_s()) > 0:
            turned = self._turned
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left_s / self.speed if self.running else None):
                    await turned.wait()

    async def wait(self, seconds: float) -> None:
        """Let so many seconds of the exercise go by."""
        await self.until(self.at_s() + seconds)

    def _turn(self) -> None:
        turned, self._turned = self._turned, asyncio.Event()
        turned.set()

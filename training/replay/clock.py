"""A replay's clock: at an entry it stands while that is played, then goes on at the replay's speed; it stands in a pause."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta


class ReplayClock:
    """A `Clock` over one recording that begins at `begin`; `monotonic` gives the seconds of the clock on the wall."""

    def __init__(self, begin: datetime, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.begin = begin
        self._monotonic = monotonic
        self._speed = 1.0
        self._played: datetime | None = begin  # the entry that is being played; None between two
        self._least = self._most = begin
        self._at_s = 0.0
        self._since: float | None = None

    @property
    def rate(self) -> float:
        """How many of its seconds go by in one on the wall: 0 in a pause."""
        return self._speed if self._since is not None else 0.0

    @property
    def speed(self) -> float:
        """How fast it goes when it goes."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._at_s = self.at_s()
        self._since = None if self._since is None else self._monotonic()
        self._speed = speed

    def at_s(self) -> float:
        """Seconds since the beginning that should have been played by now."""
        return self._at_s + ((self._monotonic() - self._since) * self._speed if self._since is not None else 0.0)

    def now(self) -> datetime:
        """The recording's moment, cut to the millisecond that the log keeps; never past what was not played yet."""
        if self._played is not None:
            return self._played
        at = self.begin + timedelta(milliseconds=int(self.at_s() * 1000))
        return min(max(at, self._least), self._most)

    def play(self, at: datetime) -> None:
        """An entry is being played: it is that moment and no other."""
        self._played = at

    def between(self, least: datetime, most: datetime) -> None:
        """Nothing is being played: the moment is between the last entry and the next."""
        self._played, self._least, self._most = None, least, most

    def run(self) -> None:
        """Go on from where it stands."""
        if self._since is None:
            self._since = self._monotonic()

    def stand(self) -> None:
        """Stand still, where the screens say that it is."""
        at = self.now()
        self._since = None
        self._at_s = (at - self.begin).total_seconds()

    def set(self, at_s: float) -> None:
        """Stand at so many seconds."""
        self._since, self._at_s = None, at_s

"""How long a sign-in attempt waits: longer with each failure of its account and of its address, never for ever.

Attempts wait side by side, the right password too, and none longer than `LONGEST_S`: whoever tries an account from elsewhere
slows its owner down, but can't keep them out. A browser that was signed in to the account before waits for its own failures
alone.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

LONGEST_S = 30.0
FORGOTTEN_S = 15 * 60
SIDE_BY_SIDE = 4  # attempts of one address at one account, or of one known browser
AT_ALL = 64  # attempts at once; a browser that is known is one more
# Failures without a wait. A whole room may stand behind one address.
FREE = {"browser": 3, "pair": 3, "account": 10, "address": 30}
CAP_S = {"browser": LONGEST_S, "pair": LONGEST_S, "account": LONGEST_S, "address": 8.0}

Lane = tuple[Literal["browser", "pair", "account", "address"], str]


class _Failures(msgspec.Struct):
    count: int
    last: float


class Busy(Exception):
    """Too many attempts wait already."""


class Throttle:
    """What failed lately. `now` is a monotonic clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lanes: dict[Lane, _Failures] = {}
        self._inside: dict[Lane, int] = {}
        self._all = 0

    @contextlib.contextmanager
    def attempt(self, lanes: tuple[Lane, ...]) -> Iterator[float]:
        """Count an attempt while it lasts; gives the seconds it must wait first. Raises Busy."""
        first = lanes[0]
        if self._inside.get(first, 0) >= SIDE_BY_SIDE or (first[0] != "browser" and self._all >= AT_ALL):
            raise Busy
        self._inside[first] = self._inside.get(first, 0) + 1
        self._all += 1
        try:
            yield max(self._wait(lane) for lane in lanes)
        finally:
            self._all -= 1
            self._inside[first] -= 1
            if not self._inside[first]:
                del self._inside[first]

    def failed(self, lanes: tuple[Lane, ...]) -> int:
        """Count a failure; how many the first lane has had in a row."""
        now = self._now()
        for lane in lanes:
            known = self._failures(lane)
            self._lanes[lane] = _Failures((known.count if known else 0) + 1, now)
        if len(self._lanes) > 10_000:
            self._lanes = {lane: f for lane, f in self._lanes.items() if now - f.last < FORGOTTEN_S}
        return self._lanes[lanes[0]].count

    def succeeded(self, lanes: tuple[Lane, ...]) -> None:
        """Somebody got in: the account's failures are forgotten, the address's stay."""
        for lane in lanes:
            if lane[0] != "address":
                self._lanes.pop(lane, None)

    def _wait(self, lane: Lane) -> float:
        known = self._failures(lane)
        if known is None or known.count < FREE[lane[0]]:
            return 0.0
        delay = min(CAP_S[lane[0]], 2.0 ** min(known.count - FREE[lane[0]], 10))
        return max(0.0, known.last + delay - self._now())

    def _failures(self, lane: Lane) -> _Failures | None:
        known = self._lanes.get(lane)
        return known if known is not None and self._now() - known.last < FORGOTTEN_S else None


def lanes_of(account: str, address: str, browser: str = "") -> tuple[Lane, ...]:
    """The lanes of an attempt: `account` is its key whether or not it exists, `browser` known to have been in it."""
    if browser:
        return (("browser", browser),)
    return ("pair", f"{account} {address}"), ("account", account), ("address", address)

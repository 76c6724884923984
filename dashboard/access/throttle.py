"""How long a sign-in attempt waits: longer with each failure of its account and of its address, never for ever.

Attempts wait side by side, the right password too, and none longer than `LONGEST_S`. What others do from elsewhere costs nobody
more than `CAP_S["account"]`: whoever tries an account from other addresses slows its owner down by that, and can't keep them out.
A browser that was signed in to the account before waits for its own failures alone. `dashboard.access.turns` says who comes next.
"""

import contextlib
import ipaddress
import time
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

LONGEST_S = 30.0
FORGOTTEN_S = 15 * 60
SIDE_BY_SIDE = 4  # attempts of one address at one account, or of one known browser
SIDE_BY_SIDE_CODES = 16  # of one address at a code: a whole class types at once
KEPT = 10_000  # lanes with failures: the one that failed longest ago is forgotten first
# Failures without a wait. A whole room may stand behind one address.
FREE = {"browser": 3, "pair": 3, "account": 10, "address": 30, "code": 10}
# A code that is everybody's is guessed slowly from wherever: nobody can be kept out of their own account by that.
CAP_S = {"browser": LONGEST_S, "pair": LONGEST_S, "account": 1.0, "address": 8.0, "code": LONGEST_S}

Lane = tuple[Literal["browser", "pair", "account", "address", "code"], str]


class _Failures(msgspec.Struct):
    count: int
    last: float


class Busy(Exception):
    """Too many attempts of this address at this account, or of this browser, wait already."""


class Throttle:
    """What failed lately. `now` is a monotonic clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lanes: dict[Lane, _Failures] = {}
        self._inside: dict[Lane, int] = {}

    @contextlib.contextmanager
    def attempt(self, lanes: tuple[Lane, ...]) -> Iterator[float]:
        """Count an attempt while it lasts; gives the seconds it must wait first. Raises Busy."""
        first = lanes[0]
        if self._inside.get(first, 0) >= (SIDE_BY_SIDE_CODES if first[0] == "code" else SIDE_BY_SIDE):
            raise Busy
        self._inside[first] = self._inside.get(first, 0) + 1
        try:
            yield max(self._wait(lane) for lane in lanes)
        finally:
            self._inside[first] -= 1
            if not self._inside[first]:
                del self._inside[first]

    def failed(self, lanes: tuple[Lane, ...]) -> int:
        """Count a failure; how many the first lane has had in a row."""
        now = self._now()
        for lane in lanes:
            known = self._failures(lane)
            self._lanes.pop(lane, None)
            self._lanes[lane] = _Failures((known.count if known else 0) + 1, now)
        while len(self._lanes) > KEPT:
            del self._lanes[next(iter(self._lanes))]
        return self._lanes[lanes[0]].count

    def failures_of(self, host: str) -> int:
        """How often an address failed lately, whatever it tried."""
        known = self._failures(("address", host))
        return known.count if known else 0

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
    host = host_of(address)
    return ("pair", f"{account} {host}"), ("account", account), ("address", host)


def host_of(address: str) -> str:
    """What counts as one address: of IPv6 the /64, which one customer has all of."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip.packed[:8] + bytes(8), 64)))

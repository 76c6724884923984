"""The clocks of several servers: each tells its machine's clock with its word; who differs from most of them is held to theirs.

Time passes by a clock that only goes forward; what is taken over from a machine's clock is its distance from that one. So a clock
that jumps changes nothing before it is known whether the others' did.
"""

import time
from collections import deque
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from incidents.clock import SystemClock

LIMIT_S = 5.0  # clocks that differ by no more are of one mind
PATIENCE_S = 3.0  # until a time that is so far from what was told before is told
_LAST = 3  # words of a server: the one that travelled least counts


class HeldClock:
    """The machine's clock, or what most servers' clocks say where that one is wrong. `settle` it once a second.

    `wall` is the machine's clock in seconds since 1970, `steady` seconds that only pass.
    """

    def __init__(
        self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = SystemClock().steady
    ) -> None:
        self._wall, self.steady = wall, steady
        self._told = self._own()  # all of these: seconds from the steady clock to one that tells the time
        self._heard: dict[str, deque[float]] = {}
        self._judged: float | None = None  # the own clock, when most others said that it is wrong
        self._since: float | None = None  # since when another time would be right
        self._met = False  # another server was heard
        self.fault = ""  # what is wrong with the own clock, or not known of it

    def now(self) -> datetime:
        """The moment, in UTC, cut to the millisecond that the log keeps."""
        now = datetime.fromtimestamp(self.steady() + self._told, UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def own_ms(self) -> int:
        """The machine's own clock, right or wrong, for the others: milliseconds since 1970."""
        return round(self._wall() * 1000)

    def hear(self, server: str, at_ms: int) -> None:
        """Another server's own clock, as it came."""
        self._heard.setdefault(server, deque(maxlen=_LAST)).append(at_ms / 1000 - self.steady())

    def settle(self, servers: Collection[str]) -> None:
        """Take over what is right by the clocks of this server and those that are there."""
        self._heard = {server: heard for server, heard in self._heard.items() if server in servers}
        own, others = self._own(), [max(heard) for heard in self._heard.values()]
        right = self._right(own, others)
        if abs(right - own) <= LIMIT_S:
            self._judged = self._judged if not others else None
        else:
            self._judged = own
        self.fault = self._fault(own, right, others)
        first, self._met = bool(others) and not self._met, self._met or bool(others)
        if abs(right - self._told) > LIMIT_S and not first:
            self._since = self.steady() if self._since is None else self._since
            if self.steady() - self._since < PATIENCE_S:  # words that were held up on their way say an old time
                return
        self._told, self._since = right, None

    def _own(self) -> float:
        return self._wall() - self.steady()

    def _right(self, own: float, others: list[float]) -> float:
        if not others:
            wrong = self._judged is not None and abs(own - self._judged) <= LIMIT_S
            return self._told if wrong else own

        def with_it(one: float) -> list[float]:
            return sorted(other for other in (own, *others) if abs(other - one) <= LIMIT_S)

        # Of as many on each side those are right that go on as before: the other one jumped.
        def sides(one: float) -> tuple[int, bool]:
            return len(with_it(one)), abs(one - self._told) <= LIMIT_S

        most = max(others, key=sides)
        if abs(most - own) <= LIMIT_S or sides(own) >= sides(most):
            return own
        found = with_it(most)
        return found[len(found) // 2]

    def _fault(self, own: float, right: float, others: list[float]) -> str:
        if abs(own - right) > LIMIT_S:
            side = "ahead of" if own > right else "behind"
            return f"this machine's clock is {abs(own - right):.0f} s {side} the other servers': theirs is told"
        far = max((abs(other - own) for other in others), default=0.0)
        agree = sum(abs(other - own) <= LIMIT_S for other in others)
        if far > LIMIT_S and agree * 2 < len(others):
            return f"the servers' clocks are {far:.0f} s apart: which is right is not known"
        return ""

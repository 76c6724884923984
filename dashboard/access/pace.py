"""How fast one person may ask: so much at once, so much a second from then on. What is more waits."""

import math
import time

MOST = 4096  # persons who are remembered


class Pace:
    """`burst` at once, `rate` a second. `wait_s` counts what is asked now and says how long it shall wait.

    What would wait longer than `most_s` is not counted: who goes on asking is let in when the others are worked off.
    """

    def __init__(self, *, rate: float, burst: float, most_s: float = math.inf) -> None:
        self._rate, self._burst, self._most_s = rate, burst, most_s
        self._due: dict[str, float] = {}  # when all that each of them asked is worked off

    def wait_s(self, person: str, much: float = 1.0) -> float | None:
        """None: longer than `most_s`."""
        now = time.monotonic()
        due = max(self._due.get(person, now), now) + much / self._rate
        wait = max(0.0, due - now - self._burst / self._rate)
        if wait > self._most_s:
            return None
        self._due[person] = due
        if len(self._due) > MOST:
            self._due = {one: then for one, then in self._due.items() if then > now}
        return wait

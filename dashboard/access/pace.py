"""How fast one browser may ask: so much at once, so much a second from then on. What is more waits; nothing is lost."""

import time

MOST = 4096  # browsers that are remembered


class Pace:
    """`burst` at once, `rate` a second. `wait_s` counts what is asked now and says how long it shall wait."""

    def __init__(self, *, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._due: dict[str, float] = {}  # when all that each browser asked is worked off

    def wait_s(self, browser: str, much: float = 1.0) -> float:
        now = time.monotonic()
        due = max(self._due.get(browser, now), now) + much / self._rate
        self._due[browser] = due
        if len(self._due) > MOST:
            self._due = {one: then for one, then in self._due.items() if then > now}
        return max(0.0, due - now - self._burst / self._rate)

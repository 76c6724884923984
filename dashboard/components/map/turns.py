"""When the maps of a process are drawn: a quarter of the loop's time for all of them together."""

SHARE = 0.25  # of the loop's time, for all maps together


class Turns:
    """One map is drawn after another, with rests between, so that no alarm's row waits for many maps.

    `cost_s`: what one took of late.
    """

    def __init__(self) -> None:
        self.cost_s = 0.0
        self._free_at = 0.0

    def next(self, now: float, after_s: float) -> float:
        """Take the next turn that begins in `after_s` or later; in how many seconds it comes."""
        at = max(now + after_s, self._free_at)
        self._free_at = at + self.cost_s / SHARE
        return at - now

    def took(self, took_s: float) -> None:
        """One was drawn."""
        self.cost_s += 0.2 * (took_s - self.cost_s)


TURNS = Turns()

"""When the maps of a process are drawn: a quarter of the loop's time for all of them together, less where the loop is late."""

SHARE = 0.25  # of the loop's time, for all maps together
LATE_SHARE = 0.05  # the same, of a loop that comes to them later than asked: presses wait there too
LATE_S = 0.1
OF_LATE = 0.2  # what the newest weighs among those before


class Turns:
    """One map is drawn after another, with rests between, so that no alarm's row waits for many maps.

    `cost_s`: what one took of late; `late_s`: how much later than asked it began.
    """

    def __init__(self) -> None:
        self.cost_s = self.late_s = 0.0
        self._free_at = 0.0

    def next(self, now: float, after_s: float) -> float:
        """Take the next turn that begins in `after_s` or later; in how many seconds it comes."""
        at = max(now + after_s, self._free_at)
        self._free_at = at + self.cost_s / (SHARE if self.late_s < LATE_S else LATE_SHARE)
        return at - now

    def took(self, took_s: float, late_s: float = 0.0) -> None:
        """One was drawn, and began so much later than it was asked for."""
        self.cost_s += OF_LATE * (took_s - self.cost_s)
        self.late_s += OF_LATE * (late_s - self.late_s)


TURNS = Turns()

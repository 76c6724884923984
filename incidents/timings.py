"""How long the desk takes, counted in buckets as it happens: the append, the fold, a press until it goes to a page.

Nothing here knows who reads it. A count costs less than a microsecond: it stands in the way of every press.
"""

from bisect import bisect_left
from collections.abc import Iterable
from time import perf_counter

from incidents.bounded import Bounded

AWAITED = 1_000  # presses on their way at once, and alarms that no page is there for
# Seconds. A press is on a page some 11 ms after it was sent; from 500 ms on a person may notice.
APPEND_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
FOLD_S = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05)
PRESS_S = (0.005, 0.011, 0.02, 0.035, 0.05, 0.1, 0.2, 0.35, 0.5, 1.0, 2.5, 5.0, 10.0)


class Durations:
    """A histogram of seconds: how many were at most each of `bounds`, how many more, and their sum."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum_s = 0.0

    def took(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.sum_s += seconds


class Timings:
    """The durations of one desk. A press counts until it goes to the first page, from when the desk was handed it."""

    def __init__(self) -> None:
        self.append, self.fold, self.press = Durations(APPEND_S), Durations(FOLD_S), Durations(PRESS_S)
        self._taken: dict[str, float] = Bounded(AWAITED)  # by the id of the record that it becomes
        self._awaited: dict[str, float] = Bounded(AWAITED)  # by incident

    def taken(self, record: str) -> None:
        """The desk was handed a press that is to become this record."""
        self._taken[record] = perf_counter()

    def folded(self, stream: str, record: str, seconds: float) -> None:
        """An entry was folded, which took so long; the pages are told."""
        self.fold.took(seconds)
        began = self._taken.pop(record, None) if self._taken else None
        kind, _, incident = stream.partition("/")
        if began is not None and kind == "incident":
            self._awaited[incident] = self._awaited.get(incident, began)

    def pushed(self, incidents: Iterable[str]) -> None:
        """These incidents went to a page."""
        if self._awaited:
            now = perf_counter()
            for incident in incidents:
                if (began := self._awaited.pop(incident, None)) is not None:
                    self.press.took(now - began)

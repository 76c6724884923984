"""An attack on what is published: what can be known of a hidden count from all the others, by linear programming.

It reads the published text only, shares no code with what hides, and knows how the tables hang together.
"""

import csv
import io
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

ALL = "all"
Where = tuple[str, str, str, str]  # period, province, class, outcome


class Known(NamedTuple):
    """What the text says: a count for each place, None where it is hidden."""

    counts: dict[Where, int | None]

    @classmethod
    def read(cls, text: bytes) -> "Known":
        rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))
        for row in rows:
            assert (row["count"] == "") == (row["status"] == "hidden"), row
        return cls(
            {
                (row["period"], row["province"], row["class"], row["outcome"]): int(row["count"])
                if row["count"]
                else None
                for row in rows
            }
        )

    @property
    def hidden(self) -> list[Where]:
        return [where for where, count in self.counts.items() if count is None]

    def values(self, at: int) -> list[str]:
        """Every value of a dimension but `all`; of the periods the months."""
        return list(dict.fromkeys(w[at] for w in self.counts if w[at] != ALL and "Q" not in w[at]))


class Attack:
    """Every table that agrees with what is published, as equations over unknowns.

    `joint`: the unknowns are the counts of all four dimensions crossed. Otherwise month, province and outcome are each crossed
    with the class alone, which allows the same published counts (within a class the three are free of one another).
    """

    def __init__(self, known: Known, *, joint: bool = False) -> None:
        self._known = known
        self.unknowns: dict[tuple[str, ...], int] = {}
        months, provinces, classes, outcomes = (known.values(at) for at in range(4))
        if joint:
            for at, place in enumerate(product(months, provinces, classes, outcomes)):
                self.unknowns[place] = at
        else:
            legs = [(m, ALL, c, ALL) for m, c in product(months, classes)]
            legs += [(ALL, p, c, ALL) for p, c in product(provinces, classes)]
            legs += [(ALL, ALL, c, o) for o, c in product(outcomes, classes)]
            self.unknowns = {place: at for at, place in enumerate(legs)}
        self._joint = joint
        rows = [self.row(where) for where, count in known.counts.items() if count is not None]
        sides = [count for count in known.counts.values() if count is not None]
        if not joint:
            for as_class in classes:
                by_month, by_province, by_outcome = self._legs(as_class)
                rows += [by_month - by_province, by_month - by_outcome]
                sides += [0, 0]
        self._equations = [LinearConstraint(np.array(rows), sides, sides)] if rows else []

    def row(self, where: Where) -> np.ndarray:
        """The unknowns that add up to a count."""
        row = np.zeros(len(self.unknowns))
        period, province, as_class, outcome = where
        for place, at in self.unknowns.items():
            if not self._joint:
                leg = 1 if province != ALL else 3 if outcome != ALL else 0
                if place[leg] == ALL:
                    continue
            if all(
                asked in (ALL, has) for asked, has in ((province, place[1]), (as_class, place[2]), (outcome, place[3]))
            ):
                row[at] = period in (ALL, place[0]) or ("Q" in period and _quarter(place[0]) == period)
        return row

    def _legs(self, as_class: str) -> list[np.ndarray]:
        rows = [np.zeros(len(self.unknowns)) for _ in range(3)]
        for place, at in self.unknowns.items():
            if place[2] == as_class:
                rows[0 if place[0] != ALL else 1 if place[1] != ALL else 2][at] = 1
        return rows

    def range(self, row: np.ndarray, *, whole: bool = False) -> tuple[float, float]:
        """The least and the most that a sum of unknowns can be; infinity where nothing bounds it."""
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * row, constraints=self._equations, integrality=np.full(len(row), int(whole)), bounds=Bounds(0)
            )
            assert found.status in (0, 3), found.message  # found, or unbounded
            ends.append(sign * found.fun if found.status == 0 else sign * -np.inf)
        return round(ends[0], 6), round(ends[1], 6)

    def solved(self, *, within: int, whole: bool = False) -> dict[Where, tuple[float, float]]:
        """The hidden counts that are known to within less than so much."""
        found = {where: self.range(self.row(where), whole=whole) for where in self._known.hidden}
        return {where: ends for where, ends in found.items() if ends[1] - ends[0] < within}


def _quarter(month: str) -> str:
    return f"{month[:4]}-Q{(int(month[5:]) - 1) // 3 + 1}" if month != ALL else ""


def known_with_times(counts: bytes, intervals: bytes, interval: str) -> dict[Where, tuple[float, float]]:
    """The range of each hidden count, from the counts and from what is said, and not said, of one response time.

    Unknown beside the incidents of each place: those among them that have that time, and those among these within the limit.
    """
    known = Known.read(counts)
    attack = Attack(known)
    n = len(attack.unknowns)
    said = {
        (row["period"], row["province"], row["class"], ALL): row
        for row in csv.DictReader(io.StringIO(intervals.decode("utf-8-sig")), delimiter=";")
        if row["interval"] == interval
    }
    rows: list[np.ndarray] = []
    ends: list[tuple[float, float]] = []

    def say(low: float, high: float, incidents: np.ndarray, timed: np.ndarray, within: np.ndarray) -> None:
        rows.append(np.concatenate([incidents, timed, within]))
        ends.append((low, high))

    none = np.zeros(n)
    for as_class in known.values(2):
        by_month, *others = attack._legs(as_class)
        for other in others:
            say(0, 0, by_month - other, none, none)
            say(0, 0, none, by_month - other, none)
            say(0, 0, none, none, by_month - other)
    for one in np.eye(n):
        say(0, np.inf, one, -one, none)
        say(0, np.inf, none, one, -one)
    for where, count in known.counts.items():
        row = attack.row(where)
        if count is not None:
            say(count, count, row, none, none)
        if count is None or where[3] != ALL:
            continue
        facts = said.get(where)
        least = int(facts["counted_at_least"]) if facts else 0
        say(least, {0: 9, 10: 49, 50: np.inf}[least], none, row, none)
        if facts and facts["within_percent"]:
            percent = float(facts["within_percent"])
            say(5, np.inf, none, none, row)
            say(5, np.inf, none, row, -row)
            say(-1e-6, np.inf, none, -(percent - 0.5) / 100 * row, row)
            say(-1e-6, np.inf, none, (percent + 0.5) / 100 * row, -row)
    low, high = np.array(ends).T
    equations = LinearConstraint(np.array(rows), low, high)
    found = {}
    for where in known.hidden:
        row = np.concatenate([attack.row(where), none, none])
        least_most = []
        for sign in (1, -1):
            answer = milp(sign * row, constraints=equations, bounds=Bounds(0))
            assert answer.status in (0, 3), answer.message
            least_most.append(sign * answer.fun if answer.status == 0 else sign * -np.inf)
        found[where] = (round(least_most[0], 6), round(least_most[1], 6))
    return found

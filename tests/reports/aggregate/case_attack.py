"""An attack on what is published of cases and devices, by one export or several on end: linear programming over the text alone.

It knows how the tables hang together, and what anybody can reckon: who stood when one period ended stood when the next began.
It shares no code with what hides.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

ALL = "all"
Where = tuple[int, str, str, str, str]  # which export, what, period, by, value
Sum = Mapping[object, float]
_FEW = 9  # at most so many stand at one end of a period of which nothing is told


class CaseAttack:
    """Every history that agrees with the files of these exports, the one after the other.

    `differ`: by how many the devices that were handed over or returned in a quarter differ from what was granted or ended in it,
    for whoever knows that.
    """

    def __init__(
        self,
        exports: Sequence[Mapping[str, bytes]],
        months: Sequence[tuple[str, ...]],
        differ: Mapping[tuple[str, str], int] | None = None,
    ) -> None:
        self._differ = differ
        self.hidden: dict[Where, Sum] = {}
        self.known: dict[Where, int] = {}
        self._unknowns: dict[object, int] = {}
        self._said: list[tuple[Sum, float, float]] = []
        for at, (files, of) in enumerate(zip(exports, months, strict=True)):
            self._read(at, files, of)
        for at in range(len(exports) - 1):
            self._link(at)
        rows = np.zeros((len(self._said), len(self._unknowns)))
        for row, (of, _, _) in zip(rows, self._said, strict=True):
            row[:] = self._row(of)
        low, high = (np.array([said[end] for said in self._said]) for end in (1, 2))
        self._constraints = LinearConstraint(rows, low, high)

    def solved(self, *, within: int) -> dict[Where, tuple[float, float]]:
        """The hidden counts that are known to within less than so much."""
        found = {where: self.range(of) for where, of in self.hidden.items()}
        return {where: ends for where, ends in found.items() if ends[1] - ends[0] < within}

    def range(self, of: Sum) -> tuple[float, float]:
        """The least and the most that a sum of unknowns can be."""
        ends = []
        for sign in (1, -1):
            answer = milp(sign * self._row(of), constraints=self._constraints, bounds=Bounds(0))
            assert answer.status in (0, 3), answer.message  # found, or unbounded
            ends.append(sign * answer.fun if answer.status == 0 else sign * -np.inf)
        return round(ends[0], 6), round(ends[1], 6)

    def _row(self, of: Sum) -> np.ndarray:
        row = np.zeros(len(self._unknowns))
        for name, times in of.items():
            row[self._unknowns[name]] = times
        return row

    def _some(self, names: Iterable[object]) -> dict[object, float]:
        names = list(names)
        for name in names:
            self._unknowns.setdefault(name, len(self._unknowns))
        return dict.fromkeys(names, 1.0)

    def _read(self, at: int, files: Mapping[str, bytes], months: tuple[str, ...]) -> None:
        quarters = list(dict.fromkeys(f"{month[:4]}-Q{(int(month[5:]) - 1) // 3 + 1}" for month in months))
        n = len(quarters)
        # entered in a quarter, or before (-1); over in a quarter, or not (n)
        pairs = [(i, j) for i in range(-1, n) for j in range(max(i, 0), n + 1)]
        every = self._some((at, "course", i, j) for i, j in pairs)

        def course(holds: object) -> Sum:
            assert callable(holds)
            return {name: 1.0 for name in every if holds(*name[2:])}  # type: ignore[misc]

        sums: dict[tuple[str, str], Sum] = {
            ("active_before", ALL): course(lambda i, j: i < 0),
            ("active", ALL): course(lambda i, j: j == n),
            ("granted", ALL): course(lambda i, j: i >= 0),
            ("ended", ALL): course(lambda i, j: j < n),
        }
        for k, quarter in enumerate(quarters):
            sums["granted", quarter] = course(lambda i, j, k=k: i == k)
            sums["ended", quarter] = course(lambda i, j, k=k: j == k)
            sums["active", quarter] = course(lambda i, j, k=k: i <= k < j)
        legs: dict[tuple[str, str], set[object]] = {}
        for row in csv.DictReader(io.StringIO(files["cases.csv"].decode("utf-8-sig")), delimiter=";"):
            where = (at, row["what"], row["period"], row["by"], row["value"])
            if row["by"] == ALL:
                self._told(where, row, sums[row["what"], row["period"]])
                continue
            name = (at, row["what"], row["by"], row["value"])
            leg = row["value"].removeprefix("not_") if row["by"] == "context" else row["by"]
            legs.setdefault((row["what"], leg), set()).add(name)
            self._told(where, row, self._some([name]))
        for (what, _), names in legs.items():
            self._equal(dict.fromkeys(names, 1.0), sums[what, ALL])
        # Who was over after a year or more was entered before, or decided before.
        long, early = (at, "ended", "lasted", "12_or_more"), (at, "granted", "context", "decided_before")
        if len(months) <= 12:
            old = course(lambda i, j: i < 0 and j < n)
            self._said.append(({long: 1.0} | dict.fromkeys((*old, early), -1.0), -np.inf, 0))
        for row in csv.DictReader(io.StringIO(files["devices.csv"].decode("utf-8-sig")), delimiter=";"):
            where = (at, row["what"], row["period"], "device", ALL)
            parts = [(at, "device", row["what"], q) for q in quarters if row["period"] in (ALL, q)]
            self._told(where, row, self._some(parts))
            like = {"handed_over": "granted", "returned": "ended"}.get(row["what"])
            if self._differ is not None and like and row["period"] == ALL:
                for part in parts:
                    self._equal(
                        dict.fromkeys([part], 1.0), sums[like, part[3]], self._differ.get((row["what"], part[3]), 0)
                    )

    def _told(self, where: Where, row: Mapping[str, str], of: Sum) -> None:
        assert (row["count"] == "") == (row["status"] == "hidden"), row
        if row["count"]:
            self.known[where] = int(row["count"])
            self._said.append((of, int(row["count"]), int(row["count"])))
        else:
            self.hidden[where] = of

    def _equal(self, one: Sum, other: Sum, more: int = 0) -> None:
        self._said.append((dict(one) | {name: -times for name, times in other.items()}, more, more))

    def _link(self, at: int) -> None:
        """One export ended where the next began. Where one tells nothing few stand at an end: at the other, if this is known."""

        def end(export: int, what: str) -> tuple[Where, Sum]:
            where = (export, what, ALL, ALL, ALL)
            names = [name for name in self._unknowns if isinstance(name, tuple) and name[:2] == (export, "course")]
            last = max(name[3] for name in names)
            return where, {name: 1.0 for name in names if (name[2] < 0 if what == "active_before" else name[3] == last)}

        (after, stood), (before, stands) = end(at, "active"), end(at + 1, "active_before")
        self._equal(stood, stands)
        if self.known.get(before, 0) > _FEW and after in self.hidden:
            self._said.append((end(at, "active_before")[1], 0, _FEW))
        if self.known.get(after, 0) > _FEW and before in self.hidden:
            self._said.append((end(at + 1, "active")[1], 0, _FEW))
        for one, other in ((after, before), (before, after)):
            if other in self.known:
                self.hidden.pop(one, None)  # it is published, in the other

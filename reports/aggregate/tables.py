"""Which counts there are: by month, quarter or the whole period, by province, and by outcome, each with the class of the press.

Month, province and outcome are never crossed with one another: at some alarms a day nearly every such count is below the
threshold, and each crossing would tie the tables together in one more way for somebody to work out what is hidden. They share the
counts by class alone, which are each a sum over the months, over the provinces and over the outcomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Generic, NamedTuple, TypeVar, get_args

import msgspec
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from incidents.events.kinds import Class, Outcome
from reports.aggregate.period import Period
from reports.aggregate.suppress import Counts, Ints
from reports.measures.local import belgian

C = TypeVar("C")
ALL: Final = "all"
UNKNOWN_PROVINCE: Final = "unknown"
UNCLASSIFIED: Final = "unclassified"
NO_OUTCOME: Final = "none"
CLASSES: Final[tuple[str, ...]] = (*get_args(Class), UNCLASSIFIED)
OUTCOMES: Final[tuple[str, ...]] = (*get_args(Outcome), NO_OUTCOME)
# How much is lost when a count is hidden, for each unit by which it must be able to differ: totals are dear.
_DEAR: Final = {"crossed": 1.0, "quarter and class": 2.0, "single": 4.0, "quarter": 8.0, "class": 16.0, "total": 64.0}


class Cell(msgspec.Struct, frozen=True, order=True):
    """What is counted in one place of a table; `all` where nothing is chosen."""

    period: str = ALL  # "2026-01", "2026-Q1"
    province: str = ALL  # a province's NIS code, or "unknown"
    as_class: str = ALL
    outcome: str = ALL


class Tables(NamedTuple):
    """The counts, and for each what it counts. `incidents`: a row for each that is counted, a text column for each dimension."""

    cells: tuple[Cell, ...]
    counts: Counts
    incidents: pd.DataFrame

    def rows(self, cell: Cell) -> pd.DataFrame:
        """The incidents of a cell."""
        found = np.ones(len(self.incidents), dtype=bool)
        if cell.period != ALL:
            column = "quarter" if "Q" in cell.period else "month"
            found &= self.incidents[column].eq(cell.period).to_numpy(bool)
        for name in ("province", "as_class", "outcome"):
            if getattr(cell, name) != ALL:
                found &= self.incidents[name].eq(getattr(cell, name)).to_numpy(bool)
        rows: pd.DataFrame = self.incidents[found]
        return rows


def tables(table: pd.DataFrame, period: Period, province_of: dict[str, str]) -> Tables:
    """The counts of the incidents received in `period`, drills left out. `province_of`: a centre's key to its province's code.

    Every month of the period, every province and every class has its counts, whether anything happened there or not: that a row
    exists tells nothing.
    """
    provinces = (*sorted(set(province_of.values())), UNKNOWN_PROVINCE)
    incidents = _incidents(table, period, province_of)
    legs = (("month", period.months), ("province", provinces), ("outcome", OUTCOMES))
    parts, at, offset = [], [], 0
    for name, values in legs:
        leg = _crossed(incidents[name], values, incidents["as_class"])
        parts.append(leg.ravel())
        at.append(offset + np.arange(leg.size).reshape(leg.shape))
        offset += leg.size
    sums: Sums[Cell] = Sums(offset)
    for (name, values), where in zip(legs, at, strict=True):
        field = "period" if name == "month" else name
        for i, value in enumerate(values):
            sums.add(Cell(**{field: value}), where[i], "single")
            for j, as_class in enumerate(CLASSES):
                sums.add(Cell(**{field: value}, as_class=as_class), where[i, [j]], "crossed")
    for quarter in period.quarters:
        months = [i for i, month in enumerate(period.months) if quarter_of(month) == quarter]
        sums.add(Cell(period=quarter), at[0][months].ravel(), "quarter")
        for j, as_class in enumerate(CLASSES):
            sums.add(Cell(period=quarter, as_class=as_class), at[0][months, j], "quarter and class")
    for j, as_class in enumerate(CLASSES):
        sums.add(Cell(as_class=as_class), at[0][:, j], "class")
    sums.add(Cell(), at[0].ravel(), "total")
    links = [(at[0][:, j], where[:, j]) for where in at[1:] for j in range(len(CLASSES))]
    return Tables(tuple(sums.cells), sums.counts(np.concatenate(parts), links), incidents)


def _incidents(table: pd.DataFrame, period: Period, province_of: dict[str, str]) -> pd.DataFrame:
    local = belgian(table["received"])
    month = local.dt.strftime("%Y-%m").fillna("").astype(str)
    kept = (month.isin(period.months) & ~table["drill"]).to_numpy(bool)
    rows = table[kept]
    month = month[kept]
    counted: pd.DataFrame = rows.assign(
        month=month,
        quarter=month.map(quarter_of).astype(str),
        province=rows["cic"].astype(str).map(province_of).fillna(UNKNOWN_PROVINCE).astype(str),
        as_class=_known(rows["as_class"], CLASSES, UNCLASSIFIED),
        outcome=_known(rows["outcome"], OUTCOMES, NO_OUTCOME),
    )
    return counted


def _known(column: pd.Series, values: Sequence[str], otherwise: str) -> pd.Series:
    text = column.astype(str)
    return text.where(text.isin(values), otherwise)


def quarter_of(month: str) -> str:
    """The quarter of a month, as "2026-Q1"."""
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}" if month else ""


def _crossed(column: pd.Series, values: Sequence[str], classes: pd.Series) -> Ints:
    """How many rows have each of `values`, in each class."""
    i = pd.Categorical(column, categories=list(values)).codes.astype(np.int64)
    j = pd.Categorical(classes, categories=list(CLASSES)).codes.astype(np.int64)
    shape = (len(values), len(CLASSES))
    return np.bincount(i * shape[1] + j, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)


class Sums(Generic[C]):
    """Rows of the matrix that makes counts out of their parts, and what each of them counts."""

    def __init__(self, parts: int) -> None:
        self.cells: list[C] = []
        self._parts = parts
        self._of: list[Ints] = []
        self._dear: list[float] = []

    def add(self, cell: C, parts: Ints, dear: str) -> None:
        """A count of so many parts; `dear`: how much is lost when it is hidden."""
        self.cells.append(cell)
        self._of.append(parts)
        self._dear.append(_DEAR[dear])

    def counts(self, parts: Ints, links: Sequence[tuple[Ints, Ints]]) -> Counts:
        """`links`: parts on either side that add up to the same; with nothing on one side, to what is known from elsewhere."""
        sums = _matrix(self._of, self._parts)
        tied = _matrix([left for left, _ in links], self._parts)
        tied = tied - _matrix([right for _, right in links], self._parts)
        # of two as dear, the larger one is the greater loss
        cost = np.array(self._dear) * (1 + 0.1 * np.log1p(sums @ parts))
        return Counts(parts, sums, csr_array(tied), cost)


def _matrix(rows: Sequence[Ints], width: int) -> csr_array:
    if not rows:
        return csr_array((0, width))
    at = np.repeat(np.arange(len(rows)), [len(parts) for parts in rows])
    parts = np.concatenate(rows)
    return csr_array((np.ones(len(parts)), (at, parts)), shape=(len(rows), width))

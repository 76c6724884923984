"""What is wrong with rows, by kind: how many there are of each, and the first of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
import numpy as np

from reports.external_table.words import Translate
from reports.locale_formats import formats
from reports.measures.shape import Problem, ProblemKind

FIRST = 20  # so many rows of each kind are named
ROW_BITS = 40  # of a row's number; those above are the number of its file
ROWS = (1 << ROW_BITS) - 1
LONGEST = 200  # characters of a cell that are shown


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of problem: with what, what was done about it, in how many rows, and the first of them (row, what it says)."""

    kind: ProblemKind
    where: str
    done: str
    count: int
    first: tuple[tuple[int | str, str], ...]  # of several files "B.csv row 7"

    def problems(self) -> Iterable[Problem]:
        """The first rows, each as a problem of its own."""
        for row, says in self.first:
            yield Problem(
                row=str(row), kind=self.kind, where=self.where, detail=f"{says!r}: {self.done}" if says else self.done
            )


def shortened(text: str, _: Translate = str) -> str:
    """A cell as it is shown: of a very long one the beginning."""
    if len(text) <= LONGEST:
        return text
    return _("{text}… ({n} characters)").format(text=text[:LONGEST], n=formats(_).count(len(text)))


@dataclass
class Findings:
    """The findings of one reading, in the order in which they were made. `names`: of the files, where there are several.

    What was done is said to `add` in the language of `translate`.
    """

    names: tuple[str, ...] = ()
    translate: Translate = str
    found: list[Finding] = field(default_factory=list)

    def add(
        self, kind: ProblemKind, where: str, done: str, rows: np.ndarray | Iterable[int], says: Iterable[object] = ()
    ) -> None:
        """Take note of rows (their numbers); nothing when there are none. `says`: what each of them holds."""
        numbers = np.asarray(rows, dtype=np.int64)
        if not len(numbers):
            return
        texts = [shortened(str(text), self.translate) for text, _ in zip(says, range(FIRST), strict=False)]
        texts += [""] * (FIRST - len(texts))
        first = tuple((self.row(row), text) for row, text in zip(numbers[:FIRST], texts, strict=False))
        self.found.append(Finding(kind=kind, where=where, done=done, count=len(numbers), first=first))

    def row(self, number: int) -> int | str:
        """A row's number as it is told: the higher digits name the file."""
        row = int(number) & ROWS
        if not self.names:
            return row
        return self.translate("{file} row {row}").format(file=self.names[int(number) >> ROW_BITS], row=row)

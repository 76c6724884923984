"""A foreign table and a mapping, written and read in a line."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports.external_table import loading
from reports.external_table.paper import paper
from reports.external_table.report import Read, read
from reports.render import terminal
from tests.incidents.conftest import clock as clock
from tests.incidents.conftest import open_floor as open_floor

Reader = Callable[..., Read]
ENDS = '[columns]\na = "a"\nb = "b"\n[intervals.x]\nfrom = "a"\nto = "b"\n'


@pytest.fixture
def reads(tmp_path: Path) -> Reader:
    """Reads a table (text, or bytes in any encoding) by the text of a mapping."""

    def reading(table: str | bytes, text: str, name: str = "table.csv") -> Read:
        path = tmp_path / name
        path.write_bytes(table if isinstance(table, bytes) else table.encode())
        return read(path, loading.parse(text, "mapping.toml"))

    return reading


def seconds(read: Read, interval: str) -> list[float]:
    """The counted durations of an interval, in order."""
    return [round(float(value), 6) for value in read.durations(interval)]


def found(read: Read) -> dict[tuple[str, str], tuple[int, tuple[int | str, ...]]]:
    """(kind, where) -> how many rows, and the numbers of the first."""
    return {(one.kind, one.where): (one.count, tuple(row for row, _ in one.first)) for one in read.report.findings}


def terminal_text(read: Read) -> str:
    """The report as a terminal shows it."""
    return terminal(paper(read, datetime(2026, 11, 24, tzinfo=UTC)))

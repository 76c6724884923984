"""A million rows of somebody else's CSV read through a mapping, beside DuckDB reading the same file and doing the same figures.

Ours reads texts, places them in Brussels, lists what is wrong with rows, and makes the whole report with its intervals. DuckDB is
told the types and formats, and does counts, means, deviations, extremes, quantiles and shares within, in all and by part.
"""

import gc
import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import pandas as pd

from bench.rows import Row, median
from reports.external_table import loading
from reports.external_table.report import ForeignReport, read

ROWS = 1_000_000
ROUNDS = 5
BUDGET = 4.0
FORMATS = {"ISO times": "%Y-%m-%d %H:%M:%S", "12-hour times": "%m/%d/%Y %I:%M:%S %p"}
_TIMES = ("received", "mobilised", "on_scene")
_SPANS = {"turnout": ("received", "mobilised", 90), "response": ("received", "on_scene", 480)}
T = TypeVar("T")


def bench_table() -> list[Row]:
    """Seconds from the file to the report, for two ways of writing times."""
    return [_row(name, measure(ROWS, form, ROUNDS)) for name, form in FORMATS.items()]


def measure(rows: int, form: str, rounds: int) -> list[tuple[float, float]]:
    """The seconds of each round, ours and DuckDB's. Raises RuntimeError when their figures differ."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write(path, rows, form)
        found = []
        for _ in range(rounds):
            ours_s, ours = _timed(lambda: _ours(path, form))
            duck_s, theirs = _timed(lambda: _theirs(path, form))
            _compare(ours, theirs)
            found.append((ours_s, duck_s))
        return found


def write(path: Path, rows: int, form: str) -> None:
    """A made-up summer: a row an incident, of some the arrival is missing. No clock change: DuckDB has another rule for it."""
    luck = np.random.default_rng(1)
    called = pd.Series(pd.Timestamp("2024-04-02") + pd.to_timedelta(luck.integers(0, 200 * 86_400, rows), unit="s"))
    after = {"received": np.zeros(rows), "mobilised": luck.gamma(4, 20, rows), "on_scene": luck.gamma(6, 70, rows)}
    made = pd.DataFrame({"id": np.arange(rows), "district": luck.choice([f"District {at}" for at in range(30)], rows)})
    for name in _TIMES:
        made[name] = (called + pd.to_timedelta(after[name].round(), unit="s")).dt.strftime(form)
    made.loc[luck.random(rows) < 0.02, "on_scene"] = ""
    made.to_csv(path, index=False)


def _row(name: str, rounds: list[tuple[float, float]]) -> Row:
    ratio = median([ours / theirs for ours, theirs in rounds])
    return Row(
        name=f"report of {ROWS:,} rows of CSV, {name}",
        value=median([ours for ours, _ in rounds]),
        unit="s",
        baseline=median([theirs for _, theirs in rounds]),
        ratio=ratio,
        budget=f"{BUDGET:g}x DuckDB",
        binding=True,
        ok=ratio <= BUDGET,
    )


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    gc.collect()
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _ours(path: Path, form: str) -> ForeignReport:
    given = "" if form.startswith("%Y") else f'formats = ["{form}"]\n'
    mapping = f'[time]\nzone = "Europe/Brussels"\n{given}[columns]\n'
    mapping += "".join(f'{name} = "{name}"\n' for name in _TIMES)
    for name, (start, end, target) in _SPANS.items():
        mapping += f'[intervals.{name}]\nfrom = "{start}"\nto = "{end}"\ntarget = {target}\n'
    return read(path, loading.parse(mapping + '[groups]\ndistrict = "district"\n')).report


def _theirs(path: Path, form: str) -> list[tuple[object, ...]]:
    """For all and for each district: rows, then of each interval what `_compare` looks at."""
    types = ", ".join(f"'{name}': 'TIMESTAMP'" for name in _TIMES)
    took = ", ".join(
        f"epoch(({end} AT TIME ZONE 'Europe/Brussels') - ({start} AT TIME ZONE 'Europe/Brussels')) AS d_{name}"
        for name, (start, end, _) in _SPANS.items()
    )
    figures = ", ".join(
        f"count(d_{name}), avg(d_{name}), stddev(d_{name}), min(d_{name}), max(d_{name}),"
        f" quantile_cont(d_{name}, [0.5, 0.9, 0.95, 0.99]), count(*) FILTER (d_{name} <= {target})"
        for name, (_, _, target) in _SPANS.items()
    )
    with duckdb.connect() as db:
        db.execute("SET enable_progress_bar = false")
        source = f"read_csv('{path}', timestampformat='{form}', types={{{types}}})"
        db.execute(f"CREATE TABLE taken AS SELECT district, {took} FROM {source}")
        return [
            *db.execute(f"SELECT '', count(*), {figures} FROM taken").fetchall(),
            *db.execute(f"SELECT district, count(*), {figures} FROM taken GROUP BY district ORDER BY 1").fetchall(),
        ]


def _compare(ours: ForeignReport, theirs: list[tuple[object, ...]]) -> None:
    parts = [("", ours.rows, ours.summaries), *((p.key, p.rows, p.summaries) for p in ours.groups["district"])]
    for (key, rows, summaries), (name, count, *found) in zip(parts, theirs, strict=True):
        for at, summary in enumerate(summaries):
            n, mean, _, low, high, quantiles, within = found[7 * at : 7 * at + 7]
            mine = [summary.mean, summary.minimum, summary.maximum]
            mine += [one.value for one in (summary.median, summary.p90, summary.p95, summary.p99)]
            same = (key, rows, summary.counted, summary.within_count) == (name, count, n, within)
            if not same or not all(
                math.isclose(a or 0, b, abs_tol=1e-6)
                for a, b in zip(mine, [mean, low, high, *quantiles], strict=True)  # type: ignore[misc]
            ):
                raise RuntimeError(f"{summary.interval} of {key or 'all'}: Vigie and DuckDB do not find the same")

"""A report over a million incidents from the cache's columns, beside DuckDB doing the same quantiles over the same columns.

Ours reads the cache as a start does (its code is checked), makes the durations and then the whole report: counts, shares, their
intervals, data quality. DuckDB reads the same columns as plain Parquet and does counts, means, maxima and quantiles, no more.
"""

import gc
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from bench.rows import Row, median
from demo.past import generate
from incidents.incident import TIME_NAMES
from incidents.intervals import INTERVALS
from incidents.log import columns
from incidents.log.snapshot import Mark
from maps.zones import Zones
from reports.measures.history import REPEATING, kept_columns, read_table, table_of_columns
from reports.measures.profiles import PROFILES
from reports.measures.report import report
from reports.measures.shape import Breakdown, Report, Selection

INCIDENTS = 1_000_000
REAL_PAST = 2_000  # generated ones, repeated with other durations
ROUNDS = 5
BUDGET = 2.0
BY: tuple[Breakdown, ...] = ("hour", "shift", "weekday", "zone", "cic", "operator", "as_class")
KEY, MADE_BY = bytes(32), "bench"
_EVERYTHING = Selection(classes=(), drills=True)
_LOCAL = "(received AT TIME ZONE 'Europe/Brussels')"
T = TypeVar("T")
_KEYS = {"hour": f"hour({_LOCAL})", "weekday": f"isodow({_LOCAL}) - 1"}


def bench_report() -> list[Row]:
    """Seconds for the whole report, as it is printed, and for one without its groups."""
    found = measure(INCIDENTS, REAL_PAST, ROUNDS)
    return [
        _row(f"report over {INCIDENTS:,} incidents, {len(BY)} breakdowns", found[BY]),
        _row(f"report over {INCIDENTS:,} incidents, in all", found[()]),
    ]


def measure(incidents: int, real: int, rounds: int) -> dict[tuple[Breakdown, ...], list[tuple[float, float]]]:
    """For both reports the seconds of each round, ours and DuckDB's. Raises RuntimeError when their numbers differ."""
    with tempfile.TemporaryDirectory() as folder:
        log, plain = Path(folder) / "vigie.log", Path(folder) / "plain.parquet"
        kept = kept_columns(_many(Path(folder) / "real.log", real, incidents))
        columns.write(log, KEY, MADE_BY, Mark(1, "0" * 64), kept, unique="incident")
        pq.write_table(kept, plain, compression="lz4")
        found: dict[tuple[Breakdown, ...], list[tuple[float, float]]] = {BY: [], (): []}
        for _ in range(rounds):
            for by, took in found.items():
                ours_s, ours = _timed(lambda by=by: _ours(log, by))  # type: ignore[misc]
                duck_s, theirs = _timed(lambda by=by: _theirs(plain, by))  # type: ignore[misc]
                _compare(ours, theirs)
                took.append((ours_s, duck_s))
        return found


def _row(name: str, rounds: Sequence[tuple[float, float]]) -> Row:
    ratio = median([ours / theirs for ours, theirs in rounds])
    return Row(
        name=name,
        value=median([ours for ours, _ in rounds]),
        unit="s",
        baseline=median([theirs for _, theirs in rounds]),
        ratio=ratio,
        budget=f"{BUDGET:g}x DuckDB's quantiles, 2 s",
        binding=True,
        ok=ratio <= BUDGET,
    )


def _many(log: Path, real: int, incidents: int) -> pd.DataFrame:
    """A generated past, repeated: each time at other moments of the year, and everything takes longer or shorter."""
    generate(log, incidents=real, seed=1, locate=Zones.load().locate)
    past = read_table(log, starts=("07:00", "19:00"))
    luck = np.random.default_rng(1)
    table = past.iloc[np.resize(np.arange(len(past)), incidents)].reset_index(drop=True)
    table["incident"] = [f"{n:026}" for n in range(incidents)]
    longer, began = luck.uniform(0.6, 1.6, incidents), table["received"].copy()
    begins = began + pd.to_timedelta(luck.integers(0, 365 * 86_400_000, incidents), unit="ms").as_unit("ms")
    for name in TIME_NAMES:
        after_ms = ((table[name] - began).dt.total_seconds() * 1000 * longer).round()
        table[name] = begins + pd.to_timedelta(after_ms, unit="ms").dt.as_unit("ms")
    return table


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    gc.collect()
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _ours(log: Path, by: tuple[Breakdown, ...]) -> Report:
    kept = columns.read(log, KEY, MADE_BY, repeating=REPEATING)
    assert kept is not None
    return report(table_of_columns(kept[1]), _EVERYTHING, PROFILES["amr"], by=by)


def _theirs(plain: Path, by: tuple[Breakdown, ...]) -> Sequence[tuple[object, ...]]:
    took = ", ".join(
        f"CASE WHEN {i.end} >= {i.start}{_carried(i.name)} THEN (epoch_ms({i.end}) - epoch_ms({i.start})) / 1000.0 END AS d{n}"
        for n, i in enumerate(INTERVALS)
    )
    quantiles = ", ".join(
        f"count(d{n}), quantile_cont(d{n}, [0.5, 0.9, 0.95, 0.99]), max(d{n}), avg(d{n})" for n in range(len(INTERVALS))
    )
    with duckdb.connect() as db:
        db.execute("SET enable_progress_bar = false")
        source = f"SELECT {took}{''.join(f', {_KEYS.get(k, k)} AS k_{k}' for k in by)} FROM read_parquet('{plain}')"
        if not by:
            return db.execute(f"SELECT {quantiles} FROM ({source})").fetchall()
        db.execute(f"CREATE TABLE took AS {source}")
        for key in by:
            db.execute(f"SELECT k_{key}, {quantiles} FROM took GROUP BY k_{key}").fetchall()
        return db.execute(f"SELECT {quantiles} FROM took").fetchall()


def _carried(interval: str) -> str:
    return " AND origin <> 'hand' AND NOT paper" if interval == "pressed->received" else ""


def _compare(ours: Report, theirs: Sequence[tuple[object, ...]]) -> None:
    for place, summary in enumerate(ours.summaries):
        count, quantiles, most, _ = theirs[0][4 * place : 4 * place + 4]
        found = [summary.median.value, summary.p90.value, summary.p95.value, summary.p99.value, summary.maximum]
        same = count == summary.counted and np.allclose(np.array(found, float), np.array([*quantiles, most], float))  # type: ignore[misc]
        if not same:
            raise RuntimeError(f"{summary.interval}: Vigie and DuckDB do not find the same")

"""Finding incidents among 100,000 closed ones, beside DuckDB over the same columns in memory.

Ours understands the words, asks whose incidents are kept from who asks, and makes the rows. DuckDB is told the columns; it
filters, counts and sorts, no more. What it costs to know whom each incident is about is told beside: read once, after each start.
"""

import asyncio
import tempfile
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import msgspec
import pandas as pd

from bench.rows import Row, median, percentile
from demo.past import generate
from incidents.log.sqlite import SqliteLog
from maps.gazetteer import Gazetteer
from maps.zones import Zones
from reports.finding.finder import SHOWN, Finder, Hits
from reports.finding.identities import Identities
from reports.finding.query import Term, Words, parse
from reports.measures.history import History

INCIDENTS = 100_000
ROUNDS = 20
TARGET_MS = 200
UNTIL = datetime(2026, 11, 24, 12, tzinfo=UTC)
ASKED = ("AMR-0", "Gent real", "01/06-31/08 suspect arrested", "9000 test 24/11", "closed")
_WORDS: Words = {
    "real": (("class", "real"),),
    "test": (("class", "test"),),
    "suspect arrested": (("outcome", "suspect_arrested"),),
    "closed": (("state", "closed"),),
}


class Measured(msgspec.Struct):
    """Seconds of each search, ours and DuckDB's; of the reading of whom each is about, and its memory in MB."""

    ours: list[float]
    theirs: list[float]
    read_s: float
    memory_mb: float


def bench_search() -> list[Row]:
    """Milliseconds from the words to the rows; seconds and megabytes of what is kept in memory for it."""
    found = measure(INCIDENTS, ROUNDS)
    ratio = median([ours / theirs for ours, theirs in zip(found.ours, found.theirs, strict=True)])
    times = [1000 * took for took in found.ours]
    name = f"search over {INCIDENTS:,} closed incidents"
    return [
        Row(name=f"{name}, p95", value=percentile(times, 0.95), unit="ms", budget=f"{TARGET_MS} ms"),
        Row(
            name=f"{name}, median",
            value=median(times),
            unit="ms",
            baseline=1000 * median(found.theirs),
            ratio=ratio,
            budget=f"{TARGET_MS} ms",
        ),
        Row(name="the same: whom each is about, read aside", value=found.read_s, unit="s", budget="none"),
        Row(name="the same: kept in memory", value=found.memory_mb, unit="MB", budget="none"),
    ]


def measure(incidents: int, rounds: int) -> Measured:
    """Search so often by each of `ASKED`. Raises RuntimeError when Vigie and DuckDB do not find the same number."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vigie.log"
        zones = Zones.load()
        generate(path, incidents=incidents, seed=1, locate=zones.locate, until=UNTIL)
        return asyncio.run(_measure(path, zones, rounds))


async def _measure(path: Path, zones: Zones, rounds: int) -> Measured:
    log = await SqliteLog.open(path)
    history, gazetteer = await History.open(log, path), Gazetteer.of(zones)
    identities = Identities(path, log.vault, zones, rests=False)
    tracemalloc.start()
    began, start = tracemalloc.get_traced_memory()[0], time.perf_counter()
    identities.read_on()
    kept_mb = (tracemalloc.get_traced_memory()[0] - began) / 1e6
    tracemalloc.stop()
    again = Identities(path, log.vault, zones, rests=False)
    start = time.perf_counter()
    again.read_on()
    found = Measured(ours=[], theirs=[], read_s=time.perf_counter() - start, memory_mb=kept_mb)
    finder = Finder(history, identities)
    with duckdb.connect() as db:
        db.register("past", _columns(history.table(), identities))
        db.execute("CREATE TABLE incidents AS SELECT * FROM past")
        for asked in ASKED * rounds:
            start = time.perf_counter()
            terms = parse(asked, today=UNTIL.date(), words=_WORDS, named=gazetteer.named)
            ours = await finder.find(terms)
            found.ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            count = _theirs(db, terms)
            found.theirs.append(time.perf_counter() - start)
            _compare(asked, ours, count)
    await log.close()
    return found


def _columns(table: pd.DataFrame, identities: Identities) -> pd.DataFrame:
    about = [identities.of(name) for name in table["incident"]]
    plain = {name: table[name].astype(str) for name in ("incident", "zone", "as_class", "outcome", "state")}
    return pd.DataFrame(
        {
            **plain,
            "device": [(who.device or "").lower() for who, _ in about],
            "town": [town for _, town in about],
            "day": table["received"].dt.tz_convert("Europe/Brussels").dt.tz_localize(None).dt.normalize(),
            "received": table["received"].dt.tz_localize(None),
        }
    )


def _theirs(db: duckdb.DuckDBPyConnection, terms: tuple[Term, ...]) -> int:
    columns = {"class": "as_class", "outcome": "outcome", "state": "state"}
    where, values = [], []
    for term in terms:
        if term.kind == "who":
            where.append("contains(device, ?)")
            values.append(term.text.lower())
        elif term.kind == "place":
            where.append("(list_contains(?, zone) OR list_contains(?, town))")
            values += [sorted(term.values), sorted(term.towns)]  # type: ignore[list-item]
        elif term.kind == "days":
            where.append("day BETWEEN ? AND ?")
            values += [str(term.since), str(term.until)]
        else:
            where.append(f"list_contains(?, {columns[term.kind]})")
            values.append(sorted(term.values))  # type: ignore[arg-type]
    condition = " AND ".join(where)
    db.execute(f"SELECT * FROM incidents WHERE {condition} ORDER BY received DESC LIMIT {SHOWN}", values).fetchall()
    return int(db.execute(f"SELECT count(*) FROM incidents WHERE {condition}", values).fetchall()[0][0])


def _compare(asked: str, ours: Hits, count: int) -> None:
    if ours.count != count:
        raise RuntimeError(f"{asked!r}: Vigie finds {ours.count}, DuckDB {count}")

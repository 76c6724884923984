"""Making an export of a log's table, and entering it in the register."""

import asyncio
import csv
from datetime import datetime
from functools import cache, partial
from pathlib import Path

import pandas as pd

from incidents import events as ev
from incidents.clock import Clock
from incidents.intervals import Profile
from incidents.log import LogUnavailable
from maps.store import DRAWN_M, SHIPPED, read_layer
from reports.aggregate.codebook import Province
from reports.aggregate.export import Export, as_zip, export
from reports.aggregate.period import Period, period_of
from reports.aggregate.register import Published, enter, register_of
from reports.aggregate.suppress import THRESHOLD
from reports.measures.history import History
from reports.measures.profiles import PROFILES


@cache
def provinces() -> tuple[Province, ...]:
    """The ten provinces and Brussels, in the order of their codes."""
    layer = read_layer(SHIPPED / f"drawn-{DRAWN_M[0]}m.parquet")
    found = [Province(row["id"], row["name_fr"], row["name_nl"]) for row in layer.rows() if row["kind"] == "province"]
    return tuple(sorted(found, key=lambda province: province.nis))


@cache
def province_of() -> dict[str, str]:
    """A centre's key to the NIS code of its province."""
    with (SHIPPED / "cic.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["province_nis"] for row in csv.DictReader(file)}


def make(
    table: pd.DataFrame,
    log: Path,
    period: Period,
    *,
    profile: Profile,
    now: datetime,
    threshold: int = THRESHOLD,
    despite: str = "",
) -> Export:
    """The export of the table of the log at a path, entered in its register. Takes some seconds.

    Raises PublishedBefore when another export shares months with it and `despite` gives no reason; ValueError for a threshold
    below 5; OSError when the register cannot be written.
    """
    made = export(
        table,
        period,
        profile=profile,
        province_of=province_of(),
        provinces=provinces(),
        now=now,
        threshold=threshold,
        despite=despite,
    )
    enter(register_of(log), made.published)
    return made


class Aggregates:
    """Exports for the pages: of the table that the desk keeps."""

    def __init__(self, *, history: History, path: Path, clock: Clock) -> None:
        self._history, self._path, self._clock = history, path, clock
        self._one_at_a_time = asyncio.Lock()

    async def make(self, since: str, until: str) -> tuple[str, bytes, ev.AggregateMade]:
        """A zip file's name and the file, and the event that is to be entered before anybody has it.

        Raises PeriodError, PublishedBefore, LogUnavailable while the log is not folded yet, and OSError when the register cannot
        be written.
        """
        now = self._clock.now()
        period = period_of(since, until, now)
        async with self._one_at_a_time:
            if not self._history.ready:
                raise LogUnavailable("the log is not folded yet")
            # In a thread: a press waits for no table.
            work = partial(make, await self._history.fresh(), self._path, period, profile=PROFILES["amr"], now=now)
            made = await asyncio.to_thread(work)
        entry = made.published
        return f"vigie-aggregate-{entry.first}-{entry.last}.zip", as_zip(made.files), event_of(entry)


def event_of(entry: Published) -> ev.AggregateMade:
    """That an export was made."""
    return ev.AggregateMade(
        first=entry.first,
        last=entry.last,
        threshold=entry.threshold,
        profile=entry.profile,
        sha256=entry.sha256,
    )

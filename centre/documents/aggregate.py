"""Making an export of a log's table, and entering it in the register."""

import asyncio
import csv
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cache
from pathlib import Path

import pandas as pd

from incidents import events as ev
from incidents.cases.damage import undamaged
from incidents.cases.sealed import CasesLocked, SealedCases, holds_register
from incidents.clock import Clock
from incidents.intervals import Profile
from incidents.log import LogUnavailable
from maps.store import DRAWN_M, SHIPPED, read_layer
from reports.aggregate.codebook import Province
from reports.aggregate.devices import device_counts
from reports.aggregate.export import Evaluated, Export, as_zip, export
from reports.aggregate.period import Period, period_of
from reports.aggregate.register import enter, register_of
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
    evaluated: Evaluated | None = None,
    drafts: Callable[[Export], AbstractContextManager[object]] = nullcontext,
) -> Export:
    """The export of the table of the log at a path, and of cases (`evaluated`), entered in its register. Takes some seconds.

    `drafts` writes it before it is entered, and gives it its names afterwards.

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
        evaluated=evaluated,
    )
    with drafts(made):
        enter(register_of(log), made.published)
    return made


def evaluate(
    register: Path | None, key_file: Path | None, log: Path, provinces: Mapping[str, str], now: datetime
) -> Evaluated | None:
    """What the case register and the log say of cases and devices until now; None where no register is used.

    `provinces`: a zone's key to its province's NIS code. Raises CasesLocked where a case can't be read: what is published of the
    others would not be true. Raises LogUnavailable.
    """
    if register is None or not holds_register(register):
        return None
    with SealedCases.open(register, key_file) as file, undamaged():
        counted = file.counted(now)
    protections = [one for case in counted.values() for one in case]
    return Evaluated(len(counted), protections, device_counts(log), provinces)


class Aggregates:
    """Exports for the pages: of the table that the desk keeps. `evaluate`: what is kept of cases and devices."""

    def __init__(
        self,
        *,
        history: History,
        path: Path,
        clock: Clock,
        evaluate: Callable[[datetime], Evaluated | None] = lambda now: None,
    ) -> None:
        self._history, self._path, self._clock, self._evaluate = history, path, clock, evaluate
        self._one_at_a_time = asyncio.Lock()

    async def make(self, since: str, until: str) -> tuple[str, bytes, ev.AggregateMade]:
        """A zip file's name and the file, and the event that is to be entered before anybody has it.

        Raises PeriodError, PublishedBefore, LogUnavailable while the log is not folded yet or the cases are locked, and OSError
        when the register cannot be written.
        """
        now = self._clock.now()
        period = period_of(since, until, now)
        async with self._one_at_a_time:
            if not self._history.ready:
                raise LogUnavailable("the log is not folded yet")
            table = await self._history.fresh()

            def work() -> Export:
                evaluated = self._evaluate(now)
                return make(table, self._path, period, profile=PROFILES["amr"], now=now, evaluated=evaluated)

            try:
                made = await asyncio.to_thread(work)  # a press waits for no table
            except CasesLocked as locked:
                raise LogUnavailable(str(locked)) from None
        first, last = made.published.first, made.published.last
        return f"vigie-aggregate-{first}-{last}.zip", as_zip(made.files), event_of(made)


def event_of(made: Export) -> ev.AggregateMade:
    """That an export was made."""
    entry = made.published
    return ev.AggregateMade(
        first=entry.first,
        last=entry.last,
        threshold=entry.threshold,
        profile=entry.profile,
        sha256=entry.sha256,
        cases=made.cases,
        cases_sha256=entry.cases_sha256,
    )

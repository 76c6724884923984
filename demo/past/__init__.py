"""A believable past: a year of incidents in a real log, as a centre's first year was, for demonstrations and benches.

Nobody in it is real. The same seed tells the same year; ids, which depend on the log's own key, differ from log to log.
"""

import heapq
import itertools
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from demo.cases import demo_cases, earlier_cases
from demo.past.arrivals import Start, starts
from demo.past.feed import Outage, outage, outage_told
from demo.past.log_entries import Told
from demo.past.outcomes import Life
from demo.past.people import People
from demo.past.shifts import shifts_told
from demo.past.technical import technical_told
from incidents import events as ev
from incidents.case import Case
from incidents.log.filling import Filling, filling
from incidents.ports import Locate

LAST_BEFORE = timedelta(hours=3)  # the last incident begins so long before the end: by then it is closed
STREAMS_A_SEAL = 20_000  # a checkpoint lists all streams: over so many, shifts go by between two


def cases_of(until: datetime, locate: Locate, seed: int, *, months: int = 12) -> tuple[Case, ...]:
    """The cases of the months before `until`: those in force on that day, then the earlier ones."""
    day, days = until.astimezone(ev.BRUSSELS).date(), _days(months)
    return (*demo_cases(day, seed), *earlier_cases(day - days, day, locate, seed))


def generate(
    path: Path,
    *,
    incidents: int,
    seed: int,
    locate: Locate,
    months: int = 12,
    until: datetime | None = None,
    still_open: int = 0,
    key_file: Path | None = None,
) -> int:
    """Fill a new or empty log with so many incidents of the months before `until` (now, by default); how many records it has.

    All incidents are closed but the last `still_open`. Raises ValueError for numbers that make no past, `LogUnavailable` when the
    log holds anything, and `KeyMismatch`.
    """
    if not 0 <= still_open <= incidents or incidents < 1 or not 1 <= months <= 120:
        raise ValueError("a past has 1 incident at least, no more open than there are, and 1 to 120 months")
    until = (until or datetime.now(UTC)).replace(microsecond=0)
    since, cases = until - _days(months), cases_of(until, locate, seed, months=months)
    written = 0
    with filling(path, key_file=key_file) as log:
        past = _Past(log, since, until, seed, locate, cases)
        seals = itertools.cycle([True] + [False] * (incidents // STREAMS_A_SEAL))
        for told in past.told(incidents, still_open):
            if told.draft is not None:
                log.write(told.stream, told.draft)
            elif not next(seals):
                continue
            else:
                log.seal(ev.stamp(told.at))
            written += 1
        log.seal(ev.stamp(until))
    return written + 1


def _days(months: int) -> timedelta:
    return timedelta(days=round(months * 365.25 / 12))


class _Past:
    """What all incidents of one past share."""

    def __init__(
        self, log: Filling, since: datetime, until: datetime, seed: int, locate: Locate, cases: Iterable[Case]
    ) -> None:
        self._log = log
        self._since, self._until = since, until
        self._seed = seed
        self._locate = locate
        self._people = People(log.vault.pseudonym, cases, seed)
        self._ends: list[datetime] = []

    def told(self, incidents: int, still_open: int) -> Iterator[Told]:
        """Everything, in the order in which it was entered."""
        outage_ = outage(self._since, self._until, random.Random(f"{self._seed} outage"))
        closed = incidents - still_open
        last = self._until - LAST_BEFORE
        begun = starts(closed, self._since, last, random.Random(f"{self._seed} starts"), outage_) if closed else []
        begun += [Start(self._until - timedelta(minutes=2 * n), "real") for n in range(still_open, 0, -1)]
        yield from heapq.merge(
            self._lives(begun, outage_, closed),
            shifts_told(self._since, self._until, self._people, self._still_open, random.Random(f"{self._seed} shifts")),
            technical_told(
                self._since, self._until, max(4, incidents // 12), self._people, self._log.vault.device_id,
                random.Random(f"{self._seed} technical"),
            ),
            outage_told(outage_, self._people),
            key=lambda told: told.at,
        )  # fmt: skip

    def _lives(self, begun: list[Start], outage_: Outage, closed: int) -> Iterator[Told]:
        waiting: list[tuple[datetime, int, Told]] = []
        count = itertools.count()
        numbers: dict[str, int] = {}
        free_at: dict[str, datetime] = {}
        for n, start in enumerate(begun):
            while waiting and waiting[0][0] < start.at:
                yield heapq.heappop(waiting)[2]
            luck = random.Random(f"{self._seed} {n}")
            bearer = self._people.bearer(luck, start.at, free_at)
            numbers[bearer.device] = numbers.get(bearer.device, 0) + 1
            life = Life(
                self._log.vault, self._people, bearer, numbers[bearer.device], start, luck, self._locate, outage_,
                closes=n < closed,
            )  # fmt: skip
            for told in life.tell():
                if told.at <= self._until:
                    heapq.heappush(waiting, (told.at, next(count), told))
            free_at[bearer.device] = told.at if n < closed else self._until
            self._ends = [end for end in self._ends if end > start.at] + [free_at[bearer.device]]
        while waiting:
            yield heapq.heappop(waiting)[2]

    def _still_open(self, at: datetime) -> int:
        return sum(end > at for end in self._ends)

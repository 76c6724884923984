"""The auditor's list over 1,000,000 looks: by person, case, device, period or kind, sorted, and paged through.

The log is a real one. Reading it, once after each start and beside the desk, is told beside.
"""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import msgspec

from bench.rows import Row, median, percentile
from incidents import events as ev
from incidents.auditing.index import Index, ms_of
from incidents.auditing.query import Asked, Lists
from incidents.auditing.rules import AuditRules, Judge
from incidents.log.filling import filling
from incidents.log.snapshot import snapshot
from incidents.log.vault import Vault

LOOKS = 1_000_000
INCIDENTS = 20_000
PEOPLE = 60
ROUNDS = 5
TARGET_MS = 300
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
_SPAN_S = 6 * 365 * 86_400
_MONTH_MS = 30 * 86_400_000


class Measured(msgspec.Struct):
    """Seconds of each list and of each further page; of the reading, and of judging all rows once."""

    lists: list[float]
    pages: list[float]
    read_s: float
    judge_s: float


def bench_audit() -> list[Row]:
    """Milliseconds from what is asked for to the rows."""
    found = measure(LOOKS, INCIDENTS, ROUNDS)
    name = f"the auditor's list over {LOOKS:,} looks"
    budget = f"{TARGET_MS} ms"
    lists, pages = [[1000 * took for took in some] for some in (found.lists, found.pages)]
    return [
        Row(name=f"{name}, p95", value=percentile(lists, 0.95), unit="ms", budget=budget),
        Row(name=f"{name}, median", value=median(lists), unit="ms", budget=budget),
        Row(name="the same: another part of it, p95", value=percentile(pages, 0.95), unit="ms", budget=budget),
        Row(name="the same: read from the log once, aside", value=found.read_s, unit="s", budget="none"),
        Row(name="the same: every look judged by every rule", value=found.judge_s, unit="s", budget="none"),
    ]


def measure(looks: int, incidents: int, rounds: int) -> Measured:
    """Ask for each kind of list so often, each time as if for the first."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vigie.log"
        people = _fill(path, looks, incidents)
        vault = Vault.open(path)
        try:
            index = Index(partial(snapshot, path), vault, AuditRules(), rests=False)
            start = time.perf_counter()
            index.read_on()
            read_s = time.perf_counter() - start
            found = Measured(lists=[], pages=[], read_s=read_s, judge_s=0.0)
            for asked in _asked(people) * rounds:
                lists = Lists(index)
                start = time.perf_counter()
                listed = lists.find(asked)
                [index.look(row) for row in listed.rows]
                found.lists.append(time.perf_counter() - start)
                start = time.perf_counter()
                [index.look(row) for row in lists.find(asked, listed.count // 2).rows]
                found.pages.append(time.perf_counter() - start)
            judge, start = Judge(AuditRules()), time.perf_counter()
            for row in range(index.columns.count):
                list(judge.judge(index.look(row)))
            found.judge_s = time.perf_counter() - start
            return found
        finally:
            vault.close()


def _asked(people: list[str]) -> list[Asked]:
    middle = ms_of(ev.stamp(SINCE)) + _SPAN_S * 500
    me = people[-1]
    whole = [
        Asked(unnamed=me),
        Asked(who=people[0], unnamed=me),
        Asked(case="2020-00042", unnamed=me),
        Asked(device="AMR-00042", unnamed=me),
        Asked(what="timeline", unnamed=me),
        Asked(since_ms=middle, until_ms=middle + _MONTH_MS, unnamed=me),
        Asked(alarm="without", missing=True, unnamed=me),
    ]
    sorts = [
        Asked(sort=sort, rising=rising, unnamed=me) for sort in ("who", "case", "what") for rising in (True, False)
    ]
    return whole + sorts


def _fill(path: Path, looks: int, incidents: int) -> list[str]:
    draw = Random(1)
    with filling(path) as log:
        people = [log.vault.pseudonym(f"person {n}") for n in range(PEOPLE)]
        streams: list[str] = []
        each = looks // incidents
        for n in range(incidents):
            at = SINCE + timedelta(seconds=n * _SPAN_S / incidents)
            device, case = f"AMR-{n % 3000:05d}", f"2020-{n % 3000:05d}"
            stream = f"incident/{log.vault.incident_id(device, n)}"
            streams.append(stream)

            def write(event: ev.Event, after_s: int, who: str, at: datetime = at, stream: str = stream) -> None:
                moment = at + timedelta(seconds=after_s)
                id = f"{draw.getrandbits(96):024x}"
                log.write(stream, ev.draft(event, id=id, at=moment, source_at=moment, actor=who))

            write(ev.Raised(origin="press", device=device, case=case, n=n), 0, "feed")
            for look in range(each):
                who = draw.choice(people)
                if look == each * 4 // 5:
                    write(ev.Closed(as_class="test", outcome="test_ok"), look, who)
                if look % 10 == 9:
                    opened = ev.TimelineOpened(incident=stream[9:], role="supervisor", why="review")
                    write(opened, look, who)
                else:
                    write(ev.CaseOpened(role="dispatcher", need="unowned" if look % 2 else ""), look, who)
    return people

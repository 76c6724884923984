"""What happens in the day, from what is known, and which of three servers writes it.

Presses are Belgium's, by the number of devices; tests and technical alarms are assumed. docs/scale.md has the sources. The map is
Belgium's, the wall clock Brussels': the evening is one for all of Europe, where its time zones would spread it over three hours.
"""

import heapq
import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import msgspec

from demo.cases import demo_cases
from demo.past.arrivals import HOURS, LIKE, SHARES, Kind, Start
from demo.past.feed import Outage
from demo.past.log_entries import Told
from demo.past.outcomes import Life
from demo.past.people import People
from demo.past.technical import technical_alarm
from incidents.events import BRUSSELS
from incidents.log import PARTS, Draft
from incidents.log.vault import Vault
from incidents.ports import Locate

DEVICES = 100_000
DAY = timedelta(days=1)
BEGINS = datetime(2026, 11, 24, tzinfo=BRUSSELS)
FIXES_S = (2.0, 5.0)  # between two positions, as the simulator's telephones send them
AGAIN = 0.1  # of what a feed says comes a second time (Spain, 2025)
AGAIN_S = (1.0, 20.0)  # later
_PRESSES = 3 / 260  # a device and day: Belgium, some 3 calls of about 260 devices
_TESTS = 1 / 30.4  # the same: one announced test a month, an assumption; Belgium's calls have tests among them already
_TECHNICAL = 1 / 30.4  # the same: one a month, an assumption
_LONGEST = timedelta(hours=2)  # until a technical alarm is over


class Counts(msgspec.Struct, frozen=True):
    """How often what happens in the day."""

    devices: int
    presses: int  # as Belgium's: tests and accidents nearly all
    tests: int  # beside
    technical: int

    @classmethod
    def of(cls, devices: int) -> Self:
        """Of so many devices."""
        return cls(devices, round(devices * _PRESSES), round(devices * _TESTS), round(devices * _TECHNICAL))

    @property
    def incidents(self) -> int:
        """Presses that begin one."""
        return self.presses + self.tests


class Job(msgspec.Struct, frozen=True, array_like=True):
    """A record that a server writes `at_s` into the day, on top of a stream's `version`.

    Not `own`: what a feed says to this server too, which another one writes.
    """

    at_s: float
    stream: str
    version: int
    draft: Draft
    own: bool


class Plan(msgspec.Struct, frozen=True):
    """What was planned: the ids of all records, and of those of incidents; the pseudonyms of who is at work."""

    counts: Counts
    people: tuple[str, ...]
    ids: frozenset[str]
    of_incidents: frozenset[str]


def write_plan(folder: Path, servers: int, counts: Counts, vault: Vault, locate: Locate, *, seed: int = 1) -> Plan:
    """Write a file of jobs for each server (`job_file`), in their order. `vault` gives the log's ids and pseudonyms."""
    dice = random.Random(f"{seed} spread")
    jobs: list[list[Job]] = [[] for _ in range(servers)]
    versions: dict[str, int] = {}
    ids: set[str] = set()
    of_incidents: set[str] = set()
    people: set[str] = set()
    for told in _told(counts, vault, locate, seed):
        if told.at >= BEGINS + DAY:
            break
        assert told.draft is not None
        at_s, stream, draft = (told.at - BEGINS).total_seconds(), told.stream, told.draft
        version = versions.get(stream, 0)
        versions[stream] = version + 1
        ids.add(draft.id)
        if stream.startswith("incident/"):
            of_incidents.add(draft.id)
        if draft.actor not in PARTS:
            people.add(draft.actor)
        home = hash_of(stream) % servers
        jobs[home].append(Job(at_s, stream, version, draft, own=True))
        if draft.actor != "feed":
            continue
        if version == 0:  # every server hears every feed
            for other in range(servers):
                if other != home:
                    jobs[other].append(Job(at_s, stream, version, draft, own=False))
        if dice.random() < AGAIN:
            later_s = at_s + dice.uniform(*AGAIN_S)
            jobs[(home + 1) % servers].append(Job(later_s, stream, version, draft, own=False))
    for server, own in enumerate(jobs):
        own.sort(key=lambda job: job.at_s)
        job_file(folder, server).write_bytes(msgspec.msgpack.encode(own))
    return Plan(counts, tuple(sorted(people)), frozenset(ids), frozenset(of_incidents))


def job_file(folder: Path, server: int) -> Path:
    """Where the jobs of a server stand."""
    return folder / f"jobs-{server}"


def hash_of(stream: str) -> int:
    """A number of a stream, the same in every process."""
    return random.Random(stream).getrandbits(32)


def _told(counts: Counts, vault: Vault, locate: Locate, seed: int) -> Iterator[Told]:
    people = People(vault.pseudonym, demo_cases(BEGINS.date(), seed), seed, others=counts.devices)
    technical = _technical(counts.technical, people, vault, random.Random(f"{seed} technical"))
    return heapq.merge(_lives(counts, people, vault, locate, seed), technical, key=lambda told: told.at)


def _starts(counts: Counts, luck: random.Random) -> list[Start]:
    """When each begins, by the hours in which such things do."""
    kinds: list[Kind] = [kind for kind, share in SHARES.items() for _ in range(round(counts.presses * share / 1000))]
    kinds += ["test"] * (counts.incidents - len(kinds))

    def at(kind: Kind) -> datetime:
        hour = luck.choices(range(24), HOURS[LIKE.get(kind, kind)])[0]
        return BEGINS + timedelta(hours=hour, milliseconds=luck.randrange(3_600_000))

    return sorted(Start(at(kind), kind) for kind in kinds)


def _lives(counts: Counts, people: People, vault: Vault, locate: Locate, seed: int) -> Iterator[Told]:
    none = Outage(BEGINS, BEGINS)
    waiting: list[tuple[datetime, int, Told]] = []
    count = itertools.count()
    numbers: dict[str, int] = {}
    free_at: dict[str, datetime] = {}
    for n, start in enumerate(_starts(counts, random.Random(f"{seed} starts"))):
        while waiting and waiting[0][0] < start.at:
            yield heapq.heappop(waiting)[2]
        luck = random.Random(f"{seed} {n}")
        bearer = people.bearer(luck, start.at, free_at)
        number = numbers[bearer.device] = numbers.get(bearer.device, 0) + 1
        life = Life(vault, people, bearer, number, start, luck, locate, none, closes=True, every_s=FIXES_S)
        for told in life.tell():
            heapq.heappush(waiting, (told.at, next(count), told))
        free_at[bearer.device] = told.at
    while waiting:
        yield heapq.heappop(waiting)[2]


def _technical(n: int, people: People, vault: Vault, luck: random.Random) -> Iterator[Told]:
    """Technical alarms, as many at each hour."""
    waiting: list[tuple[datetime, int, Told]] = []
    count = itertools.count()
    for place, at_ms in enumerate(sorted(luck.randrange(86_400_000) for _ in range(n))):
        at = BEGINS + timedelta(milliseconds=at_ms)
        while waiting and waiting[0][0] < at:
            yield heapq.heappop(waiting)[2]
        for told in technical_alarm(place, at, _LONGEST, people, vault.device_id, luck):
            heapq.heappush(waiting, (told.at, next(count), told))
    while waiting:
        yield heapq.heappop(waiting)[2]

"""Of several servers of one log one erases in it what is over, each what it alone has."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bench.nats_servers import NatsServer
from centre.retention.nightly import AGAIN, Nightly, claim_night, next_night
from centre.retention.running import Retention
from centre.retention.wishes import Wishes
from incidents import events as ev
from incidents.cases import CaseRegister
from incidents.events import BRUSSELS
from incidents.log import Record
from incidents.log.private_file import quarantined_before
from tests.centre.retention.parts import LONG_AGO, lived
from tests.incidents.conftest import DrivenClock
from tests.incidents.servers import Watches

TIMES = "test=90 accidental=365 real=3650 case=3650 version=1825 evidence=365 looks=5475 quarantine=30"
pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def servers(tmp_path: Path, nats_server: NatsServer) -> AsyncIterator[Watches]:
    made = Watches(tmp_path, nats_server, DrivenClock(LONG_AGO))
    yield made
    await made.close()


def night_of(servers: Watches, name: str) -> Nightly:
    floor, path = servers.floors[name], servers.logs.path(name)
    clock, cases = servers.clock, CaseRegister.open(None)
    retention = Retention(floor.log, path, cases, clock, floor.desk.note)
    wishes = Wishes(path, desk=floor.desk, log=floor.log)
    return Nightly(retention, wishes, clock, claim=partial(claim_night, floor.desk, floor.log))


async def years_later(servers: Watches) -> list[str]:
    """Two tests of long ago, on each server bytes that it did not understand then, and the evening before a night; the tests."""
    floors = list(servers.floors.values())
    made = [await lived(floors[n % len(floors)], device=f"AMR-{n:05d}") for n in range(2)]
    for floor in floors:
        await floor.log.quarantine("test", ev.stamp(servers.clock.now()), "what it is", b"{")
    servers.clock.at = datetime(2002, 1, 10, 22, tzinfo=BRUSSELS)
    event = ev.RetentionConfirmed(times=TIMES, advice="both", said="letter")
    await floors[0].desk.note("audit/2002-01", event, id="confirmed", actor="ann")
    for name in servers.floors:
        await servers.records(name)
    return made


async def kinds(servers: Watches, name: str) -> tuple[Counter[str], list[Record]]:
    records = await servers.records(name)
    return Counter(record.type for record in records), records


async def test_a_night_is_one_servers_and_each_ends_what_it_alone_has(servers: Watches) -> None:
    for name in "ab":
        await servers.open(name)
    tests = await years_later(servers)
    nights = [night_of(servers, name) for name in "ab"]
    servers.clock.at = next_night(servers.clock.now())
    await asyncio.gather(*(night.look() for night in nights))
    done, records = await kinds(servers, "a")
    assert done["erased"] == len(tests) and done["retention_run"] == done["server_claimed"] == 1
    servers.clock.pass_s(AGAIN.total_seconds() + 1)
    await servers.records("b")
    await asyncio.gather(*(night.look() for night in nights))
    done, records = await kinds(servers, "a")
    assert done["erased"] == len(tests) and done["server_claimed"] == 1
    runs = [record.open for record in records if record.type == "retention_run"]
    assert sorted((run.get("incidents", 0), run["messages"]) for run in runs) == [(0, 1), (2, 1)]
    before = ev.stamp(servers.clock.now())
    assert [quarantined_before(servers.logs.path(name), before)[0] for name in "ab"] == [0, 0]
    for name in "ab":
        floor = servers.floors[name]
        for record in await floor.log.stream(f"incident/{tests[0]}"):
            assert not record.sealed or floor.log.unseal(record) is None


async def test_a_night_that_a_server_died_at_is_done_in_the_next(servers: Watches) -> None:
    for name in "ab":
        await servers.open(name)
    tests = await years_later(servers)
    servers.clock.at = next_night(servers.clock.now())
    dies = servers.floors["a"]
    night = f"retention:{servers.clock.now():%Y-%m-%d}"
    assert await claim_night(dies.desk, dies.log, night) == "ours"
    lives = night_of(servers, "b")
    lives._next = servers.clock.now()
    await servers.kill("a")
    await lives.look()
    assert not (await kinds(servers, "b"))[0]["erased"]
    servers.clock.at = next_night(servers.clock.now() + timedelta(minutes=1))
    await lives.look()
    assert (await kinds(servers, "b"))[0]["erased"] == len(tests)


async def test_a_claim_of_a_night_is_its_servers_though_the_answer_was_missing(servers: Watches) -> None:
    a, b = [await servers.open(name) for name in "ab"]
    for _ in range(2):  # it was recorded, and asked again
        assert await claim_night(a.desk, a.log, "retention:2002-01-10") == "ours"
    await servers.records("b")
    assert await claim_night(b.desk, b.log, "retention:2002-01-10") == "theirs"


async def test_a_night_that_only_proposed_lets_nobody_end_anything(servers: Watches) -> None:
    a, b = [await servers.open(name) for name in "ab"]
    event = ev.RetentionRun(incidents=2, proposed=True)
    await a.desk.note("audit/2002-01", event, id="retention:2002-01-10", actor="retention")
    await servers.records("b")
    assert await claim_night(b.desk, b.log, "retention:2002-01-10") == "theirs"

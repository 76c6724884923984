"""Three nats-servers, everything three times: one of them dies or hangs, and nothing that was recorded is lost or there twice."""

import asyncio
import secrets
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.nats_servers import NatsCluster, NatsServer
from incidents.log import Record
from incidents.log.jetstream import JetStreamLog
from incidents.log.servers import Servers
from tests.incidents.log.contract.centre import Centre, append_somehow_later, everything_now, holds, named_row, wrapped
from tests.incidents.log.parts import LATER, draft
from tests.waiting import until

CALLERS = 8
WITHOUT_SERVICE_S = 15.0  # on a busy machine: some 5 s on another


@pytest.fixture
async def centre(tmp_path: Path, nats_cluster: NatsCluster) -> AsyncIterator[Centre]:
    made = Centre(tmp_path, nats_cluster.addresses, replicas=3)
    yield made
    await made.close()


async def leader(log: JetStreamLog, nats_cluster: NatsCluster) -> NatsServer:
    found = await log._servers.ask(f"STREAM.INFO.{log._name}")
    return nats_cluster.servers[found["cluster"]["leader"]]


class Load:
    """Callers on two servers, each on a stream of its own and on one that all write; what was recorded, and when."""

    def __init__(self, logs: list[JetStreamLog]) -> None:
        self.recorded: dict[str, Record] = {}
        self.longest_s = 0.0
        self._last = time.monotonic()
        self._going = True
        self._tasks = [asyncio.create_task(self._call(n, logs[n % len(logs)])) for n in range(CALLERS)]

    async def _call(self, number: int, log: JetStreamLog) -> None:
        n = 0
        while self._going:
            stream = "incident/all" if n % 4 == 0 else f"incident/{number}"
            record = await append_somehow_later(log, stream, f"{number}/{n}")
            self.recorded[record.id] = record
            now = time.monotonic()
            self.longest_s, self._last = max(self.longest_s, now - self._last), now
            n += 1

    async def more(self, count: int) -> None:
        """Until so many more were recorded."""
        enough = len(self.recorded) + count
        await until(lambda: len(self.recorded) >= enough)

    async def end(self) -> None:
        self._going = False
        await asyncio.gather(*self._tasks)


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGSTOP, marks=pytest.mark.prove)])
async def test_the_leader_dies_or_hangs_and_nothing_recorded_is_lost_or_twice(
    centre: Centre, nats_cluster: NatsCluster, number: signal.Signals
) -> None:
    logs = [await centre.open("one"), await centre.open("two")]
    load = Load(logs)
    await load.more(100)
    server = await leader(logs[0], nats_cluster)
    if number is signal.SIGKILL:
        server.kill()
    else:
        server.send(signal.SIGSTOP)
    await load.more(200)
    server.resume()
    await load.more(50)
    await load.end()
    records = {record.id: record for record in await centre.agree()}
    assert records == load.recorded
    assert load.longest_s < WITHOUT_SERVICE_S


async def erase_some(centre: Centre, nats_cluster: NatsCluster) -> list[bytes]:
    """An erased stream's key, and an erased name, as they lay in the files of every replica."""
    one, other = await centre.open("one"), await centre.open("two")
    word = one.vault.pseudonym("A. Voorbeeld")
    first = await one.append("incident/a", 0, replace(draft("one", sealed=b"secret"), actor=word))
    await everything_now(other)
    assert other.vault.name_of(word) == "A. Voorbeeld"
    assert [log.unseal(first) for log in (one, other)] == [b"secret", b"secret"]
    key = wrapped(centre.path("one"), "incident/a")
    digest, sealed = named_row(centre.path("one"), word)
    found = [key, sealed, digest.hex().encode()]
    await until(lambda: all(holds(server.store, one) for server in nats_cluster.servers.values() for one in found))
    await one.erase("incident/a", id="erase", at=LATER, actor="someone")
    await one.erase_name(word, at=LATER)
    await everything_now(other)
    assert [log.unseal(first) for log in (one, other)] == [None, None]
    assert [log.vault.name_of(word) for log in (one, other)] == [None, None]
    return [*found, digest]


async def test_whoever_is_cancelled_while_they_ask_a_cluster_ends(nats_cluster: NatsCluster) -> None:
    servers = Servers(nats_cluster.addresses)

    async def again_and_again() -> None:
        while True:
            await servers.ask("INFO")

    try:
        await servers.ask("INFO")
        for n in range(300):
            task = asyncio.create_task(again_and_again())
            for _ in range(n % 30):
                await asyncio.sleep(0)
            await asyncio.sleep(0.001 * (n % 7))
            task.cancel()
            await asyncio.wait({task}, timeout=5)
            task.cancel()
            assert task.cancelled()
    finally:
        await servers.close()


async def test_of_several_sent_in_order_none_stands_behind_somebody_elses_that_was_not_seen(
    nats_cluster: NatsCluster,
) -> None:
    servers, stream = Servers(nats_cluster.addresses), f"T{secrets.token_hex(6)}"

    def three() -> list[tuple[str, bytes, str]]:
        return [(f"{stream}.{n}", b"", secrets.token_hex(6)) for n in range(3)]

    try:
        await servers.make_stream(stream, 3)
        await servers.put(f"{stream}.other", b"", id="others")
        answers = await servers.put_in_order(three(), 0)  # it has the first one's position
        assert {getattr(answer, "what", answer) for answer in answers} == {"moved"}
        answers = await servers.put_in_order(three(), 1)
        assert [getattr(answer, "seq", answer) for answer in answers] == [2, 3, 4]
    finally:
        await servers.close()


async def test_a_server_that_is_left_is_not_the_next_that_is_asked(nats_cluster: NatsCluster) -> None:
    servers = Servers(nats_cluster.addresses)
    try:
        for _ in range(6):
            client = await servers.client()
            left = client.connected_url
            servers.elsewhere()
            await until(lambda client=client: client.is_closed)
            now = (await servers.client()).connected_url
            assert left is not None and now is not None and now.netloc != left.netloc
    finally:
        await servers.close()


async def test_an_erased_key_and_an_erased_name_are_overwritten_on_every_replica(
    centre: Centre, nats_cluster: NatsCluster
) -> None:
    erased = await erase_some(centre, nats_cluster)
    places = [server.store / "jetstream" / "$G" for server in nats_cluster.servers.values()]
    assert all(place.is_dir() for place in places)
    await until(lambda: not any(holds(place, one) for place in [*places, centre.folder] for one in erased))


@pytest.mark.prove
@pytest.mark.timeout(400)
async def test_an_erased_key_and_an_erased_name_are_in_no_file_of_any_replica_some_minutes_later(
    centre: Centre, nats_cluster: NatsCluster
) -> None:
    erased = await erase_some(centre, nats_cluster)
    places = [centre.folder, *(server.store for server in nats_cluster.servers.values())]
    await until(lambda: not any(holds(place, one) for place in places for one in erased), within_s=300)

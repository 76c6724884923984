"""Several servers on one log in JetStream: one truth, whatever is lost between them and the cluster."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from bench.nats_servers import NatsServer
from centre.master_keys import rotate
from centre.settings import Settings
from incidents.log import AlreadyRecorded, LogDamaged, LogUnavailable, Record, VersionConflict
from incidents.log.jetstream import JetStreamLog
from incidents.log.master import KeyMismatch
from incidents.log.months import key_of
from incidents.log.servers import Message, Servers
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import verify
from tests.incidents.log.contract.centre import Centre, append_somehow_later, everything_now, holds, wrapped
from tests.incidents.log.parts import AT, LATER, append_somehow, draft, everything, write
from tests.waiting import until


@pytest.fixture
async def centre(tmp_path: Path, nats_server: NatsServer) -> AsyncIterator[Centre]:
    made = Centre(tmp_path, [nats_server.address])
    yield made
    await made.close()


@pytest.fixture
async def two(centre: Centre) -> tuple[JetStreamLog, JetStreamLog]:
    return await centre.open("one"), await centre.open("two")


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[NatsServer]:
    """A server that a test may kill."""
    running = NatsServer(tmp_path)
    yield running
    with contextlib.suppress(OSError, AssertionError):
        running.send(signal.SIGCONT)
    running.kill()


@pytest.fixture
async def alone(tmp_path: Path, own_server: NatsServer) -> AsyncIterator[Centre]:
    """The servers of a log on that one."""
    made = Centre(tmp_path, [own_server.address])
    yield made
    await made.close()


async def test_an_append_is_answered_before_the_copy_has_it(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    take, waiting, late = JetStreamLog._take, False, 0

    async def counted(log: JetStreamLog, messages: Sequence[Message]) -> None:
        nonlocal late
        late += waiting
        await take(log, messages)

    monkeypatch.setattr(JetStreamLog, "_take", counted)
    log = await centre.open("one")
    for n in range(100):
        waiting = True
        await log.append(f"incident/{n}", 0, draft(f"n/{n}"))
        waiting = False
        await everything(log)
    assert late < 20  # the answer is the server's to send: nearly always it comes with the record


async def test_the_last_record_reaches_a_server_that_lost_it_on_the_way_though_nothing_comes_after_it(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the line to one server dies and another one is found."""
    subscribe, lost = Client.subscribe, list[str]()
    losing = False

    async def without(client: Client, subject: str, *given: object, cb: Any = None, **more: Any) -> object:
        async def hear(message: Msg) -> None:
            if losing and message.data:
                lost.append(message.subject)
            else:
                await cb(message)

        return await subscribe(client, subject, *given, cb=hear if cb else None, **more)  # type: ignore[arg-type]

    one = await centre.open("one")
    monkeypatch.setattr(Client, "subscribe", without)
    two = await centre.open("two")
    losing = True
    await one.append("incident/a", 0, draft("a"))
    await until(lambda: lost)
    losing = False
    end = await one._servers.end(one._name)
    await until(lambda: two._follower.after >= end)
    await centre.agree()


async def test_of_two_servers_that_append_at_the_same_place_one_wins_each_time(
    centre: Centre, two: tuple[JetStreamLog, JetStreamLog]
) -> None:
    async def race(n: int) -> None:
        outcomes = await asyncio.gather(
            *(log.append(f"incident/{n}", 0, draft(f"{n}/{i}", "acknowledged", by=i)) for i, log in enumerate(two)),
            return_exceptions=True,
        )
        kinds = sorted(type(outcome).__name__ for outcome in outcomes)
        assert kinds == ["Record", "VersionConflict"]
        (lost,) = [outcome for outcome in outcomes if isinstance(outcome, VersionConflict)]
        (won,) = [outcome for outcome in outcomes if isinstance(outcome, Record)]
        assert lost.current == 1
        assert await two[0].stream(f"incident/{n}") == await two[1].stream(f"incident/{n}") == [won]

    await asyncio.gather(*(race(n) for n in range(100)))
    assert len(await centre.agree()) == 100


async def test_an_id_that_comes_to_two_servers_is_recorded_once(
    centre: Centre, two: tuple[JetStreamLog, JetStreamLog]
) -> None:
    for n in range(30):
        outcomes = await asyncio.gather(
            *(log.append(f"incident/{n}-{i}", 0, draft(f"112-app/{n}", "raised")) for i, log in enumerate(two)),
            return_exceptions=True,
        )
        (won,) = [outcome for outcome in outcomes if isinstance(outcome, Record)]
        (told,) = [outcome for outcome in outcomes if isinstance(outcome, AlreadyRecorded)]
        assert told.record == won
    assert len(await centre.agree()) == 30


async def test_both_go_on_in_one_stream_with_one_key_and_each_opens_what_the_other_sealed(
    centre: Centre, two: tuple[JetStreamLog, JetStreamLog]
) -> None:
    await asyncio.gather(
        *(
            append_somehow(log, "incident/a", draft(f"{i}/{n}", sealed=b"secret"))
            for n in range(15)
            for i, log in enumerate(two)
        )
    )
    records = await centre.agree()
    assert [record.version for record in records] == list(range(1, 31))
    for log in two:
        assert {log.unseal(record) for record in records} == {b"secret"}
    assert two[0].vault.incident_id("AMR-00412", 1) == two[1].vault.incident_id("AMR-00412", 1)


async def test_a_key_that_one_makes_comes_to_the_other_by_itself(
    centre: Centre, two: tuple[JetStreamLog, JetStreamLog]
) -> None:
    one, other = two
    await one._keys.ready(one.vault, "incident/x", 1)
    await until(lambda: other.vault.has_key("incident/x", 1), 10)


async def test_checkpoints_of_two_servers_hold(centre: Centre, two: tuple[JetStreamLog, JetStreamLog]) -> None:
    async def work(i: int, log: JetStreamLog) -> None:
        for n in range(10):
            await write(log, f"incident/{i}-{n}", 2)
            await log.checkpoint(AT)

    await asyncio.gather(*(work(i, log) for i, log in enumerate(two)))
    await centre.agree()
    report = verify(centre.path("one"))
    assert report.checkpoints >= 10 and report.records == 40 + report.checkpoints


async def test_a_record_as_large_as_any_may_be_is_kept(centre: Centre, two: tuple[JetStreamLog, JetStreamLog]) -> None:
    large = draft("large", sealed=b"\x00" * (1 << 20), text="x" * (4 << 20))
    record = await two[0].append("incident/a", 0, large)
    (found,) = await centre.agree()
    assert found == record and two[1].unseal(found) == large.sealed


async def test_two_servers_that_start_at_the_same_moment_begin_one_log(centre: Centre) -> None:
    await (await centre.open("zero")).close()  # the master key is put there by a person
    for path in (centre.folder / "zero").iterdir():
        path.unlink()
    centre.name += "B"
    first, second = await asyncio.gather(centre.open("one"), centre.open("two"))
    assert first.vault.incident_id("AMR-00412", 1) == second.vault.incident_id("AMR-00412", 1)


async def test_another_master_key_is_refused(centre: Centre) -> None:
    await centre.open("one")
    (centre.folder / "master.key").write_text("ab" * 32)
    with pytest.raises(KeyMismatch):
        await centre.open("two")


@pytest.mark.parametrize("stream", ["incident/a", "desk/shift"])  # the second has a key a month
async def test_what_one_erases_the_other_opens_no_more_and_nobody_has_the_key(
    centre: Centre, two: tuple[JetStreamLog, JetStreamLog], nats_server: NatsServer, stream: str
) -> None:
    one, other = two
    (first,) = await write(one, stream, 1, sealed=b"secret")
    erased = key_of(stream, first.at)
    (kept,) = await write(one, "incident/b", 1, sealed=b"kept")
    await everything_now(other)
    assert [log.unseal(first) for log in two] == [b"secret"] * 2
    key = wrapped(centre.path("one"), erased)
    places = [nats_server.store, centre.path("one").parent, centre.path("two").parent]
    assert all(holds(place, key) for place in places)
    await one.erase(erased, id="erase", at=LATER, actor="someone")
    await everything_now(other)
    assert [log.unseal(first) for log in two] == [None, None]
    for log in two:
        await log.finish_erasing()
    assert not any(holds(place, key) for place in places)
    again = await append_somehow(other, stream, draft("again", sealed=b"new"))
    await everything_now(one)
    assert [log.unseal(again) for log in two] == [b"new"] * 2
    assert [log.unseal(kept) for log in two] == [b"kept"] * 2
    late = await centre.open("three")
    assert [late.unseal(record) for record in (first, kept, again)] == [None, b"kept", b"new"]


async def test_following_goes_on_when_the_server_was_killed(alone: Centre, own_server: NatsServer) -> None:
    one, other = await alone.open("one"), await alone.open("two")
    heard: list[tuple[int, Record]] = []

    async def listen() -> None:
        async for item in other.follow():
            heard.append(item)

    listening = asyncio.create_task(listen())
    written = await write(one, "incident/a", 20)
    own_server.kill()
    own_server.start()
    written += [await append_somehow_later(one, "incident/a", f"n/{i}") for i in range(10)]
    await until(lambda: len(heard) == 30)
    assert [record for _, record in heard] == written
    assert [position for position, _ in heard] == list(range(1, 31))
    listening.cancel()
    await alone.agree()


async def test_an_answer_that_is_late_or_lost_leaves_one_record(
    alone: Centre, own_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("servers", "jetstream"):
        monkeypatch.setattr(f"incidents.log.{name}.ANSWER_S", 2.5)
    log = await alone.open("one")
    await write(log, "incident/a", 1, sealed=b"secret")
    own_server.send(signal.SIGSTOP)
    waiting = asyncio.create_task(log.append("incident/a", 1, draft("late", sealed=b"secret")))
    await asyncio.sleep(1.3)  # the first try has no answer
    own_server.send(signal.SIGCONT)
    assert (await waiting).version == 2
    own_server.send(signal.SIGSTOP)
    start = time.monotonic()
    with pytest.raises(LogUnavailable):
        await log.append("incident/a", 2, draft("lost", sealed=b"secret"))
    assert time.monotonic() - start < 10  # two waits of the above, and a busy machine
    own_server.send(signal.SIGCONT)
    found = await append_somehow_later(log, "incident/a", "lost")
    assert found.id == "lost"
    assert [record.id for record in await alone.agree()] == ["incident/a/1", "late", "lost"]


async def test_cut_off_a_server_reads_and_refuses_until_it_is_found_again(
    alone: Centre, own_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.log.servers.ANSWER_S", 1.0)
    log = await alone.open("one")
    (first,) = await write(log, "incident/a", 1, sealed=b"secret")
    await everything_now(log)
    own_server.kill()
    with pytest.raises(LogUnavailable):
        await log.append("incident/a", 1, draft("second"))
    assert await everything(log) == [first] and log.unseal(first) == b"secret"
    await log.close()
    log = await alone.open("one")  # also one that starts only now
    assert await everything(log) == [first] and log.unseal(first) == b"secret" and log.trouble
    with pytest.raises(LogUnavailable):
        await log.append("incident/a", 1, draft("second"))
    with pytest.raises(LogUnavailable):
        await alone.open("two")
    own_server.start()
    assert (await append_somehow_later(log, "incident/a", "second")).version == 2
    assert not log.trouble
    await alone.agree()


async def _deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A nats-server through which nothing comes: it takes the connection, and says that it is well."""
    writer.write(b'INFO {"server_id":"deaf","version":"2.10.0","max_payload":1048576,"headers":true}\r\n')
    while line := await reader.readline():
        if line.startswith(b"PING"):
            writer.write(b"PONG\r\n")
    writer.close()


async def test_a_server_of_the_cluster_that_is_well_and_answers_nothing_is_left_for_another(
    nats_server: NatsServer,
) -> None:
    deaf = await asyncio.start_server(_deaf, "localhost")
    port = deaf.sockets[0].getsockname()[1]
    servers = Servers([f"nats://localhost:{port}"])
    await servers.client()
    servers._addresses.append(nats_server.address)
    began = asyncio.get_running_loop().time()
    with contextlib.suppress(LogUnavailable):  # for as long as an election may take it is given time
        await servers.ask("INFO")
    assert servers.made == 1
    while servers.made == 1:
        with contextlib.suppress(LogUnavailable):
            await servers.ask("INFO")
    assert asyncio.get_running_loop().time() - began < 30
    assert "memory" in await servers.ask("INFO")
    await servers.close()
    deaf.close()


async def test_what_is_no_record_holds_nothing_up(centre: Centre, two: tuple[JetStreamLog, JetStreamLog]) -> None:
    (first,) = await write(two[0], "incident/a", 1)
    stranger = await nats.connect(centre.addresses)
    deep = b'{"x":' + b"[" * 3000 + b"]" * 3000 + b"}"
    await stranger.jetstream().publish(f"{centre.name}-KEYS.name.{'0' * 64}", deep)
    for rubbish in (b"", b"{}", b"\xff" * 99, b'{"stream":"incident/a","version":7}', deep):
        await stranger.jetstream().publish(two[0]._subject("incident/a"), rubbish)
    with pytest.raises(Exception, match="delete"):
        await stranger.jetstream().delete_msg(centre.name, 1)
    await stranger.close()
    second = await append_somehow(two[0], "incident/a", draft("second"))
    third = await append_somehow(two[1], "incident/a", draft("third"))
    await everything_now(two[0])
    assert await two[0].stream("incident/a") == [first, second, third]
    await centre.agree()


async def test_a_copy_is_read_as_a_log_and_written_by_nobody_else(centre: Centre, tmp_path: Path) -> None:
    log = await centre.open("one")
    written = await write(log, "incident/a", 2)
    await everything_now(log)
    await log.close()
    key = centre.folder / "master.key"
    with pytest.raises(LogUnavailable, match="a cluster keeps"):
        await SqliteLog.open(centre.path("one"), key_file=key)
    reader = await SqliteLog.open(centre.path("one"), key_file=key, reading=True)
    assert await everything(reader) == written
    await reader.close()
    await (await SqliteLog.open(tmp_path / "live.log")).close()
    with pytest.raises(LogUnavailable, match="no copy"):
        await JetStreamLog.open(tmp_path / "live.log", centre.addresses, name=centre.name, replicas=1)


async def test_the_master_key_is_not_changed_on_one_server_of_a_cluster(centre: Centre) -> None:
    log = await centre.open("one")
    await write(log, "incident/a", 1, sealed=b"secret")
    await log.close()
    settings = Settings(log=centre.path("one"), key_file=centre.folder / "master.key")
    files = [file for file in centre.folder.rglob("*") if file.is_file()]
    before = [file.read_bytes() for file in files]
    with pytest.raises(KeyMismatch, match="a cluster keeps this log"):
        rotate(settings)
    assert [file.read_bytes() for file in files] == before


async def test_a_copy_follows_no_other_log_and_is_left_as_it_is(centre: Centre) -> None:
    log = await centre.open("one")
    await write(log, "incident/a", 2)
    await everything_now(log)
    await log.close()
    files = list(centre.path("one").parent.iterdir())
    before = [file.read_bytes() for file in files]
    centre.name += "B"  # as if the cluster had lost what it had
    with pytest.raises(LogDamaged, match="another"):
        await centre.open("one")
    assert [file.read_bytes() for file in files] == before

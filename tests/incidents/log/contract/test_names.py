"""Names of persons on several servers: one pseudonym each, whoever is first; erased for one, erased for all."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from bench.nats_servers import NatsServer
from incidents import commands as cmd
from incidents.log import LogUnavailable, Record
from incidents.log.jetstream import JetStreamLog
from incidents.roles import User
from tests.incidents.conftest import DrivenClock, FewCases, Floor, core_of
from tests.incidents.log.contract.centre import Centre, append_somehow_later, everything_now, holds, named_row
from tests.incidents.log.parts import LATER, append_somehow, draft, everything
from tests.people import dispatcher
from tests.waiting import until

ANN, BOB = "Ann Voorbeeld", "Bob Exemple"


@pytest.fixture
async def centre(tmp_path: Path, nats_server: NatsServer) -> AsyncIterator[Centre]:
    made = Centre(tmp_path, [nats_server.address])
    yield made
    await made.close()


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


async def act(log: JetStreamLog, name: str, id: str, stream: str = "incident/a") -> Record:
    """What a person does for themselves: their pseudonym stands in the record, its open facts and its sealed ones."""
    word = log.vault.pseudonym(name)
    made = draft(id, "assigned", sealed=f'{{"by":"{word}"}}'.encode(), to=f"other {word}")
    return await append_somehow(log, stream, msgspec.structs.replace(made, actor=word))


async def test_of_three_servers_that_meet_a_person_at_once_all_use_the_first_ones_pseudonym(centre: Centre) -> None:
    logs = [await centre.open(name) for name in ("one", "two", "three")]
    made = {log.vault.pseudonym(f"Person {n}") for n in range(20) for log in logs}
    assert len(made) == 60  # each its own, so far
    await asyncio.gather(
        *(act(log, f"Person {n}", f"{n}/{i}", f"incident/{n}") for n in range(20) for i, log in enumerate(logs))
    )
    records = await centre.agree()
    used = {record.actor for record in records}
    assert len(records) == 60 and len(used) == 20 and used < made
    for n in range(20):
        (word,) = {log.vault.pseudonym(f"Person {n}") for log in logs}
        assert {log.vault.name_of(word) for log in logs} == {f"Person {n}"}
        for record in (record for record in records if record.stream == f"incident/{n}"):
            assert (record.actor, record.open["to"]) == (word, f"other {word}")
            assert {log.unseal(record) for log in logs} == {f'{{"by":"{word}"}}'.encode()}
    lost = (made - used).pop()
    assert {log.vault.name_of(lost) for log in logs} - {None}  # whoever made it may hold it still


async def test_a_name_is_here_before_the_record_that_uses_it_and_stays_when_the_cluster_is_away(
    alone: Centre, own_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.log.servers.ANSWER_S", 1.0)
    one, other = await alone.open("one"), await alone.open("two")
    named: list[str | None] = []

    async def listen() -> None:
        async for _, record in other.follow():
            named.append(other.vault.name_of(record.actor))

    listening = asyncio.create_task(listen())
    for n in range(30):
        await act(one, f"Person {n}", str(n))
    await until(lambda: len(named) == 30)
    assert named == [f"Person {n}" for n in range(30)]
    listening.cancel()
    await other.close()
    late = await alone.open("late")  # begins with all of it
    assert [late.vault.name_of(record.actor) for record in await everything(late)] == named
    own_server.kill()
    other = await alone.open("two")
    assert other.trouble and other.vault.pseudonym("Person 7") == one.vault.pseudonym("Person 7")


async def test_a_person_met_while_a_server_was_cut_off_is_called_as_the_others_do(
    alone: Centre, own_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.log.servers.ANSWER_S", 1.0)
    one, other = await alone.open("one"), await alone.open("two")
    own_server.kill()
    mine = other.vault.pseudonym(ANN)
    assert other.vault.name_of(mine) == ANN
    with pytest.raises(LogUnavailable):  # what is sent into the dark may be taken later all the same
        await act(other, BOB, "away")
    own_server.start()
    await append_somehow_later(one, "incident/b", "again")
    first = await act(one, ANN, "first")
    await append_somehow_later(other, "incident/b", "here too")
    second = await append_somehow(other, "incident/a", msgspec.structs.replace(draft("second"), actor=mine))
    assert second.actor == first.actor == other.vault.pseudonym(ANN) != mine
    assert other.vault.name_of(mine) == ANN  # a page may hold it still
    await asyncio.gather(act(one, BOB, "bob"), act(other, BOB, "bob too"))
    assert one.vault.pseudonym(BOB) == other.vault.pseudonym(BOB)
    *_, third, fourth = await alone.agree()
    assert third.actor == fourth.actor == one.vault.pseudonym(BOB)


async def test_a_desk_that_named_a_person_second_shows_them_by_the_first_name_at_once(centre: Centre) -> None:
    one, other = await centre.open("one"), await centre.open("two")
    desk = core_of(other, FewCases(), DrivenClock()).desk
    await desk.open()
    floor = Floor(desk, other, DrivenClock(), FewCases())
    try:
        incident = await floor.press()
        assert incident is not None
        mine = desk.pseudonym(ANN)
        first = await act(one, ANN, "first", "incident/b")
        assert first.actor != mine
        await desk.command(cmd.Acknowledge(id="command-1", incident=incident.id), dispatcher(mine))
        assert (shown := floor.incident()) is not None and shown.owner == first.actor == desk.pseudonym(ANN)
        again = User(actor=desk.pseudonym(ANN), roles=frozenset({"dispatcher"}))
        await desk.command(cmd.Route(id="command-2", incident=incident.id, zone="5415"), again)
        assert (shown := floor.incident()) is not None and shown.state == "routed"
    finally:
        await desk.close()


async def test_a_name_that_is_erased_is_nobodys_on_every_server_and_in_no_file(
    centre: Centre, nats_server: NatsServer
) -> None:
    one, other, away = [await centre.open(name) for name in ("one", "two", "away")]
    first, kept = await act(one, ANN, "first"), await act(other, BOB, "kept")
    for log in (one, other, away):
        await everything_now(log)
        assert [log.vault.name_of(word) for word in (first.actor, kept.actor)] == [ANN, BOB]
    await away.close()
    digest, sealed = named_row(centre.path("one"), first.actor)
    assert named_row(centre.path("two"), first.actor) == named_row(centre.path("away"), first.actor) == (digest, sealed)
    traces = [sealed, digest, digest.hex().encode()]
    assert all(holds(nats_server.store, trace) for trace in (sealed, digest.hex().encode()))
    assert await one.erase_name(first.actor, at=LATER)
    assert not await one.erase_name(first.actor, at=LATER)
    await everything_now(other)
    assert [log.vault.name_of(first.actor) for log in (one, other)] == [None, None]
    away = await centre.open("away")
    late = await centre.open("late")
    logs = [one, other, away, late]
    for log in logs:
        await log.finish_erasing()
        assert [log.vault.name_of(word) for word in (first.actor, kept.actor)] == [None, BOB]
    assert not any(holds(place, trace) for place in (nats_server.store, centre.folder) for trace in traces)
    again = await act(other, ANN, "again")
    for log in logs:
        await everything_now(log)
    assert again.actor != first.actor and {log.vault.pseudonym(ANN) for log in logs} == {again.actor}
    assert [record.actor for record in await centre.agree()] == [first.actor, kept.actor, "register", again.actor]


async def test_an_erasure_that_was_broken_off_in_the_cluster_is_finished(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await centre.open("one"), await centre.open("two")
    first = await act(one, ANN, "first")

    async def away(*_: object) -> None:
        raise LogUnavailable("it is away")

    monkeypatch.setattr(one._names, "forget", away)
    with pytest.raises(LogUnavailable):
        await one.erase_name(first.actor, at=LATER)
    monkeypatch.undo()
    await everything_now(other)
    assert [log.vault.name_of(first.actor) for log in (one, other)] == [None, None]
    again = await act(other, ANN, "again")  # whose message of before is still there
    assert again.actor != first.actor
    await one.finish_erasing()
    await everything_now(one)
    assert {log.vault.pseudonym(ANN) for log in (one, other)} == {again.actor}

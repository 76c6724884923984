"""One register on several servers, through a real nats-server: what is changed at one is at all, what is forgotten nowhere."""

import asyncio
import contextlib
import datetime as dt
import json
import logging
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from bench.nats_servers import NatsCluster, NatsServer
from incidents.cases import CaseRegister, import_cases
from incidents.cases.bindings import Binding
from incidents.cases.life import Step
from incidents.cases.rotation import rotate
from incidents.cases.sealed import SealedCases
from incidents.cases.sharing import share_cases
from incidents.log import shared_file, store
from incidents.log.master import fresh, load_all, make, secrets_in, write_secrets
from incidents.log.shared_file import rewrap
from tests.incidents.cases.conftest import case
from tests.incidents.log.sharing import Sharing, any_holds
from tests.waiting import until

AT = dt.datetime(2026, 11, 24, 21, tzinfo=dt.UTC)
NUMBER = "2026-0001"
OF = {"source": "Parket Voorbeeld", "date": "2026-11-02"}  # a fact


@pytest.fixture
def key(tmp_path: Path) -> Path:
    make(tmp_path / "master.key", fresh)
    return tmp_path / "master.key"


def registers(folder: Path, key: Path, addresses: list[str], replicas: int = 1) -> Sharing:
    return Sharing(
        folder,
        addresses,
        "cases.db",
        lambda path, servers, name, n: share_cases(path, servers, name, key_file=_own(path, key), replicas=n),
        replicas,
    )


def _own(path: Path, key: Path) -> Path:
    """The key file of one server: a copy of the one that all were given."""
    own = path.with_name("master.key")
    if not own.exists():
        shutil.copy(key, own)
    return own


@pytest.fixture
async def three(tmp_path: Path, key: Path, nats_server: NatsServer) -> AsyncIterator[Sharing]:
    made = registers(tmp_path, key, [nats_server.address])
    yield made
    await made.close()


def load(sharing: Sharing, at: str, *numbers: str, withdrawn: tuple[str, ...] = (), **fields: object) -> None:
    file = sharing.path(at).with_name("import.json")
    cases = [case(number, **fields) for number in numbers]
    file.write_text(json.dumps({"cases": cases, "withdrawn": list(withdrawn)}), encoding="utf-8")
    report = import_cases(file, sharing.path(at), key_file=_own(sharing.path(at), sharing.folder / "master.key"))
    file.unlink()
    assert report.loaded, report.problems


def register(sharing: Sharing, at: str) -> CaseRegister:
    return CaseRegister.open(sharing.path(at), key_file=sharing.path(at).with_name("master.key"))


def step(number: str, by: str = "zone") -> Step:
    return Step(kind="reviewed", id=f"{by}/{number}", at=AT, by=by)


def forget(sharing: Sharing, at: str, number: str = NUMBER) -> None:
    key = sharing.path(at).with_name("master.key")
    with SealedCases.open(sharing.path(at), key, writing=True) as file, file.transaction():
        file.forget(file.tag(number), place=lambda zone: "")


async def test_what_is_changed_at_one_server_is_at_all_in_a_second(three: Sharing) -> None:
    await three.join("a", "b", "c")
    assert register(three, "b").state == "missing"  # no register is made of nothing
    load(three, "a", NUMBER, "2026-0002")
    await three.agree()
    assert {register(three, at).by_number(NUMBER) is not None for at in "abc"} == {True}
    bound = Binding(device="AMR-7", case=NUMBER, at=AT, by="technician")
    register(three, "b").bind(bound, seen={})
    register(three, "c").take_step("2026-0002", step("1"), seen=0)
    began = asyncio.get_running_loop().time()
    await until(lambda: all(register(three, at).bindings.get("AMR-7") == bound for at in "abc"))
    await until(lambda: all(register(three, at).steps("2026-0002") == (step("1"),) for at in "abc"))
    assert asyncio.get_running_loop().time() - began < 1
    load(three, "a", "2026-0002", safe_word="zonnebloem", withdrawn=(NUMBER,))
    await three.agree()
    after = [register(three, at) for at in "abc"]
    assert {one.state for one in after} == {"open"}
    assert all(one.by_number(NUMBER) is None and one.versions("2026-0002") == (1, 2) for one in after)
    assert three.path("c").stat().st_mode & 0o777 == 0o600


async def test_of_two_servers_that_take_the_same_step_one_wins_and_the_other_is_told(
    three: Sharing, caplog: pytest.LogCaptureFixture
) -> None:
    await three.join("a", "b")
    load(three, "a", NUMBER)
    await three.agree()
    with caplog.at_level(logging.WARNING):
        for at in "ab":
            register(three, at).take_step(NUMBER, step("1", at), seen=0)
        await three.agree()
    (kept,) = register(three, "a").steps(NUMBER)
    assert kept.by in ("a", "b")
    assert [record.getMessage() for record in caplog.records] == [
        "the case register: changes made here were undone, others came first: 1"
    ]


async def test_a_server_that_was_cut_off_goes_on_alone_and_shares_it_later(three: Sharing) -> None:
    await three.join("a", "b")
    load(three, "a", NUMBER)
    await three.agree()
    await three.leave("b")
    load(three, "b", "2026-0002")
    register(three, "b").take_step(NUMBER, step("1"), seen=0)
    load(three, "a", "2026-0003")
    await three.join("b")
    await three.agree()
    assert {one.number for one in register(three, "a").all()} == {NUMBER, "2026-0002", "2026-0003"}
    assert register(three, "a").steps(NUMBER) == (step("1"),)


async def test_a_cluster_that_is_away_holds_nothing_up(tmp_path: Path, key: Path) -> None:
    (tmp_path / "nats").mkdir()
    own = NatsServer(tmp_path / "nats")
    sharing = registers(tmp_path, key, [own.address])
    try:
        await sharing.join("a", "b")
        load(sharing, "a", NUMBER)
        await sharing.agree()
        own.kill()
        load(sharing, "b", "2026-0002")
        await until(lambda: sharing.trouble("b") != "")
        own.start()
        await until(lambda: len(register(sharing, "a")) == 2)
        await sharing.agree()
        await until(lambda: not any(map(sharing.trouble, "ab")))
    finally:
        await sharing.close()
        own.kill()


def sealed_bytes(path: Path, number: str = NUMBER, *, key: Path) -> list[bytes]:
    """The key of a case and all its versions, as they lie in a file."""
    with SealedCases.open(path, key) as file:
        tag = file.tag(number)
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = [*db.execute("SELECT wrapped FROM keys WHERE tag = ?", (tag,))]
        rows += [*db.execute("SELECT sealed FROM versions WHERE tag = ?", (tag,))]
    return [row[0] for row in rows]


async def messages(sharing: Sharing, at: str) -> list[bytes]:
    """What stands in the stream."""
    shared, servers, _ = sharing.running[at]
    found = [await servers.at(shared.stream, seq + 1) for seq in range(await servers.end(shared.stream))]
    return [message.data for message in found if message is not None]


async def test_what_is_forgotten_at_one_server_is_in_no_file_of_any(three: Sharing, nats_server: NatsServer) -> None:
    await three.join("a", "b", "c")
    load(three, "a", NUMBER, "2026-0002")
    await three.agree()
    secret = sealed_bytes(three.path("b"), key=three.path("b").with_name("master.key"))
    old = await messages(three, "a")
    assert len(secret) == 2 and all(any_holds(three.folder, one) for one in secret)
    assert all(any_holds(nats_server.store, one) for one in old)
    forget(three, "c")
    await three.agree()
    await until(lambda: not any_holds(three.folder, *secret))
    now = await messages(three, "a")
    assert len(now) == len(old)
    await until(lambda: not any_holds(nats_server.store, *(one for one in old if one not in now)))
    assert register(three, "a").versions(NUMBER) == () and register(three, "a").versions("2026-0002") == (1,)


async def test_nothing_is_left_where_the_rows_of_many_cases_were_moved(three: Sharing) -> None:
    await three.join("a", "b")
    numbers = [f"2026-{n:04}" for n in range(1, 61)]
    for n, number in enumerate(numbers):
        load(three, "a", number, measures=[{"text": "x" * (1 + 37 * n % 190), **OF}])
    await three.agree()
    key = three.path("b").with_name("master.key")
    secrets = [one for number in numbers[::2] for one in sealed_bytes(three.path("b"), number, key=key)]
    for number in numbers[::2]:
        forget(three, "a", number)
        load(three, "a", numbers[1], measures=[{"text": number * 9, **OF}])
    await three.agree()
    assert len(secrets) == 60
    await until(lambda: not any_holds(three.folder / "b", *secrets))


async def test_what_is_forgotten_stays_so_whoever_came_first(three: Sharing) -> None:
    await three.join("a", "b")
    load(three, "a", NUMBER)
    await three.agree()
    await three.leave("b")
    forget(three, "b")
    register(three, "a").take_step(NUMBER, step("1"), seen=0)
    await asyncio.sleep(0.5)
    await three.join("b")
    await three.agree()
    assert {register(three, at).versions(NUMBER) for at in "ab"} == {()}
    load(three, "b", NUMBER)  # it comes again, under a key of its own
    await three.agree()
    assert {register(three, at).versions(NUMBER) for at in "ab"} == {(1,)}


async def test_a_file_from_a_backup_brings_nothing_back(three: Sharing) -> None:
    await three.join("a", "b")
    load(three, "a", NUMBER, "2026-0002")
    await three.agree()
    await three.leave("b")
    kept = three.path("b").with_name("backup")
    with contextlib.closing(sqlite3.connect(three.path("b"))) as db, contextlib.closing(sqlite3.connect(kept)) as copy:
        db.backup(copy)
    forget(three, "a")
    load(three, "a", "2026-0002", safe_word="zonnebloem")
    await three.join("b")
    await three.agree()
    await three.leave("b")
    for file in three.path("b").parent.glob("cases.db*"):
        file.unlink()
    kept.replace(three.path("b"))
    await three.join("b")
    await three.agree()
    assert {register(three, at).versions(NUMBER) for at in "ab"} == {()}
    assert {register(three, at).versions("2026-0002") for at in "ab"} == {(1, 2)}


async def test_registers_that_were_never_shared_become_one_and_of_a_case_in_both_the_clusters_counts(
    three: Sharing, caplog: pytest.LogCaptureFixture
) -> None:
    load(three, "a", NUMBER, "2026-0002", safe_word="zonnebloem")
    load(three, "b", NUMBER, "2026-0003", safe_word="regenboog")
    with caplog.at_level(logging.WARNING):
        await three.join("a", "b", "c")
        await three.agree()
    assert [record.getMessage() for record in caplog.records] == [
        "the case register: changes made here were undone, others came first: 2"  # the case, and what tells the key
    ]
    for at in "abc":
        found = {one.number: one.safe_word for one in register(three, at).all()}
        assert found == {NUMBER: "zonnebloem", "2026-0002": "zonnebloem", "2026-0003": "regenboog"}


async def test_a_stream_that_was_lost_is_filled_again_by_who_has_the_cases(three: Sharing) -> None:
    await three.join("a", "b")
    load(three, "a", NUMBER)
    await three.agree()
    shared, servers, _ = three.running["a"]
    await three.leave("b")
    load(three, "b", "2026-0002")
    await servers.ask(f"STREAM.DELETE.{shared.stream}")
    load(three, "a", "2026-0003")
    await until(lambda: not three.trouble("a") and three.position("a") == 4)  # its key, that of the register, two cases
    await three.join("b", "c")
    await three.agree()
    assert {one.number for one in register(three, "c").all()} == {NUMBER, "2026-0002", "2026-0003"}


async def test_a_server_with_another_master_key_shares_nothing_and_keeps_its_own(three: Sharing) -> None:
    await three.join("a")
    load(three, "a", NUMBER)
    make(three.path("b").with_name("master.key"), fresh)
    load(three, "b", "2026-0002")
    with pytest.raises(AssertionError, match="another master key"):
        await three.join("b", within_s=2)
    assert [len(register(three, at)) for at in "ab"] == [1, 1]
    assert "another master key" in three.trouble("b")


async def test_a_file_that_cannot_be_written_anew_keeps_no_server_from_starting(
    three: Sharing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "_BUSY_S", 0.05)
    load(three, "a", NUMBER)
    await three.join("a")
    await three.agree()
    await three.leave("a")
    with contextlib.closing(sqlite3.connect(three.path("a"), isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        await three.join("a", within_s=2)
        await until(lambda: "may stand in its file yet: the case register: another process holds it" in caplog.text)
        assert not three.trouble("a")


async def test_a_new_master_key_reaches_every_register_and_nobody_with_the_old_one_can_open_the_stream(
    three: Sharing, nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_file, "_TOGETHER", 2)  # a register is larger than what is taken at once
    await three.join("a", "b")
    load(three, "a", NUMBER, "2026-0002", *(f"2026-01{n:02}" for n in range(30)))
    await three.agree()
    register(three, "b").bind(Binding(device="AMR-7", case=NUMBER, at=AT, by="technician"), seen={})
    await three.agree()
    files = {at: three.path(at).with_name("master.key") for at in "ab"}
    (old_secret,) = secrets_in(files["a"])
    new_secret = fresh(32, "")
    write_secrets(files["a"], [new_secret, old_secret])
    new, old = load_all(files["a"], fresh)
    with SealedCases.open(three.path("b"), files["b"]) as file:
        tags = [*file.heads()]
    _, servers, _ = three.running["a"]
    before = await servers.last(f"{three.name}-CASES", f"{three.name}-CASES.secret")
    assert before is not None
    await rewrap(servers, f"{three.name}-CASES", old, new)
    rotate(three.path("a"), old, new)
    await until(lambda: "master key" in three.trouble("b"))  # it has the old one alone
    assert register(three, "b").state == "open"
    write_secrets(files["b"], [new_secret, old_secret])
    await three.agree()
    for file in files.values():
        write_secrets(file, [new_secret])
    await three.leave("b")
    shutil.copy(files["a"], three.path("c").with_name("master.key"))
    await three.join("b", "c")
    await three.agree()
    for at in "abc":
        assert (register(three, at).state, len(register(three, at))) == ("open", len(tags))
        assert register(three, at).by_device("AMR-7") == register(three, at).by_number(NUMBER)
    await until(lambda: not any_holds(three.folder, *tags))
    secret = await servers.last(f"{three.name}-CASES", f"{three.name}-CASES.secret")
    assert secret is not None
    assert not any_holds(nats_server.store, before.data)
    new.box("shared files").open(secret.data, f"{three.name}-CASES")
    with pytest.raises(InvalidTag):
        old.box("shared files").open(secret.data, f"{three.name}-CASES")


async def test_a_case_that_is_too_large_for_the_servers_stays_here_and_holds_up_no_other(
    three: Sharing, caplog: pytest.LogCaptureFixture
) -> None:
    await three.join("a", "b")
    _, servers, _ = three.running["a"]
    servers.largest = (64 << 10) + 2000  # as one whose `max_payload` is small
    load(
        three,
        "a",
        NUMBER,
        measures=[{"text": "x" * 190, **OF} for _ in range(20)],
    )
    load(three, "a", "2026-0002")
    await until(lambda: register(three, "b").by_number("2026-0002") is not None)
    await until(lambda: "too large" in three.trouble("a"))
    assert register(three, "b").by_number(NUMBER) is None
    assert "the case register: too large to be shared, they stay on this server alone: 1" in caplog.text


async def test_three_nats_servers_keep_it_three_times_and_what_is_forgotten_not_once(
    tmp_path: Path, key: Path, nats_cluster: NatsCluster
) -> None:
    sharing = registers(tmp_path, key, nats_cluster.addresses, replicas=3)
    places = [server.store / "jetstream" / "$G" for server in nats_cluster.servers.values()]
    try:
        await sharing.join("a", "b")
        load(sharing, "a", NUMBER)
        await sharing.agree()
        old = await messages(sharing, "a")
        secret = sealed_bytes(sharing.path("b"), key=sharing.path("b").with_name("master.key"))
        assert all(place.is_dir() for place in places)
        await until(lambda: all(any_holds(place, old[-1]) for place in places))
        forget(sharing, "a")
        await sharing.agree()
        now = await messages(sharing, "a")
        gone = [one for one in old if one not in now]
        assert len(gone) == 1
        await until(lambda: not any(any_holds(place, *gone) for place in places))
        await until(lambda: not any_holds(sharing.folder, *secret))
    finally:
        await sharing.close()


async def test_the_leader_dies_while_cases_change_and_no_change_is_lost(
    tmp_path: Path, key: Path, nats_cluster: NatsCluster
) -> None:
    sharing = registers(tmp_path, key, nats_cluster.addresses, replicas=3)
    try:
        await sharing.join("a", "b")
        load(sharing, "a", *(f"2026-{n:04}" for n in range(1, 21)))
        await sharing.agree()
        shared, servers, _ = sharing.running["a"]
        found = await servers.ask(f"STREAM.INFO.{shared.stream}")
        leader = nats_cluster.servers[found["cluster"]["leader"]]
        for n in range(1, 21):
            at = "ab"[n % 2]
            register(sharing, at).take_step(f"2026-{n:04}", step("1", at), seen=0)
            if n == 8:
                leader.kill()
            await asyncio.sleep(0.05)
        try:
            await until(lambda: all(register(sharing, at).steps(f"2026-{n:04}") for at in "ab" for n in range(1, 21)))
        finally:
            leader.start()
        await sharing.agree()
    finally:
        await sharing.close()

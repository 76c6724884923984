"""A log that goes into a cluster and comes back is the same log."""

import asyncio
import contextlib
import secrets
import shutil
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app
from bench.nats_servers import NatsServer
from centre.backup.making import make
from centre.backup.restoring import restore
from centre.checks import remote
from centre.checks.finding import Subject
from centre.master_keys import rotate
from centre.setting_sections import ClusterSettings
from centre.settings import Settings
from incidents.log import LogUnavailable
from incidents.log.jetstream import JetStreamLog
from incidents.log.master import KeyMismatch
from incidents.log.moving import copy_log
from incidents.log.servers import Message, Servers
from incidents.log.sqlite import SqliteLog
from incidents.log.transfer import export
from incidents.log.verify import head, verify
from incidents.log.writer import Cursor
from tests.incidents.log.parts import AT, LATER, everything, write

PERSON = "A. Voorbeeld"


@pytest.fixture
def cluster(nats_server: NatsServer) -> str:
    return f"{nats_server.address}/T{secrets.token_hex(6)}"


@pytest.fixture
async def source(path: Path) -> Path:
    """Three streams, one of them erased, a checkpoint, more records than are sent together; two persons, one of them erased."""
    log = await SqliteLog.open(path)
    await log.erase_name(log.vault.pseudonym("B. Exemple"), at=LATER)
    log.vault.pseudonym(PERSON)
    await write(log, "incident/a", 300, sealed=b"secret")
    await write(log, "incident/gone", 1, sealed=b"secret")
    await log.checkpoint(AT)
    await log.erase("incident/gone", id="erase", at=LATER, actor="someone")
    await write(log, "desk/one day", 5, sealed=b"note")
    await log.close()
    return path


def back(source: Path) -> Path:
    target = source.parent / "back" / "vigie.log"
    target.parent.mkdir()
    shutil.copy(source.with_name("vigie.log.key"), target.with_name("vigie.log.key"))
    return target


async def test_a_log_comes_back_with_the_same_bytes_and_opens(source: Path, cluster: str) -> None:
    assert await copy_log(str(source), cluster, replicas=1) == 308
    target = back(source)
    assert await copy_log(cluster, str(target), replicas=1) == 308
    before = await SqliteLog.open(source)
    word = before.vault.pseudonym(PERSON)
    await before.close()
    files = [source.with_suffix(".jsonl"), target.with_suffix(".jsonl")]
    export(source, files[0])
    export(target, files[1])
    assert files[0].read_bytes() == files[1].read_bytes() and head(source) == head(target)
    log = await SqliteLog.open(target)
    opened = {(record.stream, log.unseal(record)) for record in await everything(log) if record.sealed}
    assert opened == {("incident/a", b"secret"), ("incident/gone", None), ("desk/one day", b"note")}
    assert (await write(log, "incident/a", 1, sealed=b"more"))[0].version == 301
    assert (log.vault.name_of(word), log.vault.pseudonym(PERSON)) == (PERSON, word)
    with contextlib.closing(sqlite3.connect(target.with_name("vigie.log.private"))) as private:
        assert private.execute("SELECT pseudonym FROM actors").fetchall() == [(word,)]
    await log.close()


async def test_the_master_key_of_a_clusters_log_changes_by_way_of_a_file(source: Path, cluster: str) -> None:
    await copy_log(str(source), cluster, replicas=1)
    target = back(source)
    await copy_log(cluster, str(target), replicas=1)
    old = target.with_name("vigie.log.key").read_bytes()
    rotate(Settings(log=target), wait=lambda seconds: None)
    await copy_log(str(target), f"{cluster}B", replicas=1)
    server = source.parent / "server" / "vigie.log"
    server.parent.mkdir()
    key = server.with_name("vigie.log.key")
    address, name = f"{cluster}B".rsplit("/", 1)
    for content in (target.with_name("vigie.log.key").read_bytes(), old):
        key.write_bytes(content)
        if content == old:
            with pytest.raises(KeyMismatch):
                await JetStreamLog.open(server, [address], name=name, replicas=1)
            return
        log = await JetStreamLog.open(server, [address], name=name, replicas=1)
        assert {log.unseal(record) for record in await everything(log) if record.sealed} == {b"secret", None, b"note"}
        assert log.vault.name_of(log.vault.pseudonym(PERSON)) == PERSON and len(log.vault._new) == 0
        await log.close()


async def test_a_servers_copy_of_a_clusters_log_is_backed_up_and_copied_as_any_log(
    source: Path, cluster: str, tmp_path: Path
) -> None:
    await copy_log(str(source), cluster, replicas=1)
    own, key = tmp_path / "server" / "vigie.log", source.with_name("vigie.log.key")
    for folder in ("server", "backups", "keys"):
        (tmp_path / folder).mkdir()
    address, name = cluster.rsplit("/", 1)
    log = await JetStreamLog.open(own, [address], name=name, replicas=1, key_file=key)
    await write(log, "incident/a", 1, sealed=b"secret")
    await log.set_cursor("112-app", "2026-11-01", 7)
    settings = Settings(log=own, key_file=key)
    made = await asyncio.to_thread(make, settings, tmp_path / "backups", keys_folder=tmp_path / "keys")
    await log.close()
    restored = await asyncio.to_thread(restore, made.path, tmp_path / "to", keys=made.keys)
    assert restored.proof.records == 309 and head(own) == head(tmp_path / "to" / "vigie.log")
    # All three stores lost: what a server still has, or its backup, is the log anew.
    for n, file in enumerate((own, tmp_path / "to" / "vigie.log")):
        assert await copy_log(str(file), f"{cluster}{n}", replicas=1) == 309
    alone = await SqliteLog.open(tmp_path / "to" / "vigie.log", key_file=tmp_path / "to" / "vigie.key")
    assert (await alone.cursors("112-app"), alone.unseal((await everything(alone))[-1])) == (
        {"2026-11-01": 7},
        b"secret",
    )
    await alone.close()


async def test_check_says_who_of_the_servers_keeps_all_of_it(
    source: Path, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_LOOKS", 1)
    address, name = cluster.rsplit("/", 1)

    async def states(replicas: int) -> list[str]:
        now = ClusterSettings(servers=(address,), name=name, replicas=replicas)
        found = remote.cluster(Subject(settings=Settings(cluster=now), said={}, now=datetime.now(UTC)))
        return [one.state async for one in found]

    assert await states(1) == ["ok", "warning"], "it takes a connection, and there is no log yet"
    await copy_log(str(source), cluster, replicas=1)
    assert (await states(1), await states(3)) == (["ok", "ok"], ["ok", "error"])


async def test_a_copy_counts_a_feed_no_further_than_its_records(
    cluster: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restored from a backup of it, a desk asks its feed for what the copy had not yet."""
    address, name = cluster.rsplit("/", 1)
    log = await JetStreamLog.open(path, [address], name=name, replicas=1)
    take, keep, came, may, there = log._take, log._copy.keep, asyncio.Event(), asyncio.Event(), list[bool]()

    async def late(messages: Sequence[Message]) -> None:
        came.set()
        await may.wait()
        await take(messages)

    def seen(cursor: Cursor) -> None:
        there.append(verify(path).records == 1)
        keep(cursor)

    monkeypatch.setattr(log._follower, "_take", late)
    monkeypatch.setattr(log._copy, "keep", seen)
    await write(log, "incident/a", 1)
    kept = asyncio.create_task(log.set_cursor("112-app", "2026-11-01", 1))
    await came.wait()
    may.set()
    await kept
    assert there == [True]
    await log.close()


async def test_copying_that_was_broken_off_goes_on(source: Path, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put, sent = Servers.put, 0

    async def some(servers: Servers, subject: str, *given: bytes, **more: object) -> object:
        nonlocal sent
        sent += 1
        if sent > 200:
            raise LogUnavailable("it broke off")
        return await put(servers, subject, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Servers, "put", some)
    with pytest.raises(LogUnavailable):
        await copy_log(str(source), cluster, replicas=1)
    monkeypatch.undo()
    for _ in range(2):  # and once more when all is there
        assert await copy_log(str(source), cluster, replicas=1) == 308


async def test_a_log_is_copied_into_no_other_one(source: Path, cluster: str, tmp_path: Path) -> None:
    await copy_log(str(source), cluster, replicas=1)
    other = await SqliteLog.open(tmp_path / "other.log")
    await write(other, "incident/b", 400)
    with pytest.raises(LogUnavailable, match="another process"):
        await copy_log(str(tmp_path / "other.log"), cluster, replicas=1)
    await other.close()
    with pytest.raises(LogUnavailable, match="not empty"):
        await copy_log(str(tmp_path / "other.log"), cluster, replicas=1)
    with pytest.raises(LogUnavailable, match="not empty"):
        await copy_log(cluster, str(source), replicas=1)
    for pair in ((str(source), str(tmp_path / "new.log")), (cluster, cluster), (str(source), "nats://user:word@a/B")):
        with pytest.raises(ValueError, match="nats://"):
            await copy_log(*pair, replicas=1)


def test_the_command_copies(source: Path, cluster: str) -> None:
    done = CliRunner().invoke(app.app, ["log", "copy", str(source), cluster, "--replicas", "1"])
    assert (done.exit_code, done.output) == (0, "records: 308\n")

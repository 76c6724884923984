"""Keys, names and ids: kept beside the log, gone when they are deleted."""

import os
import random
import shutil
import sqlite3
import stat
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from incidents.log.master import KeyMismatch
from incidents.log.quarantine import BYTES, LIMIT
from incidents.log.sqlite import SqliteLog
from incidents.log.vault import Vault
from incidents.log.verify import verify
from tests.incidents.log.parts import AT, LATER, append_somehow, draft, write


def wrapped_keys(log: Path) -> dict[str, bytes]:
    db = sqlite3.connect(log.with_name(log.name + ".private"))
    keys = dict(db.execute("SELECT stream, wrapped FROM keys"))
    db.close()
    return keys


def bytes_of_private_store(log: Path) -> bytes:
    return b"".join(file.read_bytes() for file in log.parent.glob(log.name + ".private*"))


async def test_sealed_facts_are_read_back_and_are_nowhere_in_the_files(log: SqliteLog, path: Path) -> None:
    (record,) = await write(log, "incident/a", 1, sealed=b'{"device":"AMR-00412"}')
    assert log.unseal(record) == b'{"device":"AMR-00412"}'
    assert log.unseal(await log.append("incident/a", 1, draft("open"))) == b""
    assert not any(b"AMR-00412" in file.read_bytes() for file in path.parent.iterdir())


async def test_sealed_facts_open_only_in_their_own_place(log: SqliteLog) -> None:
    first, second = await write(log, "incident/a", 2, sealed=b"secret")
    (other,) = await write(log, "incident/b", 1, sealed=b"secret")
    assert log.unseal(replace(second, sealed=first.sealed)) is None
    assert log.unseal(replace(other, sealed=first.sealed)) is None
    assert first.sealed != second.sealed


async def test_files_are_for_their_owner_only(log: SqliteLog, path: Path) -> None:
    await write(log, "incident/a", 1, sealed=b"x")
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


async def test_after_a_crash_and_an_orderly_stop_the_store_alone_holds_every_key(path: Path, tmp_path: Path) -> None:
    log = await SqliteLog.open(path)
    await write(log, "incident/a", 1, sealed=b"secret")
    crashed = tmp_path / "crashed"
    shutil.copytree(path.parent, crashed, ignore=shutil.ignore_patterns("crashed"))
    await log.close()
    again = await SqliteLog.open(crashed / path.name)
    assert again.unseal((await again.stream("incident/a"))[0]) == b"secret"
    await again.close()
    assert [file.name for file in crashed.glob("*-wal")] == []
    assert list(wrapped_keys(crashed / path.name)) == ["incident/a"]


async def test_an_erased_stream_cannot_be_read_and_its_keys_bytes_are_gone(path: Path) -> None:
    log = await SqliteLog.open(path)
    (record,) = await write(log, "incident/a", 1, sealed=b"secret")
    (kept,) = await write(log, "incident/b", 1, sealed=b"kept")
    keys = wrapped_keys(path)
    assert keys["incident/a"] in bytes_of_private_store(path)
    erased = await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    assert (erased.type, erased.version) == ("erased", 2)
    assert keys["incident/a"] not in bytes_of_private_store(path)
    assert keys["incident/b"] in bytes_of_private_store(path)
    assert log.unseal(record) is None
    assert log.unseal(kept) == b"kept"
    assert await log.erase("incident/a", id="erase/1", at=LATER, actor="someone") == erased
    await log.close()
    assert verify(path).ok


async def test_what_is_written_after_an_erasure_can_be_read(path: Path) -> None:
    log = await SqliteLog.open(path)
    (before,) = await write(log, "incident/a", 1, sealed=b"before")
    await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    (after,) = await write(log, "incident/a", 1, sealed=b"after")
    await log.close()
    log = await SqliteLog.open(path)
    assert (log.unseal(before), log.unseal(after)) == (None, b"after")
    await log.close()


async def test_keys_of_erased_streams_go_again_when_an_old_private_store_comes_back(path: Path) -> None:
    log = await SqliteLog.open(path)
    (record,) = await write(log, "incident/a", 1, sealed=b"secret")
    await log.close()
    private = path.with_name(path.name + ".private")
    shutil.copy(private, private.with_suffix(".backup"))
    key = wrapped_keys(path)["incident/a"]
    log = await SqliteLog.open(path)
    await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    await log.close()
    shutil.copy(private.with_suffix(".backup"), private)
    assert key in bytes_of_private_store(path)
    log = await SqliteLog.open(path)
    assert log.unseal(record) is None
    assert key not in private.read_bytes()
    await log.close()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 300), st.randoms(use_true_random=False))
def test_no_deleted_key_is_left_anywhere_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, count: int, chance: random.Random
) -> None:
    log = tmp_path_factory.mktemp("vault") / "vigie.log"
    vault = Vault.open(log)
    for n in range(0, count, 20):
        vault.prepare({f"incident/{i}": 1 for i in range(n, min(n + 20, count))})
    keys = wrapped_keys(log)
    gone = chance.sample(sorted(keys), (len(keys) + 1) // 2)
    for stream in gone[: len(gone) // 2]:
        vault.forget_keys({stream: 1})
    vault.prepare({f"device/{i}": 1 for i in range(20)})
    vault.forget_keys(dict.fromkeys(gone, 1))
    vault.close()
    held = bytes_of_private_store(log)
    assert not [stream for stream in gone if keys[stream] in held or keys[stream][12:] in held]
    assert all(keys[stream] in held for stream in keys.keys() - set(gone))


async def test_a_log_set_back_to_an_older_backup_goes_on_sealing(path: Path) -> None:
    log = await SqliteLog.open(path)
    await write(log, "incident/a", 1)
    await log.close()
    shutil.copy(path, path.with_suffix(".backup"))
    log = await SqliteLog.open(path)
    await write(log, "incident/a", 2)
    await write(log, "incident/a", 1, sealed=b"first sealed is version 4")
    await log.close()
    shutil.copy(path.with_suffix(".backup"), path)
    log = await SqliteLog.open(path)
    (record,) = await write(log, "incident/a", 1, sealed=b"version 2")
    assert (record.version, log.unseal(record)) == (2, b"version 2")
    await log.close()


async def test_a_missing_master_key_is_never_replaced(path: Path) -> None:
    await (await SqliteLog.open(path)).close()
    key = path.with_name(path.name + ".key")
    key.rename(key.with_suffix(".away"))
    with pytest.raises(KeyMismatch):
        await SqliteLog.open(path)
    assert not key.exists()
    key.with_suffix(".away").rename(key)
    await (await SqliteLog.open(path)).close()


@pytest.mark.parametrize(
    "content", ["", "ab", "z" * 64, os.urandom(32).hex()], ids=["empty", "short", "no hex", "another"]
)
async def test_another_or_a_spoilt_master_key_is_told(path: Path, content: str) -> None:
    await (await SqliteLog.open(path)).close()
    path.with_name(path.name + ".key").write_text(content)
    with pytest.raises(KeyMismatch) as told:
        await SqliteLog.open(path)
    assert not content or content not in str(told.value)


async def test_a_key_file_elsewhere_is_used_instead(path: Path, tmp_path: Path) -> None:
    key_file = tmp_path / "elsewhere.key"
    log = await SqliteLog.open(path, key_file=key_file)
    (record,) = await write(log, "incident/a", 1, sealed=b"x")
    await log.close()
    assert key_file.exists() and not path.with_name(path.name + ".key").exists()
    with pytest.raises(KeyMismatch):
        await SqliteLog.open(path)
    log = await SqliteLog.open(path, key_file=key_file)
    assert log.unseal(record) == b"x"
    await log.close()


async def test_ids_are_the_same_for_ever_and_reveal_nothing(path: Path) -> None:
    log = await SqliteLog.open(path)
    vault = log.vault
    ids = {vault.incident_id("AMR-1", 1), vault.incident_id("AMR-1", 2), vault.incident_id("AMR-12", 1)}
    ids |= {vault.incident_id_for_message("AMR-1"), vault.device_id("AMR-1"), vault.device_id("1 AMR-1")}
    assert len(ids) == 6
    assert all(len(name) == 26 and name.isalnum() and name == name.lower() for name in ids)
    first = vault.incident_id("AMR-1", 1)
    await log.close()
    log = await SqliteLog.open(path)
    assert log.vault.incident_id("AMR-1", 1) == first
    await log.close()


async def test_a_name_becomes_a_random_word_that_can_be_forgotten(path: Path) -> None:
    log = await SqliteLog.open(path)
    word = log.vault.pseudonym("A. Voorbeeld")
    assert log.vault.pseudonym("A. Voorbeeld") == word != log.vault.pseudonym("B. Exemple")
    await log.close()
    assert b"Voorbeeld" not in bytes_of_private_store(path)
    log = await SqliteLog.open(path)
    assert (log.vault.pseudonym("A. Voorbeeld"), log.vault.name_of(word)) == (word, "A. Voorbeeld")
    assert log.vault.forget_actor(word)
    assert not log.vault.forget_actor(word)
    assert log.vault.name_of(word) is None
    assert log.vault.pseudonym("A. Voorbeeld") != word
    await log.close()


async def test_a_new_name_waits_for_no_disk_and_is_written_before_the_first_record_of_that_person(path: Path) -> None:
    log = await SqliteLog.open(path)
    private = path.with_name(path.name + ".private")
    with sqlite3.connect(private, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        word = log.vault.pseudonym("A. Voorbeeld")
        assert time.monotonic() - began < 0.5  # it would wait for a second
        assert log.vault.name_of(word) == "A. Voorbeeld"
        other.execute("ROLLBACK")
    other.close()
    await log.append("desk/access", 0, replace(draft("one"), actor=word))  # nothing in it is sealed
    reading = Vault.open(path, reading=True)  # what a killed desk leaves
    assert reading.name_of(word) == "A. Voorbeeld"
    reading.close()
    await log.close()


async def test_bytes_that_were_not_understood_are_kept_sealed(log: SqliteLog, path: Path) -> None:
    await log.quarantine("112-app", AT, "not JSON", b"AMR-00412" + b"x" * BYTES)
    await log.quarantine("112-app", LATER, "no kind", b"{}")
    newest, oldest = log.vault.quarantined()
    assert (newest.reason, newest.raw) == ("no kind", b"{}")
    assert len(oldest.raw) == BYTES and oldest.raw.startswith(b"AMR-00412")
    assert b"AMR-00412" not in bytes_of_private_store(path)


async def test_quarantine_keeps_the_newest_ten_thousand(path: Path) -> None:
    vault = Vault.open(path)
    db = sqlite3.connect(path.with_name(path.name + ".private"))
    db.executemany("INSERT INTO quarantine (feed, at, reason, sealed) VALUES ('a', '', '', x'')", [()] * (LIMIT + 5))
    db.commit()
    vault.quarantine("a", AT, "last", b"x")
    assert db.execute("SELECT count(*) FROM quarantine").fetchone() == (LIMIT,)
    db.close()
    vault.close()


async def test_the_log_itself_is_whole_when_its_private_store_is_lost(path: Path) -> None:
    log = await SqliteLog.open(path)
    (record,) = await write(log, "incident/a", 1, sealed=b"x")
    await log.close()
    path.with_name(path.name + ".private").unlink()
    log = await SqliteLog.open(path)
    assert log.unseal(record) is None
    again = await append_somehow(log, "incident/a", draft("again", sealed=b"y"))
    assert log.unseal(again) == b"y"
    await log.close()
    assert verify(path).ok

"""Out to a file anyone can read, and back with the same hashes, whole or not at all."""

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785

from incidents.log import NO_HASH, LogUnavailable
from incidents.log.sqlite import SqliteLog
from incidents.log.transfer import LogFileError, export, import_log
from incidents.log.verify import head, verify
from tests.incidents.log.parts import AT, LATER, draft, everything, write

NAMES = {"stream", "version", "id", "at", "source_at", "actor", "type", "open", "sealed", "prev", "hash"}


@pytest.fixture
async def written(path: Path) -> Path:
    log = await SqliteLog.open(path)
    await write(log, "incident/é", 3, sealed=b"secret")
    await log.checkpoint(AT)
    await write(log, "incident/b", 2)
    await log.erase("incident/é", id="erase/1", at=LATER, actor="someone")
    await log.checkpoint(LATER)
    await log.append("incident/b", 2, draft("last", word="\x00 😀", yes=True))
    await log.close()
    return path


@pytest.fixture
def file(written: Path, tmp_path: Path) -> Path:
    export(written, tmp_path / "log.jsonl")
    return tmp_path / "log.jsonl"


def seal_again(lines: list[bytes]) -> bytes:
    """Lines with a trailer that fits them, as someone who read the documentation would make it."""
    records = [json.loads(line) for line in lines]
    body = b"".join(line + b"\n" for line in lines)
    checkpoint = ([record["hash"] for record in records if record["stream"] == "checkpoint"] or [""])[-1]
    trailer = {
        "checkpoint": checkpoint,
        "count": len(lines),
        "digest": hashlib.sha256(body).hexdigest(),
        "format": 1,
    }
    return body + rfc8785.dumps(trailer) + b"\n"


def test_each_line_is_a_record_with_exactly_its_names(file: Path) -> None:
    *lines, trailer = file.read_bytes().splitlines()
    for line in lines:
        record = json.loads(line)
        assert record.keys() == NAMES
        assert line == rfc8785.dumps(record)
    assert seal_again(lines) == file.read_bytes()
    assert json.loads(trailer)["count"] == len(lines) == 9


def test_the_chain_can_be_checked_with_nothing_of_ours(file: Path) -> None:
    heads: dict[str, tuple[int, str]] = {}
    for line in file.read_bytes().splitlines()[:-1]:
        record = json.loads(line)
        claimed = record.pop("hash")
        plain = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        assert hashlib.sha256(plain).hexdigest() == claimed
        assert (record["version"] - 1, record["prev"]) == heads.get(record["stream"], (0, NO_HASH))
        heads[record["stream"]] = (record["version"], claimed)


def test_the_file_is_for_its_owner_only_and_nothing_else_is_left(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(file.parent.glob("*.part"))


async def test_an_import_has_the_same_records_hashes_and_digest(written: Path, file: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.log"
    assert import_log(new, file).count == 9
    assert head(new) == head(written)
    assert verify(new, head(written)).ok
    export(new, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == file.read_bytes()
    log, old = await SqliteLog.open(new), await SqliteLog.open(written)
    assert await everything(log) == await everything(old)
    assert (await write(log, "incident/b", 1))[0].prev == (await old.find("last")).hash  # type: ignore[union-attr]
    await log.close()
    await old.close()


async def test_an_import_beside_the_private_store_reads_what_was_not_erased(written: Path, file: Path) -> None:
    written.unlink()
    import_log(written, file)
    log = await SqliteLog.open(written)
    assert [log.unseal(record) for record in await log.stream("incident/é")] == [None, None, None, b""]
    await log.close()


async def test_an_import_deletes_the_keys_of_what_its_records_say_is_erased(tmp_path: Path) -> None:
    path = tmp_path / "other.log"
    log = await SqliteLog.open(path)
    (record,) = await write(log, "incident/a", 1, sealed=b"secret")
    await log.close()
    private = path.with_name(path.name + ".private")
    shutil.copy(private, tmp_path / "backup")
    log = await SqliteLog.open(path)
    await log.erase("incident/a", id="erase/1", at=LATER, actor="someone")
    await log.close()
    export(path, tmp_path / "other.jsonl")
    shutil.copy(tmp_path / "backup", private)
    path.unlink()
    before = private.read_bytes()
    import_log(path, tmp_path / "other.jsonl")
    assert private.read_bytes() != before
    log = await SqliteLog.open(path)
    assert log.unseal(record) is None
    await log.close()


def drop(number: int) -> Callable[[list[bytes]], list[bytes]]:
    return lambda lines: lines[: number - 1] + lines[number:]


def change(number: int, old: bytes, new: bytes) -> Callable[[list[bytes]], list[bytes]]:
    return lambda lines: [line.replace(old, new) if i == number else line for i, line in enumerate(lines, 1)]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (drop(2), "line 2: incident/é version 2 removed: version 3 follows version 1"),
        (drop(5), "line 5: incident/b version 1 removed: version 2 follows version 0"),
        (lambda lines: [line for line in lines if b'"incident/b"' not in line], "incident/b was removed"),
        (change(3, b'"n":2', b'"n":3'), "line 3: incident/é version 3 was rewritten"),
        (change(3, b'"n":2', b'"n":2.0'), "line 3: not a record"),
        (change(3, b'"n":2', b'"n":9007199254740993'), "line 3: incident/é version 3 is not a record: open fact 'n'"),
        (change(3, b'"version":3', b'"version":-3'), "line 3: "),
        (change(3, b'"actor":', b'"further":1,"actor":'), "line 3: not a record"),
        (change(3, b'"type":"note",', b""), "line 3: not a record"),
        (lambda lines: [*lines[:2], b"[]", *lines[2:]], "line 3: not a record"),
        (lambda lines: [*lines[:2], b"{", *lines[2:]], "line 3: not a record"),
        (lambda lines: [*lines, lines[0]], "line 10: incident/é version 1 stands after version 4"),
    ],
)
def test_a_spoilt_file_is_refused_with_its_line_and_nothing_is_imported(
    file: Path, tmp_path: Path, spoil: Callable[[list[bytes]], list[bytes]], told: str
) -> None:
    lines = spoil(file.read_bytes().splitlines()[:-1])
    try:
        file.write_bytes(seal_again(lines))
    except (ValueError, TypeError, KeyError):
        file.write_bytes(b"".join(line + b"\n" for line in lines))
    with pytest.raises(LogFileError, match=told) as error:
        import_log(tmp_path / "new.log", file)
    assert "secret" not in str(error.value)
    assert not (tmp_path / "new.log").exists()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda data: data[:-20], "it has no end: the file was cut"),
        (lambda data: data[: data.rindex(b"\n", 0, -1) + 1], "ends without its trailer"),
        (lambda data: b"", "ends without its trailer"),
        (lambda data: data + b"{}\n", "line 11: something follows the trailer"),
        (lambda data: data.replace(b'"count":9', b'"count":8'), "line 10: the trailer counts 8 records"),
        (lambda data: data.replace(b'"digest":"', b'"digest":"0'), "line 10: the trailer's digest"),
        (lambda data: data.replace(b'{"checkpoint":"', b'{"checkpoint":"0'), "line 10: the trailer names another"),
        (lambda data: data.replace(b'"format":1', b'"format":2'), "line 10: written by a newer Vigie"),
    ],
)
def test_a_file_whose_trailer_does_not_fit_is_refused(
    file: Path, tmp_path: Path, spoil: Callable[[bytes], bytes], told: str
) -> None:
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(LogFileError, match=told):
        import_log(tmp_path / "new.log", file)
    assert not (tmp_path / "new.log").exists()


def test_a_log_that_holds_records_is_not_imported_into(written: Path, file: Path) -> None:
    digest = head(written)
    with pytest.raises(LogUnavailable, match="not empty"):
        import_log(written, file)
    assert head(written) == digest


async def test_a_log_in_use_is_not_imported_into(path: Path, tmp_path: Path) -> None:
    log = await SqliteLog.open(path)
    export(path, tmp_path / "empty.jsonl")
    with pytest.raises(LogUnavailable, match="another process"):
        import_log(path, tmp_path / "empty.jsonl")
    await log.close()
    import_log(path, tmp_path / "empty.jsonl")
    assert verify(path).records == 0


def test_a_missing_file_is_told_without_a_trace_of_a_log(tmp_path: Path) -> None:
    with pytest.raises(LogFileError, match="no such file"):
        import_log(tmp_path / "new.log", tmp_path / "none.jsonl")
    assert not (tmp_path / "new.log").exists()


def test_an_export_to_a_full_disk_leaves_the_older_file(written: Path, small_disk: Path) -> None:
    out = small_disk / "log.jsonl"
    out.write_bytes(b"older")
    (small_disk / "ballast").write_bytes(b"x" * ((2 << 20) - os.sysconf("SC_PAGESIZE")))
    with pytest.raises(OSError, match="No space left"):
        export(written, out)
    assert out.read_bytes() == b"older"
    assert not list(small_disk.glob("*.part"))

"""A second process reads the log, sealed facts too, while a desk writes it."""

from pathlib import Path

import pytest

from incidents.log import LogUnavailable
from incidents.log.master import KeyMismatch
from incidents.log.sqlite import SqliteLog
from tests.incidents.log.parts import AT, LATER, draft, everything, write
from tests.processes import vigie

READ = """
import asyncio, sys
from pathlib import Path
from incidents.log.sqlite import SqliteLog

async def read():
    log = await SqliteLog.open(Path(sys.argv[1]), reading=True)
    print([(record.version, log.unseal(record)) for record in await log.stream("incident/a")])
    await log.close()

asyncio.run(read())
"""


async def read_elsewhere(path: Path) -> str:
    return (await vigie(str(path), code=READ))[1].strip()


async def test_another_process_reads_and_unseals_while_a_desk_writes(log: SqliteLog, path: Path) -> None:
    await write(log, "incident/a", 2, sealed=b"secret")
    assert await read_elsewhere(path) == str([(1, b"secret"), (2, b"secret")])
    await write(log, "incident/a", 1, sealed=b"more")
    assert await read_elsewhere(path) == str([(1, b"secret"), (2, b"secret"), (3, b"more")])


async def test_a_reader_sees_what_was_written_since_it_opened(log: SqliteLog, path: Path) -> None:
    reader = await SqliteLog.open(path, reading=True)
    assert await everything(reader) == []
    written = await write(log, "incident/a", 2, sealed=b"secret")
    assert await everything(reader) == written
    assert (reader.unseal(written[0]), await reader.version("incident/a")) == (b"secret", 2)
    assert await reader.latest(["note"]) == {"incident/a": written[1]}
    await reader.close()
    await write(log, "incident/a", 1)


async def test_a_reader_can_change_nothing(log: SqliteLog, path: Path) -> None:
    (first,) = await write(log, "incident/a", 1, sealed=b"secret")
    log.vault.pseudonym("A. Voorbeeld")
    reader = await SqliteLog.open(path, reading=True)
    for attempt in (
        reader.append("incident/a", 1, draft("second", sealed=b"x")),
        reader.erase("incident/a", id="erase", at=LATER, actor="someone"),
        reader.set_cursor("112-app", "2026", 1),
        reader.checkpoint(AT),
        reader.quarantine("112-app", AT, "not JSON", b"{"),
    ):
        with pytest.raises(LogUnavailable, match=r"reading|read-only"):
            await attempt
    with pytest.raises(LogUnavailable, match="read-only"):
        reader.vault.pseudonym("B. Exemple")
    await reader.close()
    assert await everything(log) == [first]
    assert log.unseal(first) == b"secret"


async def test_what_was_erased_stays_closed_to_a_reader(log: SqliteLog, path: Path) -> None:
    (first,) = await write(log, "incident/a", 1, sealed=b"secret")
    early = await SqliteLog.open(path, reading=True)
    await log.erase("incident/a", id="erase", at=LATER, actor="someone")
    late = await SqliteLog.open(path, reading=True)
    assert (early.unseal(first), late.unseal(first)) == (None, None)
    await early.close()
    await late.close()


async def test_a_reader_makes_no_files(path: Path) -> None:
    with pytest.raises(LogUnavailable):
        await SqliteLog.open(path, reading=True)
    assert list(path.parent.iterdir()) == []


async def test_a_reader_needs_the_key(log: SqliteLog, path: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyMismatch):
        await SqliteLog.open(path, key_file=tmp_path / "none.key", reading=True)
    assert not (tmp_path / "none.key").exists()

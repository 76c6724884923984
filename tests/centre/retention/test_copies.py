"""Erased stays erased in whatever was made of it before: copies of the log, its export, columns."""

import asyncio
import base64
import gzip
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from incidents.cases import import_cases
from incidents.log.sqlite import SqliteLog
from incidents.log.transfer import export, import_log
from reports.measures.history import History
from tests.centre.retention.parts import CONFIRM, LONG_AGO, command, floor_of, lived, settings_of
from tests.incidents.cases.conftest import case
from tests.incidents.conftest import DrivenClock

DEVICE, NOTE = "AMR-31977", "Zwaluwnest-Quist 77, second floor"
WORDS = (DEVICE, "Zwaluwnest", "second floor")


def raw(folder: Path) -> set[str]:
    """The files below a folder in which any of the words stands, packed or written in another way too."""
    found = set()
    forms = [
        form
        for word in WORDS
        for form in (word.encode(), word.encode("utf-16-le"), base64.b64encode(word.encode())[:-4])
    ]
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        unpacked = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else b""
        if any(form in content or form in unpacked for form in forms):
            found.add(path.name)
    return found


async def tells(log: Path) -> list[str]:
    """What of the words a log tells with all the keys that stand beside it."""
    opened_log = await SqliteLog.open(log, reading=True)
    try:
        with closing(sqlite3.connect(f"file:{log}?mode=ro", uri=True)) as db:
            streams = [stream for (stream,) in db.execute("SELECT DISTINCT stream FROM records")]
        plain = [opened_log.unseal(record) or b"" for name in streams for record in await opened_log.stream(name)]
        return [word for word in WORDS if any(word.encode() in one for one in plain)]
    finally:
        await opened_log.close()


async def lives(folder: Path) -> str:
    """An incident of long ago with those words, and the columns of its log."""
    settings = settings_of(folder)
    async with floor_of(folder, DrivenClock(LONG_AGO)) as floor:
        incident = await lived(floor, "test", device=DEVICE, note=NOTE)
        await History.open(floor.log, settings.log)
        return incident


def test_copies_made_before_tell_nothing_after(tmp_path: Path) -> None:
    desk, copies = tmp_path / "desk", tmp_path / "copies"
    desk.mkdir()
    copies.mkdir()
    rows = tmp_path / "cases.json"
    rows.write_text(json.dumps({"cases": [case(devices=["AMR-00001"])]}))
    settings = settings_of(desk)
    assert settings.cases is not None and import_cases(rows, settings.cases).loaded
    asyncio.run(lives(desk))
    assert asyncio.run(tells(settings.log)), "the search finds what is there"
    export(settings.log, copies / "log.jsonl")  # from before: no record in it says that anything was erased
    shutil.copy(settings.log, copies / "copy.log")
    assert command(desk, *CONFIRM).exit_code == 0
    done = command(desk, "run", "--by", "Ann")
    assert done.exit_code == 0 and "0 erased" not in done.output

    for copy in ("imported.log", "copy.log"):
        if not (copies / copy).exists():
            import_log(copies / copy, copies / "log.jsonl")
        for end in (".private", ".key"):  # with every key that is left
            shutil.copy(f"{settings.log}{end}", copies / f"{copy}{end}")
        assert asyncio.run(tells(copies / copy)) == []
    assert asyncio.run(tells(settings.log)) == []
    assert raw(tmp_path) == set()
    assert raw(Path(__file__).parent), "the search would find them"

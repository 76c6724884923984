"""Others may write in the degraded-mode file's folder: what they put there stops nothing, hides no press, leads nowhere."""

import asyncio
import os
import time
from pathlib import Path

import msgspec
import pytest

from centre.documents import degraded as files
from incidents.messages import Message, PressReport
from tests.centre.documents.degraded.test_file import PASSPHRASE, House
from tests.centre.documents.degraded.test_file import house as house  # fixtures
from tests.centre.documents.degraded.test_file import quickly as quickly

GOOD = {
    "id": f"degraded-{'0' * 32}",
    "at": "2026-11-24T20:14:07Z",
    "by": "somebody",
    "event": {"type": "degraded_file_opened", "how": "browser"},
}


def put(house: House, what: str) -> None:
    """Put it where a note would lie, before every other."""
    path = house.path.with_name(f"{house.path.name}.opened-0")
    if what == "a pipe":
        os.mkfifo(path)
    elif what == "a folder":
        path.mkdir()
    elif what == "a device without an end":
        path.symlink_to("/dev/zero")
    elif what == "a file without an end":
        with path.open("wb") as file:
            file.truncate(1 << 40)
    elif what == "a note without a bottom":
        path.write_bytes(b'{"event":' + b"[" * 60_000)
    else:
        more = {
            "a press's id": {"id": "112-app/m-1"},
            "no zone": {"at": "2026-11-24T20:14:07"},
            "a long name": {"by": "x" * 60_000},
        }
        path.write_bytes(msgspec.json.encode(GOOD | more[what]))


KINDS = (
    *("a pipe", "a folder", "a device without an end", "a file without an end", "a note without a bottom"),
    *("a press's id", "no zone", "a long name"),
)


@pytest.mark.parametrize("what", KINDS)
async def test_what_others_leave_beside_the_file_keeps_it_neither_from_being_renewed_nor_notes_from_the_log(
    house: House, what: str
) -> None:
    put(house, what)
    house.path.with_name(f"{house.path.name}.opened-1").write_bytes(msgspec.json.encode(GOOD))
    async with asyncio.timeout(10):
        await house.file().look()
    assert "Procedure" in house.page()
    assert [who for who, _, _ in await house.openings()] == ["somebody"]


async def test_a_note_takes_no_presss_place(house: House) -> None:
    put(house, "a press's id")
    await house.file().look()
    press = PressReport(device="AMR-00412", press="hold")
    at = house.clock.now()
    await house.desk.receive(Message(feed="112-app", id="m-1", at=at, report=press, raw=b"{}"))
    assert [incident.device for incident in house.desk.board.incidents.values()] == ["AMR-00412"]


@pytest.mark.parametrize("kind", ["a pipe", "a key", "a link to a key"])
async def test_what_stands_in_the_files_place_is_handed_to_nobody_and_made_good(house: House, kind: str) -> None:
    key = house.folder / "vigie.log.key"
    before = key.read_bytes()
    if kind == "a pipe":
        os.mkfifo(house.path)
    elif kind == "a key":
        house.path.write_bytes(before)
    else:
        house.path.symlink_to(key)
    file = house.file()
    async with asyncio.timeout(5):
        assert await file.copy() is None
        await file.look()
    assert await file.copy() is not None and "Procedure" in house.page()
    assert key.read_bytes() == before and not house.path.is_symlink()


def test_a_hostile_file_is_answered_in_a_line_and_in_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    head = b"vigie-degraded: 1\nwritten: 2026-11-24T20:14:07.000Z\ncheck: " + b"A" * 24 + b"\nmac: " + b"A" * 44 + b"\n"
    began = time.monotonic()
    for content in (
        head + b"-----BEGIN SEALED-----\n" + b"A" * (24 << 20),
        (head + b"-----BEGIN SEALED-----\nAAAA\n") * 40_000,
        b"vigie-degraded: 1\n" * (1 << 20),
        head + b"-----BEGIN SEALED-----\n" + b"=" * 1000 + b"\n-----END SEALED-----\n",
    ):
        path.write_bytes(content)
        with pytest.raises(files.DegradedError) as error:
            files.opened(path, PASSPHRASE)
        assert len(str(error.value)) < 200
    assert time.monotonic() - began < 20

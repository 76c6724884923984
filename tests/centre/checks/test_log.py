"""What would have a desk start under LOG LOST is an error of the check, a log that is whole is not; nothing is changed."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from centre.checks.finding import Finding, Subject
from centre.checks.log import log
from centre.settings import Settings
from maps.zones import Zones
from tests.centre.damage import at_work


@pytest.fixture(scope="module")
def zones() -> Zones:
    return Zones.load()


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worked") / "files"
    folder.mkdir()
    asyncio.run(at_work(folder))
    return folder


async def of(folder: Path, zones: Zones) -> list[Finding]:
    settings = Settings(log=folder / "vigie.log", cases=folder / "cases.db")
    return [one async for one in log(Subject(settings=settings, said={}, now=datetime.now(UTC), zones=zones))]


def random_bytes(folder: Path) -> None:
    (folder / "vigie.log-wal").unlink()  # what it holds of these pages would stand for them
    with (folder / "vigie.log").open("r+b") as file:
        file.write(Random(1).randbytes(9000))


def records_damaged(folder: Path) -> None:
    size = (folder / "vigie.log").stat().st_size
    with (folder / "vigie.log").open("r+b") as file:
        file.seek(8192)
        file.write(Random(1).randbytes(size - 8192))


def only_random_bytes(folder: Path) -> None:
    (folder / "vigie.log-wal").unlink()
    (folder / "vigie.log").write_bytes(Random(1).randbytes(9000))


def private_damaged(folder: Path) -> None:
    (folder / "vigie.log.private-wal").unlink()
    (folder / "vigie.log.private").write_bytes(Random(1).randbytes(9000))


def key_of_another(folder: Path) -> None:
    (folder / "vigie.log.key").write_text("00" * 32)


@pytest.mark.parametrize("spoil", [random_bytes, records_damaged, only_random_bytes, private_damaged, key_of_another])
async def test_a_log_that_no_desk_could_open_is_an_error(
    spoil: Callable[[Path], None], worked: Path, tmp_path: Path, zones: Zones
) -> None:
    folder = Path(shutil.copytree(worked, tmp_path / "files"))
    spoil(folder)
    (said,) = await of(folder, zones)
    assert said.state == "error" and said.text.startswith(f"log: {folder}/vigie.log: ")
    assert "LOG LOST" in said.todo


async def test_a_whole_log_is_ok_and_one_aside_is_an_error_and_stays(
    worked: Path, tmp_path: Path, zones: Zones
) -> None:
    folder = Path(shutil.copytree(worked, tmp_path / "files"))
    before = {path: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}
    (said,) = await of(folder, zones)
    assert said.state == "ok" and "open or just closed: 80" in said.text
    assert {path: path.read_bytes() for path in before} == before
    for name in ("vigie.log.aside", "vigie.log.aside.key", "vigie.log.aside-2", "other.log.aside"):
        (folder / name).write_bytes(b"x")
    *asides, said = await of(folder, zones)
    assert [one.text.partition(" is there")[0].rpartition("/")[2] for one in asides] == [
        "vigie.log.aside",
        "vigie.log.aside-2",
    ]
    assert {one.state for one in asides} == {"error"} and "log export" in asides[0].todo and said.state == "ok"


async def test_no_log_yet_is_no_finding(tmp_path: Path, zones: Zones) -> None:
    assert await of(tmp_path, zones) == []
    assert not list(tmp_path.iterdir())

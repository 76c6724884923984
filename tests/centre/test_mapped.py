"""What a desk has mapped: libraries, what SQLite shares among its connections, and private copies; no file that others write.

One that is cut short under a mapping ends the process (SIGBUS), with every page and every alarm.
"""

import asyncio
import shutil
import sys
from pathlib import Path

import msgspec

from centre.runtime import Centre
from centre.serving import _look
from centre.setting_sources import fields_of
from centre.settings import Settings
from centre.tiles import tiles_from
from incidents.cases import import_cases
from maps.store import SHIPPED
from maps.streets.street_file import streets_from
from tests.centre.damage import SAMPLE, _press, settings_of
from tests.centre.test_tiles import TILES, pmtiles
from tests.maps.addresses.test_best import imported, row, written
from tests.processes import _forks

# The settings that name files: those that this test has open, and those that are read whole and let go, or written.
OPEN = {"log", "cases", "zones_dir", "streets_file", "tiles_file", "addresses_dir", "degraded.file"}
LET_GO = {"users", "key_file", "erased_register", "profile_file", "buttons.store", "training.folder"}
SECRETS = ("_cert", "_key", "ca_file", "cert_file", "key_file", "password_file", "passphrase_file", "secret_file")
SYSTEM = ("/usr/", "/lib", sys.base_prefix, sys.prefix)


def stays(line: str) -> bool:
    """Whether a line of /proc/self/maps is of what nobody else cuts short."""
    path = "".join(line.split(maxsplit=5)[5:])
    own = path.endswith(("-shm", " (deleted)")) or ".so" in Path(path).name or path.startswith(SYSTEM)
    return own or not path.startswith("/")


async def _all_open(folder: Path) -> None:
    settings = settings_of(folder)
    more = {
        "streets_file": "streets.parquet",
        "tiles_file": "map.pmtiles",
        "addresses_dir": "index",
        "zones_dir": "zones",
    }
    centre = await Centre.open(msgspec.structs.replace(settings, **{one: folder / name for one, name in more.items()}))
    try:
        centre.start()
        addresses = await centre.consoles.services.whereabouts.addresses()
        assert (
            addresses.about.made and addresses.nearest(50.836, 4.3165).streets and addresses.search("Bergensesteenweg")
        )
        await centre.history.load()
        await _press(centre, 1)
        assert _look(centre.settings)["basemap_url"] and tiles_from(folder / "map.pmtiles").tile(0, 0, 0)
        streets = streets_from(folder / "streets.parquet").file
        assert streets is not None and streets.lines(streets.cells()[0])
        found = [line for line in Path("/proc/self/maps").read_text().splitlines() if not stays(line)]
    finally:
        await centre.close()
    (folder / "mapped").write_text("\n".join(found))


def _in_its_own_process(folder: Path) -> None:
    asyncio.run(_all_open(folder))


async def test_a_desk_maps_no_file_that_others_write(tmp_path: Path) -> None:
    names = {field.name for field in fields_of(Settings) if field.path}
    assert {name for name in names - OPEN - LET_GO if not name.endswith(SECRETS)} == set(), "open it here, too"
    shutil.copytree(SHIPPED, tmp_path / "zones")
    shutil.copy(SHIPPED / "streets.parquet", tmp_path)
    imported(tmp_path, written([row()]))
    pmtiles(tmp_path / "map.pmtiles", TILES)
    import_cases(SAMPLE, tmp_path / "cases.db", known_zone=lambda zone: True)
    child = _forks.Process(target=_in_its_own_process, args=(tmp_path,))
    child.start()
    await asyncio.to_thread(child.join, 100)
    assert (child.exitcode, (tmp_path / "mapped").read_text()) == (0, "")

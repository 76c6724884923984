"""A night that is killed anywhere is gone on with: what was begun is done at the next opening or run, and nothing else is."""

import asyncio
import signal
from pathlib import Path

import pytest

from incidents.log.sqlite import SqliteLog
from incidents.log.verify import verify
from tests.centre.retention.parts import CONFIRM, command, found_in, keys, settings_of, years_ago
from tests.processes import run

KINDS = ("test", "accidental", "complaint", "real")
DYING = """
import asyncio, os, signal, sys
from pathlib import Path
from centre.retention import beside
from incidents.log.erasures import Erasures
from incidents.log.vault import PrivateStore
from incidents.log.writer import Writer
from tests.centre.retention.parts import settings_of

def dying(of, name, after):
    real = getattr(of, name)
    def step(*given, **also):
        if name == "commit" and not any(getattr(getattr(job, "draft", None), "type", "") == "erased" for job in given[1]):
            return real(*given, **also)
        if not given[1]:
            return real(*given, **also)
        if not after:
            os.kill(os.getpid(), signal.SIGKILL)
        real(*given, **also)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(of, name, step)

where, after = sys.argv[1].split()
places = {"register": (Erasures, "add"), "record": (Writer, "commit"), "key": (PrivateStore, "forget_keys")}
dying(*places[where], after == "after")
asyncio.run(beside.erase_now(settings_of(Path(sys.argv[2])), "Ann"))
"""


@pytest.mark.parametrize("where", ["register before", "register after", "record before", "record after", "key after"])
def test_a_night_that_is_killed_is_gone_on_with(tmp_path: Path, where: str) -> None:
    ids = asyncio.run(years_ago(tmp_path, *KINDS))
    command(tmp_path, *CONFIRM)
    gone = {kind: keys(tmp_path, ids[kind]) for kind in ("test", "accidental")}
    kept = {kind: keys(tmp_path, ids[kind]) for kind in ("complaint", "real")}
    code, said = run(where, str(tmp_path), code=DYING)
    assert code == -signal.SIGKILL, said
    done = command(tmp_path, "run")
    assert done.exit_code == 0, done.output
    assert {kind for kind, key in gone.items() if found_in(tmp_path, key)} == set()
    assert all(found_in(tmp_path, key) == {"vigie.log.private"} for key in kept.values())
    assert verify(settings_of(tmp_path).log).ok

    async def erasures() -> dict[str, int]:
        log = await SqliteLog.open(settings_of(tmp_path).log, reading=True)
        try:
            streams = {kind: await log.stream(f"incident/{id}") for kind, id in ids.items()}
        finally:
            await log.close()
        return {kind: sum(record.type == "erased" for record in records) for kind, records in streams.items()}

    assert asyncio.run(erasures()) == {"test": 1, "accidental": 1, "complaint": 0, "real": 0}
    assert "\n0 erased" in command(tmp_path, "run").output

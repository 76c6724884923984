"""Killed in the middle of writing: what was acknowledged is there, and the log is whole."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from incidents.log import AlreadyRecorded, VersionConflict
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import verify
from tests.incidents.log.parts import AT, draft
from tests.processes import Command

ACKNOWLEDGED_BEFORE_THE_KILL = (40, 1, 150, 77)


async def write_until_killed(path: Path, run: str) -> None:
    """Twenty writers, each on streams of its own, each telling what was acknowledged."""
    log = await SqliteLog.open(path)

    async def writer(number: int) -> None:
        for n in range(1_000_000):
            for version in range(3):
                record_id = f"{run}/{number}/{n}/{version}"
                await log.append(f"incident/{run}-{number}-{n}", version, draft(record_id, sealed=record_id.encode()))
                sys.stdout.write(record_id + "\n")
                sys.stdout.flush()

    async def sealer() -> None:
        while True:
            await log.checkpoint(AT)
            await asyncio.sleep(0.005)

    await asyncio.gather(sealer(), *(writer(number) for number in range(20)))


async def run_and_kill(path: Path, run: str, after: int) -> list[str]:
    code = (
        "import asyncio, sys; from pathlib import Path; from tests.incidents.log.test_crash import write_until_killed; "
    )
    code += "asyncio.run(write_until_killed(Path(sys.argv[1]), sys.argv[2]))"
    process = Command(str(path), run, code=code, output=path.with_name(f"told-{run}"))
    while process.said.count("\n") < after:
        assert process.code is None, process.said
        await asyncio.sleep(0.002)
    process.kill()
    assert process.code == -signal.SIGKILL
    return [line.strip() for line in process.said.splitlines(True) if "\n" in line]


async def test_what_was_acknowledged_before_kill_9_is_there_exactly_once(path: Path) -> None:
    acknowledged: list[str] = []
    for run, after in enumerate(ACKNOWLEDGED_BEFORE_THE_KILL):
        acknowledged += await run_and_kill(path, str(run), after)
        report = verify(path)
        assert report.ok, report.findings
    log = await SqliteLog.open(path)
    found = {record.id: log.unseal(record) async for _, record in log.records() if record.stream != "checkpoint"}
    assert acknowledged and set(acknowledged) <= found.keys()
    assert all(plain == record_id.encode() for record_id, plain in found.items())
    with pytest.raises((AlreadyRecorded, VersionConflict)):
        await log.append("incident/0-0-0", 0, draft(acknowledged[0]))
    await log.close()

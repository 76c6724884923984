"""Writes the sample of the present format beside this file: `python -m tests.incidents.log.samples.make`, once a format.

A sample is never made again once its format was released. Its person, device and key are invented.
"""

import asyncio
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from incidents import events as ev
from incidents.log.schema import FORMAT
from incidents.log.sqlite import SqliteLog
from incidents.log.transfer import export
from incidents.messages import Fix

HERE = Path(__file__).parent
AT = datetime(2026, 11, 24, 21, 14, 7, 412000, UTC)


async def make(path: Path) -> None:
    """Two incidents, one of them erased afterwards, and two checkpoints."""
    log = await SqliteLog.open(path)
    actor = log.vault.pseudonym("A. Voorbeeld")
    fix = Fix(51.0536, 3.7253, 18.0, 68.0, "gnss", AT, 1.2, 145.0)
    for n in (1, 2):
        stream = f"incident/{log.vault.incident_id('AMR-00412', n)}"
        happened: list[ev.Event] = [
            ev.Raised(
                origin="press", feed="112-app", press="hold", zone="5415", cic="OVL", device="AMR-00412", fix=fix
            ),
            ev.Acknowledged(),
            ev.Closed(as_class="test", outcome="test_ok", verified="technician_present", reason="announced test"),
        ]
        for version, event in enumerate(happened):
            at = AT + timedelta(minutes=n, seconds=version)
            draft = ev.draft(event, id=f"112-app/{n}-{version}", at=at, source_at=at, actor=actor)
            await log.append(stream, version, draft)
        await log.checkpoint(ev.stamp(AT + timedelta(minutes=n, seconds=30)))
    await log.erase(stream, id="erase/1", at=ev.stamp(AT + timedelta(days=1)), actor=actor)
    await log.set_cursor("112-app", "2026-11-01", 18231)
    await log.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"v{FORMAT}.log"
        asyncio.run(make(path))
        export(path, Path(folder) / f"v{FORMAT}.jsonl")
        for suffix in (".log", ".log.private", ".log.key", ".jsonl"):
            shutil.copyfile(f"{folder}/v{FORMAT}{suffix}", HERE / f"v{FORMAT}{suffix}")


if __name__ == "__main__":
    main()

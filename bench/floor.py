"""A past for the benches: incidents written to a log as the desk writes them, without waiting for the desk."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from incidents import events as ev
from incidents.log import Draft
from incidents.log.filling import filling
from incidents.log.sqlite import LogFile
from incidents.log.vault import Vault
from incidents.messages import Fix

START = datetime(2026, 1, 1, tzinfo=UTC)
PIPELINE = 500  # incidents written side by side


async def a_past(log: LogFile[Any, Any], *, incidents: int, fixes: int = 2, still_open: int = 0) -> None:
    """Write so many incidents with so many positions each; all are closed but the last `still_open`."""
    for first in range(0, incidents, PIPELINE):
        block = range(first, min(first + PIPELINE, incidents))
        await asyncio.gather(*(_write(log, n, fixes, closes=n < incidents - still_open) for n in block))


def fill_past(path: Path, *, incidents: int, still_open: int = 0) -> None:
    """Fill a new log at this path with what `a_past` writes, all at once."""
    with filling(path) as log:
        for n in range(incidents):
            stream, drafts = _incident(log.vault, n, fixes=2, closes=n < incidents - still_open)
            for draft in drafts:
                log.write(stream, draft)


async def _write(log: LogFile[Any, Any], n: int, fixes: int, *, closes: bool) -> None:
    stream, drafts = _incident(log.vault, n, fixes, closes=closes)
    for version, draft in enumerate(drafts):
        await log.append(stream, version, draft)


def _incident(vault: Vault, n: int, fixes: int, *, closes: bool) -> tuple[str, list[Draft]]:
    device = f"AMR-{n % 260:05d}"
    name = vault.incident_id(device, n // 260 + 1)
    at = START + timedelta(minutes=n)
    fix = Fix(51.0536, 3.7253, 18.0, 68.0, "gnss", at, 1.2, 145.0)
    happened: list[ev.Event] = [
        ev.Raised(origin="press", feed="112-app", press="hold", zone="5415", cic="OVL", device=device, fix=fix),
        ev.Presented(),
        ev.Acknowledged(),
        *(ev.Located(zone="5415", cic="OVL", fix=fix) for _ in range(fixes)),
    ]
    if closes:
        happened.append(ev.Closed(as_class="test", outcome="test_ok", verified="technician_present", reason="test"))
    moments = ((event, at + timedelta(seconds=version)) for version, event in enumerate(happened))
    drafts = [
        ev.draft(event, id=f"past/{n}-{version}", at=entered, source_at=entered, actor="someone")
        for version, (event, entered) in enumerate(moments)
    ]
    return f"incident/{name}", drafts

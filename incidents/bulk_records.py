"""What the log tells of an incident outside its own stream: what the watch did with many at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from incidents import events as ev
from incidents.board import WATCH
from incidents.escalation.bulk import told_of
from incidents.log import Log, Record

LATER = timedelta(days=1)  # the watch's last step with an alarm is hours after its last record at most


async def watch_streams(log: Log, since: str) -> list[str]:
    """The streams of the watch with a record at or after `since`, the oldest first. Raises LogUnavailable."""
    return sorted(await log.touched(WATCH, since))


async def told_beside(log: Log, records: Sequence[Record]) -> list[tuple[Record, ev.Entry]]:
    """What such records tell of the incident that has these ones, in their order. Raises LogUnavailable."""
    if not records:
        return []
    incident = records[0].stream.removeprefix("incident/")
    last = f"{WATCH}{(datetime.fromisoformat(records[-1].at) + LATER):%Y-%m-%d}"
    found = []
    for stream in await watch_streams(log, records[0].at):
        for record in await log.stream(stream) if stream <= last else ():
            if incident in str(record.open.get("incidents", "")):
                found += [(record, told) for _, told in told_of(ev.entry(record, b""), incident)]
    return found

"""What stands beside the log of its backups: when the last one was made, when one was tested, and how that ended.

`PATH.backups` is JSON: `{"backed_up_at": "...", "tested_at": "...", "ok": true}`, times RFC 3339 UTC; what never happened
is not in it.
"""

from datetime import datetime
from pathlib import Path

import msgspec

from centre.spool import write_whole
from incidents import events as ev
from incidents.log.regular_files import read_regular
from incidents.log.store import beside, os_reason

_LARGEST = 4096


class Noted(msgspec.Struct, frozen=True, omit_defaults=True):
    """`ok`: how the last test ended."""

    backed_up_at: datetime | None = None
    tested_at: datetime | None = None
    ok: bool | None = None


def noted(log: Path) -> Noted | None:
    """What stands beside this log, nothing of what never happened; None where it can't be read, or its times have no offset."""
    try:
        found = msgspec.json.decode(read_regular(beside(log, ".backups"), _LARGEST), type=Noted)
    except FileNotFoundError:
        return Noted()
    except (OSError, ValueError, RecursionError):  # what msgspec raises is one too
        return None
    return None if any(at and at.tzinfo is None for at in (found.backed_up_at, found.tested_at)) else found


def note(
    log: Path, *, backed_up_at: datetime | None = None, tested_at: datetime | None = None, ok: bool | None = None
) -> str:
    """Note a backup, or a test of one, and keep what is known of the other; why it could not be noted, or ""."""
    facts = {"backed_up_at": backed_up_at, "tested_at": tested_at, "ok": ok}
    now = msgspec.structs.replace(
        noted(log) or Noted(), **{name: fact for name, fact in facts.items() if fact is not None}
    )
    times = {name: ev.stamp(at) for name in ("backed_up_at", "tested_at") if (at := getattr(now, name)) is not None}
    try:
        write_whole(beside(log, ".backups"), msgspec.json.encode(times | ({} if now.ok is None else {"ok": now.ok})))
    except OSError as error:
        return f"{beside(log, '.backups')}: {os_reason(error)}: it is not noted beside the log"
    return ""

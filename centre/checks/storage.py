"""The log's disk: takes writes, has room for how long, is not the system's own."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from centre.checks.finding import Finding, Subject
from centre.settings import Settings, users_file
from incidents.log import LogUnavailable
from incidents.log.store import beside, is_writable
from incidents.log.verify import begun

LEAST_BYTES, FEW_BYTES, FEW_DAYS = 100 << 20, 1 << 30, 30
_FILES = ("", "-wal", ".private", ".private-wal", ".columns")


def storage(subject: Subject) -> Iterator[Finding]:
    """The folder of the log, and the log as far as any reader can."""
    log = subject.settings.log
    folder = log.absolute().parent
    if not folder.is_dir():
        yield Finding("error", "storage", f"log: {folder} is not there", "make it, or mount its disk")
        return
    if not is_writable(log):
        yield Finding(
            "error",
            "storage",
            f"log: {folder} takes no writes from this account of the machine",
            "mount it for writing, or chown it",
        )
    free = shutil.disk_usage(folder).free
    days, why = _days(subject, log, free)
    if why:
        yield Finding("error", "storage", f"log: {log}: {why}", "docs/operations.md, When something fails: LOG LOST")
    room = f"{free / (1 << 30):.1f} GiB free" + (
        f", {min(days, 99_999):.0f} days at the log's own rate" if days else ""
    )
    if free < LEAST_BYTES:
        yield Finding("error", "storage", f"{folder}: {room}", "make room: a full disk leaves alarms NOT RECORDED")
    elif free < FEW_BYTES or (days and days < FEW_DAYS):
        yield Finding("warning", "storage", f"{folder}: {room}", "make room in time")
    else:
        yield Finding("ok", "storage", f"{folder}: {room}")
    if folder.stat().st_dev == Path("/").stat().st_dev:
        yield Finding(
            "warning",
            "storage",
            f"{folder} is on the system's disk: what else fills it stops the log",
            "give the log a disk of its own",
        )


def folders(settings: Settings) -> dict[str, Path]:
    """The folders that a desk writes to, by what it keeps in each."""
    files = {
        "log": settings.log,
        "cases": settings.cases,
        "accounts": users_file(settings),
        "degraded file": settings.degraded.file or settings.log,
        "buttons": settings.buttons.store,
    }
    return {kind: file.absolute().parent for kind, file in files.items() if file is not None}


def _days(subject: Subject, log: Path, free: int) -> tuple[float, str]:
    """For how many days there is room, 0 where nobody can say; and why the log can't be read."""
    if not log.exists() or not log.stat().st_size:
        return 0, ""
    try:
        since = begun(log)
        age = subject.now - datetime.fromisoformat(since) if since else timedelta()
    except LogUnavailable as error:
        return 0, str(error)
    except (ValueError, TypeError):
        return 0, "its first record says no time"
    used = sum(beside(log, end).stat().st_size for end in _FILES if beside(log, end).exists())
    return (free / used * (age / timedelta(days=1)) if age >= timedelta(days=1) else 0), ""

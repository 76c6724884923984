"""The keys: there, their owner's alone, apart from what they open; and when a backup was last made, and tried."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from centre.backup.noted import Noted, noted
from centre.checks.finding import Finding, Subject
from centre.master_keys import cut_off
from centre.setting_sources import fields_of, value_of
from centre.settings import Settings, register_file, users_file
from incidents.log.master import KeyMismatch, fresh, load
from incidents.log.store import beside

BACKED_UP = timedelta(days=7)
TESTED = timedelta(days=100)  # once a season


def keys(subject: Subject) -> Iterator[Finding]:
    """Each master key, and each file that holds a secret of the settings."""
    now, good = subject.settings, 0
    together: list[str] = []
    for what, opens in (("log", now.log), ("cases", now.cases), ("users", users_file(now))):
        if opens is None:
            continue
        key = now.key_file or beside(opens, ".key")
        if what == "users" and not key.exists():
            continue  # they have one only once somebody has a code: `accounts` says when that is missing
        others = (beside(opens, ".private"),) if what == "log" else ()
        lost = dict(lost_files(opens, key, *others))
        for path, why in lost.items():
            yield Finding(
                "error", "keys", f"{what}: {path} {why}: {opens} can't be opened", "restore it from its backup"
            )
        if key in lost or not key.exists():
            continue
        if cut_off(key):
            yield Finding(
                "warning", "keys", f"{what}: {key}: a rotation was begun and not ended", "run `keys rotate` again"
            )
        if why := _others_may_read(key, 0o077):
            yield Finding("error", "keys", f"{what}: {key}: {why}", f"chmod 600 {key}")
        else:
            good += 1
        if _is_there(opens) and key.stat().st_dev == opens.stat().st_dev:
            together.append(what)
    for field in fields_of(Settings):
        path = value_of(now, field.name)
        secret = field.facts.get("reads") and field.name.endswith(
            ("tls_key", ".key_file", "secret_file", "passphrase_file", "password_file")
        )
        if secret and path is not None and path.is_file() and (why := _others_may_read(path, 0o007)):
            yield Finding("error", "keys", f"{field.name}: {path}: {why}", f"chmod o= {path}")
    if together:
        yield Finding(
            "warning", "keys", f"on the disk of what they open lie the keys of: {', '.join(together)}",
            "set key_file to another disk: who takes the disk has both",
        )  # fmt: skip
    if good:
        yield Finding("ok", "keys", f"readable by their owner alone: {good}")


def lost_files(opens: Path, key: Path, *others: Path) -> Iterator[tuple[Path, str]]:
    """What a file can't be opened without that is gone, or is no key, and why: its key, and `others`. Of a file that is not
    there nothing, but where one of the others still is. Raises OSError."""
    if not _is_there(opens):
        if any(map(_is_there, others)):
            yield opens, "is not there"
        return
    yield from ((path, "is not there") for path in others if not _is_there(path))
    if not key.exists():
        yield key, "is not there"
        return
    try:
        load(key, fresh)
    except KeyMismatch as error:
        yield key, f"is no key ({error})"


def last_backup(log: Path, now: datetime) -> Noted | None:
    """What is noted of this log's backups; None where it can't be read, or can't be so: it lies ahead."""
    record, latest = noted(log), now + timedelta(days=1)
    if record is None or any(time and time > latest for time in (record.backed_up_at, record.tested_at)):
        return None
    return record


def backup(subject: Subject) -> Iterator[Finding]:
    """The last backup and the last trial of one, as their commands noted them beside the log."""
    path, how = beside(subject.settings.log, ".backups"), "docs/backup.md says how"
    if (record := last_backup(subject.settings.log, subject.now)) is None:
        yield Finding("warning", "backup", f"{path} can't be read: whether there is a backup is not known", how)
        return
    if record.ok is False:
        yield Finding("error", "backup", "the last trial of a backup FAILED", "make another, and try that")
    for what, time, within in (("backup", record.backed_up_at, BACKED_UP), ("trial of one", record.tested_at, TESTED)):
        if what != "backup" and record.ok is False:
            continue  # one that failed is none
        if time is None or subject.now - time > within:
            was = f"the last {what} was {time:%Y-%m-%d}" if time else f"no {what} is known of"
            yield Finding("warning", "backup", f"{was}: due every {within.days} days", how)
        else:
            yield Finding("ok", "backup", f"the last {what} was {time:%Y-%m-%d}")


def erased(subject: Subject) -> Iterator[Finding]:
    """The register of what was erased: there, and apart from what a backup restores."""
    path, log = register_file(subject.settings), subject.settings.log
    if not _is_there(log):
        return
    if not path.is_file():
        yield Finding(
            "error", "erased", f"{path}: there is no register of what was erased: no backup can be restored without it",
            "put it back; a desk begins one with what its log records",
        )  # fmt: skip
    elif why := _others_may_read(path, 0o077):
        yield Finding("error", "erased", f"{path}: {why}", f"chmod 600 {path}")
    elif Path(os.path.realpath(path)).parent == Path(os.path.realpath(log)).parent:
        yield Finding(
            "warning", "erased", f"{path} lies in the folder of the log that it must outlive",
            "set erased_register to another disk",
        )  # fmt: skip
    else:
        yield Finding("ok", "erased", f"{path}: the register of what was erased, apart from the log")


def _is_there(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _others_may_read(path: Path, bits: int) -> str:
    """Why a file is not its owner's alone; "" when it is. Windows says nothing of it in a mode."""
    found = path.stat()
    if os.name == "posix" and found.st_mode & bits:
        return f"others may read or write it (mode {found.st_mode & 0o777:04o})"
    if os.name == "posix" and os.geteuid() not in (0, found.st_uid):
        return "it belongs to another account of this machine"
    return ""

"""The keys: there, their owner's alone, apart from what they open; and when a backup was last made, and tried."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from centre.backup.noted import noted
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
        if not key.exists():
            # The accounts have a key only once somebody has a code: `accounts` says when that is missing.
            if _is_there(opens) and what != "users":
                yield Finding(
                    "error",
                    "keys",
                    f"{what}: {key} is not there: {opens} can't be opened",
                    "restore it from its backup",
                )
            continue
        try:
            load(key, fresh)
        except KeyMismatch as error:
            yield Finding("error", "keys", f"{what}: {key}: {error}", "restore it from its backup")
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
            ("tls_key", ".key_file", "secret_file", "passphrase_file")
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


def backup(subject: Subject) -> Iterator[Finding]:
    """The last backup and the last trial of one, as their commands noted them beside the log."""
    path, how, record = beside(subject.settings.log, ".backups"), "docs/backup.md says how", noted(subject.settings.log)
    latest = subject.now + timedelta(days=1)
    if record is None or any(time and time > latest for time in (record.backed_up_at, record.tested_at)):
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
    elif path.resolve().parent == log.resolve().parent:
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

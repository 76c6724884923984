"""Making a backup of what a centre can't make anew, while its desk serves: docs/backup.md says what and why in this order."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from centre.backup import manifest as saved
from centre.backup.manifest import BackupError, KeyManifest, Manifest, Role, Saved
from centre.backup.noted import note
from centre.settings import Settings, buttons_file, register_file, training_folder, users_file
from centre.version import version
from incidents import events as ev
from incidents.log import LogUnavailable
from incidents.log.copying import Progress, copy_database, copy_file, header, make_durable, sha256_of
from incidents.log.local_copy import is_copy, to_live
from incidents.log.repeating import mark_within
from incidents.log.store import beside, os_reason
from incidents.log.verify import head

# What SQLite and Vigie keep beside a file while they work on it, and what the room makes anew.
_PASSING = ("-wal", "-shm", "-journal", ".lock", ".new", ".part")
_MADE_ANEW = "replays"
_UNREADABLE = "`check` and `log verify` say more; a damaged file is restored from the last good backup: docs/backup.md"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be saved, by what it is called, and its place in the backup. `needed`: without it there is no backup."""

    role: Role
    name: str
    path: Path
    place: str
    needed: bool = True


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was made, where its keys are if they were saved, and what is to be said beside it."""

    path: Path
    keys: Path | None
    manifest: Manifest
    notes: list[str]


def sources(settings: Settings) -> list[Source]:
    """What is saved, the log first: what its records refer to (a key, a name, a case) is in the others before them."""
    log, users, buttons = settings.log, users_file(settings), buttons_file(settings)
    found = [
        Source(role="log", name="the log", path=log, place="vigie.log"),
        Source(role="private", name="the private store", path=beside(log, ".private"), place="vigie.log.private"),
        Source(
            role="accounts", name="the accounts", path=users, place="vigie.users", needed=settings.users is not None
        ),
        Source(
            role="buttons",
            name="the buttons' file",
            path=buttons,
            place="vigie.buttons",
            needed=settings.buttons.store is not None,
        ),
    ]
    if settings.cases is not None:
        found.insert(2, Source(role="cases", name="the case register", path=settings.cases, place="cases.db"))
    return found + list(_training(training_folder(settings)))


def keys(settings: Settings) -> list[Source]:
    """The keys of all that: one for log, cases, accounts and buttons where `key_file` says so; each exercise has its own."""
    found: list[Source] = []
    if settings.key_file is not None:
        found.append(Source(role="key", name="the master key", path=settings.key_file, place=saved.SHARED_KEY))
    else:
        for source in sources(settings):
            if source.role in ("log", "cases", "accounts", "buttons"):
                # Accounts have one from the first code on, buttons from the first key on.
                found.append(
                    Source(
                        role="key",
                        name=f"the key of {source.name}",
                        path=beside(source.path, ".key"),
                        place=f"{source.place}.key",
                        needed=source.role in ("log", "cases"),
                    )
                )
    return found + list(_training(training_folder(settings), of_keys=True))


def make(
    settings: Settings,
    folder: Path,
    *,
    keys_folder: Path | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    started: Callable[[int], None] = lambda size: None,
    told: Progress = lambda size: None,
) -> Made:
    """Make `FOLDER/vigie-YYYYMMDDTHHMMSSZ`, and its keys `KEYS/vigie-YYYYMMDDTHHMMSSZ.keys`: each whole, or not there at all.

    Both folders must be there: that of a disk that is not mounted is not made on another. `started` is given the bytes there are
    to copy, `told` those that were. Raises BackupError, also where what is to be saved can't be read.
    """
    _check_folders(folder, keys_folder)
    at = now().astimezone(UTC)
    name = f"vigie-{at:%Y%m%dT%H%M%SZ}"
    target, notes = folder / name, list[str]()
    keys_target = keys_folder / f"{name}.keys" if keys_folder is not None else None
    targets = [target, *([keys_target] if keys_target is not None else [])]
    drafts = [one.with_name(f"{one.name}{saved.PART}") for one in targets]
    if any(one.exists() for one in targets):
        raise BackupError(f"{target}: there is a backup of this second already")
    copied, wanted = sources(settings), keys(settings) if keys_folder is not None else []
    for source in (*copied, *wanted):
        _check_there(source)
    started(sum(_size(source.path) for source in copied))
    begun, written = list[tuple[Path, Path]](), folder
    try:
        for draft, whole in zip(drafts, targets, strict=True):
            draft.mkdir(mode=0o700)
            begun.append((draft, whole))
        files = _copied(copied, drafts[0], told, notes)
        log = drafts[0] / "vigie.log"
        manifest = Manifest(
            vigie=version(),
            name=name,
            made_at=ev.stamp(at),
            digest=_digest(log, settings.log),
            files=files,
            erased=mark_within(register_file(settings)),
            receiver=settings.buttons.store is not None,
        )
        for companion in ("-wal", "-shm"):  # what reading the copy left beside it
            beside(log, companion).unlink(missing_ok=True)
        _finish(drafts[0], manifest)
        if keys_target is not None:
            written = keys_target.parent
            digest = sha256_of(drafts[0] / saved.NAME)
            kept = _copied(wanted, drafts[1], lambda size: None, notes)
            _finish(drafts[1], KeyManifest(backup=name, manifest_sha256=digest, files=kept))
            drafts[1].rename(keys_target)
            make_durable(written)
        drafts[0].rename(target)
        written = folder
        make_durable(folder)
    except BaseException as failure:
        for draft, whole in begun:  # the backup before its keys: none is left without them
            with contextlib.suppress(OSError):
                if not draft.exists():
                    whole.rename(draft)
            shutil.rmtree(draft, ignore_errors=True)
        if isinstance(failure, LogUnavailable) and str(failure).endswith("the disk is full"):
            raise BackupError(f"{written}: the disk is full; nothing was saved") from None
        if isinstance(failure, LogUnavailable):
            raise BackupError(f"{failure}; nothing was saved; {_UNREADABLE}") from None
        if isinstance(failure, OSError):
            raise BackupError(f"{failure.filename or written}: {os_reason(failure)}; nothing was saved") from None
        raise
    if wrong := note(settings.log, backed_up_at=at):
        notes.append(wrong)
    return Made(path=target, keys=keys_target, manifest=manifest, notes=notes)


def _digest(copy: Path, log: Path) -> str:
    """The digest of the log's copy. Raises LogUnavailable of the log that was copied."""
    try:
        return head(copy)
    except LogUnavailable as error:
        raise LogUnavailable(f"{log}: {error}") from None


def _check_folders(folder: Path, keys_folder: Path | None) -> None:
    for given in filter(None, (folder, keys_folder)):
        if not given.is_dir():
            raise BackupError(f"{given}: there is no such folder; make it first, or mount its disk")
    if keys_folder is not None:
        backups, apart = Path(os.path.realpath(folder)), Path(os.path.realpath(keys_folder))
        if backups.is_relative_to(apart) or apart.is_relative_to(backups):
            raise BackupError(f"{keys_folder}: keys are saved apart: neither in the backups' folder nor around it")


def _check_there(source: Source) -> None:
    if source.needed and not source.path.is_file():
        raise BackupError(f"{source.path}: {source.name}: there is none; nothing was saved")


def _training(folder: Path, *, of_keys: bool = False) -> Iterator[Source]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        place = path.relative_to(folder)
        if place.parts[0] == _MADE_ANEW or path.name.endswith(_PASSING) or path.name.startswith("."):
            continue
        if (path.suffix == ".key") is of_keys:
            yield Source(
                role="key" if of_keys else "training",
                name="a file of the training room",
                path=path,
                place=f"training/{place.as_posix()}",
                needed=False,
            )


def _copied(some: list[Source], draft: Path, told: Progress, notes: list[str]) -> tuple[Saved, ...]:
    """Copy what there is. Raises BackupError, LogUnavailable, OSError."""
    found = []
    for source in some:
        if not source.path.is_file():
            if source.role in ("accounts", "cases"):
                notes.append(f"{source.path}: there are no {source.role}: none are saved")
            continue
        if not saved.is_place(source.place):
            notes.append(f"{source.path}: its name can't stand in a backup; it was not saved")
            continue
        target = draft / source.place
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            kind = header(source.path)
            if kind is not None:
                copy_database(source.path, target, f"{source.path}: {source.name}", told)
                if source.role == "log" and is_copy(target):  # restored, it is a log of its own
                    to_live(target)
                    make_durable(target)
                kind = header(target)
            else:
                copy_file(source.path, target, told)
        except (OSError, LogUnavailable):
            if source.needed or source.path.exists():
                raise
            target.unlink(missing_ok=True)  # an exercise that was deleted meanwhile
            continue
        found.append(
            Saved(
                role=source.role,
                path=source.place,
                size=target.stat().st_size,
                sha256=sha256_of(target),
                application=kind.application if kind else 0,
                format=kind.version if kind else 0,
            )
        )
    return tuple(found)


def _finish(draft: Path, manifest: Manifest | KeyManifest) -> None:
    """Write the manifest, once all that it names is on the disk."""
    for folder, _, _ in os.walk(draft):
        make_durable(Path(folder))
    path = draft / saved.NAME
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(saved.encoded(manifest))
        file.flush()
        os.fsync(file.fileno())
    make_durable(draft)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

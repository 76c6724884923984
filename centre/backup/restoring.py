"""Restoring a backup: checked as it lies there, copied, tried, and only then put where a desk finds it."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec

from centre.backup import manifest as saved
from centre.backup.manifest import SHARED_KEY, BackupError, KeyManifest, Manifest, check, read
from centre.spool import BACKUPS, append
from dashboard.access.accounts import Accounts
from dashboard.access.rules import AccountError
from feeds.buttons.store import ButtonStore
from incidents import events as ev
from incidents.cases import CaseRegister
from incidents.log import LogUnavailable
from incidents.log.copying import Progress, copy_file, make_durable, sha256_of
from incidents.log.erasures import Erasures
from incidents.log.opening import open_vault
from incidents.log.private_file import forget_keys
from incidents.log.repeating import ANSWER_S, answer_within
from incidents.log.schema import NAME, erased_streams, erasures
from incidents.log.sqlite import KeyMismatch, SqliteLog
from incidents.log.store import Store, beside, os_reason
from incidents.log.verify import Digest, verify
from incidents.open_incidents import board_of_open

_DRAFT = "restoring.part"
_LOST = "where it is really lost, --register-lost restores all the same: what was erased after the backup comes back"
_PAPER = (
    "--digest is that on the newest handover sheet, which says how far the register of what was erased must have come"
)
_NO_REGISTER = (
    f"there is no register of what was erased, without which it would come back; name it by --register FILE; {_LOST}"
)


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What a restored backup was seen to hold. `cases` is None where there is no register, and with `locked_codes` without keys.

    `locked_codes`: accounts whose sign-in code can't be checked with these keys.
    """

    digest: str
    records: int
    open_incidents: tuple[str, ...]
    accounts: int
    cases: int | None = None
    locked_codes: int | None = None


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """The register of what was erased, for a backup that is to be served again, and who restores it.

    `lost`: a person said that it is, or that parts of it are. What stands in it counts all the same; `path` None: nothing does.
    `digest`: the newest one that is at hand, of a handover sheet: it says how far the register must have come, and so do the
    `marks` of backups.
    """

    path: Path | None
    by: str
    lost: bool = False
    digest: str = ""
    marks: tuple[str, ...] = ()


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What was restored, how many streams were erased again, and the lines of a `vigie.toml` for it."""

    manifest: Manifest
    proof: Proof
    settings: str
    erased_again: int = 0


def restore(
    backup: Path,
    to: Path,
    *,
    keys: Path | None = None,
    register: Register | None = None,
    told: Progress = lambda size: None,
) -> Restored:
    """Restore into a folder that is empty, or not there yet. Raises BackupError, before or after which nothing is in it.

    Without keys only what is not sealed is tried. Without a register nobody may serve what is restored: it is for a trial.
    """
    register = _reached(register) if register is not None else None
    if register is not None and keys is not None and not register.lost:
        register = msgspec.structs.replace(register, marks=_marks(backup, register.digest))
    manifest, of_keys = checked(backup, keys, told)
    erased_again = 0
    try:
        made = not to.exists()
        if not made and (not to.is_dir() or any(to.iterdir())):
            raise BackupError(f"{to}: it is not empty; a backup is restored into an empty folder only")
        to.mkdir(mode=0o700, exist_ok=True)
        draft = to / _DRAFT
        try:
            draft.mkdir(mode=0o700)
            _copy(backup, draft, manifest, told)
            if keys is not None and of_keys is not None:
                _copy(keys, draft, of_keys, lambda size: None)
            proof = prove(draft, manifest, of_keys)
            if register is not None and of_keys is not None:
                erased_again = _erased_again(draft, manifest, of_keys, register)
            _put(draft, to)
        except BaseException:
            shutil.rmtree(to if made else draft, ignore_errors=True)
            raise
    except OSError as error:
        raise BackupError(f"{error.filename or to}: {os_reason(error)}; nothing was restored") from None
    lines = _settings(to.absolute(), manifest, of_keys, register.path if register is not None else None)
    return Restored(manifest=manifest, proof=proof, settings=lines, erased_again=erased_again)


def _reached(register: Register) -> Register:
    """The register, without a path where it is lost and nothing of it can be read. Raises BackupError where it only should be."""
    try:
        if register.path is not None and answer_within(register.path.is_file, ANSWER_S):
            return register
        why = _NO_REGISTER
    except TimeoutError:
        why = f"it does not answer; {_LOST}"
    if not register.lost:
        raise BackupError(f"{register.path or 'the register of what was erased'}: {why}")
    return msgspec.structs.replace(register, path=None)


@contextlib.contextmanager
def tried(backup: Path, keys: Path, told: Progress = lambda size: None) -> Iterator[Restored]:
    """A backup restored into a folder of its own, for as long as the `with` lasts. Raises BackupError."""
    with tempfile.TemporaryDirectory(prefix="vigie-backup-test-") as folder:
        yield restore(backup, Path(folder) / "restored", keys=keys, told=told)


def checked(backup: Path, keys: Path | None, told: Progress = lambda size: None) -> tuple[Manifest, KeyManifest | None]:
    """What a backup and its keys say of themselves, once all of it is seen to be so. Raises BackupError."""
    manifest = read(backup, Manifest)
    check(backup, manifest, told)
    if keys is None:
        return manifest, None
    of_keys = read(keys, KeyManifest)
    check(keys, of_keys)
    if of_keys.backup == manifest.name and of_keys.manifest_sha256 != sha256_of(backup / saved.NAME):
        raise BackupError(f"{backup}: it is not the backup of this name that the keys were saved with")
    return manifest, of_keys


def prove(folder: Path, manifest: Manifest, keys: KeyManifest | None) -> Proof:
    """Verify the restored log against the digest, delete again what was erased, fold it, and open what the keys open.

    Raises BackupError.
    """
    log = folder / "vigie.log"
    try:
        report = verify(log, manifest.digest)
        if not report.ok or report.head != manifest.digest:
            first = next(iter(report.findings), "its digest is another")
            raise BackupError(f"the log is not what was saved: {first}")
        with Store(log, NAME, writing=False) as store, store.use() as db:
            erased = erased_streams(db)
        forget_keys(log, erased)
        key_file = _key_file(folder, keys)
        found = asyncio.run(_open_incidents(log, key_file, keyless=keys is None))
        accounts, locked = _accounts(folder / "vigie.users", key_file)
        cases = None
        if keys is not None:
            cases = _cases(folder / "cases.db", key_file)
            _buttons(folder / "vigie.buttons", key_file)
    except (BackupError, OSError):
        raise
    except (KeyMismatch, AccountError, LogUnavailable) as error:
        raise BackupError(f"{error}") from None
    except Exception as error:  # in as many ways as bytes can be wrong; its words may quote a person
        raise BackupError(f"what was saved can't be read ({type(error).__name__})") from None
    for file in (folder / one.path for one in manifest.files):  # what reading left beside them
        wal = beside(file, "-wal")
        if wal.exists() and not wal.stat().st_size:
            wal.unlink()
            beside(file, "-shm").unlink(missing_ok=True)
    beside(folder / "vigie.buttons", ".lock").unlink(missing_ok=True)
    return Proof(
        digest=report.head,
        records=report.records,
        open_incidents=found,
        accounts=accounts,
        cases=cases,
        locked_codes=locked if keys is not None else None,
    )


def _marks(backup: Path, digest: str) -> tuple[str, ...]:
    """How far the register of what was erased has come: by the newest digest on paper, this backup, later ones beside it.

    Raises BackupError where the paper does not say it.
    """
    try:
        paper = Digest.parse(digest)
    except ValueError as error:
        raise BackupError(f"{_PAPER}: {error if digest else 'it is missing'}; {_LOST}") from None
    if not paper.erased:
        raise BackupError(f"{_PAPER}: it says nothing of the register (-e...); an older one that does will do; {_LOST}")
    said = [paper.erased]
    for path in backup.absolute().parent.glob("vigie-*"):
        if path.name >= backup.name:
            with contextlib.suppress(BackupError):
                said.append(read(path, Manifest).erased)
    return tuple(mark for mark in said if mark)


def _erased_again(folder: Path, manifest: Manifest, keys: KeyManifest, register: Register) -> int:
    """Raises BackupError."""
    try:
        return asyncio.run(_erase_again(folder / "vigie.log", _key_file(folder, keys), manifest, register))
    except LogUnavailable as error:
        raise BackupError(f"{error}; nothing was restored") from None


async def _erase_again(path: Path, key_file: Path | None, manifest: Manifest, register: Register) -> int:
    """Erase what was erased since the backup, and record that it was restored. Raises BackupError."""
    _check_register(path, key_file, register)
    log = await SqliteLog.open(path, key_file=key_file, register=register.path or "beside")
    try:
        unread = [log.without_register] if log.without_register and not register.lost else []
        if why := next(iter([*unread, *log.not_erased_again]), ""):
            raise BackupError(f"what was erased can't be erased again: {why}; nothing was restored")
        event = ev.BackupRestored(backup=manifest.name, register=not register.lost, erased_again=log.erased_again)
        actor = log.vault.pseudonym(register.by)
        await append(log, BACKUPS, event, id=f"restored-{uuid4().hex}", at=datetime.now(UTC), actor=actor)
        return log.erased_again
    finally:
        await log.close()


def _check_register(path: Path, key_file: Path | None, register: Register) -> None:
    """Raises BackupError where what was erased may come back, and nobody said that the register is lost."""
    if register.path is None or register.lost:
        return
    vault = open_vault(path, key_file)
    try:
        with Store(path, NAME, writing=False) as store, store.use() as db:
            file, recorded = Erasures(register.path, vault.register_key), erasures(db)
        why = answer_within(lambda: file.wanting(recorded, register.marks), ANSWER_S)
    except TimeoutError:
        why = "it does not answer"
    finally:
        vault.close()
    if why:
        raise BackupError(f"{register.path}: {why}; {_LOST}")


def _key_file(folder: Path, keys: KeyManifest | None) -> Path | None:
    return folder / SHARED_KEY if keys and any(one.path == SHARED_KEY for one in keys.files) else None


async def _open_incidents(path: Path, key_file: Path | None, *, keyless: bool) -> tuple[str, ...]:
    """The ids of the incidents that are not closed, folded as a desk folds them at its start."""
    log = await SqliteLog.open(path, key_file=key_file, reading=True, keyless=keyless)
    try:
        board = await board_of_open(log)
        return tuple(sorted(name for name, incident in board.incidents.items() if incident.open))
    finally:
        await log.close()


def _accounts(path: Path, key_file: Path | None) -> tuple[int, int]:
    """How many there are, and how many of them have a code that can't be checked. Raises AccountError."""
    if not path.exists():
        return 0, 0
    accounts = Accounts(path, key_file=key_file)
    return len(accounts.all()), sum(bool(accounts.code_lost(account.name)) for account in accounts.all())


def _cases(path: Path, key_file: Path | None) -> int | None:
    if not path.exists():
        return None
    register = CaseRegister.open(path, key_file=key_file)
    if register.state != "open":
        raise BackupError(f"cases {register.state}: {register.reason}")
    return len(register)


def _buttons(path: Path, key_file: Path | None) -> None:
    if not path.exists():
        return
    store = ButtonStore(path, key_file)
    try:
        store.load()
        # Without a button that has a key there never was one.
        if store.state == "failed":
            raise BackupError(store.reason)
    finally:
        store.close()


def _copy(folder: Path, draft: Path, manifest: Manifest | KeyManifest, told: Progress) -> None:
    """Raises BackupError when a file is no longer what was checked, and OSError."""
    for one in manifest.files:
        target = draft / one.path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if copy_file(folder / one.path, target, told) != one.sha256:
            raise BackupError(f"{folder / one.path}: it was altered while it was read")


def _put(draft: Path, to: Path) -> None:
    """Put what was restored in its place, the log last: until then no desk takes it for one."""
    for path in sorted(draft.iterdir(), key=lambda path: path.name == "vigie.log"):
        path.rename(to / path.name)
    draft.rmdir()
    make_durable(to)


def _settings(to: Path, manifest: Manifest, keys: KeyManifest | None, register: Path | None) -> str:
    held = {one.path for one in (*manifest.files, *(keys.files if keys else ()))}
    names = {"log": "vigie.log", "cases": "cases.db", "users": "vigie.users", "key_file": SHARED_KEY}
    # A JSON string of a path is a TOML one.
    lines = ["# Where what was restored lies; all else that was set is not in a backup."]
    lines += [f"{name} = {_quoted(to / place)}" for name, place in names.items() if place in held]
    if register is not None:
        lines.append(f"erased_register = {_quoted(register.absolute())}")
    if "vigie.buttons" in held:
        section = ["[buttons]", f"store = {_quoted(to / 'vigie.buttons')}"]
        if not manifest.receiver:
            section = ["# Set, the desk is a receiver of buttons; it was not set.", *(f"# {line}" for line in section)]
        lines += ["", *section]
    if any(place.startswith("training/") for place in held):
        lines += ["", "[training]", f"folder = {_quoted(to / 'training')}"]
    return "\n".join(lines)


def _quoted(path: Path) -> str:
    return msgspec.json.encode(str(path)).decode()

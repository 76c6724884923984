"""What a backup says of itself, and whether it is that: a folder of files and `manifest.json`, written last.

Without the manifest, or where a file is not as it says, there is no backup: nothing of it is restored.
"""

import json
import stat
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, TypeVar

import msgspec

from dashboard.access import schema as accounts
from feeds.buttons import store as buttons
from incidents.cases import sealed as cases
from incidents.log import private_file, vault
from incidents.log import schema as log
from incidents.log.copying import Progress, header, sha256_of
from incidents.log.regular_files import read_regular
from incidents.log.training import TrainingVault

NAME = "manifest.json"
PART = ".part"  # what a folder's name ends with until all of it is durable
FORMAT = 1
LARGEST = 16 << 20  # bytes of a manifest: some 80,000 files

Role = Literal["log", "private", "cases", "accounts", "buttons", "training", "key"]
# The format that this version writes of each kind of SQLite file, by its application id; an older one is read.
KNOWN = {
    log.LIVE: log.FORMAT,
    log.TRAINING: log.FORMAT,
    vault.Vault.APPLICATION: private_file.FORMAT,
    TrainingVault.APPLICATION: private_file.FORMAT,
    cases.APPLICATION: cases.FORMAT,
    accounts.APPLICATION: accounts.FORMAT,
    buttons.APPLICATION: buttons.FORMAT,
}
# Where a file lies in a backup, and what it is; what belongs to the training room lies under `training/`.
PLACES: dict[str, tuple[Role, int]] = {
    "vigie.log": ("log", log.LIVE),
    "vigie.log.private": ("private", vault.Vault.APPLICATION),
    "cases.db": ("cases", cases.APPLICATION),
    "vigie.users": ("accounts", accounts.APPLICATION),
    "vigie.buttons": ("buttons", buttons.APPLICATION),
}
SHARED_KEY = "vigie.key"
KEYS = {SHARED_KEY, "vigie.log.key", "cases.db.key", "vigie.users.key", "vigie.buttons.key"}

_Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
BACKUP = r"^vigie-\d{8}T\d{6}Z$"  # what a backup is called: when it was begun, UTC
_Name = Annotated[str, msgspec.Meta(pattern=BACKUP)]


class BackupError(Exception):
    """A backup can't be made, or what lies there can't be restored: the message says why, without personal data."""


class Saved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file: its place in the folder (POSIX), bytes, and of an SQLite file its application id and format, else 0."""

    role: Role
    path: Annotated[str, msgspec.Meta(max_length=1000)]
    size: Annotated[int, msgspec.Meta(ge=0)]
    sha256: _Hex
    application: int = 0
    format: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A backup: `vigie` made it, at a moment (RFC 3339 UTC); `digest` is its log's, as `log head` prints it.

    `erased`: how far the register of what was erased had come (`mark_of`). `receiver`: whether `buttons.store` was set, so that
    the desk received buttons itself.
    """

    kind: Literal["vigie-backup"] = "vigie-backup"
    format: int = FORMAT
    vigie: str
    name: _Name
    made_at: str
    digest: str
    files: tuple[Saved, ...]
    erased: str = ""
    receiver: bool = True


class KeyManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys saved with a backup: its name, and the SHA-256 of its manifest."""

    kind: Literal["vigie-keys"] = "vigie-keys"
    format: int = FORMAT
    backup: _Name
    manifest_sha256: _Hex
    files: tuple[Saved, ...]


class _Any(msgspec.Struct):
    kind: str
    format: int


T = TypeVar("T", Manifest, KeyManifest)


def encoded(manifest: Manifest | KeyManifest) -> bytes:
    """A manifest's bytes: JSON that people read too."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def read(folder: Path, kind: type[T]) -> T:
    """The manifest in this folder, none of whose paths leads out of it. Raises BackupError."""
    what = "backup" if kind is Manifest else "folder of keys"
    if folder.name.endswith(PART):
        raise BackupError(f"{folder}: no {what}: it was cut off half-way")
    try:
        raw = read_regular(_inside(folder, NAME), LARGEST)
    except FileNotFoundError:
        raise BackupError(
            f"{folder}: no {what}: it has no {NAME}; one that was cut off half-way has none either"
        ) from None
    except OSError as error:
        raise BackupError(f"{folder / NAME}: {error.strerror or error}") from None
    try:
        seen = msgspec.json.decode(raw, type=_Any)
        if not seen.kind.startswith("vigie-"):
            raise ValueError("it is another program's")
        if seen.format > FORMAT:
            raise BackupError(f"{folder}: it was made by a newer Vigie (format {seen.format}, this one knows {FORMAT})")
        found = msgspec.json.decode(raw, type=kind)
        _check_places(found)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise BackupError(f"{folder}: no {what}: {NAME}: {error}") from None
    return found


def check(folder: Path, manifest: Manifest | KeyManifest, told: Progress = lambda size: None) -> None:
    """See that every file is there and the same, and of a format that is known here. Raises BackupError."""
    for saved in manifest.files:
        try:
            path = _inside(folder, saved.path)
            size = path.stat().st_size
            if size != saved.size:
                raise BackupError(f"{path}: it has {size} bytes, {saved.size} when it was saved: cut off or altered")
            if sha256_of(path, told) != saved.sha256:
                raise BackupError(f"{path}: it is not what was saved: its SHA-256 is another")
            found = header(path)
        except OSError as error:
            raise BackupError(f"{folder / saved.path}: {error.strerror or error}") from None
        kind = (found.application, found.version) if found else (0, 0)
        if kind != (saved.application, saved.format):
            raise BackupError(f"{path}: it is another kind of file than {NAME} says")
        wanted = PLACES.get(saved.path)
        if (wanted is not None and wanted[1] != kind[0]) or (found and kind[0] not in KNOWN):
            raise BackupError(f"{path}: it was not made by Vigie, or is another file of it")
        if found and found.version > KNOWN[kind[0]]:
            raise BackupError(
                f"{path}: it was written by a newer Vigie (format {found.version}, this one knows {KNOWN[kind[0]]})"
            )


def _check_places(manifest: Manifest | KeyManifest) -> None:
    """Raises ValueError."""
    paths = [saved.path for saved in manifest.files]
    if len({path.casefold() for path in paths}) < len(paths):
        raise ValueError("a file stands in it twice")
    keys = isinstance(manifest, KeyManifest)
    for saved in manifest.files:
        if saved.role == "training" or (keys and saved.path.startswith("training/")):
            right = saved.path.startswith("training/") and is_place(saved.path)
            right = right and keys == saved.path.endswith(".key")
        else:
            right = saved.path in KEYS if keys else PLACES.get(saved.path, ("",))[0] == saved.role
        if not right or keys != (saved.role == "key"):
            raise ValueError(f"{json.dumps(saved.path)} is no place of a backup")
    if isinstance(manifest, Manifest) and not {"vigie.log", "vigie.log.private"} <= set(paths):
        raise ValueError("the log or its private store is missing")


def is_place(path: str) -> bool:
    """Whether a path of this name can only lie in the folder it is in, on any system."""
    return all(
        part not in ("", ".", "..") and part.isprintable() and not set(part) & set('\\:*?"<>|')
        for part in path.split("/")
    )


def _inside(folder: Path, place: str) -> Path:
    """A file's path, on which below the folder no link stands. Raises OSError, BackupError."""
    path = folder
    for part in PurePosixPath(place).parts:
        path /= part
        if stat.S_ISLNK(path.lstat().st_mode):
            raise BackupError(f"{path}: it is a link: a backup has none")
    return path

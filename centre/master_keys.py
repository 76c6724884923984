"""The master keys of a centre: which file each opens, a new one while the desk serves, a copy under a passphrase.

A rotation has three steps for each key file. The new key stands in it beside the old one; every file that it opens goes over,
under the desk's hands; the old key leaves. Whoever is killed between leaves files that the key file opens, and who rotates again
goes on with the same new key. docs/decisions/0088-a-master-key-is-rotated-with-both-in-its-file.md.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from centre.settings import Settings, buttons_file, users_file
from centre.spool import drafted
from dashboard.access import schema as accounts
from feeds.buttons import store as buttons
from incidents.cases import rotation as cases
from incidents.log import rotation as private
from incidents.log.copying import make_durable
from incidents.log.local_copy import is_copy
from incidents.log.master import KEY_BYTES, Box, KeyMismatch, Master, fresh, load_all, secrets_in, write_secrets
from incidents.log.regular_files import read_regular
from incidents.log.store import beside, os_reason

SETTLED_S = 2.0  # in which whoever read the old key has written what they were about to
LEAST_CHARACTERS = 16  # of a passphrase: the copy leaves the house
_LARGEST = 64 << 10
_SCRYPT_N = 1 << 17  # 128 MiB, some 0.4 s: RFC 7914 with OWASP's least for r = 8, p = 1
_CONTEXT = "vigie keys copy 1"


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a master key opens: whether it does, and how its content goes over to another."""

    what: str
    path: Path
    key: Path
    fits: Callable[[Path, Master], bool]
    rotate: Callable[[Path, Master, Master], None]


def opened_by(settings: Settings) -> list[Opened]:
    """The files that are there and have a key: the log's private store, cases, the accounts' codes, buttons."""
    log, users, enrolled = settings.log, users_file(settings), buttons_file(settings)
    kinds: list[tuple[str, Path | None, Callable[[Path, Master], bool], Callable[[Path, Master, Master], None]]] = [
        ("log", log if beside(log, ".private").exists() else None, private.fits, private.rotate),
        ("cases", settings.cases, cases.fits, cases.rotate),
        ("accounts", users, accounts.fits, accounts.rotate),
        ("buttons", enrolled, buttons.fits, buttons.rotate),
    ]
    found = []
    for what, path, fits, rotate in kinds:
        key = settings.key_file or (beside(path, ".key") if path is not None else None)
        # Accounts and buttons have a key of their own once one of them needs it.
        if path is not None and key is not None and path.exists() and (key.exists() or what in ("log", "cases")):
            found.append(Opened(what=what, path=path, key=key, fits=fits, rotate=rotate))
    return found


def rotate(
    settings: Settings,
    *,
    told: Callable[[int, int], None] = lambda done, total: None,
    wait: Callable[[float], None] = time.sleep,
    entered: Callable[[], object] = lambda: None,
) -> list[Path]:
    """Put a new master key in the place of each, while the desk serves; the key files that hold one now.

    `entered` is called once nothing refuses it, before anything is changed.

    Nothing is changed where a key is missing or is another file's. Raises `KeyMismatch`, `LogUnavailable`, AccountError,
    CasesLocked, OSError: then both keys stand in the key file, everything opens, and calling it again does the rest.
    """
    if is_copy(settings.log):
        raise KeyMismatch(
            f"{settings.log}: a cluster keeps this log, and its servers have one master key: docs/log.md says how it changes; "
            "nothing was changed"
        )
    files = opened_by(settings)
    for file in files:
        if not any(file.fits(file.path, master) for master in load_all(file.key, fresh)):
            raise KeyMismatch(f"{file.key}: it is not the master key of {file.path}; nothing was changed")
    keys = list(dict.fromkeys(file.key for file in files))
    entered()
    for done, key in enumerate(keys):
        told(done, len(keys))
        _rotate_one(key, [file for file in files if file.key == key], wait)
    return keys


def _rotate_one(key: Path, files: list[Opened], wait: Callable[[float], None]) -> None:
    held = secrets_in(key)
    if len(held) == 1:  # two: a rotation was cut off
        held = [fresh(KEY_BYTES, "master key"), *held]
        write_secrets(key, held)
    new, old = (Master(secret, fresh) for secret in held)
    for _ in range(2):  # again, for what was sealed under the old key meanwhile
        for file in files:
            file.rotate(file.path, old, new)
        wait(SETTLED_S)
    for file in files:
        if not file.fits(file.path, new):
            raise KeyMismatch(f"{file.path}: parts of it open under the old key alone; both stay in {key}: do it again")
    write_secrets(key, held[:1])


def cut_off(key: Path) -> bool:
    """Whether a rotation of this key file was begun and not ended. Raises `KeyMismatch`."""
    return len(secrets_in(key)) > 1


class Copy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A copy of the keys: `sealed` (AES-256-GCM) under scrypt of a passphrase, with `n`, r = 8, p = 1."""

    kind: Literal["vigie-keys-copy"] = "vigie-keys-copy"
    format: Literal[1] = 1
    n: int = _SCRYPT_N
    salt: bytes
    sealed: bytes


def export(settings: Settings, out: Path, passphrase: str, entered: Callable[[], object] = lambda: None) -> list[Path]:
    """Write a copy of every master key to a new file (mode 0600); the key files that are in it.

    `entered` is called once it is written and only lacks its name.

    Raises `KeyMismatch` where a key is missing or opens nothing, ValueError for a weak passphrase, OSError.
    """
    if len(passphrase) < LEAST_CHARACTERS:
        raise ValueError(
            f"a passphrase has {LEAST_CHARACTERS} characters at least: whoever has the copy may guess for ever"
        )
    if out.exists():
        raise FileExistsError(17, "there is a file already", str(out))
    held: dict[str, str] = {}
    files = opened_by(settings)
    for file in files:
        fitting = next((s for s in secrets_in(file.key) if file.fits(file.path, Master(s, fresh))), None)
        if fitting is None:
            raise KeyMismatch(f"{file.key}: it is not the master key of {file.path}; nothing was written")
        held[file.key.name if file.key != settings.key_file else "vigie.key"] = fitting.hex()
    if not held:
        raise KeyMismatch("there is no master key here")
    salt = os.urandom(16)
    sealed = _box(passphrase, salt, _SCRYPT_N).seal(msgspec.json.encode(held), _CONTEXT)
    with drafted(out, msgspec.json.format(msgspec.json.encode(Copy(salt=salt, sealed=sealed)), indent=1) + b"\n"):
        entered()
    return list(dict.fromkeys(file.key for file in files))


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a copy opens a file of this centre."""

    what: str
    path: Path
    opens: bool


def check(
    settings: Settings,
    copy: Path,
    passphrase: str,
    *,
    write: Path | None = None,
    entered: Callable[[], object] = lambda: None,
) -> list[Checked]:
    """Of each file that needs a key, whether the copy has it; `write`: also put the copied key files into this new folder.

    `entered` is called once they are written and the folder only lacks its name.

    Raises `KeyMismatch` where the passphrase does not open the copy or it is none, OSError.
    """
    held = _opened(copy, passphrase)
    masters = [Master(bytes.fromhex(secret), fresh) for secret in held.values()]
    found = [
        Checked(what=one.what, path=one.path, opens=any(one.fits(one.path, master) for master in masters))
        for one in opened_by(settings)
    ]
    if write is not None:
        if write.exists():
            raise FileExistsError(17, "there is one already", str(write))
        draft = Path(tempfile.mkdtemp(dir=write.parent, prefix=f".{write.name}."))  # mode 0700
        try:
            for name, secret in held.items():
                write_secrets(draft / name, [bytes.fromhex(secret)])
            entered()
            draft.rename(write)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        make_durable(write.parent)
    return found


def _opened(copy: Path, passphrase: str) -> dict[str, str]:
    try:
        found = msgspec.json.decode(read_regular(copy, _LARGEST), type=Copy)
        if found.n != _SCRYPT_N:  # its cost is not the file's to choose
            raise ValueError
        plain = _box(passphrase, found.salt, found.n).open(found.sealed, _CONTEXT)
        held = msgspec.json.decode(plain, type=dict[str, str])
        if any(len(bytes.fromhex(secret)) != KEY_BYTES or Path(name).name != name for name, secret in held.items()):
            raise ValueError
    except InvalidTag:
        raise KeyMismatch(f"{copy}: the passphrase does not open it, or it was altered") from None
    except OSError as error:
        raise KeyMismatch(f"{copy}: {os_reason(error)}") from None
    except (ValueError, RecursionError):
        raise KeyMismatch(f"{copy}: it is no copy of keys that this Vigie made") from None
    return held


def _box(passphrase: str, salt: bytes, n: int) -> Box:
    return Box(Scrypt(salt=salt, length=KEY_BYTES, n=n, r=8, p=1).derive(passphrase.encode()), fresh)

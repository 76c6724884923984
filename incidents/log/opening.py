"""Opening what a log consists of: its file, the right to write it, its private store."""

import logging
from pathlib import Path

from incidents.log import LogDamaged, LogInUse, LogUnavailable
from incidents.log.schema import LIVE, NAME, check_log, create_log, erased_streams
from incidents.log.store import Store, WriteLock
from incidents.log.vault import Vault

_logger = logging.getLogger(__name__)


def open_vault(path: Path, key_file: Path | None = None) -> Vault:
    """The private store of the log at this path for reading, beside the process that writes it; nothing erased is opened.

    Raises `LogUnavailable` and `KeyMismatch`.
    """
    with Store(path, NAME, writing=False) as store:
        check_log(store)
        vault = Vault.open(path, key_file=key_file, reading=True)
        with store.use() as db:
            vault.disuse_keys(erased_streams(db))
        return vault


def open_writing(path: Path, key_file: Path | None) -> tuple[Vault, WriteLock]:
    lock = WriteLock(path)
    try:
        try:
            lock.acquire()
            create_log(path)
        except (LogInUse, LogDamaged):
            raise
        except LogUnavailable:  # a full or read-only disk: what is there is read, and written to once it can be
            if not path.exists():
                raise
        with Store(path, NAME, writing=False) as reading:
            check_log(reading, LIVE)
            vault = Vault.open(path, key_file=key_file)
            with reading.use() as db:
                erased = erased_streams(db)
        try:
            vault.forget_keys(erased)
        except LogDamaged:
            raise
        except LogUnavailable:
            _logger.warning("keys of erased streams could not be deleted yet; nothing is opened with them")
        return vault, lock
    except BaseException:
        lock.release()
        raise


def check_is_log(path: Path) -> None:
    with Store(path, NAME, writing=False) as store:
        check_log(store)

"""A backup is restored elsewhere as it was: the log, who may sign in, the cases; what was erased stays erased."""

import asyncio
import contextlib
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import msgspec
import pyotp
import pytest

from centre.backup.making import Made
from centre.backup.manifest import BackupError
from centre.backup.restoring import restore
from centre.settings import Settings, load, training_folder
from dashboard.access.accounts import Accounts
from feeds.buttons.settings import ButtonSettings
from feeds.buttons.store import ButtonStore
from incidents.cases import CaseRegister
from incidents.log.sqlite import SqliteLog
from incidents.log.training import TrainingLog
from incidents.log.verify import head, verify
from tests.centre.backup.parts import AT, PERSON, backup, disk_of, settings_of, small_centre, with_one_key
from tests.dashboard.access.conftest import PASSWORD, QUICK


def settings_printed(text: str, folder: Path) -> Settings:
    """As `vigie.toml` would be read."""
    file = folder / "printed.toml"
    file.write_text(text)
    return load(file=file, environ={})


def test_a_restored_centre_is_what_was_saved(settings: Settings, made: Made, tmp_path: Path) -> None:
    restored = restore(made.path, tmp_path / "to", keys=made.keys)
    own = settings_printed(restored.settings, tmp_path)
    assert own.log == tmp_path / "to" / "vigie.log"
    assert head(own.log) == made.manifest.digest == restored.proof.digest == head(settings.log)
    assert verify(own.log, made.manifest.digest).ok
    assert own.users is not None
    (account,) = Accounts(own.users, hasher=QUICK).all()
    assert (account.name, account.totp) == (PERSON, True)
    assert CaseRegister.open(own.cases).by_number("2026-0001") is not None
    assert own.buttons.store == tmp_path / "to" / "vigie.buttons"
    store = ButtonStore(own.buttons.store)
    assert [button.key for button in store.load() or ()] == [bytes(16)]
    store.close()
    assert (training_folder(own) / "scenarios" / "bridge.yaml").read_text() == "a scenario"

    async def names() -> str:
        log = await TrainingLog.open(training_folder(own) / "room.log")
        try:
            return log.vault.pseudonym(PERSON)
        finally:
            await log.close()

    async def before() -> str:
        log = await TrainingLog.open(training_folder(settings) / "room.log", reading=True)
        try:
            return log.vault.pseudonym(PERSON)
        finally:
            await log.close()

    assert asyncio.run(names()) == asyncio.run(before())
    proof = restored.proof
    assert (proof.records, proof.accounts, proof.cases, proof.locked_codes) == (9, 1, 1, 0)


def test_a_desk_that_received_no_buttons_itself_is_no_receiver_after(settings: Settings, tmp_path: Path) -> None:
    made = backup(msgspec.structs.replace(settings, buttons=ButtonSettings()), tmp_path)
    restored = restore(made.path, tmp_path / "to", keys=made.keys)
    assert settings_printed(restored.settings, tmp_path).buttons.store is None
    assert f'# store = "{tmp_path}/to/vigie.buttons"' in restored.settings


def test_who_signed_in_before_signs_in_after(tmp_path: Path) -> None:
    settings = small_centre(tmp_path / "desk")
    assert settings.users is not None
    secret = Accounts(settings.users, hasher=QUICK).add("Jan Fictief", ["supervisor"], PASSWORD, totp=True)
    made = backup(settings, tmp_path)
    shutil.rmtree(tmp_path / "desk")
    restore(made.path, tmp_path / "to", keys=made.keys)
    accounts = Accounts(tmp_path / "to" / "vigie.users", hasher=QUICK)
    assert accounts.verify("Jan Fictief", PASSWORD, pyotp.TOTP(secret).now()) is not None
    assert accounts.verify("Jan Fictief", "another password") is None


def test_what_is_restored_is_its_owners_alone_and_nothing_lies_beside_it(made: Made, tmp_path: Path) -> None:
    restore(made.path, tmp_path / "to", keys=made.keys)
    assert made.keys is not None
    names = {path.name for path in (*made.path.iterdir(), *made.keys.iterdir())} - {"manifest.json"}
    assert {path.name for path in (tmp_path / "to").iterdir()} == names
    assert not [path for path in (tmp_path / "to").rglob("*") if path.stat().st_mode & 0o077]


def test_a_folder_that_is_not_empty_is_left_as_it_is(made: Made, tmp_path: Path) -> None:
    to = tmp_path / "to"
    to.mkdir()
    assert restore(made.path, to, keys=made.keys)  # an empty one, as a mounted disk is
    before = {path: path.read_bytes() for path in to.rglob("*") if path.is_file()}
    with pytest.raises(BackupError, match="not empty"):
        restore(made.path, to, keys=made.keys)
    assert {path: path.read_bytes() for path in to.rglob("*") if path.is_file()} == before
    (tmp_path / "file").write_text("x")
    with pytest.raises(BackupError, match="not empty"):
        restore(made.path, tmp_path / "file", keys=made.keys)


@pytest.mark.parametrize("kib", [8, 200, 240])
def test_a_disk_that_is_too_small_holds_nothing_afterwards(made: Made, tmp_path: Path, kib: int) -> None:
    (tmp_path / "to").mkdir()
    with disk_of(kib, tmp_path / "to") as to:
        with pytest.raises(BackupError, match="the disk is full"):
            restore(made.path, to, keys=made.keys)
        assert not list(to.iterdir())


def test_a_folder_in_no_folder_is_said(made: Made, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="nothing was restored"):
        restore(made.path, tmp_path / "no" / "to", keys=made.keys)


def test_without_keys_what_is_open_is_restored_and_verified(made: Made, tmp_path: Path) -> None:
    proof = restore(made.path, tmp_path / "to").proof
    assert (proof.digest, proof.accounts, proof.cases) == (made.manifest.digest, 1, None)
    assert not list((tmp_path / "to").rglob("*.key"))


def test_one_key_of_all_opens_all(settings: Settings, tmp_path: Path) -> None:
    """Each was made with a key of its own: with that of the log alone the cases stay locked, and nothing is restored."""
    made = backup(with_one_key(settings, settings.log.with_name("vigie.log.key")), tmp_path)
    with pytest.raises(BackupError, match="cases locked: the master key is not the one"):
        restore(made.path, tmp_path / "to", keys=made.keys)
    assert not (tmp_path / "to").exists()
    logs_alone = msgspec.structs.replace(settings, key_file=settings.log.with_name("vigie.log.key"), cases=None)
    made = backup(logs_alone, tmp_path, AT + timedelta(seconds=1))
    restored = restore(made.path, tmp_path / "to", keys=made.keys)
    assert settings_printed(restored.settings, tmp_path).key_file == tmp_path / "to" / "vigie.key"
    assert restored.proof.locked_codes == 1


def test_keys_of_another_day_open_what_they_open_and_another_centres_do_not(
    settings: Settings, made: Made, tmp_path: Path
) -> None:
    later = backup(settings, tmp_path, AT + timedelta(days=1))
    assert restore(later.path, tmp_path / "to", keys=made.keys).proof.cases == 1
    elsewhere = backup(small_centre(tmp_path / "desk"), tmp_path, AT + timedelta(days=2))
    assert elsewhere.keys is not None
    (elsewhere.keys / "vigie.log.key").write_text("00" * 32)
    with pytest.raises(BackupError, match=r"vigie\.log\.key"):
        restore(later.path, tmp_path / "no", keys=elsewhere.keys)
    foreign = backup(small_centre(tmp_path / "other"), tmp_path, AT + timedelta(days=3))
    with pytest.raises(BackupError, match="master key is not the one"):
        restore(later.path, tmp_path / "no", keys=foreign.keys)
    assert not (tmp_path / "no").exists()


def test_what_the_log_records_as_erased_is_erased_again(settings: Settings, tmp_path: Path) -> None:
    """The private store of before, which still has the key, with the log of after."""
    shutil.copytree(settings.log.parent, tmp_path / "desk")
    own = settings_of(tmp_path / "desk")
    private = tmp_path / "desk" / "vigie.log.private"

    def live_keys(path: Path) -> int:
        with contextlib.closing(sqlite3.connect(path)) as db:
            live = "SELECT count(*) FROM keys WHERE wrapped <> zeroblob(length(wrapped))"
            return int(db.execute(live).fetchone()[0])

    async def erase() -> None:
        before = private.read_bytes()
        log = await SqliteLog.open(own.log)
        stream = f"incident/{log.vault.incident_id('AMR-00412', 1)}"
        await log.erase(stream, id="erase/2", at="2026-11-26T10:00:00.000Z", actor="a")
        await log.close()
        private.write_bytes(before)

    asyncio.run(erase())
    made = backup(own, tmp_path)
    assert live_keys(made.path / "vigie.log.private") == live_keys(private) == 1
    restore(made.path, tmp_path / "to", keys=made.keys)
    assert live_keys(tmp_path / "to" / "vigie.log.private") == 0

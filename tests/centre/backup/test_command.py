"""The commands: what a first word means, what they say, and that a test is recorded where a desk serves or none does."""

import asyncio
import json
import shutil
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

import app
from centre.backup.making import Made
from centre.backup.noted import noted
from centre.settings import Settings
from centre.spool import BACKUPS, TESTED, Note, Spool
from incidents import events as ev
from incidents.clock import SystemClock
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import head, verify
from tests.centre.backup.parts import small_centre
from tests.incidents.conftest import FewCases, core_of
from tests.incidents.log.parts import everything
from tests.processes import vigie


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = small_centre(tmp_path / "desk")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIGIE_LOG", str(settings.log))
    monkeypatch.setenv("VIGIE_CASES", str(settings.cases))
    monkeypatch.setenv("VIGIE_BUTTONS_STORE", str(settings.buttons.store))
    return settings


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app.app, [str(word) for word in words])


@pytest.mark.parametrize(
    "words",
    [
        ("kept",),
        ("make", "kept"),
        ("--keys", "keys", "kept"),
        ("kept", "--keys", "keys"),
        ("./test",),
        ("make", "test"),
    ],
)
def test_a_first_word_that_is_no_command_is_the_folder(desk: Settings, words: tuple[str, ...]) -> None:
    for name in ("kept", "keys", "test"):
        Path(name).mkdir()
    done = run("backup", *words)
    assert done.exit_code == 0, done.output
    folder = "test" if "test" in words[-1] else "kept"
    (made,) = Path(folder).iterdir()
    assert done.stdout.splitlines()[0] == f"{folder}/{made.name}"
    assert ("THE KEYS ARE NOT SAVED" in done.stderr) == ("--keys" not in words)
    assert len(list(Path("keys").iterdir())) == ("--keys" in words)
    assert (known := noted(desk.log)) is not None and known.backed_up_at is not None


def test_a_folder_called_like_a_command_is_no_trap(desk: Settings) -> None:
    Path("test").mkdir()
    done = run("backup", "test")
    assert done.exit_code == 2
    assert "Missing argument" in done.stderr
    assert not list(Path("test").iterdir())


def test_a_path_that_is_no_folder_is_no_trial_of_a_backup(desk: Settings) -> None:
    for name in ("kept", "keys"):
        Path(name).mkdir()
    Path("file").write_text("x")
    made = run("backup", "kept", "--keys", "keys").stdout.splitlines()[0]
    for words in (("nothing", "--keys", "keys"), ("file", "--keys", "keys"), (made, "--keys", "nothing")):
        done = run("backup", "test", *words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert ("'file' is a file" if words[0] == "file" else "'nothing' does not exist") in done.stderr
        assert noted(desk.log).tested_at is None and not list(desk.log.parent.glob("*.tested*"))


def test_what_can_not_be_made_is_one_line(desk: Settings) -> None:
    assert (
        run("backup", "nowhere").stderr == "vigie: nowhere: there is no such folder; make it first, or mount its disk\n"
    )
    desk.log.unlink()
    Path("kept").mkdir()
    done = run("backup", "kept")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"vigie: {desk.log}: the log: there is none; nothing was saved\n"


async def records(log: Path) -> list[ev.Event | None]:
    opened = await SqliteLog.open(log, reading=True)
    try:
        return [ev.entry(one, b"").event for one in await everything(opened) if one.stream == BACKUPS]
    finally:
        await opened.close()


def test_a_test_is_recorded_in_a_log_that_nobody_writes(desk: Settings, made: Made) -> None:
    assert made.keys is not None
    done = run("backup", "test", made.path, "--keys", made.keys)
    assert done.exit_code == 0, done.output
    assert "open incidents: 0" in done.stdout
    digest = made.manifest.digest
    assert asyncio.run(records(desk.log)) == [ev.BackupTested(backup=made.path.name, ok=True, digest=digest)]
    assert verify(desk.log).ok
    kept = json.loads(desk.log.with_name("vigie.log.backups").read_bytes())
    assert kept["ok"] is True and kept["tested_at"].endswith("Z") and "backed_up_at" not in kept


def test_a_test_that_fails_is_recorded_and_ends_with_1(desk: Settings, copied: tuple[Path, Path]) -> None:
    (copied[0] / "cases.db").unlink()
    done = run("backup", "test", copied[0], "--keys", copied[1])
    assert done.exit_code == 1
    assert done.stderr.startswith("vigie: NO BACKUP: ") and "cases.db" in done.stderr
    assert asyncio.run(records(desk.log)) == [ev.BackupTested(backup=copied[0].name, ok=False)]
    assert (known := noted(desk.log)) is not None and known.ok is False


async def test_beside_a_desk_a_test_is_noted_and_the_desk_enters_it(desk: Settings, made: Made) -> None:
    assert made.keys is not None
    log = await SqliteLog.open(desk.log)
    core = core_of(log, FewCases(), SystemClock())
    await core.desk.open()
    try:
        code, said = await vigie("backup", "test", str(made.path), "--keys", str(made.keys))
        assert code == 0 and "the desk enters" in said, said
        (left,) = desk.log.parent.glob(f"vigie.log.{TESTED}-*")
        assert msgspec.json.decode(left.read_bytes(), type=Note).by
        await Spool(desk.log, TESTED, desk=core.desk, log=log).enter()
        assert not left.exists()
    finally:
        await core.desk.close()
        await log.close()
    assert await records(desk.log) == [ev.BackupTested(backup=made.path.name, ok=True, digest=made.manifest.digest)]


def test_on_a_machine_without_the_log_a_test_makes_none(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert made.keys is not None
    done = run("backup", "test", made.path, "--keys", made.keys)
    assert done.exit_code == 0, done.output
    assert "the test is not recorded" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_test_leaves_nothing_where_it_was_made(
    desk: Settings, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    assert made.keys is not None
    before = {path: path.read_bytes() for path in made.path.rglob("*") if path.is_file()}
    assert run("backup", "test", made.path, "--keys", made.keys).exit_code == 0
    assert not list((tmp_path / "tmp").iterdir())
    assert {path: path.read_bytes() for path in made.path.rglob("*") if path.is_file()} == before


def test_what_is_noted_beside_a_log_is_kept_and_damage_is_nothing(desk: Settings, made: Made) -> None:
    Path("kept").mkdir()
    assert made.keys is not None
    run("backup", "kept")
    run("backup", "test", made.path, "--keys", made.keys)
    known = noted(desk.log)
    assert known is not None and known.backed_up_at is not None and known.tested_at is not None and known.ok
    for damage in (b"\xff{", b'{"backed_up_at": "2026-11-20T00:00:00"}', b'{"x": ' + b"[" * 4000):
        desk.log.with_name("vigie.log.backups").write_bytes(damage)
        assert noted(desk.log) is None
    shutil.rmtree("kept")
    Path("kept").mkdir()
    assert run("backup", "kept").exit_code == 0
    assert (known := noted(desk.log)) is not None and known.backed_up_at is not None


def test_restore_prints_settings_that_can_be_pasted(settings: Settings, made: Made, tmp_path: Path) -> None:
    assert made.keys is not None
    erased = settings.log.with_name("vigie.log.erased")
    register = ("--register", erased, "--digest", head(settings.log, erased))
    done = run("restore", made.path, "--keys", made.keys, "--to", tmp_path / "to", *register)
    assert done.exit_code == 0, done.output
    assert f'log = "{tmp_path}/to/vigie.log"\n' in done.stdout
    assert f"digest {made.manifest.digest}\n" in done.stdout
    assert "THE KEYS ARE NOT RESTORED" in run("restore", made.path, "--to", tmp_path / "bare", *register).stderr

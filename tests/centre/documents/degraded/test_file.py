"""The degraded-mode file as the desk keeps it: renewed, never emptied by locked cases, each opening entered in the log."""

import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import msgspec
import pytest

from centre.assembly import Core
from centre.documents import degraded as files
from centre.documents.degraded import DegradedFile
from centre.settings import Degraded, Radio, Settings
from demo.cases import demo_cases, write_cases
from incidents import commands as cmd
from incidents.cases import CaseRegister, import_cases
from incidents.cases.register import brussels_today
from incidents.degraded import seal
from incidents.log.sqlite import SqliteLog
from incidents.roles import WITHOUT_SIGN_IN, User
from maps.zones import Zones
from reports.catalogue import translator
from tests.processes import vigie

PASSPHRASE = "drie kleine vossen"


class DrivenClock:
    def __init__(self) -> None:
        self.at = datetime.now(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        return self.at


class House:
    """A real desk, register and log with the file beside them."""

    def __init__(self, folder: Path, log: SqliteLog, cases: CaseRegister, zones: Zones, clock: DrivenClock) -> None:
        self.folder, self.log, self.cases, self.zones, self.clock = folder, log, cases, zones, clock
        self.desk = Core(log, zones, cases, clock).desk
        self.path = folder / "vigie-degraded.html"
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n", encoding="utf-8")

    def file(self, *, set_up: bool = True) -> DegradedFile:
        return DegradedFile(
            Settings(
                log=self.folder / "vigie.log",
                centre="CIC Voorbeeld",
                radio=Radio(zones={"5415": "talkgroup GENT-1"}),
                degraded=Degraded(passphrase_file=self.passphrase if set_up else None, every_min=60),
            ),
            desk=self.desk,
            log=self.log,
            cases=self.cases,
            names=dict(self.zones.names),
            clock=self.clock,
            translate=translator("en"),
        )

    def page(self) -> str:
        return files.opened(self.path, PASSPHRASE)[0].decode()

    async def openings(self) -> list[tuple[str, str, str]]:
        return [
            (self.desk.name_of(record.actor), record.source_at, str(record.open["how"]))
            async for _, record in self.log.records()
            if record.type == "degraded_file_opened"
        ]


@pytest.fixture(autouse=True)
def quickly(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch the passphrase in full only where another process opens the file."""
    if "command" not in request.node.name:
        monkeypatch.setattr(seal, "ITERATIONS", 10)


@pytest.fixture
async def house(tmp_path: Path, zones: Zones) -> AsyncIterator[House]:
    write_cases(tmp_path / "cases.json", demo_cases(brussels_today(), 1))
    assert not import_cases(tmp_path / "cases.json", tmp_path / "cases.db").problems
    log = await SqliteLog.open(tmp_path / "vigie.log")
    house = House(tmp_path, log, CaseRegister.open(tmp_path / "cases.db"), zones, DrivenClock())
    await house.desk.open()
    yield house
    await house.desk.close()
    await log.close()


async def test_it_holds_the_cases_in_force_the_open_alarms_the_zones_and_the_procedure(house: House) -> None:
    case = next(case for case in house.cases.all() if case.valid_on(brussels_today()) and not case.exclusions)
    gone = next(case for case in house.cases.all() if case.valid_until < brussels_today())
    wish = cmd.Raise(id="raised-by-hand", reason="she called", zone="5415", case=case.number)
    await house.desk.command(wish, User(actor="somebody", roles=WITHOUT_SIGN_IN))
    file = house.file()
    await file.look()
    assert file.health.state == "ok" and file.health.at == house.clock.at
    page = house.page()
    for said in (
        case.number,
        case.devices[0],
        "talkgroup GENT-1",
        "LISTEN ONLY",
        "No unit on the scene after 10 minutes",
    ):
        assert said in page
    assert all(name in page for name in ("Alarms open when this was written", "acknowledged", "CIC Voorbeeld"))
    assert gone.number not in page
    assert stat.S_IMODE(house.path.stat().st_mode) == 0o600
    assert case.number not in house.path.read_text(encoding="utf-8"), "nothing of it can be read without the passphrase"


async def test_an_open_alarm_stands_there_with_what_it_is_near_to_and_its_coordinates(house: House) -> None:
    user = User(actor="somebody", roles=WITHOUT_SIGN_IN)
    at: dict[str, float] = {"lat": 51.05, "lon": 3.72}
    await house.desk.command(cmd.Raise(id="raised-by-hand", place="Veldstraat", accuracy_m=1.0, **at), user)  # type: ignore[arg-type]
    file = house.file()
    file._near = lambda incident: "near Veldstraat 12, <b>Gent"
    await file.look()
    assert "<td>near Veldstraat 12, &lt;b&gt;Gent · 51.05000, 3.72000</td>" in house.page()


async def test_a_case_that_excludes_somebody_is_not_in_a_file_that_anybody_may_open(house: House) -> None:
    case = next(case for case in house.cases.all() if any(e.account for e in case.exclusions))
    user = User(actor="somebody", roles=WITHOUT_SIGN_IN)
    await house.desk.command(cmd.Raise(id="raised-by-hand", reason="she called", zone="5415", case=case.number), user)
    await house.file().look()
    page = house.page()
    for hers in (case.number, *case.devices, *(e.account for e in case.exclusions if e.account)):
        assert escape(hers) not in page
    assert "RESERVED cases in force, not in this file: " in page
    assert "<td>RESERVED</td><td></td>" in page  # that an alarm of it was open is said all the same


async def test_it_is_renewed_each_period_and_old_after_two_without(house: House) -> None:
    file = house.file()
    await file.look()
    first = house.path.read_bytes()
    house.clock.at += timedelta(minutes=59)
    await file.look()
    assert house.path.read_bytes() == first
    house.clock.at += timedelta(minutes=1)
    await file.look()
    assert house.path.read_bytes() != first
    house.clock.at += timedelta(minutes=121)
    assert file.health.state == "old"


async def test_without_a_passphrase_nothing_is_written_and_it_is_said(house: House) -> None:
    file = house.file(set_up=False)
    await file.look()
    assert file.health.state == "off" and not house.path.exists()


@pytest.mark.parametrize("fault", ["short", "missing", "locked"])
async def test_what_keeps_it_from_being_renewed_is_named_and_the_old_one_stays(house: House, fault: str) -> None:
    file = house.file()
    await file.look()
    kept = house.path.read_bytes()
    if fault == "short":
        house.passphrase.write_text("short", encoding="utf-8")
    elif fault == "missing":
        house.passphrase.unlink()
    else:
        (house.folder / "cases.db").unlink()
        house.cases.reload_if_changed()
    house.clock.at += timedelta(minutes=60)
    await file.look()
    reasons = {"short": "fewer than 12 characters", "missing": "No such file", "locked": "cases missing"}
    assert file.health.state == "failed" and reasons[fault] in file.health.reason
    assert house.path.read_bytes() == kept
    if fault == "short":
        house.passphrase.write_text(PASSPHRASE, encoding="utf-8")
        house.clock.at += timedelta(minutes=1)
        await file.look()
        assert file.health.state == "ok", "it is tried again every minute"


async def test_each_opening_is_entered_once_with_who_and_when(house: House) -> None:
    file = house.file()
    await file.look()
    at = house.clock.at - timedelta(minutes=5)
    files.note_opened(house.path, by="supervisor", how="command", at=at, written="2026-11-24T20:14:07.000Z")
    files.note_opened(house.path, by="colleague", how="browser", at=at)
    (house.folder / "vigie-degraded.html.opened-broken").write_bytes(b"{")
    for _ in range(3):
        await file.look()
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert sorted(await house.openings()) == [("colleague", stamp, "browser"), ("supervisor", stamp, "command")]
    assert [path.name for path in house.folder.glob("*.opened-*")] == ["vigie-degraded.html.opened-broken"]


async def test_the_command_opens_it_and_the_desk_enters_that_it_did(house: House) -> None:
    file = house.file()
    await file.look()
    out = house.folder / "opened.html"
    words = ("open", str(house.path), "-o", str(out), "--password-stdin", "--by", "supervisor")
    wrong = await vigie("degraded", *words, typed="drie kleine vosser\n")
    assert wrong == (1, f"vigie: {house.path}: the passphrase is wrong\n")
    await file.look()
    assert await house.openings() == [] and not out.exists()
    code, said = await vigie("degraded", *words, typed=PASSPHRASE + "\n")
    assert code == 0, said
    assert "Procedure" in out.read_text(encoding="utf-8") and stat.S_IMODE(out.stat().st_mode) == 0o600
    code, said = await vigie("degraded", "opened", str(house.path), "--by", "colleague")
    assert code == 0, said
    await file.look()
    assert [(who, how) for who, _, how in sorted(await house.openings())] == [
        ("colleague", "browser"),
        ("supervisor", "command"),
    ]


@pytest.mark.parametrize("fault", ["missing", "folder", "other", "cut", "huge"])
def test_what_is_no_such_file_is_said_in_one_line(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "vigie-degraded.html"
    if fault == "folder":
        path.mkdir()
    elif fault == "other":
        path.write_text("<html>something else</html>", encoding="utf-8")
    elif fault == "cut":
        path.write_text("vigie-degraded: 1\nwritten: 2026-11-24T20:14:07.000Z\n", encoding="utf-8")
    elif fault == "huge":
        with path.open("wb") as file:
            file.truncate(files.MAX_FILE + 1)
    said = {
        "missing": "No such file or directory",
        "folder": "Is a directory",
        "other": "it is no degraded-mode file, or it was cut short",
        "cut": "it is no degraded-mode file, or it was cut short",
        "huge": "it is larger than 64 MiB",
    }
    with pytest.raises(files.DegradedError) as error:
        files.opened(path, PASSPHRASE)
    assert str(error.value) == f"{path}: {said[fault]}"


def test_a_note_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    files.note_opened(tmp_path / "copy.html", by="somebody", how="command", at=datetime.now(UTC))
    (note,) = tmp_path.glob("copy.html.opened-*")
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert msgspec.json.decode(note.read_bytes())["by"] == "somebody"

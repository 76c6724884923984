"""Each point of the check finds what is broken, in a sentence that names the setting or the file, and changes nothing."""

import asyncio
import hashlib
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from centre.checks import clock as clocks
from centre.checks import files
from centre.checks.finding import Finding, Subject
from centre.checks.keys import backup, erased, keys
from centre.checks.points import AWAITED, POINTS, check, say_at_start
from centre.checks.storage import storage
from centre.settings import Settings
from dashboard.access.accounts import Accounts
from dashboard.access.rules import Account
from incidents.cases import import_cases
from incidents.events import stamp
from incidents.log import Draft
from incidents.log.sqlite import SqliteLog
from maps.zones import Zones
from tests.centre.damage import PASSWORD, SAMPLE
from tests.dashboard.access.conftest import QUICK
from tests.processes import vigie

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def zones() -> Zones:
    return Zones.load()


def subject(folder: Path, **given: Any) -> Subject:
    """Of settings with a log in this folder; `at_...` are of the subject."""
    facts = {name.removeprefix("at_"): given.pop(name) for name in list(given) if name.startswith("at_")}
    return Subject(**{"settings": Settings(log=folder / "vigie.log", **given), "said": {}, "now": NOW} | facts)


def said(found: Iterator[Finding], state: str) -> str:
    """The sentences of one state."""
    return "\n".join(f"{one.text} > {one.todo}" for one in found if one.state == state)


def account(*roles: str, **facts: Any) -> Account:
    return Account(name="Jan Fictief", roles=frozenset(roles), **facts)  # type: ignore[arg-type]


def section(name: str, **values: Any) -> dict[str, Any]:
    return {name: msgspec.structs.replace(getattr(Settings(), name), **values)}


def test_settings_that_lead_nowhere_are_named(tmp_path: Path, zones: Zones) -> None:
    lost = tmp_path / "lost"
    broken = subject(
        tmp_path, address="0.0.0.0", streets_file=lost, at_zones=zones, at_said={"streets_file": "vigie.toml"}
    )
    assert "address 0.0.0.0: passwords" in said(files.settings(broken), "error")
    assert f"streets_file (vigie.toml): {lost}: no such file" in said(files.settings(broken), "error")
    assert "feed: none is set" in said(files.settings(broken), "warning")
    assert "origins: none is set" in said(files.settings(broken), "warning")
    for here in ("127.0.0.1", "127.0.0.2", "::1", "localhost"):
        assert "origins" not in said(files.settings(subject(tmp_path, address=here)), "warning")
    unread = subject(tmp_path, at_lost={"zones": "zones_dir: /lost: broken"})
    assert "zones_dir: /lost: broken" in said(files.settings(unread), "error")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (section("orders", zones={"9999": "http://zone"}), "orders.zones: 9999"),
        (section("orders", languages={"541": "nl"}), "orders.languages: 541 is no zone of the map > 5"),
        (section("radio", zones={"Gent": "1"}), "radio.zones: Gent"),
        ({"cics": ("OVLX",)}, "cics: OVLX is no centre of the map > ANT; "),
    ],
)
def test_a_zone_that_is_not_on_the_map_is_named(tmp_path: Path, zones: Zones, given: dict[str, Any], name: str) -> None:
    assert name in said(files.settings(subject(tmp_path, at_zones=zones, **given)), "warning")
    right = section("orders", zones={"5415": "http://zone"}) | {"cics": ("OVL",)}
    assert "of the map" not in said(files.settings(subject(tmp_path, at_zones=zones, **right)), "warning")


def test_a_key_is_missing_open_to_others_no_key_or_beside_what_it_opens(tmp_path: Path) -> None:
    log, key = tmp_path / "vigie.log", tmp_path / "vigie.log.key"
    at = subject(tmp_path)
    assert list(keys(at)) == []
    log.write_bytes(b"a log")
    assert f"{log}.private is not there: {log} can't be opened" in said(keys(at), "error")
    log.with_name("vigie.log.private").write_bytes(b"a store")
    assert f"{key} is not there: {log} can't be opened" in said(keys(at), "error")
    key.write_text("nothing")
    assert "64 hex digits" in said(keys(at), "error")
    key.write_text("00" * 32)
    key.chmod(0o640)
    assert f"others may read or write it (mode 0640) > chmod 600 {key}" in said(keys(at), "error")
    key.chmod(0o600)
    assert said(keys(at), "error") == ""
    assert "on the disk of what they open lie the keys of: log" in said(keys(at), "warning")
    (secret := tmp_path / "secret").write_text("x")
    secret.chmod(0o644)
    at = subject(tmp_path, **section("oidc", client_secret_file=secret))
    assert f"oidc.client_secret_file: {secret}: others may read" in said(keys(at), "error")


@pytest.mark.parametrize(
    ("record", "state", "says"),
    [
        (None, "warning", "no backup is known of: due every 7 days"),
        ("{}", "warning", "no backup is known of: due every 7 days"),
        ("no json", "warning", "can't be read"),
        ('{"ok": 7}', "warning", "can't be read"),
        ('{"backed_up_at": "2031-01-01T00:00:00Z"}', "warning", "can't be read"),
        ('{"backed_up_at": "2026-11-20T00:00:00"}', "warning", "can't be read"),
        ('{"backed_up_at": "2026-11-01T00:00:00Z"}', "warning", "the last backup was 2026-11-01"),
        (
            '{"backed_up_at": "2026-11-26T00:00:00Z", "tested_at": "2026-01-01T00:00:00Z"}',
            "warning",
            "trial of one was 2026-01",
        ),
        (
            '{"backed_up_at": "2026-11-26T00:00:00Z", "tested_at": "2026-11-26T00:00:00Z", "ok": false}',
            "error",
            "FAILED",
        ),
        (
            '{"backed_up_at": "2026-11-26T00:00:00Z", "tested_at": "2026-11-26T00:00:00Z", "ok": true}',
            "ok",
            "trial of one was",
        ),
    ],
)
def test_the_last_backup_and_its_trial_are_known_or_said_not_to_be(
    tmp_path: Path, record: str | None, state: str, says: str
) -> None:
    if record is not None:
        (tmp_path / "vigie.log.backups").write_text(record)
    assert says in said(backup(subject(tmp_path)), state)


class Usage(NamedTuple):
    free: int


async def test_room_is_counted_in_days_at_the_logs_own_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is not there" in said(storage(subject(tmp_path / "none")), "error")
    at = stamp(NOW - timedelta(days=10))
    log = await SqliteLog.open(tmp_path / "vigie.log")
    await log.append("desk/test", 0, Draft(id="first", at=at, source_at=at, actor="desk", type="test", open={}))
    await log.close()
    assert 0 < sum(path.stat().st_size for path in tmp_path.iterdir()) < 1 << 20
    for free, state, says in (
        (200 << 40, "ok", "204800.0 GiB free, 99999 days at the log's own rate"),
        (200 << 20, "warning", "make room in time"),
        (1 << 20, "error", "0.0 GiB free"),
    ):
        monkeypatch.setattr("centre.checks.storage.shutil.disk_usage", lambda folder, free=free: Usage(free))
        assert says in said(storage(subject(tmp_path)), state)
    (tmp_path / "vigie.log").write_bytes(bytes(9000))
    assert "it is damaged" in said(storage(subject(tmp_path)), "error")


@pytest.mark.parametrize(
    ("told", "state", "says"),
    [
        (None, "warning", "does not say"),
        ((False, 0.0), "warning", "nothing keeps this machine's clock right"),
        ((True, 900.0), "warning", "900 ms off"),
        ((True, 3.0), "ok", "at most 3 ms off"),
    ],
)
def test_the_clock_is_disciplined_as_far_as_the_system_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: tuple[bool, float] | None, state: str, says: str
) -> None:
    real = clocks.adjtimex()
    assert real is None or (isinstance(real[0], bool) and 0 <= real[1] < 1e9)
    monkeypatch.setattr(clocks, "adjtimex", lambda: told)
    assert says in said(clocks.clock(subject(tmp_path)), state)


@pytest.mark.parametrize(
    ("register", "state", "says"),
    [
        (("none", "", 0), "warning", "cases: none is set"),
        (("missing", "", 0), "error", "there is no register > python app.py cases import FILE --cases"),
        (("locked", "the master key is gone", 0), "error", "the master key is gone"),
        (("open", "", 0), "warning", "no case is in it"),
        (("open", "", 3), "ok", "3 cases"),
    ],
)
def test_the_register_opens_and_holds_somebody(tmp_path: Path, register: Any, state: str, says: str) -> None:
    assert says in said(files.cases(subject(tmp_path, cases=tmp_path / "cases.db", at_register=register)), state)


@pytest.mark.parametrize(
    ("accounts", "given", "state", "says"),
    [
        (None, {}, "error", "vigie.users"),
        (
            [account("auditor"), account("dispatcher", disabled=True)],
            {},
            "error",
            "no account that can sign in may take an alarm",
        ),
        ([account("dispatcher")], section("oidc", issuer="https://sso"), "warning", "no break-glass account"),
        ([account("dispatcher", break_glass=True)], section("oidc", issuer="https://sso"), "ok", "1 of 1"),
        ([account("dispatcher")], {}, "ok", "1 of 1 may take an alarm"),
        (None, {"no_sign_in": True}, "warning", "no_sign_in"),
    ],
)
def test_somebody_can_sign_in_who_may_take_an_alarm(
    tmp_path: Path, accounts: list[Account] | None, given: dict[str, Any], state: str, says: str
) -> None:
    assert says in said(files.accounts(subject(tmp_path, at_accounts=accounts, **given)), state)


def test_files_that_are_there_and_not_what_they_should_be_are_named(tmp_path: Path, zones: Zones) -> None:
    (junk := tmp_path / "junk").write_text("junk")
    given = {"streets_file": junk, "tiles_file": junk, "profile_file": junk} | section("degraded", passphrase_file=junk)
    found = said(files.files(subject(tmp_path, addresses_dir=tmp_path, at_zones=zones, **given)), "error")
    for name in (
        "streets_file: junk",
        "tiles_file: junk",
        "profile_file: ",
        f"degraded.passphrase_file: {junk}: shorter",
    ):
        assert name in found
    assert "addresses_dir: " in said(files.files(subject(tmp_path, addresses_dir=tmp_path, at_zones=zones)), "warning")


def test_a_training_room_that_could_not_be_served_is_said(tmp_path: Path) -> None:
    at = subject(tmp_path, port=5007, **section("training", address="127.0.0.1"))
    assert "training.port: 5007 is the desk's port too" in said(files.training(at), "error")
    assert "no account has the role trainer" in said(files.training(at), "warning")
    clear = subject(tmp_path, **section("training", address="0.0.0.0"))
    assert "training.address 0.0.0.0: passwords" in said(files.training(clear), "error")
    assert said(files.training(subject(tmp_path, at_accounts=[account("trainer")])), "warning") == ""


def test_a_point_that_stumbles_is_a_finding_and_a_desk_that_starts_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(at: Subject) -> Iterator[Finding]:
        raise PermissionError(13, "Permission denied", "secret name")

    monkeypatch.setattr("centre.checks.points.AT_START", (broken, backup))
    say_at_start(subject(tmp_path))
    assert [(record.levelname, record.message.partition(";")[0]) for record in caplog.records] == [
        ("ERROR", "CHECK broken: it could not be looked at: permission denied"),
        ("WARNING", "CHECK backup: no backup is known of: due every 7 days"),
        ("WARNING", "CHECK backup: no trial of one is known of: due every 100 days"),
    ]


def bytes_of(folder: Path) -> dict[str, str]:
    """What each file holds; a reader of a log may leave an empty companion behind."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if not path.name.endswith(("-wal", "-shm"))
    }


def test_a_trial_that_failed_is_an_error_and_nothing_else(tmp_path: Path) -> None:
    record = '{"backed_up_at": "2026-11-26T00:00:00Z", "tested_at": "2026-11-26T00:00:00Z", "ok": false}'
    (tmp_path / "vigie.log.backups").write_text(record)
    found = list(backup(subject(tmp_path)))
    assert [one.state for one in found if "trial" in one.text] == ["error"]


def test_a_record_of_backups_that_is_huge_or_would_be_waited_for_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "vigie.log.backups"
    path.write_bytes(b" " * (2 << 20))
    assert "can't be read" in said(backup(subject(tmp_path)), "warning")
    path.unlink()
    os.mkfifo(path)
    assert "can't be read" in said(backup(subject(tmp_path)), "warning")


async def test_the_command_beside_nothing_and_beside_a_log_changes_nothing_and_says_how_it_ended(
    tmp_path: Path,
) -> None:
    code, text = await vigie("check", folder=tmp_path)
    assert (code, list(tmp_path.iterdir())) == (1, [])
    assert "there are no accounts" in text
    Accounts(tmp_path / "vigie.users", hasher=QUICK).add("Jan Fictief", ["supervisor", "trainer"], PASSWORD)
    import_cases(SAMPLE, tmp_path / "cases.db", known_zone=lambda zone: True)
    log = await SqliteLog.open(tmp_path / "vigie.log")  # as a desk that serves holds it
    await log.checkpoint(stamp(NOW))
    before = bytes_of(tmp_path)
    code, text = await vigie("check", "--cases", "cases.db", "--json", folder=tmp_path)
    await log.close()
    found = msgspec.json.decode(text, type=list[Finding])
    assert code == 0, text
    assert not [one for one in found if one.state == "error"]
    assert {one.point for one in found} >= {
        "settings",
        "keys",
        "backup",
        "storage",
        "clock",
        "cases",
        "accounts",
        "training",
    }
    assert {name: digest for name, digest in bytes_of(tmp_path).items() if name in before} == before
    assert "Jan" not in text
    code, text = await vigie("check", "--feed", "http://x", folder=tmp_path)
    assert code == 1 and "feed (command line): it is an address like ws://" in text


def test_every_point_of_the_check_is_run() -> None:
    assert len({point.__name__ for point in (*POINTS, *AWAITED)}) == len(POINTS) + len(AWAITED) == 16


async def test_a_file_of_settings_that_is_refused_is_the_one_thing_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vigie.toml").write_text("prot = 1")
    (found,) = await check({})
    assert (found.state, found.point) == ("error", "settings")
    assert "prot: no such setting; port?" in found.text


async def test_the_register_of_what_was_erased_is_missed_and_wants_another_disk(tmp_path: Path) -> None:
    assert list(erased(subject(tmp_path))) == []  # nothing was ever logged
    await (await SqliteLog.open(tmp_path / "vigie.log")).close()
    assert "lies in the folder of the log" in said(erased(subject(tmp_path)), "warning")
    (tmp_path / "vigie.log.erased").unlink()
    assert "no backup can be restored without it" in said(erased(subject(tmp_path)), "error")
    apart = tmp_path / "apart"
    apart.mkdir()
    await (await SqliteLog.open(tmp_path / "vigie.log", register=apart / "erased")).close()
    assert said(erased(subject(tmp_path, erased_register=apart / "erased")), "ok")
    (apart / "erased").chmod(0o644)
    assert "others may read" in said(erased(subject(tmp_path, erased_register=apart / "erased")), "error")


async def test_a_register_on_a_disk_that_hangs_is_a_finding_and_holds_no_check_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, apart = threading.Event(), tmp_path / "apart"
    await (await SqliteLog.open(tmp_path / "vigie.log", register=apart)).close()
    is_file = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda path: answers.wait(60) if path == apart else is_file(path))
    monkeypatch.setattr("centre.checks.points.LOOKS_S", 0.2)
    try:
        async with asyncio.timeout(30):
            found = await check({"log": tmp_path / "vigie.log", "erased_register": apart, "no_sign_in": True})
    finally:
        answers.set()
    (hangs,) = [one for one in found if one.point == "erased"]
    assert (hangs.state, hangs.text) == ("error", "it could not be looked at: it does not answer")
    assert any(one.point == "clock" for one in found)

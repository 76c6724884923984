"""What changes who may know is a record: accounts, imports, settings; also before there is a log, and beside a desk."""

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from centre.belonging import bind
from centre.changes import Effect, State, effect, lets_in, say_settings
from centre.runtime import Centre
from centre.setting_sources import fields_of
from centre.settings import Settings
from dashboard.access.settings import AccessTimes, OidcSettings
from incidents.cases import CasesLocked, KnownCases, import_cases
from incidents.cases.sealed import make_register
from incidents.cases.sharing import share_cases
from incidents.clock import SystemClock
from incidents.log.servers import Servers
from incidents.log.shared_rows import SharedRows
from incidents.log.sqlite import SqliteLog
from tests.centre.test_cases_import import case_file
from tests.processes import vigie

PASSWORD = "geen echt wachtwoord\n"


async def changes(log: SqliteLog) -> list[dict[str, Any]]:
    """The facts in full of each change, by its type."""
    return [
        {"type": record.type, **record.open, **json.loads(log.unseal(record) or b"{}")}
        async for _, record in log.records()
        if record.type in ("account_changed", "cases_imported", "access_settings")
        and record.stream.startswith("audit/")
    ]


async def test_an_account_and_an_import_are_records_before_there_is_a_log_with_one_and_beside_a_desk(
    tmp_path: Path,
) -> None:
    where = ("--users", str(tmp_path / "vigie.users"))
    cases = ("--cases", str(tmp_path / "cases.db"), "--log", str(tmp_path / "vigie.log"))
    why = ("--reason", "moved abroad")
    made = ("users", "add", "Mieke Voorbeeld", "--role", "supervisor", "--password-stdin", *where)
    assert (await vigie(*made, typed=PASSWORD))[0] == 0
    assert (await vigie("cases", "import", case_file(tmp_path, "2026-0001"), *cases))[0] == 0
    assert not (tmp_path / "vigie.log").exists()
    (note, *_) = notes = sorted(tmp_path.glob("vigie.log.change-*"))
    assert len(notes) == 2 and note.stat().st_mode & 0o777 == 0o600
    assert not any(name in one.read_text() for one in notes for name in ("Mieke", "2026-0001"))  # nothing seals it yet
    settings = Settings(log=tmp_path / "vigie.log", cases=tmp_path / "cases.db", no_sign_in=True)
    centre = await Centre.open(settings)
    try:
        for spool in centre._spools.values():
            await spool.enter()
        assert not list(tmp_path.glob("vigie.log.change-*"))
        assert (await vigie("users", "disable", "Mieke Voorbeeld", *where))[0] == 0  # beside the desk
        assert (await vigie("cases", "import", case_file(tmp_path, "2026-0002"), *cases, *why))[0] == 0
        for spool in centre._spools.values():
            await spool.enter()
    finally:
        await centre.close()
    assert (await vigie("users", "passwd", "Mieke Voorbeeld", "--password-stdin", *where, typed="een ander\n"))[0] == 1
    assert (await vigie("cases", "import", case_file(tmp_path, withdrawn=("2026-0001",)), *cases, *why))[0] == 0
    assert (await vigie("users", "remove", "Nobody", *where))[0] == 1
    log = await SqliteLog.open(tmp_path / "vigie.log", reading=True)
    found = await changes(log)
    await log.close()
    facts = {name: [one for one in found if one["type"] == name] for name in ("account_changed", "cases_imported")}
    assert [(one["what"], one.get("account", ""), one.get("after", "")) for one in facts["account_changed"]] == [
        ("added", "", "supervisor"),
        ("disabled", "Mieke Voorbeeld", ""),
    ]
    first, beside, last = facts["cases_imported"]
    assert (first["added"], "cases" in first, last["withdrawn"]) == (1, False, 1)
    what, number, version, content = beside["cases"].split()
    assert (what, number, version, len(content)) == ("added", "2026-0002", "1", 64)
    assert last["cases"] == "withdrawn 2026-0001"
    assert [one.get("reason", "") for one in (first, beside, last)] == ["", "moved abroad", "moved abroad"]


@pytest.mark.parametrize("how", ["no key", "damaged"])
def test_where_nobody_can_say_whom_a_case_excluded_nothing_is_imported(tmp_path: Path, how: str) -> None:
    register, told = tmp_path / "cases.db", list[tuple[KnownCases, KnownCases]]()

    def load(file: str) -> None:
        assert import_cases(Path(file), register, allow=lambda before, after, _: told.append((before, after))).loaded

    load(case_file(tmp_path, "2026-0001", zone="5415"))
    load(case_file(tmp_path, withdrawn=("2026-0001",)))
    load(again := case_file(tmp_path, "2026-0001"))
    found = [effect(State(cases=before), State(cases=after)) for before, after in told]
    assert found == [{}, {"zone 5415": {"device AMR-0001"}}, {"zone 5415": {"case 2026-0001"}}]
    load(case_file(tmp_path, withdrawn=("2026-0001",)))
    if how == "no key":
        (tmp_path / "cases.db.key").unlink()
    else:
        with contextlib.closing(sqlite3.connect(register)) as db, db:
            db.execute("UPDATE versions SET sealed = zeroblob(40) WHERE version = 3")
    case_file(tmp_path, "2026-0001")
    with pytest.raises(CasesLocked):
        load(again)


async def test_a_desk_says_at_its_start_which_settings_let_in_more_than_the_last_ones(tmp_path: Path) -> None:
    told = []
    for more in ({"no_sign_in": True}, {"no_sign_in": True}, {}, {"origins": ("vigie.example:443",)}):
        settings = Settings(log=tmp_path / "vigie.log", **more)
        centre = await Centre.open(settings, clock=SystemClock())
        try:
            await say_settings(settings, centre.desk, centre.log)
            told.append([one.get("widened", "") for one in await changes(centre.log)])
        finally:
            await centre.close()
    assert told == [["no_sign_in"], ["no_sign_in"], ["no_sign_in", ""], ["no_sign_in", "", "origins"]]


# Settings, and whole sections, that decide neither who gets in nor what they may see.
LET_NOBODY_IN = {
    *("feed", "log", "port", "tls_cert", "tls_key", "centre", "language", "cics", "announce_pct", "erased_register"),
    *("zones_dir", "streets_file", "tiles_file", "addresses_dir", "basemap_url", "basemap_attribution", "log_format"),
    *("profile_file", "alarming", "degraded.file", "degraded.every_min", "oidc.label"),
    *("feeds.", "cluster.", "orders.", "radio.", "abroad.", "roads.", "buttons.", "watch.", "outside.", "shift."),
    *("audit.", "tests.", "evidence.", "training."),
}


def test_every_setting_lets_somebody_in_and_is_recorded_or_is_known_to_let_nobody_in() -> None:
    covered = {*lets_in(Settings())}
    for field in fields_of(Settings):
        named = {field.name, f"{field.name.partition('.')[0]}."} & LET_NOBODY_IN
        assert (field.name in covered) != bool(named), field.name
    assert covered <= {field.name for field in fields_of(Settings)}


def test_another_file_of_accounts_or_cases_and_each_word_of_the_sign_in_service_is_wider(tmp_path: Path) -> None:
    plain = lets_in(Settings())
    oidc = {
        name: Path("x") if name.endswith("_file") else "x" for name in OidcSettings.__struct_fields__ if name != "label"
    }
    oidc |= {"roles_map": {"x": "dispatcher"}}
    changed = [Settings(oidc=OidcSettings(**{name: value})) for name, value in oidc.items()]  # type: ignore[arg-type]
    changed += [Settings(**{name: tmp_path / "x"}) for name in ("users", "cases", "key_file")]
    assert all(len(effect(State(settings=plain), State(settings=lets_in(one)))) == 1 for one in changed)
    (register := tmp_path / "cases.db").touch()
    for _ in range(2):  # another register in its place has another mark
        register.unlink()
        make_register(register, None)
        now = lets_in(Settings(cases=register))
        assert "cases" in effect(State(settings=plain), State(settings=now))
        plain = now


def test_a_register_is_the_same_at_all_servers_that_share_it_and_none_that_came_is_wider(tmp_path: Path) -> None:
    settings = Settings(log=tmp_path / "vigie.log", cases=(register := tmp_path / "cases.db"))

    def wider(before: Effect) -> Effect:
        return effect(State(settings=before), State(settings=lets_in(settings)))

    none = lets_in(settings)
    make_register(register, None)
    assert not wider(none)
    first = lets_in(settings)
    bind(settings)
    assert not wider(first)
    shape = share_cases(register, Servers(["nats://127.0.0.1:1"]), "V")._shape
    with contextlib.closing(SharedRows(register, shape, "one")) as rows:
        rows.begin("a stream", 0)
        groups = rows.changes(0, 0.0, most=9, largest=9_999, together=9_999)
    register.unlink()
    with contextlib.closing(SharedRows(register, shape, "another")) as rows:  # the file of another server
        rows.begin("a stream", 1)
        rows.take(list(enumerate(groups, 1)), 0)
    bind(settings)
    assert not wider(first)
    register.unlink()
    assert "cases" in wider(first), "a start without it"


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({"address": "10.0.0.1"}, ("address",)),
        ({"address": "localhost"}, ()),
        ({"behind_proxy": True}, ("behind_proxy",)),
        ({"access": AccessTimes(idle_min=61)}, ("access.idle_min",)),
        ({"access": AccessTimes(idle_min=5)}, ()),
    ],
)
def test_a_setting_is_wider_that_lets_in_whom_it_did_not(more: dict[str, Any], names: tuple[str, ...]) -> None:
    plain, wider = Settings(), msgspec.structs.replace(Settings(), **more)

    def widened(before: Settings, now: Settings) -> tuple[str, ...]:
        return tuple(effect(State(settings=lets_in(before)), State(settings=lets_in(now))))

    assert widened(plain, wider) == names
    assert not widened(wider, wider)
    assert not names or not widened(wider, plain)

"""The register on real files: versions, sealing, search, and every way it can be locked, missing or damaged."""

import json
import shutil
import sqlite3
import time
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.case import Case
from incidents.cases import CaseRegister, CasesLocked, import_cases
from tests.incidents.cases.conftest import Import, case


def numbers(register: CaseRegister, text: str) -> list[str]:
    return [case.number for case in register.search(text)]


def test_earlier_versions_are_kept(load: Import, path: Path) -> None:
    load([case(safe_word="plum")])
    load([case(safe_word="pear")])
    load([], withdrawn=["2026-0001"])
    load([case(safe_word="quince")])
    register = CaseRegister.open(path)
    words = [
        found.safe_word if (found := register.by_number("2026-0001", v)) else None
        for v in register.versions("2026-0001")
    ]
    assert words == ["plum", "pear", None, "quince"]
    current = register.by_number("2026-0001")
    assert current is not None
    assert (current.version, current.safe_word) == (4, "quince")
    assert register.by_number("2026-0001", 9) is None


def test_a_device_of_two_cases_answers_with_the_one_valid_that_day(load: Import, path: Path) -> None:
    first = case("2026-0001", devices=["AMR-1"], valid_from="2026-01-01", valid_until="2026-06-30")
    load([first, case("2026-0002", devices=["AMR-1"], valid_from="2026-07-01", valid_until="2026-12-31")])
    register = CaseRegister.open(path, today=lambda: date(2026, 8, 1))
    days = {
        None: "2026-0002",
        date(2026, 3, 1): "2026-0001",
        date(2026, 9, 1): "2026-0002",
        date(2027, 1, 1): "2026-0002",
    }
    for day, number in days.items():
        found = register.by_device("AMR-1", day)
        assert found is not None
        assert found.number == number


def test_search_forgives_case_accents_and_order(load: Import, path: Path) -> None:
    load(
        [
            case("2026-0001", victim={"name": "Mme Émilie Exemple"}, suspect={"name": "M. Fictif"}),
            case("2026-0002", victim={"name": "Søren Straße"}, devices=["AMR-00777"]),
            case("2026-0010", victim={"name": "B. Exemple-Fictief"}),
        ]
    )
    register = CaseRegister.open(path)
    assert numbers(register, "exemple EMILIE") == ["2026-0001"]
    assert numbers(register, "soren strasse") == ["2026-0002"]
    assert numbers(register, "amr-00777") == ["2026-0002"]
    assert numbers(register, "2026-001") == ["2026-0010"]
    assert numbers(register, "exemple") == ["2026-0001", "2026-0010"]
    assert numbers(register, "fictif") == [], "a suspect is not searched"
    assert numbers(register, " ") == []
    assert len(register.search("2026", limit=2)) == 2


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "'; DROP TABLE versions; --",
    "\u202egnirts\u0000",
    "{{7*7}}",
    "a" * 200,
    "🚨",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(load: Import, path: Path, name: str) -> None:
    assert load([case(victim={"name": name}, devices=[name.strip() or "x"])]).loaded
    found = CaseRegister.open(path).by_number("2026-0001")
    assert found is not None
    assert found.victim.name == name


def test_nothing_of_a_person_is_readable_in_the_files(load: Import, path: Path) -> None:
    load([case("2026-0001", victim={"name": "Unmistakable Exemple"}, devices=["AMR-31337"], safe_word="marmalade")])
    held = b"".join(file.read_bytes() for file in path.parent.glob("cases.db*"))
    for secret in (b"Unmistakable", b"AMR-31337", b"marmalade", b"2026-0001"):
        assert secret not in held
    assert (path.with_name("cases.db.key").stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o600, 0o600)


def test_an_import_takes_effect_in_an_open_register(load: Import, path: Path) -> None:
    load([case("2026-0001"), case("2026-0002")])
    register = CaseRegister.open(path)
    assert register.reload_if_changed() == ()
    load([case("2026-0002", safe_word="plum"), case("2026-0003")], withdrawn=["2026-0001"])
    assert sorted(register.reload_if_changed()) == ["2026-0001", "2026-0002", "2026-0003"]
    assert register.by_number("2026-0001") is None
    found = register.by_number("2026-0002")
    assert found is not None
    assert (found.safe_word, found.version) == ("plum", 2)
    assert register.reload_if_changed() == ()


def test_without_a_path_there_is_no_register() -> None:
    register = CaseRegister.open(None)
    assert (register.state, register.by_device("AMR-1"), register.versions("1"), register.search("x")) == (
        "none",
        None,
        (),
        (),
    )
    assert register.by_number("1", 1) is None
    assert register.reload_if_changed() == ()


def test_a_missing_register_is_taken_as_soon_as_it_is_there(load: Import, path: Path) -> None:
    register = CaseRegister.open(path)
    assert (register.state, register.by_device("AMR-0001")) == ("missing", None)
    assert not path.exists(), "looking makes no file"
    load([case()])
    assert register.reload_if_changed() == ("2026-0001",)
    assert (register.state, register.reason) == ("open", "")


def test_a_register_without_its_key_is_locked_until_the_key_is_back(load: Import, path: Path) -> None:
    load([case()])
    key, safe = path.with_name("cases.db.key"), path.with_name("safe.key")
    key.rename(safe)
    register = CaseRegister.open(path)
    assert (register.state, register.by_device("AMR-0001")) == ("locked", None)
    assert register.reason.startswith("the master key cannot be read")
    with pytest.raises(CasesLocked):
        load([case("2026-0002")])
    assert not key.exists(), "a register that exists never gets a new key"
    key.write_text("0" * 64)
    assert (register.reload_if_changed(), register.state) == ((), "locked")
    assert register.reason == "the master key is not the one the case register was made with"
    key.write_text("nonsense")
    assert (register.reload_if_changed(), register.state) == ((), "locked")
    safe.replace(key)
    assert register.reload_if_changed() == ("2026-0001",)
    assert register.state == "open"


def test_the_key_may_lie_elsewhere(load: Import, path: Path, tmp_path: Path) -> None:
    key = tmp_path / "elsewhere.key"
    load([case()], key_file=key)
    assert (key.exists(), path.with_name("cases.db.key").exists()) == (True, False)
    assert CaseRegister.open(path, key_file=key).state == "open"
    assert CaseRegister.open(path).state == "locked"


@pytest.mark.parametrize(
    "junk", [b"not a database, but long enough to be read as one" * 100, b"SQLite format 3\0" + b"\0" * 4080]
)
def test_a_damaged_file_is_locked_and_recovers(load: Import, path: Path, junk: bytes) -> None:
    load([case()])
    whole = path.read_bytes()
    path.write_bytes(junk)
    register = CaseRegister.open(path)
    assert register.state == "locked"
    with pytest.raises(CasesLocked):
        load([case()])
    path.write_bytes(whole)
    assert register.reload_if_changed() == ("2026-0001",)
    assert register.state == "open"


def test_a_foreign_database_is_locked_and_left_alone(load: Import, path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE shopping (item TEXT)")
    db.close()
    assert CaseRegister.open(path).state == "locked"
    with pytest.raises(CasesLocked, match="not made by Vigie"):
        load([case()])


def test_one_damaged_case_does_not_hide_the_others(load: Import, path: Path) -> None:
    load([case("2026-0001"), case("2026-0002")])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE versions SET sealed = zeroblob(80) WHERE n = 1")
    db.close()
    register = CaseRegister.open(path)
    assert (register.state, register.reason) == ("locked", "damaged cases: 1 of 2")
    assert len(register) == 1
    assert register.reload_if_changed() == ()


def test_a_version_moved_to_another_place_is_not_taken(load: Import, path: Path) -> None:
    load([case(safe_word="plum")])
    load([case(safe_word="pear")])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE versions SET sealed = (SELECT sealed FROM versions WHERE version = 1) WHERE version = 2")
    db.close()
    assert CaseRegister.open(path).state == "locked"


def test_a_register_that_vanishes_while_serving_says_so_and_still_answers(load: Import, path: Path) -> None:
    load([case()])
    register = CaseRegister.open(path)
    away = path.with_name("away")
    shutil.move(path, away)
    assert (register.reload_if_changed(), register.state) == ((), "missing")
    assert register.by_device("AMR-0001") is not None, "what was read is worth more than nothing"
    shutil.move(away, path)
    assert (register.reload_if_changed(), register.state) == ((), "open")


def test_ten_thousand_cases_open_quickly_and_are_looked_at_cheaply(load: Import, path: Path) -> None:
    rows = [case(f"2026-{n:05}", devices=[f"AMR-{n:05}"], victim={"name": f"Persoon {n}"}) for n in range(10_000)]
    assert len(load(rows).added) == 10_000
    began = time.perf_counter()
    register = CaseRegister.open(path)
    opened = time.perf_counter()
    assert register.reload_if_changed() == ()
    looked = time.perf_counter()
    assert numbers(register, "persoon 777")[0] == "2026-00777"
    searched = time.perf_counter()
    assert (opened - began < 5, looked - opened < 0.05, searched - looked < 1) == (True, True, True)


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
facts = st.fixed_dictionaries({"text": words, "source": words, "date": st.dates().map(date.isoformat)})
cases = st.fixed_dictionaries(
    {
        "number": st.from_regex(r"\A[0-9A-Z][0-9A-Z ./-]{0,20}\Z"),
        "source": words,
        "date": st.dates().map(date.isoformat),
        "victim": st.fixed_dictionaries({"name": words, "facts": st.lists(facts, max_size=3)}),
        "devices": st.lists(st.from_regex(r"\A[A-Z0-9-]{4,12}\Z"), max_size=3, unique=True),
        "valid_from": st.just("2026-01-01"),
        "valid_until": st.just("2026-12-31"),
    },
    optional={
        "risks": st.lists(facts, max_size=3),
        "safe_word": words,
        "safe_numbers": st.lists(words, max_size=3),
        "places": st.lists(
            st.fixed_dictionaries({"name": words, "lat": st.floats(-90, 90), "lon": st.floats(-180, 180)}),
            max_size=2,
            unique_by=lambda place: place["name"],
        ),
    },
)


@given(content=cases)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_imported_is_what_is_read(content: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("register")
    (folder / "import.json").write_text(json.dumps({"cases": [content]}))
    assert import_cases(folder / "import.json", folder / "cases.db").loaded
    assert import_cases(folder / "import.json", folder / "cases.db").unchanged == (content["number"],)
    assert CaseRegister.open(folder / "cases.db").by_number(content["number"]) == msgspec.convert(content, Case)

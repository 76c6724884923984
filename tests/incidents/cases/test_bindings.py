"""A device given out or taken back at the bench: what the register says then, and what an import may not undo."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.case import Case, Person
from incidents.cases import CaseRegister, CasesLocked
from incidents.cases.bindings import Binding, overlaid
from incidents.cases.register import BoundMeanwhile
from incidents.cases.sealed import SealedCases
from tests.incidents.cases.conftest import Import, case

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def binding(device: str, number: str | None, minutes: int = 0) -> Binding:
    return Binding(device=device, case=number, at=AT + timedelta(minutes=minutes), by="p-1")


def case_of(path: Path, device: str) -> str | None:
    found = CaseRegister.open(path).by_device(device)
    return found.number if found else None


def test_a_bound_device_is_found_by_its_case_and_importing_the_same_cases_again_loses_nothing(
    load: Import, path: Path
) -> None:
    load([case("2026-0001"), case("2026-0002")])
    register = CaseRegister.open(path)
    register.bind(binding("AMR-NEW", "2026-0002"), binding("AMR-0002", None), seen={})
    assert register.reload_if_changed() == ("2026-0002",)
    for _ in range(2):
        assert register.by_device("AMR-0002") is None, "it was taken back"
        found = register.by_device("AMR-NEW")
        assert found is not None
        assert (found.number, found.devices, found.version) == ("2026-0002", ("AMR-NEW",), 1)
        assert [one.number for one in register.search("amr-new")] == ["2026-0002"]
        assert not load([case("2026-0001"), case("2026-0002")]).problems
        register = CaseRegister.open(path)
    assert load([case("2026-0002", safe_word="plum")]).changed == ("2026-0002",)
    assert (case_of(path, "AMR-NEW"), case_of(path, "AMR-0002")) == ("2026-0002", None)


def test_with_a_case_that_is_erased_its_bindings_go(load: Import, path: Path) -> None:
    load([case("2026-0001"), case("2026-0002")])
    register = CaseRegister.open(path)
    register.bind(
        binding("AMR-NEW", "2026-0001"), binding("AMR-OTHER", "2026-0002"), binding("AMR-0002", None), seen={}
    )
    with closing(sqlite3.connect(path)) as db:
        before = {sealed for (sealed,) in db.execute("SELECT sealed FROM bindings")}
    with SealedCases.open(path, None, writing=True) as file, file.transaction():
        file.forget(file.tag("2026-0001"), place=str)
        assert file.bindings().keys() == {"AMR-OTHER", "AMR-0002"}
    kept = path.read_bytes()
    assert sum(sealed in kept for sealed in before) == 2
    assert register.reload_if_changed() and register.bindings.get("AMR-NEW") is None
    assert (register.state, case_of(path, "AMR-OTHER"), case_of(path, "AMR-NEW")) == ("open", "2026-0002", None)


def test_an_import_can_not_give_away_what_the_bench_gave_to_another(load: Import, path: Path) -> None:
    load([case("2026-0001"), case("2026-0002")])
    CaseRegister.open(path).bind(binding("AMR-NEW", "2026-0001"), seen={})
    report = load([case("2026-0002", devices=["AMR-0002", "AMR-NEW"])])
    assert [str(problem) for problem in report.problems] == [
        "line 3, case 1: devices[1]: given to case 2026-0001 at the bench; take it back there first"
    ]
    assert load([case("2026-0001", devices=["AMR-0001", "AMR-NEW"])]).loaded, "the same case may say it too"
    register = CaseRegister.open(path)
    seen = register.bindings.get("AMR-NEW")
    assert seen is not None
    register.bind(binding("AMR-NEW", None, 5), seen={"AMR-NEW": seen})
    assert case_of(path, "AMR-NEW") is None, "also where the import named it meanwhile"
    assert load([case("2026-0001"), case("2026-0002", devices=["AMR-0002", "AMR-NEW"])]).loaded
    assert case_of(path, "AMR-NEW") == "2026-0002", "what was taken back and is new in a file counts by the file"


def test_the_second_of_two_who_bind_at_once_is_told(load: Import, path: Path) -> None:
    load([case("2026-0001"), case("2026-0002")])
    register = CaseRegister.open(path)
    register.bind(binding("AMR-NEW", "2026-0001"), seen={})
    with pytest.raises(BoundMeanwhile):
        register.bind(binding("AMR-NEW", "2026-0002"), seen={})
    assert case_of(path, "AMR-NEW") == "2026-0001"


def test_a_device_of_a_withdrawn_case_is_nobodys(load: Import, path: Path) -> None:
    load([case("2026-0001"), case("2026-0002")])
    CaseRegister.open(path).bind(binding("AMR-0002", "2026-0001"), seen={})
    load([], withdrawn=["2026-0001"])
    assert case_of(path, "AMR-0002") is None, "not that of the case it was taken from"


def test_no_device_and_no_number_of_a_binding_stands_in_the_file(load: Import, path: Path) -> None:
    load([case("2026-0001")])
    CaseRegister.open(path).bind(binding("AMR-NEW", "2026-0001"), seen={})
    stored = b"".join(file.read_bytes() for file in path.parent.glob("cases.db*"))
    assert b"AMR-NEW" not in stored
    assert b"2026-0001" not in stored


def test_without_a_register_nothing_is_bound(tmp_path: Path) -> None:
    for register in (CaseRegister.open(None), CaseRegister.open(tmp_path / "none.db")):
        with pytest.raises(CasesLocked):
            register.bind(binding("AMR-NEW", "2026-0001"), seen={})


numbers = st.sampled_from(["1", "2", "3"])
devices = st.sampled_from(["a", "b", "c", "d"])


@given(
    cases=st.dictionaries(numbers, st.lists(devices, unique=True)),
    bindings=st.dictionaries(devices, st.one_of(st.none(), numbers)),
)
def test_a_bound_device_has_its_case_and_no_other(cases: dict[str, list[str]], bindings: dict[str, str | None]) -> None:
    day = AT.date()
    made = {
        number: Case(
            number=number,
            victim=Person(name="A. Voorbeeld"),
            devices=tuple(listed),
            valid_from=day,
            valid_until=day,
            source="Parket Voorbeeld",
            date=day,
        )
        for number, listed in cases.items()
    }
    found = overlaid(made, {device: binding(device, number) for device, number in bindings.items()})
    assert found.keys() == made.keys()
    for device in "abcd":
        having = {number for number, one in found.items() if device in one.devices}
        if device in bindings:
            assert having == {bindings[device]} & made.keys()
        else:
            assert having == {number for number, listed in cases.items() if device in listed}
    assert all(len(set(one.devices)) == len(one.devices) for one in found.values())

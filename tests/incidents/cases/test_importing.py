"""Importing: what is merged, what is refused, and in which words."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from incidents import case as structs
from incidents.cases import CaseFileError, CaseRegister, import_cases
from tests.incidents.cases.conftest import Import, case

OWN = {("Case", "version"), ("Case", "standing")}  # what the register says, and no file
DOCS = Path(__file__).parents[3] / "docs"


def test_the_sample_is_imported_whole(path: Path) -> None:
    report = import_cases(DOCS / "cases.sample.json", path)
    assert (report.loaded, report.added, report.problems) == (True, ("2026-0001", "2026-0002"), ())
    found = CaseRegister.open(path).by_device("AMR-00413")
    assert found is not None
    assert (found.listen_only, found.silent_approach) == (True, True)
    assert found.excluded_zone("5304") == "the suspect's brother serves there"
    assert found.excluded_zone("5303") is None


def test_a_register_is_merged_by_number_and_says_what_it_did(load: Import, path: Path) -> None:
    load([case("2026-0001"), case("2026-0002")])
    report = load([case("2026-0001"), case("2026-0002", safe_word="plum"), case("2026-0003")])
    assert (report.unchanged, report.changed, report.added) == (("2026-0001",), ("2026-0002",), ("2026-0003",))
    register = CaseRegister.open(path)
    assert len(register) == 3
    assert load([case("2026-0003")]).loaded
    assert len(CaseRegister.open(path)) == 3, "a case that the file does not name stays"


def test_a_withdrawn_case_is_gone_but_its_versions_are_not(load: Import, path: Path) -> None:
    load([case()])
    assert load([], withdrawn=["2026-0001"]).withdrawn == ("2026-0001",)
    assert load([], withdrawn=["2026-0001"]).loaded, "twice is no problem"
    register = CaseRegister.open(path)
    assert (register.by_number("2026-0001"), register.by_device("AMR-0001"), register.search("0001")) == (
        None,
        None,
        (),
    )
    assert register.by_number("2026-0001", 1) is not None


def test_a_case_with_an_open_incident_is_not_withdrawn(load: Import, path: Path) -> None:
    load([case()])
    report = load([], withdrawn=["2026-0001"], open_incident_cases=lambda: {"2026-0001"})
    assert (report.loaded, str(report.problems[0])) == (False, "withdrawn[0]: an incident of the case is open")
    assert CaseRegister.open(path).by_number("2026-0001") is not None


def test_withdrawing_a_case_that_never_was_is_a_problem(load: Import) -> None:
    assert [str(p) for p in load([case()], withdrawn=["2026-9999"]).problems] == ["withdrawn[0]: no such case"]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"devices": [7]}, "devices[0]: expected str, got int"),
    ({"victim": {}}, "victim: object missing required field name"),
    ({"victim": {"name": ""}}, "victim.name: expected str of length >= 1"),
    ({"valid_until": "2026-11-01"}, "valid_until: before valid_from"),
    ({"valid_until": "tomorrow"}, "valid_until: expected a date like 2026-11-24"),
    ({"number": "a\nb"}, "number: expected 1 to 40 letters, digits, spaces or . / _ -"),
    ({"devices": [" AMR"]}, "devices[0]: expected 1 to 200 characters without space at the ends"),
    ({"devices": ["A", "A"]}, "devices: one stands twice"),
    ({"places": [{"name": "home", "lat": 50, "lon": 4}, {"name": "home", "lat": 51, "lon": 4}]}, "places: two have one name"),
    ({"languages": ["nl"]}, "unknown field languages"),
    ({"Mme Exemple": 1}, "unknown field"),
    ({"version": 2}, "version: the register numbers the versions itself"),
    ({"exclusions": [{"reason": "brother"}]}, "exclusions[0]: names neither an account nor a zone"),
    ({"places": [{"name": "home", "lat": 91, "lon": 4}]}, "places[0].lat: expected float <= 90.0"),
    ({"places": [{"name": "home", "lat": 50, "lon": 4, "address": 7}]}, "places[0].address: expected str, got int"),
    ({"places": [{"name": "home", "lat": 50, "lon": 4, "address": "a" * 201}]}, "places[0].address: expected str"),
    ({"places": [{"name": "home", "lat": 50, "lon": 4, "radius_m": -1}]}, "places[0].radius_m: expected float >= 0.0"),
    ({"risks": [{"text": "x" * 2001, "source": "s", "date": "2026-01-01"}]}, "risks[0].text: expected str of length <= 2000"),
    ({"risks": ["knife"]}, "risks[0]: expected object, got str"),
    (
        {"instructions": [{"kind": "M. Fictif", "text": "t", "source": "s", "date": "2026-01-01"}]},
        "instructions[0].kind: not one of the values allowed",
    ),
    ({"victim": {"name": "x", "languages": ["Dutch"]}}, "victim.languages[0]: expected an ISO 639 code of 2 or 3 small letters"),
    ({"safe_word": "\ud800"}, "a text or number that can't be stored"),
    ({"places": [{"name": "home", "lat": 10**400, "lon": 4}]}, "places[0].lat"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "reason"), BAD)
def test_a_bad_row_names_its_line_and_reason_and_nothing_is_loaded(
    load: Import, path: Path, fields: dict[str, Any], reason: str
) -> None:
    report = load([case("2026-0007"), case("2026-0008") | fields])
    line = json.dumps({"cases": [case("2026-0007")]}, indent=1).count("\n")
    assert str(report.problems[0]).startswith(f"line {line}, case 2: {reason}")
    assert (report.loaded, path.exists()) == (False, False)


def test_every_problem_of_every_case_is_named_at_once(load: Import) -> None:
    load([case("2026-0001", devices=["AMR-1"])])
    pairs = [(a, b) for a, b in combinations(BAD, 2) if not a[0].keys() & b[0].keys()]
    rows = [case(f"2026-1{n:03}") | one | other for n, ((one, _), (other, _)) in enumerate(pairs)]
    wrong = [("home_zone", "0000", "home_zone: no such zone"), ("source", 7, "source: expected str, got int")]
    wrong += [("devices", ["AMR-1", "AMR-2"], "devices[0]: also in case 2026-0001, valid on the same days")]
    twice = "number: the same as that of case 1"
    report = load(
        [*rows, case("2026-1000") | {name: value for name, value, _ in wrong}], known_zone={"5415"}.__contains__
    )
    found: dict[int, list[str]] = {}
    for problem in report.problems:
        found.setdefault(problem.place, []).append(problem.reason)
    for place, ((_, one), (_, other)) in enumerate(pairs, 1):
        assert all(any(said.startswith(why) for said in found[place]) for why in (one, other)), (place, found[place])
    assert {*found[len(rows) + 1]} == {twice, *(why for *_, why in wrong)}


def test_partial_loads_the_rest(load: Import, path: Path) -> None:
    report = load([case("2026-0001"), {"number": 3}, "nothing", None, case("2026-0002")], partial=True)
    assert (report.loaded, report.refused, report.added) == (True, 3, ("2026-0001", "2026-0002"))
    assert len(CaseRegister.open(path)) == 2


def test_an_error_never_says_a_persons_name(load: Import) -> None:
    name = "Mme Exemple"
    rows = [case(name=name), case("2026-0002", victim=name), case("2026-0003", places=[{name: name}])]
    report = load([*rows, case("2026-0004", instructions=[{"kind": name, "text": name, "source": name, "date": name}])])
    assert report.refused == 4
    assert not [p for p in report.problems if "Exemple" in str(p)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: expected `{`"),
        ("[]", "line 1: expected `{`"),
        ("{}", "line 1: expected `cases` or `withdrawn`"),
        ('{"cases": [\n{"number": "1",}]}', "line 2, column"),
        ('{"cases": []} x', "line 1: expected the end of the file"),
        ('{"cases": [], "cases": []}', "line 1: `cases` stands twice"),
        ('{"case": []}', "line 1: expected `cases` or `withdrawn`"),
        ('{"cases": [\n\n{"a": NaN}]}', "line 3: no JSON"),
        ('{"cases": [' + "[" * 100_000, "line 1: nested too deeply"),
        ('{"withdrawn": [1]}', "line 1, withdrawn[0]: expected str, got int"),
    ],
)
def test_a_file_that_is_no_case_file_is_refused_with_its_line(load: Import, path: Path, text: str, reason: str) -> None:
    with pytest.raises(CaseFileError) as refused:
        load(text, partial=True)
    assert str(refused.value).startswith(reason)
    assert not path.exists()


def test_a_field_that_stands_twice_is_refused(load: Import) -> None:
    twice = json.dumps(case()).replace('"name": "A. Voorbeeld"', '"name": "A. Voorbeeld", "name": "B. Fictief"')
    report = load(f'{{"cases": [{twice}]}}')
    assert [str(problem) for problem in report.problems] == ["line 1, case 1: victim: a field stands twice"]


def test_bytes_that_are_no_text_are_refused(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "import.json"
    file.write_bytes(b'{"cases": [\xff]}')
    with pytest.raises(CaseFileError, match="byte 11: not UTF-8"):
        import_cases(file, path)
    with pytest.raises(CaseFileError, match="can't be read: no such file"):
        import_cases(tmp_path / "none.json", path)


def test_the_second_of_two_rows_with_one_number_is_refused(load: Import, path: Path) -> None:
    report = load([case(safe_word="plum"), case(safe_word="pear")], partial=True)
    assert [p.reason for p in report.problems] == ["number: the same as that of case 1"]
    found = CaseRegister.open(path).by_number("2026-0001")
    assert found is not None
    assert found.safe_word == "plum"


def test_a_device_belongs_to_one_case_at_a_time(load: Import) -> None:
    load([case("2026-0001", devices=["AMR-1"])])
    report = load([case("2026-0002", devices=["AMR-2", "AMR-1"])])
    assert [p.reason for p in report.problems] == ["devices[1]: also in case 2026-0001, valid on the same days"]
    report = load([case("2026-0002", devices=["AMR-1"], valid_from="2027-05-02", valid_until="2027-06-01")])
    assert report.loaded, "after the first case has ended its button may be given to another"


def test_two_cases_may_exchange_their_devices_in_one_file(load: Import, path: Path) -> None:
    load([case("2026-0001", devices=["AMR-1"]), case("2026-0002", devices=["AMR-2"])])
    assert load([case("2026-0001", devices=["AMR-2"]), case("2026-0002", devices=["AMR-1"])]).loaded
    found = CaseRegister.open(path).by_device("AMR-1")
    assert found is not None
    assert found.number == "2026-0002"


def test_a_mistyped_zone_is_refused(load: Import) -> None:
    zones = {"5415"}
    row = case(exclusions=[{"zone": "5451", "reason": "brother"}], home_zone="5415")
    assert [p.reason for p in load([row], known_zone=zones.__contains__).problems] == [
        "exclusions[0].zone: no such zone"
    ]
    assert load([row | {"exclusions": []}], known_zone=zones.__contains__).loaded


def test_every_field_of_a_case_is_documented() -> None:
    documented = (DOCS / "cases.md").read_text(encoding="utf-8")
    for kind in (structs.Case, structs.Person, structs.Fact, structs.Protected, structs.Instruction, structs.Exclusion):
        section = documented.partition(f"`{kind.__name__}`\n")[2].partition("\n## ")[0]
        rows = [line.split("|")[1].strip().strip("`") for line in section.splitlines() if line.startswith("| `")]
        assert rows == [name for name in kind.__struct_fields__ if (kind.__name__, name) not in OWN]

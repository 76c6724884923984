"""The demo's cases are importable, fictional, and everywhere."""

import csv
from datetime import date, timedelta
from pathlib import Path

from demo.cases import EARLIER, demo_cases, demo_steps, earlier_cases, stations, take_steps, write_cases
from demo.devices import demo_devices
from demo.towns import TOWNS
from incidents.cases import CaseRegister, import_cases
from incidents.cases.life import life
from maps.zones import Zones

DAY = date(2026, 11, 24)
TABLES = Path(__file__).parents[2] / "maps" / "data"


def zones() -> dict[str, str]:
    """The province of each zone."""
    with (TABLES / "police_zones.csv").open(encoding="utf-8") as table:
        return {row["zone"]: row["province_nis"] for row in csv.DictReader(table)}


def test_the_demo_cases_are_imported_without_a_problem(tmp_path: Path) -> None:
    write_cases(tmp_path / "cases.json", demo_cases(DAY))
    report = import_cases(tmp_path / "cases.json", tmp_path / "cases.db", known_zone=zones().__contains__)
    assert (report.problems, len(report.added)) == ((), len(TOWNS))
    register = CaseRegister.open(tmp_path / "cases.db")
    assert tuple(register.by_number(case.number) for case in demo_cases(DAY)) == demo_cases(DAY)


def test_some_of_the_demo_cases_have_a_life(tmp_path: Path) -> None:
    write_cases(tmp_path / "cases.json", demo_cases(DAY))
    import_cases(tmp_path / "cases.json", tmp_path / "cases.db")
    register = CaseRegister.open(tmp_path / "cases.db")
    for _ in range(2):  # a demo that is started again on its data
        take_steps(register, demo_steps(demo_cases(DAY), DAY))
        register.reload_if_changed()
    lives = [life(*found, DAY) for case in register.all() if (found := register.lived(case.number))]
    assert {"active", "suspended", "expired", "ended"} == {found.state for found in lives}
    assert {"review_due", "review_missed"} <= {need for found in lives for need in found.needs}
    assert all(found.decision and found.zone for found in lives)


def test_the_cases_of_the_year_before_are_over_and_wait_for_nobody(tmp_path: Path) -> None:
    earlier = earlier_cases(DAY - timedelta(days=365), DAY, Zones.load().locate)
    write_cases(tmp_path / "cases.json", earlier)
    report = import_cases(tmp_path / "cases.json", tmp_path / "cases.db", known_zone=zones().__contains__)
    assert (report.problems, len(report.added)) == ((), EARLIER)
    register = CaseRegister.open(tmp_path / "cases.db")
    take_steps(register, demo_steps(earlier, DAY))
    register.reload_if_changed()
    lives = [life(*found, DAY) for case in earlier if (found := register.lived(case.number))]
    assert {(found.state, found.needs) for found in lives} == {("returned", ())} and len(lives) == EARLIER


def test_every_centre_has_at_least_three_cases_in_its_own_zones() -> None:
    with (TABLES / "cic.csv").open(encoding="utf-8") as table:
        provinces = {row["id"]: row["province_nis"] for row in csv.DictReader(table)}
    for cic, province in provinces.items():
        towns = [town for town in TOWNS if town.cic == cic]
        assert len(towns) >= 3
        assert {zones()[town.zone] for town in towns} == {province}


def test_the_same_day_and_seed_give_the_same_cases() -> None:
    assert demo_cases(DAY) == demo_cases(DAY)
    assert demo_cases(DAY) != demo_cases(DAY, seed=2)


def test_exactly_one_case_has_expired() -> None:
    assert [case.number for case in demo_cases(DAY) if not case.valid_on(DAY)] == ["2026-0009"]


def test_the_cases_show_all_that_a_case_can_say() -> None:
    cases = demo_cases(DAY)
    assert {case.listen_only for case in cases} == {case.silent_approach for case in cases} == {True, False}
    assert {bool(case.weapons) for case in cases} == {bool(case.present) for case in cases} == {True, False}
    assert any(e.zone for case in cases for e in case.exclusions)
    assert any(e.account for case in cases for e in case.exclusions)
    assert any(len(case.devices) > 1 for case in cases)
    assert {language for case in cases for language in case.victim.languages} >= {"nl", "fr", "de"}


def test_every_name_says_that_it_is_made_up() -> None:
    marks = ("Voorbeeld", "Fictie", "Verzonnen", "Denkbeeldig", "Proef", "Exemple", "Fictiv", "Fictif", "Modèle")
    marks += ("Imaginaire", "Essai", "Invent", "Beispiel", "Muster", "Erfunden")
    for case in demo_cases(DAY):
        for person in (case.victim, case.suspect):
            assert person is None or any(mark in person.name for mark in marks)


def test_each_town_has_a_station() -> None:
    assert set(stations()) == {town.zone for town in TOWNS}


def test_every_case_has_a_button_at_home_in_its_town() -> None:
    cases = demo_cases(DAY)
    devices = demo_devices(cases)
    assert [device.case for device in devices] == [case.number for case in cases]
    for town, device in zip(TOWNS, devices, strict=True):
        assert abs(device.lat - town.lat) < 0.01
        assert abs(device.lon - town.lon) < 0.01


def test_every_home_lies_in_the_zone_and_the_centre_it_is_given() -> None:
    zones = Zones.load()
    for town, device in zip(TOWNS, demo_devices(demo_cases(DAY)), strict=True):
        found = zones.locate(device.lat, device.lon, None, None)
        assert (found.zone, found.cic) == (town.zone, town.cic)

"""A register in which a newer Vigie wrote is read by this one: what it has no name for is not shown, the rest is."""

import logging
from pathlib import Path

import msgspec
import pytest

from incidents.case import Case, Instruction, Person, Protected
from incidents.cases import CaseRegister, sealed
from incidents.cases.sealed import SealedCases
from tests.incidents.cases.conftest import Import, case


class NewerPlace(Protected, frozen=True, kw_only=True):
    floor: int


class NewerPerson(Person, frozen=True, kw_only=True):
    nicknames: tuple[str, ...]


class NewerCase(Case, frozen=True, kw_only=True):
    calm_word: str


def write(path: Path, **facts: object) -> None:
    plain = msgspec.convert(case(), Case)
    newer = NewerCase(**{**msgspec.structs.asdict(plain), "calm_word": "plum", **facts})  # type: ignore[arg-type]
    with SealedCases.open(path, None, writing=True) as file, file.transaction():
        file.write(plain.number, newer)


def test_what_a_newer_version_wrote_is_shown_as_far_as_it_is_known(
    load: Import, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load([case()])
    sealed._say_newer.cache_clear()
    place = NewerPlace(name="home", lat=51.0, lon=3.7, floor=3)
    write(path, places=(place,), victim=NewerPerson(name="A. Voorbeeld", nicknames=("B",)), safe_word="pear")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            register = CaseRegister.open(path)
            assert register.state == "open"
            found = register.by_number("2026-0001")
            assert found is not None
            assert (found.victim.name, found.safe_word, found.places[0].name) == ("A. Voorbeeld", "pear", "home")
            assert type(found) is Case and type(found.places[0]) is Protected
    assert [record.levelname for record in caplog.records] == ["WARNING"]  # once
    assert "Voorbeeld" not in caplog.text


def test_a_word_that_nobody_here_knows_locks_the_case_alone(load: Import, path: Path) -> None:
    """An instruction that is not understood is not left out: who reads the case would take it for all there is."""
    load([case(), case("2026-0002")])
    unknown = Instruction(kind="hide", text="x", source="x", date="2026-01-01")  # type: ignore[arg-type]
    write(path, instructions=(unknown,))
    register = CaseRegister.open(path)
    assert (register.state, register.by_number("2026-0001")) == ("locked", None)
    assert register.by_number("2026-0002") is not None

"""The five scenarios that come with Vigie: each is sound, and played to its end its presses are where its references say."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from incidents import events as ev
from incidents.exercises.check import actions, length_s
from incidents.exercises.scenario import Feed, Line, Link, Press, Scenario, Zone
from reports.catalogue import LANGUAGES, PSEUDO, WRITTEN
from tests.training.parts import exercise_of, opened, zones
from tests.waiting import until
from training.scenarios import SHIPPED, ScenarioShelf

CODES = {
    *(
        "format",
        "do",
        "state",
        "press",
        "device",
        "devices",
        "number",
        "valid_from",
        "valid_until",
        "date",
        "home_zone",
    ),
    *("zone", "kind", "answer", "as_class", "outcome", "languages"),
}
SPEED = 600.0  # the longest is half an hour; what comes last must have been taken in before its end


def shelf() -> ScenarioShelf:
    return ScenarioShelf(Path("/nonexistent"), recordings=dict, known_zone=zones().known)


def shipped(language: str = "en") -> dict[str, Scenario]:
    return {name: shelf().read(name, language) for name, _ in shelf().names()}


def texts(facts: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a scenario with the name of its field."""
    if isinstance(facts, dict):
        for name, value in facts.items():
            yield from texts(value, name)
    elif isinstance(facts, list | tuple):
        for one in facts:
            yield from texts(one, field)
    elif isinstance(facts, str):
        yield field, facts


def read(scenario: Scenario) -> list[str]:
    """What somebody reads or hears in it."""
    return [text for field, text in texts(msgspec.to_builtins(scenario)) if field not in CODES | {"language"}]


def test_five_scenarios_ship_with_references_briefing_and_injects() -> None:
    assert len(shipped()) == len(list(SHIPPED.glob("*"))) == 5
    for name, scenario in shipped().items():
        pressing = {action.device for _, action in actions(scenario) if isinstance(action, Press)}
        assert {reference.device for reference in scenario.references} == pressing, name
        assert all(reference.why for reference in scenario.references), name
        assert scenario.briefing and scenario.story and scenario.injects and scenario.cases, name
        assert 600 <= length_s(scenario, {}) <= 3600, name


def test_they_hold_every_kind_of_thing_that_can_happen() -> None:
    happens = {type(action) for scenario in shipped().values() for _, action in actions(scenario)}
    assert {Press, Line, Link, Feed, Zone} <= happens
    duress = shipped()["accident-under-duress"]
    (case,) = duress.cases
    heard = [step.what.script for step in duress.steps if isinstance(step.what, Line)]
    assert any("accident" in script for script in heard)
    assert case.duress_word and any(case.duress_word in script for script in heard)
    assert duress.references[0].as_class == "real"


def test_nothing_that_is_read_or_heard_in_them_stays_in_one_language() -> None:
    """In the language that is none all of it is accented; what is not is a code, a key, a day, or a person's name."""
    for name, scenario in shipped(PSEUDO).items():
        people = {person.name for case in scenario.cases for person in (case.victim, case.suspect) if person}
        said = {(field, text) for field, text in texts(msgspec.to_builtins(scenario)) if not text.startswith("⟦")}
        assert {(field, text) for field, text in said if field not in CODES and text not in people | {""}} == set(), (
            name
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_sound_in_every_language_and_who_speaks_in_it_speaks_that(language: str) -> None:
    for name, scenario in shipped(language).items():
        assert shelf().problems(scenario) == () and scenario.language == language, name
        spoken = [case.victim.languages for case in scenario.cases]
        assert all(case.language == language for case in scenario.cases) and all(s[0] == language for s in spoken if s)


@pytest.mark.parametrize("language", WRITTEN)
def test_an_agreed_word_is_said_in_a_translated_text_where_it_is_said_in_english(language: str) -> None:
    said = 0
    for name, english in shipped().items():
        other = shipped(language)[name]
        pairs = list(zip(read(english), read(other), strict=True))
        for case, turned in zip(english.cases, other.cases, strict=True):
            for word in ("safe_word", "duress_word"):
                if not (agreed := getattr(case, word)):
                    continue
                own = getattr(turned, word)
                for text, told in pairs:
                    assert (agreed.lower() in text.lower()) == (own.lower() in told.lower()), (name, text, told)
                    said += text != agreed and agreed in text
    assert said >= 2


async def test_each_is_played_to_its_end_and_its_last_presses_lie_in_the_zones_of_its_references(
    tmp_path: Path,
) -> None:
    room = await opened(tmp_path)
    try:
        played = [await exercise_of(room, scenario, speed=SPEED) for scenario in shipped().values()]
        await asyncio.gather(*(exercise.start() for exercise in played))
        await until(lambda: all(exercise.state == "ended" for exercise in played), 60)
        for exercise in played:
            zone_of: dict[str | None, str] = {}
            for incident in exercise.desk.board.incidents.values():
                for entry in incident.history.entries:
                    if isinstance(entry.event, ev.Raised | ev.Pressed):
                        zone_of[incident.device] = zones().locate(entry.event.fix.lat, entry.event.fix.lon).zone
            wanted = {r.device: r.zone for r in exercise.scenario.references}
            assert {device: zone for device, zone in zone_of.items() if wanted[device]} == {
                device: zone for device, zone in wanted.items() if zone
            }, exercise.scenario.title
            assert zone_of.keys() == wanted.keys()
    finally:
        await room.close()

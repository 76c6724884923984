"""The five scenarios that come with Vigie: each is sound, and played to its end its presses are where its references say."""

import asyncio
from pathlib import Path

from incidents import events as ev
from incidents.exercises.check import actions, length_s
from incidents.exercises.scenario import Feed, Line, Link, Press, Scenario, Zone
from tests.training.parts import exercise_of, opened, zones
from tests.waiting import until
from training.scenarios import SHIPPED, ScenarioShelf

SPEED = 600.0  # the longest is half an hour; what comes last must have been taken in before its end


def shelf() -> ScenarioShelf:
    return ScenarioShelf(Path("/nonexistent"), recordings=dict, known_zone=zones().known)


def shipped() -> dict[str, Scenario]:
    return {name: shelf().read(name) for name, _ in shelf().names()}


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

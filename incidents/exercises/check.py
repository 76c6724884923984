"""What is wrong with a scenario beyond what its types say: names that lead nowhere, times out of order, a real device."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping

import msgspec

from incidents.exercises.scenario import AFTER_S, LONGEST_S, Action, Line, Press, Scenario

EXERCISE_DEVICE = re.compile(r"EX-[A-Z0-9-]{1,20}")


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong: where (`steps[3].what.device`) and why, in words that quote no value."""

    path: str
    why: str


def check_scenario(
    scenario: Scenario,
    *,
    recordings: Mapping[str, Collection[str]],
    sounds: Collection[str],
    known_zone: Callable[[str], bool],
) -> tuple[Problem, ...]:
    """Everything that is wrong, in the order of the file. `recordings` gives the devices of each known recording by its name."""
    return tuple(_problems(scenario, recordings, sounds, known_zone))


def actions(scenario: Scenario) -> Iterator[tuple[str, Action]]:
    """Every action of a scenario with its place: the steps', then the injects'."""
    for n, step in enumerate(scenario.steps):
        yield f"steps[{n}].what", step.what
    for n, inject in enumerate(scenario.injects):
        for m, action in enumerate(inject.what):
            yield f"injects[{n}].what[{m}]", action


def length_s(scenario: Scenario, recorded_s: Mapping[str, float]) -> float:
    """When the exercise ends by itself, seconds. `recorded_s` gives the length of each recording it is made of."""
    if scenario.lasts:
        return scenario.lasts
    ends = [step.at for step in scenario.steps]
    ends += [base.at + recorded_s.get(base.recording, 0.0) for base in scenario.base]
    return min(max(ends, default=0.0) + AFTER_S, LONGEST_S)


def pressing(scenario: Scenario, recordings: Mapping[str, Collection[str]]) -> set[str]:
    """The devices that press, in a step, by an inject, or in a recording."""
    pressed = {action.device for _, action in actions(scenario) if isinstance(action, Press)}
    return pressed.union(*(recordings.get(base.recording, ()) for base in scenario.base))


def _problems(
    scenario: Scenario,
    recordings: Mapping[str, Collection[str]],
    sounds: Collection[str],
    known_zone: Callable[[str], bool],
) -> Iterator[Problem]:
    pressed = pressing(scenario, recordings)
    if not pressed:
        yield Problem("steps", "nobody presses")
    yield from _cases(scenario, known_zone)
    for n, base in enumerate(scenario.base):
        if base.recording not in recordings:
            yield Problem(f"base[{n}].recording", "no such recording")
    yield from _tracks(scenario, pressed)
    for n in range(1, len(scenario.steps)):
        if scenario.steps[n].at < scenario.steps[n - 1].at:
            yield Problem(f"steps[{n}].at", "before the step above it")
    yield from _actions(scenario, pressed, sounds)
    names = [inject.name for inject in scenario.injects]
    for n, name in enumerate(names):
        if not name.strip():
            yield Problem(f"injects[{n}].name", "blank")
        elif name in names[:n]:
            yield Problem(f"injects[{n}].name", "stands twice")
    devices = [reference.device for reference in scenario.references]
    for n, reference in enumerate(scenario.references):
        if reference.device not in pressed:
            yield Problem(f"references[{n}].device", "this device never presses")
        elif reference.device in devices[:n]:
            yield Problem(f"references[{n}].device", "stands twice")
        if reference.zone and not known_zone(reference.zone):
            yield Problem(f"references[{n}].zone", "no zone of the map")
    if scenario.lasts and scenario.steps and scenario.lasts < scenario.steps[-1].at:
        yield Problem("lasts", "before the last step")


def _cases(scenario: Scenario, known_zone: Callable[[str], bool]) -> Iterator[Problem]:
    numbers: set[str] = set()
    for n, case in enumerate(scenario.cases):
        if case.number in numbers:
            yield Problem(f"cases[{n}].number", "stands twice")
        numbers.add(case.number)
        for m, device in enumerate(case.devices):
            if not EXERCISE_DEVICE.fullmatch(device):
                yield Problem(f"cases[{n}].devices[{m}]", "not the name of an exercise's device (EX-...)")
        if case.valid_until < case.valid_from:
            yield Problem(f"cases[{n}].valid_until", "before valid_from")
        if case.home_zone and not known_zone(case.home_zone):
            yield Problem(f"cases[{n}].home_zone", "no zone of the map")


def _tracks(scenario: Scenario, pressed: Collection[str]) -> Iterator[Problem]:
    devices: set[str] = set()
    for n, track in enumerate(scenario.tracks):
        if track.device not in pressed:
            yield Problem(f"tracks[{n}].device", "this device never presses")
        elif track.device in devices:
            yield Problem(f"tracks[{n}].device", "stands twice")
        devices.add(track.device)
        for m in range(1, len(track.points)):
            if track.points[m].at <= track.points[m - 1].at:
                yield Problem(f"tracks[{n}].points[{m}].at", "not after the point before it")


def _actions(scenario: Scenario, pressed: Collection[str], sounds: Collection[str]) -> Iterator[Problem]:
    tracked = {track.device for track in scenario.tracks}
    for path, action in actions(scenario):
        match action:
            case Press(device=device, located=True) if device not in tracked:
                yield Problem(f"{path}.device", "it has no track; give one, or located: false")
            case Line(state=state, script=script, sound=sound):
                if state != "open" and (script or sound):
                    yield Problem(f"{path}.{'script' if script else 'sound'}", "only an open line is heard")
                if sound and sound not in sounds:
                    yield Problem(f"{path}.sound", "no such file")
                if action.device not in pressed:
                    yield Problem(f"{path}.device", "this device never presses")

"""Scenarios as files: what is wrong is said by line and field, and nothing in a file can hurt."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from incidents.exercises.room import TrainingError
from incidents.exercises.scenario import Action, Base, Inject, Point, Reference, Scenario, Step, Track
from training.scenarios import MAX_BYTES, ScenarioShelf, read_scenario

GOOD = """\
format: vigie-scenario
version: 1
title: Two presses in Gent
tracks:
  - device: EX-1
    points:
      - {at: 0, lat: 51.05, lon: 3.72}
steps:
  - at: 5
    what: {do: press, device: EX-1}
references:
  - device: EX-1
    zone: "5415"
"""


def shelf(tmp_path: Path) -> ScenarioShelf:
    (tmp_path / "shipped").mkdir(exist_ok=True)
    return ScenarioShelf(
        tmp_path / "own", recordings=dict, known_zone=lambda zone: zone == "5415", shipped=tmp_path / "shipped"
    )


def wrong(text: str) -> str:
    with pytest.raises(TrainingError) as raised:
        read_scenario(text)
    assert raised.value.code == "scenario_invalid"
    return raised.value.detail


def test_a_scenario_is_saved_and_read_as_it_was(tmp_path: Path) -> None:
    shelf(tmp_path).save("gent", read_scenario(GOOD))
    assert shelf(tmp_path).read("gent", "en") == read_scenario(GOOD)
    assert shelf(tmp_path).names() == [("gent", False)]


def test_one_that_came_with_vigie_is_never_overwritten(tmp_path: Path) -> None:
    own = shelf(tmp_path)
    (tmp_path / "shipped" / "gent.yaml").write_text(GOOD)
    with pytest.raises(TrainingError, match="shipped"):
        own.save("gent", read_scenario(GOOD))
    assert own.names() == [("gent", True)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("device: EX-1\n    points", "device: AMR-00412\n    points"), "line 5, tracks[0].device: not the name of"),
        (("- at: 5", "- at: soon"), "line 9, steps[0].at: expected float, got str"),
        (("title:", "titel:"), "line 1, the file: "),
        (("do: press", "do: explode"), "line 10, steps[0].what.do: not one of the values allowed"),
        (("- at: 5", "- at: 5\n    at: 6"), "line 10: a field stands twice"),
        (("version: 1", "version: &a 1"), "line 2: anchors and aliases are not read"),
        (("title: Two presses in Gent", "title: *a"), "line 3: anchors and aliases are not read"),
        (("title: Two presses in Gent", "title: [" + "[" * 30 + "]" * 31), "line 3: too much, or nested too deeply"),
        (("title: Two presses in Gent", "title: {"), "not YAML"),
        (("title: Two presses in Gent", "title: !!python/object:os.system x"), "line 3: not YAML"),
        ((GOOD, ""), "line 1: empty"),
        ((GOOD, "x" * (MAX_BYTES + 1)), "larger than 1 MiB"),
        (("version: 1", "version: 0x" + "9" * 9000), "not YAML"),
    ],
    ids=range(13),
)
def test_what_is_wrong_is_named_by_line_and_field(change: tuple[str, str], said: str) -> None:
    detail = wrong(GOOD.replace(*change))
    assert said in detail
    assert "AMR-00412" not in detail


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('zone: "5415"', 'zone: "9999"'), "line 13, references[0].zone: no zone of the map"),
        (("references:\n  - device: EX-1", "references:\n  - device: EX-2"), "references[0].device: this device never"),
        (("{do: press, device: EX-1}", "{do: press, device: EX-2}"), "line 5, tracks[0].device: this device never"),
        (("- at: 5\n    what: {do: press, device: EX-1}", "- at: 5\n    what: {do: press, device: EX-1}\n"
          "  - at: 4\n    what: {do: press, device: EX-1}"), "line 11, steps[1].at: before the step above it"),
        (("lon: 3.72}", "lon: 3.72}\n      - {at: 0, lat: 51, lon: 3.7}"), "line 8, tracks[0].points[1].at: not after"),
        (("version: 1", "version: 1\nbase: [{recording: nowhere}]"), "line 3, base[0].recording: no such recording"),
        (("references:", "injects: [{name: a, what: [{do: line, device: EX-1, state: open, sound: a.wav}]}]\nreferences:"),
         "injects[0].what[0].sound: no such file"),
        (("references:", "injects: [{name: a, what: [{do: line, device: EX-1, state: ended, script: a}]}]\nreferences:"),
         "injects[0].what[0].script: only an open line is heard"),
    ],
    ids=range(8),
)  # fmt: skip
def test_names_that_lead_nowhere_are_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    own = shelf(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "gent.yaml").write_text(GOOD.replace(*change))
    with pytest.raises(TrainingError) as raised:
        own.read("gent", "en")
    assert said in raised.value.detail


def test_a_real_device_in_a_scenarios_case_is_refused(tmp_path: Path) -> None:
    case = {
        "number": "EX-CASE", "victim": {"name": "Fictief"}, "devices": ["AMR-00412"], "valid_from": "2020-01-01",
        "valid_until": "2099-12-31", "source": "made up", "date": "2026-01-01",
    }  # fmt: skip
    scenario = msgspec.convert(msgspec.to_builtins(read_scenario(GOOD)) | {"cases": [case]}, Scenario)
    with pytest.raises(TrainingError, match=r"cases\[0\]\.devices\[0\]: not the name of an exercise's device"):
        shelf(tmp_path).save("gent", scenario)


@pytest.mark.parametrize("name", ["../gent", "a/b", "Gent", "", "x" * 81, ".hidden"])
def test_a_name_leads_to_no_other_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(TrainingError, match="name_invalid"):
        shelf(tmp_path).save(name, read_scenario(GOOD))
    with pytest.raises(TrainingError, match="unknown"):
        shelf(tmp_path).read(name, "en")
    assert shelf(tmp_path).sound(f"{name}.wav") is None


def test_every_field_of_a_scenario_is_in_its_document_and_the_documents_example_is_sound(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
    section = text.partition("\n## Scenarios\n")[2].partition("\n## ")[0]
    kinds = (Scenario, Base, Track, Point, Step, Inject, Reference, *get_args(Action))
    named = {field.name for kind in kinds for field in msgspec.structs.fields(kind)}
    named |= {str(kind.__struct_config__.tag) for kind in get_args(Action)}
    assert {name for name in named if f"`{name}`" not in section} == set()
    example = read_scenario(section.partition("```yaml\n")[2].partition("```")[0])
    assert shelf(tmp_path).problems(example) == ()

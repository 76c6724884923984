"""The recordings that come with Vigie: each is what its story makes, plays to its end, and shows what it is there to show."""

from pathlib import Path

import numpy as np
import pytest

from feeds.recordings.recording import Happened, Recording, read_recording, write_recording
from incidents import events as ev
from maps.zones import Zones
from tests.training.recordings.parts import as_it_was, played_back
from training.extraction import told
from training.masking.places import positions
from training.recordings import ENDING, SHIPPED
from training.shipped import made_of
from training.shipped.stage import Stage
from training.shipped.stories import STORIES


def shipped(name: str) -> Recording:
    return read_recording(SHIPPED / f"{name}{ENDING}")


def did(recording: Recording, kind: type[ev.Event]) -> list[ev.Event]:
    return [line.event for line in recording.lines if isinstance(line, Happened) and isinstance(line.event, kind)]


def crossed(recording: Recording, zones: Zones) -> list[str]:
    """The zones of its track, in order."""
    track = np.array(positions(recording))
    return list(dict.fromkeys(zones.zones_of(track[:, 0], track[:, 1])))


@pytest.mark.parametrize("name", STORIES)
async def test_a_shipped_file_is_what_its_story_makes_and_plays_back_as_it_was(
    name: str, tmp_path: Path, zones: Zones
) -> None:
    file = SHIPPED / f"{name}{ENDING}"
    async with Stage.open(tmp_path, name, zones, STORIES[name]) as stage:
        await STORIES[name].play(stage)
        originals = [await told(stage.log, incident) for incident in stage.closed]
        write_recording(tmp_path / "again", made_of(originals, stage.cases, STORIES[name].title))
    assert (tmp_path / "again").read_bytes() == file.read_bytes()
    again = await played_back(read_recording(file), tmp_path, zones)
    assert len(again) == len(originals)
    before = sorted((one.incident for one in originals), key=lambda incident: incident.received_at)
    for one, original in zip(again, before, strict=True):
        now, then = as_it_was(one), as_it_was(original)
        assert {fact: value for fact, value in now.items() if value != then[fact]} == {}


def test_all_ten_are_there_and_nobodys_data() -> None:
    assert {path.name.removesuffix(ENDING) for path in SHIPPED.iterdir()} == set(STORIES) and len(STORIES) == 10
    assert all(shipped(name).expires is None for name in STORIES)


def test_they_show_what_they_are_there_to_show(zones: Zones) -> None:
    assert did(shipped("mis-press"), ev.Closed)[0].verified == "safe_word"  # type: ignore[attr-defined]
    assert did(shipped("scheduled-test"), ev.Closed)[0].as_class == "test"  # type: ignore[attr-defined]
    assert crossed(shipped("real-press-at-home"), zones) == ["5415"]
    assert shipped("real-press-at-home").cases[0].silent_approach
    assert crossed(shipped("three-zones-by-car"), zones) == ["5388", "5391", "5389"]
    assert [one.zone for one in did(shipped("three-zones-by-car"), ev.Ordered) if one.why in ("new", "reroute")] == [  # type: ignore[attr-defined]
        "5388",
        "5391",
        "5389",
    ]
    lost = [line.message for line in shipped("link-lost").messages if line.message["kind"] == "device"]
    assert [message["state"] for message in lost] == ["battery_low", "link_lost", "linked"]
    wide = shipped("wide-circle-on-border").messages[0].message["fix"]
    there = zones.locate(wide["lat"], wide["lon"], wide["radius"], wide["confidence"])
    assert wide["radius"] == 2000 and there.probability is not None and 0.3 < there.probability < 0.7
    assert crossed(shipped("press-abroad"), zones) == [""]
    declined = [line.message.get("state") for line in shipped("declined-order").messages]
    assert "declined" in declined and len({one.zone for one in did(shipped("declined-order"), ev.Ordered)}) == 2  # type: ignore[attr-defined]
    presses = [line for line in shipped("two-at-once").messages if line.message["kind"] == "press"]
    assert (presses[1].at - presses[0].at).total_seconds() < 1 and len(presses) == 2
    outage = shipped("outage-and-duress")
    assert (outage.messages[0].at - outage.lines[0].at).total_seconds() == 0
    assert any("duress" in one.text for one in did(outage, ev.Noted))  # type: ignore[attr-defined]


async def test_the_late_press_of_the_outage_is_flagged(tmp_path: Path, zones: Zones) -> None:
    (incident,) = await played_back(shipped("outage-and-duress"), tmp_path, zones)
    assert "delayed" in incident.flags and incident.judgement.as_class == "real"

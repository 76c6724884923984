"""What is recorded of odder incidents: raised by hand, without a device, a call before its press, a press nobody could read."""

from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest

from feeds.recordings.recording import Happened, read_recording, write_recording
from incidents import commands as cmd
from incidents import events as ev
from incidents.exercises.room import TrainingError
from maps.zones import Zones
from tests.incidents.log.samples.types import event_of
from tests.training.recordings.parts import CASE, DEVICE, HOME, as_it_was, played_back, taken
from training.extraction import recorded, told
from training.masking import mask
from training.shipped.stage import Stage, Story, begins, fix


async def by_hand(on: Stage) -> None:
    """A voice call without a press; her device is followed from then on."""
    raised = await on.do(
        "Nina", cmd.Raise, reason="Griet belde 0479112233", case="HAS-2026-7781", lat=51.0450, lon=3.7250
    )
    assert raised is None or raised.device == DEVICE
    a = next(iter(on.desk.board.incidents))
    await on.seen(a)
    await on.answer("Nina", a, at=8)
    await on.goes(DEVICE, [HOME, (51.0460, 3.7270)], begins=12, every=5, pace=2)
    await on.say("device", device=DEVICE, state="link_lost")
    await on.say("device", device=DEVICE, state="ok")
    await on.close("Nina", a, at=150, as_class="real", outcome="victim_safe")
    await on.to(200)
    await on.do("Nina", cmd.Reopen, incident=a, reason="Griet belt weer")
    await on.do(
        "Nina", cmd.Close, incident=a, as_class="real", outcome="nobody_found", reason="it is over", anyway=True
    )


async def nameless(on: Stage) -> None:
    """A press that names no device and brings a broken fix."""
    await on.say("press", press="Griet?", fix={"lat": "51.04"}, battery=55)
    a = next(iter(on.desk.board.incidents))
    await on.seen(a)
    await on.to(6)
    await on.do("Nina", cmd.Acknowledge, incident=a)
    await on.to(40)
    await on.do("Nina", cmd.Close, incident=a, as_class="unknown", outcome="other", reason="it is over", anyway=True)
    on.closed.append(a)


async def call_first(on: Stage) -> None:
    """The call was there before its press; a press that does not alarm came before both."""
    await on.say("press", device=DEVICE, press="single", fix=fix(HOME))
    await on.to(20)
    await on.say("call", device=DEVICE, state="ringing", line="101-7")
    await on.to(25)
    await on.press(DEVICE, HOME, call=None)
    a = next(iter(on.desk.board.incidents))
    await on.answer("Nina", a, at=31)
    await on.close("Nina", a, at=90, as_class="real", outcome="victim_safe")


STORIES = {
    one.__name__: Story(one.__name__, begins(24, "20:57"), (CASE,), one) for one in (by_hand, nameless, call_first)
}


@pytest.mark.parametrize("name", STORIES)
async def test_an_odd_incident_played_back_is_what_it_was(name: str, tmp_path: Path, zones: Zones) -> None:
    async with taken(STORIES[name], tmp_path, zones) as (recording, (one,), _):
        write_recording(tmp_path / "file", recording)
        assert read_recording(tmp_path / "file") == recording
        (again,) = await played_back(recording, tmp_path, zones)
        now, then = as_it_was(again), as_it_was(one.incident)
        assert {fact: (value, then[fact]) for fact, value in now.items() if value != then[fact]} == {}
        for how in ("masked", "strong"):
            masked = mask(recording, how=how, zones=zones, expires=recording.expires, random=Random(3))  # type: ignore[arg-type]
            write_recording(tmp_path / "written", masked)
            text = (tmp_path / "written").read_text()
            assert read_recording(tmp_path / "written") == masked
            assert not [word for word in ("Griet", DEVICE, "HAS-2026", "0479112233", "Nina", "101-7") if word in text]
            (played,) = await played_back(masked, tmp_path / how, zones)
            assert (played.state, played.origin, played.judgement.outcome) == (
                one.incident.state,
                one.incident.origin,
                again.judgement.outcome,
            )
            assert played.presses.last == again.presses.last and played.presses.count == again.presses.count


async def test_what_is_not_closed_or_not_there_is_not_recorded(tmp_path: Path, zones: Zones) -> None:
    async with Stage.open(tmp_path, "open", zones, STORIES["nameless"]) as stage:
        await stage.say("press", device=DEVICE, press="hold")
        (name,) = stage.desk.board.incidents
        with pytest.raises(TrainingError, match="not_closed"):
            await told(stage.log, name)
        with pytest.raises(TrainingError, match="unknown"):
            await told(stage.log, "nothing")


async def test_persons_are_told_apart_and_not_named(tmp_path: Path, zones: Zones) -> None:
    async with taken(STORIES["by_hand"], tmp_path, zones) as (recording, _, _):
        by = {line.by for line in recording.lines if isinstance(line, Happened)}
        assert by <= {"person-1", "console", "watch", "orders"} and "person-1" in by
        first = recording.lines[0]
        assert isinstance(first, Happened) and isinstance(first.event, ev.Raised) and first.incident == 1


async def test_what_is_entered_months_after_the_closing_is_no_part_of_the_story(tmp_path: Path, zones: Zones) -> None:
    """Of whatever type: a look at an old incident keeps nobody from recording it."""
    async with taken(STORIES["nameless"], tmp_path, zones) as (recording, (one,), stage):
        at = one.closed_at + timedelta(days=60)
        closing = one.entries[-1]
        late = [
            msgspec.structs.replace(closing, id=tag, at=at, source_at=at, event=event_of(tag))
            for tag in ev.EVENT_TYPES
            if tag != "closed"
        ]
        looked_at = msgspec.structs.replace(one, entries=(*one.entries, *late))
        assert recorded([looked_at], cases=stage.cases, made=recording.made, title="one") == recording

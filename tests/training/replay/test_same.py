"""The same recording gives the same log, byte for byte, and the same measures: at any speed, by steps, after any seeks."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.recordings.recording import Recording, read_recording, write_recording
from incidents.exercises.room import SPEEDS
from maps.zones import Zones
from tests.training.replay.parts import an_evening, comes_to, log_of, measures_of, replaying, whole


async def at(
    speed: float, recorded: Recording, folder: Path, zones: Zones, *, sample_s: float = 0.0
) -> tuple[object, object]:
    """Log and measures of a recording played at this speed; with a sample, so many seconds of it, then as fast as it goes."""
    async with replaying(recorded, folder, zones) as replay:
        replay.at_speed(speed)
        await replay.play()
        if sample_s:
            await asyncio.sleep(sample_s)
            await replay.pause()
            assert replay.played().at_s == pytest.approx(sample_s * speed, abs=0.5 * speed)
            sampled = await log_of(replay)
            assert sampled
            replay.at_speed(60.0)
            await replay.play()
        await comes_to(replay, "ended", within_s=600)
        log = await log_of(replay)
        if sample_s:
            assert log[: len(sampled)] == sampled
        return log, measures_of(replay)


async def test_an_incident_with_300_fixes_and_four_operators_is_the_same_at_any_speed(
    tmp_path: Path, zones: Zones
) -> None:
    recorded = an_evening(every_s=0.01)
    log, measures = await whole(recorded, tmp_path / "0", zones)
    assert sum(b'"type":"located"' in line for line in log) == 300 and len(log) == 323
    assert measures[0]["outcome"] == "victim_safe" and measures[0]["presses"] == "2"
    assert await at(60.0, recorded, tmp_path / "60", zones) == (log, measures)
    assert await at(10.0, recorded, tmp_path / "10", zones) == (log, measures)
    assert await at(1.0, recorded, tmp_path / "1", zones, sample_s=0.2) == (log, measures)


@pytest.mark.prove
@pytest.mark.timeout(600)
async def test_an_evening_in_its_true_times_is_the_same_at_any_speed(tmp_path: Path, zones: Zones) -> None:
    recorded = an_evening()
    log, measures = await whole(recorded, tmp_path / "0", zones)
    fast, slower, sampled = await asyncio.gather(
        at(60.0, recorded, tmp_path / "60", zones),
        at(10.0, recorded, tmp_path / "10", zones),
        at(1.0, recorded, tmp_path / "1", zones, sample_s=30.0),
    )
    assert fast == slower == sampled == (log, measures)


async def test_a_recording_that_was_written_and_read_again_gives_the_same(tmp_path: Path, zones: Zones) -> None:
    recorded, path = an_evening(fixes=5), tmp_path / "evening.jsonl"
    write_recording(path, recorded)
    read = await asyncio.to_thread(read_recording, path)
    assert await whole(read, tmp_path / "read", zones) == await whole(recorded, tmp_path / "made", zones)


async def test_step_by_step_it_is_the_same(tmp_path: Path, zones: Zones) -> None:
    recorded = an_evening(fixes=5, every_s=5.0)
    async with replaying(recorded, tmp_path, zones) as replay:
        for _ in recorded.lines[:-1]:
            await replay.step()
            assert replay.played().state == "paused"
        await replay.step()
        assert replay.played().state == "ended"
        stepped = await log_of(replay), measures_of(replay)
    assert stepped == await whole(recorded, tmp_path / "whole", zones)


SMALL = an_evening(fixes=12, every_s=0.05)
LENGTH_S = (SMALL.lines[-1].at - SMALL.lines[0].at).total_seconds()
DOES = st.one_of(
    st.tuples(st.just("speed"), st.sampled_from(SPEEDS)),
    st.tuples(st.just("seek"), st.floats(0, LENGTH_S)),
    st.tuples(st.sampled_from(["play", "pause", "step", "look"]), st.just(0.0)),
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DOES, max_size=8))
def test_whatever_a_trainer_does_it_ends_with_the_same_log(zones: Zones, does: list[tuple[str, float]]) -> None:
    async def play() -> None:
        with tempfile.TemporaryDirectory() as folder:
            log, measures = await whole(SMALL, Path(folder) / "whole", zones)
            async with replaying(SMALL, Path(folder), zones) as replay:
                for what, fact in does:
                    if what == "speed":
                        replay.at_speed(fact)
                    elif what == "seek":
                        await replay.seek(fact)
                    elif what == "look":
                        await asyncio.sleep(0.01)
                        replay.consoles.again()
                    else:
                        await getattr(replay, what)()
                    so_far = await log_of(replay) if replay.played().state != "playing" else []
                    assert log[: len(so_far)] == so_far
                replay.at_speed(60.0)
                await replay.play()
                await comes_to(replay, "ended")
                assert (await log_of(replay), measures_of(replay)) == (log, measures)

    asyncio.run(play())

"""Recordings that nobody would make: each comes to its end, or to a state that says what is wrong; none hangs."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.recordings.recording import Happened, Recorded
from incidents import events as ev
from incidents.exercises.room import TrainingError
from incidents.log import LogUnavailable
from incidents.log.training import TrainingLog
from maps.zones import Zones
from tests.training.replay.parts import (
    DEVICE,
    START,
    Line,
    an_evening,
    comes_to,
    did,
    fix,
    log_of,
    press,
    recording,
    replaying,
    said,
    whole,
)
from training.replay import run as running


def raised(n: int = 1) -> Happened:
    return did(1, "person-1", ev.Raised(origin="hand", zone="5415", reason="a call", flags="no_fix"), n)


ODD: dict[str, tuple[list[Line], int, int]] = {  # its lines, how many records they make, how much is passed over
    "twice the same id": ([press(), press(1), said(2, "fix", "press", fix=fix(1))], 3, 0),
    "times that run backwards": ([press(60), said(30, "fix", "f", fix=fix(1)), did(1, "person-1", ev.Acknowledged())], 3, 0),
    "messages that raise nothing": ([said(n, "fix", f"f-{n}", fix=fix(n)) for n in range(9)], 0, 0),
    "an incident that was never raised": ([press(), did(1, "person-1", ev.Acknowledged(), 2)], 1, 1),
    "an incident before it was raised": ([did(0, "person-1", ev.Acknowledged()), press(1)], 1, 1),
    "incident nought": ([press(), did(1, "person-1", ev.Acknowledged(), 0), did(1, "person-1", ev.Noted(text="x"), -1)], 1, 2),
    "raised by hand": ([raised(), did(2, "person-1", ev.Acknowledged())], 2, 0),
    "raised where one is": ([press(), raised(1)], 1, 1),
    "a time that is none": ([press(), did(1, "person-1", ev.TimeCorrected(time="pressed", to="soon"))], 1, 1),
    "nobody did it": ([press(), did(1, "", ev.Acknowledged())], 1, 1),
    "a fact beyond all limits": ([press(), did(1, "person-1", ev.LimitPassed(limit="no_fix", after_s=2**60, cause=1))], 1, 1),
    "a note beyond all limits": ([press(), did(1, "person-1", ev.Noted(text="x" * (2 << 20)))], 1, 1),
    "a message that is none": ([press(), Recorded(START, {"kind": "fix", "id": "f"}), said(1, "fix", "g", fix=fix(1))], 2, 1),
    "no kind": ([press(), Recorded(START, {"id": "f"}), said(1, "fix", "g", fix=fix(1))], 2, 1),
    "a heartbeat": ([press(), Recorded(START, {"kind": "heartbeat", "id": "h"}), said(1, "fix", "g", fix=fix(1))], 2, 1),
    "a press without an id or a time": ([Recorded(START, {"kind": "press", "press": "hold"})], 1, 0),
    "a press whose time is no time": ([Recorded(START, {"kind": "press", "id": "p", "at": "now", "device": DEVICE})], 1, 0),
    "a message of a megabyte": ([press(), said(1, "fix", "f", fix=fix(1), more="x" * 900_000)], 1, 1),
    "many large messages": ([press(), *(said(n, "fix", f"f-{n}", fix=fix(n), more="x" * 60_000) for n in range(20))], 21, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_recording_comes_to_its_end(name: str, tmp_path: Path, zones: Zones) -> None:
    lines, records, passed_over = ODD[name]
    logs = []
    for n in (1, 2):
        async with replaying(recording(lines), tmp_path / str(n), zones) as replay:
            if n == 1:
                replay.at_speed(60.0)
                await replay.play()
                await comes_to(replay, "ended")
            else:
                while replay.played().state != "ended":
                    await replay.step()
            assert replay.played().passed_over == passed_over
            logs.append(await log_of(replay))
    assert logs[0] == logs[1] and len(logs[0]) == records


async def test_nothing_recorded_is_no_replay(tmp_path: Path, zones: Zones) -> None:
    for lines in ([], [Recorded(START, {"kind": "heartbeat", "id": "h"})]):
        with pytest.raises(TrainingError, match="recording_empty"):
            await whole(recording(lines), tmp_path, zones)


async def test_a_moment_outside_the_recording_is_refused_and_nothing_changes(tmp_path: Path, zones: Zones) -> None:
    async with replaying(an_evening(fixes=5), tmp_path, zones) as replay:
        await replay.step()
        before = replay.played()
        for at_s in (-0.001, before.length_s + 1, float("nan"), float("inf")):
            with pytest.raises(TrainingError, match="time_invalid"):
                await replay.seek(at_s)
        for speed in (0.0, -1.0, 3.0, float("inf")):
            with pytest.raises(TrainingError, match="speed_invalid"):
                replay.at_speed(speed)
        assert replay.played() == before


async def test_a_log_that_can_not_be_written_ends_the_replay_and_a_seek_begins_anew(
    tmp_path: Path, zones: Zones, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = an_evening(fixes=5)
    log, _ = await whole(recorded, tmp_path / "whole", zones)
    async with replaying(recorded, tmp_path, zones) as replay:
        await replay.step()

        async def full(*facts: object) -> None:
            raise LogUnavailable("the log: the disk is full")

        with monkeypatch.context() as disk:
            disk.setattr(TrainingLog, "append", full)
            for _ in range(3):
                await replay.step()
            assert (replay.played().state, replay.played().trouble) == ("failed", "log_unavailable")
        await replay.step()
        await replay.play()
        assert replay.played().state == "failed"
        await replay.seek(replay.played().length_s)
        assert (replay.played().state, replay.played().trouble) == ("ended", "")
        assert await log_of(replay) == log


async def test_a_message_that_never_arrives_is_said_to_be_stuck(
    tmp_path: Path, zones: Zones, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with replaying(an_evening(fixes=5), tmp_path, zones) as replay:
        monkeypatch.setattr(running, "PATIENCE_S", 0.05)

        async def lost(*facts: object) -> None:
            pass

        monkeypatch.setattr(type(replay._run._gateway), "publish", lost)  # type: ignore[union-attr]
        await replay.step()
        assert (replay.played().state, replay.played().trouble) == ("failed", "stuck")


async def test_whoever_was_asked_twice_answers_both(tmp_path: Path, zones: Zones) -> None:
    recorded = an_evening(fixes=30, every_s=0.1)
    log, _ = await whole(recorded, tmp_path / "whole", zones)
    async with replaying(recorded, tmp_path, zones) as replay:
        replay.at_speed(60.0)
        await asyncio.gather(
            replay.play(), replay.seek(1.0), replay.step(), replay.pause(), replay.seek(2.0), replay.play()
        )
        await comes_to(replay, "ended")
        assert await log_of(replay) == log


async def test_the_clock_never_tells_what_was_not_played(tmp_path: Path, zones: Zones) -> None:
    lines = [press(), said(0.2, "fix", "f-1", fix=fix(1)), said(3600, "fix", "f-2", fix=fix(2))]
    async with replaying(recording(lines), tmp_path, zones) as replay:
        assert replay.played().now == START and replay.played().state == "ready"
        await replay.seek(1800.0)
        assert replay.played().now == START + timedelta(seconds=1800)
        before = replay.played().now
        replay.at_speed(60.0)
        await replay.play()
        await asyncio.sleep(0.1)
        await replay.pause()
        gone = (replay.played().now - before).total_seconds()
        assert gone == pytest.approx(6.0, abs=5.0) and len(await log_of(replay)) == 2
        await asyncio.sleep(0.05)
        assert (replay.played().now - before).total_seconds() == gone
        await replay.seek(0.1)
        assert replay.played().now == START + timedelta(seconds=0.1) and len(await log_of(replay)) == 1

"""Who watches a replay sees what the desk saw, can do nothing, and is in no log of it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from centre.runtime import Centre
from centre.settings import Settings
from dashboard.operator.session import Session
from incidents import events as ev
from incidents.exercises.room import TrainingError
from maps.zones import Zones
from tests.dashboard.conftest import Paper
from tests.training.replay.parts import (
    DEVICE,
    an_evening,
    comes_to,
    did,
    fix,
    log_of,
    measures_of,
    press,
    recording,
    replaying,
    said,
    whole,
)
from tests.waiting import LONG_S
from training.replay import Replays
from training.replay.player import Replay


def page_of(replay: Replay) -> tuple[Session, Paper]:
    paper = Paper()
    session = Session(replay.consoles, paper)
    session.take(json.dumps({"do": "hello", "desk": "", "browser": "b"}))
    return session, paper


async def heard(paper: Paper, fact: str) -> Any:
    """The next message with this fact."""

    async with asyncio.timeout(LONG_S):
        while True:
            seen = len(paper.sent)
            await paper.turn()
            for message in paper.sent[seen:]:
                if fact in message:
                    return message[fact]
                for reply in message.get("replies", ()):
                    if fact in reply:
                        return reply[fact]
            await asyncio.sleep(0.005)


async def test_every_command_is_refused_and_leaves_no_trace(
    tmp_path: Path, zones: Zones, caplog: pytest.LogCaptureFixture
) -> None:
    recorded = an_evening(fixes=20, every_s=0.1)
    expected = await whole(recorded, tmp_path / "whole", zones)
    async with replaying(recorded, tmp_path, zones) as replay:
        session, paper = page_of(replay)
        await replay.seek(0.5)
        (incident,) = replay.board.incidents.values()
        wishes = [
            {"do": "acknowledge", "id": "command-1", "incident": incident.id},
            {
                "do": "close",
                "id": "command-2",
                "incident": incident.id,
                "as_class": "test",
                "outcome": "other",
                "reason": "it is over",
            },
            {"do": "note", "id": "command-3", "incident": incident.id, "text": "x"},
            {"do": "raise", "id": "command-4", "zone": "5415", "reason": "it is over"},
        ]
        for wish in wishes:
            session.take(json.dumps({"do": "command", "command": wish}))
            answer = await heard(paper, "answer")
            assert (answer["ok"], answer["code"]) == (False, "recording"), wish
        session.take(json.dumps({"do": "select", "incident": incident.id}))
        session.take(json.dumps({"do": "presented", "ids": [incident.id], "audible": True}))
        detail = await heard(paper, "detail")
        assert detail["case"]["state"] == "open"
        assert session.looks.ask() is None, "nothing is recorded, so nothing asks why"
        await replay.play()
        replay.at_speed(60.0)
        await comes_to(replay, "ended")
        assert (await log_of(replay), measures_of(replay)) == expected
        replay.consoles.leave(session)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_page_follows_the_replays_clock_and_a_seek_back_takes_away_what_had_not_happened(
    tmp_path: Path, zones: Zones
) -> None:
    lines = [
        press(),
        did(10, "person-1", ev.Acknowledged()),
        press(20, "other", device="TR-00002"),
        said(60, "fix", "f", fix=fix(1)),
    ]
    async with replaying(recording(lines), tmp_path, zones) as replay:
        session, paper = page_of(replay)
        await replay.seek(30.0)
        assert {row["state"] for row in (await heard(paper, "rows")).values()} == {"acknowledged", "raised"}
        first, second = replay.board.incidents
        assert paper.sent[-1]["pace"] == 0.0 and paper.sent[-1]["now"] == round(replay.played().now.timestamp() * 1000)
        await replay.seek(5.0)
        rows = await heard(paper, "rows")
        assert rows[first]["state"] == "raised" and rows[second] is None
        replay.at_speed(10.0)
        await replay.play()
        assert await heard(paper, "pace") == 10.0
        await replay.pause()
        replay.consoles.leave(session)


async def test_a_page_is_never_told_that_the_feed_is_dead_and_the_log_never_how_it_is(
    tmp_path: Path, zones: Zones
) -> None:
    async with replaying(recording([press(), said(60, "fix", "f", fix=fix(1))]), tmp_path, zones) as replay:
        await replay.step()
        session, paper = page_of(replay)
        health = await heard(paper, "health")
        assert (health["feed_state"], health["recording"], health["cases"]) == ("live", "ok", "open")
        assert "heartbeat" not in health["feeds"][0]
        assert [json.loads(line)["type"] for line in await log_of(replay)] == ["raised"]
        replay.consoles.leave(session)


async def test_persons_have_names_that_are_nobodys(tmp_path: Path, zones: Zones) -> None:
    async with replaying(an_evening(fixes=20), tmp_path, zones) as replay:
        await replay.seek(60.0)
        owner = next(iter(replay.board.incidents.values())).owner
        assert owner is not None and replay.consoles.desk.name_of(owner) == "Person 2"
        assert replay.consoles.desk.cases.by_device(DEVICE).victim.name == "C. Verzonnen"


async def test_a_few_replays_at_once_and_nothing_of_them_stays(tmp_path: Path, zones: Zones) -> None:
    folder = tmp_path / "replays"
    (folder / "left by a process that was killed").mkdir(parents=True)
    told: list[int] = []
    replays = Replays(folder, zones, most=2, told=lambda: told.append(1))
    assert not folder.exists()
    first = await replays.open("one", an_evening(fixes=3))
    second = await replays.open("two", an_evening(fixes=3))
    with pytest.raises(TrainingError, match="too_many"):
        await replays.open("three", an_evening(fixes=3))
    assert first.id != second.id and replays.all() == (first, second)
    await first.seek(first.played().length_s)
    assert second.played().state == "ready" and len(told) >= 3
    await first.close()
    await first.close()
    with pytest.raises(TrainingError, match="recording_empty"):
        await replays.open("three", recording([]))
    third = await replays.open("three", an_evening(fixes=3))
    assert replays.all() == (second, third) and {path.name for path in folder.iterdir()} == {second.id, third.id}
    await third.play()
    await replays.close()
    assert replays.all() == () and not folder.exists()


async def test_a_replay_that_is_closed_while_it_plays_lets_go(tmp_path: Path, zones: Zones) -> None:
    async with replaying(an_evening(), tmp_path, zones) as replay:
        await replay.play()
        await replay.close()
        await replay.play()
        await replay.pause()
        await replay.step()
        assert not (tmp_path / "replay").exists()


async def test_a_centre_that_is_given_a_replays_log_shows_and_touches_nothing_of_it(
    tmp_path: Path, zones: Zones
) -> None:
    async with replaying(an_evening(fixes=3), tmp_path, zones) as replay:
        await replay.seek(5.0)
        (log,) = (tmp_path / "replay").rglob("replay.log")
        copy = tmp_path / "vigie.log"
        copy.write_bytes(log.read_bytes())
        before = copy.read_bytes()
        centre = await Centre.open(Settings(log=copy))
        board = centre.desk.board
        assert (board.aside, board.incidents) == ("the log: it is a log of the training room, no live one", {})
        await centre.close()
        assert copy.read_bytes() == before

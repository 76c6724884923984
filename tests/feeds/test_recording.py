"""Recordings: what was written is read again; whatever is wrong is named by its line, before anything is played."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.gateway import Gateway
from feeds.recording import Recorded, RecordingError, read_recording, replay, write_recording
from incidents.clock import SystemClock
from tests.feeds.parts import Desk, Shelf, following, press, until

MADE = datetime(2026, 11, 24, 21, 14, 8, tzinfo=UTC)
FIX = {
    "kind": "fix",
    "seq": 2,
    "id": "m2",
    "at": "2026-11-24T21:14:09Z",
    "device": "AMR-1",
    "fix": {"lat": 50.8, "lon": 4.3},
}
MESSAGES = [Recorded(MADE, press(1)), Recorded(MADE + timedelta(seconds=1), FIX)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "night.jsonl"
    assert write_recording(file, MESSAGES, feed="112-app", made=MADE) == 2
    return file


def changed(path: Path, line: int, text: str) -> None:
    lines = path.read_text().splitlines()
    lines[line - 1] = text
    path.write_text("".join(f"{line}\n" for line in lines))


def test_what_was_written_is_read_again(path: Path) -> None:
    recording = read_recording(path)
    assert (recording.feed, recording.made, list(recording.messages)) == ("112-app", MADE, MESSAGES)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["night.jsonl"]


def test_empty_recording_is_a_recording(tmp_path: Path) -> None:
    write_recording(tmp_path / "empty", [], feed="f", made=MADE)
    assert read_recording(tmp_path / "empty").messages == ()


@pytest.mark.parametrize(
    ("line", "text", "error"),
    [
        (1, "{}", "line 1: not the header"),
        (1, '{"format":"other","version":1,"feed":"f","made":"2026-11-24T21:14:08Z"}', "line 1: the format"),
        (1, '{"format":"vigie-recording","version":2,"feed":"f","made":"2026-11-24T21:14:08Z"}', "line 1: version 2"),
        (2, "nonsense", "line 2: not a message"),
        (3, '{"at":"2026-11-24T21:14:09","message":{}}', "line 3: the time has no offset"),
        (
            3,
            json.dumps({"at": "2026-11-24T21:14:09Z", "message": {**FIX, "fix": {"lat": 50.8}}}),
            "line 3: fix.lon: missing",
        ),
        (3, '{"at":"2026-11-24T21:14:09Z","message":{"kind":"heartbeat"}}', "line 3: heartbeats"),
        (4, '{"count":3,"sha256":""}', "line 4: the trailer counts 3"),
        (4, '{"count":2,"sha256":"0"}', "line 4: the digest differs"),
        (4, '{"at":"2026-11-24T21:14:09Z","message":{}}', "line 4: the trailer is missing"),
    ],
)
def test_wrong_line_is_named(path: Path, line: int, text: str, error: str) -> None:
    changed(path, line, text)
    with pytest.raises(RecordingError, match=error):
        read_recording(path)


def test_error_never_quotes_what_stands_there(path: Path) -> None:
    changed(path, 3, json.dumps({"at": "2026-11-24T21:14:09Z", "message": {**FIX, "device": ["SECRET"]}}))
    with pytest.raises(RecordingError) as error:
        read_recording(path)
    assert "SECRET" not in str(error.value)


@given(data=st.data())
def test_file_that_is_cut_anywhere_is_refused(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("cut") / "night"
    write_recording(file, MESSAGES, feed="112-app", made=MADE)
    whole = file.read_bytes()
    file.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(RecordingError):
        read_recording(file)


def test_writing_that_fails_leaves_the_former_file(path: Path) -> None:
    def interrupted() -> object:
        yield MESSAGES[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_recording(path, interrupted(), feed="other", made=MADE)  # type: ignore[arg-type]
    assert read_recording(path).feed == "112-app"
    assert len(list(path.parent.iterdir())) == 1


async def test_replay_moves_every_time_to_now_and_gives_new_ids(path: Path) -> None:
    gateway, desk = Gateway("recording", heartbeat_s=0.1), Desk()
    await gateway.start()
    try:
        async with following(gateway.url, desk, Shelf()):
            assert await replay(path, gateway, speed=10, clock=SystemClock()) == 2
            assert await replay(path, gateway, speed=10, clock=SystemClock()) == 2
            await until(lambda: len(desk.messages) == 4)
    finally:
        await gateway.stop()
    assert "m2" not in desk.messages and "press-1" not in desk.messages
    first = desk.presses[0]
    now = datetime.now(UTC)
    assert timedelta(0) <= now - first.at < timedelta(seconds=10)
    fix = first.report.fix  # type: ignore[union-attr]
    assert fix is not None and fix.time is not None and first.at - fix.time == timedelta(seconds=2, milliseconds=412)


async def test_replay_refuses_a_speed_of_nothing(path: Path) -> None:
    with pytest.raises(ValueError):
        await replay(path, Gateway("r"), speed=0, clock=SystemClock())

"""Recordings: what was written is read again; whatever is wrong is named by its line, before anything is played."""

import contextlib
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.gateway import Gateway
from feeds.recordings.recorded import HAPPENS
from feeds.recordings.recording import (
    Happened,
    Recorded,
    Recording,
    RecordingError,
    read_recording,
    recording_of,
    replay,
    write_recording,
)
from incidents import events as ev
from incidents.case import Case, Person
from incidents.clock import SystemClock
from tests.feeds.parts import Desk, Shelf, following, press
from tests.waiting import until

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


VERSION_1 = [
    '{"format":"vigie-recording","version":1,"feed":"112-app","made":"2026-11-24T21:14:08.000Z"}',
    *(json.dumps({"at": ev.stamp(one.at), "message": one.message}) for one in MESSAGES),
]
CASE = Case(
    number="EX-1",
    victim=Person(name="V. Verzonnen"),
    devices=("EX-0001",),
    valid_from=date(2026, 1, 1),
    valid_until=date(2027, 1, 1),
    source="made up",
    date=date(2026, 1, 1),
)
EVENING = Recording(
    feed="feed",
    made=MADE,
    title="An evening",
    masking="masked",
    expires=MADE + timedelta(days=30),
    cases=(CASE,),
    lines=(
        Recorded(MADE, {**press(1), "device": "EX-0001"}),
        Happened(MADE, MADE, "console", 1, ev.Presented()),
        Happened(MADE + timedelta(seconds=4), MADE + timedelta(seconds=3), "person-1", 1, ev.Acknowledged()),
        Happened(MADE + timedelta(seconds=9), MADE + timedelta(seconds=9), "person-1", 1, ev.Noted(text="quiet")),
    ),
)


def recording(lines: list[Recorded], **facts: object) -> Recording:
    return Recording(**{"feed": "112-app", "made": MADE, "lines": tuple(lines), **facts})  # type: ignore[arg-type]


def sealed(lines: list[str]) -> bytes:
    """A file of these lines with the trailer that belongs to them."""
    body = "".join(f"{line}\n" for line in lines).encode()
    trailer = {"count": len(lines) - 1, "sha256": hashlib.sha256(body).hexdigest()}
    return body + json.dumps(trailer).encode() + b"\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "night.jsonl"
    write_recording(file, recording(MESSAGES))
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
    write_recording(tmp_path / "empty", recording([]))
    assert read_recording(tmp_path / "empty").messages == ()


@pytest.mark.parametrize(
    ("line", "text", "error"),
    [
        (1, "{}", "line 1: not the header"),
        (1, '{"format":"other","version":1,"feed":"f","made":"2026-11-24T21:14:08Z"}', "line 1: the format"),
        (1, '{"format":"vigie-recording","version":3,"feed":"f","made":"2026-11-24T21:14:08Z"}', "line 1: version 3"),
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
    write_recording(file, recording(MESSAGES))
    whole = file.read_bytes()
    file.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(RecordingError):
        read_recording(file)


def test_writing_that_fails_leaves_the_former_file(path: Path) -> None:
    unwritable = recording([MESSAGES[0], Recorded(MADE, {"kind": object()})])
    with pytest.raises(TypeError):
        write_recording(path, unwritable)
    assert len(read_recording(path).lines) == 2
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


def test_what_persons_did_is_read_again(tmp_path: Path) -> None:
    digest = write_recording(tmp_path / "evening", EVENING)
    assert read_recording(tmp_path / "evening", now=MADE) == EVENING
    assert digest == hashlib.sha256((tmp_path / "evening").read_bytes()).hexdigest()
    assert b"Personal data" in (tmp_path / "evening").read_bytes().splitlines()[0]


def test_the_former_version_is_still_read() -> None:
    read = recording_of(sealed(VERSION_1))
    assert (list(read.messages), read.masking, read.expires, read.cases) == (MESSAGES, "none", None, ())


def test_an_expired_recording_is_refused(tmp_path: Path) -> None:
    write_recording(tmp_path / "evening", EVENING)
    with pytest.raises(RecordingError, match=r"it expired on 2026-12-24, as what it was made of"):
        read_recording(tmp_path / "evening", now=MADE + timedelta(days=30))


AT = ev.stamp(MADE + timedelta(seconds=20))
HEAD = {"format": "vigie-recording", "version": 2, "feed": "feed", "made": ev.stamp(MADE), "masking": "masked"}
PRESSED = {"at": ev.stamp(MADE), "message": {**press(1), "device": "EX-0001"}}


def did(event: object, by: str = "person-1", **facts: object) -> dict[str, object]:
    return {"at": AT, "happened": AT, "by": by, "incident": 1, "event": event, **facts}


HOSTILE: dict[str, tuple[object, str]] = {
    "an event nobody knows": (did({"type": "launched"}), "event.type"),
    "an event of another stream": (did({"type": "checkpoint"}), "event.type"),
    "a device's alarm": (did({"type": "device_alarmed", "condition": "silent"}), "event.type"),
    "a press as an event": (did({"type": "pressed", "press": "hold"}), "event.type"),
    "a raised press": (did({"type": "raised", "origin": "press"}), "event.origin"),
    "a person who escalates": (did({"type": "escalated", "step": "louder", "after_s": 15}), "by"),
    "a person who presents": (did({"type": "presented"}), "by"),
    "a watch that acknowledges": (did({"type": "acknowledged"}, "watch"), "by"),
    "a feed that acts": (did({"type": "acknowledged"}, "feed"), "by"),
    "a real name": (did({"type": "acknowledged"}, "jan.peeters"), "by"),
    "a person 0": (did({"type": "acknowledged"}, "person-0"), "by"),
    "an offer to a pseudonym": (did({"type": "assigned", "to": "p7k2"}), "event.to"),
    "the second incident of one press": (did({"type": "acknowledged"}, incident=2), "incident"),
    "the incident 0": (did({"type": "acknowledged"}, incident=0), "incident"),
    "a huge incident": (did({"type": "acknowledged"}, incident=10**30), "incident"),
    "facts of another type": (did({"type": "classified", "as_class": "maybe"}), "event: not"),
    "a negative count": (did({"type": "presented", "consoles": -1}, "console"), "event.consoles"),
    "a long text": (did({"type": "noted", "text": "x" * 2001}), "event.text"),
    "a text that turns the line": (did({"type": "noted", "text": "\u202eabc"}), "event.text"),
    "an order that is no object": (
        did({"type": "ordered", "order": "o-1", "update": 1, "zone": "z", "why": "new", "body": "[1"}),
        "event.body",
    ),
    "a time that is none": (did({"type": "time_corrected", "time": "pressed", "to": "now"}), "event.to"),
    "a time nobody names": (did({"type": "time_corrected", "time": "__class__", "to": AT}), "event.time"),
    "a call by hand from nowhere": (
        did({"type": "raised", "origin": "hand", "fix": {"lat": 91.0, "lon": 4.0}}),
        "event.fix",
    ),
    "a live device raised by hand": (did({"type": "raised", "origin": "hand", "device": "AMR-00412"}), "device"),
    "a live device": ({"at": AT, "message": press(2)}, "device"),
    "a time before": ({"at": ev.stamp(MADE - timedelta(seconds=1)), "message": FIX}, "before the line above"),
    "a year later": ({"at": "2027-11-24T21:14:08Z", "message": FIX}, "more than 31 days"),
    "an event long before its entry": (did({"type": "acknowledged"}, happened="2001-01-01T00:00:00Z"), "happened"),
    "neither message nor event": ({"at": AT}, "not a message"),
    "no number": ('{"at":"2026-11-24T21:14:09Z","message":{"kind":"fix","id":"n","at":NaN}}', "not a message"),
    "an endless number": ('{"at":"2026-11-24T21:14:09Z","message":{"kind":"fix","id":1e999}}', "not a message"),
    "a hole without end": ('{"at":"2026-11-24T21:14:09Z","message":' + '{"a":' * 100_000, "not a message"),
    "a deep event": (
        '{"at":"2026-11-24T21:14:09Z","happened":"2026-11-24T21:14:09Z","by":"person-1","incident":1,"event":'
        + "[" * 100_000
        + "]" * 100_000
        + "}",
        "",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_could_not_have_been_recorded_is_refused_with_its_line(what: str) -> None:
    line, why = HOSTILE[what]
    text = line if isinstance(line, str) else json.dumps(line)
    with pytest.raises(RecordingError, match=f"^line 3: .*{why}") as error:
        recording_of(sealed([json.dumps(HEAD), json.dumps(PRESSED), text]), now=MADE)
    for secret in ("jan", "AMR", "xxx", "abc", "maybe"):
        assert secret not in str(error.value)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no recording"),
        (b"\xff\xfe\x00" * 50, "no recording"),
        (sealed([json.dumps(HEAD), '{"at":"?"}']).replace(b"?", b"\xff"), "line 2: not a message"),
        (b"x" * ((1 << 20) + 2), "line 1: longer than 1 MiB"),
        (sealed([json.dumps({**HEAD, "masking": "trust me"})]), "line 1: not the header"),
        (sealed([json.dumps({**HEAD, "title": "x" * 201})]), "line 1: not the header"),
        (sealed([json.dumps({**HEAD, "title": "a\x1b[31m"})]), "line 1: .* control characters"),
        (sealed([json.dumps({**HEAD, "feed": "\u202ea"})]), "line 1: .* control characters"),
        (sealed([json.dumps({**HEAD, "cases": [{"number": "1"}]})]), "line 1: not the header"),
        (sealed([json.dumps({**HEAD, "expires": "2027-01-01T00:00:00"})]), "line 1: a time has no offset"),
        (
            sealed([json.dumps({**HEAD, "cases": [{**msgspec.to_builtins(CASE), "devices": ["AMR-1"]}]})]),
            "line 1: cases",
        ),
        (sealed(["[" * 200_000]), "no recording|line 1: not the header"),
    ],
    ids=[*"abcdefghijkl"],
)
def test_a_file_that_is_none_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(RecordingError, match=why):
        recording_of(raw, now=MADE)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise_anything_else(raw: bytes) -> None:
    for text in (raw, sealed([json.dumps(HEAD), json.dumps(PRESSED)]).replace(b"hold", raw)):
        with contextlib.suppress(RecordingError):
            recording_of(text, now=MADE)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.dictionaries(
            st.sampled_from(
                ["type", "at", "fix", "lat", "lon", "to", "text", "order", "zone", "update", "why", "body"]
            ),
            inner,
        ),
        max_leaves=6,
    ),
    st.sampled_from(sorted(HAPPENS)),
)
def test_whatever_an_event_says_it_is_read_or_refused(facts: object, kind: str) -> None:
    event = {**facts, "type": kind} if isinstance(facts, dict) else {"type": kind, "reason": facts}
    with contextlib.suppress(RecordingError):
        recording_of(sealed([json.dumps(HEAD), json.dumps(PRESSED), json.dumps(did(event))]), now=MADE)

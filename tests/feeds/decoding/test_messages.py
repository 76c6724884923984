"""A press is an alarm whatever else it says; other messages are read strictly."""

import copy
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.decoding import (
    Broken,
    Event,
    Heartbeat,
    Rejected,
    decode_frame,
    decode_message,
    event,
    event_response,
    salvage,
)
from incidents.messages import CallReport, DeviceReport, FixReport, Message, OrderReport, PressReport, UnitReport
from tests.budget import drawn
from tests.feeds.parts import PRESS, press

NOW = datetime(2026, 11, 24, 21, 14, 8, tzinfo=UTC)


def decode(message: dict[str, Any] | bytes) -> Message | Heartbeat | Rejected:
    raw = message if isinstance(message, bytes) else json.dumps(message).encode()
    return decode_message("112-app", raw, received=NOW)


def alarm(message: dict[str, Any] | bytes) -> tuple[Message, PressReport, dict[str, str]]:
    decoded = decode(message)
    assert isinstance(decoded, Message)
    assert isinstance(decoded.report, PressReport)
    return decoded, decoded.report, {note.path: note.reason for note in decoded.report.unreadable}


def paths(value: dict[str, Any], before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, inner in value.items():
        found.append((*before, name))
        if isinstance(inner, dict):
            found.extend(paths(inner, (*before, name)))
    return found


def changed(path: tuple[str, ...], value: object, *, delete: bool = False) -> dict[str, Any]:
    message = copy.deepcopy(PRESS)
    inner = message
    for name in path[:-1]:
        inner = inner[name]
    if delete:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return message


HOSTILE = [
    None,
    True,
    -1,
    0,
    10**400,
    -(10**30),
    1e308,
    float("nan"),
    float("inf"),
    "",
    " ",
    "\x00\x1b[2J",
    "\u202egnp.exe",
    "\ud800",
    "<script>alert(1)</script>",
    "x" * 100_000,
    "51.0536",
    [],
    [[[[[]]]]],
    {},
    {"kind": "fix"},
    {"a": {"b": {"c": [1, 2, {"d": None}]}}},
]
junk = st.one_of(
    st.sampled_from(HOSTILE),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    ),
)


def test_valid_press_is_read_whole() -> None:
    message, report, notes = alarm(PRESS)
    assert notes == {}
    assert (message.id, message.seq, message.at) == (PRESS["id"], 1, datetime(2026, 11, 24, 21, 14, 7, 412000, UTC))
    assert (report.device, report.press, report.battery, report.transport) == ("AMR-00412", "hold", 81, "ble_phone")
    assert report.fix is not None and (report.fix.lat, report.fix.radius, report.fix.confidence) == (
        51.0536,
        18.0,
        68.0,
    )
    assert report.call is not None and report.call.line == "101-7"


@settings(max_examples=drawn(600), suppress_health_check=[HealthCheck.too_slow])
@given(path=st.sampled_from(paths(PRESS)), value=junk, delete=st.booleans(), in_frame=st.booleans())
def test_press_with_any_one_field_mutated_is_an_alarm(
    path: tuple[str, ...], value: object, delete: bool, in_frame: bool
) -> None:
    if path == ("kind",) and not delete and value in ("press", "fix", "device", "call", "unit", "order", "heartbeat"):
        return
    raw = json.dumps(changed(path, value, delete=delete)).encode()
    if in_frame:
        frame = b'{"event":{"subscriptionId":"s","transactionId":"t","notification":[' + raw + b"]}}"
        opened = decode_frame(frame)
        if isinstance(opened, Broken):
            (message,) = salvage("112-app", frame, received=NOW)
        else:
            assert isinstance(opened, Event)
            decoded = decode_message("112-app", opened.messages[0], received=NOW)
            assert isinstance(decoded, Message)
            message = decoded
        assert isinstance(message.report, PressReport)
    else:
        message, _, _ = alarm(raw)
    assert 0 < len(message.id) <= 200
    assert message.at.tzinfo is not None
    msgspec.json.encode(message.report)  # nothing in it that a log or a screen could not take


@pytest.mark.parametrize(
    ("path", "value", "noted"),
    [
        (("press",), "wiggle", "press"),
        (("press",), None, "press"),
        (("device",), None, "device"),
        (("at",), "yesterday", "at"),
        (("at",), "2026-11-24T21:14:07", "at"),
        (("id",), 7, "id"),
        (("id",), "x" * 201, "id"),
        (("fix", "lat"), 90.1, "fix.lat"),
        (("fix", "lon"), "3.7", "fix.lon"),
        (("fix", "radius"), -1, "fix.radius"),
        (("fix",), "51.0,3.7", "fix"),
        (("battery",), 101, "battery"),
        (("transport",), "pigeon", "transport"),
        (("call", "state"), "engaged", "call.state"),
        (("seq",), "1", "seq"),
    ],
)
def test_unreadable_field_is_listed_with_its_path(path: tuple[str, ...], value: object, noted: str) -> None:
    _, _, notes = alarm(changed(path, value))
    assert list(notes) == [noted]


def test_unknown_press_value_counts_as_hold() -> None:
    assert alarm(changed(("press",), "wiggle"))[1].press == "hold"


def test_press_without_an_id_is_known_by_the_digest_of_its_bytes() -> None:
    raw = json.dumps(changed(("id",), None)).encode()
    assert alarm(raw)[0].id == hashlib.sha256(raw).hexdigest() == alarm(raw)[0].id


def test_press_without_a_time_has_the_time_it_came() -> None:
    assert alarm(changed(("at",), None, delete=True))[0].at == NOW


def test_fix_without_a_usable_place_is_none_and_the_rest_stays() -> None:
    _, report, _ = alarm(changed(("fix", "lat"), float("nan")))
    assert report.fix is None
    _, report, _ = alarm(changed(("fix", "speed"), "fast"))
    assert report.fix is not None and report.fix.speed is None and report.fix.radius == 18.0


def test_device_name_that_is_too_long_is_cut_and_listed() -> None:
    _, report, notes = alarm(changed(("device",), "D" * 300))
    assert report.device == "D" * 200
    assert "device" in notes


def test_control_characters_never_reach_a_name() -> None:
    _, report, notes = alarm(changed(("device",), "AMR\x1b[31m-\u202e00412\ud800"))
    assert report.device == "AMR[31m-00412"
    assert "device" in notes


@pytest.mark.parametrize(
    "raw",
    [
        b'{"kind":"press","kind":"fix"}',
        b'{"kind":"fix","kind":"press"}',
        b'{"Kind":"PRESS"}',
        b'{"kind":" press "}',
        b'{"kind":["press"],"press":"hold"}',
        b'{"press":"hold"}',
        b'{"kind":"press","device":"\xff\xfe"}',
        b'{"kind":"press","x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"kind":"press","x":1e99999,"y":' + b"9" * 9000 + b"}",
        b'[{"kind":"press"}]',
        b'{"kind": "press", "device": "AMR-1", oops',
    ],
)
def test_whatever_says_press_is_an_alarm(raw: bytes) -> None:
    alarm(raw)


@pytest.mark.parametrize("values", [("hold", "test"), ("test", "hold")])
def test_press_value_given_twice_counts_as_hold(values: tuple[str, str]) -> None:
    message, report, notes = alarm(
        b'{"kind":"press","id":"p-1","press":"%s","press":"%s"}' % tuple(v.encode() for v in values)
    )
    assert (message.id, report.press, notes["press"]) == ("p-1", "hold", "missing")
    assert "given twice" in {note.reason for note in report.unreadable}


def test_press_with_two_ids_is_never_taken_for_a_repetition_of_either() -> None:
    raw = b'{"kind":"press","id":"p-1","id":"p-2","device":"AMR-1","device":"AMR-2","press":"hold"}'
    message, report, notes = alarm(raw)
    assert message.id.split("-")[0] == hashlib.sha256(raw).hexdigest()
    assert (report.device, notes["device"]) == ("AMR-2", "given twice")


def test_the_same_bytes_without_id_and_time_are_another_press_a_minute_later() -> None:
    raw = b'{"kind":"press","device":"AMR-1"}'
    ids = [decode_message("f", raw, received=NOW + timedelta(seconds=s)).id for s in (0, 0, 60)]  # type: ignore[union-attr]
    assert ids[0] == ids[1] != ids[2]


def test_the_same_given_twice_is_no_doubt() -> None:
    message, report, notes = alarm(
        b'{"kind":"press","id":"p-1","id":"p-1","at":"2026-11-24T21:14:07Z","device":"AMR-1","press":"hold"}'
    )
    assert (message.id, report.device, notes) == ("p-1", "AMR-1", {})


def test_press_within_a_json_text_is_an_alarm_with_its_own_id() -> None:
    message, report, notes = alarm(json.dumps(json.dumps(PRESS)).encode())
    assert (message.id, report.device, report.press) == (PRESS["id"], "AMR-00412", "hold")
    assert "message" in notes


def test_raw_is_kept_to_64_kib() -> None:
    assert len(alarm(changed(("case",), "x" * 100_000))[0].raw) == 65_536


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"kind": "fix", "device": "AMR-1", "fix": {"lat": 50.8, "lon": 4.3}}, FixReport),
        ({"kind": "device", "device": "AMR-1", "state": "link_lost", "battery": 4}, DeviceReport),
        ({"kind": "call", "device": "AMR-1", "state": "open", "line": "101-7"}, CallReport),
        ({"kind": "unit", "unit": "GENT-21", "zone": "5415", "status": "en_route"}, UnitReport),
        ({"kind": "order", "order": "o-1", "state": "declined", "reason": "no car\nfree"}, OrderReport),
    ],
)
def test_other_kinds_are_read(message: dict[str, Any], kind: type) -> None:
    decoded = decode({"seq": 4, "id": "m-4", "at": "2026-11-24T22:14:07+01:00", **message})
    assert isinstance(decoded, Message)
    assert isinstance(decoded.report, kind)
    assert decoded.at == datetime(2026, 11, 24, 21, 14, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"device": None}, "device: missing"),
        ({"fix": {"lat": 50.8}}, "fix.lon: missing"),
        ({"fix": {"lat": 50.8, "lon": 999}}, "fix.lon: out of range"),
        ({"at": None}, "at: missing"),
        ({"id": 5}, "id: not a text"),
        ({"kind": "weather"}, "kind: unknown value"),
        ({"kind": 5}, "kind: unknown value"),
    ],
)
def test_bad_message_of_another_kind_is_refused_by_path_never_by_value(changes: dict[str, Any], reason: str) -> None:
    good = {"kind": "fix", "seq": 9, "id": "m-9", "at": "2026-11-24T21:14:07Z", "device": "AMR-1"}
    decoded = decode({**good, "fix": {"lat": 50.8, "lon": 4.3}, **changes})
    assert decoded == Rejected("" if "id" in changes else "m-9", reason, 9)


@settings(max_examples=drawn(300))
@given(junk)
def test_no_message_makes_the_decoder_fail(value: object) -> None:
    decode(json.dumps(value).encode())
    decode(json.dumps({"kind": "unit", "unit": value, "fix": value}).encode())


@settings(max_examples=drawn(300))
@given(st.binary(max_size=300))
def test_no_bytes_make_the_decoders_fail(raw: bytes) -> None:
    decode(raw)
    decode_frame(raw)
    decode_frame(b'{"event":' + raw)
    salvage("f", raw, received=NOW)


def test_heartbeat_gives_its_head_and_may_lack_it() -> None:
    assert decode({"kind": "heartbeat", "head": 12}) == Heartbeat(12)
    assert decode({"kind": "heartbeat", "head": "x"}) == Heartbeat(None)


def test_one_bad_message_does_not_cost_the_others() -> None:
    frame = decode_frame(event("s", "t", [json.dumps(press(1)).encode(), b"5", json.dumps(press(2)).encode()]))
    assert isinstance(frame, Event)
    kinds = [type(decode(bytes(raw))).__name__ for raw in frame.messages]
    assert kinds == ["Message", "Rejected", "Message"]


@pytest.mark.parametrize("transaction", ['"t-1"', "17", "null", '{"a":[1]}'])
def test_transaction_goes_back_letter_by_letter(transaction: str) -> None:
    frame = decode_frame(f'{{"event":{{"transactionId":{transaction},"notification":[]}}}}'.encode())
    assert isinstance(frame, Event)
    said = json.loads(event_response(frame.transaction, 200, "OK"))
    assert said["eventResponse"]["transactionId"] == json.loads(transaction)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"hello":{}}',
        b'{"event":5}',
        b'{"event":{}}',
        b'{"event":{"notification":{}}}',
        b"\xff",
    ],
)
def test_frame_that_is_none_is_broken(raw: bytes) -> None:
    assert isinstance(decode_frame(raw), Broken)


def test_broken_frame_still_names_its_transaction() -> None:
    frame = decode_frame(b'{"event":{"transactionId":"t-9","notification":[{"kind":')
    assert isinstance(frame, Broken)
    assert bytes(frame.transaction) == b'"t-9"'


FRAME = event("s", "t", [json.dumps(press(n)).encode() for n in range(1, 4)])


@settings(max_examples=drawn(400))
@given(st.integers(1, len(FRAME) - 1), st.binary(min_size=1, max_size=6), st.booleans())
def test_press_in_a_damaged_frame_is_an_alarm_with_its_own_id_or_none(place: int, noise: bytes, cut: bool) -> None:
    raw = FRAME[:place] + (b"" if cut else noise + FRAME[place + len(noise) :])
    if not isinstance(decode_frame(raw), Broken):
        return
    found = salvage("112-app", raw, received=NOW)
    assert len(found) >= raw.count(b'"kind": "press"')
    said = [message.id for message in found if message.id.startswith("press-") and message.id in str(FRAME)]
    assert len(said) == len(set(said)), "one press took the id of another"


def test_press_that_only_its_words_betray_is_an_alarm() -> None:
    raw = b'\x00\x01 garbage "kind" : "press" garbage'
    (message,) = salvage("112-app", raw, received=NOW)
    assert isinstance(message.report, PressReport)
    assert message.report.device is None
    assert salvage("112-app", raw, received=NOW + timedelta(seconds=9))[0].id == message.id


def test_two_presses_in_one_tangle_never_share_an_id() -> None:
    raw = b'{"event":{"notification":[{"kind":"press","id":"A",#"id":"B","kind":"press"}]'
    ids = [message.id for message in salvage("112-app", raw, received=NOW)]
    assert len(set(ids)) == 2
    assert not {"A", "B"} & set(ids)


def test_press_that_damage_reached_keeps_no_number_so_that_its_original_is_asked_for() -> None:
    whole, harmed = json.dumps(press(1)).encode(), json.dumps(press(2)).encode().replace(b"press-2", b"pre\x00\xff{-2")
    found = salvage("f", event("s", "t", [whole, b"5"]).replace(b"5]", harmed + b"]"), received=NOW)
    assert [message.seq for message in found] == [1, None]


def test_salvage_takes_other_messages_too_unless_the_frame_is_too_large() -> None:
    fix = {"kind": "fix", "seq": 5, "id": "m-5", "at": "2026-11-24T21:14:07Z", "device": "AMR-1"}
    good = json.dumps({**fix, "fix": {"lat": 50.8, "lon": 4.3}}).encode()
    raw = event("s", "t", [good, json.dumps(press(6)).encode()]) + b"}"
    assert [message.id for message in salvage("f", raw, received=NOW)] == ["m-5", "press-6"]
    assert [message.id for message in salvage("f", raw, received=NOW, presses_only=True)] == ["press-6"]


@pytest.mark.parametrize(
    "raw",
    [b'{"kind":' * 130_000, b'{"kind":"press"' * 70_000, b'{"kind":["press",' * 60_000, b'{"kind":"press"},' * 60_000],
)
def test_hostile_frame_costs_bounded_work(raw: bytes) -> None:
    assert len(salvage("f", raw, received=NOW)) <= 10_101

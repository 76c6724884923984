"""docs/protocol.md tells the truth: every kind, field and value of the code, and examples that decode."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from feeds.decoding import Broken, Heartbeat, Subscribe, Subscribed, decode_frame, decode_message
from incidents import messages as reports

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```json\n(.*?)```", TEXT, re.S)


def objects(block: str) -> list[object]:
    found, at, decoder = [], 0, json.JSONDecoder()
    while block[at:].strip():
        at += len(block[at:]) - len(block[at:].lstrip())
        value, at = decoder.raw_decode(block, at)
        found.append(value)
    return found


EXAMPLES = [value for block in BLOCKS for value in objects(block) if isinstance(value, dict)]


@pytest.mark.parametrize("report", get_args(reports.Report))
def test_every_kind_and_field_is_documented(report: type) -> None:
    row, *_ = re.findall(rf"^\| `{report.__struct_config__.tag}` \| (.*)$", TEXT, re.M)
    for field in set(report.__struct_fields__) - {"unreadable"}:
        assert f"`{field}`" in row


@pytest.mark.parametrize(
    "values",
    [
        reports.PressValue,
        reports.Transport,
        reports.CallState,
        reports.DeviceState,
        reports.UnitStatus,
        reports.OrderState,
    ],
)
def test_every_value_is_documented(values: object) -> None:
    assert all(f"`{value}`" in TEXT for value in get_args(values))


def test_every_field_of_a_fix_is_documented() -> None:
    assert all(f"`{field}`" in TEXT for field in reports.Fix.__struct_fields__)


def test_examples_are_understood() -> None:
    messages = [value for value in EXAMPLES if "kind" in value]
    assert {value["kind"] for value in messages} == {"press", "fix", "device", "call", "unit", "order", "heartbeat"}
    for value in messages:
        decoded = decode_message("f", json.dumps(value).encode(), received=datetime.now(UTC))
        assert isinstance(decoded, reports.Message | Heartbeat), decoded
        assert not (isinstance(decoded, reports.Message) and getattr(decoded.report, "unreadable", ()))
    verbs = [
        value for value in EXAMPLES if next(iter(value)) in ("subscribe", "subscribeResponse", "event", "eventResponse")
    ]
    assert len(verbs) == 4
    for value in verbs:
        frame = decode_frame(json.dumps(value).encode())
        assert not isinstance(frame, Broken)
        if isinstance(frame, Subscribe):
            assert frame.fault is None and frame.after == 18_230
        if isinstance(frame, Subscribed):
            assert (frame.feed, frame.epoch, frame.oldest, frame.head) == ("112-app", "2026-11-01", 17_000, 18_231)

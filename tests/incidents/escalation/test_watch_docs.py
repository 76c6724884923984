"""docs/watch.md names every setting of the watch's steps, every limit, and what is told outside."""

import json
import re
from pathlib import Path
from typing import get_args

import msgspec

from incidents import events as ev
from incidents.escalation.ladder import WatchTimes

TEXT = (Path(__file__).parents[3] / "docs" / "watch.md").read_text(encoding="utf-8")
ELSEWHERE = {"presented_s", "blind_s", "tracking_min", "checkpoint_min"}  # other pages are about these


def test_every_time_of_a_step_is_documented_with_its_default() -> None:
    for field in msgspec.structs.fields(WatchTimes):
        if field.name not in ELSEWHERE:
            assert re.search(rf"`{field.name}`[^|\n]*{field.default:g} s", TEXT), field.name


def test_every_rung_is_documented_in_its_order() -> None:
    assert re.findall(r"^\| `\w+`[^|]*\| (\w+) \|", TEXT, re.M) == list(get_args(ev.Rung))


def test_what_is_told_outside_is_as_documented() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", TEXT, re.S)
    told = {"incident", "step", "zone", "received_at", "unanswered_since", "at"}
    assert set(json.loads(example)) == told

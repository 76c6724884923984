"""A long recording at full speed."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds.recordings.recording import Recording
from maps.zones import Zones
from tests.training.replay.parts import fix, press, recording, replaying, said

DEVICES = 20


def a_month(count: int, kept_of_ten: int) -> Recording:
    """So many positions of many devices, a tenth of a second apart: of ten, so many of devices that pressed."""
    presses = [press(0.0, f"press-{n}", device=f"TR-{n:05}") for n in range(DEVICES)]
    pressed = [f"TR-{n % DEVICES:05}" if n % 10 < kept_of_ten else f"TR-9{n % DEVICES:04}" for n in range(count)]
    return recording(
        [*presses, *(said(1 + n / 10, "fix", f"f-{n}", device=device, fix=fix(n)) for n, device in enumerate(pressed))]
    )


@pytest.mark.parametrize("kept_of_ten", [1, 10])
@pytest.mark.parametrize("count", [200, pytest.param(100_000, marks=[pytest.mark.prove, pytest.mark.timeout(600)])])
async def test_a_long_recording_takes_seconds_at_full_speed(
    tmp_path: Path, count: int, kept_of_ten: int, record_testsuite_property: Callable[[str, object], None]
) -> None:
    async with replaying(a_month(count, kept_of_ten), tmp_path, Zones.load()) as replay:
        began, worked = time.perf_counter(), time.process_time()
        await replay.seek(replay.played().length_s)
        took_s, worked_s = time.perf_counter() - began, time.process_time() - worked
        assert replay.played().state == "ended"
        recorded = [record async for _, record in replay.log.records()]
        assert len(recorded) == DEVICES + count * kept_of_ten // 10
    assert worked_s < 60.0  # by the processor: others may want it too
    if count == 100_000:
        what = f"{count} recorded messages at full speed, {kept_of_ten} of 10 for the log, s"
        record_testsuite_property(what, round(took_s, 1))

"""A line that drops, repeats, reorders and damages a tenth of all frames: every message arrives, and each exactly once."""

import asyncio
import time
from collections.abc import Callable

import msgspec
import pytest

from feeds.gateway import Gateway
from incidents.messages import PressReport
from tests.feeds.parts import QUICK, Desk, Shelf, following, poor_line, press
from tests.waiting import until


@pytest.mark.parametrize("count", [2_000])
async def test_every_message_over_a_poor_line_is_taken_exactly_once(
    count: int, record_testsuite_property: Callable[[str, object], None]
) -> None:
    desk, shelf = Desk(), Shelf()
    gateway = Gateway("112-app", heartbeat_s=0.2, answer_s=0.25, per_frame=1)
    await gateway.start()
    timing = msgspec.structs.replace(QUICK, silent_s=2.0, reconnect_s=4.0, missing_s=0.5)
    began = time.monotonic()
    try:
        async with poor_line(gateway.url, seed=7, share=0.1) as url, following(url, desk, shelf, timing=timing):
            await until(lambda: gateway.clients)
            for n in range(1, count + 1):
                if n % 3:
                    await gateway.publish(press(None, id=f"m{n}", device=f"AMR-{n % 260}"))
                else:
                    fix = {"lat": 50.0, "lon": 4.0, "radius": 20.0}
                    await gateway.publish({"kind": "fix", "id": f"m{n}", "device": f"AMR-{n % 260}", "fix": fix})
                if n % 20 == 0:
                    await asyncio.sleep(0)
                while n - (shelf.kept.get("112-app", {}).get(gateway.epoch) or 0) > 20_000:
                    await asyncio.sleep(0.05)
            whole = {gateway.epoch: count}
            await until(lambda: shelf.kept.get("112-app") == whole, within_s=60 + count / 50)
    finally:
        await gateway.stop()
    took_s = time.monotonic() - began
    wanted = {f"m{n}" for n in range(1, count + 1)}
    assert wanted <= desk.messages.keys()
    presses = {message.id for message in desk.presses if message.id.startswith("m")}
    assert presses == {f"m{n}" for n in range(1, count + 1) if n % 3}
    # What is beyond is a press of which the line left so little that its id could not be read: raised, never swallowed.
    beyond = [desk.messages[id_] for id_ in desk.messages.keys() - wanted]
    assert all(isinstance(m.report, PressReport) and m.report.unreadable for m in beyond)
    assert not desk.gaps
    record_testsuite_property(f"poor line, {count} frames: seconds", round(took_s))
    record_testsuite_property(f"poor line, {count} frames: handed over", sum(desk.times.values()))
    record_testsuite_property(f"poor line, {count} frames: presses beyond, id unreadable", len(beyond))

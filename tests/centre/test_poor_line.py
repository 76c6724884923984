"""A tenth of all frames dropped, repeated, reordered or damaged, before the real subscriber, desk and log."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from centre.assembly import Core
from feeds.subscriber import Subscriber, Timing
from incidents.clock import SystemClock
from incidents.log.sqlite import SqliteLog
from tests.centre.parts import own_feed
from tests.incidents.conftest import FewCases, FewZones

SHARE = 0.1


class PoorLine:
    """Harms one frame in ten; a frame held back goes out after the next one."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._held: list[str] = []
        self.harmed: Counter[str] = Counter()

    def __call__(self, frame: str) -> Iterable[str]:
        late, self._held = self._held, []
        if self._dice.random() >= SHARE:
            return [frame, *late]
        harm = self._dice.choice(["dropped", "repeated", "reordered", "damaged"])
        self.harmed[harm] += 1
        if harm == "dropped":
            return late
        if harm == "repeated":
            return [frame, frame, *late]
        if harm == "reordered":
            self._held = [frame]
            return late
        place = self._dice.randrange(len(frame))
        return [frame[:place] + "\x00}{" + frame[place + 7 :], *late]


@pytest.mark.parametrize("count", [1_500, pytest.param(100_000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)])])
async def test_every_press_is_in_the_log_once_and_every_other_message_as_the_table_says(
    tmp_path: Path, count: int, record_testsuite_property: Callable[[str, object], None]
) -> None:
    line = PoorLine(count)
    log = await SqliteLog.open(tmp_path / "vigie.log")
    desk = Core(log, FewZones(), FewCases(), SystemClock()).desk
    await desk.open()
    wanted: dict[str, str] = {}
    async with own_feed(damage=line, per_frame=1, window=64) as feed:
        timing = Timing(missing_s=3.0)  # the feed sends again what was not answered; what it does not is asked for
        following = asyncio.create_task(
            Subscriber(feed.url, receiver=desk, log=log, clock=SystemClock(), timing=timing).run()
        )
        for n in range(count):
            device = f"AMR-{n % 260:05d}"
            if n % 3 == 0 or n < 260:
                wanted[feed.press(device)["id"]] = "press"
            elif n % 3 == 1:  # of a device that pressed before: kept; of one that never did: dropped
                known = n % 2
                fix = {"lat": 51.0, "lon": 3.7, "radius": 30}
                message = feed.put(kind="fix", device=device if known else "AMR-NEVER", fix=fix)
                wanted[message["id"]] = "located" if known else ""
            else:
                message = feed.put(kind="call", device=device, state="open", line="101-1")
                wanted[message["id"]] = "call"
            # Every device has pressed before anything else is told of it; later the line may be 10,000 behind.
            while n + 1 - (await log.cursors("own")).get(feed.epoch, 0) > (0 if n == 259 else 10_000):
                await asyncio.sleep(0.1)
        # A damaged frame out of which all could be saved is answered 400, so the cursor says when all is durable.
        async with asyncio.timeout(120 + count / 50):
            while (await log.cursors("own")).get(feed.epoch) != count:
                await asyncio.sleep(0.1)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    types = {record.id: record.type async for _, record in log.records()}
    for id_, kind in wanted.items():
        found = types.pop(f"own/{id_}", "")
        assert found in ("raised", "pressed") if kind == "press" else found == kind, (id_, kind, found)
    # Beyond: what a damaged press left of itself was raised too, and what the desk itself noted.
    beyond = [kind for id_, kind in types.items() if id_.startswith("own/") and kind in ("raised", "pressed")]
    assert len(beyond) <= line.harmed["damaged"]
    await desk.close()
    await log.close()
    record_testsuite_property(f"poor line to the log, {count} frames: harmed", dict(line.harmed))
    record_testsuite_property(
        f"poor line to the log, {count} frames: presses, each once", list(wanted.values()).count("press")
    )
    record_testsuite_property(
        f"poor line to the log, {count} frames: damaged presses raised beside their original", len(beyond)
    )

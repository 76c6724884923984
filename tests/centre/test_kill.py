"""kill -9 under load: what was answered is there, once; the board is as before; the log verifies."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest

from incidents import events as ev
from incidents.board import Board
from incidents.clock import SystemClock
from incidents.incident import Incident
from incidents.log.sqlite import SqliteLog
from tests.centre.parts import OwnFeed, Running, own_feed
from tests.incidents.conftest import FewCases, core_of
from tests.incidents.facts import with_facts
from tests.processes import vigie
from tests.waiting import until


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=[pytest.mark.prove, pytest.mark.timeout(1800)])])
async def test_every_press_answered_200_is_in_the_log_once_after_kill_9(
    tmp_path: Path, kills: int, record_testsuite_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(kills)
    async with own_feed() as feed:
        server = Running(tmp_path, feeds=[feed.url])
        for _ in range(kills):
            await server.start()
            load = asyncio.create_task(_load(feed, dice))
            answered = len(feed.durable)
            await until(lambda answered=answered: len(feed.durable) > answered + 50)
            await asyncio.sleep(dice.uniform(0.0, 0.4))
            await server.kill()
            load.cancel()
            code, said = await vigie("log", "verify", "--log", str(server.log))
            assert code == 0, said
        stopped = feed.press("AMR-90000")
        feed.put(kind="call", device="AMR-90000", state="ended", line="101-7")
        await server.start()
        await until(lambda: {m["id"] for m in feed.messages} == feed.durable, within_s=60)
        assert await server.stop() == 0
        code, said = await vigie("log", "verify", "--log", str(server.log))
        assert code == 0, said
        presses = [m["id"] for m in feed.messages if m["kind"] == "press"]
        board = await _compare(server.log, presses)
        incident = next(i for i in board.incidents.values() if i.device == "AMR-90000")
        assert incident.history.entries[0].id == f"own/{stopped['id']}"
        assert incident.line.call is not None and incident.line.call.state == "ended"
        record_testsuite_property("kill -9 under load: kills", kills)
        record_testsuite_property("kill -9 under load: presses, each in the log once", len(presses))


async def _load(feed: OwnFeed, dice: random.Random) -> None:
    while True:
        for _ in range(5):
            device = f"AMR-{dice.randrange(40):05d}"
            feed.press(device)
            feed.put(kind="fix", device=device, fix={"lat": 51.0, "lon": 3.7, "radius": 30})
        await asyncio.sleep(0.02)


def of_one_instant(board: Board) -> dict[str, Incident]:
    """The incidents; what stands in two streams at the same millisecond has no order there, and is read in either."""
    found = {}
    for name, one in board.incidents.items():
        instants = groupby(one.history.entries, key=attrgetter("at"))
        history = tuple(entry for _, same in instants for entry in sorted(same, key=attrgetter("id")))
        found[name] = with_facts(one, history__entries=history)
    return found


async def _compare(path: Path, presses: list[str]) -> Board:
    """Every press is in the log exactly once, and the desk's start gives the board that folding everything gives."""
    log = await SqliteLog.open(path)
    whole, ids = Board(), Counter[str]()
    async for _, record in log.records():
        ids[record.id] += 1
        whole.fold(ev.entry(record, log.unseal(record)))
    assert all(ids[f"own/{press}"] == 1 for press in presses)
    desk = core_of(log, FewCases(), SystemClock()).desk
    await desk.open()
    assert of_one_instant(desk.board) == of_one_instant(whole)
    assert desk.board.device_alarms == whole.device_alarms
    await desk.close()
    await log.close()
    return whole

"""Of several servers that hear the same one writes it, and the others wait for its record, but never for long."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench.nats_servers import NatsServer
from incidents.log.record import Record
from incidents.messages import DeviceReport, Fix, FixReport, PressReport, Receipt
from incidents.presence.presentations import PRESENTED_TOGETHER_S
from incidents.presence.turns import WAIT_S
from tests.incidents.conftest import DrivenClock, Floor
from tests.incidents.servers import Desks, acquainted
from tests.waiting import until

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <StreamWriter:ResourceWarning")
AT = {"lat": 51.0536, "lon": 3.7253, "radius": 18.0}


class Known(Desks):
    """Servers that know each other. `sent`: what each sent to the log, by its id."""

    def __init__(self, folder: Path, server: NatsServer, clock: DrivenClock) -> None:
        super().__init__(folder, server, clock)
        self.known = acquainted("a", "b", "c")
        self.sent: dict[str, Counter[str]] = {name: Counter() for name in self.known}

    async def begin(self, names: Iterable[str] = "abc") -> list[Floor]:
        floors = [await self.open(name, others=self.known[name]) for name in names]
        for name, floor in zip(names, floors, strict=True):
            self._count(floor.log, self.sent[name])
        return floors

    def _count(self, log: Any, sent: Counter[str]) -> None:
        send = log._send

        async def counted(subject: str, record: Record, tried: int, **condition: int) -> Any:
            sent[record.id] += 1
            return await send(subject, record, tried, **condition)

        log._send = counted

    def first(self, key: str) -> str:
        (found,) = (name for name, own in self.known.items() if not own.before(key))
        return found

    def devices(self, first: str, count: int) -> list[str]:
        """Of which this server is the first to write."""
        found = (device for n in range(1000) if self.first(device := f"AMR-{n:05}") == first)
        return [device for _, device in zip(range(count), found, strict=False)]


@pytest.fixture
async def desks(tmp_path: Path, nats_server: NatsServer, clock: DrivenClock) -> AsyncIterator[Known]:
    made = Known(tmp_path, nats_server, clock)
    yield made
    await made.close()


async def told(floors: list[Floor], device: str, id: str) -> list[Receipt]:
    message = floors[0].message(PressReport(device=device, press="hold", fix=Fix(**AT)), id=id)
    return await asyncio.gather(*(floor.desk.receive(message) for floor in floors))


async def test_what_three_servers_hear_is_sent_to_the_log_once_by_each_a_share(desks: Known) -> None:
    floors = await desks.begin()
    devices = [device for name in "abc" for device in desks.devices(name, 4)]
    receipts = await asyncio.gather(*(told(floors, device, f"m-{device}") for device in devices))
    assert all(sorted(one) == ["recorded", "repeated", "repeated"] for one in receipts)
    fixes = [floors[0].message(FixReport(device=device, fix=Fix(**AT)), id=f"fix-{device}") for device in devices]
    await asyncio.gather(*(floor.desk.receive(fix) for fix in fixes for floor in floors))
    assert {name: {record_id.rpartition("-")[2] for record_id in ids} for name, ids in desks.sent.items()} == {
        name: {device.rpartition("-")[2] for device in desks.devices(name, 4)} for name in "abc"
    }
    assert set(sum(desks.sent.values(), Counter()).values()) == {1}


async def test_another_press_under_an_id_that_was_used_is_shown_on_every_board(desks: Known) -> None:
    floors = await desks.begin()
    one, two = desks.devices("a", 2)
    await told(floors, one, "m-1")
    await told(floors, two, "m-1")
    await told(floors, two, "m-1")
    for floor in floors:
        await until(lambda floor=floor: len(floor.desk.board.incidents) == 2)  # type: ignore[misc]
        assert {incident.device: incident.presses.count for incident in floor.desk.board.incidents.values()} == {
            one: 1,
            two: 1,
        }


async def test_a_packet_that_a_receiver_of_each_server_hears_is_one_press(desks: Known) -> None:
    floors = await desks.begin()
    (device,) = desks.devices("a", 1)
    message = floors[0].message(PressReport(device=device, press="hold", packet="7f3a"), id="m-1")
    heard = zip(floors, ("attic", "cellar", "gate"), strict=True)
    receipts = await asyncio.gather(
        *(floor.desk.receive(msgspec.structs.replace(message, feed=feed)) for floor, feed in heard)
    )
    assert sorted(receipts) == ["recorded", "repeated", "repeated"]
    for floor in floors:
        await until(lambda floor=floor: len(floor.desk.board.incidents) == 1)  # type: ignore[misc]
        assert [incident.presses.count for incident in floor.desk.board.incidents.values()] == [1]


async def test_who_does_not_write_what_is_its_to_write_is_waited_for_once(desks: Known) -> None:
    b, c = await desks.begin("bc")  # what a would write nobody hears
    one, two, *more = desks.devices("a", 5)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert sorted(await told([b, c], one, "m-1")) == ["recorded", "repeated"]
    assert loop.time() - began >= WAIT_S
    await told([b, c], two, "m-2")
    began = loop.time()
    for device in more:
        await told([b, c], device, f"m-{device}")
    assert loop.time() - began < len(more) * WAIT_S
    assert len(b.desk.board.incidents) == len(c.desk.board.incidents) == 5


async def test_a_server_that_is_cut_off_waits_for_nobody(desks: Known) -> None:
    a, _ = await desks.begin("ab")
    await desks.cut("a")
    loop = asyncio.get_running_loop()
    began = loop.time()
    for device in desks.devices("b", 4):
        assert await told([a], device, f"m-{device}") == ["held"]
    assert loop.time() - began < 4 * WAIT_S and len(a.desk.board.incidents) == 4


async def test_an_alarm_that_pages_of_three_servers_paint_is_presented_once(desks: Known) -> None:
    floors = await desks.begin()
    (device,) = desks.devices("a", 1)
    await told(floors, device, "m-1")
    (name,) = floors[0].desk.board.incidents
    await until(lambda: all(name in floor.desk.board.incidents for floor in floors))
    for floor in floors:
        floor.desk.presented([name], console="one", audible=True)
    await asyncio.sleep(PRESENTED_TOGETHER_S + 1)
    floors[1].desk.presented([name], console="two", audible=True)
    await asyncio.sleep(0.5)
    assert [record.id for record in await desks.records("c") if record.type == "presented"] == [
        f"{name}-presented",
        f"{name}-presented-all",
    ]
    sent = sum(desks.sent.values(), Counter())
    assert sent[f"{name}-presented-all"] == 1, "whose page was not first says nothing more"


async def test_a_report_of_what_is_so_already_is_waited_for_by_nobody(desks: Known) -> None:
    floors = await desks.begin()
    (device,) = desks.devices("a", 1)
    loop = asyncio.get_running_loop()
    took = []
    for n in range(3):
        report = floors[0].message(DeviceReport(device=device, state="battery_low", battery=5), id=f"low-{n}")
        began = loop.time()
        await asyncio.gather(*(floor.desk.receive(report) for floor in floors))
        await until(lambda: all(floor.desk.board.device_alarms for floor in floors))
        took.append(loop.time() - began)
    assert max(took[1:]) < WAIT_S

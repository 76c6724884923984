"""A press, its order and the patrol, over the real feed and real HTTP: what the zone reports comes back to the incident."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from centre.assembly import Core
from feeds.gateway import Gateway
from feeds.orders.simulated_dispatch import Dispatch
from incidents import commands as cmd
from incidents.clock import SystemClock
from incidents.desk.desk import Desk
from incidents.incident import Incident
from incidents.log.sqlite import SqliteLog
from tests.feeds.orders.conftest import ACTOR
from tests.incidents.conftest import FewCases, FewZones
from tests.people import dispatcher
from tests.waiting import until


class Centre:
    """Everything between a button and a patrol."""

    def __init__(self, desk: Desk, gateway: Gateway, dispatch: Dispatch) -> None:
        self.desk, self.gateway, self.dispatch = desk, gateway, dispatch

    @property
    def incident(self) -> Incident:
        return next(iter(self.desk.board.incidents.values()))

    async def routed(self) -> None:
        fix = {"lat": 51.0536, "lon": 3.7253, "radius": 12.0}
        await self.gateway.publish({"kind": "press", "device": "AMR-00412", "press": "hold", "fix": fix})
        await until(lambda: self.desk.board.incidents)
        await self.desk.command(cmd.Acknowledge(id="command-1", incident=self.incident.id), dispatcher(ACTOR))
        await self.desk.command(cmd.Route(id="command-2", incident=self.incident.id, zone="5415"), dispatcher(ACTOR))


@pytest.fixture
async def centre(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Centre]:
    clock = SystemClock()
    log = await SqliteLog.open(tmp_path / "vigie.log")
    gateway = Gateway("demo", heartbeat_s=0.5)
    await gateway.start()
    dispatch = Dispatch(gateway, seed=3, speed=300, declines=request.param, stations={"5415": ((51.04, 3.71),)})
    await dispatch.start()
    core = Core(log, FewZones(), FewCases(), clock, addresses=lambda zone: dispatch.url)
    desk = core.desk
    await desk.open()
    tasks = [asyncio.create_task(work()) for work in (core.orders.run, core.subscriber(gateway.url).run)]
    yield Centre(desk, gateway, dispatch)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await dispatch.close()
    await gateway.stop()
    await desk.close()
    await log.close()


@pytest.mark.parametrize("centre", [0.0], indirect=True)
async def test_a_patrol_is_followed_to_the_scene(centre: Centre) -> None:
    await centre.routed()
    await until(lambda: centre.incident.state == "on_scene")
    assert {"pressed", "acknowledged", "routed", "accepted", "en_route", "on_scene"} <= set(centre.incident.times)
    await until(lambda: centre.incident.order is not None and centre.incident.order.done)
    assert centre.incident.unit is not None
    assert (centre.incident.unit.unit, centre.incident.state) == ("5415-1", "on_scene"), (
        "that she is safe, a person says"
    )


@pytest.mark.parametrize("centre", [2.0], indirect=True)
async def test_a_declined_order_comes_back_to_its_owner(centre: Centre) -> None:
    await centre.routed()
    await until(lambda: centre.incident.realarm == "declined")
    assert (centre.incident.state, centre.incident.owner) == ("acknowledged", ACTOR)

"""A zone that the case excludes: no order goes there, and of one that it has already it learns nothing more."""

import asyncio
from typing import Any

import msgspec
import pytest

from incidents import commands as cmd
from incidents.case import Exclusion
from incidents.commands import Refused
from tests.feeds.orders.conftest import Floor, Zone
from tests.waiting import until


def exclude(floor: Floor, zone: str) -> None:
    cases: Any = floor.desk.cases
    cases.case = msgspec.structs.replace(cases.case, exclusions=(Exclusion(reason="a brother", zone=zone),))


async def test_no_order_goes_to_a_zone_that_the_case_excludes(floor: Floor, zones: dict[str, Zone]) -> None:
    exclude(floor, "5415")
    incident = await floor.alarm()
    with pytest.raises(Refused, match="zone_excluded"):
        await floor.do(cmd.Route, incident, zone="5415")
    assert floor.now(incident).state == "acknowledged"
    await floor.do(cmd.Route, incident, zone="5416")
    await until(lambda: zones["5416"].received)
    assert not zones["5415"].received


async def test_a_zone_that_is_excluded_later_learns_only_that_it_need_not_come_and_the_owner_is_alarmed(
    floor: Floor, zones: dict[str, Zone]
) -> None:
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    exclude(floor, "5415")
    await floor.press()
    await until(lambda: floor.states(incident)[-1] == "failed")
    now = floor.now(incident)
    assert now.realarm == "undelivered" and floor.order(incident).outbox[-1].reason == "the case excludes this zone"
    await floor.do(cmd.Route, incident, zone="5416")
    await until(lambda: zones["5416"].received and len(zones["5415"].received) > 1)
    await asyncio.sleep(0.1)  # nothing more comes
    (_, last) = zones["5415"].received
    assert last["why"] == "reroute" and set(last) == {"order", "update", "why", "at"}
    assert zones["5416"].received[-1]["device"] == "AMR-00412"


async def test_a_cancellation_to_an_excluded_zone_names_the_order_alone(floor: Floor, zones: dict[str, Zone]) -> None:
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    exclude(floor, "5415")
    await floor.do(cmd.CancelOrder, incident, reason="another zone goes")
    await until(lambda: floor.states(incident)[-1] == "delivered")
    assert set(zones["5415"].received[-1]) == {"order", "update", "why", "at"}

"""A zone's page says of an order what it was told; of one that is over no more than the municipality."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from dashboard.zone.order_map import OrderMaps
from dashboard.zone.session import ZoneSession
from incidents import commands as cmd
from incidents.desk.zone_desk import sent_to
from incidents.messages import Fix
from incidents.roles import User
from maps.small_map import frame_of
from maps.store import SHIPPED
from maps.streets.street_file import Streets
from reports.catalogue import translator
from tests.dashboard.conftest import House, Paper


async def test_the_card_says_where_she_is_by_the_nearest_address_until_nobody_needs_to_come(house: House) -> None:
    whereabouts = house.consoles.services.whereabouts
    whereabouts._open()
    incident = await house.press(device="AMR-9")
    words = whereabouts.in_full(
        incident, house.clock.now(), translator("nl")
    )  # as the police of Gent read it, whatever the centre does
    assert words.startswith("bij ") and "± 18 m" in words
    user = User(actor="me", roles=frozenset({"dispatcher"}), name="me")
    await house.desk.command(cmd.Acknowledge(id=house.name(), incident=incident.id), user)
    await house.desk.command(cmd.Route(id=house.name(), incident=incident.id, zone="5415"), user)
    session = ZoneSession(house.consoles, Paper(), "", OrderMaps(Streets, SHIPPED))

    def card() -> dict[str, Any]:
        now = house.desk.board.incidents[incident.id]
        order = sent_to(now, "5415", house.clock.now())
        assert order is not None
        assert order.over or order.fix is not None  # the coordinates stand beside it
        return session._order(order, now)

    told = card()
    assert told["place"] == words and words.startswith(f"bij {told['names'][0]} ")
    assert told["map"] is None  # an order waits for no map
    await asyncio.gather(*session._tasks)
    shown = card()["map"]
    assert shown["picture"].streets == "drawn" and shown["r"] > 0
    assert not session._tasks  # and is drawn once
    await house.desk.command(cmd.CancelOrder(id=house.name(), incident=incident.id, reason="over"), user)
    over = card()
    assert over["place"] == "Gent" and over["map"] is None and "names" not in over
    session.end()


async def test_a_map_is_drawn_once_for_all_who_look_at_it_and_what_cannot_be_drawn_is_said_once(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    opened = []

    def streets() -> Streets:
        opened.append(1)
        return Streets()

    here = Fix(51.0536, 3.7253, 18.0)
    maps, frame = OrderMaps(streets, SHIPPED), frame_of(51.0536, 3.7253, 18.0, "5415")[0]
    await asyncio.gather(*(maps.draw(frame) for _ in range(5)))
    assert opened == [1]
    assert isinstance(maps.of(here, "5415"), dict)
    assert maps.of(Fix(float("nan"), 3.7), "5415") is None
    bare = OrderMaps(Streets, tmp_path)
    await asyncio.gather(bare.draw(frame), bare.draw(frame))
    await bare.draw(frame)
    assert bare.of(here, "5415") is None  # and no page asks again
    assert [one.levelname for one in caplog.records] == ["ERROR"] and "3.72" not in caplog.text


async def test_an_order_goes_on_without_its_map_whatever_went_wrong(caplog: pytest.LogCaptureFixture) -> None:
    words = "51.05, 3.72"

    def lost() -> Streets:
        raise LookupError(words)

    maps, frame = OrderMaps(lost, SHIPPED), frame_of(51.0536, 3.7253, 18.0, "5415")[0]
    await maps.draw(frame)
    assert maps.of(Fix(51.0536, 3.7253, 18.0), "5415") is None
    assert "LookupError" in caplog.text and words not in caplog.text

"""What a feed says wrongly hides no press and no place: a centre on its own log, attacked through a feed's real socket."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from centre.runtime import Centre
from centre.settings import Settings
from incidents import commands as cmd
from incidents.incident import Incident
from incidents.log.sqlite import SqliteLog
from tests.centre.parts import OwnFeed, own_feed, stamp
from tests.incidents.conftest import closing
from tests.people import dispatcher
from tests.waiting import until

GHENT, ANTWERP = {"lat": 51.0536, "lon": 3.7253, "radius": 18.0}, {"lat": 51.2194, "lon": 4.4025, "radius": 18.0}
FAR = "2099-01-01T00:00:00Z"
NEVER_SET = "1970-01-01T00:00:09Z"


@pytest.fixture
async def feed() -> AsyncIterator[OwnFeed]:
    async with own_feed(per_frame=1) as feed:
        yield feed


@pytest.fixture
async def centre(tmp_path: Path, feed: OwnFeed) -> AsyncIterator[Centre]:
    centre = await Centre.open(Settings(log=tmp_path / "vigie.log", no_sign_in=True, feed=(feed.url,)))
    centre.start()
    yield centre
    await centre.close()


async def told(feed: OwnFeed, **fields: Any) -> None:
    """Send a message and wait until the desk answered that it has it."""
    message = feed.put(**fields)
    await until(lambda: message["id"] in feed.durable)


async def raised(feed: OwnFeed, centre: Centre, device: str = "AMR-1") -> Incident:
    feed.press(device, fix=GHENT)
    await until(lambda: centre.desk.board.of_device(device))
    return centre.desk.board.of_device(device)[0]


@pytest.mark.parametrize(("wrong", "flag"), [(FAR, "future"), (NEVER_SET, "past")])
async def test_a_wrong_time_never_freezes_her_place(
    feed: OwnFeed, centre: Centre, wrong: str, flag: str, tmp_path: Path
) -> None:
    name = (await raised(feed, centre)).id
    now = lambda: centre.desk.board.incidents[name]  # noqa: E731
    ghent = now().zone
    await told(feed, kind="fix", device="AMR-1", fix={**GHENT, "lat": 51.06, "time": wrong})
    await told(feed, kind="fix", device="AMR-1", at=wrong, fix={**GHENT, "lat": 51.07})
    assert now().position.fix is not None and now().position.fix.lat == 51.07 and now().position.fix.time is not None  # type: ignore[union-attr]
    assert abs((now().position.fix.time - now().received_at).total_seconds()) < 60  # type: ignore[union-attr, operator]
    await told(feed, kind="fix", device="AMR-1", fix={**ANTWERP, "time": stamp()})
    assert now().zone not in ("", ghent) and now().position.at < now().received_at.replace(year=2090)  # type: ignore[operator]
    assert flag in now().flags, "the row in the queue says what is wrong"
    await centre.desk.command(cmd.Acknowledge(id="take-000001", incident=name), dispatcher("me"))
    routed = await centre.desk.command(cmd.Route(id="route-00001", incident=name, zone=now().zone), dispatcher("me"))
    assert routed is not None and routed.order is not None and routed.order.zone == now().zone
    feed.press("AMR-1", fix={**GHENT, "time": wrong})
    await until(lambda: now().presses.count == 2 and now().zone == ghent)
    before = now()
    await centre.close()
    again = await Centre.open(Settings(log=tmp_path / "vigie.log", no_sign_in=True))
    try:
        after = again.desk.board.incidents[name]
        assert (after.position.fix, after.position.at, after.zone, after.flags) == (
            before.position.fix,
            before.position.at,
            ghent,
            before.flags,
        )
    finally:
        await again.close()


@pytest.mark.parametrize("wrong", [FAR, NEVER_SET])
async def test_a_wrong_time_never_freezes_a_unit(feed: OwnFeed, centre: Centre, wrong: str) -> None:
    unit = {"kind": "unit", "unit": "G12", "zone": "5415"}
    units = centre.desk.board.units
    await told(feed, **unit, status="available", fix=GHENT)
    await told(feed, **unit, status="assigned", at=wrong, fix={**GHENT, "time": wrong})
    assert units["G12"].status == "assigned" and units["G12"].clock_wrong
    await told(feed, **unit, status="en_route", fix=ANTWERP)
    assert units["G12"].status == "en_route" and not units["G12"].clock_wrong


async def test_a_zone_whose_clock_is_wrong_sets_no_time_that_has_not_come(feed: OwnFeed, centre: Centre) -> None:
    name = (await raised(feed, centre)).id
    await centre.desk.command(cmd.Acknowledge(id="take-000001", incident=name), dispatcher("me"))
    zone = centre.desk.board.incidents[name].zone
    routed = await centre.desk.command(cmd.Route(id="route-00001", incident=name, zone=zone), dispatcher("me"))
    assert routed is not None and routed.order is not None
    await told(feed, kind="order", order=routed.order.id, state="accepted", unit="G12", at=FAR)
    await told(feed, kind="unit", unit="G12", zone=zone, status="en_route", at=FAR, fix={**GHENT, "time": FAR})
    await told(feed, kind="unit", unit="G12", zone=zone, status="on_scene")
    now = centre.desk.board.incidents[name]
    assert now.state == "on_scene" and now.unit is not None and now.unit.status == "on_scene"
    assert all(time.at <= time.entered for time in now.times.values())
    assert "zone_clock" in now.flags and "future" not in now.flags


async def test_an_id_that_is_given_twice_swallows_no_press(feed: OwnFeed, centre: Centre, tmp_path: Path) -> None:
    first = feed.press("AMR-1", id="same")
    feed.press("AMR-2", id="same", at=first["at"])
    again = feed.press("AMR-1", id="same", at="2026-11-24T20:00:00.000Z")
    feed.put(kind="press", id="same", press="hold", at="2026-11-24T20:00:01.000Z")
    feed.put(kind="press", id="same", press="hold", at="2026-11-24T20:00:02.000Z")
    board = centre.desk.board
    await until(lambda: len(board.incidents) == 4 and board.of_device("AMR-1")[0].presses.count == 2)
    one, two = board.of_device("AMR-1")[0], board.of_device("AMR-2")[0]
    assert two.presses.count == 1 and "id_again" in one.flags | two.flags
    assert centre.consoles.health().feeds[0].ids_again == 4, "the feed's health says so on every screen"
    feed.epoch = "another"  # all comes again, with numbers of its own
    for message in [dict(one) for one in feed.messages[::-1]]:
        feed.put(**message | {"seq": len(feed.messages) + 1})
    await until(lambda: board.feeds["own"].repeated >= 5)
    assert len(board.incidents) == 4 and board.of_device("AMR-1")[0].presses.count == 2
    await centre.close()
    assert again["id"] == "same"
    kinds = await records(tmp_path)
    assert kinds.count("raised") == 4 and kinds.count("pressed") == 1


async def test_an_id_that_is_given_twice_swallows_no_position_and_no_call(feed: OwnFeed, centre: Centre) -> None:
    name = (await raised(feed, centre)).id
    now = lambda: centre.desk.board.incidents[name]  # noqa: E731
    for lat in (51.1, 51.2, 51.3):
        await told(feed, kind="fix", id="fix", device="AMR-1", fix={**GHENT, "lat": lat})
        await until(lambda lat=lat: now().position.fix is not None and now().position.fix.lat == lat)  # type: ignore[misc, union-attr]
    for state in ("ringing", "open"):
        await told(feed, kind="call", id="call", device="AMR-1", state=state)
        await until(lambda state=state: now().line.call is not None and now().line.call.state == state)  # type: ignore[misc, union-attr]


async def test_a_press_that_is_told_again_after_it_was_closed_opens_nothing(feed: OwnFeed, centre: Centre) -> None:
    message = feed.put(kind="press", press="hold")
    await until(lambda: centre.desk.board.incidents)
    (incident,) = centre.desk.board.incidents.values()
    await centre.desk.command(closing(incident, "close-000001"), dispatcher("me"))
    feed.put(**message | {"seq": 2})
    feed.press("AMR-1")
    await until(lambda: centre.desk.board.of_device("AMR-1"))
    await until(lambda: centre.desk.board.feeds["own"].repeated == 1)
    assert len(centre.desk.board.incidents) == 2


async def records(folder: Path) -> list[str]:
    log = await SqliteLog.open(folder / "vigie.log")
    found = [record.type async for _, record in log.records()]
    await log.close()
    return found

"""Who sees where she is: all that pages and map windows are sent, decoded, and looked through for her position in any form."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from math import cos, radians

import pytest
from bokeh.document import Document
from msgspec.structs import replace

from dashboard.access.accounts import Accounts
from dashboard.access.signins import SignIns
from dashboard.components.map import MapView
from dashboard.components.map import view as map_view
from dashboard.map_window.session import MapSession
from dashboard.operator.session import Session
from incidents import commands as do
from incidents import events as ev
from incidents.case import Exclusion
from incidents.incident import Incident
from incidents.messages import Fix, FixReport, UnitReport
from maps.geodesy import to_mercator
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.conftest import DEVICE, House, Paper
from tests.people import dispatcher
from tests.waiting import until

HER = (51.052, 3.745)  # in Gent, 3.5 km from the point at which the zone's name stands
STREET = "Nijverheidstraat"
UNIT = "GENT-7"
OTHER, THERE = "AMR-00777", (50.63, 5.57)
NEAR_M = 2_000.0
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
BROTHER = "Bro Fictief"


def found(said: list[str]) -> set[str]:
    """How these messages say where she is: two numbers, the street, the unit that drives to her."""
    text = "\n".join(said).replace(f'"{UNIT}":null', "")  # that it is no longer shown
    numbers = [float(number) for number in NUMBER.findall(text)]
    (lat, lon), (x, y) = HER, to_mercator(*HER)
    stretched = cos(radians(lat))
    pairs = {
        "wgs84": ((lat, NEAR_M / 111_200), (lon, NEAR_M / 111_200 / stretched)),
        "mercator": ((x, NEAR_M / stretched), (y, NEAR_M / stretched)),
    }
    near = {
        name
        for name, pair in pairs.items()
        if all(any(abs(number - at) < within for number in numbers) for at, within in pair)
    }
    return near | {name for name, word in (("street", STREET), ("unit", UNIT)) if word in text}


class Sheet(Paper):
    """A page that keeps the texts it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def send(self, text: str) -> None:
        super().send(text)
        self.said.append(text)


class Seat:
    """An operator page and a map window of a browser; `said` is all that they were sent."""

    def __init__(self, floor: "Floor", token: str) -> None:
        house, self.said = floor.house, list[str]()
        papers, self.views = (Sheet(), Sheet()), [MapView(house.consoles.services.zones, words=str) for _ in range(2)]
        for paper, view in zip(papers, self.views, strict=True):
            paper.said = self.said
            document = Document()
            document.add_root(view.root.get_root(document))
            floor.maps[id(view.root)] = self.said
            view._obey({"type": "ready"})
        self.papers, self.token = papers, token
        self.page = Session(house.consoles, papers[0], self.views[0], token)
        self.window = MapSession(house.consoles, papers[1], self.views[1], token)
        self.window.start()
        house.consoles.enter(self.page, "", "b" + token)
        self.page.take(json.dumps({"do": "hello", "browser": "b" + token}))
        self.window.take(json.dumps({"do": "hello", "browser": "b" + token}))

    def choose(self, incident: str) -> None:
        self.page.take(json.dumps({"do": "select", "incident": incident}))


class Floor:
    """A house with accounts, her alarm, and pages with maps."""

    def __init__(self, house: House, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
        accounts.add(BROTHER, ["dispatcher"], PASSWORD)
        self.house, self.accounts = house, accounts
        self.signins = house.consoles.signins = SignIns(accounts, clock=house.clock)
        brothers = (Exclusion(reason="the suspect's brother", account=BROTHER),)
        house.cases.case = replace(house.cases.case, exclusions=brothers)
        self.maps: dict[int, list[str]] = {}
        self.seats: list[Seat] = []
        monkeypatch.setattr(map_view, "send", lambda frame, document, text: self.maps[id(frame)].append(text))

    def sign_in(self, name: str) -> str:
        account = self.accounts.get(name)
        assert account is not None
        return self.signins.open(account)

    async def seat(self, name: str) -> Seat:
        self.seats.append(seat := Seat(self, self.sign_in(name)))
        await self.settle()
        return seat

    async def settle(self) -> None:
        """All that is to be sent is sent, the maps' too."""
        for _ in range(35):
            for seat in self.seats:
                for paper in seat.papers:
                    await paper.turn()
            await asyncio.sleep(0.02)

    @property
    def her(self) -> Incident:
        return self.house.desk.board.of_device(DEVICE)[0]

    async def evening(self) -> None:
        """She presses and moves, a unit is on its way to her, another alarm is elsewhere; every page tries to look."""
        house = self.house
        mieke = dispatcher(house.desk.pseudonym("Mieke Voorbeeld"))
        await house.press(DEVICE, fix=Fix(*HER, 12.0))
        await house.press(OTHER, fix=Fix(*THERE, 12.0))
        if not self.her.owner:
            await house.desk.command(do.Acknowledge(id=house.name(), incident=self.her.id), mieke)
            await house.desk.command(do.Route(id=house.name(), incident=self.her.id, zone="5415"), mieke)
        await house.report(UnitReport(unit=UNIT, zone="5415", status="en_route", fix=Fix(HER[0] + 0.01, HER[1])))
        seen = ev.UnitSeen(status="en_route", unit=UNIT, fix=Fix(HER[0] + 0.01, HER[1]))
        await house.desk.note(f"incident/{self.her.id}", seen, id=house.name(), actor="feed")
        for seat in self.seats:
            seat.choose(self.her.id)
        for n in range(3):
            house.clock.pass_s(4)
            await house.report(FixReport(device=DEVICE, fix=Fix(HER[0], HER[1] + n / 20_000, 12.0)))
        await until(lambda: STREET in house.consoles.services.whereabouts.of(self.her))
        house.clock.pass_s(30)  # her circle grows
        await self.settle()


@pytest.fixture
async def floor(house: House, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Floor]:
    floor = Floor(house, accounts, monkeypatch)
    yield floor
    floor.signins.close_file()


async def test_who_may_see_her_is_sent_where_she_is_in_every_form_that_is_looked_for_here(floor: Floor) -> None:
    seat = await floor.seat("Mieke Voorbeeld")
    await floor.evening()
    assert found(seat.said) == {"wgs84", "mercator", "street", "unit"}
    maps = [text for text in seat.said if text.startswith('{"marks"')]
    assert found(maps) == {"mercator", "unit"}, "the check reads what the maps are told too"


async def test_pages_from_which_she_is_kept_are_sent_nothing_of_where_she_is(floor: Floor) -> None:
    before = await floor.seat(BROTHER)
    await floor.evening()
    after = await floor.seat(BROTHER)
    await floor.evening()
    for seat in (before, after):
        assert found(seat.said) == set()
        assert not [text for text in seat.said if floor.her.id in text]
        assert [text for text in seat.said if '"marks"' in text], "their maps are told of the other"


async def test_locked_pages_are_sent_nothing_of_where_she_is(floor: Floor) -> None:
    seat = await floor.seat("Mieke Voorbeeld")
    await floor.evening()
    seat.said.clear()
    floor.signins.lock(seat.token)
    floor.house.consoles.stood()
    await floor.settle()
    late = Seat(floor, seat.token)
    floor.seats.append(late)
    await floor.evening()
    for one in (seat, late):
        assert found(one.said) == set()
        assert [text for text in one.said if floor.her.id in text and '"marks"' in text], "she is in her zone"


async def test_who_takes_a_page_over_and_may_not_know_of_her_has_her_forgotten(floor: Floor) -> None:
    seat = await floor.seat("Mieke Voorbeeld")
    await floor.evening()
    seat.said.clear()
    floor.signins.lock(seat.token)
    seat.page.token = seat.window.token = floor.sign_in(BROTHER)
    floor.house.consoles.stood()
    await floor.evening()
    assert found(seat.said) == set()
    marks = [json.loads(text)["marks"] for text in seat.said if text.startswith('{"marks"')]
    assert [told[floor.her.id] for told in marks if floor.her.id in told] == [False, False]

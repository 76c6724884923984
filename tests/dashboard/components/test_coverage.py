"""Which centre an alarm belongs to on the real map, and who listens for it."""

import asyncio
import json

import msgspec
import pytest

from dashboard.components.coverage.geography import Centres
from dashboard.components.coverage.listening import Listening
from dashboard.components.place_names import Places
from dashboard.operator.session import Session
from incidents import commands as do
from incidents.board import CENTRES
from incidents.messages import Fix, FixReport, PressReport
from maps.zones import Zones
from tests.dashboard.conftest import DEVICE, House, Paper
from tests.people import dispatcher
from tests.waiting import until

GENT, LEUVEN = Fix(51.0536, 3.7253, 18.0), Fix(50.8798, 4.7005, 18.0)
BORDER = Fix(50.88, 4.05, 3000.0, 68)  # Denderleeuw, beside Flemish Brabant


async def console(house: House, *cics: str, sound: str = "armed") -> tuple[Session, Paper]:
    """A page that covers these centres, in sight and heard."""
    paper = Paper()
    session = Session(house.consoles, paper)
    session.take(json.dumps({"do": "hello", "desk": "", "browser": house.name(), "cics": cics}))
    session.take(json.dumps({"do": "seen", "visible": True, "sound": sound}))
    await until(lambda: session.visible and session.covers)
    return session, paper


@pytest.fixture
def centres(zones: Zones) -> Centres:
    return Centres(zones, Places(zones, zones.names.items()))


def test_a_circle_over_the_border_tells_the_neighbour_and_one_inside_does_not(centres: Centres) -> None:
    border, inside = centres.reach(BORDER), centres.reach(GENT)
    assert border is not None and inside is not None
    assert (border.cic, border.near) == ("OVL", ("VBR",))
    assert (inside.cic, inside.near) == ("OVL", ())


def test_a_surer_circle_that_holds_the_border_tells_the_neighbour_though_its_share_is_small(zones: Zones) -> None:
    places = Places(zones, zones.names.items())
    deaf = Centres(zones, places, announce_pct=100)
    found = deaf.reach(msgspec.structs.replace(BORDER, confidence=95))
    assert found is not None and found.near == ("VBR",)
    small = deaf.reach(msgspec.structs.replace(BORDER, radius=200.0))
    assert small is not None and small.near == ()


def test_a_position_without_a_radius_is_given_a_circle(centres: Centres) -> None:
    beside, away = centres.reach(Fix(50.88, 4.081)), centres.reach(Fix(50.88, 4.06))  # 200 m and 1.3 km from the border
    assert beside is not None and (beside.cic, beside.near) == ("OVL", ("VBR",))
    assert away is not None and away.near == ()


@pytest.mark.parametrize("fix", [Fix(0.0, 0.0), Fix(48.85, 2.35, 20.0), Fix(951.0, 3.0)])
def test_a_position_far_abroad_or_impossible_is_no_centres(centres: Centres, fix: Fix) -> None:
    assert centres.reach(fix) is None


async def test_rows_say_whose_they_are(house: House) -> None:
    _, paper = house.page()
    await paper.turn()
    here = await house.press("AMR-00001", fix=BORDER)
    await house.report(PressReport(device="AMR-00002"))
    rows = (await paper.turn())["rows"]
    (nowhere,) = house.desk.board.of_device("AMR-00002")
    assert (rows[here.id]["centre"], rows[here.id]["announced"]) == ("OVL", ["VBR"])
    assert (rows[nowhere.id].get("centre"), rows[nowhere.id]["belongs"]) == (None, "nobody_knows")
    assert rows[nowhere.id]["everyones"] is True


async def test_a_device_that_was_located_before_belongs_where_it_was(house: House) -> None:
    house.cases.case = msgspec.structs.replace(house.cases.case, home_zone="5444")
    await house.report(PressReport(device=DEVICE))
    (first,) = house.desk.board.of_device(DEVICE)
    assert house.consoles.whose(first).own == "WVL"
    await house.report(FixReport(device=DEVICE, fix=LEUVEN))
    close = do.Close(
        id="close-it-1",
        incident=first.id,
        as_class="test",
        outcome="test_ok",
        reason="announced",
        verified="technician_present",
        anyway=True,
    )
    await house.desk.command(close, dispatcher("p"))
    await house.report(PressReport(device=DEVICE))
    second = house.desk.board.of_device(DEVICE)[0]
    assert (second.id != first.id, house.consoles.whose(second).own) == (True, "VBR")


async def test_a_map_that_fails_makes_an_alarm_everybodys(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = await house.press()

    def broken(fix: Fix) -> None:
        raise RuntimeError

    monkeypatch.setattr(house.consoles.services.centres, "reach", broken)
    assert house.consoles.whose(incident).why == "nobody_knows"


async def test_a_page_covers_only_centres_that_exist_and_never_none(house: House) -> None:
    session, paper = await console(house, "OVL", "nonsense")
    assert session.covers == {"OVL"}
    session.take(json.dumps({"do": "cover", "cics": ["<b>", 7, None]}))
    await until(lambda: len(session.covers) == 11)
    await paper.turn()
    assert {"covered": sorted(session.covers)} in [r for m in paper.sent for r in m.get("replies", [])]


async def test_the_pages_of_one_browser_cover_the_same(house: House) -> None:
    first, _ = await console(house, "OVL")
    second, _ = await console(house, "VBR")
    second.browser = first.browser
    second.take(json.dumps({"do": "cover", "cics": ["LIE"]}))
    await until(lambda: first.covers == {"LIE"})


async def test_a_centre_nobody_hears_has_its_alarms_taken_at_once_and_is_an_alarm_after_its_grace(house: House) -> None:
    consoles, board = house.consoles, house.desk.board
    ovl, paper = await console(house, "OVL")
    await console(house, "VBR")
    assert consoles.services.listening.unheard["WVL"] == ("OVL",)
    assert "OVL" not in consoles.services.listening.unheard
    paper.here = False
    consoles.look()
    assert consoles.services.listening.unheard["OVL"] == ("VBR",)
    house.clock.pass_s(9)
    consoles.look()
    await asyncio.sleep(0)
    assert board.blind == {}
    house.clock.pass_s(2)
    consoles.look()
    await until(lambda: {"OVL", "WVL"} <= set(board.blind))
    assert "VBR" not in board.blind
    assert set(consoles.health().blind) == set(board.blind)
    paper.here = True
    ovl.take(json.dumps({"do": "seen", "visible": True, "sound": "armed"}))
    await until(lambda: "OVL" not in board.blind)
    assert board.version(CENTRES) > len(board.blind), "that it is back is a record too"


@pytest.mark.parametrize(("visible", "sound"), [(False, "armed"), (True, "blocked"), (True, "muted")])
async def test_a_hidden_a_blocked_and_a_muted_page_listen_for_nobody(house: House, visible: bool, sound: str) -> None:
    session, _ = await console(house, "OVL")
    assert "OVL" not in house.consoles.services.listening.unheard
    session.take(json.dumps({"do": "seen", "visible": visible, "sound": sound}))
    await until(lambda: "OVL" in house.consoles.services.listening.unheard)


async def test_every_page_is_told_when_a_centre_falls_silent(house: House) -> None:
    ovl, _ = await console(house, "OVL")
    _, paper = await console(house, "VBR")
    await paper.turn()
    ovl.take(json.dumps({"do": "seen", "visible": False, "sound": "armed"}))
    await until(lambda: paper.waiting)
    assert (await paper.turn())["health"]["unheard"]["OVL"] == ["VBR"]


async def test_a_restart_knows_which_centres_were_silent(house: House) -> None:
    house.consoles.look()
    house.clock.pass_s(11)
    house.consoles.look()
    await until(lambda: len(house.desk.board.blind) == 11)
    again = type(house.desk)(
        house.log,
        clock=house.clock,
        locate=house.consoles.services.zones.locate,
        cases=house.cases,
        identities=house.desk._identities,
        known_zone=house.consoles.services.zones.known,
    )
    await again.open()
    assert again.board.blind == house.desk.board.blind


async def test_a_desks_own_centres_alone_are_an_alarm_and_a_strange_name_narrows_nothing(house: House) -> None:
    neighbours = house.consoles.services.centres.neighbours
    own = Listening(house.desk, neighbours, cics=("OVL",))
    assert own.chosen(()) == {"OVL"}
    own.look(())
    house.clock.pass_s(11)
    own.look(())
    await until(lambda: house.desk.board.blind)
    assert set(house.desk.board.blind) == {"OVL"}
    assert set(own.unheard) == set(neighbours), "the alarms of all others come to whoever is there"
    assert Listening(house.desk, neighbours, cics=("OLV",)).own == tuple(neighbours)
    await own.stop()


async def test_what_happens_at_another_centre_waits_for_the_heartbeat_while_rows_go_all_the_time_and_ones_own_does_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.operator.session.BEAT_S", 60.0)  # however busy the machine is
    consoles = {cic: await console(house, cic) for cic in house.consoles.services.listening.own}
    pages = {cic: paper for cic, (_, paper) in consoles.items()}
    at_once = {}
    for n in range(3):
        for paper in pages.values():
            await paper.turn()
        incident = await house.press(f"AMR-0000{n}", fix=GENT)
        at_once[n] = {cic for cic, paper in pages.items() if incident.id in (await paper.turn()).get("rows", {})}
    assert at_once[0] == set(pages)  # none of them was sent anything a moment ago
    assert "OVL" in at_once[1] & at_once[2]
    assert "VBR" not in at_once[1] | at_once[2]
    consoles["VBR"][0].tick()
    rows = (await pages["VBR"].turn())["rows"]
    assert {row["label"] for row in rows.values()} >= {"AMR-00001", "AMR-00002"}

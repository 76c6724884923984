"""Two people on one alarm, who listens and who routes; and the number under which the centre's own CAD has it."""

import msgspec
import pandas as pd
import pytest

from incidents import commands as cmd
from incidents.actions import next_of, why_not
from incidents.orders import ordered
from incidents.roles import User
from reports.tables import framed, numbered
from tests.incidents.conftest import DEVICE, Floor
from tests.incidents.desk.test_desk import acknowledged, refused
from tests.people import dispatcher

TAKER, ROUTER, OTHER = (dispatcher(name) for name in ("me", "router", "other"))


async def did(floor: Floor, kind: type[cmd.OnIncident], user: User, **facts: object) -> None:
    incident = floor.incident(DEVICE)
    assert incident is not None
    await floor.desk.command(kind(id=floor.name(), incident=incident.id, **facts), user)  # type: ignore[arg-type]


async def test_a_call_taker_listens_and_a_second_seat_routes_and_neither_takes_it_from_the_other(floor: Floor) -> None:
    incident = await acknowledged(floor)
    await did(floor, cmd.Listen, TAKER)
    assert (
        await refused(floor, cmd.Route(id=floor.name(), incident=incident.id, zone="5415"), "router")
    ).code == "not_owner"
    await did(floor, cmd.Help, ROUTER)
    seated = floor.incident(DEVICE)
    assert seated is not None and next_of(seated, ROUTER) == "route" and why_not("route", seated, OTHER) == "owned"
    await did(floor, cmd.Route, ROUTER, zone="5415")
    await did(floor, cmd.Route, TAKER, zone="5416")
    await did(floor, cmd.CancelOrder, ROUTER)
    after = floor.incident(DEVICE)
    assert after is not None
    assert (after.owner, after.ownership.helpers, after.line.listener, after.state) == (
        "me",
        ("router",),
        "me",
        "acknowledged",
    )


async def test_who_listens_on_anothers_alarm_has_its_second_seat_and_keeps_it_from_being_forgotten(
    floor: Floor,
) -> None:
    await acknowledged(floor)
    await did(floor, cmd.Listen, ROUTER)
    after = floor.incident(DEVICE)
    assert after is not None and (after.owner, after.ownership.helpers, after.listening) == ("me", ("router",), True)


async def test_the_last_cad_number_stands_in_order_and_report_and_may_come_after_the_closing(floor: Floor) -> None:
    incident = await acknowledged(floor)
    await did(floor, cmd.SetCadNumber, OTHER, number=" G2026-0417 ")
    numbered_so = floor.incident(DEVICE)
    assert numbered_so is not None and numbered_so.by_hand.cad == "G2026-0417"
    sent = ordered(numbered_so, None, zone="5415", why="new", at=floor.clock.now(), has_address=True, place="")
    assert msgspec.json.decode(sent.body)["cad"] == "G2026-0417"
    await did(floor, cmd.Close, TAKER, as_class="real", outcome="victim_safe", reason="she is safe")
    await did(floor, cmd.SetCadNumber, OTHER, number="G2026-0418")
    numbers = await floor.desk.cad_numbers()
    assert numbers == {incident.id: "G2026-0418"}
    rows = numbered(pd.DataFrame({"incident": [incident.id, "another"], "state": ["closed", "closed"]}), numbers)
    assert framed(rows).decode("utf-8-sig").splitlines() == [
        "incident;cad;state",
        f"{incident.id};G2026-0418;closed",
        "another;;closed",
    ]


@pytest.mark.parametrize("number", ["", "   ", "x" * 41, "=1+1", "a\nb"])
async def test_what_is_no_number_of_a_cad_is_refused(floor: Floor, number: str) -> None:
    incident = await acknowledged(floor)
    asked = cmd.SetCadNumber(id=floor.name(), incident=incident.id, number=number)
    assert (await refused(floor, asked)).code == "cad_number_invalid"

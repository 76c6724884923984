"""What a server concluded while it was cut off holds of nothing that went on elsewhere: it is not written, and decided anew."""

import pytest

from incidents import commands as cmd
from incidents.messages import Fix, FixReport
from tests.incidents.conftest import Floor
from tests.incidents.servers import Watches
from tests.incidents.servers import watches as watches
from tests.people import dispatcher
from tests.waiting import until

DEVICE, ANN = "AMR-00412", dispatcher("ann")
# nats-py lets go of a connection that was half made, without closing it.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <StreamWriter:ResourceWarning")


async def taken(watches: Watches) -> tuple[Floor, Floor, str]:
    """Two servers, and an alarm that Ann took at the first."""
    a, b = await watches.open("a"), await watches.open("b")
    await a.press(DEVICE, id="press-0001")
    await until(lambda: bool(b.desk.board.incidents))
    (name,) = a.desk.board.incidents
    await a.desk.command(cmd.Acknowledge(id="acknowledge-1", incident=name), ANN)
    await until(lambda: b.desk.board.incidents[name].state == "acknowledged")
    return a, b, name


async def back(watches: Watches, a: Floor, b: Floor, name: str) -> None:
    """B is back, and both have the same alarm."""
    await watches.mend("b")
    await until(lambda: a.desk.board.incidents[name] == b.desk.board.incidents[name])


async def test_an_alarm_that_somebody_worked_on_elsewhere_is_not_taken_away_by_who_did_not_see_it(
    watches: Watches,
) -> None:
    a, b, name = await taken(watches)
    await watches.cut("b")
    await watches.pass_s(20)
    await a.desk.command(cmd.Route(id="route-0001", incident=name, zone="5415"), ANN)
    await watches.pass_s(45)
    assert b.desk.board.incidents[name].owner is None, "it looks forgotten there"
    await back(watches, a, b, name)
    assert (a.desk.board.incidents[name].state, a.desk.board.incidents[name].owner) == ("routed", "ann")


async def test_an_order_that_went_elsewhere_is_not_brought_back_by_a_position(watches: Watches) -> None:
    a, b, name = await taken(watches)
    await a.desk.command(cmd.Route(id="route-0001", incident=name, zone="5415"), ANN)
    await until(lambda: b.desk.board.incidents[name].order is not None)
    await watches.cut("b")
    await a.desk.command(cmd.Note(id="note-00001", incident=name, text="the versions differ from here"), ANN)
    for n in range(3):
        watches.clock.pass_s(11)
        report = FixReport(device=DEVICE, fix=Fix(51.0536, 3.73 + n / 1000, 18.0))
        for floor in (a, b):
            await floor.desk.receive(a.message(report, id=f"fix-{n}"))
        await watches.look()
    await a.desk.command(cmd.Route(id="reroute-001", incident=name, zone="5416"), ANN)
    order = b.desk.board.incidents[name].order
    assert order is not None and order.zone == "5415"
    await back(watches, a, b, name)
    order = a.desk.board.incidents[name].order
    assert order is not None and (order.zone, order.outbox[-1].why) == ("5416", "reroute")

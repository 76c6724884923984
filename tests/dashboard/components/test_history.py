"""The lines of an alarm's history: what is told one by one, and what would bury it and is told together."""

from dashboard.components.case.history import lines
from dashboard.i18n.words import words
from dashboard.shell.clock import milliseconds
from incidents import events as ev
from reports.catalogue import translator
from tests.dashboard.conftest import START, House

GHENT, OTHER = "5415", "5412"


async def test_positions_that_are_sent_one_after_another_to_a_zone_are_one_line_and_what_comes_between_parts_them(
    house: House,
) -> None:
    incident = await house.press()
    update = 0

    async def happened(event: ev.Event) -> None:
        house.clock.pass_s(10)
        await house.desk.note(f"incident/{incident.id}", event, id=house.name(), actor="orders")

    async def sent(why: ev.UpdateReason = "position", zone: str = GHENT, *, delivered: bool = True) -> None:
        nonlocal update
        update += 1
        await happened(ev.Ordered(order="order-1", update=update, zone=zone, why=why, body=b"{}"))
        if delivered:
            await happened(ev.Delivered(order="order-1", update=update, zone=zone, status=200))

    await sent("new")
    for _ in range(3):
        await sent()
    await sent(delivered=False)
    await happened(ev.Noted(text="she is on the tram"))
    await sent()
    await sent()
    await sent(zone=OTHER)
    told = lines(house.desk.board.incidents[incident.id], str, str)
    assert [(line.code, line.n if line.to else 1, line.zone) for line in told[1:]] == [
        ("ordered_new", 1, GHENT),
        ("delivered", 1, GHENT),
        ("positions_sent", 4, GHENT),
        ("noted", 1, ""),
        ("positions_delivered", 2, GHENT),
        ("position_delivered", 1, OTHER),
    ]
    await sent("cancel", zone=OTHER)
    await happened(ev.Undelivered(order="order-1", update=update, zone=OTHER, why="no answer"))
    cancelled = lines(house.desk.board.incidents[incident.id], str, str)[-3:]
    told += cancelled
    assert [line.code for line in cancelled] == ["ordered_cancel", "delivered_cancel", "undelivered_cancel"]
    first_s, last_s = 30, 90
    assert (told[3].to, told[3].at) == tuple(milliseconds(START) + 1000 * s for s in (first_s, last_s))
    catalogue = words(translator("en"))
    assert all(f"history.{line.code}" in catalogue for line in told)

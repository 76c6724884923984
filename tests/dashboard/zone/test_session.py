"""A zone's page says of an order what it was told; of one that is over no more than the municipality."""

from dashboard.zone.session import ZoneSession
from incidents import commands as cmd
from incidents.desk.zone_desk import sent_to
from incidents.roles import User
from tests.dashboard.conftest import House, Paper


async def test_the_card_says_where_she_is_by_the_nearest_address_until_nobody_needs_to_come(house: House) -> None:
    whereabouts = house.consoles.whereabouts
    whereabouts._open()
    incident = await house.press(device="AMR-9")
    words = whereabouts.now(incident)
    assert words.startswith("near ") and "± 18 m" in words
    user = User(actor="me", roles=frozenset({"dispatcher"}), name="me")
    await house.desk.command(cmd.Acknowledge(id=house.name(), incident=incident.id), user)
    await house.desk.command(cmd.Route(id=house.name(), incident=incident.id, zone="5415"), user)
    session = ZoneSession(house.consoles, Paper(), "")

    def place() -> str:
        now = house.desk.board.incidents[incident.id]
        order = sent_to(now, "5415", house.clock.now())
        assert order is not None
        facts = session._order(order, now)
        assert order.over or order.fix is not None  # the coordinates stand beside it
        return str(facts["place"])

    assert place() == words
    await house.desk.command(cmd.CancelOrder(id=house.name(), incident=incident.id, reason="over"), user)
    assert place() == "Gent"

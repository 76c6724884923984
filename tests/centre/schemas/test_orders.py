"""What is posted to a zone is as the published OpenAPI says: orders and each of their updates, as a dispatch received them."""

from incidents import commands as cmd
from tests.centre.schemas.parts import faults, published
from tests.feeds.orders.conftest import Floor, Zone
from tests.feeds.orders.conftest import clock as clock
from tests.feeds.orders.conftest import floor as floor
from tests.feeds.orders.conftest import open_floor as open_floor
from tests.feeds.orders.conftest import zones as zones
from tests.waiting import until


async def test_every_order_a_zone_receives_is_as_the_openapi_says(floor: Floor, zones: dict[str, Zone]) -> None:
    incident = await floor.routed()
    await floor.press()
    await floor.do(cmd.CancelOrder, incident)
    zone = zones["5415"]
    await until(lambda: [why for _, why in zone.updates][-1:] == ["cancel"])
    post = published("orders.openapi.json")["paths"]["/orders"]["post"]
    assert post["parameters"][0]["name"] == "Idempotency-Key" and len(zone.received) == len(zone.keys)
    assert {why for _, why in zone.updates} >= {"new", "cancel"}
    for body in zone.received:
        assert faults("orders.openapi.json", "OrderBody", body) == []
        assert faults("orders.openapi.json", "OrderBody", body | {"presses": "two"}) != []
    assert {"name"} <= zone.received[0]["case"]["victim"].keys()
    bare = {name: zone.received[-1][name] for name in ("order", "update", "why", "at")}
    assert faults("orders.openapi.json", "LastWord", bare) == []

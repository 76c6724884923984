"""The trainer's page of drills and the supervisor's panel, over HTTP and websocket."""

import asyncio

from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser, _ask
from tests.dashboard.conftest import House


async def test_a_trainer_proposes_on_their_page_and_the_supervisors_room_lists_it(house: House, base: str) -> None:
    await house.well()
    trainer, supervisor, dispatcher = Browser(base), Browser(base), Browser(base)
    await trainer.sign_in("trainer fictief", PASSWORD)
    await supervisor.sign_in("supervisor fictief", PASSWORD)
    await dispatcher.sign_in("dispatcher fictief", PASSWORD)
    assert (await dispatcher.get("/drills"))[0] == 403
    status, page = await trainer.get("/drills")
    assert status == 200 and "Propose a drill" in page
    assert "Propose a drill" not in (await supervisor.get("/drills"))[1]
    console = await dispatcher.open()
    assert await trainer.post("/drills", zone="5415", victim="V. <b>", story="<i>A car</i> waits") == 303
    (drill,) = house.desk.board.drills.drills.values()
    assert drill.lat is not None and house.consoles.services.zones.locate(drill.lat, drill.lon).zone == "5415"
    assert "&lt;i&gt;A car&lt;/i&gt; waits" in (await trainer.get("/drills"))[1]
    line = await supervisor.open("/supervisor")
    await line.say(do="drills")
    (told,) = (await line.reply(lambda reply: "drills" in reply))["drills"]["waiting"]
    assert (told["id"], told["own"], told["state"]) == (drill.id, False, "proposed")
    await line.say(
        do="command", command={"do": "confirm_drill", "id": "confirm-01", "drill": drill.id, "within_min": 0}
    )
    assert (await line.reply(lambda reply: "answer" in reply))["answer"]["ok"]
    await house.desk.drills.tick()
    row = await console.until(lambda message: drill.id in message.get("rows", {}))
    assert row["rows"][drill.id]["state"] == "raised"
    assert await trainer.post("/drills", drill=drill.id) == 303
    gone = await console.until(lambda message: "drill" in message)
    assert gone["drill"]["why"] == "cancelled" and gone["rows"][drill.id] is None
    for one in (console, line):
        await one.close()


async def test_a_form_of_another_site_proposes_nothing(house: House, base: str) -> None:
    trainer = Browser(base)
    await trainer.sign_in("trainer fictief", PASSWORD)
    headers = trainer._headers()
    status, _, _ = await asyncio.to_thread(
        _ask, f"{base}/drills", {"zone": "5415", "story": "x"}, headers | {"Origin": "http://evil.example"}
    )
    assert status == 403 and house.desk.board.drills.drills == {}

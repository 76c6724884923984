"""What goes over the wire to a locked page, frame by frame: the map too, which has a way of its own."""

import msgspec

from incidents.case import Protected
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser
from tests.dashboard.access.test_locked import SECRETS, owned
from tests.dashboard.conftest import House

PLACE = "grandmother's house"
NAMES = (*SECRETS, PLACE, "dispatcher fictief")


async def test_no_frame_to_a_locked_page_names_a_person_a_case_or_its_places(house: House, base: str) -> None:
    place = Protected(name=PLACE, lat=51.05, lon=3.72, radius_m=300)
    house.cases.case = msgspec.structs.replace(house.cases.case, places=(place,))
    incident = await owned(house)
    browser = Browser(base)
    await browser.sign_in("dispatcher fictief", PASSWORD)
    line = await browser.open()
    await line.say(do="select", incident=incident.id)
    await line.until(lambda message: message.get("detail"))
    await line.draw()
    await line.framed('\\"places\\":[{\\"name\\":\\"' + PLACE)  # the map of a page that is signed in has it
    await line.say(do="lock")
    await line.until(lambda message: message.get("access", {}).get("state") == "locked")
    locked = len(line.raw)
    again = await browser.open()
    await again.draw()
    await again.say(do="select", incident=incident.id)
    pressed = await house.press("AMR-00777")
    for page, since in ((line, locked), (again, 0)):
        await page.until(lambda message: pressed.id in message.get("rows", {}))
        await page.framed(f'\\"{pressed.id}\\":{{\\"shape', after=since)  # the map is told after the queue, and no name
        sent = "".join(page.raw[since:])
        assert [name for name in NAMES if name in sent] == []
        await page.close()
    status, text = await browser.get("/operator")
    assert status == 200
    assert [name for name in NAMES if name in text] == []

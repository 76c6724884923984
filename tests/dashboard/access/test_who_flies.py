"""Who may fly to a place by words, against a running server."""

from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser
from tests.dashboard.conftest import House


async def test_only_who_has_a_map_is_offered_places_and_a_locked_page_forgets_where_somebody_looked(
    house: House, base: str
) -> None:
    told: dict[str, bool] = {}
    for role, path in (("dispatcher", "/operator"), ("supervisor", "/supervisor"), ("auditor", "/supervisor")):
        browser = Browser(base)
        await browser.sign_in(f"{role} fictief", PASSWORD)
        line = await browser.open(path)
        await line.say(do="find", n=1, text="veldstraat 12 gent")
        await line.reply(lambda reply: reply.get("hits", {}).get("n") == 1)
        if role != "auditor":
            places = await line.reply(lambda reply: reply.get("destinations", {}).get("found"))
            chosen = {"answer": places["destinations"]["answer"], "at": 0}
            await line.say(do="go_to", **chosen)
            await line.reply(lambda reply: reply.get("went", {}).get("ok"))
            (session,) = (one for one in house.consoles.seats() if one.flights.place is not None)
            await line.say(do="lock")
            await line.until(lambda message: message.get("access", {}).get("state") == "locked")
            assert session.flights.place is None
            told_before = len(line.messages)
            await line.say(do="go_to", **chosen)
        else:
            told_before = 0
            await line.say(do="go_to", answer=1, at=0)
        await line.say(do="beat", n=77)
        await line.reply(lambda reply: reply.get("beat") == 77)
        replies = [r for m in line.messages[told_before:] for r in m.get("replies", ())]
        told[role] = any("destinations" in r or r.get("went", {}).get("ok") for r in replies)
        await line.close()
    assert told == {"dispatcher": False, "supervisor": False, "auditor": False}

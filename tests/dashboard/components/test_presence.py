"""What the pages are told of each other, and the sheet: names where they belong, and nobody on a locked page."""

import asyncio
import re
from datetime import timedelta

import pytest

from dashboard.components.presence.news import FLOOR
from dashboard.documents.handover.page import sheet
from incidents import commands as do
from incidents.log import LogUnavailable
from incidents.messages import DeviceReport
from incidents.roles import User
from reports.catalogue import translator
from tests.dashboard.conftest import DEVICE, House
from tests.waiting import LONG_S


async def floor_records(house: House) -> list[str]:
    return [record.type for record in await house.log.stream(FLOOR)]


async def told(paper: object) -> dict:  # type: ignore[type-arg]
    """The newest news of a page."""
    await paper.turn()  # type: ignore[attr-defined]
    news = [message["together"] for message in paper.sent if "together" in message]  # type: ignore[attr-defined]
    return news[-1]


async def acknowledged(house: House, user: User) -> str:
    incident = await house.press()
    await house.desk.command(do.Acknowledge(id=house.name(), incident=incident.id), user)
    return incident.id


async def test_everybody_is_told_who_is_on_shift_and_what_they_have(house: House) -> None:
    (ann, page), (_, other) = house.page("Ann"), house.page("Bob")
    await acknowledged(house, ann.user)
    news = await told(other)
    people = {person["name"]: person for person in news["people"]}
    assert [held["label"] for held in people["Ann"]["holds"]] == [DEVICE] and "holds" not in people["Bob"]
    assert news["me"] == people["Bob"]["key"] != people["Ann"]["key"]
    # A page names others by ids that say nothing: no pseudonym leaves the server.
    assert ann.actor not in str(page.sent) + str(other.sent)


async def test_everybody_is_told_which_centres_each_covers(house: House) -> None:
    (ann, _), (_, other) = house.page("Ann"), house.page("Bob")
    for asked in (["OVL", "WVL"], ["VBR"]):
        house.consoles.cover(ann, asked)
        house.consoles.together.look()  # as once a second
        async with asyncio.timeout(LONG_S):  # a page is told at its own pace
            while (
                next(person for person in (await told(other))["people"] if person["name"] == "Ann")["covers"] != asked
            ):
                await asyncio.sleep(0.01)


async def test_the_sheet_says_which_centres_nobody_listens_for_and_who_covers_what(house: House) -> None:
    ann, _ = house.page("Ann")
    house.consoles.cover(ann, ["OVL", "WVL"])
    user = User(actor="", roles=frozenset(), name="Ann")
    assert (await sheet(house.consoles, user, translator("en")))["blind"] == ""
    house.desk.board.blind.update(dict.fromkeys(("VBR", "LIE"), house.clock.now()))
    facts = await sheet(house.consoles, user, translator("en"))
    assert facts["blind"] == "CENTRES LIE, VBR HAVE NO LISTENING CONSOLE."
    assert [(person.name, covers) for person, _, _, covers in facts["people"]] == [("Ann", "covers OVL, WVL")]


async def test_only_the_receiver_is_told_the_note_and_only_until_the_offer_is_over(house: House) -> None:
    (ann, page), (bob, other) = house.page("Ann"), house.page("Bob")
    incident = await acknowledged(house, ann.user)
    key = next(person["key"] for person in (await told(page))["people"] if person["name"] == "Bob")
    wish = do.HandOver(id=house.name(), incident=incident, to=key, note="she whispers")
    await house.desk.command(wish, ann.user)
    (offer,) = (await told(other))["offers"]
    assert (offer["giver"], offer["label"], offer["note"], offer["whole"]) == ("Ann", DEVICE, "she whispers", False)
    assert (await told(page))["offers"] == []
    await house.desk.command(do.AcceptHandOver(id=house.name(), incident=incident), bob.user)
    assert (await told(other))["offers"] == []


async def test_a_position_is_no_news_of_the_floor(house: House) -> None:
    ann, page = house.page("Ann")
    await acknowledged(house, ann.user)
    await told(page)
    before = len([message for message in page.sent if "together" in message])
    ann.tick()
    await page.turn()
    assert len([message for message in page.sent if "together" in message]) == before


async def test_a_reload_is_no_leaving_and_coming_and_going_are_recorded_under_pseudonyms(house: House) -> None:
    ann, paper = house.page("Ann", "browser-1")
    house.consoles.together.look()
    paper.here = False
    house.consoles.leave(ann)
    house.clock.pass_s(10)
    again, _ = house.page("Ann", "browser-1")
    assert again.actor
    house.clock.pass_s(60)
    house.consoles.leave(again)
    house.consoles.together.look()
    house.clock.pass_s(16)
    house.consoles.together.look()
    await house.consoles.together.stop()
    assert await floor_records(house) == ["came", "left"]
    assert "Ann" not in str(await house.log.stream(FLOOR))


async def test_a_locked_page_is_told_of_nobody_but_of_the_shift(house: House) -> None:
    _, paper = house.page("Ann")
    await told(paper)
    news = house.consoles.together.unnamed()
    assert (news.me, news.people, news.offers) == ("", (), ())
    assert news.shift.due is not None


async def test_the_sheet_says_what_is_open_and_what_is_not_as_it_should_be(house: House) -> None:
    ann, _ = house.page("Ann")
    incident = await acknowledged(house, ann.user)
    await house.press("AMR-00007")
    await house.report(DeviceReport(device="AMR-00009", state="link_lost"))
    await house.desk.command(do.NoteSheet(id=house.name(), text="line 7 crackles"), ann.user)
    house.clock.pass_s(3 * 60)
    facts = await sheet(house.consoles, User(actor="", roles=frozenset(), name="Ann"), translator("en"))
    assert [(alarm["label"], alarm["owner"], alarm["age"]) for alarm in facts["alarms"]] == [
        ("AMR-00007", "", "3 min"),
        (DEVICE, "Ann", "3 min"),
    ]
    assert [(device["label"], device["state"]) for device in facts["devices"]] == [("AMR-00009", "open")]
    assert [(who, text) for _, who, text in facts["notes"]] == [("Ann", "line 7 crackles")]
    assert facts["health"].feed_state == "down" and facts["overdue"] and facts["test"] is None
    assert house.desk.board.incidents[incident].owner == ann.actor


async def test_the_sheet_warns_as_the_rows_do_says_what_comes_next_and_which_tests_stand_announced(
    house: House,
) -> None:
    technician = User(actor="tom", roles=frozenset({"technician"}), name="Tom")
    for device in (DEVICE, "AMR-00007"):
        test = do.AnnounceTest(id=house.name(), device=device, minutes=10, where="station hall")
        await house.desk.command(test, technician)
    await house.press()
    await house.press("AMR-00008")
    ann, excluded = (User(actor="", roles=frozenset({"dispatcher"}), name=name) for name in ("Ann", "Desk 9"))
    facts = await sheet(house.consoles, ann, translator("en"))
    told = {alarm["label"]: (alarm["warns"], alarm["watch"], alarm["test"]) for alarm in facts["alarms"]}
    alarm, other = told[DEVICE], told["AMR-00008"]
    assert alarm[0] == ["weapon", "excluded zone"] and other[0] == ["no case known"]
    assert re.fullmatch(r"louder in \d:\d\d \(\d\d:\d\d:\d\d\)", alarm[1][0]) and alarm[1] == other[1]
    assert alarm[2] is not None and alarm[2][2] == "station hall"
    stand = {test["device"]: (test["who"], test["where"]) for test in facts["tests"]}
    assert stand == dict.fromkeys((DEVICE, "AMR-00007"), (house.desk.name_of("tom"), "station hall"))
    # What is kept from a person is kept from them here too.
    kept = await sheet(house.consoles, excluded, translator("en"))
    assert [test["device"] for test in kept["tests"]] == ["AMR-00007"]
    assert [alarm.get("label") for alarm in kept["alarms"]] == [None, "AMR-00008"]
    assert DEVICE not in str(kept["alarms"]) and "weapon" not in str(kept["alarms"])
    house.clock.pass_s(11 * 60)
    assert (await sheet(house.consoles, ann, translator("en")))["tests"] == []


@pytest.mark.parametrize("minutes", [0, 59, 60, 25 * 60])
async def test_an_age_on_the_sheet_is_minutes_then_hours(house: House, minutes: int) -> None:
    await house.press()
    house.clock.at += timedelta(minutes=minutes)
    (alarm,) = (await sheet(house.consoles, User(actor="", roles=frozenset(), name="Ann"), translator("en")))["alarms"]
    assert re.fullmatch(f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}", alarm["age"])


async def test_a_private_store_that_takes_no_new_name_keeps_no_alarm_from_a_page(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await house.press()

    def full(name: str) -> str:
        raise LogUnavailable("the disk is full")

    monkeypatch.setattr(house.desk, "pseudonym", full)
    session, paper = house.page("Ann")
    session.take('{"do": "hello", "desk": "Ann", "browser": "b"}')
    async with asyncio.timeout(LONG_S):
        while not any(incident.id in message.get("rows", {}) for message in paper.sent):
            await asyncio.sleep(0.01)
            await paper.turn()
    beats = len(paper.sent)
    async with asyncio.timeout(LONG_S):  # the heartbeat goes on, else the page would think it lost its server
        while len(paper.sent) < beats + 2:
            await asyncio.sleep(0.05)
            await paper.turn()


async def test_a_server_that_stops_sends_everybody_home_once(house: House) -> None:
    house.page("Ann"), house.page("Bob")
    await house.consoles.stop()
    assert await floor_records(house) == ["came", "came", "left", "left"] and not house.desk.floor.people

"""The supervisor page's session: whom it counts for, what a locked page is not told, how a room is answered."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from dashboard.access.accounts import Accounts
from dashboard.access.settings import AccessTimes
from dashboard.access.signins import SignIns
from dashboard.access.standing import TOLD
from dashboard.components.devices.standing import standing, told
from dashboard.documents.devices.page import shown
from dashboard.documents.handover.page import sheet as sheet_of
from dashboard.supervisor.session import SupervisorSession
from incidents import commands as do
from incidents.commands import Refused
from incidents.devices.listing import DeviceTests
from incidents.messages import DeviceReport
from incidents.roles import MAY, User
from reports.catalogue import translator
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.conftest import House, Paper
from tests.waiting import LONG_S, until

SECRETS = ("Voorbeeld", "Fictief", "2026-0412", "tulip", "rifle")


class Room:
    """A house whose people sign in, and its supervisor pages."""

    def __init__(self, house: House, signins: SignIns, accounts: Accounts) -> None:
        self.house, self.signins, self.accounts = house, signins, accounts

    def sign_in(self, name: str) -> str:
        account = self.accounts.get(name)
        assert account is not None
        return self.signins.open(account)

    async def page(self, token: str) -> tuple[SupervisorSession, Paper]:
        paper = Paper()
        session = SupervisorSession(self.house.consoles, paper, token)  # type: ignore[arg-type]
        self.say(session, do="hello", browser=self.house.name())
        await until(lambda: paper.waiting)
        await paper.turn()
        self.say(session, do="seen", visible=True, sound="armed")
        await asyncio.sleep(0)
        return session, paper

    async def reply(self, paper: Paper, kind: str) -> Any:
        """The next answer of this kind."""
        before = len(paper.sent)
        async with asyncio.timeout(LONG_S):
            while True:
                await paper.turn()
                told = [r for message in paper.sent[before:] for r in message.get("replies", []) if kind in r]
                if told:
                    return told[0][kind]
                await asyncio.sleep(0.01)

    @staticmethod
    def say(session: SupervisorSession, **facts: Any) -> None:
        session.take(json.dumps(facts))


@pytest.fixture
async def room(house: House, tmp_path: Any) -> AsyncIterator[Room]:
    accounts = Accounts(tmp_path / "people", hasher=QUICK)
    accounts.add("Sofie Fictief", ["supervisor"], PASSWORD)
    accounts.add("Ada Fictief", ["auditor"], PASSWORD)
    accounts.add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    signins = SignIns(accounts, clock=house.clock, times=AccessTimes(idle_min=30, shift_min=600))
    house.consoles.signins = signins
    yield Room(house, signins, accounts)
    signins.close_file()


async def test_a_supervisors_page_counts_as_seen_and_heard_and_an_auditors_does_not(room: Room) -> None:
    incident = await room.house.press()
    auditor, _ = await room.page(room.sign_in("Ada Fictief"))
    room.say(auditor, do="presented", ids=[incident.id], audible=True)
    supervisor, _ = await room.page(room.sign_in("Sofie Fictief"))
    assert [page.both for page in room.house.consoles.watching()] == [True]  # nor is it a screen that does not hear
    assert (auditor.visible, auditor.audible) == (False, False)  # nobody there may act
    assert "presented" not in room.house.desk.board.incidents[incident.id].times
    room.say(supervisor, do="presented", ids=[incident.id], audible=True)
    await until(lambda: "presented" in room.house.desk.board.incidents[incident.id].times)


async def test_a_locked_floor_goes_on_without_names_and_counts_for_nothing(room: Room) -> None:
    token = room.sign_in("Sofie Fictief")
    session, paper = await room.page(token)
    incident = await room.house.press()
    wish = do.Acknowledge(id=room.house.name(), incident=incident.id)
    await room.house.desk.command(wish, session.user)
    room.house.clock.pass_s(31 * 60)
    before = len(paper.sent)
    await room.house.press("AMR-00007")
    await paper.turn()
    sent = paper.sent[before:]
    assert any("AMR-00007" in json.dumps(message) for message in sent)
    assert sent[-1]["access"]["state"] == "locked"
    assert not [secret for secret in SECRETS if secret in json.dumps(sent)]
    assert not session.visible and not session.audible


async def test_a_locked_floor_offers_what_somebody_may_who_signs_in_there(room: Room) -> None:
    token = room.sign_in("Sofie Fictief")
    incident = await room.house.press()
    room.house.clock.pass_s(31 * 60)
    _, paper = await room.page(token)
    assert paper.sent[-1]["access"]["state"] == "locked"
    assert paper.sent[-1]["access"]["needs"] == ["supervisor", "auditor"]
    assert paper.sent[-1]["rows"][incident.id]["open"] == ["take_over", "assign"]


async def test_an_auditor_sees_the_floor_and_may_do_nothing_on_it(room: Room) -> None:
    incident = await room.house.press()
    session, paper = await room.page(room.sign_in("Ada Fictief"))
    assert paper.sent[-1]["access"]["state"] == "signed"
    assert "open" not in paper.sent[-1]["rows"][incident.id]
    for name in ("acknowledge", "take_over", "confirm_escalation"):
        room.say(session, do="command", command={"do": name, "id": room.house.name(), "incident": incident.id})
        assert (await room.reply(paper, "answer"))["code"] == "not_allowed", name


async def test_an_auditor_is_nobody_of_the_shift(room: Room) -> None:
    _, paper = await room.page(room.sign_in("Ada Fictief"))
    assert (room.house.desk.floor.people, room.house.consoles.on_shift) == ((), 0)
    await room.page(room.sign_in("Sofie Fictief"))
    await paper.turn()
    names = [room.house.desk.name_of(person.actor) for person in room.house.desk.floor.people]
    assert (names, room.house.consoles.on_shift) == (["Sofie Fictief"], 1)
    told = [message["together"]["people"] for message in paper.sent if "together" in message]
    assert [person["name"] for person in told[-1]] == ["Sofie Fictief"]  # and knows who is


async def test_a_dispatcher_has_no_floor(room: Room) -> None:
    session, paper = await room.page(room.sign_in("Mieke Voorbeeld"))
    assert (session.standing.state, session.standing.why) == ("locked", "role")
    with pytest.raises(Refused):
        await room.house.desk.command(do.TakeOver(id="made-up-1", incident="x"), session.user)
    assert paper.sent[-1]["access"]["why"] == "role"


async def test_a_room_is_answered_on_an_open_page_only_and_never_after_it_was_locked(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = asyncio.Event()

    async def answer(consoles: Any, session: Any, asked: dict[str, Any]) -> dict[str, Any] | None:
        await go.wait()
        return {"n": asked["n"]} if asked["n"] else None

    monkeypatch.setattr("dashboard.supervisor.review.desk.answer", answer)
    token = room.sign_in("Sofie Fictief")
    session, paper = await room.page(token)
    for n in (0, 1):
        room.say(session, do="review", n=n)
    go.set()
    assert await room.reply(paper, "review") == {"n": 1}
    await paper.take(session)
    go.clear()
    before = len(paper.sent)
    room.say(session, do="review", n=2)
    await asyncio.sleep(0)
    room.signins.lock(token)
    go.set()
    room.say(session, do="review", n=3)
    session.push(urgent=True)
    await paper.take(session)
    await paper.turn()
    assert "review" not in json.dumps([sent.get("replies") for sent in paper.sent[before:]])


async def test_there_is_no_case_on_the_floor_and_none_is_recorded_as_opened(room: Room) -> None:
    incident = await room.house.press()
    session, paper = await room.page(room.sign_in("Sofie Fictief"))
    room.say(session, do="select", incident=incident.id)
    room.say(session, do="search", n=1, text="Voorbeeld")
    session.push(urgent=True)
    await paper.turn()
    assert not [secret for secret in SECRETS if secret != "Fictief" and secret in json.dumps(paper.sent)]
    assert session.selected is None


@pytest.mark.parametrize("name", ["Sofie Fictief", "Ada Fictief"])
async def test_a_page_is_told_which_ways_stand_open_to_whoever_signed_in(room: Room, name: str) -> None:
    _, paper = await room.page(room.sign_in(name))
    access = next(message["access"] for message in paper.sent if "access" in message)
    account = room.accounts.get(name)
    assert account is not None
    assert set(access["may"]) == {what for what in TOLD if account.roles & MAY[what]}
    assert ("operator figures" in access["may"]) == (name == "Sofie Fictief") and "roles" not in access
    assert MAY["export aggregate"] == MAY["page supervisor"]  # so that it stands there for everybody


async def test_floor_devices_and_sheet_count_technical_alarms_by_one_function(room: Room) -> None:
    house = room.house
    supervisor = User(actor=house.desk.pseudonym("eve"), roles=frozenset({"supervisor"}), name="eve")
    for name in ("AMR-1", "AMR-2", "AMR-3", "AMR-4"):
        await house.report(DeviceReport(device=name, state="battery_low", battery=9))
    noted, aside, back = (house.desk.device_stream(name) for name in ("AMR-2", "AMR-3", "AMR-4"))
    facts: dict[str, Any] = {"condition": "battery_low"}
    await house.desk.command(do.AcknowledgeDevice(id="note-it-1", stream=noted, **facts), supervisor)
    shelve = do.ShelveDevice(id="lay-aside-1", stream=aside, minutes=60, reason="replaced tomorrow", **facts)
    await house.desk.command(shelve, supervisor)
    house.clock.pass_s(300)
    await house.report(DeviceReport(device="AMR-4", state="ok", battery=90))
    assert house.desk.board.device_alarms[(back, "battery_low")].state == "returned"
    _, paper = await room.page(room.sign_in("Sofie Fictief"))
    floor = next(message["technical"] for message in reversed(paper.sent) if "technical" in message)
    count = standing(house.desk, supervisor)
    assert floor == {"stand": 4, "unnoted": 1} == msgspec.to_builtins(count)
    assert told(count, str) == ("4", "1 not noted")
    listed = shown(house.consoles, (), DeviceTests(), None, count, translator("en"))
    assert (listed["technical"], listed["unnoted"]) == (("4", "1 not noted"), 1)
    sheet = await sheet_of(house.consoles, supervisor, translator("en"))
    assert (sheet["technical"], len(sheet["devices"])) == (("4", "1 not noted"), 4)

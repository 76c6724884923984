"""A page whose sign-in is idle or over: alarms go on, and not one name leaves the server. Looked for in what is sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from dashboard.access.accounts import Accounts
from dashboard.access.settings import AccessTimes
from dashboard.access.signins import SignIns
from dashboard.components.queue.row_cache import SOMEBODY
from dashboard.operator.session import Session
from incidents import commands as do
from incidents.incident import Incident
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.conftest import House, Paper
from tests.dashboard.operator.test_session import ask
from tests.people import dispatcher
from tests.waiting import until

OWNER = "Joris Fictief"
# What stands in the case, in the history, and who works here.
SECRETS = ("Voorbeeld", "Fictief", "2026-0412", "tulip", "winter", "1-ABC-000", "rifle", "seen before")


class Floor:
    """A house with accounts: pages that are signed in, and what each was sent."""

    def __init__(self, house: House, accounts: Accounts) -> None:
        self.house = house
        self.accounts = accounts
        accounts.add("Tina Trainer", ["trainer"], PASSWORD)
        accounts.add("Sofie Proef", ["supervisor"], PASSWORD)
        accounts.add("Tom Techniek", ["technician"], PASSWORD)
        self.signins = SignIns(accounts, clock=house.clock, times=AccessTimes(idle_min=30, shift_min=600))
        house.consoles.signins = self.signins

    def sign_in(self, name: str = "Mieke Voorbeeld") -> str:
        account = self.accounts.get(name)
        assert account is not None
        return self.signins.open(account)

    async def page(self, token: str, selected: str = "") -> tuple[Session, Paper]:
        paper = Paper()
        session = Session(self.house.consoles, paper, token=token)
        session.take(json.dumps({"do": "hello", "desk": "", "browser": "b", "selected": selected}))
        await until(lambda: paper.waiting)
        await paper.turn()
        return session, paper


@pytest.fixture
async def floor(house: House, accounts: Accounts) -> AsyncIterator[Floor]:
    floor = Floor(house, accounts)
    yield floor
    floor.signins.close_file()


async def owned(house: House) -> Incident:
    """An alarm that a colleague has, with a note of theirs."""
    incident = await house.press()
    colleague = dispatcher(house.desk.pseudonym(OWNER))
    await house.desk.command(do.Acknowledge(id="claim-it-1", incident=incident.id), colleague)
    await house.desk.command(do.Note(id="note-it-01", incident=incident.id, text="seen before"), colleague)
    return house.desk.board.incidents[incident.id]


async def test_a_signed_in_page_is_sent_who_has_an_alarm_and_its_case(floor: Floor) -> None:
    incident = await owned(floor.house)
    _, paper = await floor.page(floor.sign_in(), incident.id)
    sent = json.dumps(paper.sent)
    assert {secret for secret in SECRETS if secret not in sent} == {"tulip", "winter"}, "the words are its owner's"
    assert paper.sent[0]["access"]["name"] == "Mieke Voorbeeld"


@pytest.mark.parametrize("after_min", [31, 700])
async def test_a_locked_page_is_sent_every_press_and_no_name(floor: Floor, after_min: int) -> None:
    incident = await owned(floor.house)
    token = floor.sign_in()
    session, paper = await floor.page(token, incident.id)
    floor.house.clock.pass_s(after_min * 60)
    session.tick()
    await paper.turn()
    locked = len(paper.sent) - 1
    pressed = await floor.house.press("AMR-00777")
    by_hand = do.Raise(id="by-hand-01", case="2026-0412", reason="called 101", zone="5415", beside=incident.id)
    raised = await floor.house.desk.command(by_hand, dispatcher(floor.house.desk.pseudonym(OWNER)))
    session.take(json.dumps({"do": "select", "incident": incident.id}))
    session.take(json.dumps({"do": "search", "n": 1, "text": "Voorbeeld"}))
    await until(lambda: session.selected == incident.id)
    await asyncio.sleep(0)
    await paper.turn()
    sent = paper.sent[locked:]
    rows = {key: row for message in sent for key, row in message.get("rows", {}).items()}
    assert rows[pressed.id]["label"] == "AMR-00777"
    assert rows[pressed.id]["zone_name"] == "Gent"
    assert raised is not None
    assert raised.id in rows
    assert (rows[incident.id]["state"], rows[incident.id]["owner"]) == ("acknowledged", SOMEBODY)
    assert [secret for secret in SECRETS if secret in json.dumps(sent)] == []
    assert sent[0]["access"]["state"] == "locked"
    assert any("health" in message for message in sent)
    assert session.selected == incident.id


async def test_a_page_loaded_with_an_idle_sign_in_is_locked_from_its_first_message(floor: Floor) -> None:
    incident = await owned(floor.house)
    token = floor.sign_in()
    floor.signins.lock(token)
    _, paper = await floor.page(token, incident.id)
    assert [secret for secret in SECRETS if secret in json.dumps(paper.sent)] == []
    assert (paper.sent[0]["access"]["state"], paper.sent[0]["access"]["why"]) == ("locked", "idle")
    assert incident.id in paper.sent[0]["rows"]


async def test_a_command_of_a_locked_page_changes_nothing_and_asks_for_a_sign_in(floor: Floor) -> None:
    incident = await floor.house.press()
    session, paper = await floor.page(floor.sign_in())
    session.take(json.dumps({"do": "lock"}))
    await until(lambda: session.standing.locked)
    told = await ask(session, paper, do="acknowledge", id="while-locked", incident=incident.id)
    assert (told["ok"], told["code"]) == (False, "locked")
    assert floor.house.desk.board.incidents[incident.id].state == "raised"


async def test_who_signs_in_in_place_has_the_page_its_selection_and_the_command(floor: Floor) -> None:
    incident = await floor.house.press()
    first = floor.sign_in()
    session, paper = await floor.page(first, incident.id)
    floor.signins.lock(first)
    session.tick()
    await paper.turn()
    assert floor.house.consoles.take_over(session.id, floor.sign_in("Sofie Proef"))
    await paper.turn()
    assert paper.sent[-1]["access"]["name"] == "Sofie Proef"
    assert paper.sent[-1]["detail"]["case"]["victim"] == "A. Voorbeeld"
    assert (await ask(session, paper, do="acknowledge", id="after-sign-in", incident=incident.id))["ok"]
    owner = floor.house.desk.board.incidents[incident.id].owner
    assert floor.house.desk.name_of(owner or "") == "Sofie Proef"
    assert floor.signins.state(first) == "none"


async def test_a_colleague_who_takes_a_page_over_leaves_the_others_alarms_theirs(floor: Floor) -> None:
    incident = await floor.house.press()
    session, paper = await floor.page(floor.sign_in(), incident.id)
    assert (await ask(session, paper, do="acknowledge", id="by-the-first", incident=incident.id))["ok"]
    floor.house.consoles.take_over(session.id, floor.sign_in("Sofie Proef"))
    await paper.turn()
    owner = floor.house.desk.board.incidents[incident.id].owner
    assert floor.house.desk.name_of(owner or "") == "Mieke Voorbeeld"
    told = await ask(session, paper, do="release", id="not-hers-01", incident=incident.id)
    assert (told["code"], told["who"]) == ("not_owner", "Mieke Voorbeeld")


async def test_a_role_without_the_page_sees_a_locked_one_and_its_commands_meet_the_desk(floor: Floor) -> None:
    incident = await owned(floor.house)
    _, paper = await floor.page(floor.sign_in("Tom Techniek"), incident.id)
    assert (paper.sent[0]["access"]["state"], paper.sent[0]["access"]["why"]) == ("locked", "role")
    assert [secret for secret in SECRETS if secret in json.dumps(paper.sent)] == []


async def test_a_disabled_account_is_locked_at_once(floor: Floor) -> None:
    session, paper = await floor.page(floor.sign_in())
    floor.accounts.set_disabled("Mieke Voorbeeld", True)
    session.tick()
    assert (await paper.turn())["access"]["state"] == "locked"


async def test_a_hand_on_the_page_keeps_it_and_cannot_revive_it(floor: Floor) -> None:
    session, paper = await floor.page(floor.sign_in())
    floor.house.clock.pass_s(29 * 60)
    session.take(json.dumps({"do": "touch"}))
    await until(lambda: paper.waiting)
    told: dict[str, Any] = (await paper.turn())["access"]
    assert told["idle_at"] == round((floor.house.clock.now().timestamp() + 30 * 60) * 1000)
    floor.house.clock.pass_s(31 * 60)
    session.take(json.dumps({"do": "touch"}))
    await asyncio.sleep(0)
    assert session.standing.why == "idle"


async def test_nobody_is_on_shift_at_a_locked_page(floor: Floor) -> None:
    token = floor.sign_in()
    await floor.page(token)
    assert floor.house.consoles.on_shift == 1
    floor.signins.lock(token)
    floor.house.consoles.stood()
    assert floor.house.consoles.on_shift == 0


async def test_what_one_person_left_half_done_is_sent_to_them_alone(floor: Floor) -> None:
    """The same tab, the same browser: who locked it finds the draft again, a colleague in the place has none of it."""
    token, tab = floor.sign_in(), "a" * 32
    session, paper = await floor.page(token)

    async def told() -> list[dict[str, Any]]:
        session.tick()
        await asyncio.sleep(0)
        await paper.turn()
        return [message["drafts"] for message in paper.sent if "drafts" in message]

    session.take(json.dumps({"do": "reads", "language": "en", "tab": tab}))
    assert await told() == [{"of": "Mieke Voorbeeld", "kept": {}}]
    session.take(json.dumps({"do": "draft", "name": "form note", "text": '["An Voorbeeld"]'}))
    await until(lambda: floor.house.consoles.drafts.of("Mieke Voorbeeld", tab))

    floor.signins.lock(token)
    session.take(json.dumps({"do": "draft", "name": "form note", "text": '["of nobody"]'}))
    assert len(await told()) == 1
    session.token = floor.sign_in()
    assert (await told())[1:] == [{"of": "Mieke Voorbeeld", "kept": {"form note": '["An Voorbeeld"]'}}]
    session.token = floor.sign_in("Sofie Proef")
    assert (await told())[2:] == [{"of": "Sofie Proef", "kept": {}}]
    assert not floor.house.consoles.drafts.of("", tab)

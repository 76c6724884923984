"""What a page is told of the actions on an alarm is what the desk then does, in every state and for whoever asks."""

import asyncio
import json
from itertools import count
from typing import Any

import pytest

from dashboard.operator.session import Session
from dashboard.supervisor.session import SupervisorSession
from incidents import commands as do
from incidents.actions import OPERATOR, SUPERVISOR
from incidents.incident import STATES, Incident, State
from incidents.life_cycle import leads
from incidents.roles import WITHOUT_SIGN_IN, User
from tests.dashboard.conftest import START, House, Paper
from tests.waiting import until

_numbers = count(1)
FIRST, OTHER = "5406", "5407"
ASKS: dict[str, dict[str, Any]] = {
    "route": {"zone": OTHER, "anyway": True},
    "accepted": {"do": "progress", "step": "accepted"},
    "en_route": {"do": "progress", "step": "en_route"},
    "on_scene": {"do": "progress", "step": "on_scene"},
    "safe": {"do": "progress", "step": "safe", "anyway": True},
    "declined": {"do": "progress", "step": "declined"},
    "progress": {"step": "accepted"},
    "confirm_stand_down": {"zone": FIRST},
    "note": {"text": "she whispers"},
    "classify": {"as_class": "real"},
    "close": {"as_class": "real", "outcome": "other", "reason": "over"},
    "decline_hand_over": {"reason": "on two"},
    "correct_time": {"time": "pressed", "to": START.isoformat(), "reason": "late"},
    "set_cad_number": {"number": "G2026-0417"},
    "extend_tracking": {"minutes": 5, "reason": "she moves"},
    "reopen": {"reason": "again"},
    "explain": {"reason": "no patrol was free"},
}
WALK: dict[State, tuple[str, ...]] = {
    "raised": (),
    "acknowledged": ("acknowledge",),
    "routed": ("acknowledge", "first"),
    "accepted": ("acknowledge", "first", "accepted"),
    "en_route": ("acknowledge", "first", "en_route"),
    "on_scene": ("acknowledge", "first", "on_scene"),
    "safe": ("acknowledge", "first", "safe"),
    "closed": ("acknowledge", "end"),
}
# The desk's word for what a page was told; "": it has nothing to do, or only to write down what is so.
CODES = {
    "unowned": {"unowned"},
    "closed": {"wrong_state"},
    "owned": {"not_owner", "taken", "wrong_state"},
    "done": {"wrong_state", ""},
    "not_routed": {"wrong_state"},
    "yours": {""},
    "helping": {""},
    "nothing_to_confirm": {"nothing_to_confirm", ""},
    "no_offer": {"not_offered", ""},
    "not_offered": {""},
}


class Desks:
    """Pages of two people, and a third who may be offered what they have."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.pages = {name: house.page(name) for name in ("Ann", "Bob", "Cis")}

    def user(self, name: str) -> User:
        return User(actor=self.house.desk.pseudonym(name), roles=WITHOUT_SIGN_IN, name=name)

    def key(self, name: str) -> str:
        actor = self.house.desk.pseudonym(name)
        return next(person.key for person in self.house.desk.floor.people if person.actor == actor)

    def facts(self, what: str, incident: str) -> dict[str, Any]:
        facts = {"do": what, "id": self.house.name(), "incident": incident} | ASKS.get(what, {})
        return facts | {"to": self.key("Cis")} if what in ("hand_over", "assign") else facts

    async def alarm(self, state: State) -> Incident:
        """A new alarm in this state; Ann has it if anybody has."""
        incident = await self.house.press(f"AMR-{next(_numbers):05}")
        ann, of = self.user("Ann"), {"incident": incident.id}
        for what in WALK[state]:
            id = self.house.name()
            match what:
                case "acknowledge":
                    await self.house.desk.command(do.Acknowledge(id=id, **of), ann)
                case "first":
                    await self.house.desk.command(do.Route(id=id, zone=FIRST, **of, anyway=True), ann)
                case "end":
                    end = do.Close(id=id, as_class="real", outcome="other", reason="over", anyway=True, **of)
                    await self.house.desk.command(end, ann)
                case step:
                    await self.house.desk.command(do.Progress(id=id, step=step, anyway=True, **of), ann)  # type: ignore[arg-type]
        found = self.house.desk.board.incidents[incident.id]
        assert found.state == state
        return found

    async def told(self, name: str, incident: Incident) -> dict[str, Any]:
        session, paper = self.pages[name]
        session.take(json.dumps({"do": "select", "incident": incident.id}))
        await asyncio.sleep(0)
        message = await paper.turn()
        assert message["actions"]["id"] == incident.id
        return dict(message["actions"])

    async def ask(self, name: str, facts: dict[str, Any]) -> dict[str, Any]:
        return await asked(*self.pages[name], facts)


async def asked(session: Session, paper: Paper, facts: dict[str, Any]) -> dict[str, Any]:
    """The desk's answer to a command of a page."""
    session.take(json.dumps({"do": "command", "command": facts, "typed": {}}))
    await until(lambda: any("answer" in reply for reply in session._replies))
    replies = (await paper.turn())["replies"]
    return next(reply["answer"] for reply in replies if "answer" in reply)


def facts_of(incident: Incident) -> tuple[Any, ...]:
    return (
        incident.state,
        incident.owner,
        incident.order,
        incident.offered_to,
        incident.ownership.helpers,
        incident.escalation.confirmed_at,
    )


@pytest.fixture
async def desks(house: House) -> Desks:
    made = Desks(house)
    await until(lambda: len(house.desk.floor.people) == 3)
    return made


async def check(desks: Desks, name: str, what: str, incident: Incident) -> str:
    """What the page was told of an action; the desk does that."""
    why = str((await desks.told(name, incident))["why"][what])
    facts = desks.facts(what, incident.id)
    answer = await desks.ask(name, facts)
    if why == "" and answer.get("anyway"):  # it is asked a second time, and may be done
        answer = await desks.ask(name, facts | {"id": desks.house.name(), "anyway": True})
    after = desks.house.desk.board.incidents[incident.id]
    where = (incident.state, what, name, why, answer)
    if why == "":
        assert answer["ok"], where
        assert after.version > incident.version, where
        assert after.state == leads(ASKS.get(what, {}).get("step", what), incident.state), where
    else:
        assert answer.get("code", "") in CODES[why], where
        assert facts_of(after) == facts_of(incident), where
    return why


@pytest.mark.parametrize("state", STATES)
async def test_what_a_page_is_told_is_what_the_desk_does(desks: Desks, state: State) -> None:
    for what in OPERATOR:
        for name in ("Ann", "Bob"):
            await check(desks, name, what, await desks.alarm(state))


@pytest.mark.parametrize("state", ["raised", "acknowledged", "on_scene"])
async def test_and_so_of_one_that_is_offered(desks: Desks, state: State) -> None:
    for what in ("acknowledge", "accept_hand_over", "decline_hand_over", "withdraw_hand_over"):
        for name in ("Ann", "Bob", "Cis"):
            incident = await desks.alarm(state)
            offer = {
                "do": "assign" if state == "raised" else "hand_over",
                "id": desks.house.name(),
                "to": desks.key("Cis"),
            }
            assert (await desks.ask("Ann", offer | {"incident": incident.id}))["ok"]
            why = await check(desks, name, what, desks.house.desk.board.incidents[incident.id])
            if what == "accept_hand_over":
                assert (why == "") == (name == "Cis")
            if what == "withdraw_hand_over":
                assert (why == "") == (name == "Ann")


async def test_and_so_of_one_that_is_helped_and_of_one_that_alarmed_again(desks: Desks) -> None:
    for what, name, expected in (
        ("help", "Ann", "yours"),
        ("help", "Bob", "helping"),
        ("still_on_it", "Bob", ""),
        ("still_on_it", "Cis", "owned"),
        ("acknowledge", "Ann", ""),
        ("acknowledge", "Bob", "owned"),
    ):
        incident = await desks.alarm("acknowledged")
        await desks.ask("Bob", desks.facts("help", incident.id))
        assert incident.device is not None
        await desks.house.press(incident.device)
        assert await check(desks, name, what, desks.house.desk.board.incidents[incident.id]) == expected


async def test_the_next_action_follows_the_life_of_an_alarm(desks: Desks) -> None:
    steps: list[tuple[State, str]] = [
        ("raised", "acknowledge"),
        ("acknowledged", "route"),
        ("routed", ""),
        ("safe", "close"),
        ("closed", ""),
    ]
    for state, following in steps:
        assert (await desks.told("Ann", await desks.alarm(state)))["next"] == following
    assert (await desks.told("Bob", await desks.alarm("acknowledged")))["next"] == ""


async def test_actions_are_told_of_the_chosen_alarm_only_and_again_when_they_change(desks: Desks) -> None:
    session, paper = desks.pages["Ann"]
    incident = await desks.alarm("raised")
    assert "actions" not in await paper.turn()
    first = await desks.told("Ann", incident)
    assert (first["why"]["acknowledge"], first["why"]["note"]) == ("", "unowned")
    await desks.ask("Bob", desks.facts("acknowledge", incident.id))
    message = await paper.turn()
    assert message["actions"]["why"]["acknowledge"] == "owned"
    await desks.house.press("AMR-99999")
    session.refresh("alarm")
    assert "actions" not in await paper.turn()  # nothing of it changed


async def test_nothing_is_told_of_an_alarm_that_is_kept_from_who_is_there(house: House) -> None:
    session, paper = house.page("Desk 9")
    incident = await house.press()
    session.take(json.dumps({"do": "select", "incident": incident.id}))
    await asyncio.sleep(0)
    assert "actions" not in await paper.turn()


@pytest.mark.parametrize("state", STATES)
async def test_a_row_of_the_floor_offers_what_the_desk_then_does(desks: Desks, state: State) -> None:
    paper = Paper()
    session = SupervisorSession(desks.house.consoles, paper)
    desks.house.consoles.enter(session, "Boss", desks.house.name())
    for what in SUPERVISOR:
        incident = await desks.alarm(state)
        session._unsent.took()
        message = await paper.turn()
        offered = what in message["rows"][incident.id].get("open", [])
        answer = await asked(session, paper, desks.facts(what, incident.id))
        after = desks.house.desk.board.incidents[incident.id]
        if offered:
            assert answer["ok"] and after.version > incident.version, (state, what, answer)
            assert after.state == leads(what, state)
        else:
            assert facts_of(after) == facts_of(incident), (state, what, answer)

"""A supervisor's hand: an alarm taken at once, or assigned to somebody who must accept. Each state, and each refusal."""

import asyncio
from datetime import timedelta

import pytest

from incidents import commands as cmd
from incidents import events as ev
from incidents.commands import Refused
from incidents.escalation.ladder import WatchTimes, milliseconds
from incidents.incident import STATES, Incident, State
from incidents.life_cycle import LIFE
from incidents.roles import User
from tests.incidents.conftest import Floor, Open, closing
from tests.incidents.desk.test_handover import at_work, owned, refusal
from tests.incidents.escalation.test_watch_ladder import Shift
from tests.people import dispatcher

BOSS = User(actor="boss", roles=frozenset({"supervisor"}))
STEPS: dict[State, tuple[ev.Step, ...]] = {
    "accepted": ("accepted",),
    "en_route": ("accepted", "en_route"),
    "on_scene": ("accepted", "en_route", "on_scene"),
    "safe": ("accepted", "en_route", "on_scene", "safe"),
}


def offer_of(incident: Incident) -> tuple[str, str | None, str] | None:
    offer = incident.ownership.offer
    return (offer.to, offer.by, offer.note) if offer is not None else None


async def ask(floor: Floor, command: cmd.Command, user: User) -> Incident:
    after = await floor.desk.command(command, user)
    assert after is not None
    return after


async def refused(floor: Floor, command: cmd.Command, user: User) -> str:
    with pytest.raises(Refused) as caught:
        await floor.desk.command(command, user)
    return caught.value.code


async def in_state(floor: Floor, state: State) -> Incident:
    """An alarm in this state; Ann has it if anybody has."""
    incident = await floor.press()
    assert incident is not None
    if state == "raised":
        return incident
    ann = dispatcher("ann")
    incident = await ask(floor, cmd.Acknowledge(id=floor.name(), incident=incident.id), ann)
    if state == "closed":
        return await ask(floor, closing(incident, floor.name()), ann)
    if state != "acknowledged":
        incident = await ask(floor, cmd.Route(id=floor.name(), incident=incident.id, zone="5415"), ann)
    for step in STEPS.get(state, ()):
        incident = await ask(floor, cmd.Progress(id=floor.name(), incident=incident.id, step=step, anyway=True), ann)
    assert incident.state == state
    return incident


def take(floor: Floor, incident: Incident, **facts: object) -> cmd.TakeOver:
    return cmd.TakeOver(id=floor.name(), incident=incident.id, **facts)  # type: ignore[arg-type]


def assign(floor: Floor, incident: Incident, to: str, note: str = "") -> cmd.Assign:
    return cmd.Assign(id=floor.name(), incident=incident.id, to=to, note=note)


def accept(floor: Floor, incident: Incident) -> cmd.AcceptHandOver:
    return cmd.AcceptHandOver(id=floor.name(), incident=incident.id)


@pytest.mark.parametrize("state", STATES)
async def test_an_alarm_is_taken_over_at_once_in_every_state_but_closed(floor: Floor, state: State) -> None:
    incident = await in_state(floor, state)
    wish = take(floor, incident, reason="she is on two")
    if state not in LIFE["take_over"].open:
        assert await refused(floor, wish, BOSS) == "wrong_state"
        return
    floor.clock.pass_s(5)
    after = await ask(floor, wish, BOSS)
    assert (after.owner, after.ownership.since) == ("boss", floor.clock.now())
    assert after.state == ("acknowledged" if state == "raised" else state)
    assert after.changes > incident.changes  # no page acts on it for half a second
    # Nobody had it: that is an acknowledgement, and its time. Otherwise the first one's time stays.
    assert isinstance(after.history.entries[-1].event, ev.Acknowledged if state == "raised" else ev.TakenOver)
    taken_at = floor.clock.now() if state == "raised" else incident.times["acknowledged"].at
    assert after.times["acknowledged"].at == taken_at
    assert await ask(floor, take(floor, incident), BOSS) == after  # the second click finds it done


@pytest.mark.parametrize("state", STATES)
async def test_an_assigned_alarm_stays_as_it_was_until_it_is_accepted(floor: Floor, state: State) -> None:
    keys = await at_work(floor, "ann", "bob")
    incident = await in_state(floor, state)
    wish = assign(floor, incident, keys["bob"], "your zone")
    if state not in LIFE["assign"].open:
        assert await refused(floor, wish, BOSS) == "wrong_state"
        return
    offered = await ask(floor, wish, BOSS)
    assert (offered.owner, offered.state) == (incident.owner, state)
    assert offer_of(offered) == ("bob", "boss", "your zone")
    assert (await ask(floor, assign(floor, incident, keys["bob"], "your zone"), BOSS)).version == offered.version
    assert await refusal(floor, accept(floor, incident), "ann") == "not_offered"
    floor.clock.pass_s(5)
    after = await ask(floor, accept(floor, incident), dispatcher("bob"))
    assert (after.owner, after.ownership.since) == ("bob", floor.clock.now())
    assert after.state == ("acknowledged" if state == "raised" else state)
    assert after.ownership.offer is None
    assert isinstance(after.history.entries[-1].event, ev.Acknowledged if state == "raised" else ev.HandOverAccepted)


async def test_an_assigned_alarm_that_nobody_has_is_still_everybodys_and_goes_on_escalating(floor: Floor) -> None:
    keys = await at_work(floor, "ann", "bob")
    incident = await in_state(floor, "raised")
    shift = Shift(floor, WatchTimes())
    await shift.pass_s(12)
    await ask(floor, assign(floor, incident, keys["bob"]), BOSS)
    await shift.pass_s(60)
    assert await shift.did() == ["louder", "everyone", "confirm"]
    after = await ask(floor, cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher("ann"))
    assert (after.owner, after.offered_to) == ("ann", None)
    assert await refusal(floor, accept(floor, incident), "bob") == "not_offered"


async def test_an_assignment_is_no_act_of_the_owner_and_puts_no_limit_off(floor: Floor) -> None:
    keys = await at_work(floor, "ann", "bob")
    incident = await in_state(floor, "acknowledged")
    floor.clock.pass_s(30)
    boss = await ask(floor, assign(floor, incident, keys["bob"]), BOSS)
    assert boss.attention.acted_at == incident.attention.acted_at
    decline = cmd.DeclineHandOver(id=floor.name(), incident=incident.id, reason="on two already")
    declined = await ask(floor, decline, dispatcher("bob"))
    assert (declined.attention.acted_at, declined.owner, declined.offered_to) == (
        incident.attention.acted_at,
        "ann",
        None,
    )
    await ask(floor, assign(floor, incident, keys["bob"]), BOSS)
    withdrawn = await ask(floor, cmd.WithdrawHandOver(id=floor.name(), incident=incident.id), BOSS)
    assert (withdrawn.attention.acted_at, withdrawn.offered_to) == (incident.attention.acted_at, None)


async def test_an_alarm_is_assigned_only_to_somebody_on_shift_who_may_take_it_and_has_it_not(floor: Floor) -> None:
    keys = await at_work(floor, "ann", "bob", "boss")
    present = {actor: frozenset({"dispatcher"}) for actor in ("ann", "bob", "boss")}
    floor.desk.floor.see(present | {"audit": frozenset({"auditor"})}, floor.clock.now())
    auditor = next(person.key for person in floor.desk.floor.people if person.actor == "audit")
    incident = await in_state(floor, "acknowledged")
    for to, why in (
        ("bob", "not_present"),  # a pseudonym is no id
        (auditor, "not_present"),
        (keys["boss"], "to_oneself"),
        (keys["ann"], "taken"),
    ):
        assert await refused(floor, assign(floor, incident, to), BOSS) == why, to
    assert await refused(floor, assign(floor, incident, keys["bob"]), dispatcher("bob")) == "not_allowed"
    assert await refused(floor, take(floor, incident), dispatcher("bob")) == "not_allowed"
    # What is one's own is handed over.
    mine = await ask(floor, take(floor, incident), BOSS)
    offered = await ask(floor, assign(floor, mine, keys["bob"]), BOSS)
    assert (offered.owner, offer_of(offered)) == ("boss", ("bob", None, ""))


async def test_only_who_assigned_it_and_its_owner_can_take_an_assignment_back(floor: Floor) -> None:
    keys = await at_work(floor, "ann", "bob")
    incident = await in_state(floor, "raised")
    await ask(floor, assign(floor, incident, keys["bob"]), BOSS)
    assert await refusal(floor, cmd.WithdrawHandOver(id=floor.name(), incident=incident.id), "ann") == "not_owner"
    after = await ask(floor, cmd.WithdrawHandOver(id=floor.name(), incident=incident.id), BOSS)
    assert (after.state, after.offered_to) == ("raised", None)


async def test_an_alarm_is_taken_over_only_from_whom_the_page_showed(floor: Floor) -> None:
    incident = await in_state(floor, "acknowledged")
    assert incident.ownership.since is not None
    shown = milliseconds(incident.ownership.since)
    floor.clock.at += timedelta(seconds=2)
    other = User(actor="second", roles=frozenset({"supervisor"}))
    wishes = (ask(floor, take(floor, incident, since=shown), user) for user in (BOSS, other))
    done = await asyncio.gather(*wishes, return_exceptions=True)
    (lost,) = [one for one in done if isinstance(one, Refused)]
    (won,) = [one for one in done if isinstance(one, Incident)]
    assert (lost.code, lost.who) == ("taken", won.owner)


async def test_what_a_supervisor_did_is_there_after_a_restart(open_floor: Open) -> None:
    async with open_floor() as floor:
        keys = await at_work(floor, "ann", "bob")
        await ask(floor, assign(floor, await owned(floor, "ann"), keys["bob"], "your zone"), BOSS)
        await ask(floor, take(floor, await owned(floor, "ann", "AMR-00007"), reason="quiet"), BOSS)
    async with open_floor() as floor:
        assigned, taken = floor.incident(), floor.incident("AMR-00007")
        assert assigned is not None and taken is not None
        assert offer_of(assigned) == ("bob", "boss", "your zone")
        assert (taken.owner, taken.history.entries[-1].event) == ("boss", ev.TakenOver(reason="quiet"))

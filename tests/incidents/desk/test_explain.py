"""A supervisor explains a missed target, of an incident in any state and of any age."""

from uuid import uuid4

import pytest

from incidents import commands as cmd
from incidents import events as ev
from incidents.commands import Refused
from incidents.incident import Incident
from incidents.roles import User
from incidents.timeline import incident_of, timeline
from tests.incidents.conftest import DrivenClock, Floor, Open, closing
from tests.people import dispatcher

SUE = User(actor="sue", roles=frozenset({"supervisor"}))
DAY_S = 86400.0


def explain(floor: Floor, incident: str, reason: str, interval: str = "") -> cmd.Explain:
    return cmd.Explain(id=uuid4().hex, incident=incident, reason=reason, interval=interval)


async def pressed(floor: Floor) -> Incident:
    incident = await floor.press()
    assert incident is not None
    return incident


async def closed(floor: Floor) -> str:
    name = (await pressed(floor)).id
    await floor.desk.command(closing(floor.desk.board.incidents[name], floor.name()), dispatcher("ann"))
    return name


async def test_several_explanations_are_kept_sealed_and_of_an_interval_or_in_general(floor: Floor) -> None:
    name = (await pressed(floor)).id
    await floor.desk.command(explain(floor, name, "  the only unit was at sea  ", "pressed->on_scene"), SUE)
    await floor.desk.command(closing(floor.desk.board.incidents[name], floor.name()), dispatcher("ann"))
    after = await floor.desk.command(explain(floor, name, "two alarms at once"), SUE)
    assert after is not None
    assert [(e.actor, e.interval, e.reason) for e in after.judgement.explanations] == [
        ("sue", "pressed->on_scene", "the only unit was at sea"),
        ("sue", "", "two alarms at once"),
    ]
    assert after.state == "closed"
    _, records = await incident_of(floor.log, name)
    said = [record for record in records if record.type == "explained"]
    assert [record.open for record in said] == [{"interval": "pressed->on_scene"}, {}]
    assert all(record.sealed and "unit" not in record.sealed for record in said)


async def test_only_a_supervisor_explains_and_says_why_of_a_known_interval(floor: Floor) -> None:
    name = await closed(floor)
    for command, user, code in (
        (explain(floor, name, "because"), dispatcher("ann"), "not_allowed"),
        (explain(floor, name, "  "), SUE, "reason_missing"),
        (explain(floor, name, "because", "pressed->home"), SUE, "invalid"),
        (explain(floor, "nobody", "because"), SUE, "unknown_incident"),
    ):
        with pytest.raises(Refused) as refused:
            await floor.desk.command(command, user)
        assert refused.value.code == code


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_incident_that_left_the_board_long_ago_can_still_be_explained(
    open_floor: Open, clock: DrivenClock, restarted: bool
) -> None:
    async with open_floor() as floor:
        name = await closed(floor)
        clock.pass_s(400 * DAY_S)
        floor.desk.board.forget(clock.now())
        if not restarted:
            await long_ago(floor, name)
    if restarted:
        async with open_floor() as floor:
            await long_ago(floor, name)


async def long_ago(floor: Floor, name: str) -> None:
    assert name not in floor.desk.board.incidents
    first = explain(floor, name, "fog")
    for command in (first, first, explain(floor, name, "no unit was free")):  # a double click is one
        await floor.desk.command(command, SUE)
    incident, records = await incident_of(floor.log, name)
    assert [said.reason for said in incident.judgement.explanations] == ["fog", "no unit was free"]
    assert [m.facts for m in timeline(records, floor.log.unseal).of_type("explained")] == [
        {"reason": "fog"},
        {"reason": "no unit was free"},
    ]
    # Nothing of it comes back to the screens, and the stream can be followed again.
    assert name not in floor.desk.board.incidents
    await floor.desk._recorder.catch_up(f"incident/{name}")
    with pytest.raises(Refused, match=r"^(unknown_incident|wrong_state)$"):
        await floor.desk.command(cmd.Note(id=floor.name(), incident=name, text="late"), dispatcher("ann"))


async def test_an_explanation_answers_no_alarm(floor: Floor) -> None:
    incident = await pressed(floor)
    floor.clock.pass_s(30)
    after = await floor.desk.command(explain(floor, incident.id, "already known"), SUE)
    assert after is not None
    assert (after.attention.acted_at, after.escalation.waits_since, after.changes) == (
        None,
        incident.escalation.waits_since,
        incident.changes,
    )


async def test_an_erased_incident_keeps_that_it_was_explained_and_loses_what_was_said(floor: Floor) -> None:
    name = await closed(floor)
    await floor.desk.command(explain(floor, name, "she lives by the sea", "routed->accepted"), SUE)
    await floor.log.erase(f"incident/{name}", id="erase-0001", at=ev.stamp(floor.clock.now()), actor="sue")
    incident, _ = await incident_of(floor.log, name)
    assert [(said.interval, said.reason) for said in incident.judgement.explanations] == [("routed->accepted", "")]

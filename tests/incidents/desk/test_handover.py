"""Handing over: somebody has the alarm at every moment, and never two."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import commands as cmd
from incidents import events as ev
from incidents.commands import Refused
from incidents.desk.decisions import decide
from incidents.fold import apply
from incidents.incident import Incident
from tests.incidents.conftest import START, Floor, Open, circumstances, closing
from tests.people import dispatcher

ACTORS = ("ann", "bob", "cy")


def entry(event: ev.Event, actor: str, version: int) -> ev.Entry:
    return ev.Entry(
        stream="incident/x", version=version, id=str(version), at=START, source_at=START, actor=actor, event=event
    )


def step(incident: Incident, what: str, actor: str, other: str) -> ev.Event | None:
    """What the desk would write, None when it refuses."""
    here = {"id": "made-0001", "incident": incident.id}
    match what:
        case "watch_released":
            return ev.WatchReleased(after_s=60) if incident.state == "acknowledged" else None
        case "offered_to_all":
            return ev.OfferedToAll(why="lost") if incident.owner else None
        case "reported_there":
            return ev.Progressed(step="on_scene", source="radio")
    wishes: dict[str, cmd.OnIncident] = {
        "hand_over": cmd.HandOver(**here, to=other, note="take it"),
        "accept_hand_over": cmd.AcceptHandOver(**here),
        "decline_hand_over": cmd.DeclineHandOver(**here, reason="busy"),
        "withdraw_hand_over": cmd.WithdrawHandOver(**here),
        "assign": cmd.Assign(**here, to=other, note="your zone"),
        "take_over": cmd.TakeOver(**here),
        "acknowledge": cmd.Acknowledge(**here),
        "release": cmd.Release(**here),
        "close": cmd.Close(**here, as_class="real", outcome="other", reason="over", anyway=True),
        "reopen": cmd.Reopen(**here, reason="again"),
    }
    try:
        return decide(incident, wishes[what], circumstances(actor, START))
    except Refused:
        return None


WHATS = (
    "hand_over",
    "accept_hand_over",
    "decline_hand_over",
    "withdraw_hand_over",
    "assign",
    "take_over",
    "acknowledge",
    "release",
    "watch_released",
    "offered_to_all",
    "reported_there",
    "close",
    "reopen",
)


@given(st.lists(st.tuples(st.sampled_from(WHATS), st.sampled_from(ACTORS), st.sampled_from(ACTORS)), max_size=40))
def test_at_every_moment_one_person_has_an_alarm_that_was_acknowledged(steps: list[tuple[str, str, str]]) -> None:
    incident = apply(None, entry(ev.Raised(origin="press"), "feed", 1))
    for what, actor, other in steps:
        event = step(incident, what, actor, other)
        if event is None:
            continue
        before, incident = incident, apply(incident, entry(event, actor, incident.version + 1))
        assert incident.owner is not None or incident.state in ("raised", "closed")
        assert incident.owner is None or incident.state != "raised"
        if isinstance(event, ev.HandOverAccepted):
            assert before.owner is not None and incident.owner == before.offered_to == actor != before.owner
        elif isinstance(event, ev.TakenOver):
            assert before.owner is not None and incident.owner == actor != before.owner
        elif not isinstance(event, ev.Acknowledged | ev.Released | ev.WatchReleased | ev.Reopened):
            assert incident.owner == before.owner
        # An offer never outlives the ownership it came from; of an alarm that nobody has, only a supervisor makes one.
        if incident.ownership.offer is not None:
            assert incident.offered_to != incident.owner and incident.state != "closed"
            assert incident.state != "raised" or incident.ownership.offer.by is not None
        if incident.owner != before.owner or incident.state == "closed":
            assert incident.ownership.offer is None


async def at_work(floor: Floor, *actors: str) -> dict[str, str]:
    """Persons on shift: their ids by pseudonym."""
    floor.desk.floor.see({actor: frozenset({"dispatcher"}) for actor in actors}, floor.clock.now())
    return {person.actor: person.key for person in floor.desk.floor.people}


async def owned(floor: Floor, actor: str, device: str = "AMR-00412") -> Incident:
    incident = await floor.press(device)
    assert incident is not None
    after = await floor.desk.command(cmd.Acknowledge(id=floor.name(), incident=incident.id), dispatcher(actor))
    assert after is not None
    return after


async def refusal(floor: Floor, command: cmd.Command, actor: str) -> str:
    with pytest.raises(Refused) as caught:
        await floor.desk.command(command, dispatcher(actor))
    return caught.value.code


async def test_the_owner_keeps_the_alarm_until_the_receiver_accepts(floor: Floor) -> None:
    keys = await at_work(floor, "ann", "bob")
    incident = await owned(floor, "ann")
    wish = cmd.HandOver(id=floor.name(), incident=incident.id, to=keys["bob"], note="she whispers")
    offered = await floor.desk.command(wish, dispatcher("ann"))
    assert offered is not None
    assert offered.owner == "ann" and offered.ownership.offer is not None
    assert (offered.ownership.offer.to, offered.ownership.offer.note) == ("bob", "she whispers")
    floor.clock.pass_s(5)
    accept = cmd.AcceptHandOver(id=floor.name(), incident=incident.id)
    after = await floor.desk.command(accept, dispatcher("bob"))
    assert after is not None
    assert (after.owner, after.ownership.since, after.state) == ("bob", floor.clock.now(), "acknowledged")
    assert after.ownership.offer is None
    # A second click finds it done.
    again = cmd.AcceptHandOver(id=floor.name(), incident=incident.id)
    assert await floor.desk.command(again, dispatcher("bob")) == after


async def test_an_alarm_is_offered_only_to_somebody_on_shift_by_the_id_given_for_them(floor: Floor) -> None:
    keys = await at_work(floor, "ann", "bob")
    incident = await owned(floor, "ann")

    def wish(to: str) -> cmd.HandOver:
        return cmd.HandOver(id=floor.name(), incident=incident.id, to=to)

    assert await refusal(floor, wish("bob"), "ann") == "not_present"  # a pseudonym is no id
    assert await refusal(floor, wish(""), "ann") == "not_present"
    assert await refusal(floor, wish(keys["ann"]), "ann") == "to_oneself"
    assert await refusal(floor, wish(keys["bob"]), "bob") == "not_owner"
    floor.desk.floor.see({}, floor.clock.now())
    floor.clock.pass_s(16)
    floor.desk.floor.see({}, floor.clock.now())
    assert await refusal(floor, wish(keys["bob"]), "ann") == "not_present"


async def test_a_refusal_needs_a_reason_and_leaves_the_alarm_with_its_owner(floor: Floor) -> None:
    keys = await at_work(floor, "ann", "bob", "cy")
    incident = await owned(floor, "ann")
    await floor.desk.command(cmd.HandOver(id=floor.name(), incident=incident.id, to=keys["bob"]), dispatcher("ann"))
    here = {"incident": incident.id}
    assert await refusal(floor, cmd.AcceptHandOver(id=floor.name(), **here), "cy") == "not_offered"
    assert await refusal(floor, cmd.DeclineHandOver(id=floor.name(), **here, reason=" "), "bob") == "reason_missing"
    decline = cmd.DeclineHandOver(id=floor.name(), **here, reason="on two already")
    after = await floor.desk.command(decline, dispatcher("bob"))
    assert after is not None and (after.owner, after.offered_to) == ("ann", None)
    assert await refusal(floor, cmd.AcceptHandOver(id=floor.name(), **here), "bob") == "not_offered"


async def test_an_offer_ends_by_withdrawal_release_and_closing(floor: Floor) -> None:
    keys = await at_work(floor, "ann", "bob")
    for number, ending in enumerate((cmd.WithdrawHandOver, cmd.Release, None)):
        incident = await owned(floor, "ann", f"AMR-{number:05}")
        offered = cmd.HandOver(id=floor.name(), incident=incident.id, to=keys["bob"])
        await floor.desk.command(offered, dispatcher("ann"))
        over = ending(id=floor.name(), incident=incident.id) if ending else closing(incident, floor.name())
        after = await floor.desk.command(over, dispatcher("ann"))
        assert after is not None and after.offered_to is None
        late = cmd.AcceptHandOver(id=floor.name(), incident=incident.id)
        assert await refusal(floor, late, "bob") in ("not_offered", "unowned", "wrong_state")


async def test_acceptance_and_withdrawal_in_one_instant_leave_one_owner(floor: Floor) -> None:
    keys = await at_work(floor, "ann", "bob")
    for number in range(10):
        incident = await owned(floor, "ann", f"AMR-{number:05}")
        offered = cmd.HandOver(id=floor.name(), incident=incident.id, to=keys["bob"])
        await floor.desk.command(offered, dispatcher("ann"))
        results = await asyncio.gather(
            floor.desk.command(cmd.AcceptHandOver(id=floor.name(), incident=incident.id), dispatcher("bob")),
            floor.desk.command(cmd.WithdrawHandOver(id=floor.name(), incident=incident.id), dispatcher("ann")),
            return_exceptions=True,
        )
        assert sum(isinstance(result, Refused) for result in results) == 1
        after = floor.desk.board.incidents[incident.id]
        assert after.owner == ("ann" if isinstance(results[0], Refused) else "bob") and after.offered_to is None


async def test_a_whole_desk_is_offered_at_once_and_taken_alarm_by_alarm(floor: Floor) -> None:
    keys = await at_work(floor, "ann", "bob")
    assert await refusal(floor, cmd.HandOverDesk(id=floor.name(), to=keys["bob"]), "ann") == "nothing_owned"
    mine = [await owned(floor, "ann", f"AMR-{number:05}") for number in range(3)]
    others = await owned(floor, "bob", "AMR-00009")
    wish = cmd.HandOverDesk(id="whole-desk", to=keys["bob"], note="home at seven")
    await asyncio.gather(*(floor.desk.command(wish, dispatcher("ann")) for _ in range(2)))
    board = floor.desk.board
    offers = [board.incidents[i.id].ownership.offer for i in mine]
    assert [(offer.to, offer.whole) for offer in offers if offer is not None] == [("bob", True)] * 3
    assert board.incidents[others.id].offered_to is None
    assert [kind for _, kind in await floor.records()].count("hand_over_offered") == 3
    for incident in mine:
        await floor.desk.command(cmd.AcceptHandOver(id=floor.name(), incident=incident.id), dispatcher("bob"))
    assert {incident.owner for incident in board.incidents.values()} == {"bob"}


async def test_an_offer_and_its_note_survive_a_restart_and_the_note_is_sealed(open_floor: Open) -> None:
    async with open_floor() as floor:
        keys = await at_work(floor, "ann", "bob")
        incident = await owned(floor, "ann")
        wish = cmd.HandOver(id=floor.name(), incident=incident.id, to=keys["bob"], note="the brother is outside")
        before = await floor.desk.command(wish, dispatcher("ann"))
        records = [record async for _, record in floor.log.records()]
        assert "brother" not in "".join(str(record.open) for record in records)
    async with open_floor() as floor:
        assert floor.desk.board.incidents[incident.id] == before
        await floor.desk.command(cmd.AcceptHandOver(id=floor.name() + "b", incident=incident.id), dispatcher("bob"))
        assert floor.desk.board.incidents[incident.id].owner == "bob"

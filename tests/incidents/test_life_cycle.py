"""The life of an incident, cell by cell, at a real desk: what each command makes of each state, or why it is refused."""

from collections.abc import Callable
from itertools import count

import pytest

from incidents import commands as cmd
from incidents import events as ev
from incidents.actions import OPERATOR, SUPERVISOR
from incidents.commands import OnIncident, Refused
from incidents.incident import OPEN, STATES, Incident, State
from incidents.life_cycle import LIFE, STEPS, leads
from incidents.roles import User
from tests.incidents.conftest import START, Floor
from tests.incidents.desk.test_handover import at_work
from tests.incidents.desk.test_supervisor import BOSS
from tests.people import dispatcher

# "=" stays as it is, a word in capitals is the desk's refusal; what has no order yet stands under `acknowledged`.
GRID = """
                    raised        acknowledged  routed        accepted      en_route      on_scene     safe         closed
acknowledge         acknowledged  =             =             =             =             =            =            WRONG_STATE
release             UNOWNED       raised        raised        raised        raised        WRONG_STATE  WRONG_STATE  WRONG_STATE
route               UNOWNED       routed        routed        routed        routed        WRONG_STATE  routed       WRONG_STATE
cancel_order        UNOWNED       WRONG_STATE   acknowledged  acknowledged  acknowledged  WRONG_STATE  WRONG_STATE  WRONG_STATE
accepted            UNOWNED       WRONG_STATE   accepted      =             =             =            WRONG_STATE  WRONG_STATE
en_route            UNOWNED       WRONG_STATE   en_route      en_route      =             =            WRONG_STATE  WRONG_STATE
on_scene            UNOWNED       WRONG_STATE   on_scene      on_scene      on_scene      =            WRONG_STATE  WRONG_STATE
safe                UNOWNED       WRONG_STATE   safe          safe          safe          safe         WRONG_STATE  WRONG_STATE
declined            UNOWNED       WRONG_STATE   acknowledged  acknowledged  acknowledged  =            WRONG_STATE  WRONG_STATE
hand_over           UNOWNED       =             =             =             =             =            WRONG_STATE  WRONG_STATE
accept_hand_over    acknowledged  =             =             =             =             =            =            WRONG_STATE
decline_hand_over   =             =             =             =             =             =            =            WRONG_STATE
withdraw_hand_over  =             =             =             =             =             =            =            WRONG_STATE
take_over           acknowledged  =             =             =             =             =            =            WRONG_STATE
assign              =             =             =             =             =             =            WRONG_STATE  WRONG_STATE
listen              UNOWNED       =             =             =             =             =            =            WRONG_STATE
note                UNOWNED       =             =             =             =             =            =            WRONG_STATE
classify            UNOWNED       =             =             =             =             =            =            WRONG_STATE
correct_time        UNOWNED       =             =             =             =             =            =            WRONG_STATE
set_cad_number      UNOWNED       =             =             =             =             =            =            =
extend_tracking     =             =             =             =             =             =            =            WRONG_STATE
close               closed        closed        closed        closed        closed        closed       closed       WRONG_STATE
still_on_it         UNOWNED       =             =             =             =             =            =            WRONG_STATE
help                UNOWNED       =             =             =             =             =            =            WRONG_STATE
confirm_escalation  =             =             =             =             =             =            =            WRONG_STATE
reopen              UNOWNED       WRONG_STATE   WRONG_STATE   WRONG_STATE   WRONG_STATE   WRONG_STATE  WRONG_STATE  acknowledged
open_case           =             =             =             =             =             =            =            =
explain             =             =             =             =             =             =            =            =
"""
LINES = {line.split()[0]: dict(zip(STATES, line.split()[1:], strict=True)) for line in GRID.strip().splitlines()[1:]}
_numbers = count(1)

Wish = Callable[[str, str, dict[str, str]], OnIncident]
WISHES: dict[str, Wish] = {
    "acknowledge": lambda id, of, on: cmd.Acknowledge(id=id, incident=of),
    "release": lambda id, of, on: cmd.Release(id=id, incident=of),
    "route": lambda id, of, on: cmd.Route(id=id, incident=of, zone="5416", anyway=True),
    "cancel_order": lambda id, of, on: cmd.CancelOrder(id=id, incident=of, anyway=True),
    "accepted": lambda id, of, on: cmd.Progress(id=id, incident=of, step="accepted"),
    "en_route": lambda id, of, on: cmd.Progress(id=id, incident=of, step="en_route"),
    "on_scene": lambda id, of, on: cmd.Progress(id=id, incident=of, step="on_scene"),
    "safe": lambda id, of, on: cmd.Progress(id=id, incident=of, step="safe", anyway=True),
    "declined": lambda id, of, on: cmd.Progress(id=id, incident=of, step="declined"),
    "hand_over": lambda id, of, on: cmd.HandOver(id=id, incident=of, to=on["bob"]),
    "accept_hand_over": lambda id, of, on: cmd.AcceptHandOver(id=id, incident=of),
    "decline_hand_over": lambda id, of, on: cmd.DeclineHandOver(id=id, incident=of, reason="on two"),
    "withdraw_hand_over": lambda id, of, on: cmd.WithdrawHandOver(id=id, incident=of),
    "take_over": lambda id, of, on: cmd.TakeOver(id=id, incident=of),
    "assign": lambda id, of, on: cmd.Assign(id=id, incident=of, to=on["bob"]),
    "listen": lambda id, of, on: cmd.Listen(id=id, incident=of),
    "note": lambda id, of, on: cmd.Note(id=id, incident=of, text="she whispers"),
    "classify": lambda id, of, on: cmd.Classify(id=id, incident=of, as_class="real"),
    "correct_time": lambda id, of, on: cmd.CorrectTime(id=id, incident=of, time="pressed", to=START, reason="late"),
    "set_cad_number": lambda id, of, on: cmd.SetCadNumber(id=id, incident=of, number="G2026-0417"),
    "extend_tracking": lambda id, of, on: cmd.ExtendTracking(id=id, incident=of, minutes=5, reason="she moves"),
    "close": lambda id, of, on: cmd.Close(
        id=id, incident=of, as_class="real", outcome="other", reason="over", anyway=True
    ),
    "still_on_it": lambda id, of, on: cmd.StillOnIt(id=id, incident=of),
    "help": lambda id, of, on: cmd.Help(id=id, incident=of),
    "confirm_escalation": lambda id, of, on: cmd.ConfirmEscalation(id=id, incident=of),
    "reopen": lambda id, of, on: cmd.Reopen(id=id, incident=of, reason="again"),
    "open_case": lambda id, of, on: cmd.OpenCase(id=id, incident=of),
    "explain": lambda id, of, on: cmd.Explain(id=id, incident=of, reason="no patrol was free"),
}
BY: dict[str, User] = {
    "accept_hand_over": dispatcher("bob"),
    "decline_hand_over": dispatcher("bob"),
    "help": dispatcher("bob"),
    "take_over": BOSS,
    "assign": BOSS,
    "confirm_escalation": BOSS,
    "explain": BOSS,
}
ANN = dispatcher("ann")
WALK: dict[State, tuple[str, ...]] = {
    "raised": (),
    "acknowledged": ("acknowledge",),
    "routed": ("acknowledge", "first_route"),
    "accepted": ("acknowledge", "first_route", "accepted"),
    "en_route": ("acknowledge", "first_route", "accepted", "en_route"),
    "on_scene": ("acknowledge", "first_route", "accepted", "en_route", "on_scene"),
    "safe": ("acknowledge", "first_route", "accepted", "en_route", "on_scene", "safe"),
    "closed": ("acknowledge", "close"),
}


async def give(floor: Floor, incident: Incident, what: str, on_shift: dict[str, str], user: User = ANN) -> Incident:
    """The incident after a command, or as it stood before one that changes nothing."""
    command: OnIncident
    if what == "first_route":
        command = cmd.Route(id=floor.name(), incident=incident.id, zone="5415")
    else:
        command = WISHES[what](floor.name(), incident.id, on_shift)
    after = await floor.desk.command(command, user)  # type: ignore[arg-type]
    assert after is not None
    return after


async def brought_to(floor: Floor, state: State, on_shift: dict[str, str], *, offered: bool = False) -> Incident:
    """A new alarm in this state. Ann has it if anybody has; it may be offered to Bob, by a supervisor where nobody has it."""
    incident = await floor.press(f"AMR-{next(_numbers):05}")
    assert incident is not None
    for what in WALK[state]:
        incident = await give(floor, incident, what, on_shift)
        if offered and what == "acknowledge":
            incident = await give(floor, incident, "hand_over", on_shift)
    if offered and state == "raised":
        incident = await give(floor, incident, "assign", on_shift, BOSS)
    assert incident.state == state
    return incident


async def outcome(floor: Floor, incident: Incident, what: str, on_shift: dict[str, str], user: User) -> str:
    """What a cell says: the state it led to, "=" where it stayed, the refusal in capitals."""
    try:
        after = await give(floor, incident, what, on_shift, user)
    except Refused as refused:
        return refused.code.upper()
    return "=" if after.state == incident.state and what != "route" else after.state


@pytest.mark.parametrize("state", STATES)
async def test_each_command_does_in_each_state_what_the_table_says(floor: Floor, state: State) -> None:
    on_shift = await at_work(floor, "ann", "bob")
    found = {}
    for what in LINES:
        incident = await brought_to(floor, state, on_shift, offered=what.endswith("_hand_over"))
        if what == "confirm_escalation":
            called = ev.Escalated(step="confirm", after_s=60)
            await floor.desk.note(f"incident/{incident.id}", called, id=floor.name(), actor="watch")
        by_boss = what == "withdraw_hand_over" and state == "raised"
        user = BOSS if by_boss else BY.get(what, ANN)
        found[what] = await outcome(floor, incident, what, on_shift, user)
    # INVALID: not of a base that the desk takes; NOT_ALLOWED: not among who may.
    assert found == {what: cells[state] for what, cells in LINES.items()}


@pytest.mark.parametrize("state", STATES)
def test_the_table_leads_where_the_grid_says(state: State) -> None:
    for what, cells in LINES.items():
        cell = cells[state]
        if cell.islower():
            assert state in LIFE[what].open and leads(what, state) == cell, what
        elif cell == "=" and state in LIFE[what].open:
            assert leads(what, state) == state, what


def test_every_command_about_an_incident_has_its_row() -> None:
    assert LIFE.keys() - cmd.COMMANDS.keys() == set(STEPS)
    assert {*OPERATOR, *SUPERVISOR} <= LIFE.keys()
    # Steps are driven, an order is asked for itself, and who was told to stand down.
    assert LIFE.keys() - LINES.keys() == {"progress", "answer_order", "confirm_stand_down"}
    assert {WISHES[what]("made-0001", "x", {"bob": "b"}).row for what in WISHES} <= LIFE.keys()


async def test_what_an_alarm_that_was_given_back_and_taken_again_had_ordered_can_be_called_off(floor: Floor) -> None:
    on_shift = await at_work(floor, "ann")
    incident = await brought_to(floor, "routed", on_shift)
    await give(floor, incident, "release", on_shift)
    again = await give(floor, incident, "acknowledge", on_shift)
    assert again.state == "acknowledged" and again.order is not None and again.order.alive
    after = await give(floor, again, "cancel_order", on_shift)
    assert after.state == "acknowledged" and after.order is not None and not after.order.alive


async def test_safe_is_said_twice_while_an_order_stands_and_undone_by_routing_again(floor: Floor) -> None:
    on_shift = await at_work(floor, "ann")
    incident = await brought_to(floor, "routed", on_shift)
    said = cmd.Progress(id=floor.name(), incident=incident.id, step="safe")
    with pytest.raises(Refused, match="order_stands") as told:
        await floor.desk.command(said, dispatcher("bob"))
    assert told.value.anyway and floor.desk.board.incidents[incident.id].state == "routed"
    safe = await give(floor, incident, "safe", on_shift)
    assert safe.order is not None and safe.asks_anew and "safe" in safe.times
    elsewhere = cmd.Route(id=floor.name(), incident=incident.id, zone="5416")
    with pytest.raises(Refused, match="order_stands"):  # whom that turns back may be there
        await floor.desk.command(elsewhere, ANN)
    again = await give(floor, safe, "first_route", on_shift)
    assert again.order is not None and (again.state, again.order.zone, again.order.step) == ("routed", "5415", None)
    assert again.order.id != safe.order.id and not again.other_zones.stand_downs and "safe" not in again.times
    assert (await give(floor, again, "en_route", on_shift)).state == "en_route"


async def test_nobody_declines_an_order_that_was_declined(floor: Floor) -> None:
    on_shift = await at_work(floor, "ann")
    incident = await brought_to(floor, "on_scene", on_shift)
    await give(floor, incident, "declined", on_shift)
    with pytest.raises(Refused, match="wrong_state"):
        await give(floor, incident, "declined", on_shift)


def test_nothing_but_closing_and_opening_again_leaves_or_enters_the_end() -> None:
    for what, row in LIFE.items():
        ends = {state for state in OPEN if leads(what, state) == "closed"}
        assert ends == (set(OPEN) if what == "close" else set()), what
        assert leads(what, "closed") == "closed" or what in ("reopen", "release", "route"), what
        assert (
            "closed" not in row.open
            or row.unfinished
            or what
            in (
                "reopen",
                "open_case",
                "explain",
                "answer_order",
                "set_cad_number",
                "confirm_stand_down",
            )
        ), what

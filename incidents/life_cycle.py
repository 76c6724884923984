"""The life of an incident as one table: for each command the states it may come in, what it makes of each, and why not elsewhere.

The desk decides by it, the fold takes from it where an event leads, and a page is told by it what is open (`incidents.actions`).
Who may give a command at all is the roles' to say.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from incidents import commands as cmd
from incidents.commands import RefusalCode
from incidents.incident import OPEN, RANK, STATES, Incident, State

# Why a command may not come now, as a page says it.
Why = Literal[
    "unowned",
    "owned",
    "closed",
    "done",
    "not_routed",
    "yours",
    "helping",
    "nothing_to_confirm",
    "no_offer",
    "not_offered",
    "supervisor",
    "line_ended",
]


class Row(msgspec.Struct, frozen=True):
    """A command's row. `otherwise` says why not in the states of an owned alarm that are not `open`.

    `to` holds for every state, open or not: what an older log holds is folded as it was. A state that it does not name stays.
    """

    open: frozenset[State]
    to: Mapping[State, State] = {}
    otherwise: Why = "done"
    unfinished: bool = False  # closed, it may come only while something of it is left (`Incident.unfinished`)


class Bar(msgspec.Struct, frozen=True):
    """Why a command is not open: the desk refuses it with `code`, or, where there is none, has nothing to do."""

    why: Why
    code: RefusalCode | None = None


_OWNED = OPEN - {"raised"}
_UNDER_WAY = _OWNED - {"safe"}
_BEFORE_SCENE = _UNDER_WAY - {"on_scene"}


def _all(state: State, of: frozenset[State] = frozenset(STATES)) -> dict[State, State]:
    return dict.fromkeys(of, state)


def _step(step: State) -> Row:
    """A step said to a button: one that was passed already is so. With a time of its own it is entered as `progress`."""
    before = frozenset(state for state in _UNDER_WAY if RANK[state] < RANK[step])
    return Row(before, _all(step, before))


STEPS = ("accepted", "en_route", "on_scene", "safe", "declined")  # the rows of what `progress` says
LIFE: dict[str, Row] = {
    "acknowledge": Row(OPEN, {"raised": "acknowledged"}),
    "release": Row(_BEFORE_SCENE, _all("raised")),
    "route": Row(_BEFORE_SCENE | {"safe"}, _all("routed")),  # safe may have been said too early
    "cancel_order": Row(_BEFORE_SCENE, _all("acknowledged", _BEFORE_SCENE | {"raised"}), "not_routed"),
    "accepted": _step("accepted"),
    "en_route": _step("en_route"),
    "on_scene": _step("on_scene"),
    "safe": _step("safe"),
    "declined": Row(_UNDER_WAY, _all("acknowledged", _BEFORE_SCENE - {"acknowledged"}), "not_routed"),
    "progress": Row(_UNDER_WAY),  # any step, at any time; where each leads its own row says
    "answer_order": Row(
        frozenset(STATES)
    ),  # whether an order can be answered it says itself: its zone may know no more
    "confirm_stand_down": Row(_OWNED | {"closed"}),  # a patrol is called back after the closing, too
    "hand_over": Row(_UNDER_WAY | {"closed"}, unfinished=True),
    "accept_hand_over": Row(frozenset(STATES), {"raised": "acknowledged"}, unfinished=True),
    "decline_hand_over": Row(frozenset(STATES), unfinished=True),
    "withdraw_hand_over": Row(frozenset(STATES), unfinished=True),
    "take_over": Row(OPEN, {"raised": "acknowledged"}),
    "assign": Row(OPEN - {"safe"}),
    "listen": Row(_OWNED),
    "note": Row(_OWNED),
    "classify": Row(_OWNED),
    "correct_time": Row(_OWNED),
    "set_cad_number": Row(_OWNED | {"closed"}),  # a CAD may number it late
    "extend_tracking": Row(OPEN),
    "close": Row(OPEN, _all("closed")),  # it may have to be said twice: see `decide`
    "reopen": Row(frozenset({"closed"}), _all("acknowledged")),
    "open_case": Row(frozenset(STATES)),
    "still_on_it": Row(_OWNED),
    "help": Row(_OWNED),
    "confirm_escalation": Row(OPEN),
    "explain": Row(frozenset(STATES)),
}


def name_of(command: cmd.OnIncident) -> str:
    """The row of a command. A zone's or a unit's answer by radio is one, a step another."""
    if isinstance(command, cmd.Progress) and command.step == "declined":
        return "declined"
    return str(command.__struct_config__.tag)


def leads(what: str, state: State) -> State:
    """The state after the event of a command, or of a step that was reported."""
    return LIFE[what].to.get(state, state)


def bars(what: str, incident: Incident, actor: str) -> list[Bar]:
    """What keeps a command from this person now: how far the incident is, then whose it is. Where neither does it is open."""
    row = LIFE[what]
    if incident.state not in row.open and incident.state == "raised":
        return [Bar("unowned", "unowned")]
    if not incident.open and (incident.state not in row.open or (row.unfinished and not incident.unfinished)):
        return [Bar("closed", "wrong_state")]
    found = [] if incident.state in row.open else [Bar(row.otherwise, "wrong_state")]
    checked = (check(incident, actor) for check in _CHECKS.get(what, ()))
    return found + [bar for bar in checked if bar is not None][:1]


def _own(incident: Incident, actor: str) -> Bar | None:
    return None if incident.owner == actor else Bar("owned", "not_owner")


def _free(incident: Incident, actor: str) -> Bar | None:
    """Nobody has it, or its owner is gone, or it asks its owner for an answer. Claiming twice is no error: it is done."""
    if incident.unowned:
        return None
    if incident.owner != actor:
        return Bar("owned", "taken")
    return None if incident.realarm else Bar("done")


def _not_mine(incident: Incident, actor: str) -> Bar | None:
    return _free(incident, actor) if incident.owner == actor else None


def _ordered(incident: Incident, actor: str) -> Bar | None:
    alive = incident.order is not None and incident.order.alive
    return None if alive else Bar("not_routed", "wrong_state")


def _sent(incident: Incident, actor: str) -> Bar | None:
    """Before anybody was sent nothing is on its way; at the scene a patrol may be that nobody ordered."""
    return _ordered(incident, actor) if incident.state == "acknowledged" else None


def _offered(incident: Incident, actor: str) -> Bar | None:
    return None if incident.offered_to == actor else Bar("no_offer", "not_offered")


def _acceptable(incident: Incident, actor: str) -> Bar | None:
    if incident.owner == actor and incident.offered_to is None:
        return Bar("no_offer")  # it was accepted before
    return _offered(incident, actor)


def _withdrawable(incident: Incident, actor: str) -> Bar | None:
    if actor not in (incident.owner, incident.offered_by):
        return Bar("owned", "not_owner")
    return Bar("not_offered") if incident.offered_to is None else None


def _at_work(incident: Incident, actor: str) -> Bar | None:
    # Nobody else can say it for an owner who may have forgotten: that would keep the alarm from everybody.
    return None if actor == incident.owner or actor in incident.helpers else Bar("owned", "not_owner")


def _helpful(incident: Incident, actor: str) -> Bar | None:
    if actor == incident.owner:
        return Bar("yours")
    return Bar("helping") if actor in incident.helpers else None


def _line(incident: Incident, actor: str) -> Bar | None:
    ended = incident.call is not None and incident.call.state == "ended"
    return Bar("line_ended", "line_ended") if ended else None


def _called_back(incident: Incident, actor: str) -> Bar | None:
    return None if incident.standing_down else Bar("nothing_to_confirm", "nothing_to_confirm")


def _to_confirm(incident: Incident, actor: str) -> Bar | None:
    if incident.ladder not in ("confirm", "outside"):
        return Bar("nothing_to_confirm", "nothing_to_confirm")
    return Bar("nothing_to_confirm") if incident.confirmed_at is not None else None


_CHECKS: dict[str, tuple[Callable[[Incident, str], Bar | None], ...]] = {
    "acknowledge": (_free,),
    "release": (_own,),
    "route": (_at_work,),
    "cancel_order": (_at_work, _ordered),
    "accepted": (_sent,),
    "en_route": (_sent,),
    "on_scene": (_sent,),
    "safe": (_sent,),
    "declined": (_ordered,),
    "progress": (_sent,),
    "confirm_stand_down": (_called_back,),
    "hand_over": (_own,),
    "accept_hand_over": (_acceptable,),
    "decline_hand_over": (_offered,),
    "withdraw_hand_over": (_withdrawable,),
    "take_over": (_not_mine,),
    "listen": (_line,),
    "still_on_it": (_at_work,),
    "help": (_helpful,),
    "confirm_escalation": (_to_confirm,),
}

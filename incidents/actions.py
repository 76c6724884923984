"""What a person may do with an incident now, and why not else: what pages are told, by the table by which the desk decides."""

from collections.abc import Iterable, Mapping
from typing import Final

from incidents.commands import Why
from incidents.incident import Incident, State
from incidents.life_cycle import LIFE, STEPS, bars
from incidents.roles import MAY, User, may

# What a supervisor's page asks for every incident of the floor.
SUPERVISOR = (
    "confirm_escalation",
    "accept_hand_over",
    "take_over",
    "assign",
    "decline_hand_over",
    "withdraw_hand_over",
)


def _asked(what: str) -> str:
    """The command that a row of the table is asked by."""
    return "progress" if what in STEPS else what


# What a page asks for an incident that is chosen on it: all that anybody may who may be before it.
OPERATOR = tuple(what for what in LIFE if may(MAY["page operator"], _asked(what)))


def why_not(what: str, incident: Incident, user: User) -> Why | None:
    """Why a command of this incident may not come from this person now; None when it may.

    Whose it is comes before how far it is: that is what an operator can do something about.
    """
    if barred := bars(what, incident, user.actor):
        return barred[-1].why
    return None if may(user.roles, _asked(what)) else "supervisor"


def open_to(names: Iterable[str], incident: Incident, user: User) -> tuple[str, ...]:
    """Those of these commands that may come from this person now."""
    return tuple(name for name in names if why_not(name, incident, user) is None)


# What is likely beside what comes next, by the state, in the order in which it stands.
LIKELY: Final[Mapping[State, tuple[str, ...]]] = {
    "raised": (),
    "acknowledged": ("listen", "note"),
    "routed": ("accepted", "en_route", "note"),
    "accepted": ("en_route", "on_scene", "note"),
    "en_route": ("on_scene", "note"),
    "on_scene": ("safe", "note"),
    "safe": ("note", "classify"),
    "closed": ("reopen", "set_cad_number"),
}


def next_of(incident: Incident, user: User) -> str:
    """The command that comes next in the life of an incident, for this person; "" when nothing calls."""
    if incident.unfinished and incident.offered_to == user.actor and not incident.ownership.gone:
        return "accept_hand_over"
    mine = incident.owner == user.actor
    at_work = mine or user.actor in incident.ownership.helpers
    if incident.unowned:
        return "acknowledge"
    if incident.realarm == "zone" and incident.next_zone and at_work:
        return "route"
    if incident.realarm and mine:
        return "acknowledge"
    if incident.state == "acknowledged" and at_work and (incident.order is None or not incident.order.alive):
        return "route"
    return "close" if incident.state == "safe" else ""

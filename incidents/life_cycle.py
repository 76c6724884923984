"""The life of an incident as one table: for each command the states it may come in, what it makes of each, and why not elsewhere.

Each command says its own row. The desk decides by the table, the fold takes from it where an event leads, and a page is told by
it what is open (`incidents.actions`). Who may give a command at all is the roles' to say.
"""

from collections.abc import Callable, Mapping

import msgspec

from incidents.commands import BEFORE_SCENE, COMMANDS, UNDER_WAY, Bar, OnIncident, Why, leads_to, whose
from incidents.incident import RANK, Incident, State


class Row(msgspec.Struct, frozen=True):
    """A row, as `OnIncident` says what each means."""

    open: frozenset[State]
    whose: Callable[[Incident, str], Bar | None]
    to: Mapping[State, State] = {}
    otherwise: Why = "done"
    unfinished: bool = False


def _step(step: State) -> Row:
    """A step said to a button: one that was passed already is so. With a time of its own it is entered as `progress`."""
    before = frozenset(state for state in UNDER_WAY if RANK[state] < RANK[step])
    return Row(before, whose.sent, leads_to(step, before))


# The rows of what `progress` says.
STEPS: dict[str, Row] = {
    "accepted": _step("accepted"),
    "en_route": _step("en_route"),
    "on_scene": _step("on_scene"),
    "safe": _step("safe"),
    "declined": Row(UNDER_WAY, whose.ordered, leads_to("acknowledged", BEFORE_SCENE - {"acknowledged"}), "not_routed"),
}
LIFE: dict[str, Row] = STEPS | {
    name: Row(kind.IN, kind.WHOSE, kind.TO, kind.OTHERWISE, kind.UNFINISHED)
    for name, kind in COMMANDS.items()
    if issubclass(kind, OnIncident)
}


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
    far = [] if incident.state in row.open else [Bar(row.otherwise, "wrong_state")]
    bar = row.whose(incident, actor)
    return far if bar is None else [*far, bar]

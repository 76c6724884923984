"""What the desk decides on a command: given the incident as it is, the event it makes, or a refusal that says why."""

import re

from incidents import commands as cmd
from incidents.commands import Circumstances, Decision, Refused
from incidents.incident import Incident
from incidents.life_cycle import bars

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")  # no slash, no colon: never the id of a feed's message, or of the watch


def check_id(id: str) -> None:
    """Refuse an id of a command that no page of ours makes. Raises Refused("invalid")."""
    if not _ID.fullmatch(id):
        raise Refused("invalid")


def check_command(command: cmd.Command) -> None:
    """Refuse ids and texts that no page of ours makes. Raises Refused("invalid")."""
    check_id(command.id)
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if isinstance(value, str) and len(value) > cmd.MAX_WORDS:
            raise Refused("invalid")


def decide(incident: Incident, command: cmd.Command, about: Circumstances) -> Decision:
    """The event this command makes of the incident as it is; None when it is so already. Raises Refused."""
    if not isinstance(command, cmd.OnIncident):
        raise Refused("invalid")
    for bar in bars(command.row, incident, about.actor):
        if bar.code is None:
            return None
        raise Refused(bar.code, who=incident.owner, since=incident.ownership.since)
    return command.decide(incident, about)


def calls_off(incident: Incident, command: cmd.Command, about: Circumstances) -> Decision:
    """The end of an order that its zone has not accepted, before the alarm is closed; None where there is none. Raises Refused
    where it may not be closed."""
    order = incident.order
    if order is None or not incident.unanswered:
        return None
    decide(incident, command, about)
    return about.order(incident, zone=order.zone, why="cancel")

"""What people answer to the watch: still on it, I help, the supervisor confirms. The event of each, or why not."""

from incidents import commands as cmd
from incidents import events as ev
from incidents.commands import Refused
from incidents.incident import Incident

AnyAnswer = cmd.StillOnIt | cmd.Help | cmd.ConfirmEscalation


def answered(incident: Incident, command: AnyAnswer, actor: str) -> ev.Event | None:
    """The event of an answer; None when it is so already. Raises Refused."""
    match command:
        case cmd.StillOnIt():
            # Nobody can say it for an owner who may have forgotten: that would keep the alarm from everybody.
            if actor != incident.owner and actor not in incident.helpers:
                raise Refused("not_owner", who=incident.owner, since=incident.owned_since)
            return ev.StillOnIt(how=command.how)
        case cmd.Help():
            if actor == incident.owner or actor in incident.helpers:
                return None
            return ev.Helping()
        case cmd.ConfirmEscalation():
            if incident.ladder not in ("confirm", "outside"):
                raise Refused("nothing_to_confirm")
            return None if incident.confirmed_at is not None else ev.EscalationConfirmed()

"""Handing an alarm over: what the desk decides, and which alarms go with a whole desk.

The owner stays owner until the receiver accepts: at every moment somebody has the alarm, and never two.
"""

from collections.abc import Iterable

from incidents import commands as cmd
from incidents import events as ev
from incidents.commands import Refused
from incidents.incident import TRANSITIONS, Incident


def offer(incident: Incident, *, actor: str, to: str | None, note: str, whole: bool = False) -> ev.Event | None:
    """The offer of an alarm to a person on shift; None when it stands already. `to` None: nobody of that id is on shift."""
    if incident.owner != actor:
        raise Refused("not_owner", who=incident.owner, since=incident.owned_since)
    if to is None:
        raise Refused("not_present")
    if to == actor:
        raise Refused("to_oneself")
    if (incident.offered_to, incident.offered_note) == (to, note):
        return None
    return ev.HandOverOffered(to=to, note=note, whole=whole)


def answer(
    incident: Incident, command: cmd.AcceptHandOver | cmd.DeclineHandOver | cmd.WithdrawHandOver, actor: str
) -> ev.Event | None:
    """What becomes of an offer; None when it is so already. Raises Refused."""
    match command:
        case cmd.AcceptHandOver():
            if incident.owner == actor and incident.offered_to is None:
                return None
            _check_offered(incident, incident.offered_to == actor)
            return ev.HandOverAccepted()
        case cmd.DeclineHandOver():
            _check_offered(incident, incident.offered_to == actor)
            if not command.reason.strip():
                raise Refused("reason_missing")
            return ev.HandOverDeclined(reason=command.reason.strip())
        case cmd.WithdrawHandOver():
            if incident.owner != actor:
                raise Refused("not_owner", who=incident.owner, since=incident.owned_since)
            return ev.HandOverWithdrawn() if incident.offered_to is not None else None


def _check_offered(incident: Incident, to_me: bool) -> None:
    if not to_me:
        raise Refused("not_offered", who=incident.owner, since=incident.owned_since)


def whole_desk(incidents: Iterable[Incident], actor: str) -> list[Incident]:
    """What goes with a desk: all its owner has that may be handed over, oldest first. Raises Refused when that is none."""
    states = TRANSITIONS["hand_over"]
    owned = [incident for incident in incidents if incident.owner == actor and incident.state in states]
    if not owned:
        raise Refused("nothing_owned")
    return sorted(owned, key=lambda incident: (incident.received_at, incident.id))

"""Handing an alarm over, and a supervisor's hand: what the desk decides, and which alarms go with a whole desk.

The owner stays owner until the receiver accepts: at every moment somebody has the alarm, and never two. A supervisor may
take one at once; to give it to somebody else they offer it, for nobody may have an alarm who perhaps does not look.
"""

from collections.abc import Iterable

from incidents import commands as cmd
from incidents import events as ev
from incidents.clock import milliseconds
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
    if (incident.offered_to, incident.offered_note, incident.offered_by) == (to, note, None):
        return None
    return ev.HandOverOffered(to=to, note=note, whole=whole)


def assign(incident: Incident, *, actor: str, to: str | None, note: str) -> ev.Event | None:
    """A supervisor's offer of an alarm to a person on shift; None when it stands already. Raises Refused."""
    if incident.owner == actor:
        return offer(incident, actor=actor, to=to, note=note)
    if to is None:
        raise Refused("not_present")
    if to == actor:
        raise Refused("to_oneself")
    if to == incident.owner:
        raise Refused("taken", who=incident.owner, since=incident.owned_since)
    if (incident.offered_to, incident.offered_note, incident.offered_by) == (to, note, actor):
        return None
    return ev.Assigned(to=to, note=note)


def take_over(incident: Incident, *, actor: str, since: int, reason: str) -> ev.Event | None:
    """A supervisor takes an alarm now. One that nobody has is acknowledged; None when it is theirs already.

    `since`: when the owner of whom it is taken came to have it, ms since 1970; another owner by now has it. Raises Refused.
    """
    if incident.state == "raised":
        return ev.Acknowledged()
    if incident.owner == actor:
        return ev.Acknowledged() if incident.realarm or incident.offered else None
    if since and incident.owned_since is not None and since != milliseconds(incident.owned_since):
        raise Refused("taken", who=incident.owner, since=incident.owned_since)
    return ev.TakenOver(reason=reason)


def answer(
    incident: Incident, command: cmd.AcceptHandOver | cmd.DeclineHandOver | cmd.WithdrawHandOver, actor: str
) -> ev.Event | None:
    """What becomes of an offer; None when it is so already. Raises Refused."""
    match command:
        case cmd.AcceptHandOver():
            if incident.owner == actor and incident.offered_to is None:
                return None
            _check_offered(incident, incident.offered_to == actor)
            # Nobody had it: who accepts is the first to acknowledge it.
            return ev.Acknowledged() if incident.state == "raised" else ev.HandOverAccepted()
        case cmd.DeclineHandOver():
            _check_offered(incident, incident.offered_to == actor)
            if not command.reason.strip():
                raise Refused("reason_missing")
            return ev.HandOverDeclined(reason=command.reason.strip())
        case cmd.WithdrawHandOver():
            if actor not in (incident.owner, incident.offered_by):
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

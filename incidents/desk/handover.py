"""Handing an alarm over, and a supervisor's hand: what the desk decides, and which alarms go with a whole desk.

The owner stays owner until the receiver accepts: at every moment somebody has the alarm, and never two. A supervisor may
take one at once; to give it to somebody else they offer it, for nobody may have an alarm who perhaps does not look.
"""

from collections.abc import Iterable

from incidents import commands as cmd
from incidents import events as ev
from incidents.clock import milliseconds
from incidents.commands import Refused
from incidents.incident import Incident
from incidents.life_cycle import bars
from incidents.reasons import is_reason


def offer(incident: Incident, *, actor: str, to: str | None, note: str, whole: bool = False) -> ev.Event | None:
    """The offer of an alarm to a person on shift; None when it stands already. `to` None: nobody of that id is on shift."""
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
    """A supervisor takes an alarm now. One that nobody has is acknowledged, and so is their own that alarmed again.

    `since`: when the owner of whom it is taken came to have it, ms since 1970; another owner by now has it. Raises Refused.
    """
    if incident.state == "raised" or incident.owner == actor:
        return ev.Acknowledged()
    if since and incident.owned_since is not None and since != milliseconds(incident.owned_since):
        raise Refused("taken", who=incident.owner, since=incident.owned_since)
    return ev.TakenOver(reason=reason)


def answer(incident: Incident, command: cmd.AcceptHandOver | cmd.DeclineHandOver | cmd.WithdrawHandOver) -> ev.Event:
    """What becomes of an offer. Raises Refused."""
    match command:
        case cmd.AcceptHandOver():
            # Nobody had it: who accepts is the first to acknowledge it.
            return ev.Acknowledged() if incident.state == "raised" else ev.HandOverAccepted()
        case cmd.DeclineHandOver():
            if not is_reason(command.reason):
                raise Refused("reason_missing")
            return ev.HandOverDeclined(reason=command.reason.strip())
        case cmd.WithdrawHandOver():
            return ev.HandOverWithdrawn()


def whole_desk(incidents: Iterable[Incident], actor: str) -> list[Incident]:
    """What goes with a desk: all its owner has that may be handed over, oldest first. Raises Refused when that is none."""
    owned = [incident for incident in incidents if not bars("hand_over", incident, actor)]
    if not owned:
        raise Refused("nothing_owned")
    return sorted(owned, key=lambda incident: (incident.received_at, incident.id))

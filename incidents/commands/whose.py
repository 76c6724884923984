"""Whose an incident must be for a command: each tells what bars a person from it, by their pseudonym; None where nothing does."""

from typing import Literal

from incidents.commands.kinds import Bar
from incidents.incident import Incident


def anyone(incident: Incident, actor: str) -> Bar | None:
    """Whoever may give the command at all."""
    return None


def owner(incident: Incident, actor: str) -> Bar | None:
    """Its owner alone."""
    return None if incident.owner == actor else Bar("owned", "not_owner")


def free(incident: Incident, actor: str) -> Bar | None:
    """Nobody has it, or its owner is gone, or it asks its owner for an answer. Claiming twice is no error: it is done."""
    if incident.unowned:
        return None
    if incident.owner != actor:
        return Bar("owned", "taken")
    return None if incident.realarm else Bar("done")


def not_mine(incident: Incident, actor: str) -> Bar | None:
    """Anybody but its owner, who may answer what it asks."""
    return free(incident, actor) if incident.owner == actor else None


def ordered(incident: Incident, actor: str) -> Bar | None:
    """Somebody was sent, whoever asks."""
    return None if incident.sent is not None else Bar("not_routed", "wrong_state")


def sent(incident: Incident, actor: str) -> Bar | None:
    """Before anybody was sent nothing is on its way; at the scene a patrol may be that nobody ordered."""
    return ordered(incident, actor) if incident.state == "acknowledged" else None


def offered(incident: Incident, actor: str) -> Bar | None:
    """Who it is offered to."""
    return None if incident.offered_to == actor else Bar("no_offer", "not_offered")


def acceptable(incident: Incident, actor: str) -> Bar | None:
    """Who it is offered to; accepting twice is no error."""
    if incident.owner == actor and incident.offered_to is None:
        return Bar("no_offer")  # it was accepted before
    return offered(incident, actor)


def withdrawable(incident: Incident, actor: str) -> Bar | None:
    """Its owner, or who offered it."""
    offer = incident.ownership.offer
    if actor not in (incident.owner, offer.by if offer is not None else None):
        return Bar("owned", "not_owner")
    return Bar("not_offered") if offer is None else None


def at_work(incident: Incident, actor: str) -> Bar | None:
    """Its owner or the second seat. Nobody else can say that they still are: it would keep the alarm from everybody."""
    return None if actor == incident.owner or actor in incident.ownership.helpers else Bar("owned", "not_owner")


def at_work_on_order(incident: Incident, actor: str) -> Bar | None:
    """Its owner or the second seat, once somebody was sent."""
    return at_work(incident, actor) or ordered(incident, actor)


def helpful(incident: Incident, actor: str) -> Bar | None:
    """Who is not at work on it yet."""
    if actor == incident.owner:
        return Bar("yours")
    return Bar("helping") if actor in incident.ownership.helpers else None


def on_line(incident: Incident, actor: str) -> Bar | None:
    """Whoever may listen: the line has not ended."""
    ended = incident.line.call is not None and incident.line.call.state == "ended"
    return Bar("line_ended", "line_ended") if ended else None


def called_back(incident: Incident, actor: str) -> Bar | None:
    """A zone was told to stand down and has not confirmed."""
    return None if incident.standing_down else Bar("nothing_to_confirm", "nothing_to_confirm")


def to_confirm(incident: Incident, actor: str) -> Bar | None:
    """The watch calls the supervisor, and none has confirmed."""
    if incident.escalation.rung not in ("confirm", "outside"):
        return Bar("nothing_to_confirm", "nothing_to_confirm")
    return Bar("nothing_to_confirm") if incident.escalation.confirmed_at is not None else None


def second_seat(incident: Incident, actor: str) -> bool:
    """Whether a person sits at the owner's side: they said that they help, or that they listen on the line of another's alarm.

    It lasts as long as the alarm is its owner's.
    """
    return incident.open and actor in incident.ownership.helpers


def holds(incident: Incident, actor: str) -> bool:
    """Whether an open alarm is a person's, or its second seat is. They alone are shown the safe word and the duress word."""
    return incident.open and bool(actor) and (incident.owner == actor or second_seat(incident, actor))


def held_as(incident: Incident, actor: str) -> Literal["", "mine", "second_seat", "helper"]:
    """What an open alarm is to who holds it (`holds`); "" to everybody else."""
    if not holds(incident, actor):
        return ""
    if incident.owner == actor:
        return "mine"
    return "second_seat" if incident.line.listener == actor else "helper"

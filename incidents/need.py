"""Who need not say why they look: what an open alarm is to them now.

`need` decides; every reader asks it, as it asks `incidents.exclusion` who may not know. Whoever has no need is shown it all the
same, at once, and is asked why (docs/access.md): nothing here delays or hides an alarm.
"""

from collections.abc import Callable, Collection, Mapping

import msgspec

from incidents import events as ev
from incidents.centres import Belongs, everyones
from incidents.commands.whose import held_as
from incidents.incident import Incident
from incidents.roles import User, may
from incidents.technical import DeviceAlarm


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody sits: the centres they cover, and those nobody listens for, each with the neighbours that do."""

    covers: Collection[str] = frozenset()
    unheard: Mapping[str, Collection[str]] = {}

    def takes(self, centre: str, supervisor: bool) -> bool:
        """Whether the alarms of a centre that nobody listens for come here: to its neighbours, to all where none listens, and to
        every supervisor."""
        neighbours = self.unheard.get(centre)
        if neighbours is None:
            return False
        return supervisor or not neighbours or not frozenset(self.covers).isdisjoint(neighbours)


def need(incident: Incident, user: User, whose: Callable[[], Belongs], seat: Seat) -> ev.Need:
    """What an alarm is to a person, so that nothing is asked; "" asks why.

    `whose` tells the centre it belongs to, and is asked only where that decides. A closed alarm is nobody's need, nor is any that
    of who may take none.
    """
    if not incident.open or not may(user.roles, "acknowledge"):
        return ""
    if held := held_as(incident, user.actor):
        return held
    if incident.ownership.gone or (user.actor and incident.offered_to == user.actor):
        return "offered"
    if _called(incident, user):
        return "escalation"
    if incident.state != "raised":
        return ""
    belongs = whose()
    if not belongs.own or belongs.own in seat.covers or everyones(incident, belongs):
        return "unowned"
    return "neighbour" if seat.takes(belongs.own, may(user.roles, "confirm_escalation")) else ""


def need_of_device(alarm: DeviceAlarm, user: User) -> ev.Need:
    """The same of a technical alarm: it stands in every queue until somebody took note of it."""
    if not may(user.roles, "acknowledge_device"):
        return ""
    if alarm.acknowledged_by is None:
        return "unowned"
    return "mine" if alarm.acknowledged_by == user.actor else ""


def _called(incident: Incident, user: User) -> bool:
    """Whether the watch called this person to it, or they answered that it did: supervisors to what they confirm, at its last
    steps everybody."""
    if user.actor and incident.escalation.confirmed_by == user.actor:
        return True
    return incident.for_everyone or (incident.for_supervisor and may(user.roles, "confirm_escalation"))

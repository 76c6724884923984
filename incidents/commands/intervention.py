"""Sending a zone and what it says: the order, its progress, its end, and a patrol that is called back."""

from datetime import datetime
from typing import Literal

from incidents import events as ev
from incidents.commands import whose
from incidents.commands.kinds import BEFORE_SCENE, EVER, OWNED, UNDER_WAY, Circumstances, Decision, OnIncident, leads_to
from incidents.incident import RANK, Incident
from incidents.refusals import Refused
from incidents.users import FLOOR, only


class Route(OnIncident, frozen=True, kw_only=True, tag="route"):
    """Choose the responsible zone and send the order; on a routed alarm: send it to another zone.

    A zone in which she cannot be, and one instead of a unit that is under way, are refused once: `anyway`. `asked_unit` is
    a wish, for a unit of that zone: the zone decides who goes. `painted`: the zone stood preselected and nobody chose it, so
    it goes only to what is proposed now.
    """

    MAY, IN, WHOSE = FLOOR, BEFORE_SCENE | {"safe"}, whose.at_work  # safe may have been said too early
    TO = leads_to("routed")
    zone: str
    painted: bool = False
    asked_unit: str = ""
    anyway: bool = False

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        if not about.known_zone(self.zone):
            raise Refused("zone_unknown")
        if about.excluded_zone(self.zone):
            raise Refused("zone_excluded")
        unit = self.asked_unit.strip()
        order = incident.sent
        same = order is not None and order.zone == self.zone
        if same and not incident.asks_anew:
            return None
        if unit and not about.has_unit(unit, self.zone):
            raise Refused("unit_unknown")
        if self.painted and self.zone != about.proposed():
            raise Refused("zone_not_proposed")
        if not self.anyway and about.far(self.zone):
            raise Refused("zone_far", anyway=True)
        if order is None or same:
            return about.order(incident, zone=self.zone, why="new", asked_unit=unit)
        if not self.anyway:
            _check_under_way(incident)
        return about.order(incident, zone=self.zone, why="reroute", asked_unit=unit)


class CancelOrder(OnIncident, frozen=True, kw_only=True, tag="cancel_order"):
    """Call the intervention off; the alarm stays with its owner. With a unit under way it is refused once: `anyway`."""

    MAY, IN, WHOSE = FLOOR, BEFORE_SCENE, whose.at_work_on_order
    TO = leads_to("acknowledged", BEFORE_SCENE | {"raised"})
    OTHERWISE = "not_routed"
    reason: str = ""
    anyway: bool = False

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        if not self.anyway:
            _check_under_way(incident)
        return about.order(incident, zone=incident.order.zone if incident.order else "", why="cancel")


class Progress(OnIncident, frozen=True, kw_only=True, tag="progress"):
    """What was said on the radio: a step, or declined; when it happened if not now. Safe while an order stands: said twice."""

    MAY, IN, WHOSE = FLOOR, UNDER_WAY, whose.sent  # any step, at any time; where each leads its own row says
    step: ev.Step | Literal["declined"]
    unit: str = ""
    reason: str = ""
    happened_at: datetime | None = None
    anyway: bool = False

    @property
    def row(self) -> str:
        # A zone's or a unit's answer by radio is one row, a step another.
        return "declined" if self.step == "declined" else "progress"

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        if not self.anyway and self.step == "safe":
            _check_order_over(incident)
        order = incident.order.id if incident.order else ""
        if self.step == "declined":
            return ev.Declined(order=order, source="radio", reason=self.reason)
        return ev.Progressed(step=self.step, source="radio", order=order, unit=self.unit or None)


class AnswerOrder(OnIncident, frozen=True, kw_only=True, tag="answer_order"):
    """A zone's desk answers an order that was sent to it: accepted, under way, there, finished, declined, or standing down."""

    # Whether an order can be answered it says itself: its zone may know no more.
    MAY, IN, WHOSE = only("zone"), EVER, whose.anyone
    order: str
    answer: Literal["accepted", "en_route", "on_scene", "done", "declined", "stood_down"]
    unit: str = ""
    reason: str = ""

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        """None when it was said before. An order of another zone is as unknown as one that does not exist: a zone may not find
        out what others are sent."""
        if self.answer == "stood_down":
            return _stands_down(incident, about.zone, order=self.order, unit=self.unit, source="zone")
        order = incident.order
        if not about.zone or order is None or order.id != self.order or order.zone != about.zone:
            raise Refused("unknown_incident")
        if not order.alive or (not incident.open and self.answer != "done"):
            raise Refused("wrong_state")
        if self.answer == "declined":
            reason = about.reason(self.reason)
            if order.step in ("on_scene", "safe"):
                raise Refused("wrong_state")
            return ev.Declined(order=order.id, source="zone", reason=reason)
        unit = self.unit.strip() or None
        if self.answer == "done":
            return None if order.done else ev.OrderDone(order=order.id, unit=unit)
        if order.step is not None and RANK[self.answer] <= RANK[order.step]:
            return None
        return ev.Progressed(step=self.answer, source="zone", order=order.id, unit=unit)


class ConfirmStandDown(OnIncident, frozen=True, kw_only=True, tag="confirm_stand_down"):
    """By radio: a zone says that its unit was told to stand down."""

    MAY, IN, WHOSE = FLOOR, OWNED | {"closed"}, whose.called_back  # a patrol is called back after the closing, too
    zone: str
    unit: str = ""

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return _stands_down(incident, self.zone, unit=self.unit, source="radio")


def _check_order_over(incident: Incident) -> None:
    """Refuse once what ends the work of a zone whose order stands: a safe said, or another zone asked after it."""
    if incident.sent is not None:
        raise Refused("order_stands", anyway=True)


def _check_under_way(incident: Incident) -> None:
    """Refuse once what turns a unit back that drives or is there; a zone that only accepted is told, and nobody turns.

    Once she was said to be safe nothing tells how far the unit was.
    """
    if incident.state == "safe":
        _check_order_over(incident)
    driving = incident.order is not None and incident.order.step in ("en_route", "on_scene")
    if incident.under_way and driving:
        raise Refused("unit_under_way", anyway=True)


def _stands_down(
    incident: Incident, zone: str, *, order: str = "", unit: str, source: Literal["zone", "radio"]
) -> Decision:
    """The event of a zone's word that it stands down, of its latest order or this one; None when it says so again.

    Raises Refused where that zone was not told to, or a person says by radio what is confirmed already.
    """
    told = [one for one in incident.other_zones.stand_downs if zone and one.zone == zone and order in ("", one.order)]
    if not told or (source == "radio" and told[-1].confirmed_at is not None):
        raise Refused("unknown_incident" if source == "zone" else "nothing_to_confirm")
    if told[-1].confirmed_at is not None:
        return None
    return ev.StoodDown(order=told[-1].order, zone=zone, source=source, unit=unit.strip() or told[-1].unit or None)

"""What the desk decides on a command: given the incident as it is, the event it makes, or a refusal that says why.

Pure: no clock, no log. A command decides by its precondition (unowned; owned by me), never by the version a page saw.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from incidents import commands as cmd
from incidents import events as ev
from incidents.attention import answered
from incidents.case import Case
from incidents.commands import Refused
from incidents.desk.handover import answer, assign, offer, take_over
from incidents.desk.zone_desk import answer_order, stands_down
from incidents.incident import Incident
from incidents.intervals import BY_NAME
from incidents.life_cycle import LIFE, bars, name_of
from incidents.need import held_as
from incidents.orders import ordered
from incidents.ports import english
from incidents.reasons import is_reason
from incidents.recorder import Decision

CLOCKS_AGREE = timedelta(seconds=60)  # a person's "when it happened" may be this much ahead of our clock
MAX_TRACKING_MIN = 24 * 60
OTHERS_NUMBER = re.compile(r"\w[\w ./:-]{0,39}")
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")  # no slash, no colon: never the id of a feed's message, or of the watch


class Circumstances:
    """What a decision may look at beside the incident: who asks, when, the case, the zones.

    `zone`: for which zone's desk they ask, `role`: in which roles, space-separated. `has_unit`: whether a unit is one of a
    zone's, as far as who asks may know. `proposed`: the zone that stands preselected now, "" for none.
    """

    def __init__(
        self,
        *,
        actor: str,
        now: datetime,
        case: Case | None,
        known_zone: Callable[[str], bool],
        has_address: Callable[[str], bool],
        excluded_zone: Callable[[str], bool] = lambda zone: False,
        far: Callable[[str], bool] = lambda zone: False,
        proposed: Callable[[], str] = str,
        has_unit: Callable[[str, str], bool] = lambda unit, zone: False,
        on_shift: Callable[[str], str | None],
        zone: str = "",
        role: str = "",
        place: Callable[[str], str] = lambda zone: "",
        speaks: Callable[[str], str] = english,
    ) -> None:
        self.actor = actor
        self.now = now
        self.case = case
        self.known_zone = known_zone
        self.has_address = has_address
        self.excluded_zone = excluded_zone
        self.far = far
        self.proposed = proposed
        self.has_unit = has_unit
        self.on_shift = on_shift
        self.zone = zone
        self.role = role
        self.speaks = speaks
        self.place = place


def check_id(id: str) -> None:
    """Refuse an id of a command that no page of ours makes. Raises Refused("invalid")."""
    if not _ID.fullmatch(id):
        raise Refused("invalid")


def check_command(command: cmd.AnyCommand) -> None:
    """Refuse ids and texts that no page of ours makes. Raises Refused("invalid")."""
    check_id(command.id)
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if isinstance(value, str) and len(value) > cmd.MAX_WORDS:
            raise Refused("invalid")


def decide(incident: Incident, command: cmd.AnyCommand, about: Circumstances) -> Decision:
    """The event this command makes of the incident as it is; None when it is so already. Raises Refused."""
    if not isinstance(command, cmd.OnIncident) or (what := name_of(command)) not in LIFE:
        raise Refused("invalid")
    for bar in bars(what, incident, about.actor):
        if bar.code is None:
            return None
        raise Refused(bar.code, who=incident.owner, since=incident.owned_since)
    match command:
        case cmd.Acknowledge():
            return ev.Acknowledged()
        case cmd.Release():
            return ev.Released(reason=command.reason)
        case cmd.Route():
            return _route(incident, command, about)
        case cmd.CancelOrder():
            _check_under_way(incident, command)
            return _order(incident, about, zone=incident.order.zone if incident.order else "", why="cancel")
        case cmd.Progress():
            return _progress(incident, command)
        case cmd.AnswerOrder():
            return answer_order(incident, command, about.zone)
        case cmd.ConfirmStandDown():
            return stands_down(incident, command.zone, unit=command.unit, source="radio")
        case cmd.HandOver():
            return offer(incident, actor=about.actor, to=about.on_shift(command.to), note=command.note.strip())
        case cmd.AcceptHandOver() | cmd.DeclineHandOver() | cmd.WithdrawHandOver():
            return answer(incident, command)
        case cmd.TakeOver():
            return take_over(incident, actor=about.actor, since=command.since, reason=command.reason.strip())
        case cmd.Assign():
            return assign(incident, actor=about.actor, to=about.on_shift(command.to), note=command.note.strip())
        case cmd.Listen():
            return ev.Listening()
        case cmd.Note():
            if not command.text.strip():
                raise Refused("text_missing")
            return ev.Noted(text=command.text.strip())
        case cmd.Classify():
            return ev.Classified(as_class=command.as_class)
        case cmd.CorrectTime():
            _check_reason(command.reason)
            if command.to > about.now + CLOCKS_AGREE:
                raise Refused("time_invalid")
            return ev.TimeCorrected(time=command.time, to=ev.stamp(command.to), reason=command.reason.strip())
        case cmd.SetCadNumber():
            number = command.number.strip()
            if not OTHERS_NUMBER.fullmatch(number):
                raise Refused("cad_number_invalid")
            return None if number == incident.cad else ev.CadNumbered(number=number)
        case cmd.ExtendTracking():
            _check_reason(command.reason)
            if not 0 < command.minutes <= MAX_TRACKING_MIN:
                raise Refused("time_invalid")
            return ev.TrackingExtended(minutes=command.minutes, reason=command.reason.strip())
        case cmd.Close():
            return _close(incident, command, about)
        case cmd.Reopen():
            _check_reason(command.reason)
            return ev.Reopened(reason=command.reason.strip())
        case cmd.Explain():
            _check_reason(command.reason)
            if command.interval and command.interval not in BY_NAME:
                raise Refused("invalid")
            return ev.Explained(interval=command.interval, reason=command.reason.strip())
        case cmd.StillOnIt() | cmd.Help() | cmd.ConfirmEscalation():
            return answered(command)
        case cmd.OpenCase():
            seen = any(isinstance(e.event, ev.CaseOpened) and e.actor == about.actor for e in incident.history)
            return None if seen else ev.CaseOpened(role=about.role, need=held_as(incident, about.actor))
    raise Refused("invalid")


def _check_reason(words: str) -> None:
    if not is_reason(words):
        raise Refused("reason_missing")


def _order(
    incident: Incident, about: Circumstances, *, zone: str, why: ev.UpdateReason, asked_unit: str = ""
) -> ev.Ordered:
    return ordered(
        incident,
        about.case,
        zone=zone,
        asked_unit=asked_unit,
        why=why,
        at=about.now,
        has_address=about.has_address(zone),
        place=about.place(zone),
        lang=about.speaks(zone),
    )


def _route(incident: Incident, command: cmd.Route, about: Circumstances) -> Decision:
    if not about.known_zone(command.zone):
        raise Refused("zone_unknown")
    if about.excluded_zone(command.zone):
        raise Refused("zone_excluded")
    unit = command.asked_unit.strip()
    order = incident.sent
    same = order is not None and order.zone == command.zone
    if same and not incident.asks_anew:
        return None
    if unit and not about.has_unit(unit, command.zone):
        raise Refused("unit_unknown")
    if command.painted and command.zone != about.proposed():
        raise Refused("zone_not_proposed")
    if not command.anyway and about.far(command.zone):
        raise Refused("zone_far", anyway=True)
    if order is None or same:
        return _order(incident, about, zone=command.zone, why="new", asked_unit=unit)
    _check_under_way(incident, command)
    return _order(incident, about, zone=command.zone, why="reroute", asked_unit=unit)


def _check_under_way(incident: Incident, command: cmd.Route | cmd.CancelOrder) -> None:
    """Refuse once what turns a unit back that drives or is there; a zone that only accepted is told, and nobody turns.

    Once she was said to be safe nothing tells how far the unit was.
    """
    _check_safe(incident, command)
    driving = incident.order is not None and incident.order.step in ("en_route", "on_scene")
    if incident.under_way and driving and not command.anyway:
        raise Refused("unit_under_way", anyway=True)


def _check_safe(incident: Incident, command: cmd.Route | cmd.CancelOrder | cmd.Progress) -> None:
    """Refuse once what ends the work of a zone whose order stands: a safe said, or another zone asked after it."""
    ends = incident.state == "safe" or (isinstance(command, cmd.Progress) and command.step == "safe")
    if ends and incident.order is not None and incident.order.alive and not command.anyway:
        raise Refused("order_stands", anyway=True)


def _progress(incident: Incident, command: cmd.Progress) -> Decision:
    _check_safe(incident, command)
    order = incident.order.id if incident.order else ""
    if command.step == "declined":
        return ev.Declined(order=order, source="radio", reason=command.reason)
    return ev.Progressed(step=command.step, source="radio", order=order, unit=command.unit or None)


def calls_off(incident: Incident, command: cmd.Close, about: Circumstances) -> Decision:
    """The end of an order that its zone has not accepted, before the alarm is closed; None where there is none. Raises Refused
    where it may not be closed."""
    order = incident.order
    if order is None or not incident.unanswered:
        return None
    decide(incident, command, about)
    return _order(incident, about, zone=order.zone, why="cancel")


def _close(incident: Incident, command: cmd.Close, about: Circumstances) -> Decision:
    _check_reason(command.reason)
    if command.as_class in ("test", "accidental") and command.verified == "none":
        raise Refused("verification_missing")
    if not command.anyway:
        if incident.unanswered:
            raise Refused("order_unanswered", anyway=True)
        if incident.state == "raised":
            raise Refused("not_acknowledged", anyway=True)
        if incident.under_way:
            raise Refused("unit_goes_on", anyway=True)
        if incident.owner != about.actor:
            raise Refused("not_owner", who=incident.owner, since=incident.owned_since, anyway=True)
    return closed(command, command.as_class, command.outcome, anyway=command.anyway)


def closed(command: cmd.Close | cmd.FromPaper, as_class: ev.Class, outcome: ev.Outcome, *, anyway: bool) -> ev.Closed:
    """The closing of an alarm, on the page or on paper: of a real one the recorder's reference of the call, or that it is asked
    to preserve it."""
    real = as_class == "real"
    recording = command.recording_reference.strip() if real else ""
    return ev.Closed(
        as_class=as_class,
        outcome=outcome,
        verified=command.verified,
        anyway=anyway,
        preservation_requested=real and not recording,
        reason=command.reason.strip(),
        recording_reference=recording,
    )

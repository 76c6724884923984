"""The fold of the watch: how far it escalated an alarm, what people answered, and since when nobody has answered."""

from typing import Literal

from msgspec.structs import replace

from incidents import events as ev
from incidents.fold.changes import Folds, again, given_back
from incidents.fold.track import beneath
from incidents.incident import HERS, Escalation, Incident, Passed
from incidents.log import PARTS

# What re-alarms its owner alone, then the supervisor: a passed limit, where she goes. All else nobody answered climbs the ladder.
LIMITS = HERS | {"undelivered", "not_accepted", "not_en_route", "not_on_scene", "no_fix", "call_ended"}


def waiting(before: Incident, after: Incident, entry: ev.Entry) -> Incident:
    """What follows from an entry for the watch: who acted, whether the line ended, since when nobody answered."""
    acted = entry.actor not in PARTS and not _aside(before, entry)
    if acted:
        answered_at = entry.at if before.realarm and not after.realarm else after.attention.answered_at
        after = replace(after, attention=replace(after.attention, acted_at=entry.at, answered_at=answered_at))
    elif _matter(before) == _matter(after):
        return after  # most entries: a log of years is folded at the start
    # A zone's people answer the order, not the alarm.
    by_zone = isinstance(entry.event, _REPORTED) and entry.event.source in ("zone", "unit")
    after = beneath(before, after, entry, acted and not by_zone)
    owner, ownership, line, attention = after.owner, after.ownership, after.line, after.attention
    if owner != before.owner:
        line = replace(line, listener=None)
        helpers = tuple(name for name in before.ownership.helpers if name != owner) if owner else ()
        ownership = replace(ownership, helpers=helpers)
    call, known = line.call, before.line.call
    if call is not None and call.state == "ended" and (known is None or known.state != "ended"):
        line = replace(line, ended_at=entry.at, listener=None)
        if before.listening:
            attention = replace(attention, acted_at=entry.at)  # whoever listened until now has not been idle
    back = owner != before.owner or after.state == "closed" or (acted and entry.actor == owner)
    if before.ownership.gone and back:
        ownership = replace(ownership, gone="")
    unowned = after.state == "raised" or bool(ownership.gone)
    waits = after.state != "closed" and (unowned or bool(after.realarm and after.realarm not in LIMITS))
    escalation = after.escalation
    if waits != (escalation.waits_since is not None):
        escalation = Escalation(waits_since=entry.at, waits_from=entry.version) if waits else Escalation()
    return replace(after, ownership=ownership, line=line, attention=attention, escalation=escalation)


def _matter(incident: Incident) -> tuple[object, ...]:
    """What the watch goes by."""
    return incident.state, incident.owner, incident.line.call, incident.ownership.gone, incident.realarm


def _aside(incident: Incident, entry: ev.Entry) -> bool:
    """Whether a person's entry is no act on the alarm: said afterwards of its times, an assignment that nobody accepted, what
    they were shown or took. Its owner's first look is one, as a page that comes back looks too: who opens it on purpose later
    is recorded as `still_on_it`."""
    event = entry.event
    if isinstance(event, _OFFER_OVER):
        return incident.ownership.offer is not None and incident.ownership.offer.by is not None
    if isinstance(event, ev.CaseOpened):
        mine = (incident.owner, *incident.ownership.helpers)
        return entry.actor in incident.readers.looks or entry.actor not in mine
    return isinstance(event, _ASIDE)


_ASIDE = (ev.Explained, ev.Assigned, ev.HoldSet, ev.HoldLifted, ev.ReasonGiven, ev.Disclosure)
_OFFER_OVER = (ev.HandOverDeclined, ev.HandOverWithdrawn)
_REPORTED = (ev.Declined, ev.Progressed, ev.StoodDown)


def _escalated(incident: Incident, entry: ev.Entry, event: ev.Escalated) -> Incident:
    escalation = replace(incident.escalation, rung=event.step, rung_at=entry.at)
    if event.step == "confirm":
        escalation = replace(escalation, confirmed_by=None, confirmed_at=None, outside="")
    return replace(incident, escalation=escalation)


def _outside(incident: Incident, entry: ev.Entry, event: ev.OutsideTold) -> Incident:
    before = incident.escalation
    if event.channel == "none":
        return replace(incident, escalation=replace(before, outside="none"))
    now: Literal["told", "failed"] = "told" if event.ok else "failed"
    outside = now if before.outside in ("", "none", now) else "partly"
    return replace(incident, escalation=replace(before, outside=outside))


def _released(incident: Incident, entry: ev.Entry, event: ev.WatchReleased) -> Incident:
    graver = incident.realarm and incident.realarm not in LIMITS
    return given_back(incident if graver else again(incident, entry, "forgotten"))


def _helping(incident: Incident, entry: ev.Entry, event: ev.Helping) -> Incident:
    helpers = incident.ownership.helpers
    if entry.actor in helpers:
        return incident
    return replace(incident, ownership=replace(incident.ownership, helpers=(*helpers, entry.actor)))


def _limit_passed(incident: Incident, entry: ev.Entry, event: ev.LimitPassed) -> Incident:
    after = _with(incident, Passed(event.limit, event.cause, entry.at, event.escalated))
    # What she did, or the zone refused, is the graver news: it is not written over.
    graver = event.escalated or (incident.realarm and incident.realarm not in LIMITS)
    return after if graver else again(after, entry, event.limit)


def _where_unanswered(incident: Incident, entry: ev.Entry, event: ev.WhereUnanswered) -> Incident:
    return _with(incident, Passed(event.about, event.cause, entry.at, True))


def _with(incident: Incident, passed: Passed) -> Incident:
    attention = incident.attention
    return replace(incident, attention=replace(attention, passed=(*attention.passed, passed)))


def _offered_to_all(incident: Incident, entry: ev.Entry, event: ev.OfferedToAll) -> Incident:
    return replace(incident, ownership=replace(incident.ownership, gone="" if event.why == "back" else event.why))


WATCH: Folds = {
    ev.Escalated: _escalated,
    ev.EscalationConfirmed: lambda one, entry, _: replace(
        one, escalation=replace(one.escalation, confirmed_by=entry.actor, confirmed_at=entry.at)
    ),
    ev.OutsideTold: _outside,
    ev.WatchReleased: _released,
    ev.StillOnIt: lambda one, _, __: replace(one, realarm="") if one.realarm in LIMITS else one,
    ev.CopiedToSupervisor: lambda one, entry, _: replace(one, attention=replace(one.attention, copied_at=entry.at)),
    ev.Helping: _helping,
    ev.LimitPassed: _limit_passed,
    ev.WhereUnanswered: _where_unanswered,
    ev.OfferedToAll: _offered_to_all,
}

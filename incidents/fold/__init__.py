"""The fold of one incident: `apply(incident, entry) -> incident`, one small function for each event.

The first report of a step sets its time, a state never runs backwards by a report, and only a person moves an alarm that
nobody owns or that is closed.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from incidents import events as ev
from incidents.devices.announced import marked
from incidents.escalation.bulk import holds
from incidents.fold.changes import Folds, again, called, given_back, is_abroad, longer, moved, owned, timed
from incidents.fold.clocks import counting
from incidents.fold.intervention import INTERVENTION
from incidents.fold.people import PEOPLE, offering
from incidents.fold.track import place_passed, zone_crossed
from incidents.fold.watch import WATCH, waiting
from incidents.incident import (
    Earlier,
    EnteredByHand,
    Escalation,
    Explanation,
    Incident,
    IncidentHistory,
    LastPosition,
    PressesOfDevice,
    Time,
    TimeName,
)
from incidents.life_cycle import leads
from incidents.messages import Call

UNREADABLE = 50  # fields named on a card; the log has them all


def apply(incident: Incident | None, entry: ev.Entry) -> Incident:
    """The incident after an entry of its stream. The first entry must be `raised`; an unknown type only counts.

    Raises ValueError when there is no incident and the entry does not raise one.
    """
    entry = counting(entry)
    event = entry.event
    if isinstance(event, ev.Raised):
        return _raised(entry, event)
    if incident is None:
        raise ValueError(f"{entry.stream} does not begin with raised")
    if entry.together and not holds(incident, entry):
        return incident
    after = incident
    if event is not None:
        fold = _FOLD.get(type(event), _nothing)
        after = fold(incident, entry, event)  # type: ignore[arg-type]  # the table pairs each event with its own fold
        if after.owner != incident.owner:
            after = offering(after, None)  # an offer stands only while the alarm is whose it was
        if not event.TRACK:
            after = waiting(incident, after, entry)
    history, noticed = after.history, event is not None and event.NOTICED
    # That a person was shown the case a history says once.
    again_shown = isinstance(event, ev.CaseOpened) and entry.actor in incident.readers.looks
    if event is not None and event.STORY and not event.TRACK and not again_shown:
        history = replace(history, entries=longer(history.entries, entry))
    if not entry.recorded:
        history = replace(history, unrecorded=history.unrecorded + 1)
    return replace(
        after,
        version=entry.version or incident.version,
        flags=after.flags | entry.flags if entry.flags and event is not None else after.flags,
        changed_at=entry.at if noticed else after.changed_at,
        changes=after.changes + noticed,
        history=history,
    )


def _raised(entry: ev.Entry, event: ev.Raised) -> Incident:
    source: ev.Source = "feed" if event.origin == "press" else "person"
    times: dict[TimeName, Time] = {
        "pressed": Time(at=entry.source_at, entered=entry.at, source=source),
        "received": Time(at=entry.at, entered=entry.at, source="console"),
    }
    if event.paper:  # a person received it, when it happened
        times["received"] = Time(at=entry.source_at, entered=entry.at, source="person")
    incident = Incident(
        id=entry.stream.removeprefix("incident/"),
        version=entry.version,
        state="raised",
        origin=event.origin,
        received_at=entry.at,
        changed_at=entry.at,
        drill=event.drill,
        device=event.device,
        case=event.case,
        case_version=event.case_version,
        zone=event.zone,
        flags=frozenset(event.flags.split()) | entry.flags,
        times=times,
        presses=PressesOfDevice(
            first_at=entry.source_at,
            last_at=entry.at,
            last=event.press,
            feed=event.feed,
            announced=marked(event),
            battery=event.battery,
            transport=event.transport,
            unreadable=event.unreadable,
        ),
        by_hand=EnteredByHand(paper=event.paper, reason=event.reason, place=event.place),
        position=LastPosition(cic=event.cic, abroad=is_abroad(event)),
        escalation=Escalation(waits_since=entry.at, waits_from=entry.version),
        history=IncidentHistory(entries=longer((), entry), unrecorded=0 if entry.recorded else 1),
    )
    return called(moved(incident, entry, event), entry, event.call)


def _pressed(incident: Incident, entry: ev.Entry, event: ev.Pressed) -> Incident:
    before, after = incident.presses, called(moved(incident, entry, event), entry, event.call)
    presses = replace(
        before,
        last_at=entry.at,
        last=event.press,
        count=before.count + 1,
        # One that nobody announced makes it an alarm like any other.
        announced=marked(event) if before.announced is not None else None,
        battery=before.battery if event.battery is None else event.battery,
        unreadable=(*before.unreadable, *event.unreadable)[:UNREADABLE],
    )
    return replace(
        again(_reconsidered(after), entry, "pressed"),
        flags=after.flags | frozenset(event.flags.split()),
        presses=presses,
        position=replace(after.position, tracked_until=None, tracking_ended=False),
    )


def _called(incident: Incident, entry: ev.Entry, event: ev.Called) -> Incident:
    return called(incident, entry, Call(event.state, event.line, event.desk))


def _presented(incident: Incident, entry: ev.Entry, event: ev.Presented) -> Incident:
    if not event.first and not event.audible:  # painted on silent pages only: nobody was called to look
        return incident
    times, attention = timed(incident, "presented", entry, "console"), replace(incident.attention, unpresented=False)
    return replace(incident, times=times, attention=attention)


def _acknowledged(incident: Incident, entry: ev.Entry, event: ev.Acknowledged) -> Incident:
    state, times = leads("acknowledge", incident.state), timed(incident, "acknowledged", entry, "person")
    after = incident if incident.owner == entry.actor else owned(incident, entry)
    return replace(after, state=state, realarm="", times=times)


def _listening(incident: Incident, entry: ev.Entry, event: ev.Listening) -> Incident:
    ownership, times = incident.ownership, timed(incident, "listening", entry, "person")
    # Who listens to another's alarm works on it with them.
    if incident.owner is not None and entry.actor not in (incident.owner, *ownership.helpers):
        ownership = replace(ownership, helpers=(*ownership.helpers, entry.actor))
    line = replace(incident.line, listener=entry.actor)
    return replace(incident, times=times, ownership=ownership, line=line, realarm="")


def _corrected(incident: Incident, entry: ev.Entry, event: ev.TimeCorrected) -> Incident:
    name: TimeName = event.time  # type: ignore[assignment]
    at = datetime.fromisoformat(event.to)
    before = incident.times.get(name, Time(at=at, entered=entry.at, source="person"))
    return replace(incident, times={**incident.times, name: replace(before, at=at, corrected=True)})


def _closed(incident: Incident, entry: ev.Entry, event: ev.Closed) -> Incident:
    at = entry.source_at if incident.by_hand.paper else entry.at
    times: dict[TimeName, Time] = {**incident.times, "closed": Time(at=at, entered=entry.at, source="person")}
    after = _classified(incident, entry, event)
    return replace(
        after,
        state=leads("close", incident.state),
        judgement=replace(after.judgement, outcome=event.outcome, verified=event.verified),
        realarm="",
        attention=replace(incident.attention, unpresented=False),
        ownership=replace(incident.ownership, offer=None),
        times=times,
    )


def _reopened(incident: Incident, entry: ev.Entry, event: ev.Reopened) -> Incident:
    order, state = incident.order, leads("reopen", incident.state)
    # What was under way still is. Of a zone that is done, or once she was safe, nobody comes: help is asked for anew.
    if order is not None and order.alive and not order.done and order.step != "safe":
        state = order.step or "routed"
    elif order is not None:
        order = replace(order, alive=False)
    after = owned(_reconsidered(incident), entry)
    return replace(
        after,
        state=state,
        order=order,
        judgement=replace(after.judgement, reopened_at=entry.at, outcome=None, verified="none"),
        times={name: time for name, time in incident.times.items() if name != "closed"},
    )


def _classified(incident: Incident, entry: ev.Entry, event: ev.Classified | ev.Closed) -> Incident:
    judgement = replace(incident.judgement, as_class=event.as_class, classed_at=entry.at, earlier=None)
    return replace(incident, judgement=judgement)


def _reconsidered(incident: Incident) -> Incident:
    """A class said of what was before says nothing of what comes now: a test that is pressed again may be none."""
    before = incident.judgement
    if before.as_class is None or before.classed_at is None:
        return incident
    earlier = Earlier(as_class=before.as_class, at=before.classed_at)
    return replace(incident, judgement=replace(before, as_class=None, earlier=earlier))


def _explained(incident: Incident, entry: ev.Entry, event: ev.Explained) -> Incident:
    judgement, explanation = incident.judgement, Explanation(entry.at, entry.actor, event.interval, event.reason)
    return replace(incident, judgement=replace(judgement, explanations=(*judgement.explanations, explanation)))


def _case_opened(incident: Incident, entry: ev.Entry, event: ev.CaseOpened) -> Incident:
    looks = incident.readers.looks
    looks = looks | {entry.actor: looks.get(entry.actor, 0) + 1}
    return replace(incident, readers=replace(incident.readers, looks=looks))


def _kept_from(incident: Incident, entry: ev.Entry, event: ev.KeptFrom) -> Incident:
    before = incident.readers
    supervisor = before.kept_from_supervisor or "supervisor" in event.role.split()
    readers = replace(before, kept_from=(*before.kept_from, event.to), kept_from_supervisor=supervisor)
    return replace(incident, readers=readers)


def _case_changed(incident: Incident, entry: ev.Entry, event: ev.CaseChanged) -> Incident:
    flags = incident.flags - {"cases_locked", "case_unknown"}
    return replace(incident, case=event.case, case_version=event.case_version, flags=flags)


def _cad_numbered(incident: Incident, entry: ev.Entry, event: ev.CadNumbered) -> Incident:
    return replace(incident, by_hand=replace(incident.by_hand, cad=event.number))


def _tracking_extended(incident: Incident, entry: ev.Entry, event: ev.TrackingExtended) -> Incident:
    until = entry.at + timedelta(minutes=event.minutes)
    return replace(incident, position=replace(incident.position, tracked_until=until, tracking_ended=False))


def _nothing(incident: Incident, entry: ev.Entry, event: ev.Event) -> Incident:
    return incident


_FOLD: Folds = {
    ev.Pressed: _pressed,
    ev.Located: moved,
    ev.Called: _called,
    ev.PlacePassed: place_passed,
    ev.ZoneCrossed: zone_crossed,
    ev.Presented: _presented,
    ev.Unpresented: lambda one, _, __: replace(one, attention=replace(one.attention, unpresented=True)),
    ev.Acknowledged: _acknowledged,
    ev.Released: lambda one, _, __: given_back(one),
    ev.KeptFrom: _kept_from,
    ev.CaseChanged: _case_changed,
    ev.Listening: _listening,
    ev.CaseOpened: _case_opened,
    ev.CadNumbered: _cad_numbered,
    ev.Noted: lambda one, _, __: replace(one, realarm=""),
    ev.Classified: _classified,
    ev.TimeCorrected: _corrected,
    ev.Closed: _closed,
    ev.Reopened: _reopened,
    ev.Explained: _explained,
    ev.TrackingExtended: _tracking_extended,
    ev.TrackingEnded: lambda one, _, __: replace(one, position=replace(one.position, tracking_ended=True)),
    ev.Erased: lambda one, _, __: replace(one, history=replace(one.history, erased=True)),
    **INTERVENTION,
    **PEOPLE,
    **WATCH,
}

"""What the watch will do with an incident, and when: every step is known, and shown, before it strikes.

Pure: the steps follow from the incident, the times and whether its owner's page is there. `escalation.watch` carries them out.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from incidents import events as ev
from incidents.clock import milliseconds
from incidents.incident import HERS, RANK, Incident, Passed
from incidents.settings import setting

StepName = Literal["louder", "everyone", "confirm", "outside", "release", "copy", "offer", "limit", "escalate"]
RUNGS: tuple[ev.Rung, ...] = ev.Rung.__args__  # type: ignore[attr-defined]


class WatchTimes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The watch's settings: seconds, or minutes where the name says so.

    `louder_s`, `everyone_s`, `confirm_s` count from when nobody answered; the others from what they wait for.
    """

    presented_s: Annotated[int, setting("seconds until an alarm shown to nobody is an alarm of its own")] = 5
    louder_s: Annotated[float, setting("seconds without an answer until an alarm is louder (`docs/watch.md`)")] = 15
    everyone_s: Annotated[float, setting("seconds without an answer until it is on every console")] = 30
    confirm_s: Annotated[float, setting("seconds without an answer until the supervisor is to confirm it")] = 60
    outside_s: Annotated[float, setting("seconds more without confirmation until somebody outside is told")] = 30
    idle_s: Annotated[
        float, setting("seconds without an act until an acknowledged, unrouted alarm is everybody's again")
    ] = 60
    countdown_s: Annotated[float, setting("for how many seconds before that its owner is warned")] = 20
    lost_s: Annotated[float, setting("seconds without a page until the alarms of an owner are offered to all")] = 10
    undelivered_s: Annotated[float, setting("seconds until an order that is not delivered alarms again")] = 15
    accepted_s: Annotated[float, setting("seconds until an order that is not accepted alarms again")] = 60
    en_route_s: Annotated[float, setting("seconds until an accepted order with nobody en route alarms again")] = 120
    on_scene_s: Annotated[float, setting("seconds from the press until nobody on the scene alarms again")] = 600
    fix_s: Annotated[float, setting("seconds without a new position until that alarms again")] = 60
    escalate_s: Annotated[
        float, setting("seconds without an act after one of these until the supervisor is called")
    ] = 30
    blind_s: Annotated[
        int, setting("seconds without a visible, audible console until a centre is an alarm of its own")
    ] = 10
    tracking_min: Annotated[int, setting("minutes that positions are kept after the last press")] = 120
    checkpoint_min: Annotated[int, setting("minutes between the log's seals")] = 10


class Away(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an owner's page is there: gone `since`, or `back` since; `signed_out` needs no waiting."""

    since: datetime | None = None
    back: datetime | None = None
    signed_out: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the watch does at a moment. `limit` and `cause` (ms since 1970) say which limit a limit's step is about."""

    what: StepName
    at: datetime
    after_s: int
    limit: ev.Limit | ev.Where | None = None
    cause: int = 0


THERE = Away()
# The zone's steps: they count from the reopening at the earliest, stay on the row, and are asked again once somebody answered.
STEPS: tuple[ev.Limit, ...] = ("not_accepted", "not_en_route", "not_on_scene")
AGAIN_AT_MOST_S = 300.0  # a repeated asking waits no longer, or its limit where that is longer


def steps(incident: Incident, times: WatchTimes, away: Away = THERE) -> tuple[Step, ...]:
    """All that waits for its moment, the next first. What was done is in the incident, so it is not here again."""
    if not incident.open:
        return ()
    found = [
        *_attention(incident, times),
        *_idle(incident, times, away),
        *_owner_gone(incident, times, away),
        *_limits(incident, times),
        *_unanswered(incident, times),
    ]
    return tuple(sorted(found, key=lambda step: step.at))


def missed(incident: Incident, times: WatchTimes) -> tuple[tuple[ev.Limit, datetime], ...]:
    """Which of the zone's steps were asked for and have still not come, each with since when it is waited for. An answer of
    the owner does not end it: the step does, or that the order is no more."""
    if not incident.open:
        return ()
    return tuple((limit, since) for limit, since, _ in _waited_for(incident, times) if _asked(incident, limit, since))


def loudness(incident: Incident) -> int:
    """How loud an alarm is: 0 nobody needs to look, 1 as it came, 2 louder, 3 on every console, 4 the supervisor must confirm.

    What was only copied to the supervisor, or called for one, is loud at theirs alone: the pages see to that.
    """
    if not incident.needs_someone:
        return 0
    return min(4, RUNGS.index(incident.escalation.rung) + 2) if incident.escalation.rung else 1


def event_of(step: Step, away: Away = THERE) -> ev.Event:
    """The record a step makes."""
    match step.what:
        case "louder" | "everyone" | "confirm" | "outside":
            return ev.Escalated(step=step.what, after_s=step.after_s)
        case "release":
            return ev.WatchReleased(after_s=step.after_s)
        case "copy":
            return ev.CopiedToSupervisor(after_s=step.after_s)
        case "offer":
            return ev.OfferedToAll(why="signed_out" if away.signed_out else "lost")
    assert step.limit is not None
    if step.limit == "place" or step.limit == "zone":  # `in` tells the types nothing
        return ev.WhereUnanswered(about=step.limit, after_s=step.after_s, cause=step.cause)
    escalated = step.what == "escalate"
    return ev.LimitPassed(limit=step.limit, after_s=step.after_s, cause=step.cause, escalated=escalated)


def cause_of(incident: Incident, step: StepName, cause: int = 0) -> int:
    """What a step follows from: since when nobody answered, which rung before it, which limit's `cause`, else the version."""
    watch = incident.escalation
    match step:
        case "louder" | "everyone":
            return watch.waits_from
        case "confirm":
            return milliseconds(watch.confirmed_at) if watch.confirmed_at else watch.waits_from
        case "outside":
            return milliseconds(watch.rung_at) if watch.rung_at else watch.waits_from
        case "limit" | "escalate":
            return cause
    return incident.version


def id_of(incident: Incident, step: Step) -> str:
    """The same for every server that sees the same incident. No command can bear it: theirs hold no colon."""
    since = cause_of(incident, step.what, step.cause)
    return ":".join(str(part) for part in ("watch", incident.id, step.what, step.limit or "", since))


def _step(what: StepName, since: datetime, after_s: float, not_before: datetime | None = None) -> Step:
    at = since + timedelta(seconds=after_s)
    return Step(what=what, at=max(at, not_before or at), after_s=round(after_s))


def _attention(incident: Incident, times: WatchTimes) -> Iterator[Step]:
    """An alarm nobody answers climbs rung by rung; a supervisor's confirmation holds for as long as the way to it took."""
    since, at = incident.escalation.waits_since, incident.escalation.rung_at
    if since is None:
        return
    match incident.escalation.rung:
        case "":
            yield _step("louder", since, times.louder_s)
        case "louder":
            yield _step("everyone", since, times.everyone_s, at)
        case "everyone":
            yield _step("confirm", since, times.confirm_s, at)
        case _ if incident.escalation.confirmed_at is not None:
            yield _step("confirm", incident.escalation.confirmed_at, times.confirm_s)
        case "confirm":
            yield _step("outside", at or since, times.outside_s)


def _idle(incident: Incident, times: WatchTimes, away: Away) -> Iterator[Step]:
    """An acknowledged alarm on which nobody acts goes back to everybody; from an owner who listens it is not taken."""
    if incident.state != "acknowledged":
        return
    acts = (incident.attention.acted_at, incident.ownership.since, incident.received_at)
    since = max(at for at in acts if at is not None)
    if incident.listening:
        if not incident.copied:
            yield _step("copy", since, times.idle_s)
        return
    # A page that is lost for a moment can't answer; one that came back is given the countdown.
    lost = away.since + timedelta(seconds=times.lost_s) if away.since and not away.signed_out else None
    back = away.back + timedelta(seconds=times.countdown_s) if away.back else None
    yield _step("release", since, times.idle_s, max((at for at in (lost, back) if at), default=None))


def _owner_gone(incident: Incident, times: WatchTimes, away: Away) -> Iterator[Step]:
    if incident.owner is not None and away.since is not None and not incident.ownership.gone:
        yield _step("offer", away.since, 0 if away.signed_out else times.lost_s)


def _limits(incident: Incident, times: WatchTimes) -> Iterator[Step]:
    """What should have come of an owned alarm. Each limit once for its cause; an answer makes a new one of a zone's step."""
    if incident.state == "raised" or incident.owner is None:
        return
    rank = RANK[incident.state]
    for limit, since, after_s in _waited_for(incident, times):
        if asked := _asked(incident, limit, since):
            yield from _ask_again(incident, limit, asked, after_s)
        else:
            yield from _limit(incident, limit, since, after_s)
    owned, ended = incident.ownership.since, incident.line.ended_at
    heard = incident.position.heard_at if incident.device else None  # without a device no other position will come
    if rank < RANK["on_scene"] and heard is not None and not incident.position.tracking_ended:
        # Whoever takes an alarm with an old position sees its age; they are given the time anew.
        taken = owned + timedelta(seconds=times.fix_s) if owned else None
        yield from _limit(incident, "no_fix", heard, times.fix_s, taken)
    if ended is not None and rank < RANK["safe"] and owned is not None and ended >= owned:
        yield from _limit(incident, "call_ended", ended, 0)


def _waited_for(incident: Incident, times: WatchTimes) -> Iterator[tuple[ev.Limit, datetime, float]]:
    """The steps of the zone that are still to come: the limit, since when it is waited for, within how many seconds."""
    if RANK[incident.state] >= RANK["on_scene"]:
        return
    order, since = incident.order, incident.waited_for_from
    if order is not None and order.alive:
        if order.step is None:
            yield "not_accepted", since(order.at), times.accepted_s
        elif order.step == "accepted":
            yield "not_en_route", since(order.step_at or order.at), times.en_route_s
    yield "not_on_scene", since(incident.received_at), times.on_scene_s


def _asked(incident: Incident, limit: ev.Limit, since: datetime) -> tuple[Passed, ...]:
    """How often the owner was asked for this step: what was asked for an earlier order has an earlier cause."""
    cause = milliseconds(since)
    return tuple(p for p in incident.attention.passed if p.limit == limit and p.cause >= cause and not p.escalated)


def _ask_again(incident: Incident, limit: ev.Limit, asked: tuple[Passed, ...], after_s: float) -> Iterator[Step]:
    """An answer is no step of the zone: it is asked for again, the same time after the answer, then after twice as long."""
    answered = incident.attention.answered_at
    if answered is None or answered < asked[-1].at:
        return  # it still re-alarms
    longest = max(after_s, AGAIN_AT_MOST_S)
    yield from _limit(incident, limit, answered, min(after_s * 2 ** min(len(asked) - 1, 16), longest))


def _limit(
    incident: Incident, limit: ev.Limit, since: datetime, after_s: float, not_before: datetime | None = None
) -> Iterator[Step]:
    cause = milliseconds(since)
    if not any(passed.limit == limit and passed.cause == cause for passed in incident.attention.passed):
        step = _step("limit", since, after_s, not_before)
        yield msgspec.structs.replace(step, limit=limit, cause=cause)


def _unanswered(incident: Incident, times: WatchTimes) -> Iterator[Step]:
    """A passed limit that its owner did not answer goes to the supervisor."""
    if incident.state == "raised" or not incident.realarm:
        return  # a raised alarm has its own ladder, an answered one needs nobody
    late: list[tuple[ev.Limit | ev.Where, int, datetime]] = [
        (p.limit, p.cause, p.at) for p in incident.attention.passed if not p.escalated
    ]
    if incident.realarm == "undelivered" and incident.attention.realarmed_at is not None:
        late.append(("not_delivered", milliseconds(incident.attention.realarmed_at), incident.attention.realarmed_at))
    if incident.realarm in HERS and incident.attention.realarmed_at is not None and not incident.listening:
        where: ev.Where = "zone" if incident.realarm == "zone" else "place"
        cause = milliseconds(incident.attention.realarmed_at)
        if not any(p.escalated and p.cause == cause and p.limit in HERS for p in incident.attention.passed):
            late.append((where, cause, incident.attention.realarmed_at))
    told = {(p.limit, p.cause) for p in incident.attention.passed if p.escalated}
    for limit, cause, at in late:
        if (limit, cause) not in told and (incident.attention.acted_at is None or incident.attention.acted_at <= at):
            yield msgspec.structs.replace(_step("escalate", at, times.escalate_s), limit=limit, cause=cause)

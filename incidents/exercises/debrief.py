"""The debrief of an exercise: who decided what and when, the intervals beside their targets, what was done beside the reference.

Made of the exercise's own log by `incidents.timeline` and of nothing else: what a page shows can be counted again. Seconds count
from the beginning of the exercise (`began`, the first moment of its clock). People are names here: the caller has asked for them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from incidents.events import EVENT_TYPES
from incidents.exercises.room import Halt, Remark, Told
from incidents.exercises.scenario import Reference, Scenario
from incidents.incident import TimeName
from incidents.intervals import Profile
from incidents.timeline import Moment, Timeline
from incidents.withheld import WITHHELD, Withholding

About = Literal["zone", "silent_approach", "read_instructions", "keep_listening", "as_class", "outcome"]
# What a person decides or says; looking, painting and what feed, orders and watch do are no decisions.
DECISIONS = frozenset(tag for tag, kind in EVENT_TYPES.items() if kind.STORY and "person" in kind.BY)


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody decided, `at_s` by the exercise's clock. `detail` is a word of the log: a zone's key, a class, a step."""

    at_s: float
    who: str
    type: str
    detail: str = ""


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """One of an incident's times."""

    name: TimeName
    at_s: float


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """A target of a named profile for a response time; `within` None: the time is missing."""

    profile: str
    limit_s: float
    within: bool | None


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A response time, s (None: an end is missing), beside the targets that the profiles have for it."""

    interval: str
    seconds: float | None
    aims: tuple[Aim, ...] = ()


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One point of the reference: what was expected, what was found ("" is nothing), whether they agree."""

    about: About
    expected: str
    found: str
    ok: bool


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """Where the device, or a unit, was from `at_s` on. WGS 84 degrees, radius in m (0: unknown); `near`: the device in words."""

    at_s: float
    lat: float
    lon: float
    radius: float = 0.0
    unit: str = ""
    near: str = ""


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How one incident went: one time axis of decisions, times and positions, each in order."""

    decisions: tuple[Decision, ...]
    reached: tuple[Reached, ...]
    measured: tuple[Measured, ...]
    spots: tuple[Spot, ...]


class IncidentDebrief(msgspec.Struct, frozen=True, kw_only=True):
    """One incident of the exercise beside its reference (`judged`, `why`) and, where there is one, the original."""

    id: str
    device: str
    who: str  # acknowledged it first; "" when nobody did
    worked: tuple[str, ...]  # everybody who decided something about it
    course: Course
    judged: tuple[Judged, ...] = ()
    why: str = ""
    original: Course | None = None


class Debrief(msgspec.Struct, frozen=True, kw_only=True):
    """A whole debrief. `missed` are the devices of references for which no incident was raised."""

    id: str
    title: str
    trainer: str
    trainees: tuple[str, ...]
    began: datetime
    length_s: float
    cut_off: bool  # it never ended: a crash or a power cut
    incidents: tuple[IncidentDebrief, ...]
    missed: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    withheld: int = 0  # positions that may lie at a protected place of its cases, the originals' too
    remarks: tuple[Remark, ...] = ()
    halts: tuple[Halt, ...] = ()
    addresses: str = ""  # whose the words of the positions are


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One exercise in a trainee's progress: of the incidents they acknowledged first, what agreed with the reference.

    `answered_s` and `routed_s` are the medians of received->acknowledged and acknowledged->routed; None without one.
    """

    exercise: str
    title: str
    began: datetime
    incidents: int
    agreed: int
    judged: int
    answered_s: float | None = None
    routed_s: float | None = None


def course_of(
    found: Timeline,
    began: datetime,
    name_of: Callable[[str], str],
    profiles: Sequence[Profile],
    *,
    scripted: bool = True,
) -> Course:
    """The course of an incident, seconds since `began`. `name_of` tells who a pseudonym is.

    `scripted`: its line opens by the scenario, whatever anybody does, so that a person listens from when they say so. In what
    was recorded it opened because somebody answered.
    """
    reached = {one.name: one.at for one in found.reached}
    seconds = {span.name: span.seconds for span in found.spans}
    if scripted and not any(one.name == "listening" and one.corrected for one in found.reached):
        reached.pop("listening", None)
        seconds["acknowledged->listening"] = None
        if (said := next(iter(found.of_type("listening")), None)) is not None:
            reached["listening"] = said.source_at
            if "acknowledged" in reached:
                seconds["acknowledged->listening"] = (said.source_at - reached["acknowledged"]).total_seconds()
    return Course(
        decisions=tuple(_decisions(found.moments, began, name_of)),
        reached=tuple(Reached(name=name, at_s=_since(began, at)) for name, at in reached.items()),
        measured=tuple(
            Measured(interval=name, seconds=took, aims=tuple(_aims(name, took, profiles)))
            for name, took in seconds.items()
        ),
        spots=tuple(
            Spot(
                at_s=_since(began, one.heard_at),
                lat=one.fix.lat,
                lon=one.fix.lon,
                radius=one.fix.radius or 0.0,
                unit=one.unit or ("?" if one.of == "unit" else ""),
            )
            for one in found.positions
        ),
    )


def debrief_of(
    found: Iterable[Timeline],
    scenario: Scenario,
    *,
    began: datetime,
    name_of: Callable[[str], str],
    profiles: Sequence[Profile],
    originals: Mapping[str, Course] | None = None,
) -> tuple[tuple[IncidentDebrief, ...], tuple[str, ...]]:
    """The incidents of an exercise, the earliest first, and the devices of references that raised none.

    A reference judges the first incident of its device. `originals` gives by device how it went when it was recorded.
    """
    waiting = {reference.device: reference for reference in scenario.references}
    made = []
    for one in sorted(found, key=lambda one: (one.incident.received_at, one.incident.id)):
        device = one.incident.device or ""
        course = course_of(one, began, name_of, profiles)
        reference = waiting.pop(device, None)
        first = next((m for m in one.moments if m.type == "acknowledged"), None)
        made.append(
            IncidentDebrief(
                id=one.incident.id,
                device=device,
                who=name_of(first.actor) if first is not None else "",
                worked=tuple(dict.fromkeys(d.who for d in course.decisions)),
                course=course,
                judged=tuple(judge(one.moments, reference)) if reference is not None else (),
                why=reference.why if reference is not None else "",
                original=(originals or {}).get(device),
            )
        )
    return tuple(made), tuple(waiting)


def without_places(debrief: Debrief, rule: Withholding) -> Debrief:
    """A debrief that leads to no protected place: it is saved, printed and taken home."""
    kept, changed = rule.facts(msgspec.to_builtins(debrief))
    if not changed:
        return debrief
    clean = msgspec.convert(kept, Debrief)
    return msgspec.structs.replace(clean, withheld=_spots(debrief) - _spots(clean))


def in_words(
    debrief: Debrief, rule: Withholding, words_at: Callable[[float, float, float | None], str], addresses: str
) -> Debrief:
    """A debrief whose positions of the device are said in words too, but where these name a protected place.

    `words_at` says what lies nearest to a position (latitude, longitude, radius in m), "" where nobody knows; `addresses` whose
    words these are.
    """

    def said(spot: Spot) -> Spot:
        words = "" if spot.unit else words_at(spot.lat, spot.lon, spot.radius or None)
        if words and rule.says_where(spot.lat, spot.lon, spot.radius, words):
            words = WITHHELD
        return msgspec.structs.replace(spot, near=words)

    incidents = tuple(
        msgspec.structs.replace(
            one, course=msgspec.structs.replace(one.course, spots=tuple(said(spot) for spot in one.course.spots))
        )
        for one in debrief.incidents
    )
    return msgspec.structs.replace(debrief, incidents=incidents, addresses=addresses)


def _spots(debrief: Debrief) -> int:
    return sum(len(c.spots) for one in debrief.incidents for c in (one.course, one.original) if c is not None)


def judge(moments: Sequence[Moment], reference: Reference) -> Iterator[Judged]:
    """Each point that the reference makes, against the records of an incident. What it leaves open is not judged.

    zone: an order went there, at once or later; `found` has every zone in the order in which they got one, a line each.
    silent_approach: what the last order told its zone. read_instructions: who sent the first one had opened the case.
    keep_listening: somebody listened, and it was not closed while the line was open. as_class: as
    it was said last, by closing or before. outcome: as it was closed last.
    """
    orders = [m for m in moments if m.type == "ordered" and m.facts.get("why") != "cancel"]
    closed = next((m for m in reversed(moments) if m.type == "closed"), None)
    if reference.zone:
        zones = list(dict.fromkeys(str(order.facts["zone"]) for order in orders))
        yield Judged(about="zone", expected=reference.zone, found="\n".join(zones), ok=reference.zone in zones)
    if reference.silent_approach is not None:
        said = _silent(orders[-1]) if orders else None
        yield _yes_or_no("silent_approach", reference.silent_approach, said)
    if reference.read_instructions is not None:
        yield _yes_or_no("read_instructions", reference.read_instructions, _read_before(moments, orders))
    if reference.keep_listening is not None:
        yield _yes_or_no("keep_listening", reference.keep_listening, _kept_listening(moments))
    if reference.as_class is not None:
        classed = next((m for m in reversed(moments) if m.type in ("closed", "classified")), None)
        as_class = str(classed.facts.get("as_class", "")) if classed else ""
        yield Judged(about="as_class", expected=reference.as_class, found=as_class, ok=as_class == reference.as_class)
    if reference.outcome is not None:
        outcome = str(closed.facts.get("outcome", "")) if closed else ""
        yield Judged(about="outcome", expected=reference.outcome, found=outcome, ok=outcome == reference.outcome)


def standing_of(debrief: Debrief, who: str) -> Standing:
    """A trainee's part of one exercise."""
    own = [incident for incident in debrief.incidents if incident.who == who]
    judged = [point for incident in own for point in incident.judged]
    return Standing(
        exercise=debrief.id,
        title=debrief.title,
        began=debrief.began,
        incidents=len(own),
        agreed=sum(point.ok for point in judged),
        judged=len(judged),
        answered_s=_middle(own, "received->acknowledged"),
        routed_s=_middle(own, "acknowledged->routed"),
    )


def _decisions(moments: Sequence[Moment], began: datetime, name_of: Callable[[str], str]) -> Iterator[Decision]:
    for moment in moments:
        if moment.type in DECISIONS and moment.by_person:
            yield Decision(
                at_s=_since(began, moment.at), who=name_of(moment.actor), type=moment.type, detail=_detail(moment)
            )


def _detail(moment: Moment) -> str:
    for fact in ("zone", "step", "as_class", "time"):
        if found := moment.facts.get(fact):
            return str(found)
    return ""


def _aims(interval: str, seconds: float | None, profiles: Sequence[Profile]) -> Iterator[Aim]:
    for profile in profiles:
        for target in profile.targets:
            if target.interval == interval:
                within = None
                if seconds is not None:
                    within = seconds < target.limit_s if target.under else seconds <= target.limit_s
                yield Aim(profile=profile.name, limit_s=target.limit_s, within=within)


def _silent(order: Moment) -> bool | None:
    """Whether an order told the zone to come without siren; None when its body can't be read."""
    try:
        body = msgspec.json.decode(str(order.facts.get("body", "")))
    except msgspec.DecodeError:
        return None
    return body.get("silent_approach") is True if isinstance(body, dict) else None


def _read_before(moments: Sequence[Moment], orders: Sequence[Moment]) -> bool | None:
    if not orders:
        return None
    first = orders[0]
    return any(m.type == "case_opened" and m.actor == first.actor and m.version < first.version for m in moments)


def _kept_listening(moments: Sequence[Moment]) -> bool:
    listened, line = False, ""
    for moment in moments:
        if moment.type == "listening":
            listened = True
        elif moment.type in ("call", "raised", "pressed"):
            call = moment.facts.get("call")
            line = str(moment.facts.get("state") or (call.get("state") if isinstance(call, dict) else "") or line)
        elif moment.type == "closed" and line == "open":
            return False
    return listened


def _yes_or_no(about: About, expected: bool, found: bool | None) -> Judged:
    words = {True: "yes", False: "no", None: ""}
    return Judged(about=about, expected=words[expected], found=words[found], ok=found is expected)


def _middle(incidents: Sequence[IncidentDebrief], interval: str) -> float | None:
    found = sorted(
        one.seconds
        for incident in incidents
        for one in incident.course.measured
        if one.interval == interval and one.seconds is not None
    )
    if not found:
        return None
    half = len(found) // 2
    return found[half] if len(found) % 2 else (found[half - 1] + found[half]) / 2


def _since(began: datetime, at: datetime) -> float:
    return (at - began).total_seconds()

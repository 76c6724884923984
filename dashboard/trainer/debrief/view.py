"""What the debrief page shows of a `Debrief`, in words: lanes of marks on one axis, tables, and what its script moves.

Every number comes of the `Debrief`; only words, shares of the axis and places on the map are made here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import log1p
from pathlib import Path
from typing import Any, Final

import msgspec

from dashboard.components.place_names import Places
from dashboard.components.timeline.facts import Spot as Drawn
from incidents.exercises.debrief import Aim, Course, Debrief, Decision, IncidentDebrief, Judged, Spot
from incidents.exercises.room import Halt, Told
from incidents.exercises.scenario import Feed, Line, Link, Message, Press, Zone
from incidents.incident import RANK
from incidents.messages import Fix
from incidents.withheld import WITHHELD
from maps.geodesy import to_mercator
from maps.ground import ground
from maps.overlays import true_circle
from reports.locale_formats import firm, formats_of
from reports.measures.profiles import PROFILES

WIDE_S: Final = 10.0  # as the timeline: so far from the beginning a second takes half the room it takes there
TICKS_S: Final = (0, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400)
TICKS_APART: Final = 0.06  # of the axis
MARKS_APART: Final = 0.045
WORDS_APART: Final = 0.16
SOON_S: Final = 1.0  # what was sent is noted a moment before the press that it made was received
MARK_PX: Final = 28
WORD_PX: Final = 22
LEFT_OF: Final = 0.84  # words that stand to the right of it are written to its left

Words = Mapping[str, str]
_STEP = {str(step): rank for step, rank in RANK.items()}  # of what is no step of its own, 0
_UNDER = {(profile.name, target.limit_s) for profile in PROFILES.values() for target in profile.targets if target.under}


class Axis:
    """Moments of an exercise (s) as shares 0 to 1; the first seconds are wide, for what matters most happens first."""

    def __init__(self, start: float, end: float) -> None:
        self.start, self.end = start, max(end, start + 1.0)
        self._whole = log1p((self.end - self.start) / WIDE_S)

    def share(self, at_s: float) -> float:
        """Where a moment lies; what is outside lies at the nearer end."""
        return log1p((min(max(at_s, self.start), self.end) - self.start) / WIDE_S) / self._whole

    def ticks(self) -> list[tuple[str, str]]:
        """Where the figures stand, and what they say."""
        found, last = [], -1.0
        for tick in TICKS_S:
            share = self.share(self.start + tick)
            if self.start + tick <= self.end and share - last >= TICKS_APART:
                found.append((percent(share), ticking(tick)))
                last = share
        return found


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on the axis and its row in the table."""

    n: int
    at_s: float
    kind: str  # decision, original, told, remark
    lane: str
    who: str
    words: str
    after: str


def shown(debrief: Debrief, folder: Path, places: Places, t: Words) -> list[dict[str, Any]]:
    """Each incident as the template wants it, `facts` for the script in it. `folder` has the map's data."""
    return [_incident(n, one, debrief, folder, places, t) for n, one in enumerate(debrief.incidents, 1)]


def told_and_remarked(debrief: Debrief, t: Words) -> list[tuple[str, str, str]]:
    """Everything that was sent and remarked, in order: the exercise's time, by whom, what."""
    sent = [(one.at_s, _by(one, t), _action(one.what, t)) for one in debrief.told]
    said = [(one.at_s, t["by.remark"].format(who=person(one.by, t)), one.text) for one in debrief.remarks]
    halts = [(one.at_s, t["by.trainer"], _halted(one, t)) for one in debrief.halts]
    return [(ticking(at_s), who, what) for at_s, who, what in sorted(sent + said + halts, key=lambda row: row[0])]


def person(name: str, t: Words) -> str:
    """A name as it is shown; "?" is one that was erased."""
    return t["erased"] if name in ("?", "") else name


def colon(name: str, text: str, t: Words) -> str:
    """What somebody did, after who did it."""
    return t["colon"].format(name=name, text=text)


def in_words(debrief: Debrief, withheld: str) -> Debrief:
    """With these words where a text was withheld."""

    def said(fact: Any) -> Any:
        if isinstance(fact, dict):
            return {name: said(value) for name, value in fact.items()}
        if isinstance(fact, list | tuple):
            return [said(value) for value in fact]
        return withheld if fact == WITHHELD else fact

    return msgspec.convert(said(msgspec.to_builtins(debrief)), Debrief)


def ticking(seconds: float) -> str:
    """0:42, 12:05, 1:02:05; before the press with its sign."""
    whole = int(abs(seconds))
    hours, minutes = divmod(whole // 60, 60)
    text = f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
    return f"−{text}" if seconds < 0 and whole else text


def percent(share: float) -> str:
    """A share as an SVG coordinate."""
    return f"{100 * share:.2f}%"


def _incident(n: int, one: IncidentDebrief, debrief: Debrief, folder: Path, places: Places, t: Words) -> dict[str, Any]:
    zone_name = places.zone_name
    course, original = _by_time(one.course), one.original
    one = msgspec.structs.replace(one, course=course)
    press = next((r.at_s for r in course.reached if r.name == "pressed"), 0.0)
    axis = Axis(*_reach(press, debrief.length_s, [course, *([original] if original else [])]))
    marks = _marks(one, debrief, axis, press, zone_name, t)
    drawn = [_drawn(spot) for spot in course.spots]
    under = ground(drawn, folder)
    agreed = sum(point.ok for point in one.judged)
    return {
        "n": n,
        "device": one.device or t["no_device"],
        "who": person(one.who, t) if one.who else "",
        "agreed": t["agrees_n"].format(n=agreed, m=len(one.judged)) if one.judged else "",
        "why": one.why,
        "lanes": _lanes(marks, one, axis, t),
        "ticks": axis.ticks(),
        "marks": marks,
        "judged": [_judged(point, zone_name, t) for point in one.judged],
        "intervals": _intervals(one, t),
        "has_original": original is not None,
        "near": _near(course.spots, press),
        "facts": {
            "n": n,
            "start": axis.start,
            "end": axis.end,
            "press": press,
            "ground": under,
            "spots": [
                {"at": spot.at_s, "x": d.x, "y": d.y, "r": d.r, "radius": spot.radius, "unit": spot.unit}
                | ({} if spot.unit else {"zone": _zone_of(spot, places, t), "near": spot.near})
                for spot, d in zip(course.spots, drawn, strict=True)
            ],
            "reached": [
                {"at": r.at_s, "words": t[f"time.{r.name}"], "step": _STEP.get(r.name, 0)} for r in course.reached
            ],
            "marks": [{"n": m.n, "at": m.at_s, "words": colon(m.who, m.words, t)} for m in marks],
        },
    }


def _near(spots: Iterable[Spot], press: float) -> list[tuple[str, str]]:
    """When after the press, and the words, of each position of the device that is near to something else than the one before."""
    found, before = [], ""
    for spot in spots:
        if not spot.unit and spot.near and (place := spot.near.partition(" · ")[0]) != before:
            before = place
            found.append((ticking(spot.at_s - press), firm(spot.near)))
    return found


def _by_time(course: Course) -> Course:
    """Its times as they came: a line may be open before anybody acknowledged."""
    return msgspec.structs.replace(course, reached=tuple(sorted(course.reached, key=lambda one: one.at_s)))


def _reach(press: float, length_s: float, courses: Sequence[Course]) -> tuple[float, float]:
    began = [press, *(course.reached[0].at_s for course in courses if course.reached)]
    ends = [length_s]
    for course in courses:
        ends += [moment.at_s for moment in course.decisions] + [moment.at_s for moment in course.reached]
    return min(began), max(ends)


def _marks(
    one: IncidentDebrief, debrief: Debrief, axis: Axis, press: float, zone_name: Callable[[str], str], t: Words
) -> list[Mark]:
    found: list[tuple[float, str, str, str, str]] = [
        (d.at_s, "decision", d.who, person(d.who, t), _decided(d, zone_name, t)) for d in one.course.decisions
    ]
    for d in one.original.decisions if one.original else ():
        who = t["when_recorded"].format(who=person(d.who, t))
        found.append((d.at_s, "original", "original", who, _decided(d, zone_name, t)))
    for told in debrief.told:
        if getattr(told.what, "device", one.device) == one.device:
            found.append((told.at_s, "told", "told", _by(told, t), _action(told.what, t)))
    for halt in debrief.halts:
        found.append((halt.at_s, "told", "told", t["by.trainer"], _halted(halt, t)))
    for remark in debrief.remarks:
        found.append((remark.at_s, "remark", "remark", t["by.remark"].format(who=person(remark.by, t)), remark.text))
    on_axis = sorted((row for row in found if row[0] >= axis.start - SOON_S), key=lambda row: row[0])
    return [
        Mark(n=n, at_s=at_s, kind=kind, lane=lane, who=who, words=words, after=ticking(at_s - press))
        for n, (at_s, kind, lane, who, words) in enumerate(on_axis, 1)
    ]


def _lanes(marks: Sequence[Mark], one: IncidentDebrief, axis: Axis, t: Words) -> list[dict[str, Any]]:
    reached = [(axis.share(r.at_s), t[f"time.{r.name}"]) for r in one.course.reached]
    rows = list(_levels([share for share, _ in reached], WORDS_APART))
    lanes: list[dict[str, Any]] = [
        {
            "kind": "times",
            "name": t["lane.times"],
            "height": WORD_PX * (max(rows, default=0) + 1) + 6,
            "words": [
                {
                    "x": percent(share),
                    "y": WORD_PX * (level + 1) - 4,
                    "end": share > LEFT_OF,
                    "text": text,
                    "dx": -6 if share > LEFT_OF else 6,
                }
                for (share, text), level in zip(reached, rows, strict=True)
            ],
        }
    ]
    names = [("original", "original", t["lane.original"])] if one.original else []
    names += [("decision", who, person(who, t)) for who in one.worked]
    names += [("told", "told", t["lane.told"]), ("remark", "remark", t["lane.remark"])]
    for kind, lane, name in names:
        own = [mark for mark in marks if mark.kind == kind and mark.lane == lane]
        shares = [axis.share(mark.at_s) for mark in own]
        rows = list(_levels(shares, MARKS_APART))
        lanes.append(
            {
                "kind": kind,
                "name": name,
                "height": MARK_PX * (max(rows, default=0) + 1) + 6,
                "marks": [
                    {"n": mark.n, "x": percent(share), "y": MARK_PX * level + MARK_PX // 2 + 3}
                    for mark, share, level in zip(own, shares, rows, strict=True)
                ],
            }
        )
    return lanes


def _levels(shares: Iterable[float], apart: float) -> Iterator[int]:
    """On which row each of these stands, in order, so that none covers another."""
    taken: list[float] = []
    for share in shares:
        level = next((n for n, last in enumerate(taken) if share - last >= apart), len(taken))
        taken[level:level + 1] = [share]  # fmt: skip
        yield level


def _decided(decision: Decision, zone_name: Callable[[str], str], t: Words) -> str:
    word = t.get(f"decided.{decision.type}", decision.type)
    match decision.type:
        case "ordered" | "stood_down":
            what = zone_name(decision.detail)
        case "progressed" | "time_corrected":
            what = t.get(f"time.{decision.detail}", decision.detail)
        case "classified" | "closed":
            what = t.get(f"class.{decision.detail}", decision.detail)
        case _:
            what = ""
    return word.format(what=what or "?")


def _by(told: Told, t: Words) -> str:
    return t[f"by.{told.by}"].format(name=told.inject)


def _halted(halt: Halt, t: Words) -> str:
    if halt.out:
        return t["halt.out"].format(who=person(halt.out, t))
    return t["halt.open"] if halt.lasted_s is None else t["halt.pause"].format(lasted=ticking(halt.lasted_s))


def _action(what: Any, t: Words) -> str:
    match what:
        case Press():
            return t["said.press"].format(device=what.device, press=t[f"press.{what.press}"])
        case Line():
            said = t["said.device"].format(device=what.device, what=t[f"action.line.{what.state}"])
            return f"{said} · {t['line_script'].format(text=what.script)}" if what.script else said
        case Link():
            return t["said.device"].format(device=what.device, what=t[f"action.link.{what.state}"])
        case Feed():
            return t[f"action.feed.{what.state}"]
        case Zone():
            said = t[f"action.zone.{what.answer}"]
            return f"{said} · {what.reason}" if what.reason else said
        case Message():
            return t["said.message"].format(sender=what.sender, text=what.text)
    return "?"


def _judged(point: Judged, zone_name: Callable[[str], str], t: Words) -> dict[str, Any]:
    def words(value: str) -> str:
        if not value:
            return t["nothing"]
        match point.about:
            case "zone":
                return t["zone_then"].join(map(zone_name, value.split("\n")))
            case "as_class":
                return t.get(f"class.{value}", value)
            case "outcome":
                return t.get(f"outcome.{value}", value)
            case _:
                return t[value]

    return {
        "about": t[f"about.{point.about}"],
        "expected": words(point.expected),
        "found": words(point.found),
        "ok": point.ok,
        "agrees": t["ok.yes" if point.ok else "ok.no"],
    }


def _intervals(one: IncidentDebrief, t: Words) -> list[dict[str, Any]]:
    before = {m.interval: m.seconds for m in one.original.measured} if one.original else {}
    f, rows = formats_of(t["language"]), []
    for measured in one.course.measured:
        first, last = measured.interval.split("->")
        was = before.get(measured.interval)
        if measured.seconds is None and was is None and not measured.aims:
            continue
        rows.append(
            {
                "name": t["span"].format(**{"from": t[f"time.{first}"], "to": t[f"time.{last}"]}),
                "took": t["missing"] if measured.seconds is None else f.lasted(measured.seconds),
                "was": t["missing"] if was is None else f.lasted(was),
                "aims": [_aim(aim, t) for aim in measured.aims],
            }
        )
    return rows


def _aim(aim: Aim, t: Words) -> dict[str, Any]:
    word = "aim_under" if (aim.profile, aim.limit_s) in _UNDER else "aim_within"
    state = {True: "yes", False: "no", None: "none"}[aim.within]
    return {
        # The template sets the state bold.
        "name": colon(t[word].format(profile=aim.profile, limit=formats_of(t["language"]).limit(aim.limit_s)), "", t),
        "state": state,
        "words": t[f"aim.{state}"],
    }


def _zone_of(spot: Spot, places: Places, t: Words) -> str:
    found = places.locate(Fix(lat=spot.lat, lon=spot.lon))
    return t["position_none"] if found is None else found.name if found.inside else t["abroad"]


def _drawn(spot: Spot) -> Drawn:
    x, y = to_mercator(spot.lat, spot.lon)
    return Drawn(
        at=round(spot.at_s * 1000),
        since=round(spot.at_s * 1000),
        x=x,
        y=y,
        r=true_circle(spot.lat, spot.lon, spot.radius).r if spot.radius else 0.0,
        radius=spot.radius,
        unit=spot.unit or None,
    )

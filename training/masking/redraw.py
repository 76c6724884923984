"""Strong masking: every track is drawn anew and every pause with it, so that nothing of the one that was gone is left.

Whatever follows from the original's track could be matched against known ones: its shape, length, pace, number of positions,
pauses, how long it all took, and what hangs on that (orders sent again because she moved, levels of a battery). So none of it
is taken over. What stays is who did what in which order.
"""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec

from feeds.recordings.recording import Happened, Line, Recorded, Recording
from incidents import events as ev
from incidents.case import Case

FROM = (50.6, 4.5)  # where tracks are drawn, before they are moved elsewhere
LASTS_S = (480.0, 1500.0)
PACES = (0.2, 1.3, 5.0, 13.0)  # m/s: stays, walks, rides, drives
EVERY_S = (5.0, 8.0, 10.0)
RADII = (9.0, 14.0, 22.0, 40.0)
TRAVEL_S = 0.08
METRES = 111_200.0  # of a degree of latitude

_AT_ONCE = frozenset({"presented", "delivered", "undelivered", "ringing"})
_WATCH = (5.0, 20.0)


def redrawn(recording: Recording, chance: Random) -> Recording:
    """The same decisions in the same order, on tracks and at times that are drawn by `chance` alone."""
    kept = list(_kept(recording))
    if not kept:
        return recording
    begin = kept[0].at
    times = _times(kept, begin, chance)
    end = times[-1]
    tracks: dict[str, _Track] = {}
    lines: list[Line] = []
    for line, at in zip(kept, times, strict=True):
        if isinstance(line, Happened):
            lines.append(Happened(at, at, line.by, line.incident, _event(line.event, at, chance)))
            continue
        message = {name: value for name, value in line.message.items() if name not in ("fix", "battery", "seq")}
        message["at"] = ev.stamp(at - timedelta(seconds=TRAVEL_S))
        device = message.get("device")
        if message["kind"] == "press" and isinstance(device, str):
            if device not in tracks:
                tracks[device] = _Track(at, chance)
            message["fix"] = tracks[device].fix(at)
        lines.append(Recorded(at, message))
    for device, track in tracks.items():
        lines += track.messages(device, end)
    lines.sort(key=lambda line: line.at)
    cases = tuple(_case(case, tracks, begin, chance) for case in recording.cases)
    return msgspec.structs.replace(recording, cases=cases, lines=tuple(lines))


class _Track:
    """A way somebody invented goes: at one pace, with turns."""

    def __init__(self, begin: datetime, chance: Random) -> None:
        self.begin, self.chance = begin, chance
        self.every_s, self.pace = chance.choice(EVERY_S), chance.choice(PACES)
        self.home = (FROM[0] + chance.uniform(-0.05, 0.05), FROM[1] + chance.uniform(-0.05, 0.05))
        self.points = [self.home]
        self._heading = chance.uniform(0, 2 * math.pi)

    def place(self, at: datetime) -> tuple[float, float]:
        """Where they are at a moment."""
        n = max(0, round((at - self.begin).total_seconds() / self.every_s))
        while len(self.points) <= n:
            self._heading += self.chance.gauss(0, 0.35) + (self.chance.random() < 0.05) * self.chance.uniform(-2, 2)
            step = self.pace * self.every_s * self.chance.uniform(0.3, 1.4)
            lat, lon = self.points[-1]
            lat += math.cos(self._heading) * step / METRES
            lon += math.sin(self._heading) * step / (METRES * math.cos(math.radians(lat)))
            self.points.append((lat, lon))
        return self.points[n]

    def fix(self, at: datetime) -> dict[str, Any]:
        """A position as it travels."""
        lat, lon = self.place(at)
        return {"lat": round(lat, 6), "lon": round(lon, 6), "radius": self.chance.choice(RADII), "confidence": 68}

    def messages(self, device: str, end: datetime) -> Iterator[Recorded]:
        """Its positions from the first press to the end."""
        for n in range(1, int((end - self.begin).total_seconds() / self.every_s)):
            at = self.begin + timedelta(seconds=n * self.every_s)
            said = ev.stamp(at - timedelta(seconds=TRAVEL_S))
            yield Recorded(
                at, {"kind": "fix", "id": f"{device}-{n}", "at": said, "device": device, "fix": self.fix(at)}
            )


def _kept(recording: Recording) -> Iterator[Line]:
    """The lines of which something stays, orders numbered anew: what followed from the track alone goes."""
    numbers: dict[tuple[str, int], int] = {}
    counts: dict[str, int] = {}
    seen: set[tuple[object, object]] = set()
    for line in recording.lines:
        if isinstance(line, Recorded):
            kind, unit = line.message.get("kind"), line.message.get("unit")
            if kind == "fix" or (kind == "unit" and (unit, line.message.get("status")) in seen):
                continue
            seen.add((unit, line.message.get("status")))
            yield line
            continue
        event = line.event
        match event:
            case ev.Ordered() if line.by == "watch" and event.why == "position":
                continue
            case ev.LimitPassed(limit="no_fix") | ev.WhereUnanswered():
                continue
            case ev.Ordered():
                counts[event.order] = numbers[event.order, event.update] = counts.get(event.order, 0) + 1
                event = msgspec.structs.replace(event, update=counts[event.order], body="")
            case ev.Delivered() | ev.Undelivered():
                if (event.order, event.update) not in numbers:
                    continue
                event = msgspec.structs.replace(event, update=numbers[event.order, event.update])
        yield msgspec.structs.replace(line, event=event)


def _times(lines: list[Line], begin: datetime, chance: Random) -> list[datetime]:
    """Moments in the order of the lines: what follows at once does, persons and zones take shares of a length drawn first."""
    gaps = [0.0]
    share = [0.0]
    for line in lines[1:]:
        at_once, watch = _word(line) in _AT_ONCE, isinstance(line, Happened) and line.by == "watch"
        gaps.append(chance.uniform(0.1, 0.9) if at_once else chance.uniform(*_WATCH) if watch else 0.0)
        share.append(0.0 if gaps[-1] else chance.lognormvariate(0.0, 0.8))
    lasts = chance.uniform(*LASTS_S)
    scale = max(lasts - sum(gaps), 60.0) / (sum(share) or 1.0)
    found, at = [], begin
    for gap, part in zip(gaps, share, strict=True):
        at += timedelta(milliseconds=round((gap + part * scale) * 1000))
        found.append(at)
    return found


def _word(line: Line) -> str:
    if isinstance(line, Happened):
        return str(line.event.__struct_config__.tag)
    return str(line.message.get("state", ""))


def _event(event: ev.Event, at: datetime, chance: Random) -> ev.Event:
    before = at - timedelta(seconds=chance.uniform(2, 40))
    match event:
        case ev.TimeCorrected():
            return msgspec.structs.replace(event, to=ev.stamp(before))
        case ev.LimitPassed():
            return msgspec.structs.replace(event, cause=round(before.timestamp() * 1000))
        case ev.Raised(fix=None):
            return event
        case ev.Raised():
            return msgspec.structs.replace(event, fix=None, flags="no_fix")
    return event


def _case(case: Case, tracks: dict[str, _Track], begin: datetime, chance: Random) -> Case:
    """One home, near the track; one of each kind of fact; days that say nothing."""
    day = begin.date()
    old, older = day - timedelta(days=50), day - timedelta(days=100)
    track = next((tracks[device] for device in case.devices if device in tracks), None)
    home = track.home if track else FROM
    lat, lon = home[0] + chance.gauss(0, 0.004), home[1] + chance.gauss(0, 0.006)

    def one(facts: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(msgspec.structs.replace(fact, date=old) for fact in facts[:1])

    return msgspec.structs.replace(
        case,
        valid_from=older,
        valid_until=day + timedelta(days=265),
        date=old,
        victim=msgspec.structs.replace(case.victim, facts=one(case.victim.facts)),
        suspect=msgspec.structs.replace(case.suspect, facts=one(case.suspect.facts)) if case.suspect else None,
        places=tuple(
            msgspec.structs.replace(place, lat=lat, lon=lon, radius_m=200.0, date=old) for place in case.places[:1]
        ),
        measures=one(case.measures),
        risks=one(case.risks),
        weapons=one(case.weapons),
        present=one(case.present),
        exclusions=one(case.exclusions),
        instructions=tuple(msgspec.structs.replace(i, date=old) for i in case.instructions),
        safe_numbers=case.safe_numbers[:1],
        version=1,
    )

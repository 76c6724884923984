"""What happens in an exercise, and when: the scenario's steps, the positions of those who press, the recordings it is made of.

It knows no clock and does no I/O: it is asked what is due until a moment, and told what the trainer does.
"""

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from feeds.recordings.recording import Recording, moved
from incidents.events import stamp
from incidents.exercises.scenario import Action, Feed, Line, Link, Message, Point, Press, Scenario, Track, Zone

METRES_PER_DEGREE = 111_320.0
CONFIDENCE = 68  # %
LOST = ("link_lost", "app_stopped", "silent")
NOT_PLAYED = ("order", "heartbeat")  # receipts for orders that nobody here gave


class Cue(msgspec.Struct, frozen=True):
    """Something due: an action, or a message of the feed (its fields, `id` and `seq` left out)."""

    at_s: float
    action: Action | None = None
    message: Mapping[str, Any] | None = None


class Stage:
    """A scenario's course. `begin` is the exercise's first moment; `recordings` has those it is made of by name."""

    def __init__(self, scenario: Scenario, recordings: Mapping[str, Recording], begin: datetime) -> None:
        self._begin = begin
        self._tracks = {track.device: track for track in scenario.tracks}
        self._fix_at: dict[str, float] = {}  # when the next position of a device is due
        self._lost: set[str] = set()
        script = [[Cue(step.at, action=step.what) for step in scenario.steps]]
        script += [list(self._played(recordings[base.recording], base.at)) for base in scenario.base]
        self._script = list(heapq.merge(*script, key=lambda cue: cue.at_s))
        self._next = 0

    def next_at(self) -> float | None:
        """When the next thing is due, seconds since the beginning; None when nothing more will happen by itself."""
        return min(
            [*self._fix_at.values(), *(cue.at_s for cue in self._script[self._next : self._next + 1])], default=None
        )

    def due(self, until_s: float) -> Iterator[Cue]:
        """What happens by itself up to a moment, in order."""
        while (at_s := self.next_at()) is not None and at_s <= until_s:
            step = self._script[self._next] if self._next < len(self._script) else None
            if step is not None and step.at_s <= at_s:
                self._next += 1
                yield step
                continue
            device = min(self._fix_at, key=self._fix_at.__getitem__)
            self._fix_at[device] = at_s + self._tracks[device].every
            if device not in self._lost:
                yield Cue(at_s, message={"kind": "fix", "device": device, "fix": self.fix(device, at_s)})

    def messages(self, action: Action, at_s: float) -> Sequence[dict[str, Any]]:
        """What the feed says of an action that happens now. A device that presses is followed from then on."""
        at = self._moment(at_s)
        match action:
            case Press():
                message: dict[str, Any] = {
                    "kind": "press", "device": action.device, "at": at, "press": action.press, "transport": "ble_phone"
                }  # fmt: skip
                if action.battery is not None:
                    message["battery"] = action.battery
                track = self._tracks.get(action.device)
                if track is not None:
                    if action.located:
                        message["fix"] = self.fix(action.device, at_s)
                    self._fix_at.setdefault(action.device, at_s + track.every)
                return [message]
            case Line():
                return [{"kind": "call", "device": action.device, "at": at, "state": action.state, "line": "EX-101"}]
            case Link():
                (self._lost.add if action.state in LOST else self._lost.discard)(action.device)
                message = {"kind": "device", "device": action.device, "at": at, "state": action.state}
                return [message if action.battery is None else message | {"battery": action.battery}]
            case Feed() | Zone() | Message():
                return []

    def fix(self, device: str, at_s: float) -> dict[str, Any]:
        """Where a device of a track is at a moment, as a feed tells it."""
        point, speed, course = place(self._tracks[device], at_s)
        found: dict[str, Any] = {
            "lat": round(point.lat, 6), "lon": round(point.lon, 6), "radius": round(point.radius, 1),
            "confidence": CONFIDENCE, "method": "gnss", "time": self._moment(at_s), "speed": round(speed, 1),
        }  # fmt: skip
        return found if speed < 0.1 else found | {"course": round(course, 1)}

    def _moment(self, at_s: float) -> str:
        return stamp(self._begin + timedelta(milliseconds=int(at_s * 1000)))

    def _played(self, recording: Recording, offset_s: float) -> Iterator[Cue]:
        """The feed of a recording as if it came now: its own delays stay as they were."""
        messages = [line for line in recording.messages if line.message.get("kind") not in NOT_PLAYED]
        for line in messages:
            at_s = offset_s + (line.at - recording.messages[0].at).total_seconds()
            message = moved(line, self._begin + timedelta(seconds=at_s) - line.at)
            if isinstance(device := message.get("device"), str):
                message["device"] = exercise_device(device)
            yield Cue(at_s, message=message)


def place(track: Track, at_s: float) -> tuple[Point, float, float]:
    """Where a track is at a moment, how fast (m/s) and whereto (degrees): it stands before its first and after its last point."""
    after = next((n for n, point in enumerate(track.points) if point.at > at_s), len(track.points))
    if after in (0, len(track.points)):
        return track.points[min(after, len(track.points) - 1)], 0.0, 0.0
    a, b = track.points[after - 1], track.points[after]
    share = (at_s - a.at) / (b.at - a.at)
    between = Point(
        at=at_s,
        lat=a.lat + (b.lat - a.lat) * share,
        lon=a.lon + (b.lon - a.lon) * share,
        radius=a.radius + (b.radius - a.radius) * share,
    )
    north = (b.lat - a.lat) * METRES_PER_DEGREE
    east = (b.lon - a.lon) * METRES_PER_DEGREE * math.cos(math.radians(a.lat))
    return between, math.hypot(north, east) / (b.at - a.at), math.degrees(math.atan2(east, north)) % 360


def exercise_device(name: str) -> str:
    """What a recording's device is called in an exercise: never a name that a real one could have."""
    if name.startswith("EX-"):
        return name
    return "EX-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in name.upper())[:20]

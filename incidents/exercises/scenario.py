"""A scenario: what happens in an exercise, what the trainer may add, and how it ought to be worked.

It is written as YAML (docs/training.md lists every field) or drawn in the editor; both give this type. Everything in it is
fictional. Times are seconds from the beginning of the exercise, positions WGS 84 degrees.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from incidents.case import MAX_LISTED, Case
from incidents.events import Class, Outcome
from incidents.messages import DeviceState, PressValue

FORMAT = "vigie-scenario"
VERSION = 1
LONGEST_S = 4 * 3600.0
MAX_STEPS = 2_000
AFTER_S = 15 * 60.0

Seconds = Annotated[float, Meta(ge=0, le=LONGEST_S)]
Metres = Annotated[float, Meta(ge=0, le=100_000)]
Short = Annotated[str, Meta(min_length=1, max_length=200)]
Long = Annotated[str, Meta(max_length=2000)]
ExerciseDevice = Annotated[str, Meta(pattern=r"\AEX-[A-Z0-9-]{1,20}\Z")]  # never a real device's name


class Point(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A point of a track: where the device is at `at`; between two points it moves in a straight line at an even pace."""

    at: Seconds
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    radius: Metres = 18.0


class Track(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a device goes. A fix is sent every `every` seconds from its first press on."""

    device: ExerciseDevice
    points: Annotated[tuple[Point, ...], Meta(min_length=1, max_length=MAX_STEPS)]
    every: Annotated[float, Meta(ge=1, le=600)] = 5.0


class Press(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="press",
    tag_field="do",
):
    """The button is pressed; `located` false: the press carries no fix."""

    device: ExerciseDevice
    press: PressValue = "hold"
    battery: Annotated[int, Meta(ge=0, le=100)] | None = None
    located: bool = True


class Line(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="line",
    tag_field="do",
):
    """The call rings, is open or ends. `script` is heard on the open line, as text; `sound` is a file beside the scenario."""

    device: ExerciseDevice
    state: Literal["ringing", "open", "ended"]
    script: Long = ""
    sound: Annotated[str, Meta(pattern=r"\A([a-z0-9_-]+\.(wav|ogg|mp3))?\Z")] = ""


class Link(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="link",
    tag_field="do",
):
    """The device's own state: link lost, battery low, back again. While the link is lost no fix of its track is sent."""

    device: ExerciseDevice
    state: DeviceState
    battery: Annotated[int, Meta(ge=0, le=100)] | None = None


class Feed(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="feed",
    tag_field="do",
):
    """The exercise's feed goes silent, or comes back: what was sent meanwhile arrives then, late."""

    state: Literal["down", "up"]


class Zone(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="zone",
    tag_field="do",
):
    """How the zone's dispatch answers the next order: accept (a unit drives there), decline with a reason, or not at all."""

    answer: Literal["accept", "decline", "silence"]
    reason: Annotated[str, Meta(max_length=200)] = ""
    after: Annotated[float, Meta(ge=0, le=600)] = 5.0


class Message(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag="message",
    tag_field="do",
):
    """A word to the trainees, as from `sender` (the zone, a unit by radio, the ambulance, the trainer)."""

    sender: Short
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


Action = Press | Line | Link | Feed | Zone | Message


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action at its time."""

    at: Seconds
    what: Action


class Inject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Actions that wait for the trainer's hand: a second press, a lost link, a decline, a message."""

    name: Short
    what: Annotated[tuple[Action, ...], Meta(min_length=1, max_length=20)]


class Reference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How one incident ought to be worked: what the debrief measures a trainee's decisions against. None: not judged."""

    device: ExerciseDevice
    zone: Annotated[str, Meta(max_length=40)] = ""  # the expected police zone's key
    silent_approach: bool | None = None  # an order must go out with it
    read_instructions: bool | None = None  # the case opened before the order goes out
    keep_listening: bool | None = None  # listening marked, and not closed while the line is open
    as_class: Class | None = None
    outcome: Outcome | None = None
    why: Long = ""


class Base(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A recording that plays inside the scenario from `at` on; its feed messages only, its persons are the trainees' part."""

    recording: Annotated[str, Meta(pattern=r"\A[a-z0-9_-]{1,80}\Z")]  # its name in the training room
    at: Seconds = 0.0


class Scenario(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A whole scenario. `incidents.exercises.check.check_scenario` says what these types can't."""

    format: Literal["vigie-scenario"]
    version: Literal[1]
    title: Short
    language: Literal["nl", "fr", "de", "en"] | None = None  # of its texts, as Case.language
    story: Long = ""  # for the trainer
    briefing: Long = ""  # for the trainees, before it begins
    cases: Annotated[tuple[Case, ...], Meta(max_length=MAX_LISTED)] = ()
    base: Annotated[tuple[Base, ...], Meta(max_length=10)] = ()
    tracks: Annotated[tuple[Track, ...], Meta(max_length=MAX_LISTED)] = ()
    steps: Annotated[tuple[Step, ...], Meta(max_length=MAX_STEPS)] = ()
    injects: Annotated[tuple[Inject, ...], Meta(max_length=MAX_LISTED)] = ()
    references: Annotated[tuple[Reference, ...], Meta(max_length=MAX_LISTED)] = ()
    lasts: Seconds = 0.0  # when the exercise ends by itself; 0: AFTER_S after the last thing that happens

"""What every disclosure says of itself: who was shown what, in which role, and why (docs/access.md)."""

from typing import ClassVar, Literal

from incidents.events.kinds import Event, Why

# Why nothing is asked: what the alarm is to who looks, or that it is their own work (`duty`).
# "" where none of these holds, and a reason is asked for.
Need = Literal["", "unowned", "mine", "offered", "helper", "second_seat", "neighbour", "escalation", "duty"]
# What was disclosed, as the auditor's list says it.
Disclosed = Literal[
    "case",
    "timeline",
    "search",
    "report",
    "figures",
    "aggregate",
    "recording",
    "evidence",
    "order",
    "press",
    "sheet",
    "degraded",
    "devices",
    "subject",
    "audit",
    "access",
    "life",
]


class Disclosure(Event, frozen=True, kw_only=True):
    """Somebody was shown, or took with them, what is kept of a person; or changed, collected or erased it.

    It stands in the stream of its incident, else in `audit/PERIOD`; the actor is who was shown it. `DISCLOSES`: what.
    `role`: the roles they had, space-separated. `need`: what the alarm was to them, so that nothing was asked. `why`: the usual
    reason they gave. Sealed: the `reason` in their own words.
    """

    DISCLOSES: ClassVar[Disclosed]
    # A command of the machine makes it: the actor is a name that was typed there, or the machine's account. Where pages make it
    # too, its `how` says which.
    COMMAND: ClassVar[bool] = False
    STORY = False
    SEALED = frozenset({"reason"})
    role: str = ""
    need: Need = ""
    why: Why | Literal[""] = ""
    reason: str = ""


class ReasonGiven(Event, frozen=True, kw_only=True, tag="reason_given"):
    """A person said why they looked, after they were shown it: `of` is the id of the record of the look, in the same stream.

    `why`: the usual reason. Sealed: the `reason` in their own words.
    """

    SAYS = "a reason was given for a look"
    STORY = False
    SEALED = frozenset({"reason"})
    of: str
    why: Why
    reason: str = ""

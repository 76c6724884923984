"""The words that events are made of, and the base of them all."""

from typing import ClassVar, Literal, get_args

import msgspec

Class = Literal["real", "test", "accidental", "unknown"]
Outcome = Literal[
    "victim_safe",
    "suspect_arrested",
    "suspect_gone",
    "nobody_found",
    "no_intervention",
    "handed_to_other_service",
    "test_ok",
    "test_failed",
    "other",
]
Step = Literal["accepted", "en_route", "on_scene", "safe"]
Source = Literal["feed", "zone", "unit", "radio", "person", "console", "watch"]
Condition = Literal["link_lost", "battery_low", "app_stopped", "silent"]
Verified = Literal["unit_saw_victim", "safe_word", "technician_present", "duplicate", "said_on_line", "none"]
# Why a person looks up what is not theirs to do now: the usual reasons, one key each; "other" says it in words.
Why = Literal["alarm", "handover", "review", "magistrate", "person", "training", "other"]
UpdateReason = Literal["new", "position", "press", "instructions", "reroute", "cancel"]
PlaceDoubt = Literal["no_number", "no_street", "other_number", "other_town"]
Flag = Literal[
    "late",
    "delayed",
    "no_device",
    "no_fix",
    "no_number",
    "no_street",
    "other_number",
    "other_town",
    "outside",
    "future",
    "past",
    "zone_clock",
    "id_again",
    "counter_back",
    "case_unknown",
    "case_early",
    "case_expired",
    "case_suspended",
    "case_ended",
    "case_returned",
    "cases_locked",
    "unreadable",
]


By = Literal["person", "afterwards", "zone", "watch", "orders", "console"]
PLACE_DOUBTS: tuple[PlaceDoubt, ...] = get_args(PlaceDoubt)  # of a place in words: how far it is not what was typed
PERSON: frozenset[By] = frozenset({"person"})
WATCH: frozenset[By] = frozenset({"watch"})


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """Something that happened. `SEALED` names the fields that are encrypted in the log, for they may name or hurt a person.

    `BY` says who does it to an incident beside the feed: a person at work on it, or of what is over (`afterwards`), a zone's
    desk, a part of Vigie. `SAYS` is its sentence where it is named to people, in English; "" for what they are never told.
    `SAYS_IF` is what it says instead where facts have these values, the first that fits; `COMPLETED_BY` names the fact whose
    word completes the sentence. `NOTICED`: an operator would notice it on a row. `TRACK`: it says where somebody is, no more.
    `CHAPTER` is the part of a timeline that it belongs to beside: who looked at the alarm, or what became of its order.
    `STORY`: it is part of what happened, which a history tells and a recording plays; what is not stands in the log alone.
    """

    SEALED: ClassVar[frozenset[str]] = frozenset()
    BY: ClassVar[frozenset[By]] = frozenset()
    SAYS: ClassVar[str] = ""
    SAYS_IF: ClassVar[tuple[tuple[dict[str, object], str], ...]] = ()
    COMPLETED_BY: ClassVar[str] = ""
    NOTICED: ClassVar[bool] = False
    TRACK: ClassVar[bool] = False
    CHAPTER: ClassVar[Literal["", "looks", "orders"]] = ""
    STORY: ClassVar[bool] = True

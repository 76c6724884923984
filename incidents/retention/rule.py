"""When an incident is over, and what keeps it all the same. What holds it by itself follows from its own facts alone."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

import msgspec

from incidents import events as ev
from incidents.cases.sealed import Kept
from incidents.retention.times import Times

# A real or unknown class, the duress word, an arrest, an evidence file, what a person said; and what can't be read now.
Why = Literal["real", "unknown", "duress", "arrest", "evidence", "police_report", "complaint", "unreadable"]
Rule = Literal["test", "accidental", "real"]
GRAVE: frozenset[Why] = frozenset({"arrest", "duress", "evidence"})  # no one person lifts them


class Hold(msgspec.Struct, frozen=True):
    """Why an incident is kept, and since when by our clock: a lift that came later ends it."""

    why: Why
    since: datetime


class Lift(msgspec.Struct, frozen=True):
    """That a magistrate let go of these holds."""

    whys: frozenset[str]
    at: datetime


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rule needs to know of an incident. `closed_at`: by our clock; None while it is open."""

    incident: str
    raised_at: datetime
    closed_at: datetime | None = None
    as_class: ev.Class | None = None
    holds: tuple[Hold, ...] = ()
    lifts: tuple[Lift, ...] = ()

    @property
    def holding(self) -> tuple[Why, ...]:
        """The holds that nobody lifted since, each once."""
        return tuple(dict.fromkeys(hold.why for hold in self.holds if not self._is_lifted(hold)))

    def _is_lifted(self, hold: Hold) -> bool:
        return any(hold.why in lift.whys and lift.at >= hold.since for lift in self.lifts)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Under which rule an incident ends and when (None: it is open), what holds it, and whether it is over now."""

    incident: str
    rule: Rule
    ends: datetime | None
    held: tuple[Why, ...] = ()
    over: bool = False


def due(facts: Facts, times: Times, now: datetime) -> Verdict:
    """What becomes of an incident by these times."""
    rule: Rule = facts.as_class if facts.as_class in ("test", "accidental") else "real"
    if facts.closed_at is None:
        return Verdict(incident=facts.incident, rule=rule, ends=None)
    ends, held = facts.closed_at + timedelta(days=getattr(times, rule)), facts.holding
    return Verdict(incident=facts.incident, rule=rule, ends=ends, held=held, over=ends <= now and not held)


class OldVersion(msgspec.Struct, frozen=True):
    """A version of a case that is over, or (`version` None) the whole case, since when."""

    version: int | None
    ended: datetime


def cases_over(versions: Sequence[Kept], used: Collection[int] | None, times: Times, now: datetime) -> list[OldVersion]:
    """What is over of one case, given its versions, oldest first, and those that incidents not yet erased name.

    `used` None: none names the case. A withdrawn case is over as a whole; one that stands loses its old versions.
    """
    if not versions:
        return []
    newest = versions[-1]
    if newest.withdrawn:
        ended = newest.at + timedelta(days=times.case)
        return [OldVersion(None, ended)] if used is None and ended <= now else []
    replaced = ((old, after.at + timedelta(days=times.version)) for old, after in pairwise(versions))
    return [OldVersion(old.version, at) for old, at in replaced if at <= now and old.version not in (used or ())]

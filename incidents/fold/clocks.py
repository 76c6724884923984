"""Which of a source's times counts. A wrong clock never freezes a place: what cannot be counts as receipt, and is flagged.

The log keeps each time as its source gave it. Every reader folds, so a log of any age is read by this one rule.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from incidents import events as ev
from incidents.messages import Fix

AHEAD = timedelta(seconds=5)  # a source's clock may be this much ahead of ours
BEHIND = timedelta(days=7)  # no feed holds a message for so long: the clock was never set

_LOCATING = (ev.PressFacts, ev.Located, ev.UnitSeen)
_OF_ZONES = (ev.UnitSeen, ev.Progressed, ev.OrderDone, ev.Declined)


def wrong(at: datetime, received: datetime) -> ev.Flag | None:
    """Which flag a time raises that its source cannot have meant; None for one that counts."""
    if at > received + AHEAD:
        return "future"
    return "past" if at < received - BEHIND else None


def counted(at: datetime, received: datetime) -> datetime:
    """The time that counts: the source's own, or the receipt."""
    return received if wrong(at, received) else at


def counted_fix(fix: Fix | None, received: datetime) -> Fix | None:
    """A position with the time that counts."""
    if fix is None or fix.time is None or not wrong(fix.time, received):
        return fix
    return replace(fix, time=received)


def wrongs(at: datetime, fix: Fix | None, received: datetime) -> set[ev.Flag]:
    """The flags that the times of a message raise."""
    flag, of_fix = wrong(at, received), wrong(fix.time, received) if fix is not None and fix.time is not None else None
    return {one for one in (flag, of_fix) if one} if flag or of_fix else set()


def counting(entry: ev.Entry) -> ev.Entry:
    """The entry with the times that count, and the flags they raise. What persons enter is their own word."""
    if entry.actor != "feed":
        return entry
    event = entry.event
    fix = event.fix if isinstance(event, _LOCATING) else None
    flags = wrongs(entry.source_at, fix, entry.at)
    if not flags:
        return entry
    if isinstance(event, _LOCATING) and fix is not None:
        event = replace(event, fix=counted_fix(fix, entry.at))
    raised: frozenset[ev.Flag] = frozenset({"zone_clock"}) if isinstance(event, _OF_ZONES) else frozenset(flags)
    return replace(entry, source_at=counted(entry.source_at, entry.at), event=event, flags=raised)

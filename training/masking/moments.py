"""Times moved to another day and another time of day: all by the same, so that what lay between them stays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import msgspec

from feeds.recordings.recording import Happened, Recording
from incidents import events as ev
from incidents.events import BRUSSELS
from training.masking.names import texts_of

TRIES = 200
DAYS = (40, 400)  # earlier, by so many days
MINUTES = (20, 175)  # and by so many minutes earlier or later: a night mostly stays a night


class Shift:
    """One move of every time."""

    def __init__(self, by: timedelta) -> None:
        self.by = by

    def moment(self, at: datetime) -> datetime:
        """The moment instead of this one."""
        return at + self.by

    def day(self, day: date) -> date:
        """The day instead of this one: the file's own days keep their distances."""
        return day + timedelta(days=self.by.days)

    def text(self, at: str) -> str:
        """The same for a moment as it is written."""
        return ev.stamp(self.moment(datetime.fromisoformat(at)))


def shift_for(original: Recording, drawn: Recording, chance: Random) -> Shift:
    """A move after which no time of day, to the second, and no day of the original is left, where that can be."""
    moments, days = moments_of(original), days_of(original)
    theirs = days_of(drawn) | {day + timedelta(days=1) for day in days_of(drawn)}  # a masked case ends a day later
    seconds = {moment.astimezone(UTC).strftime("%H:%M:%S") for moment in moments}
    moved = moments if drawn is original else moments_of(drawn)
    days |= _on(moments)
    best, least = timedelta(), -1
    for _ in range(TRIES):
        by = timedelta(
            days=-chance.randint(*DAYS),
            minutes=chance.randint(*MINUTES) * chance.choice((-1, 1)),
            seconds=chance.randrange(60),
            milliseconds=chance.randrange(1, 1000),
        )
        left = sum((moment + by).astimezone(UTC).strftime("%H:%M:%S") in seconds for moment in moved)
        left += 1000 * sum(day + timedelta(days=by.days) in days for day in theirs)
        left += 1000 * len({(moment + by).date() for moment in moved and (min(moved), max(moved))} & days)
        if least < 0 or left < least:
            best, least = by, left
        if not left:
            break
    return Shift(best)


def clear_of(recording: Recording, at: datetime, *, earlier: bool) -> datetime:
    """The nearest day, then or before (or after), that the original does not name."""
    days = days_of(recording) | _on(moments_of(recording))
    while at.date() in days:
        at += timedelta(days=-1 if earlier else 1)
    return at


def moments_of(recording: Recording) -> list[datetime]:
    """Every moment of a recording's lines."""
    found: list[datetime] = []
    for line in recording.lines:
        found.append(line.at)
        if isinstance(line, Happened):
            found.append(line.happened)
            found += _written(msgspec.to_builtins(line.event))
        else:
            found += _written(line.message)
    return found


def days_of(recording: Recording) -> set[date]:
    """Every day that the cases name."""
    return {
        date.fromisoformat(text)
        for text in texts_of(msgspec.to_builtins(recording.cases))
        if len(text) == 10 and _is_day(text)
    }


def _on(moments: list[datetime]) -> set[date]:
    return {moment.astimezone(zone).date() for moment in moments for zone in (UTC, BRUSSELS)}


def _written(thing: Any) -> Iterator[datetime]:
    for text in texts_of(thing):
        if len(text) >= 20 and text[4:5] == "-" and text[10:11] == "T":
            try:
                at = msgspec.convert(text, datetime)
            except msgspec.ValidationError:
                continue
            if at.tzinfo is not None:
                yield at


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

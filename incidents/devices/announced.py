"""An announced test: a person says beforehand that a device is about to be pressed, and where they stand with it.

Its presses alarm in full, on every console, and are marked; nothing is classified, quieter or closed for it. What is marked is
said in the press itself: an incident's fold needs nothing but its own stream.
"""

from datetime import datetime, timedelta

import msgspec

from incidents import events as ev

LATE = timedelta(seconds=30)  # a press heard so long after the end is marked no more, whatever its own clock says


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """A test of a device that was announced, by whom (a pseudonym), from when until when, and where they are with it."""

    stream: str
    device: str | None
    by: str
    since: datetime
    until: datetime
    where: str


class Announced(msgspec.Struct, frozen=True):
    """What an incident says of it: every press of it so far was announced, the last as this."""

    by: str
    until: datetime
    where: str


def after(standing: Announcement | None, entry: ev.Entry) -> Announcement | None:
    """What stands announced after an entry of the device's stream. The last announcement counts."""
    match entry.event:
        case ev.AnnouncedTest() as event:
            return Announcement(
                stream=entry.stream,
                device=event.device,
                by=entry.actor,
                since=entry.at,
                until=datetime.fromisoformat(event.until),
                where=event.where,
            )
        case ev.WithdrawnTest():
            return None
    return standing


def covers(standing: Announcement, pressed: datetime, heard: datetime) -> bool:
    """Whether a press is of the announced test: it was pressed within its time by its own clock, and heard soon enough by ours.

    A press that came delayed from before the announcement is not; nor is one that a slow clock dates back into it.
    """
    return standing.since <= pressed <= standing.until and standing.since <= heard <= standing.until + LATE


def mark(standing: Announcement | None, pressed: datetime, heard: datetime) -> dict[str, str]:
    """The facts that a press carries when it is of an announced test; none when it is not."""
    if standing is None or not covers(standing, pressed, heard):
        return {}
    return {
        "announced_by": standing.by,
        "announced_until": ev.stamp(standing.until),
        "announced_where": standing.where,
    }


def marked(event: ev.Raised | ev.Pressed) -> Announced | None:
    """What a press says of an announced test."""
    if not event.announced_by:
        return None
    return Announced(event.announced_by, datetime.fromisoformat(event.announced_until), event.announced_where)

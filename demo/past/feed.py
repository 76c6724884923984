"""The one outage of the past's feed: some hours blind, in the records that a desk would have made of it."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from demo.past.log_entries import Told, said
from demo.past.people import People
from incidents import events as ev

FEED = "112-app"
HOURS = 5.0


class Outage(msgspec.Struct, frozen=True):
    """From when until when the feed was silent."""

    begins: datetime
    ends: datetime

    def within(self, at: datetime) -> bool:
        """Whether the feed was silent then."""
        return self.begins <= at < self.ends


def outage(since: datetime, until: datetime, luck: random.Random) -> Outage:
    """An evening about two thirds through the past."""
    day = since + (until - since) * luck.uniform(0.6, 0.7)
    local = day.astimezone(ev.BRUSSELS).replace(hour=18, minute=luck.randrange(60), second=0, microsecond=0)
    begins = min(max(local.astimezone(day.tzinfo), since), until - timedelta(hours=HOURS))
    return Outage(begins, begins + timedelta(hours=HOURS))


def outage_told(outage: Outage, people: People) -> Iterator[Told]:
    """Silent, then down, then live again with a gap that the supervisor notes."""
    stream = f"feed/{FEED}"
    for n, (after_s, event) in enumerate(
        (
            (0, ev.FeedStateChanged(state="silent")),
            (90, ev.FeedStateChanged(state="down")),
            ((outage.ends - outage.begins).total_seconds(), ev.FeedStateChanged(state="live")),
            (
                (outage.ends - outage.begins).total_seconds() + 1,
                ev.FeedGap(why="oldest", expected=18_231, oldest=18_507),
            ),
        )
    ):
        yield said(stream, event, outage.begins + timedelta(seconds=after_s), id=f"past-outage-{n}", actor="feed")
    noted = outage.ends + timedelta(minutes=7)
    yield said(stream, ev.FeedGapAcknowledged(), noted, id="past-outage-noted", actor=people.supervisor(noted))

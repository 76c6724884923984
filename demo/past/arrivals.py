"""When things happen: evenings and nights more than mornings, weekends more than weekdays, more buttons at the end than at first.

What kinds: 96 in 100 presses are tests and accidents, as in Belgium's first year (one province: 19 buttons, 84 calls, 3 genuine).
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from demo.past.feed import Outage
from incidents.events import BRUSSELS

Kind = Literal["test", "accident", "checked", "real", "unknown"]

# What becomes of 1,000 incidents. Checked: an accident that a patrol went to see. Unknown: nobody could say in the end.
SHARES: dict[Kind, int] = {"real": 34, "unknown": 6, "checked": 50, "accident": 350, "test": 560}
# Weights of the hours of the day (Belgian time), of Monday to Sunday.
HOURS: dict[Kind, tuple[int, ...]] = {
    "test": (1, 1, 0, 0, 0, 0, 1, 3, 5, 7, 8, 7, 6, 6, 7, 7, 8, 10, 12, 13, 12, 9, 5, 2),
    "accident": (3, 2, 1, 1, 1, 1, 2, 5, 6, 5, 5, 5, 6, 6, 6, 7, 8, 10, 11, 11, 10, 9, 7, 5),
    "real": (9, 8, 6, 4, 2, 1, 1, 2, 3, 2, 2, 2, 3, 3, 3, 4, 5, 7, 9, 11, 12, 13, 13, 11),
}
_DAYS: dict[Kind, tuple[int, ...]] = {
    "test": (10, 10, 10, 10, 11, 12, 11),
    "accident": (10, 10, 10, 10, 12, 14, 13),
    "real": (8, 8, 8, 9, 12, 16, 15),
}
LIKE: dict[Kind, Kind] = {"checked": "accident", "unknown": "real"}
IN_OUTAGE = 0.006  # the share of presses that fall into the feed's outage: two at least
MOST_IN_OUTAGE = 40  # and no more: what is written on paper keeps its button until the evening is over


class Start(msgspec.Struct, frozen=True, order=True):
    """An incident begins: when, and what it will turn out to be."""

    at: datetime
    kind: Kind


def starts(n: int, since: datetime, until: datetime, luck: random.Random, outage: Outage) -> list[Start]:
    """So many beginnings, in order. Raises ValueError when no time lies between."""
    days = (until - since).days
    if days < 1:
        raise ValueError("a past needs a day at least")
    kinds: list[Kind] = [kind for kind, share in SHARES.items() for _ in range(round(n * share / 1000))]
    kinds = (kinds + ["test"] * n)[:n]
    luck.shuffle(kinds)
    weights = {kind: _by_day(since, days, kind) for kind in HOURS}
    found = [Start(_moment(kind, weights, since, until, luck), kind) for kind in kinds]
    within = (outage.ends - outage.begins).total_seconds()
    for place in range(min(n, max(2, round(n * IN_OUTAGE)), MOST_IN_OUTAGE)):
        at = outage.begins + timedelta(seconds=round(luck.uniform(0, within), 3))
        found[place] = Start(at, found[place].kind)
    return sorted(found)


def _by_day(since: datetime, days: int, kind: Kind) -> list[float]:
    """Weights of the days: more buttons are given out as the year goes on."""
    first = since.astimezone(BRUSSELS).date()
    week = _DAYS[kind]
    return [week[(first + timedelta(days=n)).weekday()] * (0.7 + 0.6 * n / days) for n in range(days)]


def _moment(
    kind: Kind, weights: dict[Kind, list[float]], since: datetime, until: datetime, luck: random.Random
) -> datetime:
    like = LIKE.get(kind, kind)
    first = since.astimezone(BRUSSELS)
    while True:
        day = luck.choices(range(len(weights[like])), weights[like])[0]
        hour = luck.choices(range(24), HOURS[like])[0]
        # The wall clock of that day; on the nights the clocks change, an hour that comes twice is the first or the second.
        local = (first + timedelta(days=day)).replace(
            hour=hour, minute=0, second=0, microsecond=0, fold=luck.randrange(2)
        )
        at = local.astimezone(UTC) + timedelta(milliseconds=luck.randrange(3_600_000))
        if since <= at < until:
            return at

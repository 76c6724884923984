"""What a day was like: how many looks, by how many people, with and without an alarm; and which notices it made."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import msgspec

from incidents.auditing.notices import RaisedNotice
from incidents.auditing.query import Asked, Lists
from incidents.events import BRUSSELS


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """Of one day in Belgium (ISO 8601): `kinds` counts the looks by what was disclosed, `notices` those made, by rule."""

    day: str
    looks: int
    people: int
    open: int
    without: int
    missing: int
    kinds: dict[str, int]
    notices: dict[str, int]


def span_of(day: date) -> tuple[int, int]:
    """From when until just before when a Belgian day lasts, ms since 1970: 23 or 25 hours where the clocks change."""
    first, last = (datetime.combine(day + timedelta(days=n), time(), BRUSSELS) for n in (0, 1))
    return round(first.timestamp() * 1000), round(last.timestamp() * 1000)


def digest(day: date, lists: Lists, notices: Iterable[RaisedNotice], asked: Asked) -> Digest:
    """The digest for who asks: `asked` says whose looks are not for them."""
    since_ms, until_ms = span_of(day)
    asked = msgspec.structs.replace(asked, since_ms=since_ms, until_ms=until_ms)
    found = lists.find(asked, shown=0)
    missing = lists.find(msgspec.structs.replace(asked, missing=True), shown=0)
    made = Counter(one.rule for one in notices if since_ms <= one.at_ms < until_ms)
    return Digest(
        day=day.isoformat(),
        looks=found.count,
        people=len(found.people),
        open=found.counts["with"],
        without=found.counts["without"],
        missing=missing.count,
        kinds=found.kinds,
        notices=dict(made),
    )

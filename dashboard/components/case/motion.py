"""How she moves, as the case panel says it: "standing since 14:02", "about 40 km/h NE", and that a position is doubtful."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from dashboard.components.map.labels import length, span
from dashboard.components.map.words import words
from dashboard.components.nearby import side
from dashboard.components.tracks import TOO_OLD_S
from dashboard.shell.clock import BRUSSELS, dated, written
from maps.track import GUESS_S, Track
from reports.catalogue import named

ROUGHLY_FROM_KMH: Final = 20  # from there on in fives: it is an estimate


def doubt_words(of: Track, _: Callable[[str], str]) -> str:
    """That the newest position may be wrong, and why; "" of one that is not doubted."""
    if of.doubt is None:
        return ""
    said = words(_)
    jump = {"m": length(of.doubt.distance_m, said["decimal"]), "span": span(said, of.doubt.seconds)}
    return named(_, "dashboard/components/case")["doubt"].format(**jump)


def time_words(at: datetime | None, now: datetime, _: Callable[[str], str]) -> str:
    """From when a position is, by the Belgian clock, and how old once it is too old to choose a zone by; "": nobody knows."""
    if at is None:
        return ""
    said, same = (
        named(_, "dashboard/components/case"),
        at.astimezone(BRUSSELS).date() == now.astimezone(BRUSSELS).date(),
    )
    time, age_s = written(at) if same else dated(at, _), (now - at).total_seconds()
    return said["fix_old_of" if age_s > TOO_OLD_S else "fix_of"].format(time=time, age=span(words(_), age_s))


def motion(of: Track, _: Callable[[str], str]) -> dict[str, Any]:
    """The parts of `Live` that say it. What is said of now holds until `moves_until` (ms since 1970), and then is silent."""
    facts: dict[str, Any] = {}
    if of.last_at_s is None:
        return facts
    if (stop := of.standing) is not None:
        facts["stands_at"] = round(stop.since_s * 1000)
    elif of.speed_m_s is not None and of.course_deg is not None:
        kmh = of.speed_m_s * 3.6
        facts["kmh"] = max(1, round(kmh) if kmh < ROUGHLY_FROM_KMH else 5 * round(kmh / 5))
        facts["heading"] = side(of.course_deg, _)
    else:
        return facts
    return facts | {"moves_until": round((of.last_at_s + GUESS_S) * 1000)}

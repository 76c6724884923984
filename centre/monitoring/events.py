"""The events that a centre writes as log lines, in one table: docs/monitoring.md lists them, a test compares.

A line holds what its event declares and nothing else: names of feeds, keys of centres, numbers of incidents, counts, seconds.
"""

import logging
from collections.abc import Iterator

import msgspec

from incidents.faults import FAULTS, Severity

_LEVELS: dict[Severity, int] = {"down": logging.ERROR, "degraded": logging.WARNING, "notice": logging.WARNING}

Fact = str | int | float

_logger = logging.getLogger("vigie")
_logger.setLevel(logging.INFO)  # whatever the level of the others: what is over is news, too


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event by its name: its level, what it says, the facts that its line may hold (units in their names)."""

    level: int
    says: str
    facts: tuple[str, ...] = ()


def _of_faults() -> Iterator[tuple[str, Event]]:
    for what, kind in FAULTS.items():
        about: tuple[str, ...] = (kind.about,) if kind.about else ()
        if kind.about == "incident":
            about = (*about, "incidents", "count")  # of several at once
        yield what, Event(level=_LEVELS[kind.severity], says=kind.says, facts=(*about, "why", "seconds"))
        if kind.over:
            yield kind.over, Event(level=logging.INFO, says=f"over: {kind.says}", facts=(*about, "seconds"))


EVENTS: dict[str, Event] = {
    "versions": Event(
        level=logging.INFO,
        says="a desk starts",
        facts=("vigie", "python", "panel", "bokeh", "sqlite", "prometheus_client"),
    ),
    "settings": Event(
        level=logging.INFO,
        says="the settings that are not as by default; a text is only said to be set",
        facts=("set",),
    ),
    "signin_refused": Event(
        level=logging.WARNING, says="sign-ins were refused since the last such line", facts=("why", "count", "total")
    ),
    **dict(_of_faults()),
}


def say(name: str, **facts: Fact) -> None:
    """Write an event. Raises KeyError for one that is not in the table, ValueError for a fact it does not declare."""
    event = EVENTS[name]
    if strange := facts.keys() - set(event.facts):
        raise ValueError(f"{name} declares no {', '.join(sorted(strange))}")
    kept = {fact: facts[fact] for fact in event.facts if fact in facts}
    _logger.log(event.level, "%s", event.says, extra={"event": name, "facts": kept})

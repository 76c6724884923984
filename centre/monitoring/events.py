"""The events that a centre writes as log lines, in one table: docs/monitoring.md lists them, a test compares.

A line holds what its event declares and nothing else: names of feeds, keys of centres, numbers of incidents, counts, seconds.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from time import monotonic
from types import MappingProxyType

import msgspec

from incidents.faults import FAULTS, Severity

LOGGER = "vigie"
AT_ONCE, WINDOW_S = 20, 60.0  # lines of one event in that time; more are counted in one

_LEVELS: dict[Severity, int] = {"down": logging.ERROR, "degraded": logging.WARNING, "notice": logging.WARNING}

Fact = str | int | float


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event by its name: its level, what it says, the facts that its line may hold (units in their names)."""

    level: int
    says: str
    facts: tuple[str, ...] = ()


def _of_faults() -> Iterator[tuple[str, Event]]:
    for what, kind in FAULTS.items():
        about = (kind.about,) if kind.about else ()
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
    "lines_withheld": Event(
        level=logging.WARNING,
        says="there were more lines of an event in a minute than are written",
        facts=("of", "count"),
    ),
    **dict(_of_faults()),
}


class EventLines:
    """Writes events as log lines, of each so many in a window. `now` gives seconds that never jump."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._logger = logging.getLogger(LOGGER)
        self._logger.setLevel(logging.INFO)  # whatever the level of the others: what is over is news, too
        self._began: dict[str, float] = {}
        self._written: Counter[str] = Counter()
        self._withheld: Counter[str] = Counter()

    def say(self, name: str, **facts: Fact) -> None:
        """Write an event. Raises KeyError for one that is not in the table, ValueError for a fact it does not declare."""
        event = EVENTS[name]
        if strange := facts.keys() - set(event.facts):
            raise ValueError(f"{name} declares no {', '.join(sorted(strange))}")
        if self._now() - self._began.setdefault(name, self._now()) >= WINDOW_S:
            self.look()
            self._began[name] = self._now()
        if self._written[name] >= AT_ONCE:
            self._withheld[name] += 1
            return
        self._written[name] += 1
        self._write(name, event, facts)

    def look(self) -> None:
        """Say how many lines were withheld in the windows that are over."""
        for name in [name for name, began in self._began.items() if self._now() - began >= WINDOW_S]:
            del self._began[name]
            del self._written[name]
            if count := self._withheld.pop(name, 0):
                self._write("lines_withheld", EVENTS["lines_withheld"], {"of": name, "count": count})

    def _write(self, name: str, event: Event, facts: dict[str, Fact]) -> None:
        kept = MappingProxyType({fact: facts[fact] for fact in event.facts if fact in facts})
        self._logger.log(event.level, "%s", event.says, extra={"event": name, "facts": kept})

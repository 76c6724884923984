"""One incident as it comes about: what is said is decided as the desk decides it, watched as by the watch, and folded."""

import heapq
import itertools
import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict

from demo.past.log_entries import Told, said
from incidents import commands as cmd
from incidents import events as ev
from incidents.case import Case
from incidents.commands import Circumstances, Refused
from incidents.desk.decisions import decide
from incidents.escalation.ladder import WatchTimes, event_of, id_of, steps
from incidents.fold import apply
from incidents.incident import Incident

_TIMES = WatchTimes()


class About(TypedDict):
    """What every command about an incident carries."""

    id: str
    incident: str


class Scene:
    """Acts wait on an agenda and are done in their order; `now` is the moment of the one being done.

    `noticed` is told of everything that happens.
    """

    def __init__(
        self,
        name: str,
        begins: datetime,
        luck: random.Random,
        case: Case | None,
        *,
        noticed: Callable[[ev.Event], None],
    ) -> None:
        self.name = name
        self.now = begins
        self.told: list[Told] = []
        self.luck = luck
        self._noticed, self._case = noticed, case
        self._stream = f"incident/{name}"
        self._incident: Incident | None = None
        self._agenda: list[tuple[datetime, int, Callable[[], object]]] = []
        self._count = itertools.count()

    @property
    def incident(self) -> Incident:
        """As it is folded. It must have been raised."""
        assert self._incident is not None
        return self._incident

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Do it so much later."""
        at = self.now + timedelta(milliseconds=round(seconds * 1000))
        heapq.heappush(self._agenda, (at, next(self._count), act))

    def run(self) -> None:
        """Do everything on the agenda; between, the watch does its part."""
        while self._agenda:
            at, _, act = heapq.heappop(self._agenda)
            if self._incident is not None:
                self._watch(at)
            self.now = at
            act()

    def happens(
        self, event: ev.Event, *, actor: str, id: str = "", source_at: datetime | None = None, at: datetime | None = None
    ) -> None:  # fmt: skip
        """It is entered now (or at `at`), and happened then or at `source_at`."""
        at = at or self.now
        record = id or (f"112-app/{self._uuid()}" if actor == "feed" else self._uuid().hex)
        self.told.append(said(self._stream, event, at, id=record, actor=actor, source_at=source_at))
        entry = ev.Entry(
            stream=self._stream, version=len(self.told), id=record, at=at, source_at=source_at or at, actor=actor, event=event
        )  # fmt: skip
        self._incident = apply(self._incident, entry)
        self._noticed(event)

    def asked(self, command: cmd.Command, actor: str, *, happened_at: datetime | None = None) -> bool:
        """Whether a person's wish was granted; if so it happened."""
        about = Circumstances(
            actor=actor,
            now=self.now,
            case=self._case,
            known_zone=lambda zone: True,
            has_address=has_address,
            on_shift=lambda person: person,
        )
        try:
            event = decide(self.incident, command, about)
        except Refused:
            return False
        if event is not None:
            self.happens(event, actor=actor, id=command.id, source_at=happened_at)
        return True

    def made(self) -> About:
        """A new command about this incident."""
        return {"id": self._uuid().hex, "incident": self.name}

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.luck.getrandbits(128), version=4)

    def _watch(self, until: datetime) -> None:
        while due := next(iter(steps(self.incident, _TIMES)), None):
            if due.at > until:
                return
            self.now = max(self.now, due.at)
            self.happens(event_of(due), actor="watch", id=id_of(self.incident, due))


def has_address(zone: str) -> bool:
    """One zone in eight has no address: its orders go by radio."""
    return sum(map(ord, zone)) % 8 != 0

"""The neutral row on one page, and what all pages share of it: who is before a page, and whether anybody else listens.

`incidents.exclusion` decides. A page from which an alarm is kept knows it by a name of its own, and neither saw nor heard it.
"""

import asyncio
import hmac
from collections.abc import Callable, Iterable
from typing import Any, Literal, Protocol
from uuid import uuid4

import msgspec

from dashboard.components.devices.rows import CONDITIONS
from dashboard.components.queue.rows import Reserved
from dashboard.services import Ground
from incidents import events as ev
from incidents.centres import Belongs
from incidents.desk.desk import Desk
from incidents.incident import Incident
from incidents.log import LogUnavailable
from incidents.presence.pages import Watching
from incidents.roles import User


class ReservedPage(Protocol):
    """A page as what is kept from it sees it."""

    @property
    def connected(self) -> bool: ...
    @property
    def covers(self) -> frozenset[str]: ...
    @property
    def visible(self) -> bool: ...
    @property
    def audible(self) -> bool: ...
    def counts(self, incident: Incident | None = None) -> bool: ...


class ReservedGround(Ground, Protocol):
    """The pages' common ground as what is kept from a page sees it."""

    def whose(self, incident: Incident) -> Belongs: ...
    def seats(self) -> Iterable[ReservedPage]:
        """All pages that are not behind."""
        ...


class Reservations:
    """What the pages of this process share."""

    def __init__(self, consoles: ReservedGround) -> None:
        self._consoles = consoles
        self._desk = consoles.desk
        self._told: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def person(self, token: str, kind: str, position: str = "") -> User | None:
        """Who is before a page: on a locked one who was signed in at its browser last; None when nobody can say."""
        now = self._consoles.standing(token, kind)
        if now.state == "open":
            return User(actor="", roles=now.roles, name=position)
        if not now.locked:
            return User(actor="", roles=now.roles, zone=now.zone, name=now.name)
        left = now.why not in ("idle", "expired")  # signed out, or out: whoever comes next
        found = self._consoles.signins.of(token) if self._consoles.signins is not None and not left else None
        return None if found is None else User(actor="", roles=found.roles, zone=found.zone, name=found.name)

    def alone(self, incident: Incident) -> bool:
        """Whether of those who cover an alarm's centre only such persons have a page as its case excludes; or nobody else's is
        in sight and can be heard.
        """
        if not self._desk.exclusions.concerns(incident) or not self._consoles.services.others.certain:
            return False
        own = self._consoles.whose(incident).own
        here = [s for s in self._consoles.seats() if s.connected and s.counts() and (not own or own in s.covers)]
        there = [p for p in self._consoles.services.others.pages if p.works and (not own or own in p.cics)]
        able: list[ReservedPage | Watching] = [seat for seat in here if seat.counts(incident)]
        able += [page for page in there if not self._desk.exclusions.actor(incident, page.actor)]
        return len(able) < len(here) + len(there) and not any(page.visible and page.audible for page in able)

    def kept(self, incident: Incident, user: User | None) -> None:
        """Record once that a person before a page was kept from an open alarm: a supervisor is told."""
        if user is None or not user.name:
            return
        try:
            actor = self._desk.pseudonym(user.name)
        except LogUnavailable:
            return
        if actor in incident.readers.kept_from or (incident.id, actor) in self._told:
            return
        self._told = {pair for pair in self._told if pair[0] in self._desk.board.incidents} | {(incident.id, actor)}
        event = ev.KeptFrom(to=actor, role=" ".join(sorted(user.roles)))
        work = self._desk.note(f"incident/{incident.id}", event, id=f"{incident.id}-kept-{actor}", actor="console")
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class ReservedPart:
    """One page's part. `person` tells who is before it now."""

    def __init__(self, shared: Reservations, desk: Desk, person: Callable[[], User | None]) -> None:
        self._shared = shared
        self._desk = desk
        self._person = person
        self._secret = uuid4().bytes
        self._shown: set[str] = set()  # the ids that this page was told
        self._names: dict[str, str] = {}  # what it calls those that are kept from it
        self._said: dict[str, str] = {}  # and what it was told of each last
        self._streams: dict[str, tuple[str, ...]] = {}  # the technical alarms that it has, by their device's stream

    def keeps(self, incident: Incident) -> bool:
        """Whether this page may not show an incident."""
        return bool(self._desk.exclusions.incident(incident, self._person()))

    def named(self, id: str | None) -> Incident | None:
        """The incident of the board by the id a page sent; None for one that is kept from it, as for one that is not."""
        incident = self._desk.board.incidents.get(id or "")
        return None if incident is None or self.keeps(incident) else incident

    def hidden(self) -> set[str]:
        """The ids of the incidents of the board that this page may not show."""
        return self._desk.exclusions.kept(self._person())

    def hides(self, device: str | None) -> bool:
        """Whether this page may not show a device."""
        return bool(self._desk.exclusions.device(device, self._person()))

    def hides_unit(self, unit: str) -> bool:
        """Whether this page may not show where a unit is."""
        return bool(self._desk.exclusions.unit(unit, self._person()))

    def changed(self) -> tuple[set[str], set[str]]:
        """What is to be sent anew after the cases changed, or who is before the page: incidents, and streams of devices."""
        incidents = self.hidden() ^ self._names.keys()
        return incidents, {alarm.stream for alarm in self._desk.board.device_alarms.values()}

    def forget(self) -> None:
        """The page knows nothing: what it is to see is sent again."""
        self._said.clear()
        self._streams.clear()

    def still(self, key: str) -> bool:
        """Whether a change of an incident is none here. Not even that something was sent may tell that she pressed again."""
        incident = self._desk.board.incidents.get(key)
        if incident is None:
            return False
        if not incident.open:  # nothing of it is to stand here
            return key not in self._names and key not in self._shown and self.keeps(incident)
        return self._said.get(key) == _state(incident) and self.keeps(incident)

    def quiet(self, stream: str) -> bool:
        """Whether a change of a device's technical alarms is none here."""
        return stream not in self._streams and bool(self._desk.exclusions.stream(stream, self._person()))

    def rows(self, keys: Iterable[str], encoded: Callable[[str], msgspec.Raw | None]) -> dict[str, Any]:
        """The rows of these incidents by key, None for what is gone; those that are kept from this page under their own names."""
        person, rule = self._person(), self._desk.exclusions
        rows: dict[str, Any] = {}
        for key in keys:
            incident = self._desk.board.incidents.get(key)
            if incident is None or not rule.incident(incident, person):
                self._said.pop(key, None)
                if (own := self._names.pop(key, None)) is not None:
                    rows[own] = None
                    if incident is None:
                        continue
                rows[key] = encoded(key)
                (self._shown.discard if incident is None else self._shown.add)(key)
                continue
            if key in self._shown:  # an id that it was not told is not told now
                self._shown.discard(key)
                rows[key] = None
            if not incident.open:  # what is over is nothing at all
                if (own := self._names.pop(key, None)) is not None:
                    rows[own] = None
                self._said.pop(key, None)
                continue
            name = self._names.setdefault(key, hmac.digest(self._secret, key.encode(), "sha256").hex()[:32])
            state = _state(incident)
            if self._said.get(key) != state:
                self._said[key] = state
                rows[name] = Reserved(id=name, state=state)
            self._shared.kept(incident, person)
        return rows

    def who(self) -> User | None:
        """Who is before the page, for what a case may keep from them."""
        return self._person()

    def devices(self, streams: Iterable[str], of: Callable[[str], dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """The technical alarms of these streams; of a device that is kept from this page what it was told goes."""
        person, rule = self._person(), self._desk.exclusions
        found: dict[str, dict[str, Any]] = {}
        for stream in streams:
            told = self._streams.pop(stream, ())
            if not rule.stream(stream, person):
                rows = of(stream)
                found[stream] = dict.fromkeys(told) | rows
                if stands := tuple(key for key, row in rows.items() if row is not None):
                    self._streams[stream] = stands
            elif told:
                found[stream] = dict.fromkeys(told)
        return found

    def says(self, stream: str) -> bool:
        """Whether the page has, or is to have, anything of a stream: many come and go before it is sent the first of them."""
        return stream in self._streams or any((stream, name) in self._desk.board.device_alarms for name in CONDITIONS)


def _state(incident: Incident) -> Literal["raised", "reserved"]:
    """Whether somebody is still to take it: all that the row says."""
    return "raised" if incident.unowned else "reserved"

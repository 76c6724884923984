"""What the pages are told of each other: who is on shift and what they hold, what is offered to whom, how the shift stands.

Codes, names and moments, never words; moments are ms since 1970. A person is named by an opaque id of the floor.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

import msgspec

from dashboard.components.queue.rows import label
from dashboard.components.reserved.part import ReservedPart
from dashboard.shell.clock import milliseconds
from incidents import events as ev
from incidents.board import Change
from incidents.desk.desk import Desk
from incidents.incident import Incident
from incidents.life_cycle import bars
from incidents.presence.on_shift import Person
from incidents.presence.pages import Others, Watching
from incidents.roles import Role, may
from incidents.shifts import ShiftTimes, shift_at, test_due

FLOOR = "desk/floor"

_logger = logging.getLogger(__name__)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm somebody has."""

    id: str
    label: str
    state: str


class PersonRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person on shift. `screen`: visible, hidden, or gone (no page right now); `heard`: an alarm would be heard there.

    `covers`: the centres that their pages cover, sorted.
    """

    key: str
    name: str
    since: int
    screen: str
    heard: bool
    receives: bool
    role: str
    holds: tuple[Held, ...] = ()
    covers: tuple[str, ...] = ()


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that is offered to the person at this page, by its owner or by a supervisor (`giver`)."""

    id: str
    label: str
    state: str
    giver: str
    note: str
    whole: bool
    at: int


class TestRow(msgspec.Struct, frozen=True, kw_only=True):
    """The last press of a bench device: whether a page showed it in time and could be heard."""

    at: int
    ok: bool
    feed: str
    took_ms: int


class ShiftRow(msgspec.Struct, frozen=True, kw_only=True):
    """The shift that runs. `due` is when its test press is overdue; None once one passed."""

    start: int | None
    end: int | None
    due: int | None
    test: TestRow | None


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What one page is told; `me` is the id of the person at it, `ready` how many of their alarms go with a whole desk."""

    me: str
    people: tuple[PersonRow, ...]
    offers: tuple[Offer, ...]
    shift: ShiftRow
    ready: int = 0


class Seat(Protocol):
    """A page as this room sees it."""

    @property
    def actor(self) -> str: ...
    @property
    def reserved(self) -> ReservedPart: ...
    def hear_floor(self) -> None: ...
    def has_news(self) -> None: ...


class Together:
    """The floor. `seats` gives the pages of this process, `pages` what is known of them and of the `others`; `digest` is that of
    the log (it may raise LogUnavailable)."""

    def __init__(
        self,
        desk: Desk,
        seats: Callable[[], Iterable[Seat]],
        pages: Callable[[], Iterable[Watching]],
        others: Others,
        times: ShiftTimes,
        digest: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        self.times = times
        self.digest = digest
        self._desk = desk
        self._seats, self._pages, self._others = seats, pages, others
        self._open: dict[str, Incident] = {}
        self._people: tuple[PersonRow, ...] | None = None  # made once for a change, told to every page
        self._looked: object = None
        self._fault = ""
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Take what is on the board."""
        self._open = {i.id: i for i in self._desk.board.incidents.values() if _concerns(i)}

    def changed(self, change: Change) -> None:
        """Hear a change of the board. The first rule: no fault of the floor may stand between an alarm and a page."""
        try:
            self._changed(change)
        except Exception as error:
            self._stumbled(error)

    def look(self) -> None:
        """See who is there: when a page came or went, and once a second. Coming and going are recorded.

        A new name can't be made while the private store is full or locked: then nobody is told, and pages go on.
        """
        try:
            self._look()
        except Exception as error:
            self._stumbled(error)

    def _stumbled(self, error: Exception) -> None:
        """Say a fault once as long as it stays the same; its words may name a person."""
        said = type(error).__name__
        if said != self._fault:
            self._fault = said
            _logger.error("who is on shift could not be told: %s", said)

    def _changed(self, change: Change) -> None:
        if change.kind == "incident":
            before, now = self._open.pop(change.key, None), self._desk.board.incidents.get(change.key)
            if now is not None and _concerns(now):
                self._open[change.key] = now
            if _news_of(before) != _news_of(self._open.get(change.key)):
                self._people = None
                for seat in tuple(self._seats()):
                    seat.hear_floor()  # each is sent something for the alarm itself
        elif change.key == "shift":
            self._news()

    def _look(self) -> None:
        pages = [page for page in self._pages() if page.works]
        present: dict[str, frozenset[Role]] = {}
        for page in pages:
            present[page.actor] = present.get(page.actor, frozenset()) | page.roles
        now, others = self._desk.clock.now(), self._others
        for person, event in self._desk.floor.see(present, now, others.since, certain=others.certain):
            self._record(person, event)
        shown = {page.actor for page in pages if page.visible}
        heard = {page.actor for page in pages if page.audible}
        covered = {(page.actor, page.cics) for page in pages}
        people = tuple((person.key, person.here, person.roles) for person in self._desk.floor.people)
        looked = (people, shown, heard, covered, shift_at(self.times, now))
        if looked != self._looked:
            self._looked = looked
            self._news()

    async def stop(self) -> None:
        """The server stops: who is on shift has left, unless other servers see to it."""
        gone = self._desk.floor.stop()
        for person, event in gone if not self._others.there else ():
            self._record(person, event)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def unnamed(self) -> News:
        """What a locked page is told: of nobody."""
        return News(me="", people=(), offers=(), shift=self.shift())

    def shift(self) -> ShiftRow:
        """How the shift stands."""
        board, now = self._desk.board, self._desk.clock.now()
        shift, test = shift_at(self.times, now), board.shift.test
        return ShiftRow(
            start=milliseconds(shift.start) if shift else None,
            end=milliseconds(shift.end) if shift else None,
            due=milliseconds(test_due(self.times, board, now)),
            test=TestRow(at=milliseconds(test.at), ok=test.ok, feed=test.feed, took_ms=test.took_ms) if test else None,
        )

    def people(self) -> tuple[PersonRow, ...]:
        """Everybody on shift."""
        screens: dict[str, str] = {}
        heard: set[str] = set()
        covers: dict[str, frozenset[str]] = {}
        for page in self._pages():
            if actor := page.actor:
                screens[actor] = "visible" if page.visible or screens.get(actor) == "visible" else "hidden"
                heard |= {actor} if page.audible else set()
                covers[actor] = covers.get(actor, frozenset()) | page.cics
        held: dict[str, list[Incident]] = {}
        for incident in self._open.values():
            held.setdefault(incident.owner or "", []).append(incident)
        return tuple(
            PersonRow(
                key=person.key,
                name=self._desk.name_of(person.actor),
                since=milliseconds(person.since),
                screen=screens.get(person.actor, "gone"),
                heard=person.actor in heard,
                receives=may(person.roles, "accept_hand_over"),
                role=" ".join(sorted(person.roles)),
                holds=tuple(
                    Held(id=i.id, label=label(i), state=i.state)
                    for i in sorted(held.get(person.actor, []), key=lambda i: (i.received_at, i.id))
                ),
                covers=tuple(sorted(covers.get(person.actor, ()))),
            )
            for person in self._desk.floor.people
        )

    def seen_by(self, people: tuple[PersonRow, ...], keeps: Callable[[Incident], bool]) -> tuple[PersonRow, ...]:
        """The people without what they hold that is kept from who looks."""
        kept = {incident.id for incident in self._open.values() if keeps(incident)}
        if not kept:
            return people
        return tuple(
            msgspec.structs.replace(one, holds=tuple(held for held in one.holds if held.id not in kept))
            for one in people
        )

    def news(self, seat: Seat) -> News:
        """What this page is told."""
        if self._people is None:
            self._people = self.people()
        actor = seat.actor
        offers = [(i, i.ownership.offer) for i in self._open.values() if not seat.reserved.keeps(i)]
        mine = [(offer.at, i.id, i, offer) for i, offer in offers if offer is not None and offer.to == actor]
        owned = [i for i in self._open.values() if i.owner == actor and not bars("hand_over", i, actor)]
        return News(
            ready=sum(not seat.reserved.keeps(i) for i in owned),
            me=next((person.key for person in self._desk.floor.people if person.actor == actor), ""),
            people=self.seen_by(self._people, seat.reserved.keeps),
            offers=tuple(
                Offer(
                    id=i.id,
                    label=label(i),
                    state=i.state,
                    giver=self._desk.name_of(offer.by or i.owner or ""),
                    note=offer.note,
                    whole=offer.whole,
                    at=milliseconds(offer.at),
                )
                for _, _, i, offer in sorted(mine)
            ),
            shift=self.shift(),
        )

    def _news(self) -> None:
        self._people = None
        for seat in tuple(self._seats()):
            seat.has_news()

    def _record(self, person: Person, event: ev.Came | ev.Left) -> None:
        # Several servers see one person leave.
        name = f"{event.__struct_config__.tag}:{person.actor}:{milliseconds(person.since)}"
        work = self._desk.note(FLOOR, event, id=name, actor=person.actor)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _concerns(incident: Incident) -> bool:
    """Whether somebody has it, or it is offered to somebody."""
    return incident.unfinished and bool(incident.owner or incident.offered_to)


def _news_of(incident: Incident | None) -> tuple[object, ...] | None:
    """What of an alarm the others are told: a new position is none of it."""
    if incident is None:
        return None
    return (incident.owner, incident.state, incident.ownership.offer)

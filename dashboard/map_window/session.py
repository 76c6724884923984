"""One map window. It draws what the operator page that it follows draws, and takes no command: it only looks.

It is no console: nothing is presented on it, nobody is counted as there for it, and it makes no sound.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from dashboard.access.standing import PAGE
from dashboard.components.map import MapView
from dashboard.components.map.destination import Destination
from dashboard.components.map.scheduling import Drawing
from dashboard.components.queue.rows import label
from dashboard.components.reserved.part import Reservations, ReservedPart
from dashboard.map_window.windows import OperatorPage, Why, Windows
from dashboard.services import Ground
from dashboard.shell.clock import milliseconds
from dashboard.shell.ground import Standing
from dashboard.shell.outbox import Page
from dashboard.shell.requests import answers
from dashboard.shell.session import PageSession
from dashboard.shell.topics import Topic
from incidents.board import Change
from incidents.case import Case
from incidents.roles import User

STAYS_S = 0.5  # as on the page: what is only walked past is not shown


class WindowGround(Ground, Protocol):
    """The pages' common ground as a map window sees it."""

    @property
    def windows(self) -> Windows: ...
    @property
    def reservations(self) -> Reservations: ...


class Follows(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom a window follows, and the alarm that stands chosen there; or `why` it follows nobody, and since when (ms)."""

    desk: str = ""
    label: str = ""
    why: Why = ""
    since: int | None = None


class MapSession(PageSession[WindowGround]):
    """`consoles` and `token` as every page has them; `map` is drawn."""

    kind = PAGE

    def __init__(self, consoles: WindowGround, page: Page, map: MapView, token: str = "") -> None:
        super().__init__(consoles, page, token)
        self.browser = ""
        self.follows = Follows(why="closed", since=milliseconds(consoles.clock.now()))
        self._shown: str | None = None
        self._draws: str | None = None
        self._place: Destination | None = None  # where its person flew, found by words
        self._reserved = ReservedPart(consoles.reservations, consoles.desk, self._person)
        self._mailbox.tell(TOPICS, self, consoles)
        self._drawing = Drawing(
            consoles.desk,
            page,
            map,
            self._drawn,
            lambda: self.standing,
            lambda: operator.drill if (operator := self._operator) is not None else None,
            self._reserved.hidden,
            self._reserved.hides_unit,
        )

    def start(self) -> None:
        """The consoles follow the board, and beat, for all windows."""
        self._consoles.windows.add(self)

    def leave(self) -> None:
        self._consoles.windows.discard(self)
        self.end()

    def end(self) -> None:
        super().end()
        self._drawing.end()

    def _each_second(self) -> Iterable[Callable[[], object]]:
        return (self.look, self._drawing.tick, self._drawing.soon)

    def anew(self) -> None:
        """Send the window all there is."""
        self.look()
        self._told = None
        self._mailbox.forget()
        self._drawing.moved = True
        self.push(urgent=True)

    def changed(self, change: Change) -> None:
        """Note a change of the board. It is drawn beside the consoles' alarms, never before them."""
        if change.kind in ("incident", "unit", "drill"):
            self._drawing.moved = True
            self._drawing.soon()

    def look(self, *, fly: bool = True) -> None:
        """See anew whom this window follows and what stands chosen there; what changed is said and drawn at once."""
        place, before_place = self._consoles.windows.destination(self), self._place
        self._place = place
        if place is None and before_place is not None:
            self._drawing.leave()
        elif place is not None and place is not before_place and fly:
            self._drawing.go(place, still_following=True)
        operator, why = self._consoles.windows.followed(self)
        shown, before, drawn = self._shown, self.follows, self._draws
        self._draws = self._drawn()[0]
        if operator is None:
            self._shown = None
            # Nobody learns from a locked page who was signed in.
            desk = "" if self.standing.locked else before.desk
            since = before.since if before.why else milliseconds(self._consoles.clock.now())
            self.follows = Follows(desk=desk, why=why, since=since)
        else:
            incident, drill = self._reserved.named(operator.selected), operator.drill
            if incident is None and drill is not None and drill.id == operator.selected:
                incident = drill
            self._shown = incident.id if incident is not None else None
            self.follows = Follows(desk=operator.desk_name, label=label(incident) if incident is not None else "")
        if (self.follows, self._shown, self._draws) == (before, shown, drawn):
            return
        self._drawing.chosen()
        self.push(urgent=True)
        if fly and self._shown and self._shown != shown:
            asyncio.get_running_loop().call_later(STAYS_S, self._choose, self._shown)

    def _choose(self, incident: str) -> None:
        """Go to what was chosen there, if it stands chosen still: what is only walked past is not shown."""
        if incident == self._shown:
            self._drawing.bring(incident)

    @property
    def _operator(self) -> OperatorPage | None:
        return self._consoles.windows.followed(self)[0]

    def _drawn(self) -> tuple[str | None, Mapping[str, Case]]:
        operator = self._operator
        return operator.drawn() if operator is not None else (None, {})

    def _person(self) -> User | None:
        operator = self._operator
        desk = operator.desk_name if operator is not None else self.follows.desk
        return self._consoles.reservations.person(self.token, self.kind, desk)

    async def _flush(self) -> None:
        await super()._flush()
        self._drawing.soon()

    def _speak(self) -> None:
        self._drawing.speak(self.translate)

    def _fill(self, message: dict[str, Any], now: Standing) -> None:
        self._add_access(message, now)

    @answers("hello")
    async def _enter(self, browser: str = "", follow: bool = True) -> None:
        """The window came. `follow`: whether no hand has moved its map away from what stands chosen."""
        self.browser = browser[:64]
        self._shown = None
        self.look(fly=follow)
        self._drawing.moved = True
        await self._hello()


# Nobody learns from a locked page who was signed in: what it follows then names nobody.
TOPICS: tuple[Topic[MapSession, WindowGround], ...] = (
    Topic("follows", lambda page, services: page.follows, locked=True, dark=True),
)

"""The map's part of a page: when it is drawn anew, and what a person asks of it."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from dashboard.components.map.crowd import crowd_of
from dashboard.components.map.destination import Destination
from dashboard.components.map.turns import TURNS
from dashboard.components.map.view import MapView
from dashboard.shell.outbox import Page
from incidents.case import Case
from incidents.desk.desk import Desk
from incidents.incident import Incident
from incidents.listeners import without_values
from reports.catalogue import Translator

MAP_AFTER_S = 0.06  # the queue is painted first: a map drawn in the same frame would make an alarm wait for it
MAP_MANY_S = 1.0  # of more alarms than can be drawn each by itself a picture a second is enough
MANY_UNITS = 300
MAP_AGES_S = 5  # ages and grown circles on the map: drawing it without a GPU keeps a browser busy for 50 ms

_logger = logging.getLogger(__name__)


class Drawing:
    """Draws `view`, a `MapView` or None, after the queue. `shown` gives what is selected and the cases that may be drawn,
    `drill` the vigilance drill that this page shows, `hidden` the ids of the incidents that are kept from it, `unseen` whether a
    unit is, `dark` whether it may show no alarm and no unit."""

    def __init__(
        self,
        desk: Desk,
        page: Page,
        view: MapView | None,
        shown: Callable[[], tuple[str | None, Mapping[str, Case]]],
        drill: Callable[[], Incident | None] = lambda: None,
        hidden: Callable[[], set[str]] = set,
        dark: Callable[[], bool] = lambda: False,
        unseen: Callable[[str], bool] = lambda unit: False,
    ) -> None:
        self.moved = False
        self._later = False
        self._desk = desk
        self._page = page
        self._view = view
        self._shown = shown
        self._drill = drill
        self._hidden = hidden
        self._dark = dark
        self._unseen = unseen
        self._drawn_at: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = float("inf")  # when it is to be drawn, in its turn

    def later(self) -> None:
        """Something moved that the next heartbeat tells of."""
        self._later = True

    def tick(self) -> None:
        """A second passed: between two moments for which ages are told, only what moved is drawn anew."""
        self.moved = self.moved or self._later or self._moment() != self._drawn_at

    def soon(self) -> None:
        """Draw what moved, once the queue is painted."""
        if self._view is not None and self.moved and self._timer is None:
            board = self._desk.board
            after_s = MAP_MANY_S if crowd_of(board).many or len(board.units) > MANY_UNITS else MAP_AFTER_S
            loop = asyncio.get_running_loop()
            self._due = loop.time() + TURNS.next(loop.time(), after_s)
            self._timer = loop.call_at(self._due, self._page.soon, self._draw)

    def chosen(self) -> None:
        """Somebody at the page chose something: that waits for no other page's map."""
        self.moved = True
        if self._view is not None:
            self.end()
            self._timer = asyncio.get_running_loop().call_later(MAP_AFTER_S, self._page.soon, self._draw)

    def end(self) -> None:
        """The page is gone."""
        if self._timer is not None:
            self._timer.cancel()

    def ask(self, what: str, incident: str, on: bool) -> None:
        """A person's wish of the map."""
        view = self._view
        if view is None:
            return

        async def wish() -> None:
            if what == "fly" and incident:
                await self._draw()  # the alarm may be so new that the map does not know it yet
                view.fly_to(incident)
            elif what == "choose" and (chosen := self._known(incident)) is not None:
                await self._draw()
                view.choose(chosen)
            elif what == "belgium":
                view.all_belgium()
            elif what == "follow":
                view.follow(not view.following)
            elif what == "layers":
                view.toggle_layers()
            elif what == "leave":
                view.leave()
            elif what == "placing":
                view.placing = on

        self._page.soon(wish)

    def _known(self, incident: str) -> Incident | None:
        """An alarm, or the drill, that this page may show."""
        drill = self._drill()
        if drill is not None and drill.id == incident:
            return drill
        return None if incident in self._hidden() else self._desk.board.incidents.get(incident)

    def speak(self, translate: Translator) -> None:
        """Say all that stands on the map in another language."""
        view = self._view
        if view is None:
            return

        async def wish() -> None:
            view.speak(translate)
            await self._draw()

        self._page.soon(wish)

    def go(self, place: Destination, *, still_following: bool = False) -> None:
        """A person flies to a place that was found by words."""
        view = self._view
        if view is None:
            return

        async def wish() -> None:
            view.go_to(place, still_following=still_following)

        self._page.soon(wish)

    async def _draw(self) -> None:
        self.end()
        late_s = max(0.0, time.monotonic() - self._due)
        self._timer, self.moved, self._later, self._due = None, False, False, float("inf")
        view = self._view
        if view is None or not self._page.connected():
            return
        board = self._desk.board
        self._drawn_at = self._moment()
        selected, cases = self._shown()
        try:
            if self._dark():
                view.update((), (), {}, None, self._drawn_at)
                return
            drill = self._drill()
            crowd, hidden = crowd_of(board), self._hidden()
            if view.own in hidden:
                view.forget()
            here = board.index.open.keys() - hidden if hidden else board.index.open.keys()
            shown = [board.incidents[name] for name in (() if crowd.many else here)]
            if selected in board.index.closed and selected not in hidden:
                shown.append(board.incidents[selected])
            shown += [drill] if drill is not None else []
            # Where a patrol drives to, or stays when all is over, is as telling as where she is.
            units = [unit for unit in board.units.values() if not self._unseen(unit.unit)]
            told = (shown, units, cases, selected, self._drawn_at)
            began = time.perf_counter()
            view.update(*told, *((crowd.without(hidden),) if crowd.many else ()))
            TURNS.took(time.perf_counter() - began, late_s)
        except Exception as error:  # the first rule: a fault of the map may not keep an alarm from the queue
            _logger.error("the map could not be drawn", exc_info=without_values(error))

    def _moment(self) -> datetime:
        """The moment for which ages on the map are true."""
        now = self._desk.clock.now()
        return now - timedelta(seconds=now.second % MAP_AGES_S, microseconds=now.microsecond)

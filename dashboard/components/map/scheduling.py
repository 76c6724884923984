"""The map's part of a page: when it is told what moved, and what a person asks of it."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from dashboard.components.map.destination import Destination
from dashboard.components.map.marks import Sight
from dashboard.components.map.view import MapView
from dashboard.shell.ground import Standing
from dashboard.shell.outbox import Page
from incidents.case import Case
from incidents.desk.desk import Desk
from incidents.incident import Incident
from incidents.listeners import without_values
from reports.catalogue import Translator

MAP_AFTER_S = 0.02  # the queue is painted first
MAP_REST_S = 0.25  # what moves is told merged, so often at most
MAP_AGES_S = 5  # what grows is reckoned so far ahead

_logger = logging.getLogger(__name__)


class Drawing:
    """Tells `view`, a `MapView` or None, after the queue. `shown` gives what is selected and the cases that may be drawn, `drill`
    the vigilance drill that this page shows, `hidden` the ids of the incidents that are kept from it, `unseen` whether a unit is,
    `standing` who is before it."""

    def __init__(
        self,
        desk: Desk,
        page: Page,
        view: MapView | None,
        shown: Callable[[], tuple[str | None, Mapping[str, Case]]],
        standing: Callable[[], Standing],
        drill: Callable[[], Incident | None] = lambda: None,
        hidden: Callable[[], Collection[str]] = frozenset,
        unseen: Callable[[str], bool] = lambda unit: False,
    ) -> None:
        self.moved = False
        self._later = False
        self._desk = desk
        self._page = page
        self._view = view
        self._shown = shown
        self._standing = standing
        self._drill = drill
        self._hidden = hidden
        self._unseen = unseen
        self._drawn_at: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._free_at = 0.0

    def later(self) -> None:
        """Something moved that the next heartbeat tells of."""
        self._later = True

    def tick(self) -> None:
        """A second passed: between two moments for which what grows is told, only what moved is told anew."""
        self.moved = self.moved or self._later or self._moment() != self._drawn_at

    def soon(self) -> None:
        """Tell what moved, once the queue is painted."""
        if self._view is not None and self.moved and self._timer is None:
            loop = asyncio.get_running_loop()
            at = max(loop.time() + MAP_AFTER_S, self._free_at)
            self._free_at = at + MAP_REST_S
            self._timer = loop.call_at(at, self._page.soon, self._draw)

    def chosen(self) -> None:
        """Somebody at the page chose something: that waits for nothing."""
        self.moved = True
        if self._view is not None:
            self.end()
            self._page.soon(self._draw)

    def end(self) -> None:
        """The page is gone."""
        if self._timer is not None:
            self._timer.cancel()

    def speak(self, translate: Translator) -> None:
        """Say all that stands on the map in another language."""
        self._wish(lambda view: view.speak(translate))

    def go(self, place: Destination, *, still_following: bool = False) -> None:
        """A person flies to a place that was found by words."""
        self._wish(lambda view: view.go_to(place, still_following=still_following))

    def leave(self) -> None:
        """It is left."""
        self._wish(MapView.leave)

    def bring(self, incident: str) -> None:
        """What stands chosen on another page is shown here, if this map follows it."""
        self._wish(lambda view: view.bring(incident))

    def _wish(self, wish: Callable[[MapView], None]) -> None:
        if (view := self._view) is not None:

            async def granted() -> None:
                wish(view)

            self._page.soon(granted)

    async def _draw(self) -> None:
        self.end()
        self._timer, self.moved, self._later = None, False, False
        view = self._view
        if view is None or not self._page.connected():
            return
        self._drawn_at = self._moment()
        try:
            view.show(self._sight)
        except Exception as error:  # the first rule: a fault of the map may not keep an alarm from the queue
            _logger.error("the map could not be drawn", exc_info=without_values(error))

    def _sight(self) -> Sight:
        standing, now = self._standing(), self._desk.clock.now()
        if standing.dark:
            return Sight(now=now, vague=True)
        selected, cases = self._shown()
        return Sight(
            now=now,
            board=self._desk.board,
            selected=selected,
            case=cases.get(selected or ""),
            drill=self._drill(),
            hidden=self._hidden(),
            unseen=self._unseen,
            vague=standing.locked,
        )

    def _moment(self) -> datetime:
        """The moment for which what grows is true."""
        now = self._desk.clock.now()
        return now - timedelta(seconds=now.second % MAP_AGES_S, microseconds=now.microsecond)

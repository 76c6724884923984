"""The map windows of this process, and the operator page that each of them follows: of the same browser and the same sign-in."""

import hmac
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Literal, Protocol

from dashboard.access.standing import PAGE
from dashboard.components.find.places import AtBrowser, Flights
from dashboard.components.map.destination import Destination
from dashboard.shell.ground import OpenPage, Registry
from dashboard.shell.open_pages import Pages
from incidents.board import Change
from incidents.case import Case
from incidents.incident import Incident

SILENT_S = 15.0  # an operator page asks something every 5 s: of one that does not, nobody knows what it shows

Why = Literal["", "closed", "locked", "other"]


class OperatorPage(AtBrowser, Protocol):
    """A page that a map window may follow. `chosen_at` and `heard_at` are seconds that never jump."""

    @property
    def kind(self) -> str: ...
    @property
    def connected(self) -> bool: ...
    @property
    def desk_name(self) -> str: ...
    @property
    def selected(self) -> str | None: ...
    @property
    def chosen_at(self) -> float: ...
    @property
    def heard_at(self) -> float: ...
    @property
    def drill(self) -> Incident | None: ...
    @property
    def flights(self) -> Flights: ...
    def drawn(self) -> tuple[str | None, Mapping[str, Case]]: ...


class MapWindow(OpenPage, Protocol):
    """A map window, as whoever tells it something sees it."""

    id: str
    token: str
    browser: str

    def look(self) -> None: ...
    def changed(self, change: Change) -> None: ...
    def leave(self) -> None: ...


class Windows(Pages[MapWindow]):
    """All map windows. None is a console: `seats`, the consoles, knows nothing of them."""

    def __init__(self, seats: Callable[[], Iterable[OperatorPage]]) -> None:
        super().__init__()
        self._seats = seats

    def look(self) -> None:
        """Whom a window follows, or what stands chosen there, may have changed."""
        self.each(lambda window: window.look())

    def followed(self, window: AtBrowser) -> tuple[OperatorPage | None, Why]:
        """The page on which a person chose last, of those of a window's browser and sign-in; or why there is none."""
        there = [seat for seat in self._seats() if seat.browser == window.browser and _lives(seat)]
        if window.standing.locked:
            another = any(seat.token != window.token and not seat.standing.locked for seat in there)
            return None, "other" if another else "locked"
        own = [seat for seat in there if seat.token == window.token]
        return max(own, key=lambda seat: seat.chosen_at, default=None), "" if own else "closed"

    def beside(self, page: AtBrowser) -> int:
        """How many windows are of a page's browser and sign-in."""
        return sum(self.ask(lambda window: (window.browser, window.token) == (page.browser, page.token)))

    def destination(self, window: AtBrowser) -> Destination | None:
        """Where the person before a window flew last, and has not left, from whichever page of its browser that lives."""
        if window.standing.locked:
            return None
        own = [seat for seat in self._seats() if (seat.browser, seat.token) == (window.browser, window.token)]
        last = max((seat.flights for seat in own if _speaks(seat)), key=lambda flights: flights.at, default=None)
        return last.place if last is not None else None

    def take_over(self, page: str, token: str, signins: Registry) -> bool:
        """A browser signed in anew: its window goes on with the same person, never with another. False where it does not."""
        for window in self:
            if hmac.compare_digest(window.id.encode(), page.encode()):
                before, now = signins.of(window.token), signins.of(token)
                if before is None or now is None or before.name != now.name:
                    return False
                window.token = token
                window.look()
                return True
        return False


def _lives(seat: OperatorPage) -> bool:
    return seat.kind == PAGE and _speaks(seat)


def _speaks(seat: OperatorPage) -> bool:
    return seat.connected and monotonic() - seat.heard_at < SILENT_S

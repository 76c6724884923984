"""Places among what is found: who looks for an address, a street, a station or a municipality flies the map there.

They come from public tables alone, so nobody is asked why and nothing is recorded. A page names a place by its number in the last
answer: what is drawn, and where, is the server's.
"""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic
from typing import Protocol

import msgspec

from dashboard.components.actions.where import MAX_TYPED, Found, shown
from dashboard.components.map.destination import Destination
from dashboard.components.map.scheduling import Drawing
from dashboard.services import Ground
from dashboard.shell.errands import TYPED, aside
from dashboard.shell.ground import Standing
from incidents.roles import may
from maps.addresses.addresses import Addresses
from maps.areas import extent
from maps.gazetteer import Place

SHOWN = 5


class AtBrowser(Protocol):
    """A page of a browser: `browser` is what that calls itself, `token` its sign-in."""

    @property
    def browser(self) -> str: ...
    @property
    def token(self) -> str: ...
    @property
    def standing(self) -> Standing: ...


class FlyingPage(AtBrowser, Protocol):
    """A page from which somebody flies."""

    def reply(self, **reply: object) -> None: ...


class Followers(Protocol):
    """The map windows: those of a page's browser go where it flies."""

    def look(self) -> None: ...
    def beside(self, page: FlyingPage, /) -> int: ...


class FlightGround(Ground, Protocol):
    """The pages' common ground for flights."""

    @property
    def windows(self) -> Followers: ...


class PlacesFound(msgspec.Struct, frozen=True):
    """An answer to the search `n`, which may have two; the place is chosen by the number of the `answer`. There may be `more`."""

    n: int
    answer: int
    found: list[Found]
    more: bool


class Flights:
    """One page's. `place` is where somebody flew and has not left, `at` when by a clock that never jumps."""

    def __init__(self, consoles: FlightGround, page: FlyingPage, drawing: Drawing) -> None:
        self.place: Destination | None = None
        self.at = 0.0
        self._consoles, self._page, self._drawing = consoles, page, drawing
        self._asked = 0
        self._turn = asyncio.Lock()
        self._answered: tuple[int, list[tuple[Place, Found]]] = (0, [])

    async def find(self, n: int, text: str) -> None:
        """Tell whoever has a map the places that are called so, likeliest first; twice where the first search takes its time."""
        before = self._page.standing
        if before.locked or not may(before.roles, "page operator"):
            return
        self._asked = n
        typed = " ".join(text[:MAX_TYPED].split())
        async with self._turn:  # whoever types on takes no second thread while the first search makes its index
            if self._asked != n:
                return
            for search in _searches(await self._consoles.services.whereabouts.addresses()):
                offered = await aside(TYPED, self._offered, search, typed)
                if self._asked != n or not self._same(before):
                    return  # nobody wants to know any more
                self._answered = (self._answered[0] + 1, offered[:SHOWN])
                found = [found for _, found in offered]
                self._page.reply(destinations=PlacesFound(n, self._answered[0], found[:SHOWN], len(found) > SHOWN))

    async def go(self, answer: int | None, at: int | None) -> None:
        """Fly to the place that was offered as number `at` in an answer; where there is none the page is told so."""
        before = self._page.standing
        if before.locked:
            return
        place = await self._chosen(answer, at)
        if not self._same(before):
            return
        if place is None:
            self._page.reply(went={"ok": False})
            return
        self.place, self.at = place, monotonic()
        self._drawing.go(place)
        self._consoles.windows.look()
        self._page.reply(went={"ok": True, "windows": self._consoles.windows.beside(self._page)})

    def leave(self) -> None:
        """The mark goes from the map."""
        self._drawing.leave()
        self.left()

    def left(self) -> None:
        """It was left on the map itself; the windows leave it too."""
        if self.place is not None:
            self.place, self.at = None, monotonic()
            self._consoles.windows.look()

    def forget(self) -> None:
        """Somebody else stands before the page, or nobody."""
        self._asked, self._answered = 0, (self._answered[0], [])
        if self.place is not None:
            self.leave()

    def _same(self, before: Standing) -> bool:
        now = self._page.standing
        return not now.locked and now.who == before.who

    async def _chosen(self, answer: int | None, at: int | None) -> Destination | None:
        last, offered = self._answered
        if answer != last or at is None or not 0 <= at < len(offered):
            return None
        place, found = offered[at]
        covered = await aside(TYPED, extent, self._consoles.services.zones, place)
        return Destination(found.name, found.place, covered) if covered is not None else None

    def _offered(self, search: Callable[[str], tuple[Place, ...]], typed: str) -> list[tuple[Place, Found]]:
        return [(place, shown(place, self._consoles.services.places, typed)) for place in search(typed)]


def _searches(addresses: Addresses) -> Iterator[Callable[[str], tuple[Place, ...]]]:
    if not addresses.ready:
        yield partial(addresses.places, limit=SHOWN + 1)
    yield partial(addresses.search, limit=SHOWN + 1)

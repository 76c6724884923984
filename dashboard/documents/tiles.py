"""`/tiles/Z/X/Y`: the raster map of a centre's own file, for whoever has the map; the address is numbers only."""

import logging
from collections.abc import Callable
from typing import Protocol

from dashboard.access.standing import PAGE
from dashboard.documents.page import Document
from dashboard.shell.errands import DRAWN, aside
from dashboard.shell.ground import SignedGround
from incidents.audit import OfNobody
from incidents.roles import may

ADDRESS = r"/tiles/([0-9]{1,2})/([0-9]{1,8})/([0-9]{1,8})"
URL = "./tiles/{Z}/{X}/{Y}"  # from where the pages are

_logger = logging.getLogger(__name__)


class Image(Protocol):
    """An image and its media type."""

    @property
    def kind(self) -> str: ...
    @property
    def image(self) -> bytes: ...


class Tiles(Protocol):
    """A file of tiles (`centre/tiles.py`). `tile` raises ValueError where the file is damaged."""

    @property
    def credit(self) -> str: ...
    def tile(self, z: int, x: int, y: int) -> Image | None: ...


class TilePage(Document[SignedGround]):
    """A tile, to be asked for again with its ETag; 404 where there is none, 403 for who has no map."""

    discloses = OfNobody("a square of the street map, of no alarm")

    def initialize(self, consoles: Callable[[], SignedGround], tiles: Tiles) -> None:  # type: ignore[override]
        super().initialize(consoles)
        self._tiles = tiles

    async def get(self, *asked: str) -> None:
        """`asked`: zoom, column, row."""
        z, x, y = map(int, asked)
        if not may(self.roles(self._consoles()) or frozenset(), PAGE):
            self.set_status(403)
            return
        try:
            found = await aside(DRAWN, self._tiles.tile, z, x, y)
        except ValueError as error:
            _logger.error("tiles: %s", error)
            found = None
        if found is None:
            self.set_status(404)
            return
        self.set_header("Content-Type", found.kind)
        self.set_header("Cache-Control", "private, no-cache")
        self.finish(found.image)

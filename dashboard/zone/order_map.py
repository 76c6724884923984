"""The small maps of a zone's orders: drawn beside the loop, once for all pages that look at the same place."""

import asyncio
import logging
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from incidents.bounded import Bounded
from incidents.listeners import say_fault
from incidents.messages import Fix
from maps.small_map import Frame, Picture, frame_of, picture
from maps.store import DataError
from maps.streets.street_file import Streets, streets_from

KEPT = 256  # pictures of some kB

_logger = logging.getLogger(__name__)


class OrderMaps:
    """`source` opens the streets, `folder` has the zones: both are first read when a map is wanted. Asked on the loop."""

    def __init__(self, source: Callable[[], Streets], folder: Path) -> None:
        self._source, self._folder = source, folder
        self._made: Bounded[Frame, Picture | None] = Bounded(KEPT)
        self._making: dict[Frame, asyncio.Task[None]] = {}

    def of(self, fix: Fix, zone: str) -> Frame | dict[str, Any] | None:
        """The map of a position with her in it; what is to be drawn first; None of what is no position or can't be drawn."""
        try:
            frame, mark = frame_of(fix.lat, fix.lon, fix.radius, zone)
        except ValueError:
            return None
        if frame not in self._made:
            return frame
        found = self._made[frame]
        return {"picture": found, "x": mark.x, "y": mark.y, "r": mark.r} if found is not None else None

    async def draw(self, frame: Frame) -> None:
        """Draw it, unless it is drawn or being drawn; it is there, or can't be, when this ends."""
        if frame in self._made:
            return
        if (task := self._making.get(frame)) is None:
            task = self._making[frame] = asyncio.get_running_loop().create_task(self._draw(frame))
        await asyncio.shield(task)

    async def _draw(self, frame: Frame) -> None:
        try:
            self._made[frame] = await asyncio.to_thread(lambda: picture(frame, self._source(), self._folder))
        except DataError as error:  # the order goes on without a map
            _logger.error("NO MAP OF AN ORDER: %s", error)
            self._made[frame] = None
        except Exception as error:  # its words may quote the position
            say_fault(error, "the small map of an order")
            self._made[frame] = None
        finally:
            del self._making[frame]


@lru_cache(maxsize=4)
def order_maps(streets_file: Path | None, folder: Path) -> OrderMaps:
    """The maps of this process's pages."""
    return OrderMaps(lambda: streets_from(streets_file), folder)

"""Streets on one page: opened only once its map is looked at, sent a cell at a time, and never a page's undoing."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bokeh.document import Document

from dashboard.components.map import MapView
from dashboard.components.map import streets as layer
from maps.addresses.addresses import Addresses
from maps.addresses.house_numbers import CELL_M
from maps.addresses.index_file import AddressFileError
from maps.addresses.shipped import no_stations, no_tables
from maps.geodesy import to_mercator
from maps.streets.scales import SCALES
from maps.streets.street_file import Streets
from tests.waiting import LONG_S

NEAR = 4
X, Y = (int(metres // SCALES[NEAR].cell_m) for metres in to_mercator(51.0505, 3.7225))
SECRET = "Veldstraat 12"
CREDIT = "Addresses © Somebody"
LOOK = {"type": "look", "x0": 0.0, "x1": 1000.0, "y0": 0.0, "y1": 1000.0, "width": 1000.0, "height": 1000.0}


class Page:
    """A map in a document that runs what is put on its next tick at once, and keeps what is sent."""

    def __init__(
        self,
        zones: Any,
        source: Callable[[], Streets],
        monkeypatch: pytest.MonkeyPatch,
        addresses: Callable[[], Addresses] | None = None,
    ) -> None:
        self.sent: list[Any] = []
        self.opened = 0

        def opening() -> Streets:
            self.opened += 1
            return source()

        self.view = MapView(zones, words=str, streets=opening, addresses=addresses, credit=lambda: CREDIT)
        self.document = Document()
        self.document.add_root(self.view.root.get_root(self.document))
        monkeypatch.setattr(layer, "soon", lambda document, callback: asyncio.ensure_future(callback()))
        monkeypatch.setattr(layer, "connected", lambda document: True)
        monkeypatch.setattr(layer, "send", lambda frame, document, text: self.sent.append(json.loads(text)))

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(LONG_S):
            while not true():
                await asyncio.sleep(0.01)

    def names(self) -> set[str | None]:
        return {renderer.name for renderer in self.view.figure.renderers}


async def test_nothing_of_streets_is_in_a_page_before_its_map_is_looked_at(
    zones: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(zones, Streets, monkeypatch)
    assert page.opened == 0
    assert "streets" not in page.names()
    page.view._obey(LOOK)
    page.view._obey(LOOK)
    await page.until(lambda: bool(page.view.root.streets))
    assert page.opened == 1
    assert "streets" in page.names()
    assert "OpenStreetMap" in page.view.root.streets["credit"]
    assert page.view.root.streets["addresses"] == CREDIT  # whose words stand on the page beside it


async def test_cells_are_sent_as_asked_and_what_is_no_cell_is_left_out(
    zones: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(zones, Streets, monkeypatch)
    page.view._obey({"type": "streets", "cells": [[NEAR, X, Y]]})  # too early: asked for again later
    page.view._obey(LOOK)
    await page.until(lambda: bool(page.view.root.streets))
    hostile = ["x", None, [NEAR], [99, 0, 0], [-1, 0, 0], [NEAR, "1", 2], [NEAR, 1e300, 0], {"a": 1}]
    page.view._obey({"type": "streets", "cells": [*hostile, [NEAR, X, Y], [NEAR, X, Y], [NEAR, 0, 0]]})
    for cells in ("x", None, {}, 7):
        page.view._obey({"type": "streets", "cells": cells})
    await page.until(lambda: len(page.sent) == 2)
    assert [told["cell"] for told in page.sent] == [[NEAR, X, Y], [NEAR, 0, 0]]
    assert "Veldstraat" in page.sent[0]["lines"]["names"]
    assert page.sent[1]["lines"] is None


async def test_a_page_waits_for_a_bounded_number_of_cells(zones: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(zones, Streets, monkeypatch)
    page.view._obey(LOOK)
    await page.until(lambda: bool(page.view.root.streets))
    for n in range(20):
        page.view._obey({"type": "streets", "cells": [[NEAR, n, m] for m in range(1000)]})
    assert page.view.streets is not None
    assert len(page.view.streets._wanted) == layer.WAITING


async def test_without_a_file_or_with_a_bad_one_the_map_works_and_says_so(
    zones: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bad").write_text("nothing of the kind")
    for name in ("bad", "none"):
        page = Page(zones, lambda name=name: Streets(tmp_path / name), monkeypatch)
        page.view._obey(LOOK)
        await page.until(lambda page=page: bool(page.view.root.streets))
        assert page.view.root.streets == {
            "scales": [],
            "credit": "",
            "problem": True,
            "partial": False,
            "addresses": CREDIT,
        }
        page.view._obey({"type": "streets", "cells": [[NEAR, X, Y]]})
        await page.until(lambda page=page: bool(page.sent))
        assert page.sent == [{"cell": [NEAR, X, Y], "lines": None}]


def test_over_a_street_map_of_images_lines_wait_to_be_asked_for(zones: Any) -> None:
    assert MapView(zones, words=str, streets=Streets).root.layers["streets"]
    assert not MapView(zones, words=str, streets=Streets, basemap_url="./tiles").root.layers["streets"]
    assert "streets" not in MapView(zones, words=str).root.layers


async def test_house_numbers_come_on_the_same_line_and_a_page_is_told_of_none_where_none_are_loaded(
    zones: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(zones, Streets, monkeypatch, lambda: Addresses.of(None, zones))
    page.view._obey(LOOK)
    await page.until(lambda: bool(page.view.root.streets))
    facts = page.view.root.streets["numbers"]
    x, y = (int(metres // CELL_M) for metres in to_mercator(51.0536, 3.7253))
    page.view._obey({"type": "streets", "cells": [[facts["number"], x, y], [facts["number"] + 1, x, y]]})
    page.view._obey({"type": "streets", "cells": [[facts["number"], 10**300, y]]})
    await page.until(lambda: len(page.sent) == 2)
    assert page.sent[0]["cell"] == [facts["number"], x, y]
    assert "1" in page.sent[0]["numbers"]["texts"]
    assert page.sent[1]["numbers"] is None
    bare = Page(zones, Streets, monkeypatch, lambda: Addresses(no_tables(), zones, no_stations()))
    bare.view._obey(LOOK)
    await bare.until(lambda: bool(bare.view.root.streets))
    assert "numbers" not in bare.view.root.streets


async def test_a_fault_of_the_house_numbers_or_of_their_credit_leaves_the_streets(
    zones: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lost() -> Addresses:
        raise AddressFileError(SECRET)

    page = Page(zones, Streets, monkeypatch, lost)
    page.view._obey(LOOK)
    await page.until(lambda: bool(page.view.root.streets))
    assert page.view.root.streets["scales"] and "numbers" not in page.view.root.streets
    assert page.view.root.streets["addresses"] == CREDIT
    assert "AddressFileError" in caplog.text and SECRET not in caplog.text
    # They are lost while the page draws: it still gets the streets that it asked for after them.
    number = layer.NUMBERS
    page.view._obey({"type": "streets", "cells": [[number, 0, 0], [NEAR, X, Y]]})
    await page.until(lambda: bool(page.sent))
    assert page.sent[0]["cell"] == [NEAR, X, Y]

"""The page of a zone's desk, for the role `zone`: its orders, and its answers to them."""

from functools import partial
from pathlib import Path

import panel as pn

from dashboard.page import PageMaker
from dashboard.services import Ground
from dashboard.zone.order_map import order_maps
from dashboard.zone.session import ZoneSession


def zone_page(maker: PageMaker[Ground], ground: Ground, streets_file: Path | None) -> pn.Template:
    """A new page of the zone's desk that is, or was last, signed in at this browser, on the `ground` of all pages."""
    session = partial(ZoneSession, maps=order_maps(streets_file, ground.services.zones.folder))
    return maker.page(Path(__file__).parent / "page.html", session)

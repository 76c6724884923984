"""The page of a zone's desk, for the role `zone`: its orders, and its answers to them."""

from pathlib import Path

import panel as pn

from dashboard.page import PageMaker
from dashboard.zone.session import ZoneGround, ZoneSession


def zone_page(maker: PageMaker[ZoneGround]) -> pn.Template:
    """A new page of the zone's desk that is, or was last, signed in at this browser."""
    return maker.page(Path(__file__).parent / "page.html", ZoneSession)

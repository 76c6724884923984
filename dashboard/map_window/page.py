"""The map window, for whoever has the operator page: its HTML, the channel to its script, and the map."""

from functools import partial
from pathlib import Path

import panel as pn

from dashboard.access.standing import PAGE
from dashboard.components.map import MapView
from dashboard.consoles import Consoles
from dashboard.map_window.session import MapSession
from dashboard.page import PageMaker
from maps.streets.street_file import streets_from


def map_page(
    consoles: Consoles,
    *,
    centre: str = "",
    basemap_url: str | None = None,
    basemap_attribution: str = "",
    streets_file: Path | None = None,
) -> pn.Template:
    """A new map window for the current document; the options are those of `operator_page`."""
    maker = PageMaker(consoles)
    if not maker.may(PAGE):
        return maker.refused(PAGE)
    view = MapView(
        consoles.services.zones,
        words=maker.translate,
        basemap_url=basemap_url,
        basemap_attribution=basemap_attribution,
        streets=partial(streets_from, streets_file),
        addresses=consoles.services.whereabouts.newest,
        theme=maker.theme,
        follow=True,  # until a hand moves it, it goes where somebody chooses
    )
    return maker.page(
        Path(__file__).parent / "page.html",
        lambda consoles, page, token: MapSession(consoles, page, view, token),
        items={"map": view.root},
        centre=centre,
    )

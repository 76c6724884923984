"""The operator page: its HTML, the channel to its scripts, and the map in its middle.

The page's parts are plain JavaScript modules beside their Python files, served by ourselves; Panel carries one channel
and the Bokeh map. Nothing is selected until a person selects: opening a case is a recorded look-up.
"""

from functools import partial
from pathlib import Path
from typing import Literal

import panel as pn

from dashboard.access.standing import PAGE
from dashboard.components.map import MapView
from dashboard.consoles import Consoles
from dashboard.i18n.words import dressed
from dashboard.operator.session import Session
from dashboard.page import PageMaker
from dashboard.shell.channel import BrowserPage
from dashboard.technician.page import bench_page
from dashboard.zone.page import zone_page
from incidents.roles import may
from maps.streets.street_file import streets_from

Dress = Literal["", "replay", "exercise"]


def operator_page(
    consoles: Consoles,
    *,
    centre: str = "",
    basemap_url: str | None = None,
    basemap_attribution: str = "",
    streets_file: Path | None = None,
    dress: Dress = "",
    token: str | None = None,
) -> pn.Template:
    """A new operator page for the current document. `centre` is the centre's name beside the mark.

    `dress` makes it unmistakable that it is no live one: a replay's, an exercise's. `token` names the browser where another
    cookie than the sign-in's does.

    A person whose role has no operator page is told so; a browser whose sign-in is idle or over gets the locked page.
    """
    maker = PageMaker(consoles, token=token)
    # Whose browser it is counts also when it is locked: only who had the operator page before keeps its alarms in sight.
    roles = consoles.roles_of(maker.token)
    if may(roles, "page zone") and not may(roles, PAGE):
        return zone_page(maker, consoles, streets_file)
    if may(roles, "page bench") and not may(roles, PAGE):
        return bench_page(consoles)
    if consoles.standing(maker.token, PAGE).why == "role":
        return maker.refused(PAGE)
    view = MapView(
        consoles.services.zones,
        words=maker.translate,
        basemap_url=basemap_url,
        basemap_attribution=basemap_attribution,
        streets=partial(streets_from, streets_file),
        addresses=consoles.services.whereabouts.newest,
        credit=consoles.services.whereabouts.holders,
        theme=maker.theme,
        apart=not dress,
        on_pick=lambda incident: made.picked(incident),
        on_place=lambda lat, lon, m: made.placed(lat, lon, m),
        on_leave=lambda: made.flights.left(),
    )
    made: Session

    def session(consoles: Consoles, page: BrowserPage, token: str) -> Session:
        nonlocal made
        made = Session(consoles, page, view, token)
        return made

    return maker.page(
        Path(__file__).parent / "page.html",
        session,
        more_words=partial(dressed, dress=dress),
        items={"map": view.root},
        centre=centre,
        dress=dress,
    )

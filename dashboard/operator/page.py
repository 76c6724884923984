"""The operator page: its HTML, the channel to its scripts, and the map in its middle.

The page's parts are plain JavaScript modules beside their Python files, served by ourselves; Panel carries one channel
and the Bokeh map. Nothing is selected until a person selects: opening a case is a recorded look-up.
"""

from pathlib import Path
from typing import Literal

import panel as pn

from dashboard.access.norole import no_role_page
from dashboard.access.signins import COOKIE
from dashboard.access.standing import PAGE
from dashboard.components.map import MapView
from dashboard.consoles import Consoles
from dashboard.i18n.mode_banner import dressed
from dashboard.i18n.words import words
from dashboard.operator.session import Session
from dashboard.shell import compat
from dashboard.shell.template import Theme, template_of, this_page
from dashboard.technician.page import bench_page
from dashboard.zone.page import zone_page
from incidents.roles import may

Dress = Literal["", "replay", "exercise"]


def operator_page(
    consoles: Consoles,
    *,
    centre: str = "",
    basemap_url: str | None = None,
    basemap_attribution: str = "",
    dress: Dress = "",
    token: str | None = None,
) -> pn.Template:
    """A new operator page for the current document. `centre` is the centre's name beside the mark.

    `dress` makes it unmistakable that it is no live one: a replay's, an exercise's. `token` names the browser where another
    cookie than the sign-in's does.

    The theme is the browser's choice, kept in its cookie `vigie_theme`: the map is drawn in it from the first paint.
    A person whose role has no operator page is told so; a browser whose sign-in is idle or over gets the locked page.
    """
    cookies = compat.cookies(pn.state.curdoc)
    token = cookies.get(COOKIE, "") if token is None else token
    theme: Theme = "light" if cookies.get("vigie_theme") == "light" else "dark"
    now = consoles.standing(token)
    # Whose browser it is counts also when it is locked: only who had the operator page before keeps its alarms in sight.
    roles = consoles.roles_of(token)
    if may(roles, "page zone") and not may(roles, PAGE):
        return zone_page(consoles, token, theme=theme)
    if may(roles, "page bench") and not may(roles, PAGE):
        return bench_page(consoles)
    if now.why == "role":
        return no_role_page(now, translate=consoles.translate, language=consoles.language, theme=theme)
    page = this_page()
    view = MapView(
        consoles.zones,
        words=consoles.translate,
        basemap_url=basemap_url,
        basemap_attribution=basemap_attribution,
        theme=theme,
        on_pick=lambda incident: session.picked(incident),
        on_place=lambda lat, lon: session.placed(lat, lon),
    )
    session = Session(consoles, page, view, token)
    page.hear(session.take, consoles.soon, lambda: session.token)
    pn.state.on_session_destroyed(lambda context: consoles.soon(consoles.leave, session))
    return template_of(
        Path(__file__).parent / "page.html",
        page,
        words=words(consoles.translate) | dressed(consoles.translate, dress),
        language=consoles.language,
        theme=theme,
        items={"map": view.root},
        centre=centre,
        dress=dress,
    )

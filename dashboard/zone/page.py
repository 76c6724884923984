"""The page of a zone's desk, for the role `zone`: its orders, and its answers to them."""

from pathlib import Path
from typing import Any

import panel as pn
from panel.io.resources import LOCAL_DIST

from dashboard.channel import BrowserPage, Channel
from dashboard.i18n.words import words
from dashboard.map.palette import Theme
from dashboard.zone.session import ZoneSession


def zone_page(consoles: Any, token: str, *, theme: Theme) -> pn.Template:
    """A new page of the zone's desk that is, or was last, signed in at this browser."""
    document = pn.state.curdoc
    page = BrowserPage(document)
    document.template_variables.setdefault("dist_url", LOCAL_DIST)
    session = ZoneSession(consoles, page, token)
    page.channel = Channel(lambda text: consoles.soon(session.take, text), width=0, height=0)
    consoles.soon(session.start)
    pn.state.on_session_destroyed(lambda context: consoles.soon(session.end))
    catalogue = words(consoles.translate)
    template = pn.Template(
        (Path(__file__).parent / "zone.html").read_text(encoding="utf-8"), items={"channel": page.channel}
    )
    template.add_variable("t", catalogue)
    template.add_variable("words", catalogue)
    template.add_variable("language", consoles.language)
    template.add_variable("theme", theme)
    template.add_variable("root", pn.state.base_url)
    return template

"""The page of a zone's desk, for the role `zone`: its orders, and its answers to them."""

from pathlib import Path

import panel as pn

from dashboard.i18n.words import words
from dashboard.shell.template import Theme, template_of, this_page
from dashboard.zone.session import ZoneGround, ZoneSession


def zone_page(consoles: ZoneGround, token: str, *, theme: Theme) -> pn.Template:
    """A new page of the zone's desk that is, or was last, signed in at this browser."""
    page = this_page()
    session = ZoneSession(consoles, page, token)
    page.hear(session.take, consoles.soon)
    consoles.soon(session.start)
    pn.state.on_session_destroyed(lambda context: consoles.soon(session.end))
    return template_of(
        Path(__file__).parent / "page.html",
        page,
        words=words(consoles.translate),
        language=consoles.language,
        theme=theme,
    )

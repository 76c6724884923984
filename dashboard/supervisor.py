"""The supervisor page: its HTML and the channel to its scripts. Rooms plug in at `dashboard/floor/rooms.py`."""

from pathlib import Path

import panel as pn
from panel.io.resources import LOCAL_DIST

from dashboard import compat
from dashboard.access.norole import no_role_page
from dashboard.access.signins import COOKIE
from dashboard.channel import BrowserPage, Channel
from dashboard.consoles import Consoles
from dashboard.floor.session import PAGE, FloorSession
from dashboard.i18n.words import words
from incidents.roles import may

HERE = Path(__file__).parent


def supervisor_page(consoles: Consoles, *, centre: str = "") -> pn.Template:
    """A new supervisor page for the current document. `centre` is the centre's name beside the mark.

    A person whose role has no supervisor page is told so; so is a browser whose sign-in is idle or over, unless who was signed in
    there last had it: then it gets the locked page.
    """
    cookies = compat.cookies(pn.state.curdoc)
    token = cookies.get(COOKIE, "")
    theme = "light" if cookies.get("vigie_theme") == "light" else "dark"
    now = consoles.standing(token, PAGE)
    roles = consoles.roles_of(token)
    if now.why == "role" or (now.locked and not may(roles, PAGE)):
        return no_role_page(now, translate=consoles.translate, language=consoles.language, theme=theme, page=PAGE)
    document = pn.state.curdoc
    page = BrowserPage(document)
    # As on the operator page: a session made over the websocket would lead to a CDN.
    document.template_variables.setdefault("dist_url", LOCAL_DIST)
    session = FloorSession(consoles, page, token)
    page.channel = Channel(lambda text: consoles.soon(session.take, text), width=0, height=0)
    pn.state.on_session_destroyed(lambda context: consoles.soon(consoles.leave, session))
    catalogue = words(consoles.translate)
    template = pn.Template(
        (HERE / "floor" / "supervisor.html").read_text(encoding="utf-8"), items={"channel": page.channel}
    )
    template.add_variable("t", catalogue)
    template.add_variable("words", catalogue)
    template.add_variable("centre", centre)
    template.add_variable("language", consoles.language)
    template.add_variable("theme", theme)
    template.add_variable("root", pn.state.base_url)
    return template

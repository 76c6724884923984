"""The supervisor page: its HTML and the channel to its scripts. Rooms plug in at `dashboard/supervisor/rooms.py`."""

from pathlib import Path

import panel as pn

from dashboard.access.norole import no_role_page
from dashboard.access.signins import COOKIE
from dashboard.consoles import Consoles
from dashboard.i18n.words import words
from dashboard.shell import compat
from dashboard.shell.template import Theme, template_of, this_page
from dashboard.supervisor.session import PAGE, SupervisorSession
from incidents.roles import may


def supervisor_page(consoles: Consoles, *, centre: str = "") -> pn.Template:
    """A new supervisor page for the current document. `centre` is the centre's name beside the mark.

    A person whose role has no supervisor page is told so; so is a browser whose sign-in is idle or over, unless who was signed in
    there last had it: then it gets the locked page.
    """
    cookies = compat.cookies(pn.state.curdoc)
    token = cookies.get(COOKIE, "")
    theme: Theme = "light" if cookies.get("vigie_theme") == "light" else "dark"
    now = consoles.standing(token, PAGE)
    roles = consoles.roles_of(token)
    if now.why == "role" or (now.locked and not may(roles, PAGE)):
        return no_role_page(now, translate=consoles.translate, language=consoles.language, theme=theme, page=PAGE)
    page = this_page()
    session = SupervisorSession(consoles, page, token)
    page.hear(session.take, consoles.soon, lambda: session.token)
    pn.state.on_session_destroyed(lambda context: consoles.soon(consoles.leave, session))
    return template_of(
        Path(__file__).parent / "page.html",
        page,
        words=words(consoles.translate),
        language=consoles.language,
        theme=theme,
        centre=centre,
    )

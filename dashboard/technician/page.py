"""The bench page's HTML and the channel to its scripts. A technician without an operator page lands on it after signing in."""

from pathlib import Path

import panel as pn

from dashboard.access.norole import no_role_page
from dashboard.access.signins import COOKIE
from dashboard.consoles import Consoles
from dashboard.i18n.words import words
from dashboard.shell import compat
from dashboard.shell.template import Theme, template_of, this_page
from dashboard.technician.session import PAGE, BenchSession
from incidents.roles import may


def bench_page(consoles: Consoles) -> pn.Template:
    """A new bench page for the current document; who may not have it is told so, as on the supervisor page."""
    cookies = compat.cookies(pn.state.curdoc)
    token = cookies.get(COOKIE, "")
    theme: Theme = "light" if cookies.get("vigie_theme") == "light" else "dark"
    now = consoles.standing(token, PAGE)
    if not may(now.roles if now.state != "locked" else consoles.roles_of(token), PAGE):
        return no_role_page(now, translate=consoles.translate, language=consoles.language, theme=theme, page=PAGE)
    page = this_page()
    session = BenchSession(consoles, page, token)
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

"""The bench page's HTML and the channel to its scripts. A technician without an operator page lands on it after signing in."""

from pathlib import Path

import panel as pn
from panel.io.resources import LOCAL_DIST

from dashboard import compat
from dashboard.access.norole import no_role_page
from dashboard.access.signins import COOKIE
from dashboard.bench.session import PAGE, BenchSession
from dashboard.channel import BrowserPage, Channel
from dashboard.consoles import Consoles
from dashboard.i18n.words import words
from incidents.roles import may


def bench_page(consoles: Consoles) -> pn.Template:
    """A new bench page for the current document; who may not have it is told so, as on the supervisor page."""
    document = pn.state.curdoc
    cookies = compat.cookies(document)
    token = cookies.get(COOKIE, "")
    theme = "light" if cookies.get("vigie_theme") == "light" else "dark"
    now = consoles.standing(token, PAGE)
    if not may(now.roles if now.state != "locked" else consoles.roles_of(token), PAGE):
        return no_role_page(now, translate=consoles.translate, language=consoles.language, theme=theme, page=PAGE)
    page = BrowserPage(document)
    document.template_variables.setdefault("dist_url", LOCAL_DIST)
    session = BenchSession(consoles, page, token)
    page.channel = Channel(lambda text: consoles.soon(session.take, text), width=0, height=0)
    consoles.soon(session.start)
    pn.state.on_session_destroyed(lambda context: consoles.soon(session.end))
    catalogue = words(consoles.translate)
    html = (Path(__file__).parent / "bench.html").read_text(encoding="utf-8")
    template = pn.Template(html, items={"channel": page.channel})
    template.add_variable("t", catalogue)
    template.add_variable("words", catalogue)
    template.add_variable("language", consoles.language)
    template.add_variable("theme", theme)
    template.add_variable("root", pn.state.base_url)
    return template

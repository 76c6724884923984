"""A page's HTML, filled: its words, its language and theme, the channel to its scripts."""

import secrets
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import panel as pn
from jinja2 import Environment, FileSystemLoader
from panel.io.resources import LOCAL_DIST

from dashboard.shell.bundle import address
from dashboard.shell.channel import BrowserPage
from dashboard.shell.compat import OwnStyle
from reports.catalogue import Translator
from reports.content import unturned

Theme = Literal["dark", "light"]
THEME_COOKIE = "vigie_theme"
TEMPLATES = Environment(  # of what has no channel, by its path in the dashboard
    loader=FileSystemLoader(Path(__file__).parents[1]),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=lambda fact: type(fact)(unturned(fact)) if isinstance(fact, str) else fact,
)


@cache
def this_server() -> str:
    """A name of this process among a cluster's: a page knows by it whether who answers now is who gave the page."""
    return secrets.token_hex(4)


def theme_of(kept: str | None) -> Theme:
    """The theme that a browser keeps in its cookie; dark where it keeps none, or another word."""
    return "light" if kept == "light" else "dark"


def this_page(language: str, words: Callable[[Translator], dict[str, str]]) -> BrowserPage:
    """The page of the current document, whose browser reads this language and is sent these words."""
    document = pn.state.curdoc
    assert document is not None
    # A page that comes back to a server started anew makes its session over the websocket; Panel would lead its styles to a CDN.
    document.template_variables.setdefault("dist_url", LOCAL_DIST)
    return BrowserPage(document, language, words)


def template_of(
    html: Path,
    page: BrowserPage,
    *,
    words: Mapping[str, str],
    language: str,
    theme: Theme,
    items: Mapping[str, Any] | None = None,
    **variables: str,
) -> pn.Template:
    """The template in `html` around the page's channel and `items`; `variables` beside those that every page has."""
    template = pn.Template(
        html.read_text(encoding="utf-8"), items={"channel": page.channel, **(items or {})}, design=OwnStyle
    )
    everybodys = {
        "t": words,
        "words": words,
        "language": language,
        "theme": theme,
        "root": pn.state.base_url,
        "scripts": address(html.parent.name),
        "server": this_server(),
        "apple_icon": "",  # we have none, and Panel would name one of its own
    }
    for name, value in (everybodys | variables).items():
        template.add_variable(name, value)
    return template

"""The auditor page: its HTML and the channel to its scripts. An auditor without an operator page lands on it after signing in."""

from functools import partial
from pathlib import Path

import panel as pn

from dashboard.auditor.session import AuditorSession
from dashboard.consoles import Consoles
from dashboard.page import PageMaker
from incidents.auditing.auditing import PAGE
from reports.catalogue import named


def auditor_page(consoles: Consoles, *, centre: str = "") -> pn.Template:
    """A new auditor page for the current document; who may not have it is told so. `centre` is the name beside the mark."""
    maker = PageMaker(consoles)
    if not maker.may(PAGE):
        return maker.refused(PAGE)
    own = partial(named, folder="dashboard/auditor")
    return maker.page(Path(__file__).parent / "page.html", AuditorSession, centre=centre, more_words=own)

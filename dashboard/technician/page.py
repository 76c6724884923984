"""The bench page's HTML and the channel to its scripts. A technician without an operator page lands on it after signing in."""

from pathlib import Path

import panel as pn

from dashboard.consoles import Consoles
from dashboard.page import PageMaker
from dashboard.technician.requests import PAGE
from dashboard.technician.session import BenchSession


def bench_page(consoles: Consoles) -> pn.Template:
    """A new bench page for the current document; who may not have it is told so."""
    maker = PageMaker(consoles)
    return maker.page(Path(__file__).parent / "page.html", BenchSession) if maker.may(PAGE) else maker.refused(PAGE)

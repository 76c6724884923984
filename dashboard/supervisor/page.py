"""The supervisor page: its HTML and the channel to its scripts. Rooms plug in at `dashboard/supervisor/session.py`."""

from collections.abc import Callable
from pathlib import Path

import panel as pn
from tornado.httputil import HTTPServerRequest

from dashboard.consoles import Consoles
from dashboard.page import PageMaker
from dashboard.shell.compat import request
from dashboard.supervisor.session import PAGE, SupervisorSession


def supervisor_page(
    consoles: Consoles, *, centre: str = "", room: Callable[[HTTPServerRequest], str] = lambda request: ""
) -> pn.Template:
    """A new supervisor page for the current document. `centre` is the centre's name beside the mark, `room` as of the `Door`.

    A person whose role has no supervisor page is told so; so is a browser whose sign-in is idle or over, unless who was signed in
    there last had it: then it gets the locked page.
    """
    maker = PageMaker(consoles)
    if not maker.may(PAGE):
        return maker.refused(PAGE)
    credit = consoles.services.whereabouts.credit(maker.translate)  # of the words on the floor's rows
    asked = request(pn.state.curdoc)
    training = room(asked) if asked is not None else ""
    return maker.page(
        Path(__file__).parent / "page.html", SupervisorSession, centre=centre, credit=credit, room=training
    )

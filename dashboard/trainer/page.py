"""The trainer page: its HTML, the map that scenarios are drawn on, the channel to its scripts. And a replay's operator page."""

from pathlib import Path

import panel as pn
from tornado.web import HTTPError

from dashboard.access.norole import no_role_page
from dashboard.components.map import MapView
from dashboard.i18n.words import words
from dashboard.operator.page import operator_page
from dashboard.shell import compat
from dashboard.shell.template import Theme, template_of, this_page
from dashboard.trainer.context import PAGE, TrainerContext
from dashboard.trainer.session import TrainerSession
from incidents.exercises.room import TrainingError
from incidents.roles import may

HERE = Path(__file__).parent
OPEN = ("join", "progress")  # the pages of a training room that need no role


def trainer_page(house: TrainerContext) -> pn.Template:
    """A new trainer page for the current document. Who is no trainer is told so; an idle browser gets the locked page."""
    cookies = compat.cookies(pn.state.curdoc)
    token = cookies.get(house.cookie, "")
    theme: Theme = "light" if cookies.get("vigie_theme") == "light" else "dark"
    now = house.standing(token)
    if now.why == "role" or (now.locked and not may(house.roles_of(token), PAGE)):
        return no_role_page(
            now, translate=house.translate, language=house.language, theme=theme, page=PAGE, everybodys=OPEN
        )
    page = this_page()
    view = MapView(house.zones, words=house.translate, theme=theme, bare=True)
    session = TrainerSession(house, page, view, token)
    page.hear(session.take, house.soon)
    house.soon(session.start)
    pn.state.on_session_destroyed(lambda context: house.soon(session.end))
    catalogue = words(house.translate)
    catalogue["lost"] = catalogue["training.lost"]
    return template_of(
        HERE / "page.html",
        page,
        words=catalogue,
        language=house.language,
        theme=theme,
        items={"map": view.root},
        centre=house.centre,
    )


def replay_page(house: TrainerContext) -> pn.Template:
    """The operator page of an open replay, in its dress: `?id=` names it, and opens nothing without a trainer's sign-in."""
    cookies = compat.cookies(pn.state.curdoc)
    token = cookies.get(house.cookie, "")
    now = house.standing(token)
    if now.locked:
        theme = "light" if cookies.get("vigie_theme") == "light" else "dark"
        return no_role_page(
            now, translate=house.translate, language=house.language, theme=theme, page=PAGE, everybodys=OPEN
        )
    (asked, *_) = pn.state.session_args.get("id", [b""])
    try:
        player = house.player(asked.decode("ascii", "replace"))
    except TrainingError:
        raise HTTPError(404) from None
    return operator_page(player.consoles, centre=house.centre, dress="replay")

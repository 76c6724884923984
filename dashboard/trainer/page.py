"""The trainer page: its HTML, the map that scenarios are drawn on, the channel to its scripts. And a replay's operator page."""

from functools import partial
from pathlib import Path

import panel as pn

from dashboard.components.map import MapView
from dashboard.i18n.words import replay_words, words
from dashboard.operator.page import operator_page
from dashboard.page import PageMaker
from dashboard.shell.notice import notice
from dashboard.trainer.context import PAGE, TrainerContext
from dashboard.trainer.session import TrainerSession
from incidents.exercises.room import TrainingError
from maps.streets.street_file import streets_from

HERE = Path(__file__).parent
OPEN = ("join", "progress")  # the pages of a training room that need no role


def trainer_page(house: TrainerContext) -> pn.Template:
    """A new trainer page for the current document. Who is no trainer is told so; an idle browser gets the locked page."""
    maker = PageMaker(house, cookie=house.cookie)
    if not maker.may(PAGE):
        return maker.refused(PAGE, OPEN)
    streets = partial(streets_from, house.streets_file)
    view = MapView(house.zones, words=maker.translate, streets=streets, theme=maker.theme, bare=True)
    return maker.page(
        HERE / "page.html",
        lambda consoles, page, token: TrainerSession(consoles, page, view, token),
        more_words=lambda translate: replay_words(translate) | {"lost": words(translate)["training.lost"]},
        items={"map": view.root},
        centre=house.centre,
    )


def replay_page(house: TrainerContext) -> pn.Template:
    """The operator page of an open replay, in its dress: `?id=` names it, and opens nothing without a trainer's sign-in."""
    maker = PageMaker(house, cookie=house.cookie)
    if house.standing(maker.token, PAGE).locked:
        return maker.refused(PAGE, OPEN)
    (asked, *_) = pn.state.session_args.get("id", [b""])
    try:
        player = house.player(asked.decode("ascii", "replace"))
    except TrainingError:
        return notice("replay.closed", language=maker.language, theme=maker.theme)
    # By this room's own sign-in: the browser may be signed in at the live desk too, and the page would be that one's.
    return operator_page(
        player.consoles,
        centre=house.centre,
        streets_file=house.streets_file,
        dress="replay",
        token=maker.token,
    )

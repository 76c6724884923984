"""The training room's own server, on a port and with cookies of its own: the trainer's pages, `/join`, `/exercise`, debriefs.

Its sign-ins and the live desk's know nothing of each other: browsers know no ports, so that the cookies have other names, and
neither server takes what the other gave.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
from bokeh.server.server import Server
from tornado.web import HTTPError, RequestHandler

from centre.access import (
    in_the_clear,
    lost_register,
    serve_until_cancelled,
    sign_in_service,
    tls_context,
    to_make_an_account,
)
from centre.lookups import look_up_apart
from centre.settings import SettingsError
from dashboard.access.accounts import Accounts
from dashboard.access.guard import strict_headers
from dashboard.access.oidc import Oidc
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.documents.guide.page import guide_routes
from dashboard.exercise_join.page import COOKIE as EXERCISE_COOKIE
from dashboard.exercise_join.page import EXERCISE, JOIN, join_pages
from dashboard.i18n.words import room_words
from dashboard.operator.page import operator_page
from dashboard.server import Route, listen, routes
from dashboard.shell import compat
from dashboard.trainer.context import TrainerContext
from dashboard.trainer.debrief.pages import PROGRESS, Debriefs, debrief_address, debrief_routes
from dashboard.trainer.page import replay_page, trainer_page
from dashboard.trainer.upload import ADDRESS as RECORDINGS
from dashboard.trainer.upload import TakeIn
from incidents.clock import SystemClock
from training.guard import RoomGuard
from training.isolation import RoomSettings
from training.room import TrainingRoom

_logger = logging.getLogger(__name__)

COOKIE = "vigie_training"
TRAINER = "/trainer"
SOUNDS = {"wav": "audio/wav", "ogg": "audio/ogg", "mp3": "audio/mpeg"}
REPLAY = "/replay"
LEADS_TO = {TRAINER: "page trainer", REPLAY: "page trainer", JOIN: "", PROGRESS: ""}


async def run_room(settings: RoomSettings, *, offered: Sequence[tuple[str, str]] = ()) -> None:
    """Serve the training room until cancelled. `offered` are accounts that the sign-in page has a button for.

    Raises SettingsError, before anything is opened, when no trainer could sign in, or passwords would travel in the clear.
    """
    if clear := in_the_clear(settings.address, tls=settings.tls_cert is not None, behind_proxy=settings.behind_proxy):
        raise SettingsError(f"training.{clear}")
    if lost := lost_register(settings.cases):  # only what is made of the centre's log needs it
        _logger.error("%s", lost)
    signins, tls = sign_ins(settings), tls_context(settings.tls_cert, settings.tls_key)
    oidc = sign_in_service(settings.oidc)
    look_up_apart()
    room = await TrainingRoom.open(settings)
    watching = [asyncio.create_task(work, name="training room") for work in (signins.run(), room.run())]
    try:
        server = serve_room(room, signins, tls=tls, offered=offered, oidc=oidc)
        await serve_until_cancelled(server, "The training room", TRAINER, address=settings.address, tls=tls)
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await asyncio.to_thread(signins.close_file)
        await room.close()


def sign_ins(settings: RoomSettings) -> SignIns:
    """Who is signed in at the training room, by the centre's accounts. Raises SettingsError when no trainer could."""
    service = bool(settings.oidc.issuer)  # it makes the accounts of those who come
    found = Accounts(settings.users, key_file=settings.key_file) if service or settings.users.exists() else None
    if found is None or not (service or any("trainer" in a.roles and not a.disabled for a in found.all())):
        make = to_make_an_account("trainer", settings.users)
        raise SettingsError(f"there is no trainer's account to sign in with; make one: {make}")
    return SignIns(found, clock=SystemClock(), times=settings.access, service=service, kept=False)


def serve_room(
    room: TrainingRoom,
    signins: SignIns,
    *,
    tls: ssl.SSLContext | None = None,
    offered: Sequence[tuple[str, str]] = (),
    oidc: Oidc | None = None,
) -> Server:
    """Start the room's server on the running loop; `server.stop()` ends it. Raises CannotListen."""
    settings = room.settings
    door = Door(
        lambda: signins,
        lambda: room.desk,
        language=settings.language,
        offered=offered,
        cookie=COOKIE,
        leads_to=LEADS_TO,
        oidc=oidc,
        words=room_words,
    )
    house = TrainerContext(
        room,
        room.zones,
        clock=room.clock,
        signins=signins,
        cookie=COOKIE,
        centre=settings.centre,
        language=settings.language,
        streets_file=settings.streets_file,
        debrief=debrief_address,
        search=room.search.answer,
    )
    return listen(
        pages(room, house),
        routes(door, room_routes(room, signins, house)),
        RoomGuard(room, signins, COOKIE),
        strict_headers(sounds=True),
        port=settings.port,
        address=settings.address,
        origins=settings.origins,
        tls=tls,
        behind_proxy=settings.behind_proxy,
        section="training.",
    )


def pages(room: TrainingRoom, house: TrainerContext) -> dict[str, Callable[[], Any]]:
    """The Panel pages by their address."""
    return {
        TRAINER: lambda: trainer_page(house),
        REPLAY: lambda: replay_page(house),
        EXERCISE: lambda: exercise_page(room),
    }


def exercise_page(room: TrainingRoom) -> Any:
    """The operator page of the exercise that this browser joined, in its dress."""
    token = compat.cookies(pn.state.curdoc).get(EXERCISE_COOKIE, "")
    found = room.exercise_of(token)
    if found is None:
        raise HTTPError(403)
    settings = room.settings
    return operator_page(
        found[0].consoles, centre=settings.centre, streets_file=settings.streets_file, dress="exercise", token=token
    )


def room_routes(room: TrainingRoom, signins: SignIns, house: TrainerContext) -> list[Route]:
    """What the room has of its own."""
    debriefs = Debriefs(
        room=room,
        desk=room.desk,
        places=house.places,
        folder=room.zones.folder,
        signins=signins,
        cookie=COOKIE,
        language=house.language,
        translate=house.translate,
    )
    return [
        *join_pages(room, signins, COOKIE, house.language),
        *debrief_routes(debriefs),
        *guide_routes(lambda: house, COOKIE),
        (RECORDINGS, TakeIn, {"house": house, "under_way": set()}),
        (EXERCISE + r"/sound/([a-z0-9_-]+\.(?:wav|ogg|mp3))", Sound, {"room": room}),
    ]


class Sound(RequestHandler):
    """What is heard on an exercise's open line, for who takes part in one."""

    def initialize(self, room: TrainingRoom) -> None:
        self._room = room

    async def get(self, name: str) -> None:
        cookie = self.get_cookie(EXERCISE_COOKIE) or ""
        if not self._room.takes_part(cookie):
            raise HTTPError(403)
        if (content := await asyncio.to_thread(self._room.sound, cookie, name)) is None:
            raise HTTPError(404)
        self.set_header("Content-Type", SOUNDS[name.rpartition(".")[2]])
        self.set_header("Cache-Control", "private, max-age=3600")
        self.finish(content)

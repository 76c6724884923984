"""The training room's own server, on a port and with cookies of its own: the trainer's pages, `/join`, `/exercise`, debriefs.

Its sign-ins and the live desk's know nothing of each other: browsers know no ports, so that the cookies have other names, and
neither server takes what the other gave.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
from bokeh.server.server import Server
from panel.io.server import get_server
from tornado.ioloop import IOLoop
from tornado.web import HTTPError, RedirectHandler, RequestHandler

from centre.lookups import look_up_apart
from centre.settings import SettingsError
from dashboard.access.accounts import Accounts
from dashboard.access.gate import MAX_MESSAGE, options, stand_before
from dashboard.access.guard import SIGN_IN, strict_headers
from dashboard.access.oidc import Oidc, OidcError
from dashboard.access.oidc_pages import BACK, START, OidcBack, OidcStart
from dashboard.access.settings import OidcSettings
from dashboard.access.sign_in import Door, SignInPage, SignOut, Waiting
from dashboard.access.signins import SignIns
from dashboard.exercise_join.page import COOKIE as EXERCISE_COOKIE
from dashboard.exercise_join.page import EXERCISE, JOIN, join_pages
from dashboard.i18n.sign_in import room_words
from dashboard.operator.page import operator_page
from dashboard.server import ASSETS, HERE, Live, free_port
from dashboard.shell import compat
from dashboard.trainer.context import TrainerContext
from dashboard.trainer.debrief.pages import PROGRESS, Debriefs, debrief_address, debrief_routes
from dashboard.trainer.page import replay_page, trainer_page
from dashboard.trainer.upload import ADDRESS as RECORDINGS
from dashboard.trainer.upload import TakeIn
from incidents.clock import SystemClock
from training.guard import RoomGuard
from training.isolation import RoomSettings, tls_of
from training.room import TrainingRoom

COOKIE = "vigie_training"
TRAINER = "/trainer"
SOUNDS = {"wav": "audio/wav", "ogg": "audio/ogg", "mp3": "audio/mpeg"}
REPLAY = "/replay"
LEADS_TO = (TRAINER, REPLAY, JOIN, PROGRESS)


async def run_room(settings: RoomSettings, *, offered: Sequence[tuple[str, str]] = ()) -> None:
    """Serve the training room until cancelled. `offered` are accounts that the sign-in page has a button for.

    Raises SettingsError, before anything is opened, when no trainer could sign in.
    """
    signins, tls, oidc = sign_ins(settings), tls_of(settings), sign_in_service(settings)
    look_up_apart()
    room = await TrainingRoom.open(settings)
    watching = [asyncio.create_task(work, name="training room") for work in (signins.run(), room.run())]
    try:
        server = serve_room(room, signins, tls=tls, offered=offered, oidc=oidc)
        try:
            scheme, host = "https" if tls else "http", _host(settings.address)
            print(f"The training room serves {scheme}://{host}:{server.port}{TRAINER}", flush=True)
            await asyncio.Event().wait()
        finally:
            server.stop()
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await asyncio.to_thread(signins.close_file)
        await room.close()


def sign_ins(settings: RoomSettings) -> SignIns:
    """Who is signed in at the training room, by the centre's accounts. Raises SettingsError when no trainer could."""
    if settings.oidc.issuer:  # it makes the accounts of those who come
        made = Accounts(settings.users, key_file=settings.key_file)
        return SignIns(made, clock=SystemClock(), times=settings.access, service=True, kept=False)
    accounts = Accounts(settings.users, key_file=settings.key_file) if settings.users.exists() else None
    if accounts is None or not any("trainer" in a.roles and not a.disabled for a in accounts.all()):
        make = f"python app.py users add NAME --role trainer --users {settings.users}"
        raise SettingsError(f"there is no trainer's account to sign in with; make one: {make}")
    return SignIns(accounts, clock=SystemClock(), times=settings.access, kept=False)


def sign_in_service(settings: RoomSettings) -> Oidc | None:
    """The centre's sign-in service (OIDC); None where there is none. Raises SettingsError."""
    try:
        return Oidc(settings.oidc) if settings.oidc != OidcSettings() else None
    except OidcError as error:
        raise SettingsError(str(error)) from None


def serve_room(
    room: TrainingRoom,
    signins: SignIns,
    *,
    tls: ssl.SSLContext | None = None,
    offered: Sequence[tuple[str, str]] = (),
    oidc: Oidc | None = None,
) -> Server:
    """Start the room's server on the running loop; `server.stop()` ends it. Raises OSError when the port is taken."""
    settings = room.settings
    port = settings.port or free_port(settings.address)
    door = Door(
        lambda: signins,
        lambda: room.desk,
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
        debrief=debrief_address,
    )
    own = [f"{host}:{port}" for host in ("localhost", "127.0.0.1")]
    server = get_server(
        {**pages(room, house)},
        port=port,
        address=settings.address,
        loop=IOLoop.current(),
        start=True,
        title="Vigie",
        location=False,
        index=None,
        websocket_origin=[*own, *settings.origins],
        http_server_kwargs={"ssl_options": tls, "xheaders": settings.behind_proxy},
        websocket_max_message_size=MAX_MESSAGE,
        ico_path=str(HERE / "shell" / "vigie.ico"),
        **options(RoomGuard(room, signins, COOKIE)),
    )
    stand_before(compat.application(server), routes(room, signins, door, house), strict_headers(sounds=True))
    return server


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
    return operator_page(found[0].consoles, centre=room.settings.centre, dress="exercise", token=token)


def routes(room: TrainingRoom, signins: SignIns, door: Door, house: TrainerContext) -> list[tuple[Any, ...]]:
    """Everything that is no Panel page."""
    debriefs = Debriefs(room, house.places, room.zones.folder, signins=signins, cookie=COOKIE)
    return [
        (r"/", RedirectHandler, {"url": TRAINER, "permanent": False}),
        (r"/live", Live),
        *join_pages(room, signins, COOKIE),
        *debrief_routes(debriefs),
        (RECORDINGS, TakeIn, {"house": house}),
        (EXERCISE + r"/sound/([a-z0-9_-]+\.(?:wav|ogg|mp3))", Sound, {"room": room}),
        (SIGN_IN, SignInPage, {"door": door}),
        (SIGN_IN + "/waiting", Waiting, {"door": door}),
        (START, OidcStart, {"door": door}),
        (BACK, OidcBack, {"door": door}),
        (r"/sign-out", SignOut, {"door": door}),
        ASSETS,
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


def _host(address: str) -> str:
    return "localhost" if address in ("127.0.0.1", "0.0.0.0", "::", "") else address

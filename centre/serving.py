"""What the long-running commands run: the desk with its pages, a simulated feed, a recording."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import panel as pn
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.web import RedirectHandler

from centre.access import (
    all_in_the_clear,
    is_this_machine,
    lost_register,
    serve_until_cancelled,
    sign_in_service,
    tls_context,
    to_make_an_account,
)
from centre.checks.finding import Subject
from centre.checks.points import say_at_start
from centre.leaving import let_pages_go
from centre.log_lines import write_lines
from centre.runtime import Centre, OtherStores
from centre.schemas import schema
from centre.setting_files import samples, unreadable
from centre.settings import Settings, SettingsError, load, users_file
from centre.tiles import TileError, TileFile, tiles_from
from dashboard.access.gate import stand_before_panel_serve
from dashboard.access.guard import Guard, map_origin, strict_headers
from dashboard.access.lost import accounts_or_none, may_sign_in
from dashboard.access.oidc import Oidc
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.consoles import Consoles
from dashboard.documents.tiles import URL as TILES_URL
from dashboard.server import desk_routes, may_listen, pages, routes, serve
from feeds.gateway import Gateway
from feeds.recordings.recording import replay
from feeds.simulator import DEVICES, simulate
from incidents.clock import Clock, SystemClock
from incidents.log.store import beside
from incidents.presence.clocks import HeldClock

LOOKED_S = 5.0

_logger = logging.getLogger(__name__)


async def run_desk(settings: Settings, *, others: OtherStores | None = None) -> None:
    """Serve the desk until cancelled; `others` is done each night once things are erased (`Centre.open`).

    Raises SettingsError, before anything is opened, for a mistake of setting up.
    """
    await refuse_or_say(settings)
    if not _was_at_work(settings):
        _logger.warning(
            "no log is there yet: %s; where there was one, its disk is not mounted", settings.log.absolute()
        )
        # Before a log is made: from then on mistakes are said and not refused.
        may_listen(settings.address, settings.port)
    clock = clock_of(settings)
    signins, tls, oidc = sign_ins(settings, clock), tls_context(settings.tls_cert, settings.tls_key), _service(settings)
    if not settings.feed:
        _logger.warning("no feed is set: alarms can only be raised by hand")
    centre = await Centre.open(settings, clock=clock, signins=signins, others=others)
    try:
        centre.start()
        notes = []
        if signins is None:
            notes.append("NO SIGN-IN: anyone at this machine may act")
        elif oidc is not None and not any(a.break_glass and not a.disabled for a in signins.accounts.all()):
            notes.append("NO BREAK-GLASS ACCOUNT: nobody can sign in while the sign-in service is away")
        server = serve_pages(centre, tls=tls, oidc=oidc)
        _check_beside(centre, settings)
        try:
            await serve_until_cancelled(server, "Vigie", "/operator", *notes, address=settings.address, tls=tls)
        finally:
            await let_pages_go(server, centre.consoles)
    finally:
        await centre.close()


def _check_beside(centre: Centre, settings: Settings) -> None:
    """Say what is wrong and needs no network, of a desk that serves; nothing it has is opened anew. `settings` name the log
    that is meant, also while alarms go into one aside."""
    register = centre.cases.state, centre.cases.reason, len(centre.cases)
    subject = Subject(settings=settings, said={}, now=centre.desk.clock.now(), zones=centre.zones, register=register)
    # A thread that nobody waits for: a disk that hangs holds up neither an alarm nor the end.
    Thread(target=say_at_start, args=(subject,), name="check", daemon=True).start()


def serve_pages(
    centre: Centre,
    *,
    tls: ssl.SSLContext | None = None,
    offered: tuple[tuple[str, str], ...] = (),
    oidc: Oidc | None = None,
) -> Any:
    """The web server of a centre, on the running loop. `offered` are accounts that the sign-in page has a button for."""
    settings = centre.settings
    return serve(
        centre.consoles,
        door=Door(
            lambda: centre.signins,
            lambda: centre.desk,
            language=settings.language,
            offered=offered,
            oidc=oidc,
            known_zone=centre.zones.known,
            room=partial(_room, settings),
        ),
        port=settings.port,
        address=settings.address,
        origins=settings.origins,
        token=settings.health_token,
        metrics=centre.metrics.exposition,
        tls=tls,
        behind_proxy=settings.behind_proxy,
        look=_look(settings),
        tiles=_tiles(settings),
        schemas=schema,
    )


def _room(settings: Settings, request: HTTPServerRequest) -> str:
    """The training room's address, by the first name under which browsers reach it; "" where none is set."""
    origin = next(iter(settings.training.origins), "")
    return f"{request.protocol}://{origin}/trainer" if origin else ""


def clock_of(settings: Settings) -> Clock:
    """The machine's clock, held to those of the other servers where there are."""
    return HeldClock() if settings.cluster.servers else SystemClock()


def sign_ins(settings: Settings, clock: Clock) -> SignIns | None:
    """Who is signed in; None where nobody has to. Raises SettingsError when others would reach it without, or nobody ever could.

    A desk that was at work starts whatever became of its accounts: nobody is let in, and its sign-in page is an alarm screen.
    """
    if settings.no_sign_in:
        hosts = [settings.address, *(urlsplit(f"//{origin}").hostname or "" for origin in settings.origins)]
        if settings.behind_proxy or not all(map(is_this_machine, hosts)):
            raise SettingsError(
                "no_sign_in: only for this machine; with another address, origin or a proxy people sign in"
            )
        return None
    path, service = users_file(settings), bool(settings.oidc.issuer)  # which makes the accounts of those who come
    make = to_make_an_account("supervisor", path)
    none = f"there is no account to sign in with (where there was one, its disk is not mounted); make one: {make}"
    joins = bool(settings.cluster.servers)  # other servers have the accounts
    if not service and not joins and not path.exists() and not _was_at_work(settings):
        raise SettingsError(none)
    accounts, lost = accounts_or_none(path, key_file=settings.key_file)
    if lost:
        _logger.error("ACCOUNTS LOST: %s; restore the file from its backup, or move it away and run: %s", lost, make)
    elif not service and not joins and not may_sign_in(accounts.all()):
        if not _was_at_work(settings):
            raise SettingsError(none)
        _logger.error("NOBODY CAN SIGN IN: %s", none)
    return SignIns(accounts, clock=clock, times=settings.access, service=service, shared=joins)


async def refuse_or_say(settings: Settings) -> None:
    """What is mistaken in setting up: refused where no desk was at work yet, said aloud where alarms may come that nobody
    expects to have to ask for (docs/decisions/0069-a-mistake-is-refused-once.md). Raises SettingsError."""
    try:
        async with asyncio.timeout(LOOKED_S):  # a disk that hangs holds no desk up
            found = await asyncio.to_thread(lambda: list(mistakes(settings)))
            cases = None if settings.cluster.servers else settings.cases  # other servers may have it
            lost = await asyncio.to_thread(lost_register, cases)
            at_work = await asyncio.to_thread(_was_at_work, settings)
    except TimeoutError:
        _logger.error("the files that the settings name do not answer")
        return
    if found and not at_work:
        raise SettingsError(found[0])
    for mistake in filter(None, (*found, lost)):  # a register may be imported while a desk serves: it opens by itself
        _logger.error("%s", mistake)


def mistakes(settings: Settings) -> Iterator[str]:
    """What can't be meant, each in a sentence that names its setting: of values that are right by themselves."""
    yield from all_in_the_clear(settings)
    yield from (why for _, why in (*samples(settings), *unreadable(settings, {})))


def _was_at_work(settings: Settings) -> bool:
    """Whether a desk was served from here before: alarms may come that nobody expects to have to ask for. A folder that is not
    there was there for whoever set it: its disk is not mounted."""
    return not settings.log.absolute().parent.is_dir() or any(
        _holds(beside(settings.log, end)) for end in ("", ".private", ".aside")
    )


def _holds(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError:  # something is there
        return True


def _service(settings: Settings) -> Oidc | None:
    """The sign-in service where people sign in. Raises SettingsError."""
    return None if settings.no_sign_in else sign_in_service(settings.oidc)


def _tiles(settings: Settings) -> TileFile | None:
    """The raster map of a centre's own file. One that can't be read keeps no alarm from its map."""
    if settings.tiles_file is None:
        return None
    try:
        return tiles_from(settings.tiles_file)
    except TileError as error:
        _logger.error("NO STREET MAP: %s", error)
        return None


def _look(settings: Settings) -> dict[str, Any]:
    """What a centre chose for its pages. A file of tiles stands before another server's."""
    tiles = _tiles(settings)
    return {
        "centre": settings.centre,
        "basemap_url": TILES_URL if tiles is not None else settings.basemap_url or None,
        "basemap_attribution": settings.basemap_attribution or (tiles.credit if tiles is not None else ""),
        "streets_file": settings.streets_file,
    }


async def run_simulator(*, port: int, seed: int, speed: float) -> None:
    """Serve a simulated feed until cancelled."""
    async with _feed("112-app", port) as gateway:
        await simulate(gateway, DEVICES, seed=seed, clock=SystemClock(), speed=speed)


async def run_replay(file: Path, *, port: int, speed: float) -> None:
    """Serve a recording, then go on answering until cancelled."""
    async with _feed("recording", port) as gateway:
        await replay(file, gateway, speed=speed, clock=SystemClock())
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def _feed(name: str, port: int) -> AsyncIterator[Gateway]:
    gateway = Gateway(name)
    await gateway.start("127.0.0.1", port)
    print(f"the feed is at {gateway.url}", flush=True)
    try:
        yield gateway
    finally:
        await gateway.stop()


class _Plugin:
    """The one desk of a `panel serve` process: opened on its loop before the first page."""

    def __init__(self, others: OtherStores | None) -> None:
        self.settings, self.others = load(), others
        self._clock = clock_of(self.settings)
        self.signins = sign_ins(self.settings, self._clock)
        self.oidc = _service(self.settings)
        self.centre: Centre | None = None

    async def start(self) -> None:
        self.centre = await Centre.open(self.settings, clock=self._clock, signins=self.signins, others=self.others)
        self.centre.start()
        lost = await asyncio.to_thread(lost_register, self.settings.cases)
        for mistake in filter(None, (*await asyncio.to_thread(lambda: list(mistakes(self.settings))), lost)):
            _logger.error("%s", mistake)
        _check_beside(self.centre, self.settings)

    def consoles(self) -> Consoles:
        """The pages' common ground. Raises RuntimeError while the log is still being read."""
        if self.centre is None:
            raise RuntimeError("Vigie is starting")
        return self.centre.consoles

    def metrics(self) -> bytes:
        """The centre's metrics; of one that is being opened, none."""
        return self.centre.metrics.exposition() if self.centre is not None else b""


_plugin: _Plugin | None = None


def plugin_routes(others: OtherStores | None = None) -> list[tuple[Any, ...]]:
    """Start the desk with the process, `others` as in `run_desk`. Panel is told of no route: the gate has them all."""
    global _plugin
    if _plugin is None:
        plugin = _plugin = _Plugin(others)
        write_lines(plugin.settings.log_format)
        IOLoop.current().add_callback(plugin.start)
        headers = strict_headers(map_origin(_look(plugin.settings)["basemap_url"]))
        stand_before_panel_serve(Guard(lambda: plugin.signins), _routes(plugin), headers)
    return []


def _routes(plugin: _Plugin) -> list[tuple[Any, ...]]:
    """Everything that is no page."""
    door = Door(
        lambda: plugin.signins,
        lambda: plugin.consoles().desk,
        language=plugin.settings.language,
        oidc=plugin.oidc,
        known_zone=lambda zone: plugin.centre is not None and plugin.centre.zones.known(zone),
        room=partial(_room, plugin.settings),
    )
    # Panel names a page after its file.
    ways = {address: f"/app?page={address[1:]}" for address in pages(plugin.consoles)} | {"/operator": "/app"}
    leads = [(address, RedirectHandler, {"url": url, "permanent": False}) for address, url in ways.items()]
    return [
        *leads,
        *routes(
            door,
            desk_routes(
                plugin.consoles,
                plugin.settings.health_token,
                _tiles(plugin.settings),
                room=door.room,
                schemas=schema,
                metrics=plugin.metrics,
            ),
            home="/app",
        ),
    ]


def plugin_page() -> Any:
    """A page of this `panel serve` process: the operator page, or the one that is asked for."""
    if _plugin is None:
        return pn.pane.Str("Start with: panel serve app.py --plugins app")
    made = pages(_plugin.consoles, **_look(_plugin.settings))
    asked = b"/" + pn.state.session_args.get("page", [b""])[0]
    return made.get(asked.decode(errors="replace"), made["/operator"])()

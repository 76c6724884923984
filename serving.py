"""What the long-running commands run: the desk with its pages, a simulated feed, a recording."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import panel as pn
from tornado.ioloop import IOLoop
from tornado.web import RedirectHandler

from centre import Centre
from dashboard.operator import operator_page
from dashboard.server import routes, serve
from feeds.gateway import Gateway
from feeds.recording import replay
from feeds.simulator import DEVICES, simulate
from incidents import events as ev
from incidents.board import Board
from incidents.cases import ImportReport, import_cases
from incidents.cases.rows import read_case_file
from incidents.clock import SystemClock
from incidents.log.sqlite import SqliteLog
from maps.zones import Zones
from settings import Settings, SettingsError, load

_logger = logging.getLogger(__name__)


async def run_desk(settings: Settings) -> None:
    """Serve the desk until cancelled."""
    if not settings.feed:
        _logger.warning("no feed is set: alarms can only be raised by hand")
    centre = await Centre.open(settings)
    try:
        centre.start()
        server = serve_pages(centre)
        try:
            print(f"Vigie serves http://{_host(settings.address)}:{server.port}/operator", flush=True)
            await asyncio.Event().wait()
        finally:
            server.stop()
    finally:
        await centre.close()


def serve_pages(centre: Centre) -> Any:
    """The web server of a centre, on the running loop."""
    settings = centre.settings
    return serve(
        centre.consoles,
        port=settings.port,
        address=settings.address,
        origins=settings.origins,
        token=settings.health_token,
        **_look(settings),
    )


def _look(settings: Settings) -> dict[str, Any]:
    """What a centre chose for its pages."""
    return {
        "centre": settings.centre,
        "basemap_url": settings.basemap_url or None,
        "basemap_attribution": settings.basemap_attribution,
    }


async def run_simulator(*, port: int, seed: int, speed: float) -> None:
    """Serve a simulated feed until cancelled."""
    gateway = Gateway("112-app")
    await gateway.start("127.0.0.1", port)
    print(f"the feed is at {gateway.url}", flush=True)
    try:
        await simulate(gateway, DEVICES, seed=seed, clock=SystemClock(), speed=speed)
    finally:
        await gateway.stop()


async def run_replay(file: Path, *, port: int, speed: float) -> None:
    """Serve a recording, then go on answering until cancelled."""
    gateway = Gateway("recording")
    await gateway.start("127.0.0.1", port)
    print(f"the feed is at {gateway.url}", flush=True)
    try:
        await replay(file, gateway, speed=speed, clock=SystemClock())
        await asyncio.Event().wait()
    finally:
        await gateway.stop()


async def import_cases_beside(file: Path, settings: Settings, *, partial: bool) -> ImportReport:
    """Merge cases into the register, whether or not a desk serves it.

    No case with an open incident leaves: if the file withdraws any, the log is asked. Raises SettingsError, CaseFileError,
    CasesLocked, DataError; then also LogUnavailable and KeyMismatch.
    """
    if settings.cases is None:
        raise SettingsError("cases: say which register, with --cases or in the settings")
    withdraws = bool((await asyncio.to_thread(read_case_file, file)).withdrawn)
    if withdraws and not settings.log.exists():
        raise SettingsError(
            "log: there is none to see whether an incident of a withdrawn case is open; name it with --log"
        )
    zones = await asyncio.to_thread(Zones.load, settings.zones_dir)
    loop = asyncio.get_running_loop()

    def ask() -> set[str]:
        return asyncio.run_coroutine_threadsafe(_open_cases(settings), loop).result()

    return await asyncio.to_thread(
        import_cases,
        file,
        settings.cases,
        key_file=settings.key_file,
        partial=partial,
        open_incident_cases=ask if withdraws else tuple,
        known_zone=zones.known,
    )


async def _open_cases(settings: Settings) -> set[str]:
    """The numbers of the cases with an incident that is not closed, by the log as it is now."""
    log = await SqliteLog.open(settings.log, key_file=settings.key_file, reading=True)
    try:
        board = Board()
        newest = await log.latest(["raised", "closed", "reopened"])
        for stream in (name for name, record in newest.items() if record.type != "closed"):
            for record in await log.stream(stream):
                board.fold(ev.entry(record, log.unseal(record)))
        return {incident.case for incident in board.incidents.values() if incident.open and incident.case}
    finally:
        await log.close()


def _host(address: str) -> str:
    return "localhost" if address in ("127.0.0.1", "0.0.0.0", "::", "") else address


class _Plugin:
    """The one desk of a `panel serve` process: opened on its loop before the first page."""

    def __init__(self) -> None:
        self.settings = load()
        self.centre: Centre | None = None

    async def start(self) -> None:
        self.centre = await Centre.open(self.settings)
        self.centre.start()

    def consoles(self) -> Any:
        """The pages' common ground. Raises RuntimeError while the log is still being read."""
        if self.centre is None:
            raise RuntimeError("Vigie is starting")
        return self.centre.consoles


_plugin: _Plugin | None = None


def plugin_routes() -> list[tuple[Any, ...]]:
    """Start the desk with the process and return the routes that are no page."""
    global _plugin
    if _plugin is None:
        _plugin = _Plugin()
        IOLoop.current().add_callback(_plugin.start)
    leads = (r"/operator", RedirectHandler, {"url": "/app", "permanent": False})  # Panel names a page after its file
    return [leads, *routes(_plugin.consoles, token=_plugin.settings.health_token, operator="/app")]


def plugin_page() -> Any:
    """The operator page of this `panel serve` process."""
    if _plugin is None:
        return pn.pane.Str("Start with: panel serve app.py --plugins app")
    return operator_page(_plugin.consoles(), **_look(_plugin.settings))

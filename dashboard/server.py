"""The server of the pages, a live desk's and a training room's: one route table, and the assets.

Every answer carries strict headers, and every page is for browsers that are signed in.
"""

import signal
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bokeh.server.server import Server
from panel.io.server import get_server
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import OutputTransform, RedirectHandler, StaticFileHandler

from dashboard.access.gate import MAX_MESSAGE, options, stand_before
from dashboard.access.guard import SIGN_IN, Guard, map_origin, strict_headers
from dashboard.access.oidc_pages import BACK, START, OidcBack, OidcStart
from dashboard.access.sign_in import Door, Home, SignInPage, SignOut, Waiting
from dashboard.access.takeover import TakeOver
from dashboard.auditor.export import ADDRESS as AUDIT
from dashboard.auditor.export import AuditFile
from dashboard.auditor.page import auditor_page
from dashboard.components.drills.page import ADDRESS as DRILLS
from dashboard.components.drills.page import DrillsPage
from dashboard.consoles import Consoles
from dashboard.documents.aggregate import ADDRESS as AGGREGATE
from dashboard.documents.aggregate import AggregatePage
from dashboard.documents.degraded.copy import DegradedPage
from dashboard.documents.devices.page import FILE as DEVICES_FILE
from dashboard.documents.devices.page import PAGE as DEVICES
from dashboard.documents.devices.page import DevicesFile, DevicesPage
from dashboard.documents.evidence import ADDRESS, EvidencePage
from dashboard.documents.guide.page import guide_routes
from dashboard.documents.handover.page import SheetPage
from dashboard.documents.page import document
from dashboard.documents.schemas import ADDRESS as SCHEMAS
from dashboard.documents.schemas import SchemaFile, Schemas, no_schema
from dashboard.documents.tiles import ADDRESS as TILES
from dashboard.documents.tiles import TilePage, Tiles
from dashboard.keeper.leaflet import ADDRESS as LEAFLET
from dashboard.keeper.leaflet import LeafletPage
from dashboard.keeper.page import ADDRESS as CASES
from dashboard.keeper.page import CasesPage
from dashboard.map_window.page import map_page
from dashboard.monitoring import HealthReport, Live, Metrics, MetricsPage, no_metrics
from dashboard.operator.page import operator_page
from dashboard.ports import free_port
from dashboard.shell import compat
from dashboard.shell.bundle import BUNDLE, Bundle
from dashboard.shell.notice import or_notice
from dashboard.supervisor.page import supervisor_page
from dashboard.supervisor.review.export import ADDRESS as EXPORT
from dashboard.supervisor.review.export import ExportPage
from dashboard.supervisor.review.own import FiguresPage
from dashboard.technician.handout import ADDRESS as HANDOUT
from dashboard.technician.handout import HandoutPage
from dashboard.technician.page import bench_page
from incidents.listening_port import listening

HERE = Path(__file__).parent
Route = tuple[Any, ...]  # address, handler, what the handler is made with


class Asset(StaticFileHandler):
    """A script, a style sheet or a picture of ours, always asked for anew: a page never mixes two versions."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")

    def get_content_type(self) -> str:
        """Not every Python knows the type of a WebP picture."""
        return "image/webp" if (self.absolute_path or "").endswith(".webp") else super().get_content_type()


ASSETS = (r"/assets/((?:[a-z0-9_]+/){0,4}[a-z0-9_]+\.(?:js|css|svg|webp))", Asset, {"path": str(HERE)})


def routes(door: Door, own: Sequence[Route], *, home: str = "") -> list[Route]:
    """The one table of what is no Panel page: the sign-in, the scripts, and what a server has of its `own`.

    `/` leads `home`; where none is named, where a sign-in leads who is known.
    """
    of_the_door = {"door": door}
    return [
        (r"/", RedirectHandler, {"url": home, "permanent": False}) if home else (r"/", Home, of_the_door),
        (r"/live", Live),
        *own,
        (SIGN_IN, SignInPage, of_the_door),
        (SIGN_IN + "/waiting", Waiting, of_the_door),
        (START, OidcStart, of_the_door),
        (BACK, OidcBack, of_the_door),
        (r"/sign-out", SignOut, of_the_door),
        (BUNDLE, Bundle),
        ASSETS,
    ]


def desk_routes(
    consoles: Callable[[], Consoles],
    token: str = "",
    tiles: Tiles | None = None,
    *,
    room: Callable[[HTTPServerRequest], str] = lambda request: "",
    schemas: Schemas = no_schema,
    metrics: Metrics = no_metrics,
) -> list[Route]:
    """What a live desk has of its own. `consoles` is asked at each request; `token` opens `/health` and `/metrics`; `tiles` lie
    under a map; `room` as of the `Door`; `schemas` are published."""
    return [
        *([document(TILES, TilePage, consoles, tiles=tiles)] if tiles is not None else []),
        (r"/page", TakeOver, {"consoles": consoles}),
        document(r"/sheet", SheetPage, consoles),
        document(r"/figures", FiguresPage, consoles),
        document(EXPORT, ExportPage, consoles),
        document(AUDIT, AuditFile, consoles),
        document(DEVICES, DevicesPage, consoles),
        document(DEVICES_FILE, DevicesFile, consoles),
        document(r"/degraded", DegradedPage, consoles),
        document(ADDRESS, EvidencePage, consoles),
        document(DRILLS, DrillsPage, consoles, room=room),
        document(HANDOUT, HandoutPage, consoles),
        document(CASES, CasesPage, consoles),
        document(LEAFLET, LeafletPage, consoles),
        document(AGGREGATE, AggregatePage, consoles),
        *guide_routes(consoles),
        (SCHEMAS, SchemaFile, {"schemas": schemas}),
        (r"/health", HealthReport, {"consoles": consoles, "token": token}),
        (r"/metrics", MetricsPage, {"metrics": metrics, "token": token}),
    ]


def pages(
    consoles: Callable[[], Consoles], room: Callable[[HTTPServerRequest], str] = lambda request: "", **options: Any
) -> dict[str, Callable[[], Any]]:
    """The Panel pages by their address. `options` are those of `operator_page`, `room` as of the `Door`."""
    return {
        "/operator": lambda: operator_page(consoles(), **options),
        "/map": lambda: map_page(consoles(), **options),
        "/supervisor": lambda: supervisor_page(consoles(), centre=options.get("centre", ""), room=room),
        "/auditor": lambda: auditor_page(consoles(), centre=options.get("centre", "")),
        "/bench": lambda: bench_page(consoles()),
    }


def serve(
    consoles: Consoles,
    *,
    door: Door | None = None,
    token: str = "",
    look: Mapping[str, Any] = MappingProxyType({}),
    tiles: Tiles | None = None,
    schemas: Schemas = no_schema,
    metrics: Metrics = no_metrics,
    **reach: Any,
) -> Server:
    """Start a live desk's server on the running loop; `reach` are the options of `listen`.

    `door` lets people in; without one nobody signs in, and only this machine gets a page. `token` opens `/health` and
    `/metrics`. `look` are the options of `operator_page`, `tiles`, `schemas` and `metrics` what `desk_routes` has.
    """
    door = door or Door(lambda: None, lambda: consoles.desk)
    headers = strict_headers(map_origin(look.get("basemap_url")))
    made = pages(lambda: consoles, lambda request: door.room(request), **look)
    own = desk_routes(
        lambda: consoles, token, tiles, room=lambda request: door.room(request), schemas=schemas, metrics=metrics
    )
    return listen(
        made,
        routes(door, own),
        Guard(door.signins),
        headers,
        **reach,
    )


def listen(
    pages: Mapping[str, Callable[[], Any]],
    routes: Sequence[Route],
    guard: Guard,
    headers: type[OutputTransform],
    *,
    port: int = 5006,
    address: str = "127.0.0.1",
    origins: Sequence[str] = (),
    tls: ssl.SSLContext | None = None,
    behind_proxy: bool = False,
    section: str = "",
) -> Server:
    """Start a server of these pages and routes on the running loop; `server.stop()` ends it. Port 0 takes a free one.

    `origins` are the `host:port` under which browsers reach it, beside this machine's own names. `behind_proxy`: what the proxy
    says of the browser's address and of TLS is believed. `section` of the settings says the port. Raises CannotListen.
    """
    port = port or free_port(address)
    own_origins = [f"{host}:{port}" for host in ("localhost", "127.0.0.1")]
    interrupt = signal.getsignal(signal.SIGINT)
    with listening(address, port, setting=_settings_of(section)):
        server = get_server(
            {address: or_notice(make) for address, make in pages.items()},
            port=port,
            address=address,
            loop=IOLoop.current(),
            start=True,
            title="Vigie",
            location=False,
            index=None,
            websocket_origin=[*own_origins, *origins],
            http_server_kwargs={"ssl_options": tls, "xheaders": behind_proxy},
            websocket_max_message_size=MAX_MESSAGE,
            ico_path=str(HERE / "shell" / "vigie.ico"),
            **options(guard),
        )
    with suppress(ValueError):  # in another thread than the main one there is none
        signal.signal(signal.SIGINT, interrupt)  # Panel's own stops the loop under whoever would end in order
    stand_before(compat.application(server), routes, headers)
    return server


def may_listen(address: str, port: int, section: str = "") -> None:
    """Raises CannotListen, as `serve` would, before anything is made for it."""
    with listening(address, port, setting=_settings_of(section)):
        for probe in bind_sockets(port, address):
            probe.close()


def _settings_of(section: str) -> str:
    return f"{section}port and {section}address in the settings"

"""What a server answers, in one table: our own routes, the pages and their lines, the few files of Bokeh and Panel they load.

Bokeh, Panel and Tornado bring routes of their own, one of which imports whatever module its address names. None of them is
asked: what the table does not hold is 404 before any of their code runs, and what another origin's page
asks 403. `docs/access.md` lists the table, server by server.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from bokeh.embed.bundle import extension_dirs
from bokeh.server.auth_provider import AuthProvider
from bokeh.server.tornado import BokehTornado
from bokeh.server.views.ico_handler import IcoHandler
from bokeh.server.views.multi_root_static_handler import MultiRootStaticHandler
from bokeh.server.views.static_handler import StaticHandler
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.routing import Matcher, Rule
from tornado.web import OutputTransform, RequestHandler

from dashboard.access.connections import Connections
from dashboard.access.guard import is_ours
from dashboard.access.held import hold
from dashboard.access.lines import PageLine, PageView
from dashboard.access.openings import Openings, in_turn
from dashboard.shell import compat

SHIFT_S = 14 * 3600  # a page must be able to come back during a whole shift
UNUSED_MS = 15_000
PING_S = 40.0  # between two pings of a line; one that answers none is cut before the next: a minute after it died
MAX_MESSAGE = 1 << 20  # bytes of one websocket message of a page

Routes = Sequence[tuple[Any, ...]]

_PANEL = (
    r"panel\.min\.js",
    r"css/[a-z]+\.css",
    r"bundled/theme/[a-z]+\.css",
    r"bundled/reactiveesm/es-module-shims@(?:\^|%5E)[0-9.]+/dist/es-module-shims\.min\.js",
)


def options(guard: AuthProvider) -> dict[str, Any]:
    """What every server's application is made with: who may open a page, and sessions whose ids the server alone makes."""
    return {
        "auth_provider": guard,
        "sign_sessions": True,
        "secret_key": secrets.token_bytes(32),
        # A page's token says where its page is, nothing of its browser.
        "include_headers": [],
        "include_cookies": [],
        "session_token_expiration": SHIFT_S,
        "unused_session_lifetime_milliseconds": UNUSED_MS,
        "check_unused_sessions_milliseconds": UNUSED_MS,
        # Tornado's pings cut a line whose browser is gone (a cable was pulled, a machine sleeps): what is written to it is never
        # read, its page would go on counting as one that somebody sees, and its document's lock would never be free again.
        "websocket_ping_interval": PING_S,
        "websocket_ping_timeout": PING_S,
        "keep_alive_milliseconds": 0,  # Bokeh's pings cut nothing
    }


def stand_before(application: BokehTornado, own: Routes, headers: type[OutputTransform]) -> None:
    """Let this application answer the table and nothing else, by connections that are bounded, with these headers."""
    router = application.wildcard_router
    router.rules.clear()
    router.add_rules([Rule(AnotherOrigin(application), _Refused), *table(application, own)])
    application.add_transform(headers)
    compat.make_pages_lean(application)
    application.settings["connections"] = connections = Connections()
    connections.watch(application)
    application.settings["openings"] = Openings()
    hold(IOLoop.current().asyncio_loop)  # type: ignore[attr-defined]  # every loop of Tornado's is asyncio's; its type knows none


class AnotherOrigin(Matcher):
    """What a page of another origin asks, be it a websocket: its browser says so, and its person knows nothing of it."""

    def __init__(self, application: BokehTornado) -> None:
        self._application = application

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return {} if "Origin" in request.headers and not is_ours(self._application, request) else None


class _Refused(RequestHandler):
    def prepare(self) -> None:
        self.set_status(403)
        self.finish({"ok": False, "code": "another_origin"})


def table(application: BokehTornado, own: Routes) -> list[tuple[Any, ...]]:
    """Every route: address, handler, what the handler is made with. `own` are those that are no page."""
    at = application.prefix
    found: list[tuple[Any, ...]] = []
    for address, context in application.applications.items():
        line = f"{at}{address}/ws"
        facts = {"application_context": context, "bokeh_websocket_path": line}
        found += [(f"{at}{address}", PageView, facts), (line, PageLine, facts)]
    others = [
        *((at + address, *rest) for address, *rest in own),
        (at + r"/favicon\.ico", IcoHandler, {"app": application}),
        (at + r"/static/(js/bokeh(?:-gl|-tables|-widgets)?\.min\.js)", StaticHandler, {}),
        *(
            (rf"{at}/static/extensions/(panel/{file})", MultiRootStaticHandler, {"root": extension_dirs})
            for file in _PANEL
        ),
    ]
    return found + [(address, in_turn(handler), *rest) for address, handler, *rest in others]


def stand_before_panel_serve(guard: AuthProvider, own: Routes, headers: type[OutputTransform]) -> None:
    """Put the gate before the server that `panel serve` is about to make: its command has no place for one."""
    made_with = options(guard) | {"websocket_max_message_size_bytes": MAX_MESSAGE}
    compat.make_applications_with(made_with, lambda application: stand_before(application, own, headers))

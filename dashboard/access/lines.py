"""A page and its line (websocket): a session is one browser's, from the request that made it until it is gone.

A page's token says which session its line would like to go on with; it opens nothing by itself. Ids are made by the server
alone. A line whose session is another browser's, or not of this server's making (it was started anew), gets a session of its own.
"""

import asyncio
import time
from typing import Any

from bokeh.protocol.exceptions import ProtocolError
from bokeh.protocol.message import Message
from bokeh.server.tornado import BokehTornado
from bokeh.util.token import (
    check_token_signature,
    generate_jwt_token,
    generate_session_id,
    get_session_id,
    get_token_payload,
)
from panel.io.server import DocHandler
from tornado.http1connection import HTTP1Connection
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketProtocol

from dashboard.access.guard import NOBODY, Guard
from dashboard.access.openings import rest
from dashboard.access.pace import Pace
from dashboard.shell import compat
from dashboard.shell.belonging import page_of, whose

LONGEST = 8192  # characters of a page's token
# What a page of ours sends: its ranges and sizes, and what its scripts say. Bokeh would let it change columns in place too, which
# all pages share (the zones' outlines), or put another document in the place of its own.
SENT = {"PULL-DOC-REQ", "PATCH-DOC"}
EVENTS = {"ModelChanged", "MessageSent"}
CHANGED = {"start", "end", "inner_width", "inner_height", "outer_width", "outer_height"}  # of ranges and figures

# By person, who may be signed in at many browsers. A page counts twice, its line once: each takes the loop for a moment.
_pages = Pace(rate=2.0, burst=48.0, most_s=20.0)
_words = Pace(rate=1000.0, burst=5000.0)  # frames of their lines: a map that is dragged sends some 400 a second


async def _in_turn(person: str, much: float) -> None:
    """Wait until this person may have another page, or line. Raises HTTPError."""
    if person == NOBODY:  # this machine
        return
    if (wait_s := _pages.wait_s(person, much)) is None:
        raise HTTPError(429, reason="Too many pages")
    await asyncio.sleep(wait_s)


def _counted_as(application: BokehTornado, browser: str) -> str:
    """Who is counted for what this browser asks."""
    guard = application.auth_provider
    assert isinstance(guard, Guard)
    return guard.person(browser)


def _is_of_a_page(event: Any) -> bool:
    """Whether it is what a page of ours sends. Bokeh logs the names of attributes that it does not know, whole."""
    return event["kind"] in EVENTS and (event["kind"] != "ModelChanged" or event["attr"] in CHANGED)


class PageView(DocHandler):
    """The page itself. Who asks for a session by name is refused."""

    async def prepare(self) -> None:
        named = {"bokeh-session-id", "bokeh-token"} & self.request.arguments.keys()
        if named or "Bokeh-Session-Id" in self.request.headers:
            raise HTTPError(403, reason="A session is not chosen")
        await super().prepare()  # type: ignore[no-untyped-call]  # Bokeh's and Panel's have no annotations
        if self.request.method == "GET" and self.current_user:
            await _in_turn(_counted_as(self.application, self.current_user), 2.0)

    async def get_session(self) -> Any:
        """The new session; it belongs to who asked for the page."""
        await self.settings["openings"].turn(_counted_as(self.application, self.current_user))
        # Tornado's decorator types what it wraps as a request's method, which answers nothing.
        session: Any = await super().get_session()  # type: ignore[misc]
        if session is not None:
            whose(session.document, self.current_user)
        return session


class PageLine(compat.BoundedLine):
    """Its websocket. Nothing is read from it or written to it while its session is another browser's, or once it is closed."""

    application: BokehTornado
    _closed = _told = _pulled = False

    async def prepare(self) -> None:
        await super().prepare()  # type: ignore[no-untyped-call]  # Bokeh's and Panel's have no annotations
        if compat.finished(self):
            return
        self._person = person = _counted_as(self.application, self.current_user)
        try:
            _, token = (part.strip() for part in self.request.headers["Sec-WebSocket-Protocol"].split(","))
            self._session_token = self._mine(token)
            await _in_turn(person, 1.0 if self._session_token == token else 3.0)
        except HTTPError:
            raise
        except Exception:  # whatever stands in it: it is no token of a page
            self.set_status(403)
            self.finish()
        else:
            connection = self.request.connection
            assert isinstance(connection, HTTP1Connection)
            self.settings["connections"].leave(connection.stream, "" if person == NOBODY else person)

    def get_websocket_protocol(self) -> WebSocketProtocol | None:
        """Frame by frame in its turn: the next is not read before, so whoever says too much waits, and nobody else."""
        protocol = super().get_websocket_protocol()
        if protocol is not None:
            compat.before_each_frame(protocol, self._in_its_turn)
        return protocol

    async def _in_its_turn(self, much: float = 1.0) -> None:
        await asyncio.sleep(_words.wait_s(self._person, much) or 0.0)

    async def turn(self, *, begun: bool) -> None:
        """What it is made or told with keeps the loop from everything else. One that is begun is finished before the next."""
        await (rest() if begun else self.settings["openings"].turn(self._person))

    def session_made(self) -> None:
        """A line may be closed while its session is made: it would keep that for ever."""
        if self._closed:
            self.on_close()

    def on_close(self) -> None:
        self._closed = True
        if self.connection is not None and not self._told:
            self._told = True
            super().on_close()

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return super().select_subprotocol([subprotocols[0], self._session_token])

    async def on_message(self, fragment: str | bytes) -> None:
        if isinstance(fragment, bytes):  # a message of text can't go on for ever
            self.close(1003, "Text only")
        elif self.ours():
            await self._in_its_turn(len(fragment) / 1000)
            if self.connection is not None and (page := page_of(self.connection.session.document)) is not None:
                await page.has_room()
            await super().on_message(fragment)

    # Bokeh makes a coroutine of Tornado's method.
    async def write_message(  # type: ignore[override]
        self, message: bytes | str | dict[str, Any], binary: bool = False, locked: bool = True
    ) -> None:
        if not self.ours():
            raise WebSocketClosedError
        await super().write_message(message, binary, locked)

    def takes(self, message: Message[Any]) -> bool:
        """Of a message what a page may say."""
        again = message.msgtype == "PULL-DOC-REQ" and self._pulled  # the whole page: a line asks for it once
        if message.msgtype not in SENT or again:
            self.close(4400, "Not what a page says")
            return False
        if message.msgtype == "PULL-DOC-REQ":
            self._pulled = True
        else:
            events = message.content["events"]
            events[:] = [event for event in events if _is_of_a_page(event)]
        return True

    def ours(self) -> bool:
        connection = self.connection
        if self._closed:
            return False
        if connection is None or whose(connection.session.document, self.current_user) == self.current_user:
            return True
        self.close(4403, "Another browser's page")
        return False

    def _mine(self, token: str) -> str:
        """The token, or one for a new session of this browser. Raises whatever is wrong with it."""
        application = self.application
        key = application.secret_key
        if len(token) > LONGEST:
            raise ValueError("too long")
        payload = get_token_payload(token)
        left = int(payload["session_expiry"] - time.time())
        if left <= 0:
            raise ValueError("expired")
        if check_token_signature(token, key, signed=True):
            try:
                session = self.application_context.get_session(get_session_id(token))
            except ProtocolError:  # discarded after a cut
                return token
            if whose(session.document, self.current_user) == self.current_user:
                return token
        return generate_jwt_token(
            generate_session_id(key, signed=True),
            extra_payload={"headers": {}, "cookies": {}, "arguments": payload.get("arguments", {})},
            expiration=min(left, application.session_token_expiration),
            secret_key=key,
            signed=True,
        )

"""A page and its line (websocket): a session is one browser's, from the request that made it until it is gone.

A page's token says which session its line would like to go on with; it opens nothing by itself. Ids are made by the server
alone. A line whose session is another browser's, or not of this server's making (it was started anew), gets a session of its own.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from bokeh.document import Document
from bokeh.protocol.exceptions import ProtocolError
from bokeh.util.token import (
    check_token_signature,
    generate_jwt_token,
    generate_session_id,
    get_session_id,
    get_token_payload,
)
from panel.io.server import DocHandler, WSHandler
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError

from dashboard.access.guard import NOBODY
from dashboard.access.pace import Pace

LONGEST = 8192  # characters of a page's token
# What a page of ours sends: its ranges and sizes, and what its scripts say. Bokeh would let it change columns in place too, which
# all pages share (the zones' outlines), or put another document in the place of its own.
SENT = {"PULL-DOC-REQ", "PATCH-DOC"}
EVENTS = {"ModelChanged", "MessageSent"}

_made_by: WeakKeyDictionary[Document, str] = WeakKeyDictionary()
_now_of: WeakKeyDictionary[Document, Callable[[], str]] = WeakKeyDictionary()

_pages = Pace(rate=1.0, burst=12.0, most_s=20.0)  # pages of one browser: each takes the loop for a moment
_words = Pace(rate=500.0, burst=5000.0)  # what its pages say: a map that is dragged says some 400 things a second


def belongs_to(document: Document, browser: Callable[[], str]) -> None:
    """Whose page it is, asked anew each time: a sign-in in its place makes it another's. "": whose request made it."""
    _now_of[document] = browser


def _whose(document: Document, asks: str) -> str:
    """The browser a page belongs to; who asks first made it."""
    maker = _made_by.setdefault(document, asks)
    now_of = _now_of.get(document)
    return (now_of() if now_of is not None else "") or maker


async def _in_turn(browser: str) -> None:
    """Wait until this browser may have another page. Raises HTTPError."""
    if browser == NOBODY:  # this machine
        return
    if (wait_s := _pages.wait_s(browser)) is None:
        raise HTTPError(429, reason="Too many pages")
    await asyncio.sleep(wait_s)


class PageView(DocHandler):
    """The page itself. Who asks for a session by name is refused."""

    async def prepare(self) -> None:
        named = {"bokeh-session-id", "bokeh-token"} & self.request.arguments.keys()
        if named or "Bokeh-Session-Id" in self.request.headers:
            raise HTTPError(403, reason="A session is not chosen")
        await super().prepare()
        if self.request.method == "GET" and self.current_user:
            await _in_turn(self.current_user)

    async def get_session(self) -> Any:
        """The new session; it belongs to who asked for the page."""
        session = await super().get_session()
        if session is not None:
            _whose(session.document, self.current_user)
        return session


class PageLine(WSHandler):
    """Its websocket. Nothing is read from it or written to it while its session is another browser's."""

    async def prepare(self) -> None:
        await super().prepare()
        if self._finished:
            return
        try:
            _, token = (part.strip() for part in self.request.headers["Sec-WebSocket-Protocol"].split(","))
            self._session_token = self._mine(token)
            if self._session_token != token:
                await _in_turn(self.current_user)
        except HTTPError:
            raise
        except Exception:  # whatever stands in it: it is no token of a page
            self.set_status(403)
            self.finish()
        else:
            self.settings["connections"].leave(self.request.connection.stream)

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return super().select_subprotocol([subprotocols[0], self._session_token])

    async def on_message(self, fragment: str | bytes) -> None:
        if isinstance(fragment, bytes):  # a message of text can't go on for ever
            self.close(1003, "Text only")
        elif self._ours():
            # The next one is not read before: whoever says too much waits, and nobody else.
            await asyncio.sleep(_words.wait_s(self.current_user, 1 + len(fragment) / 1000) or 0.0)
            await super().on_message(fragment)

    async def write_message(self, *args: Any, **options: Any) -> None:
        if not self._ours():
            raise WebSocketClosedError
        await super().write_message(*args, **options)

    async def _handle(self, message: Any) -> Any:
        """Of a message what a page may say. Private in Bokeh: it asks nobody what it shall take; a public hook would do."""
        if message.msgtype not in SENT:
            self.close(4400, "Not what a page says")
            return None
        if message.msgtype == "PATCH-DOC":
            events = message.content["events"]
            events[:] = [event for event in events if event["kind"] in EVENTS]
        return await super()._handle(message)

    def _ours(self) -> bool:
        connection = self.connection
        if connection is None or _whose(connection.session.document, self.current_user) == self.current_user:
            return True
        self.close(4403, "Another browser's page")
        return False

    def _mine(self, token: str) -> str:
        """The token, or one for a new session of this browser. Raises whatever is wrong with it."""
        application = self.application
        signing = {"secret_key": application.secret_key, "signed": True}
        if len(token) > LONGEST:
            raise ValueError("too long")
        payload = get_token_payload(token)
        left = int(payload["session_expiry"] - time.time())
        if left <= 0:
            raise ValueError("expired")
        if check_token_signature(token, **signing):
            try:
                session = self.application_context.get_session(get_session_id(token))
            except ProtocolError:  # discarded after a cut
                return token
            if _whose(session.document, self.current_user) == self.current_user:
                return token
        return generate_jwt_token(
            generate_session_id(**signing),
            extra_payload={"headers": {}, "cookies": {}, "arguments": payload.get("arguments", {})},
            expiration=min(left, application.session_token_expiration),
            **signing,
        )

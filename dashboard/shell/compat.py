"""The one place that knows how Panel 1.9 and 1.10, Bokeh 3.9 and 3.10 reach a page, and so the upper bounds of both.

Their private names, and Tornado's, are used and redefined here only, each with the public one it waits for.
Callbacks are always coroutine functions: Bokeh 3.10 runs plain functions in worker threads.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from struct import pack
from typing import Any

from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.events import Event
from bokeh.model import Model
from bokeh.protocol.message import Message
from bokeh.protocol.messages.patch_doc import patch_doc
from bokeh.resources import Resources
from bokeh.server.connection import ServerConnection
from bokeh.server.server import Server
from bokeh.server.tornado import BokehTornado
from bokeh.settings import settings
from panel.custom import JSComponent
from panel.io.server import WSHandler
from panel.io.state import set_curdoc, state
from panel.models.esm import ESMEvent
from panel.theme import Design
from panel.viewable import Viewable
from param import discard_events
from tornado.iostream import IOStream, StreamClosedError
from tornado.web import RequestHandler
from tornado.websocket import WebSocketProtocol13

from incidents.listeners import without_values

_logger = logging.getLogger(__name__)


def connected(document: Document) -> bool:
    """Whether a page is there to be written to. A document without one must not be pushed to: it would never be discarded."""
    context = document.session_context
    session = getattr(context, "session", None) if context is not None else None
    return session is not None and session.connection_count > 0


def make_pages_lean(application: BokehTornado) -> None:
    """Have its pages made without what ours do not need: Bokeh's WebGL, its checks of whole documents, defaults worked out anew.

    A page reads thousands of defaults while it is made, 14 times over: that was half of its time. Private in Bokeh, which works
    each out at each read; one that it keeps by class would do. What is kept cannot change: numbers, words, None.
    """
    settings.perform_document_validation = False
    resources = application.resources

    def lean(absolute_url: str | bool | None = None) -> Resources:
        found = resources(absolute_url)
        found.components = [name for name in found.components if name != "bokeh-gl"]
        return found

    application.resources = lean  # type: ignore[method-assign]  # Bokeh asks nobody what its pages load
    if PropertyDescriptor._get_default is not _kept_default:
        PropertyDescriptor._get_default = _kept_default  # type: ignore[method-assign]


_work_out = PropertyDescriptor._get_default
_defaults: dict[tuple[type[HasProps], str], Any] = {}
_UNCHANGING = (str, int, float, bool, type(None))


def _kept_default(self: PropertyDescriptor[Any], obj: HasProps) -> Any:
    if obj.themed_values() is not None:
        return _work_out(self, obj)
    of = (type(obj), self.name)
    if of in _defaults:
        return _defaults[of]
    value = _work_out(self, obj)
    if isinstance(value, _UNCHANGING) and not self.has_unstable_default(obj):
        _defaults[of] = value
    return value


class JsonList(list[Any]):
    """What JSON takes as it is, and nobody changes any more: it travels without a look at each number in it."""


Serializer.register(JsonList, lambda made, serializer: made)


class PlainScript(JSComponent):
    """A component whose script is plain JavaScript, and whose facts hold no Bokeh model with facts of its own.

    So the browser need not translate it before it runs, and a change of a fact need not have all models under it looked through:
    with the map's figure that was half of what a server of fifty consoles did. Private in Panel: class attributes would do.
    """

    def _process_bokeh_event(self, doc: Document, event: Event) -> None:
        """As Panel does, but for its count of what is busy: no page of ours shows it, and it was most of what a message took."""
        with set_curdoc(doc):
            self._process_event(event)

    @classmethod
    def _patch_datamodel_ref(cls, props: Model, ref: str) -> None:
        if (mark := f"__ref:{ref}") not in props.tags:
            props.tags.append(mark)

    def _get_properties(self, doc: Document | None) -> dict[str, Any]:
        made: dict[str, Any] = super()._get_properties(doc)
        return made | {"bundle": f"vigie-{type(self).__name__}"}


class OwnStyle(Design):
    """Panel's design of a page, without anything of it: our pages bring their own style sheets.

    `_apply_hooks` is private in Panel, which asks it whenever something is added to a page; a design of None would do.
    """

    def apply(self, viewable: Viewable, root: Model, isolated: bool = True) -> None:
        """Nothing is changed."""

    def _apply_hooks(
        self, viewable: Viewable, root: Model, changed: Viewable, old_models: list[Model] | None = None
    ) -> None:
        """Nothing is changed."""


def drawn(document: Document) -> None:
    """A page says that it is drawn. One that comes back to a server started anew says that to us alone, not to Panel.

    Private in Panel, which until then keeps to itself what changes in its components. A public method for it would do.
    """
    state._on_load(document)


class BoundedLine(WSHandler):
    """A page's websocket that may refuse what the page says, waits for its turn, and hears when its session is made.

    Private in Bokeh: it asks nobody which messages it shall take, and tells nobody that a session was made. Public hooks would
    do: a property of the server with the types of message it takes, and the `open` of Tornado awaited until there is a session.
    """

    def takes(self, message: Message[Any]) -> bool:
        """Whether the page may say this."""
        raise NotImplementedError

    def ours(self) -> bool:
        """Whether the page may still be told anything."""
        raise NotImplementedError

    def session_made(self) -> None:
        """The line has its session, or will have none."""
        raise NotImplementedError

    async def turn(self, *, begun: bool) -> None:
        """Wait until its page may be made, or told whole once it was `begun`."""
        raise NotImplementedError

    async def _async_open(self, token: str) -> None:
        try:
            await self.turn(begun=False)
            if self.ws_connection is not None:
                # Else what comes after a message waits until the browser has acknowledged that: 40 ms (Nagle and delayed ACK).
                self.set_nodelay(True)
                await super()._async_open(token)
        finally:
            self.session_made()

    async def send_message(self, message: Message[Any]) -> None:
        """Write the parts of a message as one piece: each by itself was three tasks and three calls of the system.

        Private in Tornado: the stream of a websocket, which it is asked for frame by frame; a public `cork` would do.
        """
        line = self.ws_connection
        if message.buffers or not isinstance(line, WebSocketProtocol13) or line._compressor is not None:
            return await super().send_message(message)
        parts = message.header_json, message.metadata_json, message.content_json
        async with self.write_lock:
            if self.ours():  # asked now: it may have waited
                with suppress(StreamClosedError):  # its end is told, or was
                    await line.stream.write(b"".join(_frame(part.encode()) for part in parts))

    async def _handle(self, message: Message[Any]) -> Any:
        if not self.takes(message):
            return None
        if message.msgtype == "PULL-DOC-REQ":
            await self.turn(begun=True)
        return await super()._handle(message)


def _frame(text: bytes) -> bytes:
    """A whole message of text as a server frames it (RFC 6455, 5.2)."""
    if (length := len(text)) < 126:
        return pack("BB", 0x81, length) + text
    return (pack("!BBH", 0x81, 126, length) if length <= 0xFFFF else pack("!BBQ", 0x81, 127, length)) + text


def make_applications_with(options: dict[str, Any], then: Callable[[BokehTornado], None]) -> None:
    """Have every Tornado application of this process made with these options, and given to `then` before it serves.

    Bokeh's constructor is replaced: `panel serve` makes its application itself and gives its plugins no argument of it. A public
    hook would do: a plugin's say in the server's arguments, and the application for its plugins once it is made.
    """
    made = BokehTornado.__init__

    def guarded(self: BokehTornado, *args: Any, **given: Any) -> None:
        made(self, *args, **given | options)
        then(self)

    BokehTornado.__init__ = guarded  # type: ignore[method-assign]  # the hook that is missing


def before_each_frame(protocol: Any, wait: Callable[[], Awaitable[None]]) -> None:
    """Have `wait` awaited before each frame of a websocket is read.

    Private in Tornado: it tells nobody of frames that end no message (pings, pieces of a message without an end), and reads them
    as fast as they come, before anything else on the loop. A public hook would do.
    """
    receive = protocol._receive_frame

    async def in_turn() -> None:
        await wait()
        await receive()

    protocol._receive_frame = in_turn


class UnquotedAddress(RequestHandler):
    """A handler whose log lines name its path alone: what follows it holds a code, or a person.

    Private in Tornado, which quotes the whole address and asks nobody; a public method would do.
    """

    def _request_summary(self) -> str:
        return f"{self.request.method} {self.request.path}"


def finished(handler: RequestHandler) -> bool:
    """Whether a request is answered. Private in Tornado, which says it nowhere else; a public property would do."""
    return bool(handler._finished)


def unread(stream: IOStream) -> int:
    """Bytes that were written to a connection and wait for who reads it. Private in Tornado; a public count would do."""
    return len(stream._write_buffer or ())


def application(server: Server) -> BokehTornado:
    """The Tornado application of a server. Private in Bokeh, which has no public way to what it answers beside its own."""
    return server._tornado


def cookies(document: Document | None) -> dict[str, str]:
    """The browser's cookies as it sent them with the request that made this session.

    Bokeh gives those with which the page was loaded, which may be hours old when a page comes back to a server started anew:
    the request behind its own is private. A property with the cookies of the line's request would do.
    """
    sent = request(document)
    return {} if sent is None else {name: morsel.value for name, morsel in sent.cookies.items()}


def accepts(document: Document | None) -> str:
    """The languages that the browser asks for (`Accept-Language`), of the same request; "" where it is not known."""
    return str(getattr(request(document), "headers", {}).get("Accept-Language", ""))


def request(document: Document | None) -> Any:
    """The request that made this session, as the browser sent it; None where it is not known."""
    request = getattr(document.session_context if document is not None else None, "request", None)
    return getattr(request, "_request", request)


def soon(document: Document, callback: Callable[[], Awaitable[None]]) -> None:
    """Run the callback on the loop as soon as the document's lock is free.

    Bokeh's own way to it, a callback of the document's next tick, is a change of the document that is told and taken back: that
    was a sixth of what a server of a hundred consoles did.
    """
    session = getattr(document.session_context, "session", None)
    if session is None:
        # Bokeh takes coroutine functions, and its annotation does not say so.
        document.add_next_tick_callback(callback)  # type: ignore[arg-type]
        return
    task = asyncio.get_running_loop().create_task(session.with_document_locked(callback))
    _tasks.add(task)
    task.add_done_callback(_done)


_tasks: set[asyncio.Task[None]] = set()


def _done(task: asyncio.Task[None]) -> None:
    _tasks.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        _logger.error("what a page was to be told failed", exc_info=without_values(error))


def put(component: JSComponent, **facts: object) -> None:
    """Change facts of a component on its page, those that differ. Call it with the document's lock held (see `soon`).

    Panel has its watchers told, works out its design anew and waits for the lock again: that was half of what it took to draw a
    map. Private in Panel: a component's models, and what of them is changing; a quick way for plain facts would do.
    """
    new = {name: value for name, value in facts.items() if getattr(component, name) != value}
    if new:
        with discard_events(component):
            component.param.update(**new)
        for ref, (model, _) in tuple(component._models.items()):
            component._changing[ref] = list(new)  # it is not the page that says so
            try:
                model.data.update(**new)
            finally:
                component._changing.pop(ref, None)


def spoken(model: str, data: str) -> patch_doc:
    """The message by which `send` reaches a page, without the look through all its models that Bokeh's own making takes."""
    values = {"type": "map", "entries": [["model", {"id": model}], ["data", data]]}
    event = {"type": "event", "name": ESMEvent.event_name, "values": values}
    sent: Any = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}
    message = patch_doc(patch_doc.create_header(), {}, {"events": [sent]})
    message.add_buffers()
    message._content_json = json.dumps(message.content)
    return message


# Bokeh 3.10 keeps what is to be written as events, and makes its messages in a thread.
_WRITES_AT_ONCE = hasattr(ServerConnection, "send_patch_document")


def send(component: JSComponent, document: Document, data: str) -> None:
    """Send a message to the page's side of a component. Call it with the document's lock held (see `soon`).

    Private in Panel: a component's models, as is Panel's own way to send to them; in Bokeh: a session's lines, and what is to be
    written once the lock is free. A public `send` would do.
    """
    for model, _ in tuple(component._models.values()):
        if model.document is not document:
            continue
        session = getattr(document.session_context, "session", None)
        if session is None or not _WRITES_AT_ONCE:
            document.callbacks.send_event(ESMEvent(model=model, data=data))
            return
        message = spoken(model.id, data)
        for line in session._subscribed_connections:
            session._pending_writes.append(line._socket.send_message(message))
        return

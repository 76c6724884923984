"""The one place that knows how Panel 1.9 and 1.10, Bokeh 3.9 and 3.10 reach a page.

Callbacks are always coroutine functions: Bokeh 3.10 runs plain functions in worker threads.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from bokeh.document import Document
from bokeh.server.server import Server
from panel.custom import JSComponent
from panel.models.esm import ESMEvent
from tornado.web import Application, RequestHandler

UNANSWERED_PINGS = 12  # a minute: a busy server reads its answers late, and may not cut a page that lives


def connected(document: Document) -> bool:
    """Whether a page is there to be written to. A document without one must not be pushed to: it would never be discarded."""
    context = document.session_context
    session = getattr(context, "session", None) if context is not None else None
    return session is not None and session.connection_count > 0


def cut_dead(document: Document) -> None:
    """Close the websockets whose browser has answered no ping for a minute: a cable was pulled, or a machine sleeps.

    What is written to such a socket is never read: the page would go on counting as one that somebody sees, and once the
    buffers are full the document's lock is never free again.
    """
    session = getattr(document.session_context, "session", None)
    for connection in tuple(session._subscribed_connections) if session is not None else ():
        if connection._ping_count - 1 - connection._socket.latest_pong >= UNANSWERED_PINGS:
            connection._socket.close()


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


def finished(handler: RequestHandler) -> bool:
    """Whether a request is answered. Private in Tornado, which says it nowhere else; a public property would do."""
    return bool(handler._finished)


def application(server: Server) -> Application:
    """The Tornado application of a server. Private in Bokeh, which has no public way to what it answers beside its own."""
    return server._tornado


def cookies(document: Document) -> dict[str, str]:
    """The browser's cookies as it sent them with the request that made this session.

    Bokeh gives those with which the page was loaded, which may be hours old when a page comes back to a server started anew.
    """
    context = document.session_context
    request = context.request if context is not None else None
    sent = getattr(request, "_request", request)
    return {} if sent is None else {name: morsel.value for name, morsel in sent.cookies.items()}


def soon(document: Document, callback: Callable[[], Awaitable[None]]) -> None:
    """Run the callback on the loop as soon as the document's lock is free."""
    document.add_next_tick_callback(callback)


def send(component: JSComponent, document: Document, data: str) -> None:
    """Send a message to the page's side of a component. Call it with the document's lock held (see `soon`)."""
    for model, _ in tuple(component._models.values()):
        if model.document is document:
            document.callbacks.send_event(ESMEvent(model=model, data=data))
            return

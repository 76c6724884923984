"""The one place that knows how Panel 1.9 and 1.10, Bokeh 3.9 and 3.10 reach a page.

Callbacks are always coroutine functions: Bokeh 3.10 runs plain functions in worker threads.
"""

from collections.abc import Awaitable, Callable

from bokeh.document import Document
from panel.custom import JSComponent
from panel.models.esm import ESMEvent


def connected(document: Document) -> bool:
    """Whether a page is there to be written to. A document without one must not be pushed to: it would never be discarded."""
    context = document.session_context
    session = getattr(context, "session", None) if context is not None else None
    return session is not None and session.connection_count > 0


def soon(document: Document, callback: Callable[[], Awaitable[None]]) -> None:
    """Run the callback on the loop as soon as the document's lock is free."""
    document.add_next_tick_callback(callback)


def send(component: JSComponent, document: Document, data: str) -> None:
    """Send a message to the page's side of a component. Call it with the document's lock held (see `soon`)."""
    for model, _ in tuple(component._models.values()):
        if model.document is document:
            document.callbacks.send_event(ESMEvent(model=model, data=data))
            return

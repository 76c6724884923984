"""A page's line to its session, carried by Panel: text both ways."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bokeh.document import Document

from dashboard.shell import compat
from dashboard.shell.belonging import Browsed, belongs_to
from reports.catalogue import Translator


class Channel(compat.PlainScript):
    """The page's line to its session: text both ways. It draws nothing."""

    _esm = Path(__file__).parent / "channel.js"


class BrowserPage:
    """A Bokeh document as `session.Page`.

    `language` is what its browser reads before anybody signed in, `words` what it is sent in a language.
    """

    def __init__(self, document: Document, language: str, words: Callable[[Translator], dict[str, str]]) -> None:
        self._document = document
        self.language = language
        self.words = words
        self.channel: Channel | None = None

    def hear(self, take: Callable[[object], None], soon: Callable[..., None], session: Browsed) -> None:
        """Make its channel, whose texts go to `take` by `soon`. `session` says whose the page is by now (`belongs_to`).

        Panel 1.10 makes pages, takes messages and ends sessions in worker threads: our own work stays on the loop.
        """
        belongs_to(self._document, session)
        self.channel = Channel(width=0, height=0)  # type: ignore[no-untyped-call]  # Panel's constructor has no annotations
        ready = False

        def heard(event: Any) -> None:
            nonlocal ready
            if not ready:
                ready = True
                compat.drawn(self._document)
            soon(take, event.data)

        self.channel.on_msg(heard)

    def connected(self) -> bool:
        return compat.connected(self._document)

    def soon(self, callback: Callable[[], Awaitable[None]]) -> None:
        compat.soon(self._document, callback)

    def send(self, text: str) -> None:
        if self.channel is not None:
            compat.send(self.channel, self._document, text)

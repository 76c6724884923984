"""Whose browser a page is: the one whose request made it, or the one that signed in at it since."""

from typing import Protocol
from weakref import WeakKeyDictionary, ref

from bokeh.document import Document


class Browsed(Protocol):
    """What knows whose page it is by now: `token` is the browser's sign-in, "" when nobody signed in."""

    @property
    def token(self) -> str: ...
    async def has_room(self) -> None:
        """Wait until something more is taken of it."""


_made_by: WeakKeyDictionary[Document, str] = WeakKeyDictionary()
# A session leads to its document: held by more than a thread, it would keep every page that ever was.
_now_of: WeakKeyDictionary[Document, ref[Browsed]] = WeakKeyDictionary()


def belongs_to(document: Document, session: Browsed) -> None:
    """Whose page it is, asked anew each time: a sign-in in its place makes it another's. "": whose request made it."""
    _now_of[document] = ref(session)


def whose(document: Document, asks: str) -> str:
    """The browser a page belongs to; who asks first made it."""
    maker, session = _made_by.setdefault(document, asks), page_of(document)
    return (session.token if session is not None else "") or maker


def page_of(document: Document) -> Browsed | None:
    """The session of a page; None of one that has none (any more)."""
    known = _now_of.get(document)
    return known() if known is not None else None

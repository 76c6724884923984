"""Whose browser a page is: the one whose request made it, or the one that signed in at it since."""

from collections.abc import Callable
from weakref import WeakKeyDictionary

from bokeh.document import Document

_made_by: WeakKeyDictionary[Document, str] = WeakKeyDictionary()
_now_of: WeakKeyDictionary[Document, Callable[[], str]] = WeakKeyDictionary()


def belongs_to(document: Document, browser: Callable[[], str]) -> None:
    """Whose page it is, asked anew each time: a sign-in in its place makes it another's. "": whose request made it."""
    _now_of[document] = browser


def whose(document: Document, asks: str) -> str:
    """The browser a page belongs to; who asks first made it."""
    maker = _made_by.setdefault(document, asks)
    now_of = _now_of.get(document)
    return (now_of() if now_of is not None else "") or maker

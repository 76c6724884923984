"""A sign-in made in the place of a page: the page, which stayed open, becomes that of who signed in.

The browser has its new cookie already (`POST /sign-in`); `POST /page` ties it to the page by the page's own secret name.
"""

from collections.abc import Callable
from typing import Protocol

from tornado.web import RequestHandler

from dashboard.access.guard import from_our_pages
from dashboard.access.signins import COOKIE, page_token
from dashboard.shell.ground import Registry


class TakeOverGround(Protocol):
    """The pages' common ground as this address sees it."""

    @property
    def signins(self) -> Registry | None: ...
    def take_over(self, page: str, token: str) -> bool: ...


class TakeOver(RequestHandler):
    """`page` is the page's name as its channel told it. 204; 403 without a sign-in, 404 when there is no such page."""

    def initialize(self, consoles: Callable[[], TakeOverGround]) -> None:
        self._consoles = consoles

    def post(self) -> None:
        consoles = self._consoles()
        cookie = self.get_cookie(COOKIE) or ""
        if not from_our_pages(self) or consoles.signins is None or consoles.signins.by_cookie(cookie) != "active":
            self.set_status(403)
        elif not consoles.take_over(self.get_body_argument("page", ""), page_token(cookie)):
            self.set_status(404)
        else:
            self.set_status(204)

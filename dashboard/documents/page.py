"""What every document's address is made of: who may have it, what those are told who may not, the record of a report taken."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, Literal, Protocol, TypeVar
from uuid import uuid4

from tornado.web import RequestHandler

from dashboard.access.guard import SIGN_IN, from_this_machine
from dashboard.access.signins import COOKIE, page_token
from dashboard.components.reserved.part import Reservations
from dashboard.shell.ground import Ground, Registry
from incidents import events as ev
from incidents.audit import stream_of
from incidents.log import LogUnavailable
from incidents.roles import WITHOUT_SIGN_IN, Role, User, may


class DocumentGround(Ground, Protocol):
    """The pages' common ground as every document sees it."""

    @property
    def reservations(self) -> Reservations: ...


G = TypeVar("G", bound=DocumentGround)


class DocumentPage(RequestHandler, Generic[G]):
    """A document for a signed-in person whose role has its `page`; where nobody signs in, for this machine only."""

    page: str
    sign_in = f".{SIGN_IN}"  # from where the page is

    def initialize(self, consoles: Callable[[], G]) -> None:
        self._consoles = consoles

    async def get(self, *asked: str) -> None:
        """`asked`: the parts of the address that the route names."""
        self.asked = asked
        consoles = self._consoles()
        roles = self._roles(consoles.signins)
        self.set_header("Cache-Control", "no-store")
        if roles is None:
            self.redirect(self.sign_in)
        elif not may(roles, self.page):
            self.say(403, consoles.translate("Your role does not allow that."))
        else:
            await self.answer(consoles, roles)

    async def answer(self, consoles: G, roles: frozenset[Role]) -> None:
        """What is shown to who may see it."""
        raise NotImplementedError

    def say(self, status: int, text: str) -> None:
        """Answer with one line of text."""
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{text}\n")

    async def exported(
        self,
        what: Literal["report", "own_figures"],
        form: str,
        file: bytes,
        rows: int,
        selection: str,
        roles: frozenset[Role],
    ) -> None:
        """Record who takes a report, before they have it. A log that can't be written keeps nobody from their work."""
        event = ev.ReportExported(
            what=what,
            form=form,
            how="page",
            rows=rows,
            sha256=hashlib.sha256(file).hexdigest(),
            role=" ".join(sorted(roles)),
            selection=selection,
        )
        consoles = self._consoles()
        desk = consoles.desk
        with suppress(LogUnavailable):
            actor = desk.pseudonym(self.by(consoles))
            await desk.note(stream_of(desk.clock.now()), event, id=f"report-{uuid4().hex}", actor=actor)

    def name(self, signins: Registry | None) -> str:
        """Who asks; "" where nobody signs in."""
        found = signins.of(page_token(self.get_cookie(COOKIE) or "")) if signins is not None else None
        return found.name if found is not None else ""

    def by(self, consoles: G) -> str:
        """Who asks, by name; where nobody signs in this machine."""
        return self.name(consoles.signins) or consoles.translate("this machine")

    def user(self) -> User | None:
        """Who asks, for what a case may keep from them."""
        return self._consoles().reservations.person(page_token(self.get_cookie(COOKIE) or ""), self.page)

    def _roles(self, signins: Registry | None) -> frozenset[Role] | None:
        """What who asks may; None when nobody is signed in."""
        if signins is None:
            return WITHOUT_SIGN_IN if from_this_machine(self.request) else frozenset()
        cookie = self.get_cookie(COOKIE) or ""
        if signins.by_cookie(cookie) != "active":
            return None
        found = signins.of(page_token(cookie))
        return found.roles if found else None

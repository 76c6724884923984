"""What every document is made of: who may have it, what those are told who may not, its headers, the record of a report taken."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar
from uuid import uuid4

from tornado.web import RequestHandler

from dashboard.access.guard import SIGN_IN, from_our_pages, from_this_machine
from dashboard.access.signins import COOKIE, page_token
from dashboard.access.ways import ways
from dashboard.components.reserved.part import Reservations
from dashboard.i18n.words import words
from dashboard.shell import language
from dashboard.shell.ground import Ground, SignedGround
from dashboard.shell.template import TEMPLATES
from incidents import events as ev
from incidents.audit import stream_of
from incidents.case import Case
from incidents.log import LogUnavailable
from incidents.messages import Fix
from incidents.roles import WITHOUT_SIGN_IN, Role, User, may
from incidents.withheld import Withholding
from reports.catalogue import Translator
from reports.locale_formats import firm

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


class DocumentGround(Ground, Protocol):
    """The pages' common ground as every document of a desk sees it."""

    @property
    def reservations(self) -> Reservations: ...


class File(NamedTuple):
    """A document that is saved, not shown."""

    name: str
    content: bytes | str


class Redaction:
    """What a paper about many alarms says in the place of a text that leads to a protected place of any case, and how often."""

    def __init__(self, cases: Iterable[Case], translate: Callable[[str], str]) -> None:
        self._rule, self.count = Withholding.of_all(cases), 0
        self._words = translate("[withheld: it leads to a protected place]")

    def text(self, text: str) -> str:
        """The text, or the words in its place."""
        return self._withheld() if self._rule.leads(text) else text

    def where(self, fix: Fix | None, near: str) -> str:
        """A position with what it is near to, or the words in its place; "" without one."""
        if fix is None:
            return ""
        if self._rule.says_where(fix.lat, fix.lon, fix.radius or 0.0, near):
            return self._withheld()
        return " · ".join(filter(None, (firm(near), f"{fix.lat:.5f}, {fix.lon:.5f}")))

    def _withheld(self) -> str:
        self.count += 1
        return self._words


class NoDocument(Exception):
    """There is none, for who asks or now: what they are told, in one line of text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


S = TypeVar("S", bound=SignedGround)
G = TypeVar("G", bound=DocumentGround)


class Document(RequestHandler, Generic[S]):
    """A document for a signed-in person whose role has its `page`; where nobody signs in, for this machine only.

    No cache keeps any: `dashboard.access.guard.strict_headers` says so of all that is no script or style.
    """

    page = ""  # without one for everybody who is signed in
    sign_in = f".{SIGN_IN}"  # from where the page is

    def initialize(self, consoles: Callable[[], S]) -> None:
        self._consoles = consoles

    async def get(self, *asked: str) -> None:
        """`asked`: the parts of the address that the route names."""
        self.asked = asked
        consoles = self._consoles()
        roles = self.roles(consoles)
        if roles is None:
            self.redirect(self.sign_in)
            return
        try:
            made = await self.answer(consoles, self.allowed(consoles, roles, self.page))
        except NoDocument as none:
            self.say(none)
        except LogUnavailable:
            self.say(NoDocument(503, self.translate("The log can't be read or written now: no file was made.")))
        else:
            if isinstance(made, File):
                self.set_header("Content-Type", _TYPES[made.name.rpartition(".")[2]])
                self.set_header("Content-Disposition", f'attachment; filename="{made.name}"')
            self.finish(made.content if isinstance(made, File) else made)

    async def answer(self, consoles: S, roles: frozenset[Role]) -> File | str:
        """The file, or the page that is shown, for who may have it. Raises NoDocument, and LogUnavailable."""
        raise NotImplementedError

    def allowed(self, consoles: S, roles: frozenset[Role], page: str) -> frozenset[Role]:
        """These roles where they allow it. Raises NoDocument."""
        if page and not may(roles, page):
            raise NoDocument(403, self.translate("Your role does not allow that."))
        return roles

    def say(self, none: NoDocument) -> None:
        """Answer with one line of text."""
        self.set_status(none.status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{none.text}\n")

    def filled(self, template: str, consoles: S, **facts: Any) -> str:
        """A template of the dashboard with what every page has, and these facts."""
        open_to_all = consoles.signins is None
        common = {"t": words(self.translate), "language": self.language, "open": open_to_all}
        here = self.page.removeprefix("page ")
        common["ways"] = ways(self.roles(consoles) or frozenset(), here=here, signed=not open_to_all)
        return TEMPLATES.get_template(template).render(common | facts)

    def name(self, consoles: S) -> str:
        """Who asks; "" where nobody signs in."""
        found = consoles.signins.of(self.token(consoles)) if consoles.signins is not None else None
        return found.name if found is not None else ""

    def token(self, consoles: S) -> str:
        """What a page of the browser that asks knows it by."""
        return page_token(self.get_cookie(self.cookie(consoles)) or "")

    @cached_property
    def language(self) -> str:
        """What who asks reads."""
        consoles = self._consoles()
        person = language.of_person(consoles.signins, self.token(consoles))
        return person or language.of_request(self, consoles.language)

    @property
    def translate(self) -> Translator:
        """The words of that language."""
        return language.speak(self.language)

    def cookie(self, consoles: S) -> str:
        """The name of the sign-in's cookie."""
        return COOKIE

    def roles(self, consoles: S) -> frozenset[Role] | None:
        """What who asks may; None when nobody is signed in."""
        signins = consoles.signins
        if signins is None:
            return WITHOUT_SIGN_IN if from_this_machine(self.request) else frozenset()
        if signins.by_cookie(self.get_cookie(self.cookie(consoles)) or "") != "active":
            return None
        found = signins.of(self.token(consoles))
        return found.roles if found else None

    def roles_of_our_page(self, consoles: S) -> frozenset[Role]:
        """What who sends a form or a script's wish may; nothing when it is no page of ours that sends it."""
        return (self.roles(consoles) or frozenset()) if from_our_pages(self) else frozenset()


class DocumentPage(Document[G], Generic[G]):
    """A document of a desk."""

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

    def by(self, consoles: G) -> str:
        """Who asks, by name; where nobody signs in this machine."""
        return self.name(consoles) or self.translate("this machine")

    def user(self) -> User | None:
        """Who asks, for what a case may keep from them."""
        consoles = self._consoles()
        return consoles.reservations.person(self.token(consoles), self.page)


def document(address: str, page: type[Document[S]], consoles: Callable[[], S], **more: Any) -> tuple[Any, ...]:
    """A document's route: the ground must be all that the document asks of it. `more`: what else it is made with."""
    return (address, page, {"consoles": consoles} | more)

"""What every document is made of: who may have it, what those are told who may not, its headers, and its record.

That is made before its bytes leave: what it discloses to whom, in which role, for which need or why (docs/access.md).
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar, get_args
from uuid import uuid4

import msgspec
from tornado.web import HTTPError, RequestHandler

from dashboard.access.guard import SIGN_IN, from_our_pages, from_this_machine
from dashboard.access.openings import asks
from dashboard.access.signins import COOKIE, page_token
from dashboard.access.ways import ways
from dashboard.components.reserved.part import Reservations
from dashboard.documents.address import Unreadable, V, opened
from dashboard.i18n.words import words
from dashboard.services import Ground
from dashboard.shell import language
from dashboard.shell.errands import turn_of
from dashboard.shell.ground import SignedGround
from dashboard.shell.template import TEMPLATES, THEME_COOKIE, theme_of
from incidents import events as ev
from incidents.audit import OfNobody, look_id, stream_for
from incidents.case import Case
from incidents.commands import Refused
from incidents.desk.desk import Desk
from incidents.log import LogUnavailable
from incidents.messages import Fix
from incidents.reasons import MAX_REASON, says_why
from incidents.roles import WITHOUT_SIGN_IN, Role, User, may
from incidents.withheld import Withholding
from reports.catalogue import Translator
from reports.locale_formats import firm

WHY: tuple[ev.Why, ...] = get_args(ev.Why)  # the usual reasons; the last is said in words

_logger = logging.getLogger(__name__)

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


_kept: dict[tuple[object, ...], str] = {}


class File(NamedTuple):
    """A document that is saved, not shown."""

    name: str
    content: bytes | str


class Redaction:
    """What a paper about many alarms says in the place of a text that leads to a protected place of any case, and how often."""

    def __init__(self, cases: Iterable[Case], translate: Callable[[str], str]) -> None:
        self._rule, self.count = Withholding.of_all(cases), 0
        self.withheld = translate("[withheld: it leads to a protected place]")

    def text(self, text: str) -> str:
        """The text, or the words in its place."""
        return self._withheld() if self._rule.leads(text) else text

    def where(self, fix: Fix, near: str) -> str:
        """A position with what it is near to, or the words in its place."""
        return (
            self._withheld() if self._rule.says_where(fix.lat, fix.lon, fix.radius or 0.0, near) else point(fix, near)
        )

    def _withheld(self) -> str:
        self.count += 1
        return self.withheld


def point(fix: Fix, near: str) -> str:
    """What a position is near to, and its coordinates."""
    return " · ".join(filter(None, (firm(near), f"{fix.lat:.5f}, {fix.lon:.5f}")))


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
    A document that `discloses` has its `answer` put the `event` of it here, which is recorded before anybody has a byte: of a
    page once an hour, of what asks for a reason and of a file each time. `need`: why nothing is asked.
    """

    page = ""  # without one for everybody who is signed in
    sign_in = f".{SIGN_IN}"  # from where the page is
    discloses: ev.Disclosed | OfNobody
    need: ev.Need = ""
    event: ev.Disclosure | None = None
    why: ev.Why | None = None
    reason = ""
    asks: ClassVar[bool] = False  # for a reason before it is made
    has_left = False  # who asked for it (`dashboard.access.openings`)

    def initialize(self, consoles: Callable[[], S]) -> None:
        self._consoles = consoles

    async def get(self, *asked: str) -> None:
        """`asked`: the parts of the address that the route names."""
        self.asked = asked
        consoles = self._consoles()
        roles = self.roles(consoles)
        if roles is None:
            self.redirect(self.sign_in)
        elif not self.asks_why():
            await self.give(consoles, roles)
        else:
            try:
                self.check(consoles, roles)
            except NoDocument as none:
                self.say(none)
            else:
                await self._ask(consoles)

    async def post(self, *asked: str) -> None:
        """The same, with the reason that a form of ours sends; of a page that was shown already the reason alone."""
        self.asked = asked
        consoles = self._consoles()
        if isinstance(self.discloses, OfNobody):
            raise HTTPError(405)
        if self.roles(consoles) is None:
            self.redirect(self.sign_in, status=303)
            return
        roles = self.roles_of_our_page(consoles)
        why, words = self.get_body_argument("why", ""), self.get_body_argument("reason", "")[:MAX_REASON].strip()
        self.why, self.reason = next((one for one in WHY if one == why), None), words
        try:
            self.check(consoles, roles)
            if not roles:
                raise NoDocument(403, self.translate("Your role does not allow that."))
        except NoDocument as none:
            self.say(none)
            return
        if self.why is None or not says_why(self.why, words):
            self.set_status(400)
            await self._ask(consoles, refused=True)
        elif self.asks_why():
            await self.give(consoles, roles)
        else:
            await self.explained(consoles, roles)

    def check(self, consoles: S, roles: frozenset[Role]) -> None:
        """Raises NoDocument for roles that may not have what is asked for."""
        self.allowed(consoles, roles, self.page)

    def asks_why(self) -> bool:
        """Whether a reason is asked for before it is made."""
        return self.asks

    async def explained(self, consoles: S, roles: frozenset[Role]) -> None:
        """Take the reason for a page that was shown."""
        raise HTTPError(405)

    async def _ask(self, consoles: S, *, refused: bool = False) -> None:
        """The form that asks why."""
        try:
            async with turn_of(asks(self), "documents"):
                said = await self.before(consoles)
        except NoDocument as none:
            self.say(none)
            return
        except LogUnavailable:
            self.say(NoDocument(503, self.translate("The log can't be read or written now: no file was made.")))
            return
        root = "../" if self.sign_in.startswith("..") else ""
        self.finish(self.filled("documents/why.html", consoles, root=root, refused=refused, words=self.reason, **said))

    async def before(self, consoles: S) -> Mapping[str, Any]:
        """What is said of it before it is made, for the form. Raises NoDocument and LogUnavailable."""
        return {}

    async def give(self, consoles: S, roles: frozenset[Role]) -> None:
        """Make it, record that, and let it go: of one person one at a time, and a press goes before the next."""
        person = asks(self)
        try:
            async with turn_of(person, "documents"):
                await self.settings["openings"].turn(person)
                if self.has_left:
                    return
                made = await self.answer(consoles, self.allowed(consoles, roles, self.page))
                await self._record(consoles, roles, shown=isinstance(made, str))
        except NoDocument as none:
            self.say(none)
        except LogUnavailable:
            self.say(NoDocument(503, self.translate("The log can't be read or written now: no file was made.")))
        else:
            if isinstance(made, File):
                self.set_header("Content-Type", _TYPES[made.name.rpartition(".")[2]])
                self.set_header("Content-Disposition", f'attachment; filename="{made.name}"')
            self.finish(made.content if isinstance(made, File) else made)

    async def _record(self, consoles: S, roles: frozenset[Role], *, shown: bool) -> None:
        """Raises LogUnavailable where a file that asked for a reason can't even be held to be recorded."""
        if isinstance(self.discloses, OfNobody):
            return
        event = self.event
        if event is None or self.discloses != event.DISCLOSES:
            raise RuntimeError(f"{type(self).__name__} does not say what it discloses")
        desk = self.desk(consoles)
        actor, now = desk.pseudonym(self.by(consoles)), desk.clock.now()
        id = self.look(consoles, event) if shown and not self.asks_why() else f"{event.DISCLOSES}-{uuid4().hex}"
        told = msgspec.structs.replace(
            event, role=" ".join(sorted(roles)), need=self.need, why=self.why or "", reason=self.reason or event.reason
        )
        try:
            await desk.note(stream_for(told, now), told, id=id, actor=actor)
        except (LogUnavailable, Refused) as failure:
            if self.asks_why():
                raise LogUnavailable("it can't be recorded") from failure
            # A paper of a desk at work is refused to nobody for that.
            _logger.error("a document could not be recorded: %s", type(failure).__name__)

    def look(self, consoles: S, event: ev.Disclosure) -> str:
        """The id of the record that this page is looked at, of this hour."""
        desk = self.desk(consoles)
        what = f"{self.request.uri} {msgspec.json.encode(event).decode()}"
        return look_id(desk.pseudonym(self.by(consoles)), what, desk.clock.now())

    def desk(self, consoles: S) -> Desk:
        """The desk whose log has the records."""
        raise NotImplementedError

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
        common = {"t": words(self.translate), "language": self.language, "open": open_to_all, "reasons": WHY}
        common["theme"] = theme_of(self.get_cookie(THEME_COOKIE))
        here = self.page.removeprefix("page ")
        roles = self.roles(consoles) or frozenset()
        common["ways"] = ways(roles, here=here, signed=not open_to_all)
        common["to_zone"] = may(roles, "page zone")  # its orders ring there: it must find back
        return TEMPLATES.get_template(template).render(common | facts)

    def kept(self, template: str, consoles: S, facts: Callable[[], Mapping[str, Any]]) -> str:
        """The same of a page of nobody, whose facts are by its language alone: it is made once, and kept."""
        of = (template, self.language, theme_of(self.get_cookie(THEME_COOKIE)), self.roles(consoles))
        if (made := _kept.get(of)) is None:
            made = _kept[of] = self.filled(template, consoles, **facts())
        return made

    def name(self, consoles: S) -> str:
        """Who asks; "" where nobody signs in."""
        found = consoles.signins.of(self.token(consoles)) if consoles.signins is not None else None
        return found.name if found is not None else ""

    def by(self, consoles: S) -> str:
        """Who asks, by name; where nobody signs in this machine."""
        return self.name(consoles) or self.translate("this machine")

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

    def desk(self, consoles: G) -> Desk:
        return consoles.desk

    def user(self) -> User | None:
        """Who asks, for what a case may keep from them."""
        consoles = self._consoles()
        return consoles.reservations.person(self.token(consoles), self.page)

    def view(self, word: str, kind: type[V]) -> V:
        """What a sealed word of the address asks for. Raises NoDocument."""
        try:
            return opened(word, self._consoles().desk.open_view, kind)
        except Unreadable:
            why = self.translate("This address was not made by this centre, or it was changed on its way.")
            raise NoDocument(404, why) from None


def report_taken(
    what: Literal["report", "own_figures"], form: str, file: bytes, rows: int, selection: str
) -> ev.ReportExported:
    """That a report is taken from a page."""
    digest = hashlib.sha256(file).hexdigest()
    return ev.ReportExported(what=what, form=form, how="page", rows=rows, sha256=digest, selection=selection)


def document(address: str, page: type[Document[S]], consoles: Callable[[], S], **more: Any) -> tuple[Any, ...]:
    """A document's route: the ground must be all that the document asks of it. `more`: what else it is made with."""
    return (address, page, {"consoles": consoles} | more)

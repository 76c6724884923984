"""`/sign-in` and `/sign-out`: a page that needs no script, and the same for scripts in JSON.

Whoever can't get in is told the same whatever was wrong, after the same time. Passwords are checked in threads of their own:
the loop, and with it every alarm, never waits for one.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import msgspec
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, RequestHandler

from dashboard.access.guard import SIGN_IN, from_our_pages, from_this_machine, set_cookie
from dashboard.access.known import KNOWN, KNOWN_DAYS, mark_of, marked
from dashboard.access.lost import are_lost, may_sign_in
from dashboard.access.oidc import Oidc
from dashboard.access.rules import LONGEST, Account
from dashboard.access.signins import COOKIE, SignIns
from dashboard.access.throttle import Busy, Throttle, host_of, lanes_of
from dashboard.access.turns import Turns
from dashboard.access.ways import LEADS_TO
from dashboard.i18n.words import sign_in_words
from dashboard.shell import language
from dashboard.shell.template import TEMPLATES, THEME_COOKIE, theme_of
from incidents import events as ev
from incidents.desk.desk import Desk
from incidents.events.access import HowSignedIn
from incidents.exclusion import key_of
from incidents.roles import WITHOUT_SIGN_IN, may

_VIEW = re.compile(r"\?[A-Za-z0-9_=&.-]{1,16384}")  # what may follow an address of ours: a view, a replay
TELL_AT = 3  # failures in a row that are a record, and each time they have doubled
BY_ACCOUNT = ("wrong", "busy", "oidc_down")  # after which the break-glass account is at hand
FIELD = 200  # characters of a field other than a password
CHECKED = 2  # passwords at once: each takes 64 MiB and a processor
BUSY_S = 1.0  # before who tries too much is told so: an answer at once would only bring the next attempt

_logger = logging.getLogger(__name__)

STREAM = "desk/access"
NOBODY = "access"  # the actor when it is not known whose account it was


class Door:
    """What the handlers share.

    `signins` answers None where nobody signs in. `desk` records who came and went; it raises RuntimeError while it is starting.
    `offered` are accounts with a button of their own, a name and its password: those of the demo. With `oidc` people sign in
    there, and of the local accounts only those for break-glass do; `known_zone`: whether the map has a zone that it names.
    `cookie` is its sign-in's own (browsers know no ports: two servers of one machine share theirs), `leads_to` where it may lead,
    `words` what its pages say, `room` the address of the training room for who asks, "" where they could not reach it.
    """

    def __init__(
        self,
        signins: Callable[[], SignIns | None],
        desk: Callable[[], Desk],
        *,
        language: str = "en",
        offered: Sequence[tuple[str, str]] = (),
        throttle: Throttle | None = None,
        oidc: Oidc | None = None,
        known_zone: Callable[[str], bool] = lambda zone: False,
        cookie: str = COOKIE,
        leads_to: Mapping[str, str] = MappingProxyType(LEADS_TO),
        room: Callable[[HTTPServerRequest], str] = lambda request: "",
        words: Callable[[Callable[[str], str]], dict[str, str]] = sign_in_words,
    ) -> None:
        self.cookie = cookie
        self.leads_to = leads_to
        self.room = room
        self.signins = signins
        self.oidc = oidc
        self.known_zone = known_zone
        self.throttle = throttle or Throttle()
        self.language = language
        self._words = words
        self.offered = tuple(offered)
        self.desk = desk
        self._noting: set[asyncio.Task[None]] = set()
        if (known := signins()) is not None:
            known.listen_out(self._put_out)
        # Places of their own for known browsers and for break-glass accounts: they wait behind nobody else's attempts.
        failures = self.throttle.failures_of
        self._turns, self._known, self._glass = Turns(CHECKED, failures), Turns(1), Turns(1, failures)
        self._checking = ThreadPoolExecutor(CHECKED + 2, thread_name_prefix="passwords")

    def words(self, translate: Callable[[str], str]) -> dict[str, str]:
        """What its pages say, in a language."""
        return self._words(translate)

    def ours(self, wanted: str) -> str:
        """An address that was asked for, with its view, if it is one of a page of ours; else ""."""
        page, mark, view = wanted.partition("?")
        return wanted if page in self.leads_to and (not mark or _VIEW.fullmatch(mark + view)) else ""

    def home(self, wanted: str, cookie: str) -> str:
        """Where whoever holds this cookie is led: to what they asked for; from the first page, or from nowhere, to their own."""
        signins = self.signins()
        found = signins.of(cookie) if signins is not None else None
        roles = found.roles if found is not None else WITHOUT_SIGN_IN
        first = next(iter(self.leads_to))
        if wanted and wanted != first:
            return wanted
        if may(roles, "page zone"):  # a zone's desk has its page at the first address
            return first
        return next((page for page, what in self.leads_to.items() if not what or may(roles, what)), first)

    async def enter(
        self,
        signins: SignIns,
        name: str,
        password: str,
        code: str,
        *,
        address: str,
        cookie: str,
        marks: str = "",
        waiting: Callable[[Callable[[], object]], None] = lambda leave: None,
    ) -> str | None:
        """A new cookie; None when it was not right. `marks` is the browser's cookie of who signed in there. Raises Busy.

        `waiting` is given what takes the attempt back: then CancelledError is raised, if it was not checked yet.
        """
        known = signins.of(cookie)
        browser = cookie if known is not None and key_of(known.name) == key_of(name) else ""
        browser = browser or mark_of(marks, signins.accounts, name)
        lanes = lanes_of(key_of(name), address, browser)
        wanted = signins.accounts.get(name)
        turns = self._known if browser else self._glass if wanted and wanted.break_glass else self._turns

        async def check() -> Account | None:
            with self.throttle.attempt(lanes) as wait_s:
                await asyncio.sleep(wait_s)
                async with turns.turn(browser or host_of(address), key_of(name)):
                    return await self._verify(signins, name, password, code)

        checking = asyncio.get_running_loop().create_task(check())
        waiting(checking.cancel)
        account = await checking
        if account is None or (self.oidc is not None and not account.break_glass):
            await self._refused(signins, name, self.throttle.failed(lanes))
            return None
        self.throttle.succeeded(lanes)
        return await self.admit(
            signins, account, how="password_and_code" if account.totp else "password", cookie=cookie
        )

    async def _verify(self, signins: SignIns, name: str, password: str, code: str) -> Account | None:
        """Check in a thread. Whoever leaves meanwhile holds their place until it is over: its memory is in use until then."""
        checking = asyncio.get_running_loop().run_in_executor(
            self._checking, signins.accounts.verify, name, password, code
        )
        try:
            return await asyncio.shield(checking)
        except asyncio.CancelledError:
            await asyncio.wait([checking])
            raise

    async def leave(self, signins: SignIns, cookie: str) -> None:
        """Sign out on purpose."""
        known = signins.of(cookie)
        signins.close(cookie)
        if known is not None:
            await self.record(known.name, ev.SignedOut(why="person"))

    def count_refused(self, why: str) -> None:
        """Count a sign-in that was refused, for monitoring: by why alone, never whose or from where."""
        if (signins := self.signins()) is not None:
            signins.refused[why] += 1

    def raised(self) -> int:
        """How many alarms nobody has."""
        return self.desk().board.unowned

    def locked_out(self) -> bool:
        """Whether nobody can sign in, or not even by the break-glass account: a page that says nothing would be tried in vain."""
        signins = self.signins()
        if signins is None:
            return False
        return are_lost(signins.accounts) or (self.oidc is None and not may_sign_in(signins.accounts.all()))

    async def record(self, name: str, event: ev.Event) -> None:
        """Write it down; a log that fails keeps nobody out."""
        try:
            desk = self.desk()
            actor = desk.pseudonym(name) if name else NOBODY
            await desk.note(STREAM, event, id=uuid4().hex, actor=actor)
        except Exception as error:
            _logger.error("an event of sign-in could not be recorded: %s", type(error).__name__)

    async def admit(self, signins: SignIns, account: Account, *, how: HowSignedIn, cookie: str) -> str:
        """Sign in whoever proved to be this account: the new cookie. `cookie` is the browser's old one."""
        before = signins.of(cookie)
        token = signins.open(account, instead_of=cookie)
        if before is not None and before.name != account.name:
            await self.record(before.name, ev.SignedOut(why="replaced"))
        roles = " ".join(sorted(account.roles))
        await self.record(account.name, ev.SignedIn(roles=roles, break_glass=account.break_glass, how=how))
        return token

    def _put_out(self, name: str) -> None:
        """Write down that an account's sign-ins are over: the watch then offers its alarms to all in the same second."""
        task = asyncio.get_running_loop().create_task(self.record(name, ev.SignedOut(why="account")))
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def _refused(self, signins: SignIns, name: str, count: int) -> None:
        times, rest = divmod(count, TELL_AT)
        if times and not rest and times & (times - 1) == 0:
            # A name that is no account may be a password typed in the wrong field.
            known = signins.accounts.get(name)
            await self.record(known.name if known else "", ev.SignInRefused(count=count))


class _Handler(RequestHandler):
    def initialize(self, door: Door) -> None:
        self._door = door
        self._wanted: str | None = None
        self._leave: Callable[[], object] = lambda: None
        self._left = False

    def on_connection_close(self) -> None:
        """Who does not wait for the answer has no attempt waiting."""
        self._left = True
        self._leave()

    def prepare(self) -> None:
        if self.request.method == "POST" and not from_our_pages(self):
            raise HTTPError(403, reason="Not from our pages")
        try:
            self._door.desk()
        except RuntimeError:
            raise HTTPError(503, reason="Vigie is starting") from None

    @property
    def _cookie(self) -> str:
        return self.get_cookie(self._door.cookie) or ""

    @property
    def _wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    def _answer(self, status: int, **facts: object) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode(facts))

    def _next(self) -> str:
        """Only a page of ours, never where a link says; "" where none was asked for."""
        if self._wanted is None:
            self._wanted = self.get_argument("next", "")
        return self._door.ours(self._wanted)


class SignInPage(_Handler):
    """GET the page, POST `username`, `password` and maybe `code`. 200 or a redirect; 401 not right; 429 too many at once."""

    async def get(self) -> None:
        signins = self._door.signins()
        if signins is None and not from_this_machine(self.request):
            raise HTTPError(403, reason="Without sign-in only for this machine")
        if signins is None or signins.by_cookie(self._cookie) == "active":
            self.redirect(self._door.home(self._next(), self._cookie))
        else:
            self._show(200, "")

    async def post(self) -> None:
        signins = self._door.signins()
        if signins is None:
            raise HTTPError(404)
        name = self.get_body_argument("username", "")[:FIELD]
        password = self.get_body_argument("password", "", strip=False)[: LONGEST + 1]
        code = self.get_body_argument("code", "")[:FIELD]
        self._next()  # read once: what else was posted is let go of while the attempt waits
        self.request.body, self.request.body_arguments = b"", {}
        address = self.request.remote_ip or ""
        try:
            token = await self._door.enter(
                signins,
                name,
                password,
                code,
                address=address,
                cookie=self._cookie,
                marks=self._marks,
                waiting=self._waits,
            )
        except asyncio.CancelledError:
            if self._left:
                return
            raise
        except Busy:
            await asyncio.sleep(BUSY_S)
            self._failed(429, "busy")
            return
        if token is None:
            self._failed(401, "wrong")
            return
        set_cookie(self, self._door.cookie, token)
        set_cookie(self, KNOWN, marked(self._marks, signins.accounts, name), expires_days=KNOWN_DAYS)
        if self._wants_json:
            self._answer(200, ok=True)
        else:
            self.redirect(self._door.home(self._next(), token), status=303)

    def _waits(self, leave: Callable[[], object]) -> None:
        self._leave = leave
        if self._left:
            leave()

    @property
    def _marks(self) -> str:
        return self.get_cookie(KNOWN) or ""

    def _failed(self, status: int, why: str) -> None:
        if self._wants_json:
            self._door.count_refused(why)
            self._answer(status, ok=False, reason=why)
        else:
            self._show(status, why)

    def _show(self, status: int, why: str) -> None:
        if why:
            self._door.count_refused(why)
        self.set_status(status)
        page, door = TEMPLATES.get_template("access/sign_in.html"), self._door
        self.finish(
            page.render(
                **self._look(),
                wrong=self._words[why].format(service=self._service()) if why else "",
                waiting=self._waiting(),
                locked_out=door.locked_out(),
                next=self._next(),
                room=door.room(self.request),
                offered=door.offered,
                service=self._words["sign_in_with"].format(service=self._service()) if door.oidc else "",
                glass=door.oidc is not None and why in BY_ACCOUNT,
            )
        )

    @cached_property
    def _language(self) -> str:
        return language.of_request(self, self._door.language, keep=True)

    @cached_property
    def _words(self) -> dict[str, str]:
        return self._door.words(language.speak(self._language))

    def _look(self) -> dict[str, Any]:
        theme = theme_of(self.get_cookie(THEME_COOKIE))
        return {"t": self._words, "language": self._language, "languages": language.NAMES, "theme": theme}

    def _service(self) -> str:
        label = self._door.oidc.settings.label if self._door.oidc else ""
        return label or self._words["service"]

    def _waiting(self) -> str:
        raised = self._door.raised()
        return "" if not raised else self._words["one_waits" if raised == 1 else "more_wait"].format(n=raised)


class Home(_Handler):
    """`/` leads whoever is known here to their own page, be it locked or not; a stranger to the sign-in."""

    def get(self) -> None:
        signins = self._door.signins()
        known = signins is None or signins.of(self._cookie) is not None
        self.redirect(self._door.home("", self._cookie) if known else SIGN_IN)


class Waiting(_Handler):
    """How many alarms nobody has, for the sign-in page: a screen on which nobody signed in shall not be silent."""

    def get(self) -> None:
        self._answer(200, raised=self._door.raised())


class SignOut(_Handler):
    """POST signs this browser out and leads to the sign-in page."""

    async def post(self) -> None:
        if (signins := self._door.signins()) is not None:
            await self._door.leave(signins, self._cookie)
        self.clear_cookie(self._door.cookie, path="/")
        if self._wants_json:
            self._answer(200, ok=True)
        else:
            self.redirect(SIGN_IN, status=303)

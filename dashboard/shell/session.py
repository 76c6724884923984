"""The base of all page sessions: what every page asks for and is told, whichever page it is.

A page is told what stands when it is sent, never what stood when something changed. Whose it is, is looked up anew each time.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic
from typing import Any, ClassVar, Generic, TypeVar
from uuid import uuid4

import msgspec

from dashboard.services import Ground
from dashboard.shell import language
from dashboard.shell.clock import milliseconds
from dashboard.shell.errands import Errands
from dashboard.shell.ground import PageGround, Standing
from dashboard.shell.looks import Looks
from dashboard.shell.outbox import Outbox, Page
from dashboard.shell.preferences import Keys, Preferences, Read, SingleKeys
from dashboard.shell.requests import MAX_MESSAGE, Answer, Answering, Command, Malformed, answers, message
from dashboard.shell.requests import text as word
from dashboard.shell.topics import Mailbox, Topic
from incidents import commands as do
from incidents import events as ev
from incidents.listeners import tell, without_values
from incidents.log import LogUnavailable
from incidents.roles import User
from reports.catalogue import Translator
from reports.content import unturned

BEAT_S = 1.0  # a page that hears nothing for 3 s says so

_logger = logging.getLogger(__name__)


G = TypeVar("G", bound=PageGround, covariant=True)
D = TypeVar("D", bound=Ground, covariant=True)


class PageSession(Answering[None], Outbox, Generic[G]):
    """One page. A kind of page says what it is sent (`_fill`, a table of topics), follows (`_follow`), and answers (`answers`).

    `consoles` is what the pages share, `token` its browser's sign-in.
    """

    kind: ClassVar[str]  # what a role must have to be before it
    longest: ClassVar[int] = MAX_MESSAGE  # characters of one message of the page

    def __init__(self, consoles: G, page: Page, token: str = "") -> None:
        super().__init__(page)
        self.id = uuid4().hex
        self.token = token
        self._consoles = consoles
        self.heard_at = monotonic()  # when the page last said anything
        self._told: Standing | None = None
        self._reads = ""  # the language in which the page has its words, as it said
        self._tab = ""  # the secret under which its browser's tab has its drafts
        self._chosen = ""  # the language that a hand chose where nobody is signed in
        self._unlisten: Callable[[], object] = lambda: None
        self._errands = Errands(self.keep, lambda: self.person, self.gone)
        self._mailbox = Mailbox()
        self._mailbox.tell(OF_A_PAGE, self, consoles)

    @property
    def person(self) -> str:
        """Whose turn what this page asks takes: of who signed in at it, who may have many pages; where nobody did its own."""
        found = self._consoles.signins.of(self.token) if self._consoles.signins is not None else None
        return found.name if found is not None else self.id

    @property
    def language(self) -> str:
        """What who is before this page reads; on a locked one what a hand chose, for it may be another person's."""
        persons = language.of_person(self._consoles.signins, self.token)
        chosen = self._chosen or persons if self.standing.locked else persons or self._chosen
        return chosen or self._page.language

    @property
    def translate(self) -> Translator:
        """The words of that language."""
        return language.speak(self.language)

    @property
    def standing(self) -> Standing:
        """What this page may do and show now."""
        return self._consoles.standing(self.token, self.kind)

    def start(self) -> None:
        """Begin to follow, and to beat. Call it on the loop."""
        self._unlisten = self._follow()
        self.keep(self._beats())

    def tick(self) -> None:
        """The server's heartbeat, once a second. A page that misses it says that it lost its server."""
        if self.connected:
            self.reply(tick=True, **({"elsewhere": True} if self._consoles.leaving else {}))
            tell(self._each_second(), what="a page's look of each second")

    def _each_second(self) -> Iterable[Callable[[], object]]:
        """What is looked at with each heartbeat, for no event tells of it. A fault of one stops no other, and no heart."""
        return ()

    def leave(self) -> None:
        """The page is gone for good."""
        self.end()

    def end(self) -> None:
        """The page is gone."""
        self._unlisten()
        super().end()

    def take(self, text: object) -> None:
        """Take a message of the page. What is no message is counted by a log line without its content."""
        self.heard_at = monotonic()
        try:
            request, asked = message(text, self.longest)
            if (handler := self.requests.get(request)) is None:
                return
            work = partial(handler.method, self, **handler.facts(asked, strict=False))
        except (Malformed, msgspec.ValidationError):
            _logger.warning("a page sent a message that was not understood")
            return
        if handler.costs:
            self._errands.ask(f"{request} {word(asked, 'what')[:64]}", work)
        else:
            self.keep(work())

    def compose(self) -> str:
        """Empty the mailbox into one message (JSON)."""
        message: dict[str, Any] = {"now": milliseconds(self._consoles.clock.now())}
        if self._reads and self._reads != self.language:
            self._reads = self.language
            message["words"] = {name: str(text) for name, text in self._page.words(self.translate).items()}
            self._speak()
        now = self.standing
        self._fill(message, now)
        try:
            self._beside(message, now)
        except Exception as error:  # the first rule: what is told beside keeps no alarm from a page
            _logger.error("a part of a page could not be made", exc_info=without_values(error))
        self._mailbox.add(message, now)
        if self._replies:
            message["replies"], self._replies = self._replies, []
        return unturned(msgspec.json.encode(message).decode())  # they stand in it as they are

    def welcome(self) -> dict[str, Any]:
        """What a page that came is told of itself and of where it is."""
        return {"desk": "", "zones": {}, "centres": {"covers": []}}

    def _follow(self) -> Callable[[], object]:
        """Be told of what changes; returns what ends it."""
        return lambda: None

    def _speak(self) -> None:
        """The page reads another language from now on: what is sent in words is to be sent again."""

    def _fill(self, message: dict[str, Any], now: Standing) -> None:
        """Put into a message what is told beside the topics."""

    def _beside(self, message: dict[str, Any], now: Standing) -> None:
        """Put into a message what is told beside whatever this kind of page is sent."""

    def _add_access(self, message: dict[str, Any], now: Standing) -> None:
        """Tell the page what it may do and show when that is news."""
        if now != self._told:
            before, self._told = self._told, now
            message["access"] = now.shown(self.id)
            self._stands(before, now)

    def drafts(self) -> object:
        """What who is before the page left half done on it."""
        name = self.standing.name
        return {"of": name, "kept": self._consoles.drafts.of(name, self._tab)} if self._tab else msgspec.UNSET

    def _stands(self, before: Standing | None, now: Standing) -> None:
        """The page may do and show other things than `before`, which is None for one that knows nothing."""

    async def _beats(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            self.tick()

    @answers("hello")
    async def _hello(self) -> None:
        """A page came, or came back, and knows nothing."""
        self._told = None
        self._mailbox.forget()
        self._replies.insert(0, {"welcome": self.welcome()})
        self.push(urgent=True)

    @answers("reads")
    async def _read(self, language: Read | None = None, tab: str = "") -> None:
        """The page says in which language it has its words, and the secret of its tab."""
        self._reads = language or "en"
        self._tab = tab[:64]
        self._mailbox.forget("tab")
        self.push(urgent=True)

    @answers("draft")
    async def _draft(self, name: str = "", text: str = "") -> None:
        """Something is left half done on the page, or no more."""
        now = self.standing
        if self._tab and not now.locked:
            self._consoles.drafts.keep(now.name, self._tab, name, text)

    @answers("beat")
    async def _beat(self, n: int | None = None) -> None:
        """The page asks whether it is live: an answer from now, not what waited on the way."""
        if n is not None:
            self.reply(beat=n)

    @answers("touch")
    async def _touch(self) -> None:
        """A hand was on the page: it is not idle."""
        if self.standing.state == "signed" and self._consoles.signins is not None:
            self._consoles.signins.touch(self.token)
            self.push(urgent=True)

    @answers("prefer")
    async def _prefer(
        self, single_keys: SingleKeys | None = None, keys: Keys | None = None, language: Read | None = None
    ) -> None:
        """What the person before it prefers from now on; what is unsaid stays. Every page of theirs is told with its access.
        Where nobody is signed in this page alone takes the language: the browser keeps it."""
        wanted = {"single_keys": single_keys, "keys": keys, "language": language}
        said = {name: value for name, value in wanted.items() if value is not None}

        def changed(before: Preferences) -> Preferences:
            return msgspec.structs.replace(before, **said)

        signins = self._consoles.signins
        kept = signins is not None and not self.standing.locked and await signins.prefer(self.token, changed)
        if not kept and language is not None:
            self._chosen = language
        self.reply(preferred=kept)

    @answers("lock")
    async def _lock(self) -> None:
        if self.standing.state == "signed" and self._consoles.signins is not None:
            self._consoles.signins.lock(self.token)
            self.push(urgent=True)


# Without a tab of its own nothing is said of drafts, and on a locked page they stay where they are.
OF_A_PAGE: tuple[Topic[PageSession[PageGround], PageGround], ...] = (
    Topic(
        "drafts", lambda page, services: page.drafts(), hears=frozenset({"tab"}), empty=lambda services: msgspec.UNSET
    ),
)


class DeskSession(PageSession[D], Generic[D]):
    """A page that gives commands to the desk. `position` is its browser's desk name, where nobody signs in."""

    position = ""

    def __init__(self, consoles: D, page: Page, token: str = "") -> None:
        super().__init__(consoles, page, token)
        self.looks = Looks(self, consoles.desk)
        self._mailbox.tell(OF_A_DESK, self, consoles)

    @property
    def desk_name(self) -> str:
        """Who works here: the person signed in, without sign-in the desk name; nobody on a locked page."""
        now = self.standing
        return self.position if now.state == "open" else "" if now.locked else now.name

    @property
    def actor(self) -> str:
        """The pseudonym of who works here; "" when nobody does, or when none can be made now (a full disk): alarms go on."""
        name = self.desk_name
        try:
            return self._consoles.desk.pseudonym(name) if name else ""
        except LogUnavailable:
            return ""

    def _beside(self, message: dict[str, Any], now: Standing) -> None:
        """Before a locked page nobody looks at anything."""
        if now.locked:
            self.looks.clear()

    @answers("reason")
    async def _because(self, of: str = "", why: ev.Why | None = None, reason: str = "") -> None:
        """Whoever was asked why they look says it."""
        if why is not None and not self.standing.locked and self.looks.because(of, why, reason):
            self.push(urgent=True)

    @property
    def user(self) -> User:
        """Who asks, and what they may. The sign-in is looked up anew each time."""
        now = self.standing
        name = self.position if now.state == "open" else now.name
        actor = self._consoles.desk.pseudonym(name) if name else ""
        return User(actor=actor, roles=now.roles, zone=now.zone, name=name)

    @property
    def _who(self) -> User | None:
        """Who is signed in before the page now; None when nobody is who may have it."""
        return self.user if self.standing.state == "signed" else None

    def _same(self, who: User) -> bool:
        """Whether the same person still stands before the page: what one asked for is not sent to another, or to nobody."""
        now = self._who
        return now is not None and now.actor == who.actor

    async def carry_out(self, asked: Command) -> str:
        """Have a command carried out; the incident it made, or is about. Raises `Refused`."""
        raise NotImplementedError

    def refusal(self, id: str, refused: do.Refused) -> Answer:
        """Why a command was refused, as whoever is before this page may know it."""
        return Answer(id=id, ok=False, code=refused.code)

    @answers("command")
    async def _command(self, command: dict[str, object] | None = None, typed: dict[str, object] | None = None) -> None:
        asked = Command(command or {}, typed or {})
        try:
            incident = await self.carry_out(asked)
        except do.Refused as refused:
            self.reply(answer=self.refusal(asked.id, refused))
        except Exception:
            self.reply(answer=Answer(id=asked.id, ok=False, code="failed"))
            raise
        else:
            self.reply(answer=Answer(id=asked.id, ok=True, incident=incident))


OF_A_DESK: tuple[Topic[DeskSession[Ground], Ground], ...] = (
    # The line that asks why somebody looks.
    Topic("asks", lambda page, services: page.looks.ask(), dark=True, before=None),
)

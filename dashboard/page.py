"""How every page is made: for the browser that asks, around a session of its own; who may not have it is told so."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import panel as pn

from dashboard.access.norole import no_role_page
from dashboard.access.signins import COOKIE
from dashboard.access.standing import Standing, standing
from dashboard.i18n.words import words
from dashboard.shell import compat, language
from dashboard.shell.channel import BrowserPage
from dashboard.shell.drafts import Drafts
from dashboard.shell.ground import PageGround, Registry
from dashboard.shell.session import PageSession
from dashboard.shell.template import THEME_COOKIE, template_of, theme_of, this_page
from incidents.clock import Clock
from incidents.roles import Role, may
from reports.catalogue import translator

G = TypeVar("G", bound=PageGround, covariant=True)


class CommonGround:
    """What the pages of one server share: a desk's, or the training room's. `signins` knows the signed-in browsers."""

    def __init__(self, clock: Clock, signins: Registry | None, language: str) -> None:
        self.clock = clock
        self.signins = signins
        self.language = language  # the centre's: of what is made for no reader in particular
        self.translate = translator(language)
        self.drafts = Drafts()
        self.leaving = False  # the server ends, and others are there: each page is told to go on at one of them
        self._loop: asyncio.AbstractEventLoop | None = None

    def soon(self, work: Callable[..., None], *facts: object) -> None:
        """Do it on the loop, from whatever thread; nothing once the loop has ended."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(work, *facts)

    def standing(self, token: str, page: str) -> Standing:
        """What a browser with this token may do and show now on a page."""
        return standing(self.signins, token, page)

    def roles_of(self, token: str) -> frozenset[Role]:
        """What whoever signed in last at this browser may, be it locked or not; nothing when nobody did."""
        found = self.signins.of(token) if self.signins is not None else None
        return found.roles if found is not None else frozenset()


class PageMaker(Generic[G]):
    """Makes a page for the current document. `token` names its browser where another cookie than the sign-in's (`cookie`) does.

    The theme is the browser's choice, kept in its cookie `vigie_theme`: a map is drawn in it from the first paint.
    """

    def __init__(self, consoles: G, *, cookie: str = COOKIE, token: str | None = None) -> None:
        cookies = compat.cookies(pn.state.curdoc)
        self.token = cookies.get(cookie, "") if token is None else token
        self.theme = theme_of(cookies.get(THEME_COOKIE))
        self._consoles = consoles
        accept = compat.accepts(pn.state.curdoc)
        self._browsers = language.of_browser(cookies.get(language.COOKIE, ""), accept, consoles.language)
        self.language = language.of_person(consoles.signins, self.token) or self._browsers
        self.translate = language.speak(self.language)

    def may(self, kind: str) -> bool:
        """Whether a page is for this browser: for who is signed in at it, or was last where it is locked."""
        now = self._consoles.standing(self.token, kind)
        return may(self._consoles.roles_of(self.token) if now.locked else now.roles, kind)

    def refused(self, kind: str, everybodys: Sequence[str] = ()) -> pn.Template:
        """What is shown in the place of a page that is not for this browser (`no_role_page`)."""
        return no_role_page(
            self._consoles.standing(self.token, kind),
            translate=self.translate,
            language=self.language,
            theme=self.theme,
            page=kind,
            everybodys=everybodys,
        )

    def page(
        self,
        html: Path,
        session: Callable[[G, BrowserPage, str], PageSession[PageGround]],
        *,
        more_words: Callable[[Callable[[str], str]], dict[str, str]] = lambda translate: {},
        items: Mapping[str, Any] | None = None,
        **variables: str,
    ) -> pn.Template:
        """The template in `html`, and a session behind it; `variables` and `items` are what is its own in it."""
        consoles = self._consoles
        page = this_page(self._browsers, lambda translate: words(translate) | more_words(translate))
        made = session(consoles, page, self.token)
        page.hear(made.take, consoles.soon, made)
        consoles.soon(made.start)
        pn.state.on_session_destroyed(lambda context: consoles.soon(made.leave))
        return template_of(
            html,
            page,
            words=page.words(self.translate),
            language=self.language,
            theme=self.theme,
            items=items,
            **variables,
        )

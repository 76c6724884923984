"""The browsers that are signed in. A registry in memory, on the loop; the accounts' file keeps it over a restart.

The cookie holds a random token; the file and this registry hold only its SHA-256. A page (its HTML, its websocket) never
sees the cookie: it knows its browser by a token made of it, which opens nothing by itself. Wherever a token is asked for
here, either does; what guards an HTTP request asks `by_cookie`.

A browser is *active*, *idle* (no input for long), *expired* (its shift is over, its account disabled, its password changed),
or *none* (never signed in, signed out on purpose, forgotten a day after it expired).
"""

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from dashboard.access.accounts import Account, AccountError, Accounts, key_of
from incidents.clock import Clock
from incidents.roles import Role
from incidents.telling import tell

COOKIE = "vigie_session"
KNOWN_H = 24  # an expired browser stays a locked alarm screen so long
EVERY_S = 1.0
RELOAD_EVERY = 2  # turns: what an administrator changes is in force within 2 s
WRITE_SEEN_S = 60  # how exactly the last input is known after a restart

State = Literal["active", "idle", "expired", "none"]
_logger = logging.getLogger(__name__)


class AccessTimes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a sign-in lasts, in minutes: `idle_min` without input, `shift_min` in all (a shift and half an hour)."""

    idle_min: float = 8 * 60
    shift_min: float = 12 * 60 + 30


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """One browser's sign-in, with what its account may now."""

    name: str
    roles: frozenset[Role]
    zone: str
    since: datetime
    seen: datetime
    expires: datetime
    break_glass: bool


class _Browser(msgspec.Struct):
    digest: bytes
    page: bytes
    key: str
    generation: int
    since: datetime
    seen: datetime
    expires: datetime
    written: datetime


class SignIns:
    """Who is signed in where. Make it, keep `run()` going, `close_file()` at the end. All on one loop.

    Not `kept`: the accounts' file is another server's too, whose browsers these are not; a restart forgets them.
    """

    def __init__(
        self,
        accounts: Accounts,
        *,
        clock: Clock,
        times: AccessTimes | None = None,
        service: bool = False,
        kept: bool = True,
    ) -> None:
        self.accounts = accounts
        self.times = times or AccessTimes()
        self.service = service  # whether people sign in with the centre's own service too
        self._clock = clock
        self._browsers: dict[bytes, _Browser] = {}
        self._pages: dict[bytes, _Browser] = {}
        self._states: dict[bytes, State] = {}
        self._listeners: list[Callable[[], None]] = []
        # One thread: writes keep their order, and a disk that hangs holds up nobody.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sign-ins")
        self._failing, self._closed = False, not kept
        self.glass: tuple[str, ...] = ()  # who is signed in by a break-glass account now
        if kept:
            self._load()

    def of(self, token: str) -> SignIn | None:
        """The sign-in of this browser, whether active, idle or expired; None when it is not known."""
        browser = self._find(token)
        return self._of(browser) if browser else None

    def state(self, token: str, now: datetime | None = None) -> State:
        """What this browser may: all its roles allow when active; watch a locked alarm screen when idle or expired."""
        return self._state(self._find(token), now or self._clock.now())

    def by_cookie(self, cookie: str) -> State:
        """The state of the browser that sent this cookie; a page's own token does not count."""
        return self._state(self._browsers.get(_digest(cookie)), self._clock.now())

    def locks_at(self, token: str) -> datetime | None:
        """When this browser will be locked if nobody touches it; None when it is locked or not known."""
        browser = self._find(token)
        if browser is None or self._state(browser, self._clock.now()) != "active":
            return None
        return min(browser.expires, browser.seen + timedelta(minutes=self.times.idle_min))

    def all(self) -> tuple[SignIn, ...]:
        """The sign-ins that are active."""
        now = self._clock.now()
        active = (self._of(b) for b in self._browsers.values() if self._state(b, now) == "active")
        return tuple(found for found in active if found is not None)

    def touch(self, token: str) -> None:
        """A person used this browser. Only a sign-in revives one that is locked."""
        browser, now = self._find(token), self._clock.now()
        if browser is None or self._state(browser, now) != "active":
            return
        browser.seen = now
        if (now - browser.written).total_seconds() >= WRITE_SEEN_S:
            self._keep(browser)

    def lock(self, token: str) -> None:
        """A person left this browser: it is idle from now on, not signed out."""
        if (browser := self._find(token)) is not None:
            browser.seen = min(browser.seen, self._clock.now() - timedelta(minutes=self.times.idle_min))
            self._keep(browser)
            self._notify()

    def open(self, account: Account, *, instead_of: str = "") -> str:
        """Sign a browser in: its new cookie. The sign-in it had before (`instead_of`, its old cookie) is over."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        browser = _Browser(
            digest=_digest(token),
            page=_digest(page_token(token)),
            key=key_of(account.name),
            generation=account.generation,
            since=now,
            seen=now,
            expires=now + timedelta(minutes=self.times.shift_min),
            written=now,
        )
        self._take(browser)
        self._keep(browser)
        self._forget(self._browsers.get(_digest(instead_of)))
        self._notify()
        return token

    def close(self, token: str) -> None:
        """Signed out on purpose: the browser is forgotten."""
        if (browser := self._find(token)) is not None:
            self._forget(browser)
            self._notify()

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back on the loop when any browser's state, or any account, changed. Returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    async def run(self) -> None:
        """See limits pass and accounts change, until cancelled."""
        turn = 0
        while True:
            changed = turn % RELOAD_EVERY == 0 and await asyncio.to_thread(self.accounts.reload)
            if self.look() or changed:
                self._notify()
            turn += 1
            await asyncio.sleep(EVERY_S)

    def look(self) -> bool:
        """Forget whom nobody needs to know any more. Whether a browser's state changed since the last look."""
        now = self._clock.now()
        for browser in [b for b in self._browsers.values() if self._state(b, now) == "none"]:
            self._forget(browser)
        before, self._states = self._states, {d: self._state(b, now) for d, b in self._browsers.items()}
        self.glass = tuple(sorted({found.name for found in self.all() if found.break_glass}))
        return before != self._states

    def close_file(self) -> None:
        """Write when each browser was used last, and wait until it is written."""
        for browser in () if self._closed else self._browsers.values():
            self._keep(browser)
        self._closed = True
        self._writer.shutdown(wait=True)

    def _of(self, browser: _Browser) -> SignIn | None:
        account = self.accounts.get(browser.key)
        if account is None:
            return None
        return SignIn(
            name=account.name,
            roles=account.roles,
            zone=account.zone,
            since=browser.since,
            seen=browser.seen,
            expires=browser.expires,
            break_glass=account.break_glass,
        )

    def _state(self, browser: _Browser | None, now: datetime) -> State:
        if browser is None or now >= browser.expires + timedelta(hours=KNOWN_H):
            return "none"
        account = self.accounts.get(browser.key)
        if account is None or account.disabled or account.generation != browser.generation or now >= browser.expires:
            return "expired"
        return "idle" if now >= browser.seen + timedelta(minutes=self.times.idle_min) else "active"

    def _find(self, token: str) -> _Browser | None:
        digest = _digest(token)
        return self._browsers.get(digest) or self._pages.get(digest)

    def _take(self, browser: _Browser) -> None:
        self._browsers[browser.digest] = browser
        self._pages[browser.page] = browser

    def _forget(self, browser: _Browser | None) -> None:
        if browser is None:
            return
        self._browsers.pop(browser.digest, None)
        self._pages.pop(browser.page, None)
        self._states.pop(browser.digest, None)
        self._write("DELETE FROM browsers WHERE digest = ?", (browser.digest,))

    def _notify(self) -> None:
        self.look()
        tell(self._listeners, what="a listener of sign-ins")

    def _keep(self, browser: _Browser) -> None:
        browser.written = self._clock.now()
        times = (browser.since.timestamp(), browser.seen.timestamp(), browser.expires.timestamp())
        facts = (browser.digest, browser.page, browser.key, browser.generation, *times)
        self._write("INSERT OR REPLACE INTO browsers VALUES (?, ?, ?, ?, ?, ?, ?)", facts)

    def _write(self, statement: str, facts: tuple[Any, ...]) -> None:
        if not self._closed:
            self._writer.submit(self._written, statement, facts)

    def _written(self, statement: str, facts: tuple[Any, ...]) -> None:
        try:
            with self.accounts.database() as db:
                db.execute(statement, facts)
            self._failing = False
        except AccountError as error:
            # Who is signed in stays so; only a restart would ask them again.
            if not self._failing:
                _logger.error("sign-ins can't be written down: %s", error)
            self._failing = True

    def _load(self) -> None:
        try:
            with self.accounts.database() as db:
                rows = db.execute("SELECT digest, page, key, generation, since, seen, expires FROM browsers").fetchall()
        except AccountError as error:
            _logger.error("who was signed in can't be read: %s; each browser is asked anew", error)
            return
        now = self._clock.now()
        for digest, page, key, generation, *times in rows:
            try:
                since, seen, expires = (datetime.fromtimestamp(t, UTC) for t in times)
            except (TypeError, ValueError, OverflowError, OSError):
                continue  # damaged: this browser is asked anew
            self._take(_Browser(digest, page, key, generation, since, seen, expires, now))
        self.look()


def page_token(cookie: str) -> str:
    """What a page knows its browser by: made of the cookie, which can't be made of it."""
    return hmac.digest(cookie.encode(), b"vigie page", hashlib.sha256).hex()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

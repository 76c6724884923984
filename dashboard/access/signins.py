"""The browsers that are signed in. A registry in memory, on the loop; the accounts' file keeps it over a restart.

The cookie holds a random token; the file and this registry hold only its SHA-256. A page (its HTML, its websocket) never
sees the cookie: it knows its browser by a token made of it, which opens nothing by itself. Wherever a token is asked for
here, either does; what guards an HTTP request asks `by_cookie`.

A browser is *active*, *idle* (no input for long), *expired* (its shift is over), *ended* (signed out on purpose: its cookie opens
nothing, a page of it that is still open stays a locked alarm screen), *out* (its account was disabled, removed or given another
password: nobody may see an alarm there), or *none* (never signed in, or forgotten a day after it expired).

Lifetimes are measured by a clock that never jumps. When the wall clock is set, the moments kept here are moved with it; only over
a restart does the wall clock decide, and what it then calls too old is kept for a day in case it was wrong.
"""

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import msgspec

from dashboard.access.accounts import Accounts
from dashboard.access.browsers import COLUMNS, KNOWN_H, OPENED, USED, Browser, Row, Times, browser_of, known_until
from dashboard.access.rules import Account, AccountError
from dashboard.access.settings import AccessTimes
from dashboard.shell.ground import State
from dashboard.shell.preferences import Preferences
from incidents.clock import Clock, steady
from incidents.exclusion import key_of
from incidents.listeners import tell
from incidents.roles import Role

COOKIE = "vigie_session"
EVERY_S = 1.0  # what an administrator changes is in force within 2 s
WRITE_SEEN_S = 60  # how exactly the last input is known after a restart
JUMP_S = 5.0  # a wall clock that is so far from where it was by the steady one was set
MOST = 64  # browsers that one account is signed in at: the one longest unused goes

# Who look whether somebody may still see what is before them: they wait for nothing that anybody asks of the loop's threads.
GUARDS = ThreadPoolExecutor(2, thread_name_prefix="guard")

_logger = logging.getLogger(__name__)


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """One browser's sign-in, with what its account may now."""

    name: str
    roles: frozenset[Role]
    zone: str
    since: datetime
    seen: datetime
    expires: datetime
    break_glass: bool
    preferences: Preferences


class SignIns:
    """Who is signed in where. Make it, keep `run()` going, `close_file()` at the end. All on one loop.

    Not `kept`: the accounts' file is another server's too, whose browsers these are not; a restart forgets them. `shared`: the
    file is kept like those of other servers (`dashboard.access.sharing`), and who signs in or out there does so here.
    """

    def __init__(
        self,
        accounts: Accounts,
        *,
        clock: Clock,
        times: AccessTimes | None = None,
        service: bool = False,
        kept: bool = True,
        shared: bool = False,
    ) -> None:
        self.accounts = accounts
        self.times = times or AccessTimes()
        self.service = service  # whether people sign in with the centre's own service too
        self._clock = clock
        self._began = steady(clock)
        self._offset = clock.now().timestamp() - self._began
        self._late: list[Browser] = []  # too old when they were read, by a clock that may be wrong
        self._browsers: dict[bytes, Browser] = {}
        self._pages: dict[bytes, Browser] = {}
        self._states: dict[bytes, State] = {}
        self._listeners: list[Callable[[], None]] = []
        self._out_listeners: list[Callable[[str], None]] = []
        # One thread: writes keep their order, and a disk that hangs holds up nobody.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sign-ins")
        self._failing, self._closed = False, not kept
        self._shared, self._writes = shared and kept, 0
        self.refused = Counter(wrong=0, busy=0)  # sign-ins since the start, by why; told from the first on
        self.glass: tuple[str, ...] = ()  # who is signed in by a break-glass account now
        if kept:
            self._load()

    def of(self, token: str) -> SignIn | None:
        """The sign-in of this browser, be it idle, expired or ended; None when it is not known, or its account is out."""
        browser = self._find(token)
        return self._of(browser) if browser and self._state(browser, self._now()) not in ("out", "none") else None

    def state(self, token: str) -> State:
        """What this browser may: all its roles allow when active; watch a locked alarm screen when idle, expired or ended."""
        return self._state(self._find(token), self._now())

    def account_of(self, token: str) -> str:
        """The account of this browser, whatever its state; "" when the browser is not known."""
        browser = self._find(token)
        return "" if browser is None else browser.key

    def by_cookie(self, cookie: str) -> State:
        """The state of the browser that sent this cookie; a page's own token does not count."""
        return self._state(self._browsers.get(_digest(cookie)), self._now())

    def opens(self, cookie: str) -> bool:
        """Whether the browser that sent this cookie is given a page, be it a locked one."""
        return self.by_cookie(cookie) in ("active", "idle", "expired")

    def all(self) -> tuple[SignIn, ...]:
        """The sign-ins that are active."""
        now = self._now()
        active = (self._of(b) for b in self._browsers.values() if self._state(b, now) == "active")
        return tuple(found for found in active if found is not None)

    def touch(self, token: str) -> None:
        """A person used this browser. Only a sign-in revives one that is locked."""
        browser, now = self._find(token), self._now()
        if browser is None or self._state(browser, now) != "active":
            return
        browser.seen = now
        if (now - browser.written).total_seconds() >= WRITE_SEEN_S:
            self._keep(browser)

    async def prefer(self, token: str, change: Callable[[Preferences], Preferences]) -> bool:
        """Keep what the person of an active browser prefers from now on, at all of their browsers. False: it is not kept."""
        browser = self._find(token)
        if browser is None or self._state(browser, self._now()) != "active":
            return False
        try:
            await asyncio.to_thread(self.accounts.prefer, browser.key, change)
        except AccountError as error:
            _logger.error("what a person prefers can't be written down: %s", error)
            return False
        self._notify()
        return True

    def lock(self, token: str) -> None:
        """A person left this browser: it is idle from now on, not signed out."""
        if (browser := self._find(token)) is not None:
            browser.seen = min(browser.seen, self._now() - timedelta(minutes=self.times.idle_min))
            self._keep(browser)
            self._notify()

    def open(self, account: Account, *, instead_of: str = "") -> str:
        """Sign a browser in: its new cookie. The sign-in it had before (`instead_of`, its old cookie) is over."""
        token, now = secrets.token_urlsafe(32), self._now()
        browser = Browser(
            digest=_digest(token),
            page=_digest(page_token(token)),
            key=key_of(account.name),
            name=account.name,
            generation=account.generation,
            since=now,
            seen=now,
            expires=now + timedelta(minutes=self.times.shift_min),
            written=now,
        )
        self._take(browser)
        self._keep(browser)
        self._end(self._browsers.get(_digest(instead_of)))
        mine = sorted((b for b in self._pages.values() if b.key == browser.key), key=lambda b: b.seen)
        for unused in mine[:-MOST]:
            self._forget(unused)
        self._notify()
        return token

    def close(self, token: str) -> None:
        """Signed out on purpose: the cookie opens nothing any more."""
        if (browser := self._find(token)) is not None:
            self._end(browser)
            self._notify()

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back on the loop when any browser's state, or any account, changed. Returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def listen_out(self, callback: Callable[[str], None]) -> None:
        """Call back with the name of who is out at all of their browsers."""
        self._out_listeners.append(callback)

    async def run(self) -> None:
        """See limits pass and accounts change, until cancelled."""
        while True:
            changed = await asyncio.get_running_loop().run_in_executor(GUARDS, self.accounts.reload)
            if self._shared and not self._closed:
                await self._follow()
            if self.look() or changed:
                self._notify()
            await asyncio.sleep(EVERY_S)

    def look(self) -> bool:
        """Forget whom nobody needs to know any more. Whether a browser's state changed since the last look."""
        now = self._now()
        for browser in [b for b in self._pages.values() if self._state(b, now) == "none"]:
            self._forget(browser)
        if self._late and steady(self._clock) - self._began >= KNOWN_H * 3600:
            late, self._late = self._late, []
            for browser in late if not self._shared else ():  # another server's: it knows by its own clock
                self._forget(browser)
        before, self._states = self._states, {d: self._state(b, now) for d, b in self._pages.items()}
        if out := [d for d, state in self._states.items() if state == "out" and before.get(d, "out") != "out"]:
            here = {b.key for d, b in self._pages.items() if self._states[d] == "active"}
            for name in sorted({self._pages[d].name for d in out if self._pages[d].key not in here}):
                tell(self._out_listeners, name, what="a listener of sign-ins")
        self.glass = tuple(sorted({found.name for found in self.all() if found.break_glass}))
        return before != self._states

    def close_file(self) -> None:
        """Write when each browser was used last, and wait until it is written."""
        for browser in () if self._closed else self._browsers.values():
            if browser.filed is None or browser.seen > browser.written:
                self._keep(browser)
        self._closed = True
        self._writer.shutdown(wait=True)

    def _of(self, browser: Browser) -> SignIn | None:
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
            preferences=account.preferences,
        )

    def _state(self, browser: Browser | None, now: datetime) -> State:
        if browser is None or now >= known_until(browser):
            return "none"
        account = self.accounts.get(browser.key)
        if account is None or account.disabled or account.generation != browser.generation:
            return "out"
        if browser.ended or now >= browser.expires:
            return "ended" if browser.ended else "expired"
        return "idle" if now >= browser.seen + timedelta(minutes=self.times.idle_min) else "active"

    def _find(self, token: str) -> Browser | None:
        digest = _digest(token)
        return self._browsers.get(digest) or self._pages.get(digest)

    def _take(self, browser: Browser) -> None:
        self._browsers[browser.digest] = browser
        self._pages[browser.page] = browser

    def _end(self, browser: Browser | None) -> None:
        """Let its cookie open nothing. Its open pages go on, and whose they are stays known: they are out with the account."""
        if browser is not None:
            browser.ended = True
            self._browsers.pop(browser.digest, None)
            self._write("DELETE FROM browsers WHERE digest = ?", (browser.digest,))

    def _forget(self, browser: Browser) -> None:
        self._browsers.pop(browser.digest, None)
        self._pages.pop(browser.page, None)
        self._states.pop(browser.page, None)
        self._write("DELETE FROM browsers WHERE digest = ?", (browser.digest,))

    def _notify(self) -> None:
        self.look()
        tell(self._listeners, what="a listener of sign-ins")

    def _keep(self, browser: Browser) -> None:
        browser.written, times = self._now(), browser.times()
        if browser.filed is not None:  # a row that another server deleted is none again
            self._write(USED, (*times, browser.digest), browser, times)
        else:
            self._write(OPENED, (browser.digest, browser.page, browser.key, browser.generation, *times), browser, times)

    def _write(
        self, statement: str, facts: tuple[Any, ...], browser: Browser | None = None, times: Times | None = None
    ) -> None:
        if not self._closed:
            self._writes += 1
            self._writer.submit(self._written, statement, facts, browser, times)

    def _written(self, statement: str, facts: tuple[Any, ...], browser: Browser | None, times: Times | None) -> None:
        try:
            with self.accounts.database() as db:
                db.execute(statement, facts)
            if browser is not None:
                browser.filed = times
            self._failing = False
        except AccountError as error:
            # Who is signed in stays so; only a restart would ask them again.
            if not self._failing:
                _logger.error("sign-ins can't be written down: %s", error)
            self._failing = True

    def _load(self) -> None:
        try:
            rows = self._rows()
        except AccountError as error:
            _logger.error("who was signed in can't be read: %s; each browser is asked anew", error)
            return
        self._take_rows(rows)
        self.look()

    def _rows(self) -> list[Row]:
        with self.accounts.database() as db:
            return db.execute(f"SELECT {COLUMNS} FROM browsers").fetchall()

    async def _follow(self) -> None:
        """Who signed in, was locked or signed out at another server. A file that can't be read says nothing."""
        written = self._writes
        try:  # after what was written here before
            rows = await asyncio.wrap_future(self._writer.submit(self._rows))
        except AccountError:
            return
        if written != self._writes:  # it is older than what is known here: the next one counts
            return
        there = {row[0] for row in rows}
        for browser in [b for b in self._browsers.values() if b.filed is not None and b.digest not in there]:
            browser.ended = True
            del self._browsers[browser.digest]
        self._late = [b for b in self._late if b.digest in there]
        self._take_rows(rows)

    def _take_rows(self, rows: Iterable[Row]) -> None:
        late, now = {b.digest for b in self._late}, self._clock.now()
        for row in rows:
            found = browser_of(row)
            if found is None or found.digest in late:  # damaged: this browser is asked to sign in again
                continue
            known = self._pages.get(found.page)
            if known is None:
                account = self.accounts.get(found.key)
                found.name = account.name if account else found.key
                self._late.append(found)
            elif not known.ended and known.filed not in (found.filed, None):
                # By how long after its sign-in: the other server's clock may be wrong, or set.
                known.seen, known.filed = min(known.since + (found.seen - found.since), now), found.filed
        self._take_late()

    def _take_late(self) -> None:
        """Know those again who are not too old by the wall clock. None was signed in, or used, later than now."""
        now, late = self._clock.now(), []
        longest = now + timedelta(minutes=self.times.shift_min)
        for browser in self._late:
            if self._state(browser, now) == "none":
                late.append(browser)
                continue
            browser.since, browser.seen = min(browser.since, now), min(browser.seen, now)
            browser.expires, browser.written = min(browser.expires, longest), now
            self._take(browser)
        self._late = late

    def _now(self) -> datetime:
        """The wall clock's moment. Whenever it was set, the moments of every sign-in go with it."""
        now = self._clock.now()
        offset = now.timestamp() - steady(self._clock)
        if abs(by := offset - self._offset) > JUMP_S:
            self._offset = offset
            for browser in self._pages.values():
                browser.since += timedelta(seconds=by)
                browser.seen += timedelta(seconds=by)
                browser.expires += timedelta(seconds=by)
            self._take_late()
            for browser in self._browsers.values():
                self._keep(browser)
        return now


def page_token(cookie: str) -> str:
    """What a page knows its browser by: made of the cookie, which can't be made of it."""
    return hmac.digest(cookie.encode(), b"vigie page", hashlib.sha256).hex()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

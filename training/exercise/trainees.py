"""Who takes part in an exercise: the browsers that joined by its code, as the pages' `Registry` knows the signed-in ones.

A trainee is a dispatcher and a supervisor of this exercise and of nothing else: the token is known here only. Like a sign-in's,
the cookie's token is kept as its SHA-256, and a page is told another one made of it.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from dashboard.access.settings import AccessTimes
from dashboard.access.signins import page_token
from dashboard.shell.ground import State
from dashboard.shell.preferences import Preferences
from incidents.clock import Clock
from incidents.exercises.room import Trainee, TrainingError
from incidents.listeners import tell
from incidents.roles import Role

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read for another
CODE_LENGTH = 6
MOST = 20
LONGEST_NAME = 40
ROLES: frozenset[Role] = frozenset({"dispatcher", "supervisor"})


class _Joined(msgspec.Struct, frozen=True, kw_only=True):
    """A trainee as `standing` reads a sign-in."""

    id: str
    name: str
    account: str
    seen: datetime
    expires: datetime
    roles: frozenset[Role] = ROLES
    zone: str = ""
    preferences: None = None  # an exercise keeps none: the browser does


class Trainees:
    """The trainees of one exercise. `clock` is the exercise's."""

    service = False
    glass: tuple[str, ...] = ()

    def __init__(self, clock: Clock) -> None:
        self.times = AccessTimes(idle_min=7 * 24 * 60, shift_min=7 * 24 * 60)
        self._clock = clock
        self._listeners: list[Callable[[], None]] = []
        self._joined: dict[str, _Joined] = {}
        self._cookies: dict[bytes, str] = {}  # whose each is, by its digest
        self._pages: dict[bytes, str] = {}

    def join(self, name: str, account: str, here: Callable[[str], bool]) -> str:
        """A new browser's token. Raises TrainingError: name_missing, name_taken, full.

        `here` tells by a name whether a page of theirs is open. Who joins again by a name that has none takes their place
        again: their older browsers are out.
        """
        name = " ".join(name.split())[:LONGEST_NAME]
        if not name or not name.isprintable():
            raise TrainingError("name_missing")
        known = next((one for one in self._joined.values() if one.name.casefold() == name.casefold()), None)
        if known is not None and (here(known.name) or known.account != account):
            raise TrainingError("name_taken")
        if known is None and len(self._joined) >= MOST:
            raise TrainingError("full")
        if known is None:
            now = self._clock.now()
            known = _Joined(
                id=secrets.token_hex(8), name=name, account=account, seen=now, expires=now + timedelta(days=7)
            )
            self._joined[known.id] = known
        self._forget(known.id)
        token = secrets.token_urlsafe(32)
        self._cookies[_digest(token)] = self._pages[_digest(page_token(token))] = known.id
        return token

    def put_out(self, id: str) -> None:
        """Put one out. Raises TrainingError("unknown")."""
        if self._joined.pop(id, None) is None:
            raise TrainingError("unknown")
        self._forget(id)
        tell(self._listeners, what="a listener of trainees")

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when one is put out. Returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def all(self, here: Callable[[str], bool]) -> tuple[Trainee, ...]:
        """Who takes part, in the order they came; `here` as in `join`."""
        return tuple(
            Trainee(id=one.id, name=one.name, account=one.account, here=here(one.name)) for one in self._joined.values()
        )

    def of(self, token: str) -> _Joined | None:
        """Who has this token; None when nobody has."""
        digest = _digest(token)
        return self._joined.get(self._cookies.get(digest) or self._pages.get(digest, ""))

    def by_cookie(self, cookie: str) -> State:
        """Active when a trainee's browser sent this cookie; a page's own token does not count."""
        return "active" if _digest(cookie) in self._cookies else "none"

    def state(self, token: str) -> State:
        """Active while they take part; who was put out goes on seeing what is not real."""
        return "active" if self.of(token) is not None else "ended"

    def touch(self, token: str) -> None:
        """An exercise locks nobody for standing idle."""

    def lock(self, token: str) -> None:
        """There is nothing to lock: nothing in an exercise is real."""

    async def prefer(self, token: str, change: Callable[[Preferences], Preferences]) -> bool:
        """It keeps nothing of a person."""
        return False

    def close(self, token: str) -> None:
        """Leaving is done by the page's own end; a place stays until the trainer puts one out."""

    def _forget(self, id: str) -> None:
        self._cookies = {digest: who for digest, who in self._cookies.items() if who != id}
        self._pages = {digest: who for digest, who in self._pages.items() if who != id}


def new_code() -> str:
    """A code to join by: one in 800 million."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def as_code(typed: str) -> str:
    """What was typed, as a code: without space and dashes, in capitals."""
    return "".join(c for c in typed.upper() if c.isalnum())[: 2 * CODE_LENGTH]


def code_in(typed: str) -> str:
    """What was typed, as a code when it has the form of one; "" when it has not, whatever exercises there are."""
    code = as_code(typed)
    return code if len(code) == CODE_LENGTH and set(code) <= set(LETTERS) else ""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

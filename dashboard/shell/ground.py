"""What pages, components and documents may ask of the common ground (`dashboard.consoles`), and components of their page.

Each asks for the least it uses: it takes one of these, or adds what it needs beside in a Protocol of its own. The common ground
is made of them all, so none of them can import it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Protocol

from incidents.desk.desk import Desk
from incidents.roles import Role, User

State = Literal["active", "idle", "expired", "ended", "out", "none"]


class SignedIn(Protocol):
    """A person's sign-in at one browser."""

    @property
    def name(self) -> str: ...
    @property
    def roles(self) -> frozenset[Role]: ...
    @property
    def zone(self) -> str: ...
    @property
    def seen(self) -> datetime: ...
    @property
    def expires(self) -> datetime: ...


class Limits(Protocol):
    """How long a sign-in lasts, in minutes: without a hand on the page, and at most."""

    @property
    def idle_min(self) -> float: ...
    @property
    def shift_min(self) -> float: ...


class Registry(Protocol):
    """The signed-in browsers, by the token of their cookie (`dashboard/access/signins.py`)."""

    @property
    def times(self) -> Limits: ...
    @property
    def service(self) -> bool: ...
    @property
    def glass(self) -> tuple[str, ...]: ...
    def of(self, token: str) -> SignedIn | None: ...
    def state(self, token: str) -> State: ...
    def by_cookie(self, cookie: str) -> State: ...
    def touch(self, token: str) -> None: ...
    def lock(self, token: str) -> None: ...
    def close(self, token: str) -> None: ...
    def listen(self, callback: Callable[[], None]) -> Callable[[], None]: ...


class Standing(Protocol):
    """What a page may do and show now (`dashboard/access/standing.py`)."""

    @property
    def state(self) -> Literal["open", "signed", "locked"]: ...
    @property
    def why(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def roles(self) -> frozenset[Role]: ...
    @property
    def zone(self) -> str: ...
    @property
    def locked(self) -> bool: ...


class SignedGround(Protocol):
    """What a page that is for who is signed in asks of the ground it stands on."""

    @property
    def language(self) -> str: ...
    @property
    def translate(self) -> Callable[[str], str]: ...
    @property
    def signins(self) -> Registry | None: ...


class Ground(SignedGround, Protocol):
    """What everybody may ask of the common ground."""

    @property
    def desk(self) -> Desk: ...


class LoopGround(Protocol):
    """The common ground for who works on its loop from another thread."""

    def soon(self, work: Callable[..., None], *facts: Any) -> None: ...


class OpenPage(Protocol):
    """A page that is open, for what is told to all pages."""

    @property
    def connected(self) -> bool: ...
    def anew(self) -> None: ...
    def tick(self) -> None: ...


class SignedPage(Protocol):
    """A page for a component that asks who is before it."""

    @property
    def id(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def user(self) -> User: ...


class AnsweredPage(SignedPage, Protocol):
    """A page that a component sends something beside its answer."""

    @property
    def connected(self) -> bool: ...
    def reply(self, **facts: Any) -> None: ...

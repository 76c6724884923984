"""Notices of what changed on a board, to whoever looks at it."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from incidents.listeners import tell

ChangeKind = Literal["incident", "device", "feed", "unit", "health", "drill"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A notice: what changed. `urgent`: an alarm came, alarmed again, or changed hands or state."""

    kind: ChangeKind
    key: str
    urgent: bool = False


class Notices:
    """Who is told, on the loop, at once; a fault of one is nobody else's."""

    def __init__(self) -> None:
        self._quiet: set[str] = set()
        self._listeners: list[Callable[[Change], None]] = []
        # Told of every entry: its stream, its id, whether it is durable; once more when it has become so.
        self.followers: list[Callable[[str, str, bool], None]] = []

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Be told of every change, on the loop, at once. Returns the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def notify(self, change: Change) -> None:
        """Tell the listeners; a fault of one is nobody else's."""
        if change.kind == "incident" and change.key in self._quiet:
            return
        tell(self._listeners, change, what="a listener of the board")

    def tell_followers(self, stream: str, record_id: str, recorded: bool = True) -> None:
        """Tell who follows the log of a record, be it none of what stands here."""
        if self.followers:
            tell(self.followers, stream, record_id, recorded, what="a follower of the board")

    @contextlib.contextmanager
    def at_once(self, incident: str) -> Iterator[None]:
        """What is folded of an incident meanwhile is told when all of it is: the listeners see it as it ended."""
        self._quiet.add(incident)
        try:
            yield
        finally:
            self._quiet.discard(incident)
            self.notify(Change(kind="incident", key=incident, urgent=True))

"""The rows that a page is still owed, by key: what it is sent next, and when it can take more.

However many alarms change, a message holds so many rows at most, the most urgent first. While much changes a page says that it
took one message before it is sent the next rows: a browser that is slower than the feeds would else hear its server's heartbeat
behind everything that waits in its queue.
"""

from collections.abc import Callable, Iterable

AT_ONCE = 200  # rows of a message: a browser takes them in some 50 ms
URGENT = 150  # of them what is urgent, as long as there is anything else
QUIET_PER_S = 100.0  # up to so many rows a second are sent as they come ...
QUIET_AT_ONCE = 50.0  # ... and so many at a stroke
PATIENCE_S = 1.0  # a page that does not say that it took anything is sent more all the same


class Owed:
    """What waits, each key once: what stands near the screen, then what is urgent, then the rest, each as it came."""

    def __init__(self) -> None:
        self._near: dict[str, None] = {}
        self._urgent: dict[str, None] = {}
        self._rest: dict[str, None] = {}
        self._drawn: frozenset[str] = frozenset()
        self._level = 0.0
        self._at = 0.0
        self._waits_since: float | None = None

    def __len__(self) -> int:
        return len(self._near) + len(self._urgent) + len(self._rest)

    def add(self, keys: Iterable[str], *, urgent: bool = False) -> None:
        """These changed."""
        for key in keys:
            if key in self._drawn:
                self._near[key] = None
            elif urgent:
                self._rest.pop(key, None)
                self._urgent[key] = None
            elif key not in self._urgent:
                self._rest[key] = None

    def drawn(self, keys: Iterable[str]) -> None:
        """These stand near the screen now."""
        found = tuple(keys)
        self._drawn = frozenset(found)
        for key in found:
            if key in self._urgent or key in self._rest:
                self._urgent.pop(key, None)
                self._rest.pop(key, None)
                self._near[key] = None

    def forget(self) -> None:
        """The page is new, or is told everything anew: it is owed what is added from now on."""
        for some in (self._near, self._urgent, self._rest):
            some.clear()
        self._waits_since = None

    def waits(self, now: float) -> bool:
        """Whether the page has yet to say that it took what it was sent. `now` in seconds that never jump."""
        return self._waits_since is not None and now - self._waits_since < PATIENCE_S

    def took(self) -> None:
        """The page took what it was sent."""
        self._waits_since = None

    def take(self, now: float, says: Callable[[str], bool] = lambda key: True) -> tuple[list[str], bool]:
        """What goes into the message of now, and whether the page is to say that it took it. What `says` nothing is left out."""
        if self.waits(now):
            return [], False
        found: list[str] = []
        for some, most in (
            (self._near, AT_ONCE),
            (self._urgent, URGENT),
            (self._rest, AT_ONCE),
            (self._urgent, AT_ONCE),
        ):
            found += _first(some, most - len(found), says)
        self._level = max(0.0, self._level - (now - self._at) * QUIET_PER_S) + len(found)
        self._at = now
        busy = bool(found) and (len(self) > 0 or self._level > QUIET_AT_ONCE)
        self._waits_since = now if busy else None
        return found, busy


def _first(some: dict[str, None], count: int, says: Callable[[str], bool]) -> list[str]:
    """Take so many out of a collection."""
    found: list[str] = []
    passed: list[str] = []
    for key in some:
        if len(found) >= count:
            break
        passed.append(key)
        if says(key):
            found.append(key)
    for key in passed:
        del some[key]
    return found

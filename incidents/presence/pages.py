"""The pages of all servers: each tells the others every second what its own are, and each puts together what it heard.

Pure: whoever carries the words hands them in. Time counts only while the cluster takes this server's own words and they come
back: who is cut off hears nobody, and may not think for that that nobody is there.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from time import monotonic

import msgspec

from incidents.clock import milliseconds
from incidents.listeners import tell
from incidents.roles import Role, may

SILENT_S = 3.0  # a server that was not heard of for so long has no pages any more
GAP_S = 2.5  # between two own words that were taken: after a longer one it knows nothing of the others
_UNDER_WAY = 16  # own words of which neither is known


class Watching(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A connected page: who is before it, whether it is in sight and whether it can be heard.

    `session` and `desk` (its person, or desk name) are said of this server's own pages alone. `tested_at` (ms since 1970): when a
    person said whether its sounds were heard, and `sounds` what they said.
    """

    session: str = ""
    actor: str
    desk: str = ""
    visible: bool
    audible: bool
    cics: frozenset[str] = frozenset()  # the centres it covers
    roles: frozenset[Role] = frozenset()  # none on a locked page
    browser: str = ""
    tested_at: int | None = None
    sounds: bool = False

    @property
    def both(self) -> bool:
        """Whether a press on it is seen and heard: the only screen that counts by the first rule."""
        return self.visible and self.audible

    @property
    def works(self) -> bool:
        """Whether somebody known is before it who may act on alarms: who only looks on, an auditor, is nobody of the shift."""
        return bool(self.actor) and may(self.roles, "acknowledge")


class Word(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="presence"):
    """What a server tells the others: its pages, since when (ms since 1970) it knows each person on shift, the centres it is for.

    `n` rises with each word; `at` is its machine's clock (ms since 1970), 0 where it does not say; `over`: the server stops.
    """

    server: str
    n: int
    at: int = 0
    pages: tuple[Watching, ...] = ()
    since: dict[str, int] = {}
    cics: frozenset[str] = frozenset()
    over: bool = False


class _Heard(msgspec.Struct):
    word: Word
    at: float


class Others:
    """What this server knows of the pages of the others. `server` is its own name among them; "": there are no others.

    `wake` is called when its own pages changed: the others are to be told at once.
    """

    def __init__(
        self,
        server: str = "",
        now: Callable[[], float] = monotonic,
        *,
        wake: Callable[[], object] = lambda: None,
    ) -> None:
        self.server = server
        self.pages: tuple[Watching, ...] = ()
        self.since: dict[str, datetime] = {}  # who is on shift by the others' word
        self.cics: frozenset[str] = frozenset()  # the centres that any other server was for
        self._wake = wake
        self._now = now
        self._own = Word(server=server, n=0)
        self._under_way: dict[int, tuple[float, bool, bool]] = {}  # own words: made when, taken, come back
        self._heard: dict[str, _Heard] = {}
        self._sure = self._began = float("-inf")  # the last own word that went round, the first without a gap before it
        self._listeners: list[Callable[[], None]] = []

    @property
    def certain(self) -> bool:
        """Whether who is not among the pages has none: the cluster took this server's words all the time."""
        return not self.server or (self._now() - self._sure <= GAP_S and self._sure - self._began >= SILENT_S)

    @property
    def there(self) -> bool:
        """Whether there are other servers now."""
        return bool(self._heard)

    @property
    def servers(self) -> frozenset[str]:
        """The other servers that are there now, as far as is known."""
        return frozenset(self._heard)

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Be told when the others' pages changed. Returns the function that ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def before(self, key: str) -> int:
        """How many servers stand before this one in the order that all of them have for `key`, another one for each key.

        0 where this server does not know who is there.
        """
        if not self._heard or not self.certain:
            return 0
        own = _place(self.server, key)
        return sum(_place(name, key) < own for name in self._heard)

    def say(self, pages: Iterable[Watching], since: Mapping[str, datetime], cics: Collection[str]) -> None:
        """This server's own pages, who is on shift since when, and its centres, as they are now."""
        if not self.server:
            return
        own = Word(
            server=self.server,
            n=self._own.n,
            pages=tuple(msgspec.structs.replace(page, session="", desk="") for page in pages),
            since={actor: milliseconds(at) for actor, at in since.items()},
            cics=frozenset(cics),
        )
        if own != self._own:
            self._own = own
            self._wake()

    def word(self, *, over: bool = False) -> Word:
        """The next word for the others."""
        self._own = msgspec.structs.replace(self._own, n=self._own.n + 1)
        self._under_way[self._own.n] = (self._now(), False, False)
        for old in [n for n in self._under_way if n <= self._own.n - _UNDER_WAY]:
            del self._under_way[old]
        return Word(server=self.server, n=self._own.n, over=True) if over else self._own

    def taken(self, n: int) -> None:
        """The cluster took an own word: its majority is there."""
        if n in self._under_way:
            made, _, back = self._under_way[n]
            self._under_way[n] = (made, True, back)
            self._gone_round(n)

    def hear(self, word: Word) -> None:
        """A word came, be it an own one that comes back."""
        if word.server == self.server:
            if word.n in self._under_way:
                made, taken, _ = self._under_way[word.n]
                self._under_way[word.n] = (made, taken, True)
                self._gone_round(word.n)
            return
        before = self._heard.get(word.server)
        if before is not None and word.n <= before.word.n:
            return
        self._heard[word.server] = _Heard(word, self._now())
        if word.over:
            del self._heard[word.server]
        self._put_together()

    def _gone_round(self, n: int) -> None:
        """All that the cluster had for this server before the word was heard before it."""
        made, taken, back = self._under_way[n]
        if not (taken and back):
            return
        self._under_way = {later: state for later, state in self._under_way.items() if later > n}
        if made - self._sure > GAP_S:
            self._began = made
            for heard in self._heard.values():
                heard.at = max(heard.at, made)
        self._sure = made
        silent = [name for name, heard in self._heard.items() if heard.at < made - SILENT_S]
        for name in silent:
            del self._heard[name]
        if silent:
            self._put_together()

    def _put_together(self) -> None:
        words = [heard.word for _, heard in sorted(self._heard.items())]
        pages = tuple(page for word in words for page in word.pages)
        since: dict[str, int] = {}
        for word in words:
            for actor, at in word.since.items():
                since[actor] = min(at, since.get(actor, at))
        found = (pages, {actor: _moment(at) for actor, at in since.items()}, self.cics.union(*(w.cics for w in words)))
        if found != (self.pages, self.since, self.cics):
            self.pages, self.since, self.cics = found
            tell(self._listeners, what="a listener of the other servers' pages")


def _place(server: str, key: str) -> bytes:
    return hashlib.blake2b(f"{server} {key}".encode(), digest_size=8).digest()


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)

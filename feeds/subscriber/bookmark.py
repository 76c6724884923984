"""Where a subscriber stands in a feed: its name, its epoch, its numbers, kept beside the log."""

from typing import Literal

import msgspec

from feeds.decoding import Subscribed
from feeds.subscriber.cursor import Cursor, Holes
from feeds.subscriber.names import FeedNames
from feeds.subscriber.ports import Bookmarks
from incidents.log import LogUnavailable


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of a feed that are missing or uncertain."""

    why: Literal["epoch", "oldest", "oversize"]
    expected: int
    oldest: int
    epoch: str


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from the answer to a subscription: `again` asks for a new one, from `Bookmark.after`."""

    again: bool
    gaps: tuple[Gap, ...] = ()


class Bookmark:
    """The place in one feed. A server that names no epoch has none: everything it sends is taken, the desk knows repetitions.

    Beside the numbers it keeps which feed an address served, so that the first subscription after a restart already resumes.
    """

    def __init__(self, log: Bookmarks, address: str, names: FeedNames | None = None) -> None:
        self.feed = address
        self.named = False
        self.epoch: str | None = None
        self.cursor: Cursor | None = None
        self._log = log
        self._address = address
        self._names = names or FeedNames()
        self._first = address
        self._guess: int | None = None
        self._whole = False  # everything is wanted, whatever number we are at
        self._kept: tuple[str, str, int] | None = None

    @property
    def after(self) -> int | None:
        """The number to ask above; None asks for everything."""
        if self._whole:
            return None
        return self.cursor.contiguous if self.cursor else self._guess

    async def recall(self) -> None:
        """Remember which feed this address served. An unreadable log only costs a second subscription."""
        try:
            served = await self._log.cursors(f"address {self._address}")
        except LogUnavailable:
            return
        if (name := self._names.recalled(served, self._address, self)) is not None:
            self.feed = self._first = name
            self._guess = served[name] or None
            self.named = True

    def let_go(self) -> None:
        """Let another have the name: this feed is no longer followed."""
        self._names.free(self)

    async def adopt(self, said: Subscribed, asked: int | None) -> Adopted:
        """Take the server's word for feed, epoch and numbers. `asked` is what was subscribed after."""
        self._guess = None
        before, feed = self.cursor, self._names.taken(said.feed or self._address, self._address, self)
        self._first = self._first if self.named else feed
        self.named = True
        self._names.free(self, but=(self._first, feed))
        if said.epoch is None:
            self.feed, self.epoch, self.cursor = feed, None, None
            return Adopted(again=asked is not None)
        first = None if said.oldest is None else max(said.oldest - 1, 0)
        fresh = before is None or (feed, said.epoch) != (self.feed, self.epoch)
        known, previous = before.contiguous if before else None, None
        if fresh:
            previous = known if feed == self.feed else None
            known, others = await self._known(feed, said.epoch)
            previous = previous if previous is not None else max(others, default=None)
        self.feed, self.epoch = feed, said.epoch
        if known is not None and said.head is not None and said.head < known:
            previous, known = known, None  # the same epoch, but its numbers begin anew
            fresh = True
        if known is None:
            if fresh or self.cursor is None or first is not None:
                self.cursor = Cursor(first)
            gap = self._gap("epoch", previous + 1, said.oldest or 0) if previous is not None else None
            self._whole = asked is not None
            return Adopted(again=self._whole, gaps=(gap,) if gap else ())
        self._whole = False
        cursor = self.cursor = Cursor(known) if fresh or before is None else before
        cursor.subscribed()
        again = asked > known if asked is not None else fresh and known > 0
        if first is not None and first > known and (said.head is None or first <= said.head):
            gap = self._gap("oldest", known + 1, first + 1)
            cursor.skip_to(first)
            return Adopted(again=again, gaps=(gap,))
        return Adopted(again=again)

    def skip_to(self, seq: int, why: Literal["oldest", "oversize"]) -> Gap | None:
        """Give up the numbers up to this one; None when they are handled after all."""
        if self.cursor is None or self.cursor.contiguous is None or seq <= self.cursor.contiguous:
            return None
        gap = self._gap(why, self.cursor.contiguous + 1, seq + 1)
        self.cursor.skip_to(seq)
        return gap

    def give_up(self, holes: Holes) -> Gap | None:
        """Give up what was asked for often enough; the gap that nobody was told of yet.

        The place moves no further than what came: a `head` that says too much never skips a message that is still to come.
        """
        cursor, gap = self.cursor, None
        assert cursor is not None and cursor.contiguous is not None
        lost = cursor.lost(holes.upto)
        if lost > (known := max(cursor.contiguous, holes.told)):
            gap, holes.told = self._gap("oldest", known + 1, lost + 1), lost
        cursor.skip_to(min(lost, cursor.highest))
        return gap

    async def keep(self) -> None:
        """Write down the place if it has moved. Raises `LogUnavailable`."""
        if self.epoch is None or self.cursor is None or self.cursor.contiguous is None:
            if self.feed.endswith(f" ({self._address})") and self._kept is None:
                await self._log.set_cursor(f"address {self._address}", self.feed, 0)
                self._kept = (self.feed, "", 0)
            return
        place = (self.feed, self.epoch, self.cursor.contiguous)
        if place != self._kept:
            await self._log.set_cursor(*place)
            await self._log.set_cursor(f"address {self._address}", self.feed, place[2])
            self._kept = place

    async def _known(self, feed: str, epoch: str) -> tuple[int | None, list[int]]:
        """The number kept for this epoch, and those of the feed's other epochs."""
        try:
            kept = await self._log.cursors(feed)
        except LogUnavailable:
            return None, []
        known = kept.pop(epoch, None)
        return known, list(kept.values()) if known is None else []

    def _gap(self, why: Literal["epoch", "oldest", "oversize"], expected: int, oldest: int) -> Gap:
        return Gap(why=why, expected=expected, oldest=oldest, epoch=self.epoch or "")

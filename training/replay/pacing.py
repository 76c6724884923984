"""The desk's door in a replay: what the feed brings is taken one by one, each at its own moment, however many come at once."""

import asyncio
from datetime import datetime

import msgspec

from feeds.subscriber.ports import GapReason
from incidents.desk.desk import Desk
from incidents.health import FeedHealth
from incidents.messages import Message, PressReport, Receipt
from training.replay.clock import ReplayClock


class _Numbered(msgspec.Struct):
    seq: int | None = None


class Door:
    """A feed's receiver and the place it keeps. `passed_over` counts what could not be read, `fault` what failed."""

    def __init__(self, desk: Desk, clock: ReplayClock) -> None:
        self.live = asyncio.Event()
        self.passed_over = 0
        self.fault = ""
        self._desk = desk
        self._clock = clock
        self._turn = asyncio.Lock()
        self._due: dict[int, datetime] = {}
        self._nothing_due = asyncio.Event()

    def expect(self, seq: int, at: datetime) -> None:
        """The message of this number will come, and is to be taken at this moment."""
        self._due[seq] = at
        self._nothing_due.clear()

    async def all_taken(self) -> None:
        """Until everything that was expected came, or something failed."""
        await self._nothing_due.wait()

    @property
    def left(self) -> int:
        """How many are still to come."""
        return len(self._due)

    async def receive(self, message: Message) -> Receipt:
        """Take a message at its moment, after those before it. One that comes again is none."""
        async with self._turn:
            at = self._due.get(message.seq or 0)
            if at is None or self.fault:
                return "repeated"
            if isinstance(message.report, PressReport) and any(u.path == "at" for u in message.report.unreadable):
                message = msgspec.structs.replace(message, at=at)  # its frame came when the others came
            self._clock.play(at)
            try:
                receipt = await self._desk.receive(message)
            except Exception:
                self.failed("fault")
                return "repeated"
            if receipt == "held":
                self.failed("log_unavailable")
            self._taken(message.seq or 0)
            return "repeated" if receipt == "held" else receipt

    async def feed_gap(self, feed: str, *, why: GapReason, expected: int, oldest: int, epoch: str) -> None:
        """Nothing of the way here goes into a replay's log."""

    async def feed_health(self, health: FeedHealth) -> None:
        """The pages are told, the log is not. The age of a heartbeat means nothing on this clock."""
        self._desk.board.feed(msgspec.structs.replace(health, heartbeat_at=None))
        if health.state == "live":
            self.live.set()

    async def cursors(self, feed: str) -> dict[str, int]:
        """A replay begins at the beginning."""
        return {}

    async def set_cursor(self, feed: str, epoch: str, seq: int) -> None:
        """A replay is not resumed: it is played again."""

    async def quarantine(self, feed: str, at: str, reason: str, raw: bytes) -> None:
        """What can't be read is passed over, and counted."""
        try:
            seq = msgspec.json.decode(raw, type=_Numbered).seq
        except msgspec.MsgspecError:
            seq = None
        if seq in self._due:
            self.passed_over += 1
            self._taken(seq)

    def failed(self, why: str) -> None:
        """Nothing more is taken."""
        self.fault = why
        self._nothing_due.set()

    def _taken(self, seq: int) -> None:
        del self._due[seq]
        if not self._due:
            self._nothing_due.set()

"""The messages a feed server holds: numbered, kept for a day, with the latest state of each device and unit."""

import secrets
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from incidents.bounded import Bounded
from incidents.clock import Clock, steady
from incidents.events import stamp

LET_GO = datetime(1, 1, 1, tzinfo=UTC)  # when what stays for its number, or as a state, is said to have been added
MAX_HELD = 100_000  # messages; the oldest go first
STATES = 7_000  # devices and units whose latest state is held: as many as a desk knows; the one heard of longest ago goes first
_STATES = {"device": ("device",), "unit": ("zone", "unit")}  # kinds whose latest message is a state, and what names it


class Published(msgspec.Struct, frozen=True):
    """One message as it travels: `raw` is its JSON, the same bytes each time it is sent; `at` is RFC 3339."""

    seq: int
    id: str
    at: str
    raw: bytes


class Needed(NamedTuple):
    """What is to be kept: from the number `oldest` on (the last one stays, for its number), and the `states` below it; what
    is below `held` is held no more."""

    oldest: int
    states: Sequence[int]
    held: int


class _Head(msgspec.Struct):
    kind: str
    seq: int
    id: str
    at: str


class Store:
    """Messages by number, 1, 2, ..., of the last `keep_s` seconds; of more than `most` the oldest go before their time.

    Seconds in which it could be asked for them: a clock that is set lets go of nothing, before a restart or over one
    (docs/decisions/0081-held-for-a-day-of-serving.md).
    """

    def __init__(self, keep_s: float, clock: Clock, most: int = MAX_HELD) -> None:
        self.head = 0
        self._clock = clock
        self._ahead_s = clock.now().timestamp() - steady(clock)
        self._keep = timedelta(seconds=keep_s)
        self._most = most
        self._held: deque[tuple[datetime, Published]] = deque()
        self._by_id: defaultdict[str, deque[Published]] = defaultdict(deque)
        self._states: dict[tuple[str, ...], Published] = Bounded(STATES)

    def __len__(self) -> int:
        """How many messages are held."""
        return len(self._held)

    @property
    def oldest(self) -> int:
        """The lowest number held; one above `head` when none is."""
        return self._held[0][1].seq if self._held else self.head + 1

    @property
    def now(self) -> datetime:
        """By what messages are held: the clock's moment at the first start, and from then on what passed while this ran."""
        return datetime.fromtimestamp(steady(self._clock) + self._ahead_s, UTC)

    @property
    def newest_s(self) -> float | None:
        """For how many seconds the newest message has been held; None when none is."""
        return (self.now - self._held[-1][0]).total_seconds() if self._held else None

    def number(self, fields: Mapping[str, Any], seq: int, now: datetime) -> Published:
        """A message under a number, not held yet. `id` and `at` are made when the fields lack them.

        Raises OverflowError, UnicodeEncodeError for values that JSON can't say.
        """
        at = fields.get("at", now)
        at = stamp(at) if isinstance(at, datetime) else str(at)
        id_ = fields.get("id") or message_id(now)
        facts = {"kind": fields["kind"], "seq": seq, "id": id_, "at": at, **_rest(fields)}
        return Published(seq, id_, at, msgspec.json.encode(facts))

    def hold(self, published: Published, fields: Mapping[str, Any], added: datetime | None = None) -> None:
        """Hold a message, `fields` what it says: the next one, or after a restart one that was `added` before."""
        if self._held and published.seq != self.head + 1:
            self._held.clear()  # only the latest states of before lie further back
            self._by_id.clear()
        self.head = published.seq
        now = self.now
        self._held.append((min(added or now, now), published))
        self._by_id[published.id].append(published)
        if (kind := fields["kind"]) in _STATES:
            self._states[(kind, *(str(fields.get(name)) for name in _STATES[kind]))] = published

    def add(self, fields: Mapping[str, Any], now: datetime) -> Published:
        """Number a message and hold it."""
        published = self.number(fields, self.head + 1, now)
        self.hold(published, fields)
        self.forget()
        return published

    def restore(self, kept: Iterable[tuple[datetime, bytes]]) -> None:
        """Hold again what was held before a restart: when each was added and its bytes, in order. Only while nothing is held.

        Time goes on from when the newest was added: how long nobody ran only the clock could say, which may be wrong. Raises
        ValueError where one is no message, or out of order; then nothing is held.
        """
        assert not self._held
        found, before = [], 0
        for added, raw in kept:
            facts = msgspec.json.decode(raw, type=dict[str, Any])
            head = msgspec.convert(facts, _Head)
            if head.seq <= before or added.tzinfo is None:
                raise ValueError("the messages of before are out of order")
            before = head.seq
            found.append((Published(head.seq, head.id, head.at, raw), facts, added))
        if held := [added for _, _, added in found if added != LET_GO]:
            if not 1970 <= held[-1].year < 9000:
                raise ValueError("the newest message is of no time at all")
            self._ahead_s = held[-1].timestamp() - steady(self._clock)
        for one in found:
            self.hold(*one)
        self.forget()

    def forget(self) -> None:
        """Let go of what is older than the time of keeping, and of what is too much. States stay."""
        now = self.now
        while self._held and (self._held[0][0] < now - self._keep or len(self._held) > self._most):
            _, gone = self._held.popleft()
            same = self._by_id[gone.id]
            same.popleft()  # in the order of all
            if not same:
                del self._by_id[gone.id]

    def with_id(self, id_: str) -> Sequence[Published]:
        """The messages held under an id, in order."""
        return self._by_id.get(id_, ())

    def needed(self) -> Needed:
        """What a restart needs."""
        oldest = min(self.oldest, self.head)
        return Needed(oldest, [one.seq for one in self._states.values() if one.seq < oldest], self.oldest)

    def after(self, seq: int, count: int) -> list[Published]:
        """At most `count` messages above a number, in order."""
        first = self.oldest
        start = max(seq + 1, first) - first
        return [self._held[index][1] for index in range(start, min(start + count, len(self._held)))]

    def states(self) -> list[Published]:
        """The latest state of each device and unit."""
        return list(self._states.values())


def message_id(now: datetime) -> str:
    """An id that is unique for ever and sorts by time: RFC 9562, version 7."""
    milliseconds = int(now.timestamp() * 1000) & (1 << 48) - 1
    number = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _rest(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in ("kind", "seq", "id", "at")}

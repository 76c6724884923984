"""Judges what one subscription brings. No I/O; seconds are handed in."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from feeds import decoding as wire
from feeds.check.points import Findings
from incidents.messages import DeviceReport, Message, PressReport, UnitReport

LARGEST = 1 << 20  # bytes of a frame that a desk decodes
MOST_MESSAGES = 100
MOST_UNANSWERED = 16
_AHEAD = timedelta(seconds=5)
_NULL = b"null"


class Given(msgspec.Struct):
    """What all subscriptions of a check have in common: the content of each id, the id of each number, the first epoch."""

    contents: dict[str, Any]
    ids: dict[int, str]
    epoch: str | None = None


class Judge:
    """One subscription. `after`: what was asked for; `answers`: what each event is answered, 200, 503 or nothing (0).

    Seconds: heartbeats come within `beat_s`; a line that brought nothing for `idle_s` has sent what it holds.
    """

    def __init__(
        self,
        findings: Findings,
        given: Given,
        *,
        after: int | None,
        beat_s: float,
        idle_s: float,
        answers: Callable[["Judge"], int],
    ) -> None:
        self.seqs: list[int] = []  # numbers of new messages, in order
        self.again: set[int] = set()  # numbers that must come again
        self.came_again: set[int] = set()
        self.states: dict[tuple[type, str], int] = {}  # the number of the latest state of each device and unit
        self.unanswered = 0
        self.subscription = ""
        self.fresh = False  # whether the event at hand brought messages that are new here
        self._findings = findings
        self._given = given
        self._after = after
        self._beat_s, self._idle_s = beat_s, idle_s
        self._answers = answers
        self._oldest: int | None = None
        self._beat_at: float | None = None
        self._reach = after or 0  # the highest number that came
        self._unread = 0  # messages since then whose numbers could not be read
        self._moved_at = 0.0
        self._heads: dict[str, tuple[int, float]] = {}  # by point: a head that is above what came, since when
        self._transactions: set[bytes] = set()
        self._done: set[int] = set()

    def subscribed(self, said: wire.Subscribed, request: str, now_s: float) -> bool:
        """The answer to `subscribe`; whether messages may follow."""
        found = self._findings
        faults = [
            (said.request != request, "requestId: not as it was sent"),
            (said.status != 200, f"statusCode: {said.status}"),
            (not said.subscription, "subscriptionId: missing"),
            (said.expires_s is None, "expires: not whole seconds"),
        ]
        wrong = [why for broken, why in faults if broken]
        found.judge("subscription", not wrong, ", ".join(wrong))
        if said.status != 200:
            return False
        found.judge("exercise", not said.exercise, "exercise: true")
        found.judge("name", said.feed is not None, "feed: missing, or no text of 1 to 200 printable characters")
        first = self._given.epoch is None
        self._given.epoch = self._given.epoch or said.epoch
        if found.judge("epoch", said.epoch is not None, "epoch: missing") and not first:
            found.judge("epoch", said.epoch == self._given.epoch, "epoch: another one at the next subscription")
        if said.oldest is None or said.head is None:
            found.wrong("range", "oldest, head: missing")
        else:
            found.judge("range", said.oldest <= said.head + 1, "oldest: above head + 1")
            self._oldest = said.oldest
            self._reach = max(self._reach, said.oldest - 1)
            self._heads["range"] = said.head, now_s
        self.subscription = said.subscription
        self._beat_at = self._moved_at = now_s
        return True

    def frame(self, raw: bytes) -> wire.Frame:
        """A frame as it came."""
        found = self._findings
        found.judge("size", len(raw) <= LARGEST, "a frame above 1 MiB")
        try:
            raw.decode()
            found.right("utf-8")
        except UnicodeDecodeError:
            found.wrong("utf-8", "a frame that is no UTF-8")
        frame = wire.decode_frame(raw)
        if isinstance(frame, wire.Broken):
            found.wrong("frames", frame.reason)
        elif isinstance(frame, wire.Subscribe | wire.EventResponse | wire.Unsubscribe):
            found.wrong("frames", "a verb that only a client may say")
        else:
            found.right("frames")
        return frame

    def event(self, event: wire.Event, received: datetime, now_s: float) -> int:
        """An event; what it is answered."""
        found, transaction = self._findings, bytes(event.transaction)
        if event.subscription != self.subscription:
            found.wrong("transactions", "subscriptionId: not that of the subscription")
        known = transaction in self._transactions
        kept = transaction != _NULL and not known
        found.judge("transactions", kept, "transactionId: given before" if known else "transactionId: missing")
        self._transactions.add(transaction)
        found.judge("count", len(event.messages) <= MOST_MESSAGES, f"messages in an event: {len(event.messages)}")
        self.fresh = False
        seqs = [seq for raw in event.messages if (seq := self._message(bytes(raw), received, now_s)) is not None]
        self.beats(now_s)
        answer = self._answers(self)
        if answer == 200:
            self._done.update(seqs)
            self.again.difference_update(seqs)
        else:
            self.again.update(seqs)
            self.unanswered += answer == 0
            found.judge("window", self.unanswered <= MOST_UNANSWERED, "more than 16 events unanswered")
        return answer

    def beats(self, now_s: float) -> None:
        """Whether the heartbeats come, and what heads tell of."""
        if self._beat_at is not None and now_s - self._beat_at > self._beat_s:
            self._findings.wrong("heartbeat", "none within 5 s")
            self._beat_at = now_s
        for point, (head, since) in list(self._heads.items()):
            came = self._reach + self._unread
            if head <= came or self.unanswered:  # a server need not send on to who does not answer
                del self._heads[point]
            elif now_s - since >= self._beat_s and now_s - self._moved_at >= self._idle_s:
                self._findings.wrong(point, f"head {head}, but nothing above seq {came} comes")
                del self._heads[point]

    def _message(self, raw: bytes, received: datetime, now_s: float) -> int | None:
        """One message; its number where that is to be answered for."""
        found = self._findings
        message = wire.decode_message("feed", raw, received=received)
        if isinstance(message, wire.Heartbeat):
            self._beat(message.head, now_s)
            return None
        if isinstance(message, wire.Rejected):
            path, _, reason = message.reason.partition(": ")
            found.wrong(_point_of(path), f"{path}: {reason}" if reason else path)
            if message.seq is None:
                self._unread += 1
            else:
                self._number(message.seq, now_s, state=True)  # it may be one
            return message.seq
        notes = message.report.unreadable if isinstance(message.report, PressReport) else ()
        for note in (*notes, *message.cut):
            found.wrong(_point_of(note.path), f"{note.path}: {note.reason}")
        found.right("kinds", "ids", "times", "fields")
        if getattr(message.report, "fix", None) is not None:
            found.right("positions")
        ahead = any(at > received.astimezone(UTC) + _AHEAD for at in _times(message))
        found.judge("clock", not ahead, "a time more than 5 s ahead")
        content = _content(raw)
        same = self._given.contents.setdefault(message.id, content) == content
        found.judge("once", same, f"id {message.id}: another content under it")
        if (seq := message.seq) is not None and all(note.path != "id" for note in notes):
            same = self._given.ids.setdefault(seq, message.id) == message.id
            found.judge("once", same, f"seq {seq}: another id than before")
        if state := isinstance(message.report, DeviceReport | UnitReport):
            name = message.report.device if isinstance(message.report, DeviceReport) else message.report.unit
            key = type(message.report), name
            self.states[key] = max(seq or 0, self.states.get(key, 0))
        self._number(seq, now_s, state=state)
        return None if state else message.seq

    def _number(self, seq: int | None, now_s: float, *, state: bool) -> None:
        """A message's number. The latest `state` of a device or unit may come again at any time: it is evidence of nothing."""
        found = self._findings
        last = self.seqs[-1] if self.seqs else self._after
        if seq is None:
            found.wrong("numbers", "seq: missing, or not a whole number")
        elif seq in self.again:
            self.came_again.add(seq)
        elif last is not None and seq <= last and state:
            pass
        elif self._after is not None and seq <= self._after:
            found.wrong("resume", f"seq {seq} after={self._after}")
        elif seq in self._done:
            found.wrong("answered", f"seq {seq} again")
        else:
            if last is None:
                found.judge("range", self._oldest in (None, seq), f"it begins with {seq}, oldest is {self._oldest}")
            elif self.seqs:
                found.judge("numbers", last < seq <= last + 1 + self._unread, f"seq {seq} after {last}")
            else:
                found.judge("resume", last < seq <= last + 1 + self._unread, f"after={last} begins with seq {seq}")
            self.seqs.append(seq)
            self._reach, self._unread, self._moved_at = max(self._reach, seq), 0, now_s
            self.fresh |= not state

    def _beat(self, head: int | None, now_s: float) -> None:
        found = self._findings
        self._beat_at = now_s
        if head is None:
            found.wrong("heartbeat", "head: missing, or not a whole number")
        elif self.seqs and head < self.seqs[-1]:
            found.wrong("heartbeat", f"head {head} below seq {self.seqs[-1]}")
        else:
            found.right("heartbeat")
            self._heads.setdefault("heartbeat", (head, now_s))


def _content(raw: bytes) -> Any:
    """What a message says, in whatever order its fields stand."""
    try:
        return json.loads(raw.decode(errors="replace"))
    except (ValueError, RecursionError):
        return raw


def _times(message: Message) -> list[datetime]:
    fix = getattr(message.report, "fix", None)
    return [message.at, *([fix.time] if fix is not None and fix.time is not None else [])]


def _point_of(path: str) -> str:
    """The point that an unreadable field belongs to."""
    name = path.partition(".")[0]
    if path in ("at", "fix.time"):
        return "times"
    return {"id": "ids", "seq": "numbers", "kind": "kinds", "message": "kinds", "fix": "positions"}.get(
        name, "kinds" if path == "not a JSON object" else "fields"
    )

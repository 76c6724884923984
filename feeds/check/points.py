"""The points that a feed server is judged by, and what was found of each."""

from typing import Literal

import msgspec

Verdict = Literal["right", "wrong", "not seen"]

# What a server does that keeps docs/protocol.md, in the order in which a conversation shows it.
POINTS = {
    "connection": "takes a websocket connection within 5 s, without compression",
    "token": "refuses who bears no token",
    "subscription": "answers `subscribe` within 5 s: to its requestId, with 200, a subscriptionId and whole seconds in `expires`",
    "name": "says the name of its feed",
    "epoch": "says the epoch of its numbers, the same to all: without it no desk resumes",
    "range": "`oldest` and `head` fit what it sends: without `after` it begins with `oldest`",
    "exercise": "does not say that it is an exercise: a live desk does not take one",
    "frames": "sends one JSON object a websocket message, with a verb that a server may say",
    "utf-8": "sends UTF-8",
    "size": "sends frames to 1 MiB",
    "count": "sends 100 messages at most in an event",
    "transactions": "gives each event a transactionId of its own, and the id of the subscription",
    "window": "leaves 16 events unanswered at most",
    "heartbeat": "sends a heartbeat at least every 5 s, with the highest number as its `head`",
    "kinds": "sends kinds of messages that the protocol has",
    "ids": "gives each message an id: 1 to 200 printable characters",
    "once": "gives an id to one message, and a number to one id: the same each time it is sent",
    "numbers": "numbers messages 1 higher each time, and sends them in that order",
    "times": "gives times by RFC 3339, with their offset",
    "clock": "has a clock that is not ahead",
    "positions": "gives positions in range, in degrees",
    "fields": "gives all other fields as the protocol has them",
    "answered": "does not send again what was answered 200",
    "refused": "sends again what was answered 503",
    "unanswered": "sends again what was not answered, or ends the subscription",
    "resume": "sends what lies above `after=N`, then the latest states, and nothing else from below it",
    "end": "answers `unsubscribe` within 5 s",
    "ping": "answers a ping within 5 s",
    "staying": "does not end a connection that is answered",
}
SHOWN = 3  # details of one point


class Point(msgspec.Struct, frozen=True):
    """One point: its verdict, what is wrong (fields, ids and numbers alone), and what a right server does."""

    point: str
    verdict: Verdict
    detail: str
    rule: str


class Findings:
    """What was found so far. Whatever was wrong once stays wrong."""

    def __init__(self) -> None:
        self._right: set[str] = set()
        self._wrong: dict[str, dict[str, int]] = {}

    def right(self, *points: str) -> None:
        """These were kept, as far as was seen."""
        assert POINTS.keys() >= set(points)
        self._right.update(points)

    def wrong(self, point: str, detail: str) -> None:
        """This was not kept; `detail` holds nothing of a person."""
        assert point in POINTS
        details = self._wrong.setdefault(point, {})
        details[detail] = details.get(detail, 0) + 1

    def judge(self, point: str, kept: bool, detail: str) -> bool:
        """Right or wrong; whether it was kept."""
        if kept:
            self.right(point)
        else:
            self.wrong(point, detail)
        return kept

    def points(self) -> list[Point]:
        """Every point, in order."""
        return [Point(name, *self._of(name), rule) for name, rule in POINTS.items()]

    def _of(self, name: str) -> tuple[Verdict, str]:
        if name not in self._wrong:
            return ("right" if name in self._right else "not seen"), ""
        details = [f"{text} (x{n})" if n > 1 else text for text, n in self._wrong[name].items()]
        more = f"; and {len(details) - SHOWN} more" if len(details) > SHOWN else ""
        return "wrong", "; ".join(details[:SHOWN]) + more

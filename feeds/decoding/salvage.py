"""What can still be read of a broken frame, so that a press in it is never lost.

The frame itself is refused and quarantined as the protocol says; since it will not be sent again, every message that still
decodes by itself is taken, and where the words `"kind": "press"` stand but nothing decodes, a press is raised with whatever is
legible. docs/decisions/0005-presses-in-broken-frames.md says why.
"""

import bisect
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from feeds.decoding.message import LENIENT, SAYS_PRESS, decode_message, unread_press
from incidents.messages import Message, PressReport

MAX_SALVAGED = 10_000  # messages taken from one broken frame; the protocol allows 100

_WINDOW = 64 * 1024  # characters looked at for one message
_USUAL = 2 * 1024  # what nearly every message fits into: tried first, since a slice of the whole window costs
_ATTEMPTS = 512  # failed attempts in one frame before only the words are looked for: bounds the work on hostile frames
_MAX_ILLEGIBLE = 100
_KIND = re.compile(r'"kind"\s*:', re.IGNORECASE)
_PRESS = re.compile(SAYS_PRESS.pattern.decode(), re.IGNORECASE)
_ELEMENT = re.compile(r"[\[,]\s*\{")  # where a message begins in an array; an object inside a message follows a colon
_LEGIBLE = ("id", "at", "device", "press", "case")


def salvage(feed: str, raw: bytes, *, received: datetime, presses_only: bool = False) -> list[Message]:
    """The messages in a frame that was not understood. Raises nothing; what it does on a hostile frame is bounded.

    `presses_only` leaves out all other kinds (a frame too large to be decoded). Beyond `MAX_SALVAGED` messages, or 100 places
    that say press and don't decode, the rest becomes one press whose id is the SHA-256 of the frame.
    """
    if presses_only and not SAYS_PRESS.search(raw):
        return []
    text = raw.decode("utf-8", "replace")
    found: list[Message] = []
    taken: list[tuple[int, int]] = []
    for start, end in _objects(text):
        taken.append((start, end))
        piece = text[start:end].encode()
        if presses_only and not SAYS_PRESS.search(piece):
            continue
        message = decode_message(feed, piece, received=received)
        if isinstance(message, Message) and not (presses_only and not isinstance(message.report, PressReport)):
            found.append(_doubted(message))
            if len(found) == MAX_SALVAGED:
                return [
                    *found,
                    unread_press(feed, raw, received=received, reason="from a broken frame that holds more"),
                ]
    illegible = _illegible_presses(text, taken)
    for region, values in illegible[:_MAX_ILLEGIBLE]:
        found.append(unread_press(feed, region, received=received, reason="from a broken frame", values=values))
    if len(illegible) > _MAX_ILLEGIBLE:
        found.append(unread_press(feed, raw, received=received, reason="from a broken frame that holds more"))
    return found


def _doubted(message: Message) -> Message:
    """A press that the damage reached keeps no number: so its original counts as missing, and is asked for again."""
    harmed = isinstance(message.report, PressReport) and message.report.unreadable
    return msgspec.structs.replace(message, seq=None) if harmed else message


def _objects(text: str) -> Iterator[tuple[int, int]]:
    """Where whole JSON objects with a kind stand, outermost first, none inside another."""
    failures = 0
    kind = _KIND.search(text)
    start = text.find("{")
    while start >= 0 and kind and failures < _ATTEMPTS:
        if kind.start() < start:
            kind = _KIND.search(text, start)
        elif kind.start() - start > _WINDOW:
            start = text.find("{", kind.start() - _WINDOW)
        else:
            end = _end_of_object(text, start)
            if end is None:
                failures += 1
                start = text.find("{", start + 1)
            else:
                yield start, end
                start = text.find("{", end)


def _end_of_object(text: str, start: int) -> int | None:
    for window in (_USUAL, _WINDOW):
        try:
            values, length = LENIENT.raw_decode(text[start : start + window])
        except (ValueError, RecursionError):
            continue
        says_kind = isinstance(values, dict) and any(key.strip().lower() == "kind" for key in values)
        return start + length if says_kind else None
    return None


def _illegible_presses(text: str, taken: list[tuple[int, int]]) -> list[tuple[bytes, dict[str, Any]]]:
    """Each place outside of what was decoded that says press: the bytes around it, and what is legible in them."""
    borders = sorted({match.end() - 1 for match in _ELEMENT.finditer(text)} | {edge for span in taken for edge in span})
    starts = [start for start, _ in taken]
    pieces: dict[tuple[int, int], list[int]] = {}
    for match in _PRESS.finditer(text):
        span = bisect.bisect_right(starts, match.start()) - 1
        if span >= 0 and match.start() < taken[span][1]:
            continue
        border = bisect.bisect_right(borders, match.start())
        piece = (borders[border - 1] if border else 0, borders[border] if border < len(borders) else len(text))
        pieces.setdefault(piece, []).append(match.start())
        if len(pieces) + len(pieces[piece]) > 2 * _MAX_ILLEGIBLE:
            break
    found: list[tuple[bytes, dict[str, Any]]] = []
    for (begin, end), places in pieces.items():
        edges = [begin, *places[1:], end]
        for place, first, last in zip(places, edges, edges[1:], strict=False):
            region = text[max(first, place - _WINDOW) : min(last, place + _WINDOW)]
            # Two presses in one piece: whose id is whose is not sure.
            found.append((region.encode(), _legible_values(region) if len(places) == 1 else {}))
    return found


def _legible_values(region: str) -> dict[str, Any]:
    """Names and values that stand in the region exactly once. Two kinds or two ids: whose they are is not sure, so none.

    A wrong id would be worse than none: the press that really has it would then count as a repetition.
    """
    if len(_KIND.findall(region)) != 1 or len(re.findall(r'"id"\s*:', region)) > 1:
        return {}
    values: dict[str, Any] = {}
    for name in _LEGIBLE:
        found = re.findall(rf'"{name}"\s*:\s*"([^"\\{{}}\[\]\ufffd]{{1,200}})"', region)
        if len(found) == 1:
            values[name] = found[0]
    return values

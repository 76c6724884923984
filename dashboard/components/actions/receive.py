"""What a page asks: messages from a browser turned into commands, and the desk's answers turned into codes for the page.

A browser is not trusted: whatever does not fit the types is refused, and nothing it sent is quoted back or logged.
"""

import re
from datetime import datetime

import msgspec

from dashboard.shell.clock import milliseconds, moment, on_paper
from dashboard.shell.requests import Answer as Answer
from incidents import commands as do
from incidents.desk.backfill import TIMES

# What no keyboard types and no reader sees: control characters, and marks that turn the direction of what is read after them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def command(facts: object, typed: object, now: datetime) -> do.Command:
    """The command of a page. `typed` holds times of day as a person typed them, by the command's field.

    Raises `Refused`: invalid, or time_invalid.
    """
    if not isinstance(facts, dict):
        raise do.Refused("invalid")
    facts = {field: _UNSEEN.sub("", said) if isinstance(said, str) else said for field, said in facts.items()}
    if isinstance(typed, dict) and typed and facts.get("do") == "from_paper":
        facts |= _on_paper(typed, now)
    elif isinstance(typed, dict):
        for field, text in typed.items():
            if field not in ("happened_at", "to") or not isinstance(text, str) or not text.strip():
                continue
            try:
                facts[field] = moment(text, now)
            except ValueError:
                raise do.Refused("time_invalid") from None
    try:
        wish: do.Command = msgspec.convert(facts, do.ANY)
    except msgspec.ValidationError:
        raise do.Refused("invalid") from None
    if not 8 <= len(wish.id) <= 64:
        raise do.Refused("invalid")
    return wish


def _on_paper(typed: dict[str, object], now: datetime) -> dict[str, datetime]:
    """The times of a paper by the command's fields: times of day, of a day or two."""
    fields = [field for _, field in TIMES]
    words = {field: text for field in fields if isinstance(text := typed.get(field), str) and text.strip()}
    day = typed.get("day")
    if "raised_at" not in words:
        raise do.Refused("time_missing", about=("pressed", "pressed"))
    try:
        found = on_paper(day if isinstance(day, str) else "", list(words.values()), now)
    except ValueError:
        raise do.Refused("time_invalid") from None
    return dict(zip(words, found, strict=True))


def refusal(id: str, refused: do.Refused, name: str) -> Answer:
    """The answer to a refused command; `name` is the desk name of who stands in the way."""
    return Answer(
        id=id,
        ok=False,
        code=refused.code,
        who=name,
        since=milliseconds(refused.since),
        anyway=refused.anyway,
        about=refused.about,
        incident=refused.incident,
    )

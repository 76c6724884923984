"""Where each key of a TOML text stands: Python's reader does not tell, and a message without a line is hard to follow."""

import re

_HEAD = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_PIECE = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*(?:\.|$)""")


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """Path of a key -> its line, from 1. An entry of an array of tables has its number, from 0, in the path."""
    found: dict[tuple[str, ...], int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if head := _HEAD.match(line):
            table = _pieces(head.group(2))
            if head.group(1) == "[[":
                at = counts[table] = counts.get(table, -1) + 1
                found.setdefault(table, number)
                table = (*table, str(at))
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            pieces = (*table, *_pieces(key.group(1)))
            for length in range(len(table) + 1, len(pieces) + 1):
                found.setdefault(pieces[:length], number)
    return found


def _pieces(path: str) -> tuple[str, ...]:
    return tuple(next(piece for piece in found if piece) if any(found) else "" for found in _PIECE.findall(path))

"""What counts as a reason, wherever one is asked for: a word that somebody can read. docs/decisions/0032 says why no more."""

import re

MAX_REASON = 500  # characters that are kept of one
_WORD = re.compile(r"[^\W\d_]{3,}")


def is_reason(text: str) -> bool:
    """Whether these words hold one of three letters or more, in any script, that is not one letter over and over."""
    return any(len(set(word.casefold())) > 1 for word in _WORD.findall(text))


def says_why(why: str, words: str) -> bool:
    """Whether somebody said why they look: a usual reason, or for another words that are one."""
    return why != "other" or is_reason(words)

"""What a person prefers of every page, kept with their account: the language, and which keys do what.

A browser in which nobody signs in keeps its own: there the server is asked nothing.
"""

from typing import Annotated, Literal

import msgspec

MOST = 100  # keys of one's own

Wish = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,39}\Z")
]  # what a key does, by its name in the pages' scripts
Key = Annotated[str, msgspec.Meta(pattern=r"^(?:(?:shift\+)?[^\s\x00-\x1f\x7f]{1,4})?\Z")]  # "a", "shift+a"; "" is none
Keys = Annotated[dict[Wish, Key], msgspec.Meta(max_length=MOST)]
SingleKeys = Literal["on", "alt", "off"]
Language = Literal["en", "fr", "nl", "de"]
Read = Literal["en", "fr", "nl", "de", "en-XA"]  # by a page: the last is none (reports/catalogue.py)


class Preferences(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's. `language` is "" for the centre's.

    `single_keys`: whether a letter alone is a shortcut, needs Alt beside it, or is none (WCAG 2.2, 2.1.4). `keys` are the
    person's own in the place of the pages', by what they do.
    """

    language: str = ""
    single_keys: SingleKeys = "on"
    keys: Keys = {}


def written(preferences: Preferences) -> str:
    """As it is kept: JSON, "" for who prefers nothing."""
    return "" if preferences == Preferences() else msgspec.json.encode(preferences).decode()


def read(kept: bytes) -> Preferences:
    """What was kept. What is damaged, or what a later version keeps otherwise, counts as no preference: it keeps nobody out."""
    try:
        return msgspec.json.decode(kept, type=Preferences) if kept else Preferences()
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return Preferences()

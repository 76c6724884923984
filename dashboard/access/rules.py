"""What an account may be: its name, its roles, its password."""

import re
import unicodedata
from collections.abc import Collection

import msgspec

from dashboard.shell.preferences import Preferences
from incidents.roles import ROLES, Role

SHORTEST = 10  # characters of a password
LONGEST = 1024

_NAME = re.compile(r"[^\W_][\w.'@ -]{0,38}[\w]")


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Who may sign in. `zone` is the zone that a role `zone` answers for; `generation` begins anywhere, rises with each password.

    `former` are words that were roles once and give nothing now. `subject` names a person of the sign-in service (OIDC), who has
    no password here; it is empty for a local account.
    """

    name: str
    roles: frozenset[Role]
    former: tuple[str, ...] = ()
    zone: str = ""
    totp: bool = False
    break_glass: bool = False
    disabled: bool = False
    generation: int = 0
    subject: str = ""
    preferences: Preferences = Preferences()


class AccountError(Exception):
    """An account can't be made, found or changed: why, in a line."""


def check_name(name: str) -> None:
    """Raises AccountError when nobody can have this name."""
    if not _NAME.fullmatch(clean(name)):
        raise AccountError("a name has 2 to 40 letters, digits, spaces or . - ' @ and begins with a letter or a digit")
    if _looks_alike(clean(name)):
        raise AccountError("a name has letters of one alphabet and single spaces: no two may look the same")


def check_roles(roles: Collection[str], zone: str = "") -> None:
    """Raises AccountError when no account can have these roles."""
    if not roles:
        raise AccountError(f"give at least one --role: {', '.join(ROLES)}")
    for role in roles:
        if role not in ROLES:
            raise AccountError(f"{role} is no role; roles are {', '.join(ROLES)}")
    if ("zone" in roles) != bool(zone):
        raise AccountError("the role zone and --zone go together")


def check_password(password: str) -> None:
    """Raises AccountError when it is too short or too long."""
    if len(password) < SHORTEST:
        raise AccountError(f"a password has at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise AccountError(f"a password has at most {LONGEST} characters")


def clean(name: str) -> str:
    """A name as it is kept."""
    return unicodedata.normalize("NFC", name).strip()


def _looks_alike(name: str) -> bool:
    """Whether it may be taken for another: letters of two alphabets (a Cyrillic e in a Latin name), spaces in a row.

    A letter that Unicode names for no alphabet (a filler, a modifier) counts as one of its own.
    """
    alphabets = {unicodedata.name(letter, "").split(" ")[0] for letter in name if letter.isalpha()}
    return len(alphabets) > 1 or "  " in name

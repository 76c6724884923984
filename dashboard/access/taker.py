"""Who takes something at the command line: by the account of their name, so that what a case keeps from them on the pages is
kept from them there too (docs/access.md)."""

from pathlib import Path

from dashboard.access.lost import accounts_or_none
from incidents.board import Board
from incidents.exclusion import Exclusions, key_of
from incidents.ports import CaseSource, Identities
from incidents.roles import User


def taker(users: Path, key_file: Path | None, name: str) -> User:
    """A person of this name, with the roles and the zone that their account has; without an account none."""
    accounts = accounts_or_none(users, key_file=key_file)[0].all() if users.exists() else ()
    known = next((one for one in accounts if key_of(one.name) == key_of(name)), None)
    if known is None:
        return User(actor="", roles=frozenset(), name=name)
    return User(actor="", roles=known.roles, zone=known.zone, name=name)


def kept_by(cases: CaseSource, identities: Identities) -> Exclusions:
    """The rule, of a register and a log that no desk serves here."""
    return Exclusions(cases, Board(), identities)

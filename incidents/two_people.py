"""What takes two people: one proposes it, another confirms it within a day, then it is done. docs/access.md says what does.

Pure: who they are was checked before, and where proposals are kept is another's matter (`centre/proposals.py`).
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

import msgspec

from incidents.exclusion import key_of
from incidents.roles import Role

WITHIN = timedelta(hours=24)
ROLES: frozenset[Role] = frozenset({"supervisor", "auditor"})  # one of them proposes, and confirms


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A change that waits for a second person, or was confirmed and waits to be done.

    `about` tells it from every other change (`about_of`); `says` is a sentence on it. `concerns`: the accounts, by their keys
    (`incidents.exclusion.key_of`), that may neither propose nor confirm it.
    """

    about: str
    says: str
    by: str
    at: datetime
    concerns: tuple[str, ...] = ()
    confirmed_by: str = ""
    marks: tuple[str, ...] = ()  # of the accounts by which it was proposed, and confirmed

    @property
    def name(self) -> str:
        """By what a person confirms this very one, wherever it stands among others."""
        return about_of(self.about, self.by, self.at.isoformat())[:8]


def too_few(able: Collection[str], concerns: Collection[str]) -> bool:
    """Whether nobody at all of those who are `able` (by their keys) is left whom a change is not about.

    One by one: a change that is about all of them is done in parts, each by whom it is not about.
    """
    return any({*able} <= {one} for one in (*concerns, ""))


def the_one(able: Collection[str], concerns: Collection[str]) -> set[str]:
    """Who is left alone of those who are `able`, whom a change is not about: it takes their password where nobody else could
    confirm it. Nobody where none is left, or several are."""
    left = {*able}.difference(concerns)
    return left if len(left) == 1 else set()


def apart(able: Collection[str], concerns: Collection[str]) -> bool:
    """Whether each part of a change, done by itself, would take nobody else either: what is about the others too makes them no
    fewer for the rest."""
    return all(too_few({*able} - the_one(able, {one}), {one}) for one in concerns)


def about_of(*facts: str) -> str:
    """What tells a change from every other."""
    return sha256(msgspec.json.encode(facts)).hexdigest()


def stands(proposal: Proposal, now: datetime) -> bool:
    """Whether it may still be confirmed, and done. One of the future was made by a clock that was wrong."""
    return proposal.at <= now <= proposal.at + WITHIN


def why_not(
    proposal: Proposal, by: str, roles: Collection[Role], now: datetime
) -> Literal["", "over", "confirmed", "same", "concerned", "role"]:
    """Why this person may not confirm it; "" when they may."""
    if not stands(proposal, now):
        return "over"
    if proposal.confirmed_by:
        return "confirmed"
    if key_of(by) == key_of(proposal.by):
        return "same"
    if key_of(by) in proposal.concerns:
        return "concerned"
    return "" if ROLES & frozenset(roles) else "role"


def confirmed(proposals: Iterable[Proposal], about: str, now: datetime) -> Proposal | None:
    """The proposal by which this change may be done now."""
    found = (one for one in proposals if one.about == about and one.confirmed_by and stands(one, now))
    return next(found, None)

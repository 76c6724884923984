"""Who asks: a person with roles, as the desk knows them. What each role may is `incidents.roles`'."""

from typing import Literal

import msgspec

Role = Literal["dispatcher", "supervisor", "trainer", "auditor", "technician", "zone", "keeper"]
Named = Literal[Role, "administrator"]  # with what was a role once, could do nothing and gives nothing now
ROLES: tuple[Role, ...] = Role.__args__  # type: ignore[attr-defined]


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: the pseudonym under which the log knows them, their roles, and for a zone's desk the zone it answers for.

    `name` is that of their account; where it is not given, whoever needs it looks it up by the pseudonym.
    """

    actor: str
    roles: frozenset[Role]
    zone: str = ""
    name: str = ""


def only(*roles: Role) -> frozenset[Role]:
    """These roles and no other."""
    return frozenset(roles)


FLOOR = only("dispatcher", "supervisor")

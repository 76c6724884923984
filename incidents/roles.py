"""Who may do what: seven roles, and what each command, page, view and export needs. docs/access.md is made from it.

The desk asks `check` before it decides on a command; pages ask before they show. There is no other list.
"""

from incidents.commands import COMMANDS
from incidents.refusals import Refused
from incidents.users import FLOOR, ROLES, Role, User, only

__all__ = ["MAY", "ROLES", "WITHOUT_SIGN_IN", "Role", "User", "check", "may", "zone_alone"]

# A command has its `do` name and says itself who may; what else can be asked for is named by a word that says what it is.
MAY: dict[str, frozenset[Role]] = {name: kind.MAY for name, kind in COMMANDS.items()} | {
    "page drills": only("trainer", "supervisor"),
    "page operator": FLOOR,
    "page zone": only("zone"),
    "page cases": only("keeper", "zone"),
    "keep cases": only("keeper"),
    "page bench": only("technician"),
    "page sheet": FLOOR,
    "page figures": FLOOR,
    "page supervisor": only("supervisor", "auditor"),
    "page auditor": only("auditor"),
    "page trainer": only("trainer"),
    "page debrief": only("trainer"),
    "progress of trainees": only("trainer"),
    "page degraded": only("supervisor"),
    "page devices": only("supervisor", "technician", "zone"),
    "search cases": FLOOR,
    "search incidents": only("dispatcher", "supervisor", "trainer", "auditor"),
    "search case numbers": only("technician"),
    "enrol button": only("technician"),
    "bind device": only("technician"),
    "export evidence": only("supervisor", "auditor"),
    "export aggregate": only("supervisor", "auditor"),
    "export report": only("supervisor", "auditor"),
    "export audit": only("auditor"),
    "export devices": only("supervisor", "technician"),
    "names of devices": only("supervisor"),
    "operator figures": only("supervisor"),
}
# What this machine's own desk may do when it is served without sign-in.
WITHOUT_SIGN_IN = FLOOR


def may(roles: frozenset[Role], what: str) -> bool:
    """Whether any of these roles is enough. What no list names nobody may."""
    return bool(roles & MAY.get(what, frozenset()))


def zone_alone(user: User | None, what: str) -> str:
    """The zone of a person who may do this as a zone's desk alone: of its own they see what it manages. Else ""."""
    return user.zone if user is not None and user.zone and not may(user.roles - {"zone"}, what) else ""


def check(user: User, what: str) -> None:
    """Raises Refused("not_allowed") when none of the roles of a user is enough."""
    if not may(user.roles, what):
        raise Refused("not_allowed")

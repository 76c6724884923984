"""Who may do what: seven roles, and what each command, page, view and export needs. docs/access.md is made from it.

The desk asks `check` before it decides on a command; pages ask before they show. There is no other list.
"""

from typing import Literal

import msgspec

from incidents.commands import Refused

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


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_FLOOR = _roles("dispatcher", "supervisor")
# A command has its `do` name; what else can be asked for is named by a word that says what it is.
MAY: dict[str, frozenset[Role]] = {
    "acknowledge": _FLOOR,
    "release": _FLOOR,
    "raise": _FLOOR,
    "from_paper": _FLOOR,
    "route": _FLOOR,
    "cancel_order": _FLOOR,
    "progress": _FLOOR,
    "confirm_stand_down": _FLOOR,
    "listen": _FLOOR,
    "hand_over": _FLOOR,
    "hand_over_desk": _FLOOR,
    "accept_hand_over": _FLOOR,
    "decline_hand_over": _FLOOR,
    "withdraw_hand_over": _FLOOR,
    "take_over": _roles("supervisor"),
    "assign": _roles("supervisor"),
    "note_sheet": _FLOOR,
    "note": _FLOOR,
    "classify": _FLOOR,
    "correct_time": _FLOOR,
    "set_cad_number": _FLOOR,
    "extend_tracking": _FLOOR,
    "close": _FLOOR,
    "reopen": _FLOOR,
    "open_case": _FLOOR,
    "still_on_it": _FLOOR,
    "help": _FLOOR,
    "confirm_escalation": _roles("supervisor"),
    "explain": _roles("supervisor"),
    "shelve_device": _roles("supervisor", "technician"),
    "acknowledge_device": _FLOOR | {"technician"},
    "acknowledge_gap": _FLOOR | {"technician"},
    "announce_test": _roles("supervisor", "technician"),
    "withdraw_test": _roles("supervisor", "technician"),
    "answer_order": _roles("zone"),
    "propose_drill": _roles("trainer"),
    "confirm_drill": _roles("supervisor"),
    "cancel_drill": _roles("trainer", "supervisor"),
    "close_drill": _FLOOR,
    "page drills": _roles("trainer", "supervisor"),
    "page operator": _FLOOR,
    "page zone": _roles("zone"),
    "page cases": _roles("keeper", "zone"),
    "keep cases": _roles("keeper"),
    "page bench": _roles("technician"),
    "page sheet": _FLOOR,
    "page figures": _FLOOR,
    "page supervisor": _roles("supervisor", "auditor"),
    "page auditor": _roles("auditor"),
    "page trainer": _roles("trainer"),
    "page debrief": _roles("trainer"),
    "progress of trainees": _roles("trainer"),
    "page degraded": _roles("supervisor"),
    "page devices": _roles("supervisor", "technician", "zone"),
    "search cases": _FLOOR,
    "search incidents": _roles("dispatcher", "supervisor", "trainer", "auditor"),
    "search case numbers": _roles("technician"),
    "enrol button": _roles("technician"),
    "bind device": _roles("technician"),
    "export evidence": _roles("supervisor", "auditor"),
    "export aggregate": _roles("supervisor", "auditor"),
    "export report": _roles("supervisor", "auditor"),
    "export audit": _roles("auditor"),
    "export devices": _roles("supervisor", "technician"),
    "names of devices": _roles("supervisor"),
    "operator figures": _roles("supervisor"),
}
# What this machine's own desk may do when it is served without sign-in.
WITHOUT_SIGN_IN = _FLOOR


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

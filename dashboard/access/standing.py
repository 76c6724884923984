"""What a page may do and show at this moment, by the sign-in of its browser. It is asked anew each time, never kept.

A page whose sign-in is idle, at its limit, or over is *locked*: alarms, places, sound and clock go on; names and cases are
not sent to it, and no command of it is taken until somebody signs in in its place.

A page before which somebody may stand whose account is out, or whose role has not the page, is *dark* beside: it is sent how many
alarms nobody has, which the sign-in page tells everybody, and nothing else.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from dashboard.access.ways import ways
from dashboard.shell.clock import milliseconds
from dashboard.shell.ground import Registry
from dashboard.shell.preferences import Preferences
from incidents.roles import MAY, ROLES, WITHOUT_SIGN_IN, Role, may

PAGE = "page operator"
WARN_MIN = (30, 5)
# What a dark page is answered all the same: refusals.
DARK = frozenset({"tick", "beat", "welcome", "answer", "found", "hits"})
# What the scripts of the pages ask for by its name in `incidents.roles`: whether who is signed in may.
TOLD = (
    "confirm_escalation",
    "explain",
    "export evidence",
    "operator figures",
    "page trainer",
    "search cases",
    "shelve_device",
)
# Answers that name people or cases: what one person asked for is not sent once another, or nobody, stands before the page.
TO_ONE_PERSON = frozenset(
    {"destinations", "doubted", "found", "hits", "renamed", "review", "timeline", "went", "whose"}
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """`open` is a desk without sign-in. `why` a page is locked: `idle`, `expired`, `ended` on purpose, the account is `out`, the
    browser `unknown`, or the person's `role`."""

    state: Literal["open", "signed", "locked"]
    why: Literal["", "idle", "expired", "ended", "out", "unknown", "role"] = ""
    name: str = ""
    roles: frozenset[Role] = frozenset()
    zone: str = ""
    idle_at: datetime | None = None
    ends_at: datetime | None = None
    idle_min: float = 0.0
    shift_min: float = 0.0
    service: bool = False
    glass: tuple[str, ...] = ()  # who is signed in by a break-glass account: told to supervisors
    needs: tuple[Role, ...] = ()  # on a locked page the roles that have it
    preferences: Preferences | None = None  # of who is signed in; None where the browser keeps them

    @property
    def locked(self) -> bool:
        """Whether names and cases stay on the server."""
        return self.state == "locked"

    @property
    def dark(self) -> bool:
        """Whether who may stand before it may see no alarm, no place and nobody."""
        return self.why in ("out", "unknown", "role")

    @property
    def who(self) -> tuple[str, str, frozenset[Role]]:
        """What a page must be sent anew for when it changes."""
        return self.state, self.name, self.roles

    def shown(self, page: str) -> dict[str, Any]:
        """As the page is told; who was signed in is not said on a locked one. `page` is the page's own secret name."""
        facts: dict[str, Any] = {"state": self.state, "why": self.why, "page": page, "service": self.service}
        if self.dark:
            facts["dark"] = True
        if self.locked:
            facts["needs"] = self.needs
        else:
            facts["may"] = tuple(what for what in TOLD if may(self.roles, what))
            facts["ways"] = ways(self.roles, signed=self.state == "signed")
        if self.state == "signed":
            facts["name"] = self.name
            facts["preferences"] = self.preferences
            facts |= {"idle_at": milliseconds(self.idle_at), "ends_at": milliseconds(self.ends_at)}
            facts["glass"] = self.glass
            facts |= {"idle_warn": warn_ms(self.idle_min), "ends_warn": warn_ms(self.shift_min)}
        return facts


def warn_ms(limit_min: float) -> tuple[int, int]:
    """How long before a limit of so many minutes it is told, and told more strongly, ms. A short limit warns late."""
    return round(min(WARN_MIN[0], limit_min / 4) * 60_000), round(min(WARN_MIN[1], limit_min / 12) * 60_000)


WITHOUT = Standing(state="open", roles=WITHOUT_SIGN_IN)
_WHY: dict[str, Literal["idle", "expired", "ended", "out"]] = {
    "idle": "idle",
    "expired": "expired",
    "ended": "ended",
    "out": "out",
}


def standing(signins: Registry | None, token: str, page: str = PAGE) -> Standing:
    """What the browser with this token may do now on a page. Without a registry the desk is served without sign-in."""
    if signins is None:
        return WITHOUT
    state = signins.state(token)
    found = signins.of(token) if state == "active" else None
    needs = tuple(role for role in ROLES if role in MAY[page])
    if found is None:
        return Standing(state="locked", why=_WHY.get(state, "unknown"), service=signins.service, needs=needs)
    allowed = may(found.roles, page)
    return Standing(
        state="signed" if allowed else "locked",
        why="" if allowed else "role",
        needs=needs,
        name=found.name,
        roles=found.roles,
        zone=found.zone,
        idle_at=found.seen + timedelta(minutes=signins.times.idle_min),
        ends_at=found.expires,
        preferences=found.preferences if allowed else None,
        idle_min=signins.times.idle_min,
        shift_min=signins.times.shift_min,
        service=signins.service,
        glass=signins.glass if "supervisor" in found.roles else (),
    )

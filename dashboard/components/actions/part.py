"""What may be done with the alarm that is chosen on a page: each action open, or why not. The page repeats no rule of it."""

from typing import Protocol

import msgspec

from dashboard.shell.ground import Standing
from incidents.actions import LIKELY, OPERATOR, next_of, why_not
from incidents.incident import Incident
from incidents.roles import MAY, User


class Actions(msgspec.Struct, frozen=True, kw_only=True):
    """Of an incident by the command, or the step: "" for what is open, else the code of why not. `next` is
    what comes next, `likely` what else is; `anew`: the zone that has the order may be asked again."""

    id: str
    why: dict[str, str]
    next: str
    likely: tuple[str, ...]
    anew: bool


class Shown(Protocol):
    """What one page may be shown."""

    def named(self, id: str | None) -> Incident | None: ...


class ActedOn(Protocol):
    """A page as this part sees it. `kind` is what a role must have to be before it."""

    @property
    def kind(self) -> str: ...
    @property
    def selected(self) -> str | None: ...
    @property
    def reserved(self) -> Shown: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def actor(self) -> str: ...


def person(page: ActedOn) -> User:
    """Who is before a page; on a locked one anybody who may sign in there: they are asked to before anything is done."""
    now = page.standing
    if now.locked:
        return User(actor="", roles=MAY[page.kind])
    return User(actor=page.actor, roles=now.roles)


def actions(page: ActedOn, incident: Incident | None) -> Actions | None:
    """Of the alarm that is chosen on a page; None where it may be shown none."""
    if incident is None:
        return None
    user = person(page)
    why: dict[str, str] = {what: why_not(what, incident, user) or "" for what in OPERATOR}
    return Actions(
        id=incident.id,
        why=why,
        next=next_of(incident, user),
        likely=LIKELY[incident.state],
        anew=incident.asks_anew,
    )

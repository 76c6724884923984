"""Whose alarm: the centre (CIC) an incident belongs to, the neighbours told beforehand, who takes over from one that is deaf.

Pure: the map is handed in. An alarm without a usable position goes to the centre of its device's last known fix, else of its
case's home, else to every centre; until somebody has it, it is every centre's anyway.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Literal, Protocol

import msgspec

from incidents import events as ev
from incidents.incident import Incident
from incidents.messages import Fix

ANNOUNCE_PCT = 5  # the share of another centre's zones from which it is told beforehand
Why = Literal["position", "last_fix", "home", "nobody_knows"]
LOOKED_AT = 60  # positions at most, for where she was for certain last
USABLE = timedelta(minutes=10)  # a car crosses a zone in so long: an older fix says where she was, not where she is


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """The centre of a position, and `near`: the others it may well lie in, likeliest first."""

    cic: str
    near: tuple[str, ...] = ()


class Geography(Protocol):
    """What the map knows of centres. Empty or None: it does not know."""

    def reach(self, fix: Fix) -> Reach | None: ...
    def centre_of(self, zone: str) -> str: ...


class Belongs(msgspec.Struct, frozen=True, kw_only=True):
    """Whose an incident is: `own` (empty: every centre's), why, and the neighbours that are told beforehand."""

    own: str
    why: Why
    announced: tuple[str, ...] = ()

    @property
    def unlocated(self) -> bool:
        """No usable position: the centre is a guess."""
        return self.why != "position"


def belongs(incident: Incident, geography: Geography, *, home_zone: str | None, last_fix: Fix | None) -> Belongs:
    """Whose an incident is. `home_zone` is its case's, `last_fix` the newest of its device's earlier incidents."""
    here = geography.reach(incident.position.fix) if incident.position.fix is not None else None
    if here is not None and _usable(incident):
        return _settled(incident, here, geography)
    if incident.position.fix is None and incident.origin == "hand" and incident.zone not in ("", home_zone):
        named = geography.centre_of(incident.zone)  # whoever raised it said the zone
        if named:
            return Belongs(own=named, why="position")
    last = here or (geography.reach(last_fix) if last_fix is not None else None)
    if last is not None:
        return Belongs(own=last.cic, why="last_fix", announced=last.near)
    home = geography.centre_of(home_zone) if home_zone else ""
    return Belongs(own=home, why="home" if home else "nobody_knows")


def _settled(incident: Incident, here: Reach, geography: Geography) -> Belongs:
    """At the border of two centres it stays with the one that she was in for certain last, or at first: a position that jitters
    there would ring now in one room and now in the other."""
    if not here.near:
        return Belongs(own=here.cic, why="position")
    known: Reach | None = None
    for fix in reversed(incident.position.trail[-LOOKED_AT:-1]):
        known = geography.reach(fix) or known
        if known is not None and not known.near:
            break
    touched = (here.cic, *here.near)
    own = known.cic if known is not None and known.cic in touched else here.cic
    return Belongs(own=own, why="position", announced=tuple(cic for cic in touched if cic != own))


def everyones(incident: Incident, whose: Belongs) -> bool:
    """Whether it stands in the main queue of every console, whatever they cover."""
    if not incident.open:
        return False
    unclaimed = incident.state == "raised"
    return not whose.own or incident.for_everyone or (unclaimed and (whose.unlocated or incident.attention.unpresented))


def told_at_once(incident: Incident, whose: Belongs, unheard: Collection[str]) -> frozenset[str] | None:
    """The centres whose consoles are told at once of a change; None: all of them. `unheard`: those no console listens for."""
    if not whose.own or whose.own in unheard or everyones(incident, whose):
        return None
    return frozenset((whose.own, *whose.announced))


def borders(cic_of: Mapping[str, str], adjacent: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """The centres that share a border, from the zones that do. Zones without a centre have none."""
    found: dict[str, set[str]] = {cic: set() for cic in cic_of.values() if cic}
    for zone, others in adjacent.items():
        for cic in {cic_of[other] for other in others} - {cic_of[zone], ""}:
            if cic_of[zone]:
                found[cic_of[zone]].add(cic)
    return {cic: tuple(sorted(found[cic])) for cic in sorted(found)}


def unheard(listening: Collection[str], neighbours: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The centres no console listens for, each with the neighbours that do: they take its alarms at once.

    Empty: no neighbour listens either, so everybody takes them.
    """
    return {
        cic: tuple(other for other in others if other in listening)
        for cic, others in neighbours.items()
        if cic not in listening
    }


def _usable(incident: Incident) -> bool:
    """Whether the fix was still true at the newest press; both by their source's clock."""
    pressed = next(
        (e.source_at for e in reversed(incident.history.entries) if isinstance(e.event, ev.Pressed | ev.Raised)),
        incident.presses.first_at,
    )
    return incident.position.at is None or incident.position.at >= pressed - USABLE

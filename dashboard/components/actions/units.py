"""The units of a page: which of them are nearest to the alarm that is chosen on it, as long as it may be routed."""

from typing import Protocol

from msgspec.structs import replace

from dashboard.components.actions.nearest import NearUnits, apart_m, candidates, ranked, spots, units_of
from dashboard.components.actions.part import ActedOn, person
from dashboard.components.tracks import blur_m, grown, track, unsure
from dashboard.services import Ground
from incidents.actions import why_not
from incidents.fold.units import UnitNow
from incidents.incident import Incident
from incidents.roles import may


class Reserved(Protocol):
    """What this page may be shown."""

    def named(self, id: str | None) -> Incident | None: ...
    def hides_unit(self, unit: str) -> bool: ...


class UnitsPage(ActedOn, Protocol):
    """A page as this part sees it. `visible`: somebody has it in sight; `drill`: the vigilance drill it shows."""

    @property
    def reserved(self) -> Reserved: ...
    @property
    def visible(self) -> bool: ...
    @property
    def drill(self) -> Incident | None: ...
    def look_at_units(self) -> None: ...


def near_units(page: UnitsPage, consoles: Ground) -> NearUnits | None:
    """What a page is told of them; None where no alarm that may be routed is chosen on it, or no feed tells of units."""
    incident, desk = _incident(page), consoles.desk
    if incident is None or incident.position.fix is None or not desk.board.units:
        return None
    to = incident.position.fix
    refused = {one.zone for one in incident.other_zones.declines}
    zones: dict[str, bool] = {}
    # A feed goes on calling a unit available until its zone has sent it: nobody is offered it twice meanwhile.
    taken = {name for other in desk.board.incidents.values() if other.id != incident.id for name in units_of(other)}

    def kept(unit: UnitNow) -> bool:
        if unit.zone not in zones:
            zones[unit.zone] = unit.zone in refused or desk.exclusions.zone(incident, unit.zone)
        return zones[unit.zone] or unit.unit in taken or page.reserved.hides_unit(unit.unit)

    now = desk.clock.now()
    near = candidates(desk.board.units.values(), to, now, kept)
    told = page.look_at_units if page.visible else None
    known = consoles.services.road_times.of(incident.id, spots(near), (to.lat, to.lon), told)
    units = ranked(near, to, known.legs, now, consoles.services.places.zone_name)
    of = track(incident)
    circle = grown(incident, of, now)
    return NearUnits(
        id=incident.id,
        units=tuple(replace(one, off_m=blur_m(circle, one.m if one.road_m is None else one.road_m)) for one in units),
        straight=known.straight,
        unsure=unsure(incident, of, now, apart_m(units)),
        off_m=round(circle.radius) if circle is not None and circle.radius else None,
        blurred=blur_m(circle, apart_m(units)) is not None,
    )


def _incident(page: UnitsPage) -> Incident | None:
    """The alarm that is chosen here, if it may be routed, or could be once it is somebody's. A drill looks like one."""
    now = page.standing
    if now.locked or not may(now.roles, "open_case"):
        return None
    incident = page.reserved.named(page.selected)
    if incident is None:
        drill = page.drill
        return drill if drill is not None and drill.id == page.selected and not drill.drill else None
    return incident if why_not("route", incident, person(page)) in (None, "unowned") else None

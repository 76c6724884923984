"""What goes into the degraded-mode file: the cases in force, the alarms that were open, the zones and how to reach them.

Pure: the screens' words and the file are made elsewhere.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

import msgspec

from incidents import events as ev
from incidents.case import Case
from incidents.exclusion import excludes
from incidents.incident import Incident, State
from incidents.ports import InWords, no_words


class OpenAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that was not done with when the file was written; one of a reserved case says only that it was (no `label`)."""

    label: str
    state: State
    since: datetime
    zone: str  # where she is
    share: float | None = None  # of her circle lies in it; None where it is named plainly
    unplaced: bool = False  # without a position
    abroad: bool = False  # outside Belgium: `zone` is the nearest
    owner: str
    order_zone: str = ""  # which was sent; "" while none is
    declined: str = ""  # which refused, while no other was sent
    declined_why: str = ""
    standing_down: tuple[str, ...] = ()  # zones that have not confirmed that they do
    goes_on: bool = False  # closed, and a unit was not called back
    where: str = ""  # what its position is near to, and its coordinates


class ZoneLine(msgspec.Struct, frozen=True, kw_only=True):
    """A police zone; `radio` is how its dispatch is reached by voice, empty when nobody set it."""

    key: str
    name: str
    radio: str


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, sorted as people look for it: alarms by age, cases by the victim's name, zones by name."""

    written: datetime
    centre: str
    cases: tuple[Case, ...]
    alarms: tuple[OpenAlarm, ...]
    zones: tuple[ZoneLine, ...]
    reserved: int = 0  # cases that exclude an account: who opens the file nobody knows, so they are not in it

    def zone_name(self, key: str) -> str:
        """The name of a zone by its key; the key when no zone has it."""
        return next((zone.name for zone in self.zones if zone.key == key), key)


def sheet(
    *,
    cases: Iterable[Case],
    incidents: Iterable[Incident],
    zones: Mapping[str, str],
    radio: Mapping[str, str],
    centre: str,
    now: datetime,
    name_of: Callable[[str], str],
    near: InWords = no_words,
    share: Callable[[Incident], float | None] = lambda incident: None,
) -> Sheet:
    """The sheet as of now. `zones` gives names and `radio` voice numbers by the zone's key; `near` what an alarm is near to,
    `share` how much of its circle lies in its zone.

    A case counts from the day it begins to the day it ends (Europe/Brussels), and as long as an incident of it is open.
    """
    today: date = now.astimezone(ev.BRUSSELS).date()
    opened = [incident for incident in incidents if incident.unfinished]
    wanted = {incident.case for incident in opened}
    wished = [case for case in cases if case.valid_on(today) or case.number in wanted]
    # Whoever has the passphrase opens it, on any machine: nobody is told apart there.
    reserved = [case for case in wished if excludes(case, None)]
    kept = [case for case in wished if case not in reserved]
    theirs = {device for case in reserved for device in case.devices} | {case.number for case in reserved}
    alarms = [
        OpenAlarm(label="", state="raised", since=now, zone="", owner="")
        if {incident.device, incident.case} & theirs
        else OpenAlarm(
            label=incident.number,
            state=incident.state,
            since=incident.presses.first_at,
            zone=incident.zone,
            share=share(incident),
            unplaced=incident.position.fix is None,
            abroad=incident.position.abroad,
            order_zone=incident.sent.zone if incident.sent else "",
            declined=incident.declined.zone if incident.declined else "",
            declined_why=incident.declined.reason if incident.declined else "",
            standing_down=tuple(one.zone for one in incident.standing_down),
            goes_on=incident.goes_on,
            owner=name_of(incident.owner) if incident.owner else "",
            where=_where(incident, near),
        )
        for incident in opened
    ]
    lines = [ZoneLine(key=key, name=name, radio=radio.get(key, "")) for key, name in zones.items()]
    return Sheet(
        written=now,
        centre=centre,
        cases=tuple(sorted(kept, key=lambda case: (case.victim.name.casefold(), case.number))),
        alarms=tuple(sorted(alarms, key=lambda alarm: alarm.since)),
        zones=tuple(sorted(lines, key=lambda zone: zone.name.casefold())),
        reserved=len(reserved),
    )


def _where(incident: Incident, near: InWords) -> str:
    """In words, and the coordinates beside them."""
    fix = incident.position.fix
    point = f"{fix.lat:.5f}, {fix.lon:.5f}" if fix is not None else ""
    return " · ".join(filter(None, (near(incident) or ("" if point else incident.by_hand.place), point)))

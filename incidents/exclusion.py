"""Who may not know of a case: the accounts and the zones that it excludes, because the suspect or a friend may serve there.

`excludes` decides; every reader and every command asks it, through the desk's `Exclusions`. What a case keeps from a person does
not exist for them: a command is refused as if there were no such incident, a search finds nothing, a page has a row RESERVED.
"""

import itertools
import logging
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol

from incidents import commands as cmd
from incidents.board import Board, Change
from incidents.case import Case
from incidents.incident import Incident
from incidents.ports import CaseSource, Identities
from incidents.roles import Role, User, may

_KEPT = 1000  # earlier versions of cases that are remembered

_logger = logging.getLogger(__name__)


def key_of(name: str) -> str:
    """What makes two names of accounts the same person's."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def excludes(case: Case, user: User | None) -> bool:
    """Whether a case is kept from a person. `None` is somebody unknown, who may be anybody: any excluded account."""
    if user is None:
        return any(exclusion.account for exclusion in case.exclusions)
    return any(
        (exclusion.account and user.name and key_of(exclusion.account) == key_of(user.name))
        or (exclusion.zone and exclusion.zone == user.zone)
        for exclusion in case.exclusions
    )


class Concerned(Protocol):
    """Of an incident what decides from whom it is kept."""

    @property
    def device(self) -> str | None: ...
    @property
    def case(self) -> str | None: ...
    @property
    def case_version(self) -> int | None: ...
    @property
    def open(self) -> bool: ...


class Exclusions:
    """The rule as a desk asks it. `identities` tell a person's name by their pseudonym, and the ids of a device's incidents;
    `zone_of` tells the zone that an account of this name answers for.

    No fault in here keeps an alarm from a page, or a hand from it: what can't be looked up excludes nobody.
    """

    def __init__(
        self,
        cases: CaseSource,
        board: Board,
        identities: Identities,
        zone_of: Callable[[str], str] = lambda name: "",
    ) -> None:
        self._cases = cases
        self._board = board
        self._identities = identities
        self._zone_of = zone_of
        self._names: dict[str, str] = {}
        self._earlier: dict[tuple[str, int], Case | None] = {}
        self._fault = ""
        self._concerned: set[str] = set()
        self._units: dict[str, set[str]] = {}  # by unit: the concerned incidents it was sent to
        self._changed: set[str] = set(board.incidents)
        self._edition = cases.edition
        board.listen(self._hear)

    def case(self, case: Case, user: User | None) -> bool:
        """Whether a case is kept from a person: it, or another that shares a device with it, excludes them."""
        return self._any((case, *self._of_devices(case.devices)), user)

    def incident(self, incident: Concerned, user: User | None) -> bool:
        """Whether an incident is kept from a person."""
        return self._any(self._of(incident), user)

    def device(self, device: str | None, user: User | None) -> bool:
        """Whether a device is kept from a person."""
        return bool(device) and self._any(self._of_devices((device,) if device else ()), user)

    def stream(self, stream: str, user: User | None) -> bool:
        """Whether the technical alarms of a device's stream are kept from a person."""
        alarms = self._board.device_alarms.values()
        return any(self.device(alarm.device, user) for alarm in alarms if alarm.stream == stream)

    def unit(self, unit: str, user: User | None) -> bool:
        """Whether a unit's place is kept from a person: it drives to such an incident, or stands where one was.

        What it was sent to since is no secret: then it is shown again. Else it is kept for as long as the board has the incident.
        """
        self._look()
        if not (been := self._units.get(unit)):
            return False
        ids = self._board.index.driven.get(unit)
        kept = (self.incident(self._board.incidents[id], user) for id in ids or been)
        return all(kept) if ids else any(kept)

    def actor(self, incident: Incident, actor: str) -> bool:
        """Whether an incident is kept from the person whom the log knows by this pseudonym."""
        return self.concerns(incident) and self.incident(incident, User(actor=actor, roles=frozenset()))

    def receiver(self, incident: Incident, to: str | None) -> str | None:
        """Who is to be offered an incident. Raises Refused when it is kept from them."""
        if to is not None and self.actor(incident, to):
            raise cmd.Refused("not_to_them")
        return to

    def offerable(self, incidents: Collection[Incident], to: str | None) -> list[Incident]:
        """Those of one's incidents that somebody may be offered. Raises Refused when all are kept from them."""
        found = [incident for incident in incidents if to is None or not self.actor(incident, to)]
        if incidents and not found:
            raise cmd.Refused("not_to_them")
        return found

    def zone(self, incident: Incident, zone: str) -> bool:
        """Whether no order of an incident may go to a zone."""
        return bool(zone) and any(one.zone == zone for case in self._of(incident) for one in case.exclusions)

    def concerns(self, incident: Incident) -> bool:
        """Whether anybody at all is excluded from an incident."""
        return any(case.exclusions for case in self._of(incident))

    def find(self, named: str, user: User | None) -> Case | None:
        """The case of this number or device; None for who is excluded from it, as where there is none."""
        found = self._cases.by_number(named) or self._cases.by_device(named)
        return None if found is None or self.case(found, user) else found

    def check(self, command: cmd.Command, user: User) -> None:
        """Raises Refused when a command is about something that is kept from who gives it, as if it did not exist."""
        match command:
            case cmd.OnIncident():
                incident = self._board.incidents.get(command.incident)
                kept = incident is not None and self.incident(incident, user)
            case cmd.OnTechnicalAlarm():
                kept = self.stream(command.stream, user)
            case cmd.OnTest():
                kept = self.device(command.device.strip(), user)
            case cmd.OfNoCase():
                kept = False
            case _:
                raise cmd.Refused("invalid")
        if kept:
            raise cmd.Refused("unknown_incident")

    def concerned(self) -> list[Incident]:
        """The incidents on the board from which anybody is excluded: found without looking at each."""
        self._look()
        return [self._board.incidents[name] for name in self._concerned]

    def kept(self, user: User | None) -> set[str]:
        """The ids of the incidents on the board that are kept from a person."""
        return {incident.id for incident in self.concerned() if self.incident(incident, user)}

    def past(self, user: User | None, known: Callable[[str], bool]) -> set[str]:
        """The ids of a person's kept incidents: those on the board, and all presses of kept devices that are `known`.

        An incident's id follows from its device and its number, as `incidents.devices.tally` counts them.
        """
        found = self.kept(user)
        named = self._named(user)
        for device in {d for case in self._cases.all() if excludes(case, named) for d in case.devices}:
            ids = (self._identities.incident_id(device, n) for n in itertools.count(1))
            found.update(itertools.takewhile(known, ids))
        return found

    def _look(self) -> None:
        if self._edition is not (edition := self._cases.edition):
            self._edition = edition
            # Beside what left the board since, which would else be kept for ever.
            self._changed |= self._board.incidents.keys()
        for name in self._changed:
            incident = self._board.incidents.get(name)
            if incident is not None and self.concerns(incident):
                self._concerned.add(name)
                for unit in _units_of(incident):
                    self._units.setdefault(unit, set()).add(name)
            elif name in self._concerned:
                self._concerned.discard(name)
                self._units = {unit: left for unit, ids in self._units.items() if (left := ids - {name})}
        self._changed = set()

    def _hear(self, change: Change) -> None:
        if change.kind == "incident":
            self._changed.add(change.key)

    def _any(self, cases: Iterable[Case], user: User | None) -> bool:
        named: User | None = None
        for case in cases:
            if not case.exclusions:
                continue
            named = named or self._named(user)
            if excludes(case, named):
                return True
        return False

    def _named(self, user: User | None) -> User | None:
        """The person with their name: a page that forgets it changes nothing."""
        if user is None or not user.actor or user.name:
            return user
        if user.actor not in self._names:
            try:
                found = self._identities.name_of(user.actor)
            except Exception as error:
                self._stumbled(error)
                return user
            if not found:
                return user
            self._names[user.actor] = found
        name = self._names[user.actor]
        return User(actor=user.actor, roles=user.roles, zone=user.zone or self._zone_of(name), name=name)

    def _of(self, incident: Concerned) -> tuple[Case, ...]:
        """Every case that an incident concerns: the one it names, and all that its device belongs to.

        Of an open incident the case as it is now counts, of a closed one also as it was; a withdrawn one excludes as before.
        """
        try:
            found = list(self._of_devices((incident.device,) if incident.device else ()))
            if incident.case:
                now = self._cases.by_number(incident.case)
                if now is not None:
                    found.append(now)
                version = incident.case_version
                if version is not None and (now is None or (not incident.open and now.version != version)):
                    before = self._before(incident.case, version)
                    found += [before] if before is not None else []
            return tuple(found)
        except Exception as error:
            self._stumbled(error)
            return ()

    def _of_devices(self, devices: Collection[str]) -> tuple[Case, ...]:
        try:
            return tuple(case for device in devices for case in self._cases.cases_of(device))
        except Exception as error:
            self._stumbled(error)
            return ()

    def _before(self, number: str, version: int) -> Case | None:
        """An earlier version of a case, read once from the register's file."""
        if self._cases.state != "open":
            return self._earlier.get((number, version))
        if (number, version) not in self._earlier:
            if len(self._earlier) >= _KEPT:
                self._earlier.clear()
            self._earlier[number, version] = self._cases.by_number(number, version)
        return self._earlier[number, version]

    def _stumbled(self, error: Exception) -> None:
        """Say a fault once as long as it stays the same; its words may name a person."""
        said = type(error).__name__
        if said != self._fault:
            self._fault = said
            _logger.error("who is excluded could not be told: %s", said)


def _units_of(incident: Incident) -> set[str]:
    """Every unit that was asked for, or was said to be on its way to an incident, or there."""
    said = (getattr(entry.event, name, None) for entry in incident.history.entries for name in ("unit", "asked_unit"))
    return {unit for unit in (*said, incident.unit and incident.unit.unit) if unit}


def doubts(case: Case, accounts: Mapping[str, frozenset[Role]], *, service: bool) -> list[str]:
    """What an import should say of a case's exclusions, beside taking them. `accounts`: the roles of who may sign in, by name.

    `service`: people sign in with the centre's own service too, so that an account may be one that nobody here has seen yet.
    """
    known = {key_of(name) for name in accounts}
    said = []
    for i, exclusion in enumerate(case.exclusions):
        if exclusion.account is not None and key_of(exclusion.account) not in known:
            said.append(
                f"exclusions[{i}].account: nobody of this name has signed in here yet; it counts once they do"
                if service
                else f"exclusions[{i}].account: there is no account of this name; check how it is written"
            )
    able = [name for name, roles in accounts.items() if may(roles, "acknowledge")]
    if able and not service and all(excludes(case, User(actor="", roles=frozenset(), name=name)) for name in able):
        said.append("exclusions: nobody of this centre is left who may answer an alarm of it")
    return said

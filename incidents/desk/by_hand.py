"""What a person raises: an alarm by hand from a voice call, and what was written on paper while the desk was down."""

from collections.abc import Callable
from datetime import datetime

from incidents import commands as cmd
from incidents import events as ev
from incidents.board import Board
from incidents.clock import Clock
from incidents.commands import CLOCKS_AGREE, Refused
from incidents.desk.backfill import check_paper, paper_events
from incidents.desk.intake import Intake
from incidents.exclusion import Exclusions
from incidents.incident import Incident
from incidents.messages import Fix
from incidents.ports import Identities
from incidents.reasons import is_reason
from incidents.recorder import Recorder
from incidents.roles import User, may

MAX_ACCURACY_M = 10_000.0  # a click where the whole country is seen; what is known less well is no position
MAX_PLACE = 100  # characters of a place in words: the longest name here has 57


class ByHand:
    """Begins incidents for people. An alarm raised by hand is its raiser's from its first moment."""

    def __init__(
        self,
        recorder: Recorder,
        board: Board,
        intake: Intake,
        exclusions: Exclusions,
        *,
        clock: Clock,
        identities: Identities,
        known_zone: Callable[[str], bool],
    ) -> None:
        self._recorder = recorder
        self._board = board
        self._intake = intake
        self._exclusions = exclusions
        self._clock = clock
        self._identities = identities
        self._known_zone = known_zone

    async def raise_(self, command: cmd.Raise, user: User) -> Incident | None:
        """Begin an incident, and give it to who raised it; twice the same command is one. Raises Refused."""
        now = self._clock.now()
        event = self._raised(command, user, now)
        name = self._identities.incident_id_for_message(f"hand/{command.id}")
        happened = command.happened_at or now
        if happened > now + CLOCKS_AGREE:
            raise Refused("time_invalid")

        def decision() -> ev.Event | None:
            if name in self._board.incidents:
                return None
            self._check_alone(command, event, user)
            return event

        stream = f"incident/{name}"
        with self._board.at_once(name):  # it alarms nobody: who raised it has it
            await self._recorder.record(stream, decision, id=command.id, source_at=happened, actor=user.actor)
            if may(user.roles, "acknowledge"):
                await self._recorder.record(
                    stream,
                    lambda: ev.Acknowledged() if self._board.incidents[name].state == "raised" else None,
                    id=f"{command.id}-own",
                    source_at=now,
                    actor=user.actor,
                )
        return self._board.incidents.get(name)

    async def from_paper(self, command: cmd.FromPaper, user: User) -> Incident | None:
        """One record a step, each with an id made of the command's: a second time it is the same incident.

        Screens are told when all is entered, so that what was closed on paper alarms nobody. Were this process to end in
        between, the incident would be open on every screen, and the same command would enter the rest.
        """
        if not is_reason(command.reason):
            raise Refused("reason_missing")
        check_paper(command, self._clock.now())
        if command.zone and not self._known_zone(command.zone):
            raise Refused("zone_unknown")
        raised = self._raised(command, user, command.raised_at)
        name = self._identities.incident_id_for_message(f"hand/{command.id}")
        if name not in self._board.incidents:
            self._check_alone(command, raised, user)
        with self._board.at_once(name):
            for end, happened, event in paper_events(command, raised, name):
                await self._recorder.record(
                    f"incident/{name}",
                    lambda event=event: event,  # type: ignore[misc]
                    id=f"{command.id}{end}",
                    source_at=happened,
                    actor=user.actor,
                )
        return self._board.incidents.get(name)

    def _check_alone(self, command: cmd.Raise | cmd.FromPaper, raised: ev.Raised, user: User) -> None:
        """Refuse a second alarm about one woman until the open ones were named. Raises Refused."""
        case = self._exclusions.find(raised.case, user) if raised.case else None
        there = self._board.open_of(raised.case, (raised.device, *(case.devices if case else ())))
        shown = [one for one in there if not self._exclusions.incident(one, user)]
        if shown and command.beside not in [one.id for one in shown]:
            raise Refused("already_open", who=shown[0].owner, since=shown[0].received_at, incident=shown[0].id)

    def _raised(self, command: cmd.Raise | cmd.FromPaper, user: User, happened: datetime) -> ev.Raised:
        """What begins an incident that a person raises. Raises Refused."""
        case = None
        if command.case:
            case = self._exclusions.find(command.case, user)
            if case is None:
                raise Refused("case_unknown")
        fix = None
        if command.lat is not None and command.lon is not None:
            if not (-90 <= command.lat <= 90 and -180 <= command.lon <= 180):
                raise Refused("place_missing")
            if (accuracy := command.accuracy_m) is not None and not 0 < accuracy <= MAX_ACCURACY_M:
                raise Refused("invalid")
            method = "hand" if accuracy is None or command.pointed else "address"
            fix = Fix(command.lat, command.lon, radius=accuracy, method=method, time=happened)
        if command.zone and not self._known_zone(command.zone):
            raise Refused("zone_unknown")
        if len(place := command.place.strip()) > MAX_PLACE:
            raise Refused("invalid")
        if not (fix or command.zone or place or case):
            raise Refused("place_missing")
        placed = self._intake.placing.at(fix)
        contradicts = placed is not None and command.zone not in ("", placed.zone)
        if isinstance(command, cmd.Raise) and contradicts and not command.anyway:
            raise Refused("zone_contradicts", anyway=True)
        return ev.Raised(
            origin="hand",
            paper=isinstance(command, cmd.FromPaper),
            # Who named a place does not mean her home.
            zone=command.zone
            or (placed.zone if placed else "")
            or (case.home_zone if case and not place else None)
            or "",
            cic=placed.cic if placed else "",
            device=case.devices[0] if case and case.devices else None,
            case=case.number if case else None,
            case_version=case.version if case else None,
            fix=fix,
            # Who names the zone means that it lies there.
            flags=" ".join(
                (
                    *(("no_fix",) if fix is None else ()),
                    *(("outside",) if placed and not (placed.inside or contradicts) else ()),
                    *dict.fromkeys(command.doubts),
                )
            ),
            place=place,
            reason=command.reason.strip(),
        )

"""What a zone's page is told of the presses of the cases that the zone manages: each until somebody there has seen it.

Which case, when, how often and how it stands; nothing of where. That somebody is told is a record, again for each press.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec

from dashboard.shell.clock import BRUSSELS
from dashboard.shell.looks import Looks
from incidents import events as ev
from incidents.audit import stream_of
from incidents.clock import milliseconds
from incidents.desk.desk import Desk
from incidents.desk.zone_presses import managed, pressed_last
from incidents.incident import Incident
from incidents.log import LogUnavailable
from incidents.roles import User


class PressNotice(msgspec.Struct, frozen=True, kw_only=True):
    """That a case which the zone manages was pressed, first `at` and `last` (ms since 1970), `n` times, and how it stands.

    `new`: nobody at the zone has seen the last one.
    """

    id: str
    case: str
    at: int
    last: int
    n: int
    state: str
    new: bool


class PressNotices:
    """One page's. `user` tells who was signed in at its browser last, locked or not."""

    def __init__(self, desk: Desk, user: Callable[[], User | None]) -> None:
        self._desk, self._user = desk, user
        self._missed: dict[str, Incident] = {}  # let go of by the board before anybody here saw them
        self._told: dict[str, PressNotice] = {}
        self._read: tuple[str, date] | None = None  # for which zone, and on which day
        self._whole = ""  # the zone of which all that it missed is here
        self._own = ("", "")  # who saw them and does not speak for the zone, and until when

    def clear(self) -> list[PressNotice]:
        """Nobody is told anything any more."""
        self._told = {}
        return []

    def news(self, incident: Incident | None, id: str) -> bool:
        """Whether something else is to be told of an incident. Where she goes is none of it: not even that something was sent
        may tell it."""
        return (self._of(incident) if incident is not None else None) != self._told.get(id)

    def told(self) -> list[PressNotice]:
        """What is told now: of open alarms, those of the last day, and older ones that nobody saw. Those not seen come first."""
        here = self._desk.board.incidents
        every = self._missed | here
        found = ((incident, self._of(incident)) for incident in every.values())
        told = [(incident, one) for incident, one in found if one is not None and (one.new or one.id in here)]
        self._missed = {one.id: incident for incident, one in told if one.new}  # the board lets go of them one day
        self._told = {one.id: one for _, one in told}
        return sorted(self._told.values(), key=lambda one: (one.new, one.last), reverse=True)

    def whole(self, zone: str) -> bool:
        """Whether all that the zone missed is here: before that nobody can have seen it."""
        return self._whole == zone

    def speaks(self, user: User) -> bool:
        """Whether what this person saw counts for the zone: not where a case is kept from them that colleagues are told of."""
        kept, colleague = self._desk.exclusions.case, User(actor="", roles=user.roles, zone=user.zone)
        of_zone = (one for one in self._desk.cases.all() if one.managed_by(user.zone))
        return not any(kept(one, user) and not kept(one, colleague) for one in of_zone)

    def seen_by_one(self, user: User, until: str) -> None:
        """This person alone saw them, up to a moment (RFC 3339 UTC): to the others they stay new."""
        self._own = user.name, until

    def record(self, looks: Looks, zone: str, role: str) -> None:
        """They are on the screen: one record for each press."""
        looks.keep("press", {_key(notice) for notice in self._told.values()})
        for notice in self._told.values():
            if looks.of("press", _key(notice)) is not None:
                continue
            told = ev.PressTold(role=role, need="duty", zone=zone, presses=notice.n, case=notice.case)
            on_board = notice.id in self._desk.board.incidents
            stream = f"incident/{notice.id}" if on_board else stream_of(self._desk.clock.now())
            looks.begin("press", _key(notice), stream, told, only=False)

    async def read(self, zone: str) -> bool:
        """Read from the log, once a day, what the zone missed: what was erased since is not kept. Whether that is news."""
        wanted = zone, self._desk.clock.now().astimezone(BRUSSELS).date()
        if wanted == self._read:
            return False
        before, self._read = self._read, wanted
        try:
            found = await self._desk.missed_presses(zone)
        except LogUnavailable:
            self._read = before  # to be tried again
            return False
        self._missed = {incident.id: incident for incident in found}
        first, self._whole = not self.whole(zone), zone
        return first or bool(found)

    def _of(self, incident: Incident) -> PressNotice | None:
        user, desk = self._user(), self._desk
        case = managed(incident, user.zone if user is not None else "", desk.case_of)
        if user is None or case is None or desk.exclusions.incident(incident, user):
            return None
        last = pressed_last(incident)
        own, until = self._own
        seen = max(desk.board.presses_seen.get(user.zone, ""), until if own == user.name else "")
        return PressNotice(
            id=incident.id,
            case=case.number,
            at=milliseconds(incident.presses.first_at),
            last=milliseconds(last),
            n=incident.presses.count,
            state=incident.state,
            new=ev.stamp(last) > seen,
        )


def seen_until(told_ms: int, now: datetime) -> str:
    """The moment up to which a page says that what it was told is seen: never one that is to come."""
    return ev.stamp(min(datetime.fromtimestamp(min(max(told_ms, 0), milliseconds(now)) / 1000, UTC), now))


def _key(notice: PressNotice) -> str:
    return f"{notice.id}-{notice.n}"

"""Who is in the past: the bearers of buttons all over Belgium, and who works at the desk when. Nobody is real."""

import itertools
import random
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import cast

import msgspec

from demo.towns import TOWNS, Language, moved
from incidents.case import Case
from incidents.events import BRUSSELS
from incidents.shifts import ShiftTimes, shift_at

ON_DUTY = 3  # dispatchers a shift
# The demo's accounts and its colleague among them, so that a visitor finds figures of their own.
DISPATCHERS = ("dispatcher", "dispatcher2", "dispatcher-demo", *(f"dispatcher{n}" for n in range(3, 10)))
SUPERVISORS = ("supervisor", "supervisor2")


class Bearer(msgspec.Struct, frozen=True):
    """Somebody with a button: where they mostly are, what they speak, their case and its file if there is one."""

    device: str
    case: str
    lat: float
    lon: float
    zone: str
    language: Language
    file: Case | None = None


class People:
    """`pseudonym` names people as the log does; `cases` have the buttons, and `others` one each beside, of no case."""

    def __init__(self, pseudonym: Callable[[str], str], cases: Iterable[Case], seed: int, *, others: int = 0) -> None:
        luck = random.Random(f"{seed} people")
        self._dispatchers = [pseudonym(name) for name in DISPATCHERS]
        self._supervisors = [pseudonym(name) for name in SUPERVISORS]
        self._times = ShiftTimes()
        towns = {town.zone: town for town in TOWNS}
        self._bearers: list[Bearer] = []
        for case in cases:
            zone, language = case.home_zone or "", cast(Language, case.language)
            place = case.places[0] if case.places else towns[zone]
            self._bearers += [Bearer(d, case.number, place.lat, place.lon, zone, language, case) for d in case.devices]
        for n in range(others):
            town = TOWNS[n % len(TOWNS)]
            lat, lon = moved(town.lat, town.lon, abs(luck.gauss(0, 7)), luck.uniform(0, 360))
            self._bearers.append(
                Bearer(f"AMR-{1001 + n:05}", f"2025-{1001 + n:04}", lat, lon, town.zone, town.language)
            )
        # Some press ten times as often as others.
        self._weights = list(itertools.accumulate(min(luck.paretovariate(1.4), 8) for _ in self._bearers))

    def bearer(self, luck: random.Random, at: datetime, free_at: Mapping[str, datetime]) -> Bearer:
        """Who presses now: somebody whose case is in force, if one is found, and whose last alarm is over.

        Raises ValueError when all are busy.
        """
        day = at.astimezone(BRUSSELS).date()
        drawn = (luck.choices(self._bearers, cum_weights=self._weights)[0] for _ in range(50))
        in_force = (bearer for bearer in drawn if bearer.file is None or bearer.file.valid_on(day))
        for bearer in itertools.chain(in_force, self._bearers):
            if bearer.device not in free_at or free_at[bearer.device] < at:
                return bearer
        raise ValueError("so many incidents do not fit into that time: every button would be in one already")

    def on_duty(self, at: datetime) -> list[str]:
        """The pseudonyms of who works now, the team of the shift."""
        shift = shift_at(self._times, at)
        assert shift is not None
        turn = (shift.start + timedelta(hours=1)).toordinal() * 2 + (shift.start.hour > 12)
        return [self._dispatchers[(turn * ON_DUTY + n) % len(self._dispatchers)] for n in range(ON_DUTY)]

    def supervisor(self, at: datetime) -> str:
        """Who supervises now."""
        return self._supervisors[at.toordinal() % len(self._supervisors)]

    def anybody(self, luck: random.Random) -> Bearer:
        """Any bearer."""
        return luck.choice(self._bearers)

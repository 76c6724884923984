"""Says in the log what begins to be wrong and what is over, once a second at most."""

import asyncio
from collections.abc import Callable, Mapping

from centre.monitoring.events import Fact, say
from incidents.clock import Clock
from incidents.faults import FAULTS, Fault, Faults

EVERY_S = 1.0
REFUSED_EVERY_S = 60.0  # however many are refused, one line for each reason


class Announcer:
    """Follows the faults of a desk. `refused` counts refused sign-ins by their reason."""

    def __init__(self, faults: Faults, clock: Clock, refused: Callable[[], Mapping[str, int]] = dict) -> None:
        self._faults, self._clock = faults, clock
        self._refused = refused
        self._known: dict[tuple[str, str], Fault] = {}
        self._refusals: dict[str, int] = {}
        self._waits = 0.0

    async def run(self) -> None:
        """Look for ever."""
        while True:
            self.look()
            await asyncio.sleep(EVERY_S)

    def look(self) -> None:
        """Say what changed since the last look."""
        faults = {(fault.what, fault.about): fault for fault in self._faults.now()}
        everywhere = ("every_centre_silent", "") in faults  # which says it of each
        now = {
            key: fault
            for key, fault in faults.items()
            if self._lasted(fault) >= FAULTS[fault.what].patience_s
            and not (everywhere and fault.what == "centre_silent" and key not in self._known)
        }
        before, self._known = self._known, now
        for key, fault in before.items():
            if key not in now and (over := FAULTS[fault.what].over):
                say(over, **self._about(fault), seconds=self._lasted(fault))
        for key, fault in now.items():
            if key not in before or before[key].why != fault.why:
                say(fault.what, **self._about(fault), **self._why(fault), seconds=self._lasted(fault))
        self._look_at_sign_ins()

    def _look_at_sign_ins(self) -> None:
        self._waits = max(0.0, self._waits - EVERY_S)
        if self._waits:
            return
        for why, total in self._refused().items():
            if (count := total - self._refusals.get(why, 0)) > 0:
                self._refusals[why] = total
                self._waits = REFUSED_EVERY_S
                say("signin_refused", why=why, count=count, total=total)

    def _about(self, fault: Fault) -> dict[str, Fact]:
        about = FAULTS[fault.what].about
        return {about: fault.about} if about else {}

    def _why(self, fault: Fault) -> dict[str, Fact]:
        return {"why": fault.why} if fault.why != FAULTS[fault.what].says else {}

    def _lasted(self, fault: Fault) -> float:
        return round(max(0.0, (self._clock.now() - fault.since).total_seconds()), 1)

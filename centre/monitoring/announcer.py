"""Says in the log what begins to be wrong and what is over, once a second at most."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

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
        over = [fault for key, fault in before.items() if key not in now and FAULTS[fault.what].over]
        begun = [fault for key, fault in now.items() if key not in before or before[key].why != fault.why]
        for some in _together(over):
            say(FAULTS[some[0].what].over, **_about(some), seconds=max(map(self._lasted, some)))
        for some in _together(begun):
            say(some[0].what, **_about(some), **_why(some[0]), seconds=max(map(self._lasted, some)))
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

    def _lasted(self, fault: Fault) -> float:
        return round(max(0.0, (self._clock.now() - fault.since).total_seconds()), 1)


def _together(faults: Iterable[Fault]) -> Iterable[list[Fault]]:
    """Those of which one line tells: after a restart many incidents wait at once, for the same reason."""
    found: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        alone = "" if FAULTS[fault.what].about == "incident" else fault.about
        found.setdefault((fault.what, fault.why, alone), []).append(fault)
    return found.values()


def _about(faults: list[Fault]) -> dict[str, Fact]:
    about = FAULTS[faults[0].what].about
    if len(faults) > 1:
        return {"incidents": ", ".join(fault.about for fault in faults), "count": len(faults)}
    return {about: faults[0].about} if about else {}


def _why(fault: Fault) -> dict[str, Fact]:
    return {"why": fault.why} if fault.why != FAULTS[fault.what].says else {}

"""The clock's part: what must happen when nobody does anything.

`Watch.tick` looks at the board once and does what is due; `Watch.run` calls it four times a second. An open incident is never
closed or cut silently: the end of tracking only stops keeping positions, and says so.
"""

import asyncio
import logging
from datetime import datetime, timedelta

import msgspec

from incidents import events as ev
from incidents.desk import Desk
from incidents.incident import Incident
from incidents.log import Log, LogUnavailable
from incidents.orders import due_update

EVERY_S = 0.25

_logger = logging.getLogger(__name__)


class WatchTimes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The watch's settings: seconds until "presented to nobody", minutes of tracking after the last press, of checkpoints."""

    presented_s: int = 5
    tracking_min: int = 120
    checkpoint_min: int = 10
    blind_s: int = 10  # a centre without a listening console is an alarm after so long


def tracking_ends(incident: Incident, times: WatchTimes) -> datetime:
    """When positions of this incident stop being kept."""
    return incident.tracking_until or incident.last_press_at + timedelta(minutes=times.tracking_min)


class Watch:
    """What happens by the clock. Errors of one incident don't stop the watch over the others."""

    def __init__(self, desk: Desk, log: Log, times: WatchTimes | None = None) -> None:
        self._desk = desk
        self._log = log
        self.times = times or WatchTimes()
        self._sealed_at = desk.clock.now()

    async def run(self) -> None:
        """Tick for ever."""
        while True:
            try:
                await self.tick()
            except Exception:
                _logger.exception("the watch stumbled and goes on")
            await asyncio.sleep(EVERY_S)

    async def tick(self) -> None:
        """Do what is due now."""
        now = self._desk.clock.now()
        for incident in tuple(self._desk.board.incidents.values()):
            if incident.open:
                await self._over(incident, now)
        if now - self._sealed_at >= timedelta(minutes=self.times.checkpoint_min):
            self._sealed_at = now
            await self.seal()
        self._desk.board.forget(now)

    async def seal(self) -> None:
        """Write a checkpoint, if anything was written since the last."""
        try:
            await self._log.checkpoint(ev.stamp(self._desk.clock.now()))
        except LogUnavailable as failure:
            _logger.warning("no checkpoint: %s", failure)

    async def cases_changed(self) -> None:
        """Open incidents whose case is new, or newly known, say so, and zones under way are told what to heed.

        A press that came while the register was locked, or before its device was in it, has its case from then on.
        """
        for incident in tuple(self._desk.board.incidents.values()):
            case = self._desk.intake.case_of(incident.device, incident.case) if incident.open else None
            if case is None or (incident.case, incident.case_version) == (case.number, case.version):
                continue
            stream, name = f"incident/{incident.id}", f"{incident.id}-case-{case.version}"
            changed = ev.CaseChanged(case=case.number, case_version=case.version)
            await self._desk.note(stream, changed, id=name, actor="watch")
            await self._update(self._desk.board.incidents[incident.id], "instructions", f"{name}-order")

    async def _over(self, incident: Incident, now: datetime) -> None:
        stream = f"incident/{incident.id}"
        waited = (now - incident.received_at).total_seconds()
        if "presented" not in incident.times and not incident.unpresented and waited > self.times.presented_s:
            unseen = ev.Unpresented(after_s=self.times.presented_s)
            await self._desk.note(stream, unseen, id=f"{incident.id}-unpresented", actor="watch")
        if not incident.tracking_ended and now >= tracking_ends(incident, self.times):
            name = f"{incident.id}-tracking-{incident.version}"
            await self._desk.note(stream, ev.TrackingEnded(), id=name, actor="watch")
        if due_update(incident, now):
            assert incident.order is not None
            await self._update(incident, "position", f"{incident.order.id}-position-{incident.version}")

    async def _update(self, incident: Incident, why: ev.UpdateReason, name: str) -> None:
        intake = self._desk.intake
        await self._desk.recorder.record(
            f"incident/{incident.id}",
            lambda: intake.order_update(self._desk.board.incidents[incident.id], why),
            id=name,
            source_at=self._desk.clock.now(),
            actor="watch",
        )

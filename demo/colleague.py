"""A colleague at a simulated desk: takes what nobody took for a while, as a person would, so that the demo stays believable.

It uses the same commands as a page. A newcomer who presses A first gets the alarm.
"""

import asyncio
import random
import uuid
from datetime import timedelta

from demo.past.scene import About
from demo.words import words_of
from incidents import commands as cmd
from incidents.commands import Refused
from incidents.desk.desk import Desk
from incidents.incident import Incident
from incidents.roles import WITHOUT_SIGN_IN, User

NAME = "dispatcher-demo"
LOOKS_EVERY_S = 2.0
WAITS_S = 75  # an alarm nobody took for so long


class Colleague:
    """Acts at most once in `LOOKS_EVERY_S` on each alarm it owns; the same seed, the same patience."""

    def __init__(self, desk: Desk, *, seed: int) -> None:
        self._desk = desk
        self._random = random.Random(seed)
        self.actor = desk.pseudonym(NAME)

    async def run(self) -> None:
        """Work for ever."""
        while True:
            await asyncio.sleep(LOOKS_EVERY_S)
            for incident in tuple(self._desk.board.incidents.values()):
                command = self._next(incident)
                if command is not None:
                    try:
                        await self._desk.command(command, User(actor=self.actor, roles=WITHOUT_SIGN_IN))
                    except Refused:
                        continue  # somebody was faster

    def _next(self, incident: Incident) -> cmd.Command | None:
        now = self._desk.clock.now()
        idle = now - incident.changed_at

        def after(seconds: float) -> bool:
            return idle > timedelta(seconds=seconds * self._random.uniform(0.8, 1.4))

        here = About(id=uuid.uuid4().hex, incident=incident.id)
        if incident.state == "raised" or (incident.ownership.gone and incident.owner != self.actor):
            return cmd.Acknowledge(**here) if after(WAITS_S) else None
        if incident.owner != self.actor or incident.state == "closed":
            return None
        if incident.realarm:
            return cmd.Acknowledge(**here) if after(6) else None
        genuine = incident.presses.count > 1 or (incident.line.call is not None and incident.line.call.state == "open")
        if incident.state == "acknowledged":
            if genuine and incident.zone and after(8):
                return cmd.Route(**here, zone=incident.zone)
            if not genuine and after(25):
                return cmd.Close(
                    **here,
                    as_class="test",
                    outcome="test_ok",
                    verified="technician_present",
                    reason=words_of(incident.zone).tests[0],
                )
            return None
        if incident.state == "on_scene" and after(20):
            return cmd.Progress(**here, step="safe", anyway=True, unit=incident.unit.unit if incident.unit else "")
        if incident.state == "safe" and after(10):
            return cmd.Close(
                **here, as_class="real", outcome="victim_safe", reason=words_of(incident.zone).patrol_there
            )
        return None

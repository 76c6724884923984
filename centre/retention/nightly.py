"""Retention beside a serving desk: each night once the times are confirmed, and when a person asks for it with the command."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta

from centre.retention.running import NIGHT, Retention
from centre.retention.wishes import Wishes
from centre.spool import LOOK_S
from incidents.clock import Clock
from incidents.events import BRUSSELS
from incidents.retention.times import TimesError

AT = time(3, 30)  # in Belgium: the quietest hour, and none that a change of the clocks skips or repeats
AGAIN = timedelta(minutes=5)  # after a night's work that the log did not let be done

_logger = logging.getLogger(__name__)


class Nightly:
    """Enters what persons said with the command, and erases what is over at `AT`, one night after another."""

    def __init__(
        self,
        retention: Retention,
        wishes: Wishes,
        clock: Clock,
        *,
        after: Callable[[], Awaitable[None]] | None = None,
        others: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """`after`: what has to know at once that things were erased. `others`: ends what is over in other stores here."""
        self._retention, self._wishes, self._clock, self._after = retention, wishes, clock, after
        self._others = others
        self._sweeping: asyncio.Task[None] | None = None
        self._next = next_night(clock.now())

    async def run(self) -> None:
        """Until cancelled. Raises LogUnavailable; called again it goes on."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_S)
        finally:
            if self._sweeping is not None:
                self._sweeping.cancel()

    async def look(self) -> None:
        """Do what is to be done now. Raises LogUnavailable: then what was not done is still to be done."""
        await self._wishes.enter()
        for id, actor in [*self._wishes.asked.items()]:
            await self._ran(actor, id)
            del self._wishes.asked[id]
        now = self._clock.now()
        self._next = min(self._next, next_night(now))  # our clock may have been ahead
        if now >= self._next:
            self._next = now + AGAIN  # unless it is done
            await self._ran(NIGHT, f"{NIGHT}:{now:%Y-%m-%d}")
            self._next = next_night(now)

    async def _ran(self, actor: str, id: str) -> None:
        try:
            plan = await self._retention.run(actor, id, before_each=self._wishes.enter)
        except TimesError as error:
            _logger.error("nothing is erased: the times that were confirmed are not understood: %s", error)
            return
        if self._after is not None and not plan.proposed:
            await self._after()
        if self._others is not None and actor == NIGHT and not plan.proposed:  # the command sees to them itself
            if self._sweeping is not None and not self._sweeping.done():
                _logger.warning("recordings and debriefs: the last night's work on them is not done yet")
                return
            # Nobody waits for it: another disk that hangs keeps no hold from being entered.
            self._sweeping = asyncio.get_running_loop().create_task(
                self._swept(self._others), name="sweep other stores"
            )

    async def _swept(self, others: Callable[[], Awaitable[object]]) -> None:
        try:
            await others()
        except Exception as failure:  # its words may name a file of somebody's
            _logger.warning("recordings and debriefs that are over could not be deleted: %s", type(failure).__name__)


def next_night(now: datetime) -> datetime:
    """The next time at which a night's work begins."""
    local = now.astimezone(BRUSSELS)
    at = datetime.combine(local.date(), AT, BRUSSELS)
    return at if at > local else datetime.combine(local.date() + timedelta(days=1), AT, BRUSSELS)

"""Retention beside a serving desk: each night once the times are confirmed, and when a person asks for it with the command."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, time, timedelta
from typing import Literal

from centre.retention.running import BESIDE, NIGHT, Retention
from centre.retention.wishes import Wishes
from centre.spool import LOOK_S
from incidents import events as ev
from incidents.audit import stream_of
from incidents.clock import Clock
from incidents.commands import Refused
from incidents.desk.desk import Desk
from incidents.events import BRUSSELS
from incidents.log import Log, LogUnavailable
from incidents.retention.times import TimesError

AT = time(3, 30)  # in Belgium: the quietest hour, and none that a change of the clocks skips or repeats
AGAIN = timedelta(minutes=5)  # after a night's work that the log did not let be done, or that another server is at

_logger = logging.getLogger(__name__)


Turn = Literal["ours", "theirs", "done"]


async def claim_night(desk: Desk, log: Log, night: str) -> Turn:
    """Whether a night's erasing in the log is ours to do, of several servers that write it. Raises LogUnavailable."""
    if not desk.shared:
        return "ours"
    if (run := await log.find(night)) is not None:
        return "theirs" if run.open.get("proposed") else "done"
    claim = ev.ServerClaimed(what=night, server=desk.server)
    try:
        await desk.claim(stream_of(desk.clock.now()), lambda: claim, id=f"{night}:claimed", actor=NIGHT)
    except Refused:
        raise LogUnavailable("the other servers of the log are not reached") from None
    claimed = await log.find(f"{night}:claimed")  # it may be ours, though its answer was missing
    return "ours" if claimed is not None and claimed.open.get("server") == desk.server else "theirs"


class Nightly:
    """Enters what persons said with the command, and erases what is over at `AT`, one night after another.

    Of several servers one erases what is in the log they share; each then what it alone has.
    """

    def __init__(
        self,
        retention: Retention,
        wishes: Wishes,
        clock: Clock,
        *,
        after: Callable[[], Awaitable[None]] | None = None,
        others: Callable[[], Awaitable[object]] | None = None,
        claim: Callable[[str], Awaitable[Turn]] | None = None,
    ) -> None:
        """`after`: what has to know at once that things were erased. `others`: ends what is over in other stores here.
        `claim`: whose a night is that has this id; without it always ours."""
        self._retention, self._wishes, self._clock, self._after = retention, wishes, clock, after
        self._others, self._claim = others, claim
        self._ours = ""  # the night that is ours
        self._night: tuple[str, datetime] | None = None  # the one that is not done yet, and until when it is tried
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
            if self._night is None or now >= self._night[1]:
                self._night = f"{NIGHT}:{now:%Y-%m-%d}", next_night(now)
            night, until = self._night
            self._next = min(now + AGAIN, until)  # unless it is done
            if (turn := await self._turn(night)) == "theirs":
                return  # what it erases there ends here first
            await self._ran(NIGHT, night, kinds=BESIDE if turn == "done" else None)
            self._next, self._night = next_night(now), None

    async def _turn(self, night: str) -> Turn:
        if self._claim is None or self._ours == night:
            return "ours"
        turn = await self._claim(night)
        self._ours = night if turn == "ours" else ""
        return turn

    async def _ran(self, actor: str, id: str, kinds: Collection[str] | None = None) -> None:
        try:
            plan = await self._retention.run(actor, id, before_each=self._wishes.enter, kinds=kinds)
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

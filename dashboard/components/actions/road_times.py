"""What the router said lately, shared by all pages: one question an alarm at a time, seconds apart, while somebody looks.

Whoever asks is answered at once with what is known, and told once when there is more. Nothing waits for a router.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from time import monotonic

import msgspec

from dashboard.components.actions.nearest import Straight
from incidents.bounded import Bounded
from incidents.listeners import tell
from incidents.ports import Leg, NoRoads, Roads, Spot

AGAIN_S = 5.0  # between two questions about one alarm
KEPT_S = 15.0  # an answer counts as long: a patrol drives 300 m meanwhile
ALARMS = 64

_logger = logging.getLogger(__name__)


class Known(msgspec.Struct, frozen=True):
    """The ways by road that are known, by unit (None: no road leads there), or why there are none."""

    legs: Mapping[str, Leg | None] = {}
    straight: Straight = ""


class _Alarm:
    """What is known about one alarm, and who waits to hear more."""

    def __init__(self) -> None:
        self.known = Known(straight="unasked")
        self.asked_at = self.answered_at = -KEPT_S
        self.task: asyncio.Task[None] | None = None
        self.waiting: set[Callable[[], None]] = set()


class RoadTimes:
    """`roads` asks the router; None where there is none. Ask it on the loop; `clock` is in seconds and never jumps."""

    def __init__(self, roads: Roads | None, clock: Callable[[], float] = monotonic) -> None:
        self._roads = roads
        self._clock = clock
        # One that is let go is asked about at once when somebody looks at it again: of late ones there may be more.
        self._alarms: Bounded[str, _Alarm] = Bounded(
            ALARMS, kept=lambda name, alarm: self._late(alarm), gone=lambda name, alarm: _end(alarm)
        )

    def of(self, alarm: str, origins: Mapping[str, Spot], to: Spot, told: Callable[[], None] | None) -> Known:
        """What is known for an alarm at `to`. `told` is called once when more is: who looks; None asks nothing."""
        if self._roads is None:
            return Known(straight="no_router")
        now = self._clock()
        one = self._alarms.get(alarm)
        if told is not None and origins:
            one = one or _Alarm()
            one.waiting.add(told)
            if one.task is None and now - one.asked_at >= AGAIN_S:
                one.asked_at = now
                one.task = asyncio.get_running_loop().create_task(self._ask(self._roads, one, dict(origins), to))
                self._alarms[alarm] = one
        if one is None or now - one.answered_at > KEPT_S:
            return Known(straight="asking" if one is not None and one.task is not None else "unasked")
        return one.known

    async def stop(self) -> None:
        """Ask no more."""
        tasks = [alarm.task for alarm in self._alarms.values() if alarm.task is not None]
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _late(self, alarm: _Alarm) -> bool:
        """Whether it is asked about, or was so lately that an answer counts."""
        return alarm.task is not None or self._clock() - alarm.asked_at <= KEPT_S

    async def _ask(self, roads: Roads, one: _Alarm, origins: dict[str, Spot], to: Spot) -> None:
        try:
            legs = await roads(tuple(origins.values()), to)
            known = Known(legs=dict(zip(origins, legs, strict=True)))
        except NoRoads as failure:
            known = Known(straight="no_answer" if failure.why == "no_answer" else "unreadable")
        except Exception as error:  # its words may quote where she is
            _logger.error("ways by road could not be asked for: %s", type(error).__name__)
            known = Known(straight="unreadable")
        finally:
            one.task = None
        one.known, one.answered_at = known, self._clock()
        waiting, one.waiting = one.waiting, set()
        tell(waiting, what="a page's look at the ways by road")


def _end(alarm: _Alarm) -> None:
    if alarm.task is not None:
        alarm.task.cancel()

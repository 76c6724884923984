"""The bench of this process, which all its pages share: the presses on their way, and the ten-press tests."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from uuid import uuid4

from dashboard.technician.presses import Presses
from dashboard.technician.trial import LIMIT, OF, Trial, judge
from incidents import events as ev
from incidents.bindings import DeviceCases
from incidents.buttons import Adapter, Buttons, ButtonsState, EnrolError, PressHeard
from incidents.clock import Clock
from incidents.desk.desk import Desk
from incidents.devices.announced import Announcement
from incidents.listeners import tell, without_values
from incidents.presence.pages import Watching

EVERY_S = 0.5
KEPT = 200  # tests, for their records

_logger = logging.getLogger(__name__)


class NoReceiver:
    """What stands for the receiver where none is set up: nothing is heard."""

    def __init__(self, clock: Clock) -> None:
        self._since = clock.now()

    @property
    def state(self) -> ButtonsState:
        return ButtonsState(adapter=Adapter(state="absent", since=self._since))

    async def enrol(self, address: str, device: str, *, key: bytes | None, by: str, instead: bool = False) -> None:
        raise EnrolError("no receiver is set up")

    async def remove(self, device: str) -> bool:
        return False

    def on_press(self, listener: Callable[[PressHeard], None]) -> Callable[[], None]:
        return lambda: None


class Bench:
    """`buttons` is the receiver, `cases` what a technician may see of the register, `watching` every operator's page."""

    def __init__(
        self,
        desk: Desk,
        buttons: Buttons | None,
        cases: DeviceCases,
        watching: Callable[[], Iterable[Watching]],
    ) -> None:
        self.desk = desk
        self.hears = buttons is not None
        self.buttons: Buttons = buttons or NoReceiver(desk.clock)
        self.cases = cases
        self.watching = watching
        self.presses = Presses(desk, self.buttons, watching, self._pressed)
        self._trials: dict[str, Trial] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._run: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow presses. Call it on the running loop."""
        self.presses.start()
        self._run = asyncio.get_running_loop().create_task(self._judge(), name="bench")

    async def stop(self) -> None:
        """Follow no more."""
        self.presses.stop()
        if self._run is not None:
            self._run.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._run

    def listen(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Be told the device of which something changed, on the loop. Returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    @property
    def enrolled(self) -> frozenset[str]:
        """The names of the devices that the receiver has in use."""
        return frozenset(button.device for button in self.buttons.state.devices if button.device)

    def trial(self, device: str) -> Trial | None:
        """The newest test of a device, under way or over."""
        return next((one for one in reversed(self._trials.values()) if one.device == device), None)

    def announced(self, device: str) -> Announcement | None:
        """The test of a device that stands announced now."""
        found = self.desk.board.announced.get(self.cases.stream_of(device))
        return found if found is not None and found.until > self.desk.clock.now() else None

    def record(self, id: str) -> Trial | None:
        """A test that is over, by its id."""
        found = self._trials.get(id)
        return found if found is not None and found.verdict is not None else None

    def begin(self, device: str, *, by: str, actor: str) -> bool:
        """Begin a test of an enrolled device. False when there is no such device, or one is under way."""
        button, before = self.buttons.state.of(device), self.trial(device)
        if button is None or (before is not None and before.verdict is None):
            return False
        trial = Trial(
            id=uuid4().hex,
            device=device,
            address=button.address,
            by=by,
            actor=actor,
            began=self.desk.clock.now(),
            refused=dict(button.refused),
            ways=[],
        )
        self._trials[trial.id] = trial
        if len(self._trials) > KEPT:
            del self._trials[next(iter(self._trials))]
        self._tell(device)
        return True

    def finish(self, device: str) -> bool:
        """The person has pressed ten times: what was not heard by now will not be."""
        trial = self.trial(device)
        if trial is None or trial.verdict is not None:
            return False
        trial.pressed = True
        return True

    def drop(self, device: str) -> bool:
        """Leave a test without a result."""
        trial = self.trial(device)
        if trial is None or trial.verdict is not None:
            return False
        del self._trials[trial.id]
        self._tell(device)
        return True

    async def look(self) -> None:
        """Judge the tests that are over now, and record their results."""
        now, monotonic_s = self.desk.clock.now(), time.monotonic()
        for trial in [one for one in self._trials.values() if one.verdict is None and one.over(now, monotonic_s)]:
            button = self.buttons.state.of(trial.device)
            trial.ended = min(now, trial.began + LIMIT)
            trial.battery = button.battery if button else None
            trial.security = button.security if button else "unknown"
            trial.verdict = judge(trial, button)
            self._tell(trial.device)
            tested = ev.DeviceTested(
                ok=trial.verdict.ok,
                presses=len(trial.ways),
                of=OF,
                why=" ".join(trial.verdict.why),
                device=trial.device,
            )
            await self.cases.note(trial.device, tested, trial.actor, id=f"bench-{trial.id}")

    def _pressed(self, device: str) -> None:
        """A press came, or came further: a new one is the test's."""
        trial, newest = self.trial(device), self.presses.of(device)[0]
        running = trial is not None and trial.verdict is None and newest.press.at >= trial.began
        if trial is not None and running and all(known is not newest for known in trial.ways):
            trial.ways.append(newest)
        self._tell(device)

    def _tell(self, device: str) -> None:
        tell(self._listeners, device, what="a listener of the bench")

    async def _judge(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.look()
            except Exception as error:
                _logger.error("a test could not be judged", exc_info=without_values(error))

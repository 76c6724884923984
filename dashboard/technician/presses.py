"""A press on its way, in the milliseconds since its first advertisement: on the feed, in the log, on an operator's screen.

All of it is measured by this process's own clock. What is still missing after `SETTLED_S` did not happen.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable

import msgspec

from incidents.buttons import Buttons, PressHeard
from incidents.desk.desk import Desk
from incidents.presence.pages import Watching

SETTLED_S = 5.0
KEPT = 20  # presses of one device
KEPT_DEVICES = 500
MANY = 200  # presses that wait for the log or a screen, before those of long ago are let go of

_logger = logging.getLogger(__name__)


class Way(msgspec.Struct, kw_only=True):
    """How far one press has come. `screens`: operators' pages in sight when it was pressed, `heard_by` those that can be heard.

    `alarms`: its value is an alarm, None until it is in the log. `held`: shown, but the log could not take it yet.
    """

    press: PressHeard
    rssi: int | None
    battery: int | None
    screens: int
    heard_by: int
    feed_ms: float
    logged_ms: float | None = None
    held: bool = False
    alarms: bool | None = None
    incident: str = ""
    shown_ms: float | None = None
    audible: bool = False

    def settled(self, monotonic_s: float) -> bool:
        """Whether nothing more is to be waited for."""
        on_screen = self.alarms is False or self.shown_ms is not None
        return monotonic_s - self.press.monotonic_s > SETTLED_S or (self.logged_ms is not None and on_screen)


class Presses:
    """Follows every press of an enrolled button. `changed` is told the device."""

    def __init__(
        self,
        desk: Desk,
        buttons: Buttons,
        watching: Callable[[], Iterable[Watching]],
        changed: Callable[[str], None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._desk = desk
        self._buttons = buttons
        self._watching = watching
        self._changed = changed
        self._monotonic = monotonic
        self._of: dict[str, deque[Way]] = {}
        self._logging: dict[str, Way] = {}  # by the id of their record
        self._showing: dict[str, list[Way]] = {}  # by their incident
        self._ends: list[Callable[[], None]] = []

    def start(self) -> None:
        """Begin to follow. Call it on the loop."""
        board = self._desk.board
        board.followers.append(self._entered)
        self._ends = [
            self._buttons.on_press(self._pressed),
            lambda: board.followers.remove(self._entered),
            self._desk.listen_presented(self._presented),
        ]

    def stop(self) -> None:
        """Follow no more."""
        while self._ends:
            self._ends.pop()()

    def of(self, device: str) -> tuple[Way, ...]:
        """The last presses of a device, newest first."""
        return tuple(reversed(self._of.get(device, ())))

    def _pressed(self, press: PressHeard) -> None:
        now = self._monotonic()
        state = self._buttons.state
        button = state.of(press.device)
        pages = [page for page in self._watching() if page.visible]
        way = Way(
            press=press,
            rssi=button.rssi if button else None,
            battery=button.battery if button else None,
            screens=len(pages),
            heard_by=sum(page.audible for page in pages),
            feed_ms=_ms(press, now),
        )
        if press.device not in self._of and len(self._of) >= KEPT_DEVICES:
            del self._of[next(iter(self._of))]
        self._of.setdefault(press.device, deque(maxlen=KEPT)).append(way)
        if len(self._logging) + len(self._showing) > MANY:
            self._let_go(now)
        self._logging[f"{state.feed}/{press.id}"] = way
        self._tell(way)

    def _entered(self, stream: str, record: str, recorded: bool) -> None:
        """An entry was folded: is it one of these presses?"""
        way = self._logging.get(record)
        if way is None:
            return
        kind, _, name = stream.partition("/")
        way.held = not recorded
        if way.alarms is None:
            way.alarms = kind == "incident"
            way.incident = name if way.alarms else ""
            if way.alarms:
                self._showing.setdefault(name, []).append(way)
        if recorded:
            way.logged_ms = _ms(way.press, self._monotonic())
            del self._logging[record]
        self._tell(way)

    def _presented(self, incident: str, audible: bool) -> None:
        for way in self._showing.get(incident, ()):
            if way.shown_ms is None:
                way.shown_ms = _ms(way.press, self._monotonic())
            way.audible = way.audible or audible
            self._tell(way)
        if audible:
            self._showing.pop(incident, None)

    def _tell(self, way: Way) -> None:
        try:
            self._changed(way.press.device)
        except Exception as error:  # the first rule: no fault of a page's may keep a press from being taken
            _logger.error("a press could not be shown at the bench: %s", type(error).__name__)

    def _let_go(self, now: float) -> None:
        """What was not recorded, or not heard by anybody, within a minute is followed no more."""
        kept = {id(way) for ways in self._of.values() for way in ways if now - way.press.monotonic_s < 60}
        self._logging = {record: way for record, way in self._logging.items() if id(way) in kept}
        shown = {name: [way for way in ways if id(way) in kept] for name, ways in self._showing.items()}
        self._showing = {name: ways for name, ways in shown.items() if ways}


def _ms(press: PressHeard, now: float) -> float:
    return max(0.0, (now - press.monotonic_s) * 1000)

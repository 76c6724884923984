"""The rows of technical alarms as the pages share them, and what any row says of its device's past."""

import logging
from collections.abc import Callable

from dashboard.components.queue.rows import DeviceRow, device_key, device_row, past_of
from incidents import events as ev
from incidents.board import ALARMS, Board, Change
from incidents.bounded import Bounded
from incidents.devices.tally import Tally
from reports.measures.tallies import Tallies

CONDITIONS: tuple[ev.Condition, ...] = ev.Condition.__args__  # type: ignore[attr-defined]

_logger = logging.getLogger(__name__)


class DeviceRows:
    """`tallies` counts; without it no row says anything of the past."""

    def __init__(self, board: Board, tallies: Tallies | None) -> None:
        self._board, self._tallies = board, tallies
        self._shown: dict[str, tuple[str, ...]] = Bounded(10 * ALARMS)

    def start(self) -> None:
        """Tell every page once the tests are counted."""
        if self._tallies is not None:
            self._tallies.listen(self._counted)

    def tally(self, device: str) -> Tally | None:
        """How often a device was tested, and really pressed. No fault in counting may keep an alarm from a page."""
        try:
            return self._tallies.of(device) if self._tallies is not None else None
        except Exception as error:
            _logger.error("a device's tests could not be counted: %s", type(error).__name__)
            return None

    def of(self, stream: str, name_of: Callable[[str], str]) -> dict[str, DeviceRow | None]:
        """The technical alarms of a device's stream by key, None for those that are over."""
        known = self._shown.get(stream, ())
        rows: dict[str, DeviceRow | None] = dict.fromkeys(known)
        for condition in CONDITIONS:
            if (alarm := self._board.device_alarms.get((stream, condition))) is not None:
                past = past_of(self.tally(alarm.device)) if alarm.device is not None else None
                now = self._board.devices.get(alarm.device or "")
                rows[device_key(alarm)] = device_row(alarm, name_of, past, now.battery if now else None)
        self._shown[stream] = tuple(rows)
        return rows

    def _counted(self) -> None:
        for key in [incident.id for incident in self._board.incidents.values() if incident.open]:
            self._board.notify(Change(kind="incident", key=key))
        for stream in {alarm.stream for alarm in self._board.device_alarms.values()}:
            self._board.notify(Change(kind="device", key=stream))

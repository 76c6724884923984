"""The rows that one page is still to be sent: incidents and technical alarms by key, what is kept from it under other names."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from dashboard.components.queue.row_cache import RowCache
from dashboard.components.queue.rows import DeviceRow
from dashboard.components.reserved.part import ReservedPart
from dashboard.services import Ground
from dashboard.shell.ground import Standing
from dashboard.shell.owed_rows import Owed
from incidents.board import Change
from reports.catalogue import Translator


class RowsGround(Ground, Protocol):
    """The pages' common ground as the rows of a page see it."""

    @property
    def rows(self) -> RowCache: ...
    @property
    def locked_rows(self) -> RowCache: ...
    def neighbours(self, incident_id: str) -> tuple[str, ...]: ...
    def devices_of(self, stream: str, *, named: bool = True) -> dict[str, DeviceRow | None]: ...


class Unsent:
    """What one page is owed. `clock` gives seconds that never jump, `translate` the page's language."""

    def __init__(
        self,
        consoles: RowsGround,
        reserved: ReservedPart,
        clock: Callable[[], float],
        translate: Callable[[], Translator],
    ) -> None:
        self._consoles = consoles
        self._reserved = reserved
        self._now = clock
        self._translate = translate
        self._rows = Owed()
        self._devices = Owed()
        self._went: list[str] = []

    def __len__(self) -> int:
        return len(self._rows) + len(self._devices)

    def changed(self, change: Change) -> bool:
        """Note a change of an incident or of a device; False when it is none on this page."""
        if change.kind == "incident":
            if self._reserved.still(change.key):
                return False
            self._rows.add((change.key,), urgent=change.urgent)
            self._rows.add(self._consoles.neighbours(change.key))
        elif change.kind == "device":
            if self._reserved.quiet(change.key):
                return False
            self._devices.add((change.key,), urgent=change.urgent)
        return True

    def placed(self, incidents: Iterable[str]) -> bool:
        """The words of where these incidents are, are new; False when none of them is on this page."""
        board = self._consoles.desk.board.incidents
        shown = [name for name in incidents if name in board and not self._reserved.still(name)]
        self._rows.add(shown)
        return bool(shown)

    def kept_changed(self) -> None:
        """What is kept from this page may be other than it was: that is sent anew."""
        incidents, streams = self._reserved.changed()
        self._rows.add(incidents)
        self._devices.add(streams)

    def open_again(self) -> None:
        """What is open may be other than it was told: it is sent anew."""
        index = self._consoles.desk.board.index
        self._rows.add((*index.unowned, *index.open))

    def everything(self) -> None:
        """The page knows nothing: all there is, in the order of a queue: what nobody has, then what else is open, by age."""
        board = self._consoles.desk.board
        self._rows.forget()
        self._devices.forget()
        self._rows.add((*board.index.unowned, *board.index.open, *reversed(board.index.closed)))
        self._devices.add(alarm.stream for alarm in board.device_alarms.values())

    def waits(self) -> bool:
        """Whether the page has yet to say that it took what it was sent."""
        return self._rows.waits(self._now())

    def took(self) -> None:
        """The page took what it was sent."""
        self._rows.took()
        self._devices.took()

    def went(self) -> list[str]:
        """The incidents that went to the page since this was asked last; not those that are kept from it."""
        went, self._went = self._went, []
        return went

    def drawn(self, ids: Iterable[str]) -> None:
        """Where so many stand that not all are drawn: those that are. They are kept newer than the others."""
        self._rows.drawn(ids)

    def add(self, message: dict[str, Any], now: Standing) -> None:
        """Put into a message so much of it as a page can take at once."""
        keys, some = self._rows.take(self._now())
        if keys:
            rows = self._consoles.locked_rows if now.locked else self._consoles.rows
            translate = self._translate()
            shown = message["rows"] = self._reserved.rows(keys, lambda key: rows.encoded(key, translate))
            self._went += [key for key, row in shown.items() if row is not None]
        streams, more = self._devices.take(self._now(), self._reserved.says)
        if streams:
            message["devices"] = self._reserved.devices(streams, lambda key: self._devices_of(key, now))
        if some or more:
            message["took"] = True  # it is to say so
        if len(self):
            message |= {"owed": len(self), "raised": len(self._consoles.desk.board.index.unowned)}

    def _devices_of(self, stream: str, now: Standing) -> dict[str, Any]:
        return self._consoles.devices_of(stream, named=not now.locked)

"""How many tests and how many real alarms a device has had, and when: counted without keeping a list of who pressed.

The history's table names no device. But an incident's id follows from its device and its number (HMAC), so the incidents of
one device are found by making their ids, 1, 2, 3, ..., until one does not exist. What is over is not counted again. Not found are
incidents raised by hand, which are no press, and those of a press that came while the log could not say how many there were.
"""

import asyncio
import itertools
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from typing import Protocol

import msgspec
import pandas as pd

from incidents.board import Board, Change
from incidents.bounded import Bounded
from incidents.devices.tally import Life, Tally, add, life
from incidents.listeners import tell
from reports.measures.coarse import coarse
from reports.measures.history import History
from reports.measures.local import milliseconds

COUNTED = 20_000  # devices whose tally is at hand; any other's is counted again


class Ids(Protocol):
    """What makes the ids of incidents (`Identities`)."""

    def incident_id(self, device: str, n: int) -> str: ...


class Past:
    """The incidents of a table by their id: those that were over when it was made. An erased one was pressed in its month."""

    def __init__(self, table: pd.DataFrame, erased: Collection[str]) -> None:
        self._index = pd.Index(table["incident"].astype(object))
        self._class = table["as_class"].astype(object).to_numpy()
        self._failed = table["outcome"].eq("test_failed").to_numpy()
        self._drill = table["drill"].to_numpy()
        self._open = table["open"].to_numpy()
        # The earlier of the two clocks, as ms since 1970; what has neither is left out.
        self._pressed = milliseconds(coarse(table, erased, {})[["pressed", "received"]].min(axis=1))
        self.of("")  # builds what the look-up needs

    def of(self, incident: str) -> Life | None:
        """What counts of an incident; None for one that the table has not."""
        try:
            return self._life(int(self._index.get_loc(incident)))
        except KeyError:
            return None

    def _life(self, at: int) -> Life | None:
        ms = int(self._pressed[at])
        if ms < 0:
            return None
        as_class = "" if self._open[at] else str(self._class[at])
        pressed = datetime.fromtimestamp(ms / 1000, UTC)
        return Life(as_class, bool(self._failed[at]), bool(self._drill[at]), pressed)


class Tallies:
    """The tally of every device, kept up to date while a desk runs. It belongs to the event loop.

    `of` answers None until the history was folded; those who `listen` are told then. A shift's test counts for its bench
    device as soon as it was shown, whatever becomes of its alarm; a test at the bench is the last one when it is newer than
    any such alarm.
    """

    def __init__(self, board: Board, ids: Ids, history: History) -> None:
        self._listeners: list[Callable[[], None]] = []
        self._board, self._ids, self._history = board, ids, history
        self._past: Past | None = None
        self._seen: dict[str, Life] = {}  # incidents of the board, as they stood last
        self._settled: dict[str, tuple[int, Tally]] = Bounded(
            COUNTED
        )  # by device: so many incidents are over, and what they come to
        self._known: dict[str, Tally] = Bounded(COUNTED)

    @property
    def ready(self) -> bool:
        """Whether the history was folded."""
        return self._past is not None

    async def run(self) -> None:
        """Take the history's table once it is there, and follow the board for ever."""
        for incident in self._board.incidents.values():
            self._seen[incident.id] = life(incident)
        end = self._board.listen(self.changed)
        try:
            if self._past is None:
                await self._folded()
                await self.anew()
            for device in tuple(self._board.devices):  # so that its next press finds it counted
                self.of(device)
                await asyncio.sleep(0)
            await asyncio.Event().wait()
        finally:
            end()

    async def anew(self) -> None:
        """Count anew from the history's table, once it is folded. What comes after it is heard of from the board."""
        if self._history.ready:
            self.take(await asyncio.to_thread(Past, self._history.table(), self._history.erased))

    async def _folded(self) -> None:
        """Wait for the table as it is first folded."""
        woken = asyncio.Event()
        end = self._history.listen(woken.set)
        try:
            while not self._history.ready:
                await woken.wait()
                woken.clear()
        finally:
            end()

    def take(self, past: Past) -> None:
        """Count from these incidents on."""
        self._past = past
        self._known.clear()
        self._settled.clear()
        tell(self._listeners, what="a listener of the tallies")

    def listen(self, listener: Callable[[], None]) -> None:
        """Be told, on the loop, once the history was folded."""
        self._listeners.append(listener)

    def of(self, device: str) -> Tally | None:
        """The tally of a device; None while the history is not folded."""
        if self._past is None:
            return None
        if device not in self._known:
            self._known[device] = self._count(device)
        tally = self._known[device]
        bench = self._board.devices.get(device)
        if bench is not None and bench.tested is not None and (tally.last_test or bench.tested) <= bench.tested:
            # Its presses alarmed, and are counted as their alarm was closed.
            tally = msgspec.structs.replace(
                tally, tests=max(tally.tests, 1), last_test=bench.tested, failed=not bench.test_ok
            )
        test = self._board.shift.test
        if test is None or not test.ok or not test.incident:
            return tally
        incident = self._board.incidents.get(test.incident)
        if incident is None or incident.device != device or (tally.last_test or incident.presses.first_at) > test.at:
            return tally
        counted = not incident.open and incident.judgement.as_class == "test"
        return msgspec.structs.replace(tally, tests=tally.tests + (not counted), last_test=test.at, failed=False)

    def _count(self, device: str) -> Tally:
        n, tally = self._settled.get(device, (0, Tally()))
        settling = True
        for name, one in self._lives(device, n + 1):
            tally = add(tally, one)
            settling = settling and name not in self._board.incidents
            if settling:
                n += 1
                self._settled[device] = (n, tally)
        return tally

    def _lives(self, device: str, first: int) -> Iterator[tuple[str, Life]]:
        assert self._past is not None
        for n in itertools.count(first):
            name = self._ids.incident_id(device, n)
            incident = self._board.incidents.get(name)
            one = life(incident) if incident is not None else self._seen.get(name) or self._past.of(name)
            if one is None:
                return
            yield name, one

    def changed(self, change: Change) -> None:
        """Take a change of the board. `run` sees to it."""
        if change.kind != "incident":
            return
        incident = self._board.incidents.get(change.key)
        if incident is not None:
            self._seen[incident.id] = life(incident)
            if incident.device is not None:
                self._known.pop(incident.device, None)

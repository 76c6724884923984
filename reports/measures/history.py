"""The history of all incidents as one table: the fold of the log, a row an incident, kept up to date while a desk runs.

What was folded once is kept in a cache of columns beside the log (`incidents.log.columns`); after a start only the incidents of
later records are folded again. Whatever takes long is done in a thread that lets the event loop in every few milliseconds.
"""

import asyncio
import functools
import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from incidents import events as ev
from incidents.board import Board, Change
from incidents.fold import apply
from incidents.incident import Incident
from incidents.intervals import INTERVALS
from incidents.listeners import tell
from incidents.log import LogUnavailable, Record, columns
from incidents.log.opening import open_vault
from incidents.log.snapshot import START, Mark, Snapshot, snapshot
from incidents.log.vault import Vault
from reports.measures.shape import DURATION_SUFFIX, TEXT_COLUMNS
from reports.measures.table import durations, row_of, table_of

TOGETHER_S = 1.0  # changes of so long are one new table; what a press does to the screens is done by then
IDLE = 10  # a new table is made at most every so many times as long as the last one took
RENEW_S = 3600.0  # how often a running desk renews the cache
WORK_S, REST_S = 0.002, 0.001  # a fold in a running desk lets the event loop in after this much work
_CHUNK = 2000  # rows made into columns together

_ALL = list(table_of([]).columns)
_DURATIONS = [interval.name + DURATION_SUFFIX for interval in INTERVALS]
REPEATING = TEXT_COLUMNS[1:]  # all but the incident's id
MANY = 200_000
_KEPT = [name for name in _ALL if name not in _DURATIONS]

_logger = logging.getLogger(__name__)


class History:
    """The table of all incidents of one log. `run(board)` keeps it up to date; without a desk `read_table` is enough.

    It belongs to the event loop it runs on. `table()` is always at hand: before the log was folded it is empty and `ready` false;
    `done` of `total` incidents are folded then.
    """

    def __init__(self, path: Path, vault: Vault, *, starts: tuple[str, ...] = ()) -> None:
        self.ready = False
        self.erased: frozenset[str] = frozenset()  # the incidents of which rows are shown coarse only
        self.done = self.total = 0
        self._source = _Source(path, vault, starts)
        self._table = table_of([])
        self._base, self._mark = self._table, START
        self._board: Board | None = None
        self._changed: set[str] = set()
        self._rows: dict[str, dict[str, object]] = {}  # of the incidents on the board, as they stand in the table
        self._woken = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._listeners: list[tuple[Callable[[], None], Callable[[], bool]]] = []
        self._unlisten: Callable[[], None] = lambda: None

    @classmethod
    async def open(cls, log: Any, path: Path, *, starts: tuple[str, ...] = ()) -> "History":
        """The history of an open log (`SqliteLog`) at this path, folded. Raises LogUnavailable."""
        history = cls(path, log.vault, starts=starts)
        await history.load()
        return history

    def table(self) -> pd.DataFrame:
        """All incidents, the oldest first, completed with their durations. Nobody may change it: it is everybody's.

        While nobody listens it is as old as the last `fresh`.
        """
        return self._table

    async def fresh(self) -> pd.DataFrame:
        """The table with all that is on the board now."""
        await self.refresh()
        return self._table

    def listen(self, listener: Callable[[], None], wanted: Callable[[], bool] = lambda: True) -> Callable[[], None]:
        """Be told, on the loop, of every new table, while `wanted` says so. Returns the function that ends it."""
        pair = (listener, wanted)
        self._listeners.append(pair)
        return lambda: self._listeners.remove(pair) if pair in self._listeners else None

    async def load(self) -> None:
        """Fold what the cache does not know, and renew it. Raises LogUnavailable."""
        self._base, self._mark = await asyncio.to_thread(self._source.load, self._progress)
        self.erased = await asyncio.to_thread(self._source.erased)
        self._take(self._base)
        self.ready = True

    def follow(self, board: Board) -> None:
        """Be told by a running desk what changes, beginning with all that is on its board."""
        self._unlisten()
        self._board = board
        self._unlisten = board.listen(self._hear)
        self._changed |= board.incidents.keys()
        self._woken.set()

    async def run(self, board: Board) -> None:
        """Load, follow the board and renew the cache now and then, until cancelled. Raises LogUnavailable."""
        if not self.ready:
            await self.load()
        self.follow(board)
        renewed = time.monotonic()
        try:
            while True:
                await self._woken.wait()
                await asyncio.sleep(TOGETHER_S)
                # A table that nobody looks at would only keep the next press waiting.
                took = await self.refresh() if any(wanted() for _, wanted in self._listeners) else 0.0
                if time.monotonic() - renewed > RENEW_S:
                    renewed = time.monotonic()
                    await self.renew()
                await asyncio.sleep(took * IDLE)
        finally:
            self._unlisten()

    async def refresh(self) -> float:
        """Bring what changed on the board into the table; how long that took, s."""
        async with self._one_at_a_time:
            self._woken.clear()
            incidents = self._board.incidents if self._board is not None else {}
            # One that left the board meanwhile was closed a day ago: its row stands.
            changed = [incidents[name] for name in self._changed if name in incidents]
            self._changed = set()
            began = time.monotonic()
            if changed:
                self._rows = {name: row for name, row in self._rows.items() if name in incidents}
                table = await asyncio.to_thread(self._source.replaced, self._table, changed, self._rows)
                if table is not self._table:
                    self._take(table)
            return time.monotonic() - began

    async def renew(self) -> None:
        """Fold the log itself on from the cache's position and write the cache anew; nothing when it can't be read now."""
        try:
            self._base, self._mark = await asyncio.to_thread(self._source.renew, self._base, self._mark)
            self.erased = await asyncio.to_thread(self._source.erased)
        except LogUnavailable as failure:
            _logger.warning("the columns beside the log were not renewed: %s", failure)

    async def close(self) -> None:
        """Renew the cache a last time: the next start then folds nothing. A first fold under way is given up."""
        self._unlisten()
        if self.ready:
            await self.renew()
        self._source.stopped = True

    def _hear(self, change: Change) -> None:
        if change.kind == "incident":
            if self._board is not None and change.key not in self._board.incidents:
                self._changed.discard(change.key)
                return
            self._changed.add(change.key)
            self._woken.set()

    def _take(self, table: pd.DataFrame) -> None:
        self._table = table
        tell((listener for listener, _ in self._listeners), what="a listener of the history")

    def _progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total


def read_table(
    path: Path,
    key_file: Path | None = None,
    *,
    starts: tuple[str, ...] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:
    """The table of the log at this path, also while a desk serves it. Raises LogUnavailable and KeyMismatch.

    `progress` is called with incidents folded and in all.
    """
    vault = open_vault(path, key_file)
    try:
        return _Source(path, vault, starts, rests=False).load(progress)[0]
    finally:
        vault.close()


def erased_incidents(path: Path) -> frozenset[str]:
    """The ids of the incidents of the log at this path that were erased. Raises LogUnavailable."""
    with snapshot(path) as log:
        return frozenset(record.stream.removeprefix("incident/") for record in log.of_type("erased"))


class _Source:
    """Where rows come from: the cache, the log, incidents of a board. Used by any thread; keeps nothing."""

    def __init__(self, path: Path, vault: Vault, starts: tuple[str, ...], *, rests: bool = True) -> None:
        self._path = path
        self._vault = vault
        self._starts = starts
        self._rests = rests
        self.stopped = False

    def load(self, progress: Callable[[int, int], None] = lambda done, total: None) -> tuple[pd.DataFrame, Mark]:
        key, made_by = self._vault.columns_key, _made_by(self._starts)
        kept = columns.read(self._path, key, made_by, repeating=REPEATING)
        with snapshot(self._path) as log:
            if kept is None or not log.holds(kept[0]):
                base, mark = table_of([]), START
            else:
                base, mark = table_of_columns(kept[1]), kept[0]
            return self._on(log, base, mark, progress)

    def renew(self, base: pd.DataFrame, mark: Mark) -> tuple[pd.DataFrame, Mark]:
        with snapshot(self._path) as log:
            return self._on(log, base, mark)

    def erased(self) -> frozenset[str]:
        """The incidents that were erased. Raises LogUnavailable."""
        return erased_incidents(self._path)

    def replaced(
        self, table: pd.DataFrame, incidents: Sequence[Incident], known: dict[str, dict[str, object]]
    ) -> pd.DataFrame:
        """The table with the rows of these incidents; the same when each says what is `known` (it often moves, no more)."""
        rows = {incident.id: row_of(incident, starts=self._starts) for incident in incidents}
        new = {name: row for name, row in rows.items() if known.get(name) != row}
        known.update(new)
        return _merged(table, [table_of(new.values())]) if new else table

    def _on(
        self,
        log: Snapshot,
        base: pd.DataFrame,
        mark: Mark,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> tuple[pd.DataFrame, Mark]:
        head = log.head()
        if head == mark:
            return base, mark
        table = _merged(base, list(self._folded(log, log.streams("incident/", mark.position), progress)))
        self._keep(table, head)
        return table, head

    def _folded(
        self, log: Snapshot, streams: list[str], progress: Callable[[int, int], None]
    ) -> Iterator[pd.DataFrame]:
        rows: list[dict[str, Any]] = []
        since = time.monotonic()
        for done, (stream, records) in enumerate(log.records(streams), 1):
            try:
                rows.append(row_of(self._incident(records), starts=self._starts))
            except Exception as error:  # its records may be damaged in any way
                _logger.warning("%s is not in the table: %s", stream, type(error).__name__)
            if self.stopped:
                raise LogUnavailable("the history is not wanted any more")
            if self._rests and time.monotonic() - since > WORK_S:
                progress(done, len(streams))
                time.sleep(REST_S)
                since = time.monotonic()
            if len(rows) == _CHUNK:
                progress(done, len(streams))
                yield table_of(rows)
                rows = []
        if rows:
            yield table_of(rows)

    def _incident(self, records: list[Record]) -> Incident:
        incident: Incident | None = None
        for record in records:
            incident = apply(incident, ev.entry(record, self._vault.unseal(record)))
        if incident is None:
            raise ValueError("it has no record")
        return incident

    def _keep(self, table: pd.DataFrame, mark: Mark) -> None:
        try:
            key, made_by = self._vault.columns_key, _made_by(self._starts)
            columns.write(self._path, key, made_by, mark, kept_columns(table), unique="incident")
        except OSError as error:
            _logger.warning("the columns beside the log could not be written: %s", error.strerror)


def _merged(table: pd.DataFrame, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """The table with these rows in the place of the older ones of the same incidents, the oldest first."""
    if not parts:
        return table
    rows = pd.concat(parts, ignore_index=True)
    stay = table[~table["incident"].isin(rows["incident"])]
    stay = stay.astype({name: str for name in REPEATING if isinstance(stay[name].dtype, pd.CategoricalDtype)})
    whole = pd.concat([stay, rows], ignore_index=True) if len(stay) else rows
    return whole[_ALL].sort_values(["received", "incident"], kind="stable", ignore_index=True)


def kept_columns(table: pd.DataFrame) -> pa.Table:
    """What the cache keeps of a table: all but the durations, which follow from the times."""
    return pa.Table.from_pandas(table[_KEPT], preserve_index=False)


def table_of_columns(kept: pa.Table) -> pd.DataFrame:
    """The table that was kept. Over `MANY` rows the texts that repeat are categories of str."""
    # Each column by itself: pandas need not copy a million rows into one block.
    plain = kept.num_rows < MANY
    found = {
        name: (kept[name].cast(pa.string()) if plain and name in REPEATING else kept[name]).to_pandas()
        for name in _KEPT
    }
    return pd.DataFrame(found | durations(found), copy=False)[_ALL]


@functools.cache
def _code() -> str:
    """A digest of all that folds and measures: a cache made by other code is not of this fold."""
    digest = hashlib.sha256(f"pandas {pd.__version__}".encode())
    folders = (Path(__file__).parents[2] / "incidents", Path(__file__).parent)
    for file in sorted(file for folder in folders for file in folder.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _made_by(starts: tuple[str, ...]) -> str:
    return f"{_code()} {' '.join(starts)}"

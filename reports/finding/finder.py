"""The incidents that fit what was asked for: the history's table beside the identities, as columns of numbers made once a table.

Nothing here decides who may see what: who asks says whose incidents are kept from them.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from incidents.incident import TIME_NAMES
from maps.gazetteer import fold
from reports.finding.identities import Identities, Who
from reports.finding.query import Term
from reports.measures.coarse import whole_provinces, within
from reports.measures.local import belgian, milliseconds

SHOWN = 50  # rows of an answer
_TURN_S = 0.002  # of work on the event loop before others have their turn
_CODED = ("zone", "as_class", "outcome", "state")
_COLUMN = {"class": "as_class", "outcome": "outcome", "state": "state"}
_EPOCH = date(1970, 1, 1)
_NAT = np.iinfo(np.int64).min

Mask = npt.NDArray[np.bool_]


class Past(Protocol):
    """Where the table of all incidents comes from (`reports.measures.history.History`)."""

    @property
    def ready(self) -> bool: ...
    async def fresh(self) -> pd.DataFrame: ...


class Named(msgspec.Struct, frozen=True):
    """The cases and the devices of persons who are called so."""

    cases: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that was found: whom it is about, where it was pressed, how it went; moments in ms since 1970."""

    id: str
    who: Who
    town: str
    zone: str
    state: str
    as_class: str
    outcome: str
    origin: str
    drill: bool
    abroad: bool
    received: int | None
    times: dict[str, int]
    erased: bool = False


class Hits(msgspec.Struct, frozen=True):
    """What was found: how many, and the newest of them."""

    count: int
    rows: tuple[Hit, ...]


class Finder:
    """Finds incidents. `run` reads whom they are about once, in the background; `ready` says when that is done.

    It belongs to the event loop that it runs on.
    """

    def __init__(self, past: Past, identities: Identities) -> None:
        self.identities = identities
        self._past = past
        self._read = False
        self._columns: Columns | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def ready(self) -> bool:
        """Whether everything there is can be found."""
        return self._read and self._past.ready

    async def run(self) -> None:
        """Read, then wait to be cancelled: each search reads on by itself. Raises LogUnavailable."""
        self.identities.stopped = False
        try:
            await asyncio.to_thread(self.identities.read_on)
            self._read = True
            await asyncio.Event().wait()
        finally:
            self.identities.stopped = True

    async def find(
        self,
        terms: Sequence[Term],
        *,
        people: Callable[[str], Named] = lambda text: Named(),
        keeps: Callable[[Who], bool] = lambda who: False,
        kept: Collection[str] = (),
        shown: int = SHOWN,
    ) -> Hits:
        """All that fit every term; terms of one kind are alternatives, but each person's must fit. Raises LogUnavailable.

        `people`: who is called so; `keeps` and `kept`: whose incidents, and which, do not exist for who asks.
        """
        async with self._one_at_a_time:
            table = await self._past.fresh()
            columns = await asyncio.to_thread(self._fresh, table)
            named = {term.text: people(term.text) for term in terms if term.kind == "who"}
            at = await asyncio.to_thread(columns.matching, terms, named)
            hidden = await self._hidden(np.unique(columns.who[at]).tolist(), keeps)
            at = await asyncio.to_thread(columns.without, at, hidden, kept)
            rows = await asyncio.to_thread(columns.hits, at[::-1][:shown])
        return Hits(len(at), rows)

    def _fresh(self, table: pd.DataFrame) -> "Columns":
        before = self.identities.read
        self.identities.read_on()
        if self._columns is None or self._columns.table is not table or self.identities.read != before:
            self._columns = Columns(table, self.identities)
        return self._columns

    async def _hidden(self, whos: Sequence[int], keeps: Callable[[Who], bool]) -> list[int]:
        """The numbers of those that are kept from who asks: the rule belongs to the event loop, which must not wait for all."""
        found, since = [], time.monotonic()
        for number in whos:
            if keeps(self.identities.whos[number]):
                found.append(number)
            if time.monotonic() - since > _TURN_S:
                await asyncio.sleep(0)
                since = time.monotonic()
        return found


class Columns:
    """A table as numbers: each incident's person, municipality and Belgian day, and the codes of its texts."""

    def __init__(self, table: pd.DataFrame, identities: Identities) -> None:
        self.table = table
        self._identities = identities
        self.ids: list[str] = table["incident"].tolist()
        self.who, self.town = identities.numbers(self.ids)
        received = table["received"]
        day = belgian(received).to_numpy("datetime64[D]").astype(np.int64)
        self._day = np.where(received.isna().to_numpy(bool), _NAT, day)
        self._codes: dict[str, npt.NDArray[np.intp]] = {}
        self._values: dict[str, list[str]] = {}
        for name in _CODED:
            self._codes[name], values = pd.factorize(table[name])
            self._values[name] = [str(value) for value in values]
        # Of an erased one no more can be asked than is told: its month, its province.
        self._gone = np.fromiter((one in identities.erased for one in self.ids), bool, len(self.ids))
        self._month = self._day.astype("datetime64[D]").astype("datetime64[M]")
        self._order = self._told_order(milliseconds(received)) if self._gone.any() else None
        self._plain: list[tuple[str, str]] = []
        row_of = {id: n for n, id in enumerate(self.ids)}
        self._cads = [(row_of[id], fold(cad)) for id, cad in list(identities.cads.items()) if cad and id in row_of]

    def matching(self, terms: Sequence[Term], named: dict[str, Named]) -> npt.NDArray[np.intp]:
        """The places in the table of what fits, oldest first."""
        fits = np.ones(len(self.ids), bool)
        for kind in dict.fromkeys(term.kind for term in terms):
            some = [term for term in terms if term.kind == kind]
            if kind == "who":
                for term in some:
                    fits &= self._about(term.text, named.get(term.text, Named()))
            else:
                fits &= np.logical_or.reduce([self._fits(term) for term in some])
        at = np.flatnonzero(fits)
        return at if self._order is None else at[np.argsort(self._order[at])]

    def _told_order(self, received: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
        """The turn of each place: an erased one has that of its month's beginning, among its like that of its id."""
        begins = self._month.astype("datetime64[ms]").astype(np.int64)
        turns = np.empty(len(self.ids), np.intp)
        ids = np.where(self._gone, np.array(self.ids), "")
        turns[np.lexsort((ids, np.where(self._gone, begins, received)))] = np.arange(len(self.ids))
        return turns

    def without(self, at: npt.NDArray[np.intp], hidden: Sequence[int], kept: Collection[str]) -> npt.NDArray[np.intp]:
        """Those places that are neither of these persons nor these incidents."""
        if hidden:
            at = at[~np.isin(self.who[at], hidden)]
        if kept:
            at = at[[self.ids[n] not in kept for n in at]] if len(at) else at
        return at

    def hits(self, at: npt.NDArray[np.intp]) -> tuple[Hit, ...]:
        """The incidents at these places of the table."""
        rows = self.table.iloc[at]
        ms = {name: milliseconds(rows[name]).tolist() for name in TIME_NAMES}
        texts = {name: rows[name].astype(str).tolist() for name in (*_CODED, "origin")}
        drills, abroad = rows["drill"].tolist(), rows["abroad"].tolist()
        found = []
        for n, place in enumerate(at):
            id = self.ids[place]
            times: dict[str, int] = {name: at_ms[n] for name, at_ms in ms.items() if at_ms[n] != _NAT}
            who, town = self._identities.of(id)
            said = {name: column[n] for name, column in texts.items()}
            said |= {"town": "" if abroad[n] else town}
            received = times.get("received")
            found.append(
                Hit(
                    id=id,
                    who=who,
                    drill=drills[n],
                    abroad=abroad[n],
                    received=received,
                    times=times,
                    erased=id in self._identities.erased,
                    **said,
                )
            )
        return tuple(found)

    def _fits(self, term: Term) -> Mask:
        if term.kind == "days":
            assert term.since is not None and term.until is not None
            fits = ((term.since - _EPOCH).days <= self._day) & (self._day <= (term.until - _EPOCH).days)
            return np.where(self._gone, within(self._month, term.since, term.until), fits)
        if term.kind == "place":
            towns = [n for n, name in enumerate(self._identities.towns) if name in term.towns]
            fits = self._coded("zone", term.values) | np.isin(self.town, towns)
            whole = whole_provinces(term.values, self._identities.provinces)
            return np.where(self._gone, self._coded("zone", whole), fits)
        if term.values == {"open"}:
            return ~self._coded("state", frozenset({"closed"}))
        return self._coded(_COLUMN[term.kind], term.values)

    def _coded(self, column: str, values: Collection[str]) -> Mask:
        codes = [n for n, value in enumerate(self._values[column]) if value in values]
        return np.isin(self._codes[column], codes)

    def _about(self, text: str, named: Named) -> Mask:
        """Whose device, case or number in the CAD has this in it, who is called so, or which incident's id begins so."""
        asked = fold(text)
        for who in self._identities.whos[len(self._plain) :]:
            self._plain.append((fold(who.device or ""), fold(who.case or "")))
        numbers = [
            n
            for n, ((device, case), who) in enumerate(zip(self._plain, self._identities.whos, strict=False))
            if n
            and (
                asked in device
                or asked in case
                or who.case in named.cases
                or (who.case is None and who.device in named.devices)
            )
        ]
        fits = np.isin(self.who, numbers)
        fits[[n for n, cad in self._cads if asked in cad]] = True
        if (beginning := text.casefold()).isalnum() and len(beginning) >= 6:
            fits |= np.fromiter((one.startswith(beginning) for one in self.ids), bool, len(self.ids))
        return fits

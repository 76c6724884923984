"""Whom each incident is about and where it was pressed, in memory only: what is sealed in the log is never written anywhere else.

It is read from the few records that say so, in a thread that lets the event loop in, and read on at each search: what was erased
is nobody's from then on.
"""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from incidents.log import LogUnavailable, Record
from incidents.log.snapshot import Snapshot, snapshot
from incidents.log.vault import Vault
from maps.gazetteer import Gazetteer
from maps.provinces import provinces_by_zone
from maps.zones import Zones
from reports.measures.history import REST_S, WORK_S

_KINDS = (
    "raised",
    "pressed",
    "case_changed",
    "cad_numbered",
    "erased",
)  # in this order: what is later in it counts more
_TOGETHER = 500  # records whose positions are placed together


class Who(msgspec.Struct, frozen=True):
    """Whom an incident is about, as its records say. `open` stands for what only an incident on the board is."""

    device: str | None = None
    case: str | None = None
    case_version: int | None = None
    open: bool = False


class _Position(msgspec.Struct):
    lat: float
    lon: float


class _Sealed(msgspec.Struct):
    """Of the sealed facts what is needed; the rest is not even decoded into objects."""

    device: str | None = None
    case: str | None = None
    case_version: int | None = None
    place: str = ""
    number: str = ""  # in the CAD
    fix: _Position | None = None


NOBODY = Who()
_decode = msgspec.json.Decoder(_Sealed).decode


class Identities:
    """`whos` and `towns` are the distinct persons and municipalities; each incident has the number of one of both.

    Number 0 is nobody, nowhere. `cads` has the numbers in the CAD, "" where one was taken back.
    One thread reads at a time; any thread may ask.
    """

    def __init__(self, path: Path, vault: Vault, zones: Zones, *, rests: bool = True) -> None:
        self.whos: list[Who] = [NOBODY]
        self.towns: list[str] = [""]
        self.erased: set[str] = set()  # incidents
        self.cads: dict[str, str] = {}  # the number in the CAD of each incident that has one
        self.read = 0  # records so far
        self.stopped = False
        self.provinces = provinces_by_zone(zones)
        self._path, self._vault, self._zones = path, vault, zones
        self._rests = rests
        self._after = 0
        self._who_at: dict[Who, int] = {NOBODY: 0}
        self._town_at: dict[str, int] = {"": 0}
        self._of: dict[str, tuple[int, int]] = {}
        self._pairs: dict[tuple[int, int], tuple[int, int]] = {}  # one object for each pair: most repeat

    def read_on(self) -> None:
        """Read what the log has beyond what was read. Call it in a thread. Raises LogUnavailable."""
        with snapshot(self._path) as log:
            head = log.head().position
            if head == self._after:
                return
            for kind in _KINDS:
                self._read(log, kind)
            self._after = head

    def of(self, incident: str) -> tuple[Who, str]:
        """Whom an incident is about, and the municipality it was pressed in; "" when that is not known."""
        who, town = self._of.get(incident, (0, 0))
        return self.whos[who], self.towns[town]

    def numbers(self, incidents: list[str]) -> npt.NDArray[np.int32]:
        """For each of these incidents the numbers of its person and of its municipality: two rows."""
        nowhere = (0, 0)
        get = self._of.get
        pairs = np.fromiter((n for one in incidents for n in get(one, nowhere)), np.int32, 2 * len(incidents))
        return pairs.reshape(-1, 2).T

    def _read(self, log: Snapshot, kind: str) -> None:
        records = self._rested(log.of_type(kind, self._after))
        while some := list(islice(records, _TOGETHER)):
            names = [record.stream.removeprefix("incident/") for record in some]
            if kind == "erased":
                for name in names:
                    self._keep(name, 0, 0)
                    self.erased.add(name)
                    self.cads.pop(name, None)
                continue
            facts = [self._facts(record) for record in some]
            if kind == "cad_numbered":
                self.cads |= {name: fact.number for name, fact in zip(names, facts, strict=True)}
                continue
            towns = self._placed(facts, [str(record.open.get("zone", "")) for record in some])
            for name, fact, town in zip(names, facts, towns, strict=True):
                who, known = self._of.get(name, (0, 0))
                if kind == "raised":
                    who = self._number_of(Who(fact.device, fact.case, fact.case_version))
                elif kind == "case_changed" and who:
                    device = self.whos[who].device
                    who = self._number_of(Who(device, fact.case, fact.case_version))
                self._keep(name, who, town or known)

    def _facts(self, record: Record) -> _Sealed:
        """What cannot be opened or read is nobody's: its incident is found by what is open."""
        try:
            return _decode(self._vault.unseal(record) or b"{}")
        except msgspec.DecodeError:
            return _Sealed()

    def _placed(self, facts: list[_Sealed], zones: list[str]) -> list[int]:
        """The number of the municipality of each: by its position, else by the place and the zone that a person named."""
        lats = [fact.fix.lat if fact.fix else np.nan for fact in facts]
        lons = [fact.fix.lon if fact.fix else np.nan for fact in facts]
        codes = self._zones.locate_many(lats, lons)["municipality_nis"]
        names = self._zones.municipalities
        return [
            self._town(names.get(code, "") or (self._named(fact.place, zone) if fact.place else ""))
            for code, fact, zone in zip(codes, facts, zones, strict=True)
        ]

    def _named(self, place: str, zone: str) -> str:
        """The municipality of a place in words: one in the zone before another of the same name (there are four Beverens)."""
        gazetteer = Gazetteer.of(self._zones)
        found = [one for one in gazetteer.named(place) or gazetteer.towns_in(place) if one.municipality]
        return next((one.municipality for one in sorted(found, key=lambda one: one.zone != zone)), "")

    def _number_of(self, who: Who) -> int:
        if (number := self._who_at.get(who)) is None:
            self.whos.append(who)
            number = self._who_at[who] = len(self.whos) - 1
        return number

    def _town(self, name: str) -> int:
        if (number := self._town_at.get(name)) is None:
            self.towns.append(name)
            number = self._town_at[name] = len(self.towns) - 1
        return number

    def _keep(self, name: str, who: int, town: int) -> None:
        pair = (who, town)
        self._of[name] = self._pairs.setdefault(pair, pair)

    def _rested(self, records: Iterator[Record]) -> Iterator[Record]:
        """The records, with a pause after so much work: a desk's event loop runs beside this thread."""
        since = time.monotonic()
        for record in records:
            self.read += 1
            yield record
            if self.stopped:
                raise LogUnavailable("nobody searches any more")
            if self._rests and time.monotonic() - since > WORK_S:
                time.sleep(REST_S)
                since = time.monotonic()

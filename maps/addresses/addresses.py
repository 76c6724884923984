"""`Addresses`: where a position is in words of an address, and where words of an address are."""

from __future__ import annotations

import logging
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import pandas as pd
from msgspec.structs import replace

from maps.addresses.index_file import FILE, read_index
from maps.addresses.near import (
    DRAWN_M,
    QUARTER_M,
    Near,
    Street,
    close_by,
    known_radius,
    measured,
    named_kind,
    number_of,
)
from maps.addresses.quarters import NONE, Quarters
from maps.addresses.searching import Search
from maps.addresses.shipped import no_stations, no_tables, read_stations, shipped_tables
from maps.addresses.tables import SCALE, About, Tables, ground_m
from maps.gazetteer import LIMIT, Gazetteer, Place, coordinates, position, precision_m
from maps.store import SHIPPED, DataError
from maps.streets.closest import closest
from maps.streets.street_file import Streets
from maps.zones import Zones

BRUSSELS: Final = "21"  # its municipalities' REFNIS codes begin so

_logger = logging.getLogger(__name__)


class Addresses:
    """The addresses of one folder, and the zones of a centre. Immutable; any thread may ask.

    What is asked first takes longer: the quarters some 0.3 s, the index of words about a second; `warm` makes both beforehand.
    """

    def __init__(
        self, tables: Tables, zones: Zones, stations: pd.DataFrame | None = None, streets: Streets | None = None
    ) -> None:
        self.tables = tables
        self._zones, self._streets = zones, streets
        self._stations = read_stations() if stations is None else stations

    @classmethod
    def open(cls, folder: Path, zones: Zones, streets: Streets | None = None) -> Addresses:
        """Those of a folder. Raises AddressFileError; FileNotFoundError when the folder has none."""
        return cls(read_index(folder / FILE), zones, streets=streets)

    @classmethod
    def of(cls, folder: Path | None, zones: Zones, streets: Streets | None = None) -> Addresses:
        """Those of a folder as it is now, opened once; without a file, or with one that cannot be read, those shipped. Where none
        are loaded the drawn `streets` say where a position is.

        A file that took its place meanwhile is opened; whoever holds the old addresses goes on with them.
        """
        state = None
        if folder is not None:
            try:
                stat = (folder / FILE).stat()
                state = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            except OSError:
                pass
        return _opened(folder if state is not None else None, state, zones, streets)

    @property
    def about(self) -> About:
        """Where they come from."""
        return self.tables.about

    @property
    def credit(self) -> str:
        """What stands wherever their words do: whose the addresses are, and the drawn streets."""
        return " · ".join(filter(None, (self.about.credit, self._streets.credit if self._streets is not None else "")))

    def warm(self) -> Addresses:
        """Makes what the first question would wait for."""
        self.search("a")
        self.nearest(50.85, 4.35)
        return self

    def nearest(self, lat: float, lon: float, radius_m: float | None = None) -> Near:
        """What lies nearest to a position in degrees (WGS 84) that is sure to `radius_m` metres; None: how sure is not known.

        Raises ValueError when lat or lon is no number or out of range; any place on Earth is answered.
        """
        found, radius = self._zones.locate(lat, lon), known_radius(radius_m)
        lat, lon = float(lat), float(lon)
        if not found.inside:
            return Near(kind="outside", lat=lat, lon=lon, radius_m=radius)
        close = close_by(self.tables, lat, lon)
        if (kind := named_kind([one.distance_m for one in close], radius)) is not None:
            first = close[0]
            nis = str(self.tables.nis[first.street])
            near = Near(
                kind=kind,
                lat=lat,
                lon=lon,
                radius_m=radius,
                streets=tuple(
                    Street(*self.tables.names(one.street)) for one in close[: 2 if kind == "two_streets" else 1]
                ),
                number=number_of([self._number(one) for one in first.here]) if kind == "number" else "",
                postcode=str(self.tables.postcode[first.street]),
                municipality=self._zones.municipalities.get(nis, ""),
                town=Street(*self._zones.town_names.get(nis, ())),
                nis=nis,
                source=self.about.sources[int(self.tables.source[first.street])],
            )
            return measured(near, self._at(first.address))
        town = found.municipality
        near = Near(kind="municipality", lat=lat, lon=lon, radius_m=radius)
        if town is None:
            return near
        near = replace(
            near, municipality=town.name, town=Street(*self._zones.town_names.get(town.nis, ())), nis=town.nis
        )
        if not close and self._streets is not None and (drawn := self._drawn(self._streets, near)) is not None:
            return drawn
        best = self._quarters.nearest(lat, lon, town.nis, QUARTER_M)
        if best == NONE:
            best = self._quarters.town(town.nis)
        if best == NONE:
            return near
        place = self._quarters.entry(best).place
        if place.kind == "quarter":
            near = replace(near, kind="quarter", quarter=place.names)
        return measured(near, self._quarters.middle(best))

    def _drawn(self, streets: Streets, near: Near) -> Near | None:
        """The nearest drawn street, or the two it may be; None where none is near enough, or the position is not sure enough."""
        lines = closest(streets, near.lat, near.lon, DRAWN_M)
        away = [float(ground_m(near.lat, near.lon, one.lat, one.lon)) for one in lines]
        kind = named_kind(away, near.radius_m, numbers=False)
        if kind is None:
            return None
        # In Brussels OpenStreetMap joins both names, the French one first.
        both = [one.label.split(" - ", 1) if near.nis.startswith(BRUSSELS) else [one.label] for one in lines]
        names = tuple(Street(nl=one[-1], fr=one[0]) for one in both[: 2 if kind == "two_streets" else 1])
        near = replace(near, kind=kind, streets=names, source=streets.credit, drawn=True)
        return measured(near, (lines[0].lat, lines[0].lon))

    def search(self, text: str, limit: int = LIMIT) -> tuple[Place, ...]:
        """The places that `text` may mean, the best first: coordinates, streets with numbers, stations, and the gazetteer's."""
        if (at := coordinates(text)) is not None:
            return (position(self._zones, *at, precision_m(text)),)
        return self._search.find(text, limit)

    def towns_in(self, text: str) -> tuple[Place, ...]:
        """The municipality, quarter or postcode that stands in a text of which the rest is not understood."""
        return Gazetteer.of(self._zones).towns_in(text)

    @property
    def ready(self) -> bool:
        """Whether a search is answered in milliseconds: its index is made."""
        return self._search.made

    def places(self, text: str, limit: int = LIMIT) -> tuple[Place, ...]:
        """As `search`, without streets and stations; in milliseconds also before it is `ready`."""
        return Gazetteer.of(self._zones).find(text, limit)

    def _at(self, address: int) -> tuple[float, float]:
        return float(self.tables.lat[address] / SCALE), float(self.tables.lon[address] / SCALE)

    def _number(self, address: int) -> str:
        return str(self.tables.numbers[int(self.tables.number[address])].as_py())

    @cached_property
    def _quarters(self) -> Quarters:
        return Quarters.of(self._zones)

    @cached_property
    def _search(self) -> Search:
        return Search(self.tables, self._stations, self._zones, Gazetteer.of(self._zones))


@lru_cache(maxsize=2)
def _opened(folder: Path | None, state: tuple[int, ...] | None, zones: Zones, streets: Streets | None) -> Addresses:
    if folder is not None:
        try:
            return Addresses.open(folder, zones, streets)
        except (DataError, OSError) as error:
            _logger.error("ADDRESSES LOST: %s; those shipped are used", error)
    try:
        return Addresses(shipped_tables(SHIPPED), zones, streets=streets)
    except DataError as error:
        _logger.error("ADDRESSES LOST: %s; places are found without streets", error)
        return Addresses(no_tables(), zones, no_stations(), streets)

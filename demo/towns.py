"""Where the demo's people live: three towns and more for each of the eleven CICs, with their police zones."""

import math
from typing import Literal

import msgspec

Language = Literal["nl", "fr", "de"]
_KM_PER_DEGREE = 111.32


class Town(msgspec.Struct, frozen=True):
    """A town: its CIC, its police zone's key, its centre (WGS 84), the language of its files."""

    name: str
    cic: str
    zone: str
    lat: float
    lon: float
    language: Language


TOWNS = (
    Town("Gent", "OVL", "5415", 51.0536, 3.7253, "nl"),
    Town("Liège", "LIE", "5277", 50.6326, 5.5797, "fr"),
    Town("Antwerpen", "ANT", "5345", 51.2194, 4.4025, "nl"),
    Town("Bruxelles", "BRU", "5339", 50.8467, 4.3525, "fr"),
    Town("Namur", "NAM", "5303", 50.4669, 4.8675, "fr"),
    Town("Hasselt", "LIM", "5907", 50.9307, 5.3325, "nl"),
    Town("Mons", "HAI", "5324", 50.4542, 3.9523, "fr"),
    Town("Leuven", "VBR", "5388", 50.8798, 4.7005, "nl"),
    Town("Wavre", "BWA", "5271", 50.7172, 4.6014, "fr"),
    Town("Brugge", "WVL", "5444", 51.2093, 3.2247, "nl"),
    Town("Arlon", "LUX", "5297", 49.6833, 5.8167, "fr"),
    Town("Eupen", "LIE", "5292", 50.6279, 6.0365, "de"),
    Town("Aalst", "OVL", "5440", 50.9378, 4.0403, "nl"),
    Town("Verviers", "LIE", "5289", 50.5907, 5.8645, "fr"),
    Town("Mechelen", "ANT", "5913", 51.0259, 4.4776, "nl"),
    Town("Schaerbeek", "BRU", "5344", 50.8676, 4.3737, "fr"),
    Town("Dinant", "NAM", "5312", 50.2600, 4.9125, "fr"),
    Town("Genk", "LIM", "5909", 50.9655, 5.5008, "nl"),
    Town("Charleroi", "HAI", "5330", 50.4108, 4.4446, "fr"),
    Town("Halle", "VBR", "5905", 50.7336, 4.2345, "nl"),
    Town("Nivelles", "BWA", "5267", 50.5983, 4.3285, "fr"),
    Town("Kortrijk", "WVL", "5456", 50.8280, 3.2649, "nl"),
    Town("Bastogne", "LUX", "5301", 50.0003, 5.7150, "fr"),
    Town("Sankt Vith", "LIE", "5291", 50.2801, 6.1272, "de"),
    Town("Sint-Niklaas", "OVL", "5432", 51.1651, 4.1437, "nl"),
    Town("Turnhout", "ANT", "5364", 51.3226, 4.9447, "nl"),
    Town("Anderlecht", "BRU", "5341", 50.8367, 4.3072, "nl"),
    Town("Gembloux", "NAM", "5304", 50.5611, 4.6989, "fr"),
    Town("Tongeren", "LIM", "5962", 50.7806, 5.4648, "nl"),
    Town("Tournai", "HAI", "5316", 50.6056, 3.3881, "fr"),
    Town("Tienen", "VBR", "5910", 50.8075, 4.9380, "nl"),
    Town("Jodoigne", "BWA", "5276", 50.7237, 4.8690, "fr"),
    Town("Oostende", "WVL", "5449", 51.2190, 2.9260, "nl"),
    Town("Marche-en-Famenne", "LUX", "5300", 50.2267, 5.3442, "fr"),
)


def moved(lat: float, lon: float, km: float, course: float) -> tuple[float, float]:
    """So many kilometres from there, in degrees from north."""
    north, east = km * math.cos(math.radians(course)), km * math.sin(math.radians(course))
    return (
        round(lat + north / _KM_PER_DEGREE, 5),
        round(lon + east / (_KM_PER_DEGREE * math.cos(math.radians(lat))), 5),
    )

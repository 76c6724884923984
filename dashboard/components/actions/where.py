"""What a page offers for what somebody types of a place: its name to choose by, the zone it decides, where it is."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from dashboard.components.place_names import Places
from incidents.desk.by_hand import MAX_ACCURACY_M
from incidents.events.kinds import PlaceDoubt
from maps.addresses.addresses import Addresses
from maps.gazetteer import Kind, Place, position
from maps.zones import Zones

MAX_TYPED = 100  # characters of a name that is looked for
MAX_CALLED = 100  # of what an alarm is called: the desk takes no more


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A place to choose. `place` is what an alarm is called after it; latitude and longitude in WGS 84 degrees are given of a
    position, an address and a station only, of the last two with the metres they are true to: the middle of a municipality or
    a street is nowhere to send a patrol. `zone` and `municipality` are "" outside Belgium; `asked` a house number that nobody
    knows there; `missed` a town or a postcode that was typed, where it does not lie, `elsewhere`: nor in its municipality.
    `unknown`: what was typed is itself the place in words, since nothing is called so there; `town` is what was understood.
    `doubts` are what of all that stands on an alarm that is raised there."""

    kind: Kind
    name: str
    place: str
    zone: str
    zone_name: str
    municipality: str = ""
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    asked: str = ""
    missed: str = ""
    elsewhere: bool = False
    unknown: bool = False
    town: str = ""
    doubts: tuple[PlaceDoubt, ...] = ()


def found(addresses: Addresses, places: Places, text: str) -> list[Found]:
    """The places that are called so, likeliest first."""
    typed = " ".join(text[:MAX_TYPED].split())
    whole = addresses.search(typed) or [replace(town, unknown=True) for town in addresses.towns_in(typed)]
    return [shown(place, places, typed) for place in whole]


def found_at_once(addresses: Addresses, places: Places, text: str) -> list[Found] | None:
    """What is offered while the first search makes its index: the places without streets; None when there is no need or none."""
    if addresses.ready:
        return None
    return [shown(place, places) for place in addresses.places(text[:MAX_TYPED])] or None


def clicked(zones: Zones, places: Places, lat: float, lon: float, accuracy_m: float) -> Found:
    """The place of a click on the map, in WGS 84 degrees, that is true to so many metres over the ground. Raises ValueError when
    it is none on Earth."""
    return shown(position(zones, lat, lon, accuracy_m), places)


def shown(place: Place, places: Places, typed: str = "") -> Found:
    """A place as it is offered to who `typed` so."""
    zone_name = places.zone_name(place.zone)
    both = " / ".join(place.names)
    match place.kind:
        case "position":
            at = f"{place.lat:.5f}, {place.lon:.5f}"
            name, called = f"{at} · {place.municipality}" if place.municipality else at, place.municipality or at
        case "municipality":
            name, called = both, place.municipality
        case "postcode":
            name, called = (f"{place.postcode} {one}".strip() for one in (both, "".join(place.names[:1])))
        case "quarter":
            name, called = f"{both} · {place.municipality}", place.names[0]
        case "zone":
            name, called, zone_name = zone_name, zone_name, place.zone
        case "station":
            name = called = both
        case "street" | "address":
            town = " ".join(filter(None, (place.postcode, place.quarter and f"{place.quarter},", place.municipality)))
            name = " · ".join(filter(None, (" ".join(filter(None, (both, place.number))), town)))
            house = place.number or place.asked
            whole = (f"{street} {house}".strip() + f", {place.municipality}" for street in (both, place.names[0]))
            called = next((one for one in whole if len(one) <= MAX_CALLED), place.names[0])
    town = name if place.unknown and place.names else ""
    if place.unknown:
        end = f", {place.municipality}" if place.municipality else ""
        name, called = f"{typed} ({name})", f"{typed[: MAX_CALLED - len(end)]}{end}"
    return Found(
        kind=place.kind,
        name=name,
        place=called[:MAX_CALLED],
        zone=place.zone,
        zone_name=zone_name,
        municipality=place.municipality,
        lat=place.lat,
        lon=place.lon,
        # Coordinates without their decimals are true to nobody knows what.
        accuracy_m=place.accuracy_m if (place.accuracy_m or 0.0) <= MAX_ACCURACY_M else None,
        asked=place.asked,
        missed=place.missed,
        elsewhere=place.elsewhere,
        unknown=place.unknown,
        town=town,
        doubts=tuple(_doubts(place)),
    )


def _doubts(place: Place) -> Iterator[PlaceDoubt]:
    if place.asked:
        yield "no_number" if place.kind == "street" else "other_number"
    if place.unknown:
        yield "no_street"
    if place.missed:
        yield "other_town"

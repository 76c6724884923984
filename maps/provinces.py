"""The province of each police zone."""

from maps.zones import Zones


def provinces_by_zone(zones: Zones) -> dict[str, str]:
    """Its name by the zones' keys; a zone of a province that the map does not name is in none."""
    return {zone.zone: zones.provinces[zone.province] for zone in zones.zones if zone.province in zones.provinces}


def province_codes(zones: Zones) -> dict[str, str]:
    """The NIS code by the zones' keys."""
    return {zone.zone: zone.province for zone in zones.zones}

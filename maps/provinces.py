"""The province of each police zone, by name."""

from maps.zones import Zones


def provinces_by_zone(zones: Zones) -> dict[str, str]:
    """By the zones' keys; a zone of a province that the map does not name is in none."""
    return {zone.zone: zones.provinces[zone.province] for zone in zones.zones if zone.province in zones.provinces}

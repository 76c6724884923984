"""The words of the field that takes a place."""

from collections.abc import Callable


def place_field(_: Callable[[str], str]) -> dict[str, str]:
    """Its words by key."""
    return {
        "place_click": _("Click on the map"),
        "place_waiting": _("Click the place on the map ..."),
        "place_none": _("No such place. A street and a municipality, a postcode, a station, a zone or coordinates?"),
        "place_town": _("The street is not known: only {town} is understood. The rest stays as it was typed."),
        "place_address": _("address, ± {m}"),
        "place_station": _("station"),
        "place_street": _("street, no position"),
        "place_no_number": _("no number {number} known, no position"),
        "place_other_number": _("no number {number} known"),
        "place_zone_unknown": _("zone not known"),
        "place_outside": _("outside Belgium"),
    }

"""The words of where she is and how she moves, and of a position that may be wrong."""

from collections.abc import Callable


def movement(_: Callable[[str], str]) -> dict[str, str]:
    """The words of the case and of the chosen row; the map's are in its own folder."""
    return {
        "near": _("Place"),
        "relation": _("Her places"),
        "position": _("Position"),
        "position_text": _("{lat}, {lon} {radius}, {age}\u00a0old"),
        "radius_unknown": _("accuracy unknown"),
        "confidence": _("{n} % sure"),
        "movement": _("Movement"),
        "standing_since": _("standing since {time}"),
        "about_kmh": _("about {kmh}\u00a0km/h {heading}"),
        "by_positions": _("estimated from her positions"),
        "doubt": _("LAST POSITION MAY BE WRONG: {m} in {span}"),
        "why.doubt": _("The last position may be wrong: look at the map before you route."),
    }

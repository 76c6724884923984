"""The words of codes that papers and pages share: English here, through `translate`."""

from collections.abc import Callable


def flags(_: Callable[[str], str]) -> dict[str, str]:
    """What is odd about an incident, by its flag (`incidents.events.Flag`)."""
    return {
        "late": _("came after closing"),
        "delayed": _("came delayed"),
        "no_device": _("no device named"),
        "no_fix": _("no position"),
        "outside": _("outside Belgium"),
        "future": _("clock ahead"),
        "past": _("clock never set"),
        "zone_clock": _("clock of the zone or unit wrong"),
        "id_again": _("its message's id was used before"),
        "counter_back": _("counter went back: replay or restart"),
        "case_unknown": _("no case known"),
        "case_expired": _("case expired"),
        "cases_locked": _("cases locked"),
        "unreadable": _("parts unreadable"),
    }


def centres(_: Callable[[str], str]) -> dict[str, str]:
    """The name of each centre (CIC) by its key."""
    return {
        "ANT": _("Antwerp"),
        "BRU": _("Brussels"),
        "BWA": _("Walloon Brabant"),
        "HAI": _("Hainaut"),
        "LIE": _("Liège"),
        "LIM": _("Limburg"),
        "LUX": _("Luxembourg"),
        "NAM": _("Namur"),
        "OVL": _("East Flanders"),
        "VBR": _("Flemish Brabant"),
        "WVL": _("West Flanders"),
    }

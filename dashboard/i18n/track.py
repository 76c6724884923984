"""The words of where she goes: her places, the borders of zones, abroad."""

from collections.abc import Callable


def track(_: Callable[[str], str]) -> dict[str, str]:
    """Its words by key."""
    return {
        "zone_abroad": _("outside Belgium, nearest PZ {name}"),
        "abroad.title": _("Abroad"),
        "abroad.beyond": _("{m} beyond the border with {country}"),
        "abroad.sea": _("{m} off the coast"),
        "abroad.far": _("{m} from Belgium"),
        "abroad.within": _("the border lies within its circle"),
        "abroad.call": _("{country}: call {contact}"),
        "abroad.call_none": _("{country}: no contact is set"),
        "abroad.call_nobody": _("no contact is set (abroad.contacts)"),
        "either": _("{first} or {second}"),
        "country.NL": _("the Netherlands"),
        "country.DE": _("Germany"),
        "country.LU": _("Luxembourg"),
        "country.FR": _("France"),
        "inside_border": _("inside, {m} from the border"),
        "outside_share": _("{n} % outside Belgium"),
        "realarm.place": _("LEFT OR REACHED A PLACE OF HERS"),
        "realarm.zone": _("CROSSED A BORDER"),
        "next_zone": _("NOW IN {zone}"),
        "next_zone_route": _("NOW IN {zone}: press\u00a0R"),
        "passage.left": _("left {place} by {time}"),
        "passage.reached": _("reached {place} by {time}"),
        "history.place_passed": _("left or reached a place of hers"),
        "history.place_left": _("LEFT a place of hers"),
        "history.place_reached": _("REACHED a place of hers"),
        "history.zone_crossed": _("for certain in {zone} now"),
        "history.where_unanswered": _("nobody answered where she went: SUPERVISOR CALLED"),
    }

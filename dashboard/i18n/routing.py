"""The words of the routing form: the zones, why none is preselected, the nearest units."""

from collections.abc import Callable

from reports.counted import counted


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """What the form says of zones and of units."""
    return {
        "routing": _("Route to"),
        "other_zone": _("Another zone"),
        "other": _("Other zone"),
        "more_zones": counted(_, "{n} more zone by name", "{n} more zones by name"),
        "choose_zone": _("Choose a zone first."),
        "choose_other": _("It is routed there already. Choose another zone."),
        "share": _("{n} %"),
        "excluded_zone": _("no order goes there: {reason}"),
        "why.no_fix": _("No position: nothing is preselected."),
        "why.named": _("No position: this zone was named by who raised the alarm."),
        "why.named_long_ago": _("The place was named more than 10 min ago: nothing is preselected."),
        "why.too_old": _("The position is too old to say: nothing is preselected."),
        "why.outside": _("Outside Belgium: nothing is preselected. Nearest zone shown."),
        "why.excluded": _("The case excludes the likeliest zone: choose another."),
        "why.wide": _("The circle is too wide to say: nothing is preselected."),
        "why.no_circle": _("Accuracy unknown: the zone of the point."),
        "asked_unit": _("unit {unit} asked for"),
        "units": _("Nearest available units"),
        "units.title": _("Available units, by road"),
        "units.title.no_router": _("Available units, straight line: no router"),
        "units.title.unasked": _("Available units, in a straight line"),
        "units.title.asking": _("Available units, straight line: asking the router"),
        "units.title.no_answer": _("Available units, in a straight line: the router does not answer"),
        "units.title.unreadable": _("Available units, in a straight line: the router's answer can't be read"),
        "units.none": _("No available unit with a known position"),
        "units.zone_too": _("{unit} belongs to {zone}: with it that zone is chosen."),
        "units.none_there": _("There is no such unit."),
        "units.gone": _("no longer available"),
        "units.moved": _("The order of the units changed just now. Look again."),
        "units.road_best": _("{time} by road ({m}), {less} less than the next; position {age} old"),
        "units.road_even": _("{time} by road ({m}), as long as the next; position {age} old"),
        "units.road_only": _("{time} by road ({m}); position {age} old"),
        "units.straight_best": _("{m} in a straight line, {less} nearer than the next; position {age} old"),
        "units.straight_even": _("{m} in a straight line, as far as the next; position {age} old"),
        "units.straight_only": _("{m} in a straight line; position {age} old"),
        "units.asking": _("asking the router"),
        "units.road": _("{time} by road ({m})"),
        "units.straight": _("{m} in a straight line"),
        "units.age": _("position {age} old"),
        "units.age.old": _("may be elsewhere"),
        "units.age.very_old": _("may be anywhere"),
        "more_units": counted(_, "{n} more unit", "{n} more units"),
        "more_units_short": _("+{n}"),
        "key_unit": _("Ask for this unit, or no more"),
    }

"""The words of the supervisor page: the live floor, and the frame of the rooms beside it."""

from collections.abc import Callable


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """The words by key."""
    return {
        "supervisor": _("Supervisor"),
        "to_operator": _("Operator page"),
        "to_supervisor": _("Supervisor page"),
        "floor": _("On the floor now"),
        "floor.filters": _("Filters"),
        "floor.none": _("No open alarm"),
        "floor.open": _("Open the timeline of {label}"),
    }

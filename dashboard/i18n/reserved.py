"""The words of what a case keeps from somebody: the neutral row, and what the others are told."""

from collections.abc import Callable


def reserved(_: Callable[[str], str]) -> dict[str, str]:
    """The words of the neutral row, of refusals, and of what a supervisor is told."""
    return {
        "reserved": _("RESERVED"),
        "reserved_row": _("It stands on other consoles."),
        "reserved_label": _("Reserved alarm: it stands on other consoles"),
        "kept_from": _("{n} excluded by its case on shift"),
        "kept_from_order": _("ORDERED ZONE EXCLUDED BY THE CASE: route to another"),
        "why.next_zone": _("THE CASE EXCLUDES THE LIKELIEST ZONE: the next one is proposed."),
        "gone.excluded": _("OWNER EXCLUDED BY THE CASE: take it"),
        "refused.zone_excluded": _("The case excludes this zone. Route to the next one."),
        "refused.not_to_them": _("It cannot be given to this person. Choose somebody else."),
        "history.kept_from": _("KEPT FROM {what}, excluded by the case"),
        "history.escalated_excluded": _("no eligible console listens: EVERY CONSOLE, TELLING OUTSIDE"),
        "history.offered_excluded": _("OWNER EXCLUDED BY THE CASE: offered to all"),
    }

"""The words beside the centre's CAD: the brief that is copied for it and for the radio, and its number of an alarm."""

from collections.abc import Callable


def brief(_: Callable[[str], str]) -> dict[str, str]:
    """The words by key."""
    return {
        "cad_number": _("CAD {number}"),
        "history.cad_numbered": _("CAD number {what} entered by {who}"),
        "do.copy_brief": _("Copy for CAD"),
        "do.set_cad_number": _("CAD number"),
        "form_set_cad_number": _("Number of {label} in the CAD"),
        "field_cad_number": _("CAD number"),
        "refused.cad_number_invalid": _("A CAD number is 40 characters at most: letters, digits, spaces, - . / :"),
        "brief.alarm": _("STALKING ALARM"),
        "brief.said": _("CALLER SAID"),
        "brief.cad": _("CAD"),
        "brief.place": _("PLACE"),
        "brief.position": _("POSITION"),
        "brief.who": _("WHO"),
        "brief.from": _("FROM"),
        "brief.weapon": _("WEAPON"),
        "brief.approach": _("APPROACH"),
        "brief.asked": _("ASKED"),
        "brief.at": _("{what} at {time}"),
        "brief.unknown": _("not known"),
        "brief.none_known": _("none known"),
        "brief.no_call": _("do not call or text her"),
        "brief.unit_of": _("a unit of {zone}"),
        "brief.unit": _("a unit"),
        "brief.exercise": _("EXERCISE, NO REAL ALARM"),
        "brief.later": _("Its case has not come yet. Do it again."),
        "brief.copied": _("Brief of {label} copied: paste it into the CAD."),
        "brief.not_copied": _("The brief of {label} could not be copied: this browser allows it on https only."),
    }

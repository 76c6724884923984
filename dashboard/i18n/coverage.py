"""The words of whose alarm it is: centres, what a console covers, centres nobody listens for."""

from collections.abc import Callable

from reports.words import centres


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """Their words by key; `cic.CODE` is the name of a centre."""
    return {
        **{f"cic.{key}": name for key, name in centres(_).items()},
        "all_centres": _("all centres"),
        "covers": _("Covers: {centres}"),
        "covers_more": _("{centre} +{n}"),
        "covers_all": _("Covers: all"),
        "covers_label": _("Centres this position covers: {centres}. Choose"),
        "covers_choose": _("Centres this position covers"),
        "covers_hint": _(
            "Alarms of the others wait in one line. What no console of theirs hears, and what nobody can place, comes here too."
        ),
        "covers_save": _("Cover these"),
        "covers_every": _("Tick all"),
        "covers_hide": _("Leave"),
        "blind": _("CENTRE {centres} HAS NO LISTENING CONSOLE."),
        "blind_n": _("CENTRES {centres} HAVE NO LISTENING CONSOLE."),
        "blind_all": _("NO CENTRE HAS A LISTENING CONSOLE."),
        "blind_here": _("{said} Its alarms come here."),
        "blind_here_n": _("{said} Their alarms come here."),
        "blind_here_all": _("{said} All alarms come here."),
        "person_covers": _("covers {centres}"),
        "others": _("Other centres ({n})"),
        "others_oldest": _("waiting {age}"),
        "key_others": _("other centres"),
        "unlocated": _("UNLOCATED"),
        "abroad": _("ABROAD"),
        "belongs.last_fix": _("{centre} by her last known position"),
        "belongs.home": _("{centre} by her home"),
        "belongs.nobody_knows": _("no centre known"),
        "announced": _("near the border: {centre} has it"),
        "taken_over": _("no console of {centre} listens"),
    }

"""The words of a place that is copied and spelled. The letters' own are the same in every language (ICAO)."""

from collections.abc import Callable


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """Its words by key."""
    return {
        "spelling.copy": _("Copy"),
        "spelling.spell": _("Spell"),
        "spelling.copy_title": _("Copy her position, in words and coordinates: ⇧C"),
        "spelling.spell_title": _("Spell her position, letter by letter: ⇧N"),
        "spelling.panel": _("Spelled"),
        "spelling.of": _("Where {label} is, spelled"),
        "spelling.close": _("Close"),
        "spelling.nothing": _("Where she is, is not known."),
        "spelling.copied": _("Where {label} is: copied."),
        "spelling.not_copied": _(
            "Not copied: this browser allows it on https only. Where {label} is stands selected: Ctrl+C."
        ),
        "spelling.latitude": _("North"),
        "spelling.longitude": _("East"),
        "spell.0": _("zero"),
        "spell.1": _("one"),
        "spell.2": _("two"),
        "spell.3": _("three"),
        "spell.4": _("four"),
        "spell.5": _("five"),
        "spell.6": _("six"),
        "spell.7": _("seven"),
        "spell.8": _("eight"),
        "spell.9": _("nine"),
        "spell.hyphen": _("hyphen"),
        "spell.to": _("to"),
        "spell.apostrophe": _("apostrophe"),
        "spell.point": _("point"),
        "spell.slash": _("slash"),
        "spell.grave": _("{word} grave"),
        "spell.acute": _("{word} acute"),
        "spell.circumflex": _("{word} circumflex"),
        "spell.diaeresis": _("{word} diaeresis"),
        "spell.cedilla": _("{word} cedilla"),
        "spell.tilde": _("{word} tilde"),
        "spell.mark": _("{word} with a mark"),
    }

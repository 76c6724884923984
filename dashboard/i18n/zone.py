"""The words of a zone's page, and of who is called back by a desk."""

from collections.abc import Callable

from reports.counted import counted


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """What a zone's desk reads and answers."""
    return {
        "zone.orders": _("Orders"),
        "zone.title": _("Orders for {zone}"),
        "zone.locked_title": _("Orders of the zone"),
        "zone.locked": _("Orders waiting for an answer: {n}. Sign in to read them."),
        "zone.none": _("No order for this zone. An order sounds here until it is answered."),
        "zone.unanswered": counted(_, "{n} order to answer · N", "{n} orders to answer · N"),
        "zone.waiting": _("NEW: ANSWER IT"),
        "zone.done": _("finished"),
        "zone.stand_down": _("STAND DOWN"),
        "zone.over.cancelled": _("the order was called off"),
        "zone.over.rerouted": _("the order went to another zone"),
        "zone.over.closed": _("the alarm was closed"),
        "zone.noted": _("noted"),
        "zone.note": _("Noted: our patrol is told to stand down"),
        "zone.note_unit": _("Noted: unit {unit} is told to stand down"),
        "stand_down_row": _("stand-down not confirmed by {zone}"),
        "stand_down_hint": _("{left} is told to stand down: {what}."),
        "do.confirm_stand_down": _("Confirmed"),
        "zone.since": _("{time} · {age} ago"),
        "zone.do_not_call": _("LISTEN ONLY: do not call her, do not write to her, do not speak on her line"),
        "zone.silent_approach": _("SILENT APPROACH: NO SIREN"),
        "zone.weapon": _("WEAPON: {what}"),
        "zone.said": _("Said by who raised it: {text}"),
        "zone.asked_unit": _("Unit asked for"),
        "zone.press": _("Alarm"),
        "zone.part.risks": _("Risks"),
        "zone.part.present": _("May be present"),
        "zone.part.suspect": _("Suspect"),
        "zone.part.victim": _("Victim"),
        "zone.part.measures": _("Measures"),
        "zone.part.places": _("Places"),
        "zone.exclusion": _("exclusion zone {m}"),
        "zone.map": _("Map of the streets about her: {words}"),
        "zone.map.none": _("No streets are loaded for this place."),
        "zone.map.no_file": _("No streets: their file is not there or can't be read. Tell who runs Vigie."),
        "zone.map.north": _("N ↑"),
        "zone.unit": _("Unit"),
        "zone.reason": _("Reason, if declined"),
        "do.answer_accepted": _("Accept"),
        "do.answer_en_route": _("En route"),
        "do.answer_on_scene": _("On scene"),
        "do.answer_done": _("Finished"),
        "do.answer_declined": _("Decline"),
        "do.answer_stood_down": _("Noted"),
    }

"""The words of the search for incidents, and of the line that asks why somebody looks."""

from collections.abc import Callable


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """The words by key."""
    return {
        "find": _("Find incidents"),
        "find.open": _("Find"),
        "find.submit": _("Search"),
        "find.hide": _("Hide"),
        "find.what": _("What are you looking for?"),
        "find.hint": _(
            "Device, case, CAD number, municipality, postcode, zone, 24/11, 24/11-26/11, real, arrested, open"
        ),
        "find.hint_names": _(
            "Name, device, case, CAD number, municipality, postcode, zone, 24/11, 24/11-26/11, real, arrested, open"
        ),
        "find.kind.who": _("device, case, CAD"),
        "find.kind.who_names": _("name, device, case, CAD"),
        "find.kind.place": _("place"),
        "find.kind.days": _("day"),
        "find.kind.class": _("class"),
        "find.kind.outcome": _("outcome"),
        "find.kind.state": _("state"),
        "find.understood": _("Understood"),
        "find.searching": _("Searching ..."),
        "find.count": _("{n} found, the newest first"),
        "find.count_one": _("1 found"),
        "find.count_more": _("{n} found, the newest {shown} are shown: say more to narrow it"),
        "find.none": _("Nothing found."),
        "find.changed": _("Enter searches anew."),
        "find.results": _("Incidents found"),
        "find.by_hand": _("raised by hand"),
        "find.drill": _("DRILL"),
        "find.no_place": _("place not known"),
        "find.on_board": _("in the queue"),
        "find.keys": _("↑ ↓ choose · Enter opens · Esc back"),
        "find.timeline": _("Timeline"),
        "find.evidence": _("Evidence PDF"),
        "find.show": _("Show in the queue"),
        "find.taken": _("{label} is among the incidents to record."),
        "find.left_out": _("{label} is no longer among the incidents to record."),
        "find.act": _("{act}: {label}, {when}"),
        "find.refused.not_allowed": _("Your role does not allow that."),
        "find.refused.reason": _("Say why in words."),
        "find.refused.not_ready": _("The past is being read: what is found comes in a few seconds."),
        "find.refused.none_kept": _("No past is kept here."),
        "find.refused.cases": _("The cases cannot be opened: from whom an incident is kept is not known."),
        "find.refused.log": _("The log cannot be read now."),
        "find.refused.no_answer": _("No answer yet. Ask again."),
        "find.refused.lost": _("The server is not reached. Ask again when it is."),
        "find.refused.failed": _("It failed on the server. Ask again."),
        "reason.ask": _("Why do you look? It is recorded."),
        "reason.alarm": _("an alarm now"),
        "reason.handover": _("handing over"),
        "reason.review": _("review of the work"),
        "reason.magistrate": _("asked by a magistrate"),
        "reason.person": _("the protected person asks"),
        "reason.training": _("training"),
        "reason.other": _("another reason"),
        "reason.words": _("In your own words"),
        "reason.send": _("Go on"),
        "find.word.open": _("open"),
        "find.word.today": _("today"),
        "find.word.yesterday": _("yesterday"),
        "key_find": _("find incidents"),
    }

"""What the fields of a case and of an order's body are called on paper, and what their codes mean there."""

from collections.abc import Callable


def fields(_: Callable[[str], str]) -> dict[str, str]:
    """By the field's name; those that a record has too are among the facts of `reports.evidence.words`."""
    return {
        "account": _("account"),
        "address": _("address"),
        "at": _("sent at"),
        "cad": _("number in the CAD"),
        "class": _("class"),
        "convention": _("convention signed"),
        "date": _("date"),
        "decision": _("decision"),
        "devices": _("devices"),
        "do_not_call": _("do not call her"),
        "exclusions": _("exclusions"),
        "home_zone": _("home zone"),
        "incident": _("incident"),
        "instructions": _("instructions"),
        "lang": _("language of the order"),
        "language": _("language of the texts"),
        "languages": _("languages"),
        "lat": _("latitude"),
        "listen_only": _("listen only"),
        "lon": _("longitude"),
        "managing_zone": _("managing zone"),
        "measures": _("measures"),
        "name": _("name"),
        "number": _("number"),
        "office": _("prosecutor's office"),
        "places": _("places"),
        "present": _("present"),
        "presses": _("presses"),
        "radius_m": _("radius, m"),
        "reference": _("reference"),
        "risks": _("risks"),
        "silent_approach": _("silent approach"),
        "stand_down": _("called back"),
        "suspect": _("suspect"),
        "valid_from": _("valid from"),
        "valid_until": _("valid until"),
        "victim": _("victim"),
        "weapons": _("weapons"),
    }


def field_codes(_: Callable[[str], str]) -> dict[str, str]:
    """What stands for a code, by the field it is the value of."""
    return {
        "kind.listen_only": _("listen only"),
        "kind.silent_approach": _("silent approach"),
        "kind.other": _("other instruction"),
        "why.reroute": _("to another zone"),
        "why.new": _("new order"),
        "why.position": _("new position"),
        "why.press": _("pressed again"),
        "why.instructions": _("new instructions"),
        "why.cancel": _("cancelled"),
        "limit.no_fix": _("no position"),
    }

"""The words of the alarm queue: its parts, its rows, what stands beside a name."""

from collections.abc import Callable

from reports.counted import counted


def queue(_: Callable[[str], str]) -> dict[str, str]:
    """The words of the queue's parts and of its rows, high and low."""
    return _parts(_) | _beside(_) | _rows(_)


def _parts(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "unowned_n": _("{n} nobody has"),
        "unowned_oldest": _("oldest {age}"),
        "unowned_none": _("{n} open, each has somebody"),
        "unowned_show": _("shows it"),
        "owed_n": _("{n} more coming"),
        "part.nobody": _("Nobody has"),
        "part.mine": _("Mine"),
        "part.hands": _("Others have"),
        "part.bench": _("Test bench"),
        "part.others": _("Other centres"),
        "part.devices": _("Devices"),
        "part.closed": _("Closed, last 24 h"),
        "ask_n": _("{n} asking again"),
        "by.urgency": _("by urgency"),
        "by.zone": _("by zone"),
        "by.centre": _("by centre"),
        "by_label": _("What others have stands {by}. Change it"),
        "below.hands": _("others {n}"),
        "below.devices": _("devices {n}"),
        "below.floor": _("{n} more below"),
        "below_ask.floor": _("{n} asking"),
        "below_ask.hands": _("{n} asking"),
        "below_ask.devices": _("{n} not noted"),
    }


def _beside(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "warns.weapon": _("weapon"),
        "warns.silent_approach": _("no siren"),
        "warns.excluded": _("excluded zone"),
        "warns.case_unknown": _("no case known"),
        "warns.case_expired": _("case expired"),
        "warns.case_early": _("case not yet valid"),
        "warns.case_locked": _("cases locked"),
        "warns.case_missing": _("no cases"),
        "mark.gone": _("owner gone"),
        "mark.stand_down": _("stand-down not confirmed"),
        "mark.unrecorded": _("not recorded"),
        "mark.unpresented": _("seen by nobody"),
        "mark.order_excluded": _("ordered zone excluded"),
        "mark.undelivered": _("not delivered"),
        "mark.declined": _("declined"),
        "mark.forgotten": _("no step for long"),
        "mark.not_accepted": _("not accepted"),
        "mark.not_en_route": _("not en route"),
        "mark.not_on_scene": _("nobody on scene"),
        "mark.no_fix": _("no new position"),
        "mark.call_ended": _("call ended"),
        "mark.place": _("a place of hers"),
        "mark.zone": _("in another zone"),
        "mark.old": _("old {age}"),
        "line.ringing": _("line rings"),
        "line.open": _("line open"),
        "line.ended": _("line ended"),
    }


def _rows(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "nobody_short": _("nobody"),
        "no_alarm": _("No open alarm"),
        "take": _("Take"),
        "take_label": _("Take {label}: acknowledge it and show its case"),
        "mine": _("MINE"),
        "presses": _("pressed {n}×"),
        "nobody": _("nobody has it"),
        "not_routed": _("not yet routed"),
        "routed_to": _("routed to {zone}"),
        "unit": _("unit {unit}"),
        "done_says": _("zone says finished"),
        "fix_old": _("fix {age} old"),
        "radius": _("± {m}"),
        "radius_old": _("{radius}, {age} old"),
        "moving": _("{kmh} km/h"),
        "no_position": _("NO POSITION"),
        "unpresented": _("SEEN AND HEARD BY NOBODY"),
        "unrecorded": _("NOT RECORDED"),
        "tracking_in": _("tracking ends in {time}"),
        "tracking_ended": _("TRACKING ENDED"),
        "realarm.pressed": _("PRESSED AGAIN"),
        "realarm.declined": _("DECLINED"),
        "realarm.undelivered": _("NOT DELIVERED, USE RADIO"),
        "delivery.radio": _("no address: pass by radio"),
        "delivery.pending": _("order on its way"),
        "delivery.late": _("NOT DELIVERED, USE RADIO"),
        "delivery.failed": _("NEVER DELIVERED, USE RADIO"),
        "delivery.delivered": _("order delivered"),
        "closures": _("closed, last 24 h:"),
        "took": _("took {time}"),
        "by_hand": _("raised by hand"),
        "battery": _("battery {n} %"),
        "returned": _("returned to normal {time}"),
        "times_n": counted(_, "{n} time", "{n} times"),
        "class_earlier": _("earlier: {as_class}, {time}"),
        "noted_by": _("noted by {owner}"),
        "row_label": _("{label}, {state}, {zone}, {owner}"),
    }

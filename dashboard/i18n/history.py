"""The sentences of an alarm's history, by the codes of `case/history.py`."""

from collections.abc import Callable

from reports.counted import counted


def history(_: Callable[[str], str]) -> dict[str, str]:
    """By key."""
    return {
        "history.pressed": _("pressed ({what})"),
        "history.raised_by_hand": _("raised by hand by {who}"),
        "history.pressed_again": _("pressed again ({what})"),
        "history.call_ringing": _("line rings"),
        "history.call_open": _("line open"),
        "history.call_ended": _("line ended"),
        "history.presented": _("shown on a screen that can be heard"),
        "history.presented_more": counted(_, "shown on {n} more screen", "shown on {n} more screens"),
        "history.presented_silent": counted(
            _, "shown on {n} screen without sound", "shown on {n} screens without sound"
        ),
        "history.unpresented": _("SEEN AND HEARD BY NOBODY"),
        "history.acknowledged": _("acknowledged by {who}"),
        "history.released": _("released by {who}"),
        "history.case_opened": _("case opened by {who}"),
        "history.case_changed": _("case file changed"),
        "history.ordered_new": _("routed to {zone} by {who}"),
        "history.ordered_position": _("new position sent to {zone}"),
        "history.position_delivered": _("new position sent to {zone}, delivered"),
        "history.positions_sent": _("new positions sent to {zone}, {n} since {to}"),
        "history.positions_delivered": _("new positions sent to {zone}, {n} since {to}, the last one delivered"),
        "history.ordered_press": _("further press sent to {zone}"),
        "history.ordered_instructions": _("changed instructions sent to {zone}"),
        "history.ordered_reroute": _("re-routed to {zone} by {who}, stand-down to PZ {what}"),
        "history.ordered_cancel": _("stand-down to {zone} by {who}"),
        "history.ordered_new_radio": _("routed to {zone} by radio by {who}"),
        "history.ordered_reroute_radio": _("re-routed to {zone} by radio by {who}, stand-down to PZ {what}"),
        "history.delivered": _("order delivered to {zone}"),
        "history.undelivered": _("ORDER NOT DELIVERED to {zone}"),
        "history.undelivered_final": _("ORDER NEVER DELIVERED to {zone}"),
        "history.declined": _("declined by the zone"),
        "history.step_accepted": _("accepted"),
        "history.step_en_route": _("en route"),
        "history.step_on_scene": _("on the scene"),
        "history.step_safe": _("safe"),
        "history.stood_down": _("{zone} confirms that it stands down"),
        "history.order_done": _("zone says finished"),
        "history.listening": _("{who} listens on the line"),
        "history.noted": _("note by {who}"),
        "history.classified": _("classed {what} by {who}"),
        "history.time_corrected": _("time of {what} corrected to {to} by {who}"),
        "history.closed": _("closed as {what} by {who}"),
        "history.closed_anyway": _("closed ANYWAY as {what} by {who}"),
        "history.reopened": _("reopened by {who}"),
        "history.tracking_extended": _("tracking extended {n} min by {who}"),
        "history.tracking_ended": _("tracking ended"),
        "history.erased": _("erased"),
        "history_entered": _("entered {time}"),
        "history_source": _("by {source}"),
        "history_source_by": _("by {source}, entered by {who}"),
        "history_unrecorded": _("NOT RECORDED"),
    }

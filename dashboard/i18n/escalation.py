"""The words of the watch: what it will do, what it did, what people answer."""

from collections.abc import Callable


def watch(_: Callable[[str], str]) -> dict[str, str]:
    """The words of the ladder, the limits, and of technical alarms laid aside."""
    return _next(_) | _done(_) | _answers(_) | _history(_)


def _next(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "watch": _("What comes next"),
        "let_go": _("of unknown names let go: {n}"),
        "watch.mine": _("RETURNS TO THE QUEUE in {time}: are you still on it?"),
        "watch.louder": _("louder in {time}"),
        "watch.everyone": _("on every console in {time}"),
        "watch.confirm": _("to the supervisor in {time}"),
        "watch.confirm_again": _("asked of the supervisor again in {time}"),
        "watch.outside": _("told outside in {time}"),
        "watch.outside_none": _("told outside in {time}: NOBODY IS SET"),
        "watch.release": _("returns to the queue in {time}"),
        "watch.copy": _("copied to the supervisor in {time}"),
        "watch.offer": _("OWNER'S PAGE LOST: offered to all in {time}"),
        "watch.escalate": _("supervisor called in {time}"),
        "watch.limit.not_accepted": _("to be accepted within {time}"),
        "watch.limit.not_en_route": _("to be en route within {time}"),
        "watch.limit.not_on_scene": _("to be on scene within {time}"),
        "watch.limit.not_accepted_anew": _("to be accepted within {time}, from the reopening"),
        "watch.limit.not_en_route_anew": _("to be en route within {time}, from the reopening"),
        "watch.limit.not_on_scene_anew": _("to be on scene within {time}, from the reopening"),
        "watch.limit.no_fix": _("new position due within {time}"),
        "watch.limit.call_ended": _("call ended"),
    }


def _done(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "ladder.louder": _("UNANSWERED: louder"),
        "ladder.everyone": _("UNANSWERED: on every console"),
        "ladder.confirm": _("SUPERVISOR, CONFIRM"),
        "ladder.outside": _("NOT CONFIRMED"),
        "ladder.declined.louder": _("NOT ROUTED AGAIN: louder"),
        "ladder.declined.everyone": _("NOT ROUTED AGAIN: on every console"),
        "ladder.declined.confirm": _("SUPERVISOR, CONFIRM"),
        "ladder.declined.outside": _("NOT CONFIRMED"),
        "why.declined": _("The likeliest zone declined: the next one is proposed."),
        "declined_zone": _("declined"),
        "declined_now": _("DECLINED by {zone}: route to another"),
        "declined_by": _("declined by {zone}"),
        "confirmed_by": _("{who} sees to it"),
        "outside.telling": _("telling outside"),
        "outside.told": _("told outside"),
        "outside.partly": _("OUTSIDE ONLY PARTLY REACHED"),
        "outside.failed": _("OUTSIDE NOT REACHED"),
        "outside.none": _("NOBODY OUTSIDE IS SET"),
        "gone.lost": _("OWNER'S PAGE IS LOST: take it"),
        "gone.signed_out": _("OWNER SIGNED OUT: take it"),
        "copied": _("owner listens, supervisor sees it"),
        "supervisor_called": _("SUPERVISOR CALLED"),
        "second_seat": _("SECOND SEAT"),
        "seat_listens": _("{who} (listens)"),
        "realarm.forgotten": _("NOBODY WORKED ON IT"),
        "realarm.not_accepted": _("NOT ACCEPTED"),
        "realarm.not_en_route": _("NOT EN ROUTE"),
        "missed.not_accepted": _("not accepted by the zone since {time}"),
        "missed.not_en_route": _("accepted, not en route since {time}"),
        "missed.not_on_scene": _("nobody on scene since {time}"),
        "realarm_anew": _("since it was opened again"),
        "realarm.not_on_scene": _("NOBODY ON SCENE"),
        "realarm.no_fix": _("NO NEW POSITION"),
        "realarm.call_ended": _("CALL ENDED"),
    }


def _answers(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "do.still_on_it": _("Still on it"),
        "do.join": _("Second seat"),
        "do.confirm_escalation": _("CONFIRM"),
        "do.shelve_device": _("Lay aside"),
        "not_now.helping": _("You have the second seat already."),
        "not_now.line_ended": _("The call has ended."),
        "not_now.yours": _("It is yours."),
        "not_now.nothing_to_confirm": _("There is nothing to confirm."),
        "not_now.technical_only": _("Only a technical alarm can be laid aside."),
        "not_now.supervisor": _("A supervisor does that."),
        "refused.nothing_to_confirm": _("There is nothing to confirm."),
        "form_shelve_device": _("Lay the technical alarm of {label} aside"),
        "shelved": _("laid aside by {who} until {time}"),
        "shelved_why": _("because: {why}"),
        "state.shelved": _("laid aside"),
    }


def _history(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "history.escalated_louder": _("nobody acted: louder"),
        "history.escalated_everyone": _("nobody acted: ON EVERY CONSOLE"),
        "history.escalated_confirm": _("nobody acted: SUPERVISOR ASKED TO CONFIRM"),
        "history.escalated_outside": _("not confirmed: TELLING OUTSIDE"),
        "history.explained": _("{who} explains a missed target"),
        "history.escalation_confirmed": _("{who} sees to it"),
        "history.outside_told": _("told outside by {what}"),
        "history.outside_failed": _("OUTSIDE NOT REACHED by {what}"),
        "history.outside_none": _("NOBODY OUTSIDE IS SET"),
        "history.watch_released": _("nobody acted: BACK IN THE QUEUE"),
        "history.still_on_it": _("{who} is still on it"),
        "history.looked_again": _("case opened again by {who}"),
        "history.copied_to_supervisor": _("owner listens: copied to the supervisor"),
        "history.helping": _("{who} takes the second seat"),
        "history.offered_lost": _("OWNER'S PAGE LOST: offered to all"),
        "history.offered_signed_out": _("OWNER SIGNED OUT: offered to all"),
        "history.limit_not_delivered": _("order not delivered"),
        "history.limit_not_accepted": _("NOT ACCEPTED in time"),
        "history.limit_not_en_route": _("NOT EN ROUTE in time"),
        "history.limit_not_on_scene": _("NOBODY ON SCENE in time"),
        "history.limit_no_fix": _("NO NEW POSITION in time"),
        "history.limit_call_ended": _("CALL ENDED"),
        "history.limit_escalated": _("no answer to it: SUPERVISOR CALLED"),
    }

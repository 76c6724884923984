"""The words of working together: who is on shift, handing over, the shift's test, the handover sheet."""

from collections.abc import Callable

from reports.counted import counted


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """The words by key."""
    return _people(_) | _handing_over(_) | _shift(_) | _sheet(_)


def _people(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "people": _("On shift"),
        "do.people": _("Show who is on shift"),
        "people_open": _("On shift: {n}. Show who"),
        "people_hide": _("Hide"),
        "people_since": _("since {time}"),
        "people_me": _("you"),
        "screen.visible": _("page in sight"),
        "screen.hidden": _("PAGE NOT IN SIGHT"),
        "screen.gone": _("NO PAGE"),
        "heard.yes": _("sound armed"),
        "heard.no": _("NO SOUND"),
        "people_holds": _("has {labels}"),
        "people_holds_none": _("has no alarm"),
        "people_nobody": _("Nobody else is on shift."),
        "key_people": _("who is on shift"),
    }


def _handing_over(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "do.hand_over": _("Hand over"),
        "do.hand_over_desk": _("Hand over the desk"),
        "do.accept_hand_over": _("Accept"),
        "do.decline_hand_over": _("Decline"),
        "do.withdraw_hand_over": _("Withdraw"),
        "do.note_sheet": _("Note on the sheet"),
        "form_hand_over": _("Hand {label} over"),
        "form_hand_over_desk": counted(_, "Hand over the desk: {n} alarm", "Hand over the desk: {n} alarms"),
        "form_hand_over_desk_one": _("Hand over the desk: 1 alarm"),
        "form_decline_hand_over": _("Why not {label}?"),
        "form_note_sheet": _("Write on the handover sheet"),
        "field_person": _("To"),
        "field_note": _("Note"),
        "confirm.hand_over": _("Offer it"),
        "done.hand_over": _("{action} {label}: offered"),
        "done.hand_over_desk": _("{action} {label}: offered"),
        "confirm.note_sheet": _("Write it down"),
        "alone": _("Nobody else is on shift to take it."),
        "person_has": counted(_, "{n} alarm", "{n} alarms"),
        "offered_by": _("{who} offers you this alarm"),
        "offered_to": _("Offered to {who} at {time}"),
        "offered_gone": _("{who} has no page now: withdraw it, or wait."),
        "offered_row": _("offered to {who}"),
        "offered_you": _("OFFERED TO YOU"),
        "offers_n": _("OFFER {n}"),
        "offers_label": counted(_, "{n} alarm is offered to you. Show it", "{n} alarms are offered to you. Show them"),
        "offers": _("Offered to you"),
        "offer_one": _("{who} offers {labels}"),
        "offer_whole": _("{who} hands you the desk: {labels}"),
        "accept_all": _("Accept all {n}"),
        "decline_all": _("Decline all {n}"),
        "history.hand_over_offered": _("offered to {what} by {who}"),
        "history.hand_over_accepted": _("taken over by {who}"),
        "history.hand_over_declined": _("not taken over by {who}"),
        "history.hand_over_withdrawn": _("offer withdrawn by {who}"),
        "history.assigned": _("assigned to {what} by {who}, not yet accepted"),
        "history.taken_over": _("taken over at once by {who}"),
        "taken_from_you": _("{label} is no longer yours: {who} took it over at {time}."),
        "taken_seen": _("Seen"),
        "taken_seen_label": _("Seen that {label} is no longer yours"),
        "refused.not_present": _("That person is not on shift any more."),
        "refused.to_oneself": _("An alarm is offered to somebody else, not to oneself."),
        "refused.not_offered": _("It is not offered to you any more."),
        "refused.nothing_owned": _("You have no alarm to hand over."),
        "not_now.no_offer": _("It is not offered to you."),
        "not_now.not_offered": _("It is not offered to anybody."),
    }


def _shift(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "bench": _("BENCH DEVICE"),
        "test_due": _("test due {time}"),
        "test_overdue": _("TEST OVERDUE {time}"),
        "test_failed": _("TEST FAILED {time}"),
        "test_how": _("Press the bench device: its alarm must come through the feed to a page in sight with sound."),
        "test_long": _("Shift test passed {time}: through {feed}, on a screen within {s} s."),
        "test_passed": _("test {time} passed"),
    }


def _sheet(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "sheet": _("Handover sheet"),
        "sheet_shift": _("Shift {start} to {end}"),
        "sheet_made": _("as of {time}"),
        "sheet_again": _("Load the page again for the present; print it for the colleague who takes over."),
        "sheet_alarms": _("Open alarms"),
        "sheet_devices": _("Technical alarms"),
        "sheet_alarm": _("Alarm"),
        "sheet_state": _("State"),
        "sheet_owner": _("Who has it"),
        "sheet_zone": _("Zone"),
        "sheet_since": _("Since"),
        "sheet_device": _("Device"),
        "sheet_condition": _("Technical alarm"),
        "sheet_who": _("By"),
        "sheet_until": _("Until"),
        "sheet_where": _("Where"),
        "sheet_tests": _("Announced tests"),
        "sheet_in": _("{left} ({time})"),
        "sheet_device.open": _("NOT TAKEN NOTE OF"),
        "sheet_device.shelved": _("shelved until {until}"),
        "sheet_device.noted": _("taken note of"),
        "sheet_device.returned": _("returned to normal, not taken note of"),
        "sheet_no_device": _("No technical alarm"),
        "sheet_checks": _("Checks now"),
        "sheet_feed": _("Feed {name}"),
        "sheet_feeds": _("Feeds"),
        "sheet_message": _("newest device message {time}"),
        "sheet_gaps": _("gaps not taken note of: {n}"),
        "sheet_test": _("Test press through the feed"),
        "sheet_test_ok": _("passed {time} through {feed}, on a screen within {s} s"),
        "sheet_test_failed": _("FAILED {time} through {feed}"),
        "sheet_test_none": _("none recorded"),
        "sheet_recording": _("Log"),
        "sheet_cases": _("Case register"),
        "sheet_orders": _("Orders to the zones"),
        "sheet_sound": _("Sound"),
        "sheet_heard": _("{n} of {of} on shift have a page in sight with sound armed"),
        "sheet_sound_test": _("{name}: all sounds heard {time}"),
        "sheet_sound_test_bad": _("{name}: NOT ALL SOUNDS HEARD {time}"),
        "sheet_ok": _("in order"),
        "sheet_notes": _("Notes"),
        "sheet_no_note": _("No note"),
        "sheet_withheld": counted(
            _,
            "Withheld on this sheet, because it leads to a protected place: {n} text. The pages have it.",
            "Withheld on this sheet, because they lead to a protected place: {n} texts. The pages have them.",
        ),
        "sheet_note_how": _("Write one on the operator page: On shift (W), Note on the sheet."),
        "sheet_digest": _("Digest of the log, to be written down"),
        "sheet_no_digest": _("The log cannot be read now."),
        "sheet_last_digest": _("At the last change of shift, {time}:"),
        "sheet_given": _("Handed over by"),
        "sheet_taken": _("Taken over by"),
    }

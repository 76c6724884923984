"""The words the page's scripts use, by key: they hold none of their own. `{name}` in a sentence is filled by the script."""

from collections.abc import Callable

from dashboard.i18n import (
    coverage,
    degraded,
    devices,
    drills,
    exercise_join,
    find,
    keys,
    map_window,
    mode_banner,
    presence,
    review,
    routing,
    spelling,
    supervisor,
    technician,
    timeline,
    trainer,
    zone,
)
from dashboard.i18n.brief import brief
from dashboard.i18n.escalation import watch
from dashboard.i18n.history import history
from dashboard.i18n.movement import movement
from dashboard.i18n.place_field import place_field
from dashboard.i18n.queue import queue
from dashboard.i18n.reserved import reserved
from dashboard.i18n.sound import sound
from dashboard.i18n.standing import standing
from dashboard.i18n.track import track
from reports.counted import counted
from reports.words import codes


def words(_: Callable[[str], str]) -> dict[str, str]:
    """All words of a page in the translator's language."""
    return (
        _page(_)
        | _bar(_)
        | queue(_)
        | _case(_)
        | history(_)
        | _actions(_)
        | routing.codes(_)
        | _forms(_)
        | place_field(_)
        | codes(_)
        | sound(_)
        | standing(_)
        | reserved(_)
        | movement(_)
        | watch(_)
        | track(_)
        | brief(_)
        | degraded.codes(_)
        | mode_banner.codes(_)
        | exercise_join.exercise_words(_)
        | presence.codes(_)
        | technician.codes(_)
        | coverage.codes(_)
        | zone.codes(_)
        | spelling.codes(_)
        | keys.codes(_)
        | supervisor.codes(_)
        | review.codes(_)
        | timeline.codes(_)
        | drills.codes(_)
        | trainer.codes(_)
        | devices.codes(_)
        | find.codes(_)
        | map_window.codes(_)
    )


def _page(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "queue": _("Alarm queue"),
        "map": _("Map"),
        "case": _("Case"),
        "feed_health": _("Feed health"),
        "timeline": _("Timeline"),
        "lost": _(
            "CONNECTION LOST since {time}. What you see is not live, times are frozen. Work by telephone and radio."
        ),
        "lost_trying": _("Trying to reach the server; the page comes back by itself."),
        "lost_reloading": _("The server answers again. Loading the present ..."),
        "was_lost": _("This screen was not live from {from} to {to}"),
        "refused_guard": _("{label} changed just now. Look, then do it again."),
        "refused_guard_by": _("{label} changed just now: {what}. Look, then do it again."),
        "refused_focus": _("The window has just come to the front. Press the key again."),
        "refused_form": _("A form is open. Send it or leave it (Esc) first."),
        "sent": _("{action} {label} ..."),
        "done": _("{action} {label}: done"),
        "help": _("Keys"),
        "help_hide": _("Hide the keys"),
        "nothing": _("No alarm selected"),
        "nothing_hint": _(
            "Choose an alarm in the queue, or press ↓. A new alarm never changes what you have selected."
        ),
        "title_n": _("({n}) Vigie"),
        "title": _("Vigie"),
        "zone": _("PZ {name}"),
        "m": _("{n} m"),
        "km": _("{n} km"),
        "s": _("{n} s"),
        "min": _("{n} min"),
        "h_min": _("{h} h {m}"),
        "days": _("{n} d {h} h"),
        "ago": _("{age} ago"),
    }


def _bar(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "feed.live": _("Live"),
        "feed.silent": _("FEED SILENT"),
        "feed.down": _("FEED DOWN"),
        "feed.malformed": _("FEED MALFORMED"),
        "feed_none": _("NO FEED"),
        "feed_message": _("device {age}"),
        "feed_no_message": _("no device message yet"),
        "feed_heartbeat": _("heartbeat {age}"),
        "feed_since": _("since {time}"),
        "feed_lag": _("messages come {age} late"),
        "feed_behind": counted(_, "{n} message still to come", "{n} messages still to come"),
        "feed_ids_again": _("messages under the same number: {n}"),
        "feed_no_gap": _("no gap"),
        "feed_gap": _("GAP {time}"),
        "gap_why.epoch": _("the feed began anew: messages may be missing"),
        "gap_why.oldest": _("the feed no longer has all messages"),
        "gap_why.oversize": _("a message was too large to take"),
        "gap_seen": _("Take note"),
        "gap_seen_label": _("Take note of the gap of {feed}"),
        "not_recorded_long": counted(
            _,
            "NOT RECORDED: the log cannot be written. {n} entry is shown but not kept. Alarms still come in.",
            "NOT RECORDED: the log cannot be written. {n} entries are shown but not kept. Alarms still come in.",
        ),
        "recorded_aside": _(
            "LOG LOST: the log or its key cannot be read. Alarms come in and are kept aside; what was before is not shown."
        ),
        "cases_locked_long": _("CASES LOCKED: the case register cannot be opened. Alarms run without circumstances."),
        "cases_missing_long": _("NO CASES: the case register's file is not there. Alarms run without circumstances."),
        "on_shift": _("On shift"),
        "desk_name": _("Desk name"),
        "desk_change": _("Desk name: {desk}. Change it"),
        "desk_taken": _("Another browser works under that name."),
        "save": _("Save"),
        "light": _("Light"),
        "dark": _("Dark"),
        "raise": _("Raise by hand"),
    }


def _case(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "case_number": _("Case {number}"),
        "case_state.unknown": _("NO CASE for this device"),
        "case_state.no_device": _("NO CASE is known, no device"),
        "case_state.expired": _("CASE EXPIRED on {date}"),
        "case_state.early": _("CASE NOT YET VALID, from {date}"),
        "case_state.locked": _("CASES LOCKED: no circumstances can be shown"),
        "case_state.missing": _("NO CASES: the register's file is not there"),
        "case_state.none": _("No case register is used"),
        "case_state.erased": _("ERASED: the person's facts are gone"),
        "speaks": _("speaks {languages}"),
        "case_valid": _("Case"),
        "valid_until": _("valid to {date}"),
        "pinned": _("Instructions, weapons, plates"),
        "facts": _("Circumstances"),
        "fact.listen_only": _("instruction"),
        "fact.silent_approach": _("instruction"),
        "fact.other": _("instruction"),
        "fact.weapon": _("weapon"),
        "fact.plate": _("vehicle"),
        "fact.suspect": _("Suspect"),
        "fact.risk": _("Risk"),
        "fact.present": _("Present"),
        "fact.measure": _("Measure"),
        "fact.place": _("Place"),
        "fact.victim": _("Victim"),
        "fact.excluded": _("Exclusion"),
        "victim": _("Victim"),
        "suspect": _("Suspect"),
        "safe_numbers": _("Safe numbers"),
        "exclusion_radius": _("{text}, {m} exclusion"),
        "line": _("Line"),
        "line_text": _("{line} {state}"),
        "answered_by": _("answered by {desk}"),
        "device": _("Device"),
        "battery_is": _("Battery"),
        "unreadable": _("Unreadable"),
        "unreadable_text": _("{path}: {reason}"),
        "raised_why": _("Raised because"),
        "order": _("Order"),
        "hidden": _("{n} more ↓"),
        "hidden_label": counted(_, "{n} more fact below. Scroll down", "{n} more facts below. Scroll down"),
        "hidden_pinned": counted(_, "{n} more warning ↓", "{n} more warnings ↓"),
        "history": _("History"),
        "safe_word": _("safe: {word}"),
        "duress_word": _("DURESS: {word}"),
        "no_words": _("no words agreed"),
        "tech_since": _("since {time}"),
        "tech_hint_battery": _("It protects until the battery is empty."),
        "tech_hint": _("The device cannot protect while this lasts."),
    }


def _actions(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "do.acknowledge": _("Acknowledge"),
        "do.route": _("Route"),
        "do.reroute": _("Re-route"),
        "do.listen": _("Listening"),
        "do.accepted": _("Accepted"),
        "do.en_route": _("En route"),
        "do.on_scene": _("On scene"),
        "do.safe": _("Safe"),
        "do.declined": _("Declined"),
        "do.note": _("Note"),
        "do.classify": _("Classify"),
        "do.close": _("Close"),
        "do.reopen": _("Reopen"),
        "do.release": _("Release"),
        "do.cancel_order": _("Cancel order"),
        "do.correct_time": _("Correct time"),
        "do.extend_tracking": _("Extend tracking"),
        "do.raise": _("Raise by hand"),
        "do.acknowledge_device": _("Acknowledge"),
        "do.acknowledge_gap": _("Take note"),
        "do.time": _("Other time"),
        "more": _("More"),
        "fewer": _("Fewer"),
        "route_to": _("Route {label} to {zone}"),
        "reroute_to": _("Re-route {label} to {zone}"),
        "action_label": _("{action} {label}"),
        "not_now.unowned": _("Acknowledge it first."),
        "not_now.owned": _("{owner} has it."),
        "not_now.closed": _("It is closed."),
        "not_now.not_routed": _("It is not routed."),
        "not_now.technical": _("Not for a technical alarm."),
        "not_now.done": _("It is so already."),
        "not_now.none": _("No alarm is selected."),
    }


def _forms(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "form_note": _("Write on {label}"),
        "form_classify": _("What was the press of {label}?"),
        "form_close": _("Closing {label}"),
        "form_correct_time": _("Correct a time of {label}"),
        "form_extend_tracking": _("Follow {label} for longer"),
        "form_release": _("Give {label} back to everybody"),
        "form_safe": _("{label} is safe"),
        "safe_hint": _("Of {left} nobody is to come any more: {what}. Route again if it was said too early."),
        "form_route": _("Route {label} to {zone}"),
        "form_cancel_order": _("Call the intervention for {label} off"),
        "form_reopen": _("Open {label} again"),
        "form_raise": _("Raise an alarm by hand"),
        "form_progress": _("Said on the radio about {label}"),
        "field_text": _("Text"),
        "field_class": _("Class"),
        "field_outcome": _("Outcome"),
        "field_verified": _("How was it verified?"),
        "field_reason": _("Reason"),
        "reason_hint": _("why, in words"),
        "field_time": _("When"),
        "time_hint": _("hh:mm or hh:mm:ss"),
        "time_yesterday": _("yesterday: that time has not been today"),
        "field_which": _("Which time"),
        "field_minutes": _("Minutes from now"),
        "field_step": _("Step"),
        "field_unit": _("Unit"),
        "field_zone": _("Zone"),
        "field_case": _("Case: number, device or name"),
        "field_where": _("Where"),
        "field_found": _("What fits"),
        "now": _("now, or hh:mm:ss"),
        "confirm": _("Confirm"),
        "confirm.note": _("Write it down"),
        "confirm.close": _("Confirm closing"),
        "confirm.anyway": _("Confirm closing anyway"),
        "confirm.all_the_same": _("Confirm all the same"),
        "confirm.raise": _("Raise the alarm"),
        "back": _("Back"),
        "replay.closed": _("This replay was closed."),
        "page_failed": _("This page could not be made. Load it again."),
        "did_you_mean": _("Did you mean {name}?"),
        "second_step": _("The desk refused: {why} To do it anyway, say why in the reason and confirm again."),
        "second_step_plain": _("The desk asks: {why} To do it all the same, confirm again."),
        "required": _("Needed: {field}"),
        "refused.unknown_incident": _("The alarm is not on the board."),
        "refused.taken": _("{who} has had it since {time}."),
        "refused.not_owner": _("{who} has it since {time}."),
        "refused.unowned": _("Acknowledge it first."),
        "refused.wrong_state": _("Its state does not allow that now."),
        "refused.unit_under_way": _("A unit is under way."),
        "refused.order_stands": _("The order to the zone stands."),
        "refused.not_acknowledged": _("Nobody has acknowledged it."),
        "refused.reason_missing": _("A reason is needed, in words."),
        "refused.text_missing": _("Nothing was written."),
        "refused.verification_missing": _("How it was verified is needed."),
        "refused.zone_unknown": _("The zone is not known."),
        "refused.zone_far": _("By her position she cannot be in that zone."),
        "refused.zone_contradicts": _("The place does not lie in that zone."),
        "refused.unit_unknown": _("No such unit is known in that zone: none is asked for any longer. Route again."),
        "refused.line_ended": _("The call has ended."),
        "refused.case_unknown": _("No such case."),
        "refused.device_alarm_open": _("An alarm of that device is open: a test can be announced once it is closed."),
        "refused.where_missing": _("Say where you are with the device."),
        "refused.place_missing": _("A place, a zone or a case is needed."),
        "refused.time_invalid": _("That time cannot be: not a time of day, in the future, or skipped by the clocks."),
        "refused.not_allowed": _("Your role does not allow that."),
        "refused.locked": _("Nobody is signed in here. Sign in first."),
        "refused.invalid": _("The desk did not understand."),
        "refused.recording": _("This is a recording: nothing can be done in it."),
        "refused.exercise_stands": _("The exercise is not running: wait for the trainer."),
        "refused.busy": _("The desk is busy. Do it again."),
        "refused.no_answer": _("No answer yet. Look at the alarm before you do it again."),
        "refused.failed": _("It failed on the server. Do it again; the alarm is as shown."),
        "somebody": _("Somebody"),
        "refused_action": _("{action} {label} REFUSED: {why}"),
    }

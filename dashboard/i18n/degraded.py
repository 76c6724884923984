"""The words of working without the feed: raised by hand, entered from paper, the degraded-mode file; and what keeps her safe."""

from collections.abc import Callable


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """Their words by key."""
    return {
        "feed_long": _("{state}. What it brings does not come in: take calls by telephone, raise them by hand (H)."),
        "feed_by_hand": _("H: raise by hand"),
        "paper": _("FROM PAPER"),
        "history.raised_on_paper": _("raised, entered from paper by {who}"),
        "do.from_paper": _("Enter from paper"),
        "from_paper": _("From paper"),
        "form_paper": _("Enter what was written on paper"),
        "paper_hint": _("Nothing is sent. Not closed, it is an open alarm in full."),
        "an_alarm": _("an alarm"),
        "confirm.from_paper": _("Enter it"),
        "time_hint_short": _("hh:mm"),
        "paper_day": _("Day"),
        "paper_day_hint": _("dd/mm"),
        "paper.raised_at": _("Raised"),
        "paper.acknowledged_at": _("Acknowledged"),
        "paper.routed_at": _("Routed"),
        "paper.en_route_at": _("En route"),
        "paper.on_scene_at": _("On scene"),
        "paper.safe_at": _("Safe"),
        "paper.closed_at": _("Closed"),
        "refused.time_future": _("The time of “{first}” has not come yet."),
        "refused.time_order": _("“{first}” cannot be before “{second}”: look at these two times."),
        "refused.time_missing": _("“{first}” needs the time of “{second}” too."),
        "refused.closing_incomplete": _(
            "To close it, the time of closing, its class and its outcome are needed together."
        ),
        "sheet_degraded": _("Degraded-mode file"),
        "sheet_degraded.off": _("not set up"),
        "sheet_degraded.ok": _("written {time}"),
        "sheet_degraded.old": _("OLD: written {time}"),
        "sheet_degraded.failed": _("NOT RENEWED: written {time}"),
        "sheet_degraded.never": _("NEVER WRITTEN"),
        "sheet_copy": _("take a copy"),
        "by_voice": _("call {number}"),
        "degraded.off": _("degraded file: not set up"),
        "degraded.old": _("DEGRADED FILE OLD: it was not renewed for two periods."),
        "degraded.failed": _("DEGRADED FILE NOT RENEWED: {why}."),
        "degraded_kept": _("The one of {time} is kept."),
        "degraded_none": _("There is none."),
        "listen_only": _("LISTEN ONLY · no call, no message to her"),
        "listen_only_long": _("Nothing you do here rings, flashes or writes on her phone. Nobody calls her back."),
        "duress_said": _("“It was an accident”, said on the line, may be said under duress."),
    }


def sheet_words(_: Callable[[str], str]) -> dict[str, str]:
    """The words of the degraded-mode file; `steps` has one step a line."""
    return {
        "title": _("Vigie: degraded mode"),
        "written": _("written {time}"),
        "recorded": _(
            "Who opens this file is recorded. Opened here, write down who and when; enter it afterwards with "
            "the command python app.py degraded opened."
        ),
        "passphrase": _("The supervisor's passphrase"),
        "open": _("Open"),
        "said_working": _("Opening ..."),
        "said_passphrase": _("The passphrase is wrong."),
        "said_changed": _("This file was changed or cut short since it was written. Use another copy."),
        "said_unable": _("This browser cannot open it. Open it from a local disk in another browser."),
        "listen_only": _(
            "LISTEN ONLY. Never call her back, never write to her phone: whoever threatens her may stand beside her."
        ),
        "procedure": _("Procedure"),
        "steps": "\n".join(
            (
                _("Write down who opened this file, and when. Keep a sheet of paper for each alarm."),
                _("Write the time first: raised (she pressed or called), then every step with its own time."),
                _(
                    "Find her case below by her name, the device's number or the line she calls from. Listen; do not speak first."
                ),
                _("“It was an accident”, said on the line, may be said under duress: look at the agreed words."),
                _("Ask the emergency line for her position. Without one: the places of her case."),
                _("Choose the zone of the position. Never a zone that the case excludes."),
                _("Say it by radio: place, her, the suspect, weapons, instructions. Nobody calls or writes to her."),
                _("Write the times: acknowledged, routed (to which zone), en route, on the scene, safe, closed."),
                _("No unit on the scene after 10 minutes: call the zone again and tell the supervisor."),
                _("When Vigie is back, enter each sheet: H, then From paper. Then destroy all prints of this file."),
            )
        ),
        "alarms": _("Alarms open when this was written"),
        "alarm": _("Alarm"),
        "since": _("Since"),
        "state": _("State"),
        "owner": _("Owner"),
        "cases": _("Cases in force: {n}"),
        "reserved_alarm": _("RESERVED"),
        "reserved": _(
            "RESERVED cases in force, not in this file: {n}. Ask the magistrate on duty or the managing zone."
        ),
        "no_cases": _("No case is in force, or no case register is used."),
        "zones": _("Police zones"),
        "zone": _("Zone"),
        "key": _("Number"),
        "radio": _("By voice"),
        "no_radio": _("no number set"),
        "devices": _("Devices"),
        "languages": _("Speaks"),
        "safe_word": _("Safe word"),
        "duress_word": _("DURESS WORD"),
        "none_agreed": _("none agreed"),
        "instruction": _("Instruction"),
        "weapon": _("Weapon"),
        "risk": _("Risk"),
        "victim": _("Victim"),
        "present": _("Present"),
        "suspect": _("Suspect"),
        "measure": _("Measure"),
        "place": _("Place"),
        "radius": _("exclusion {m} m"),
        "home_zone": _("Home zone"),
        "not_to_zone": _("NEVER TO ZONE"),
        "not_to_person": _("NOT TO BE SHOWN TO"),
        "safe_number": _("Safe number"),
        "valid": _("Case {number} · valid {first} to {last}"),
    }

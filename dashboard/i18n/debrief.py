"""The words of a debrief and of progress over exercises."""

from collections.abc import Callable

from dashboard.i18n.trainer import codes as training_codes
from incidents.events import EVENT_TYPES
from reports.words import codes

_Words = Callable[[str], str]


def debrief_words(_: _Words) -> dict[str, str]:
    """The words of a debrief by key; those of times, classes, outcomes and of what was sent beside them."""
    sent = {key: text for key, text in training_codes(_).items() if key.startswith(("action.", "said.", "told."))}
    return codes(_) | sent | _page(_) | _incident(_) | _decided(_) | _judged(_)


def progress_words(_: _Words) -> dict[str, str]:
    """The words of progress over exercises."""
    return {
        "title": _("Progress over exercises"),
        "room": _("Training room"),
        "private": _(
            "Seen by you and by the trainers of your exercises, each their own exercises only. By nobody else."
        ),
        "private_trainer": _(
            "Of the exercises that you trained, and of who took part with an account. Nobody else sees it but themselves."
        ),
        "own": _("Yours: {name}"),
        "trainees": _("Your trainees"),
        "none": _("No exercise yet. Sign in here before you join one: what you do in it is then kept as yours."),
        "none_trained": _("Nobody has taken part in an exercise of yours with an account yet."),
        "when": _("Day"),
        "exercise": _("Exercise"),
        "incidents": _("Incidents taken first"),
        "agreed": _("As the reference"),
        "answered": _("Answered, median"),
        "routed": _("Routed, median"),
        "of": _("{n} of {m}"),
        "all": _("All exercises"),
        "few": _("A share is shown from {n} judged on."),
        "nothing": _("nothing to judge"),
        "no_time": _("none"),
        "seconds": _("{n} s"),
        "debrief": _("Open the debrief"),
        "debrief_label": _("Open the debrief of {title}, {day}"),
        "trend": _("Answered, median by exercise"),
        "trend_label": _("Answered, median by exercise, the earliest first: {values}"),
        "to_trainer": _("Trainer page"),
        "to_join": _("Join an exercise"),
        "sign_out": _("Sign out"),
    }


def _page(_: _Words) -> dict[str, str]:
    return {
        "title": _("Debrief: {title}"),
        "exercise": _("EXERCISE"),
        "unreal": _("Nothing in it was real."),
        "cut_off": _("CUT OFF: it never came to its end. What was written until then is here."),
        "day": _("Day"),
        "trainer": _("Trainer"),
        "trainees": _("Trainees"),
        "nobody": _("nobody"),
        "erased": _("(name erased)"),
        "length": _("Length"),
        "download": _("Download this page"),
        "download_about": _(
            "One file that opens without a network. It names people, and nothing deletes it: keep it as such."
        ),
        "incidents": _("Incidents"),
        "no_incident": _("No incident was raised."),
        "missed": _("No incident came of: {devices}. They were expected and never raised."),
        "all_told": _("Everything that was sent and remarked"),
        "no_told": _("Nothing was sent, nothing was remarked."),
        "no_script": _(
            "This browser runs no script here: the map and the moment can't be moved, all the rest is below."
        ),
        "refused": _("There is no such debrief, or it is not yours to see."),
        "unreadable": _("The exercise's log can't be read any more."),
    }


def _incident(_: _Words) -> dict[str, str]:
    return {
        "incident": _("Incident {n}: {device}"),
        "no_device": _("no device"),
        "taken_by": _("acknowledged first by {who}"),
        "taken_by_nobody": _("NOBODY ACKNOWLEDGED IT"),
        "agrees_n": _("points as the reference: {n} of {m}"),
        "map": _("The map at this moment"),
        "map_of": _("Where {device} was"),
        "no_position": _("No position was known."),
        "withheld": _("Positions withheld, within the radius of a protected place of the case: {n}."),
        "far": _("not drawn, too far away: {n}"),
        "known": _("Known at this moment"),
        "moment": _("Moment"),
        "moment_of": _("Moment of incident {n}"),
        "moment_text": _("{after} after the press: {state}"),
        "hint": _("Drag, or: ← → to each moment, PgUp PgDn a minute, Home End"),
        "after_press": _("{after} after the press"),
        "exercise_at": _("{at} of the exercise"),
        "reached": _("Reached"),
        "reached_none": _("nothing yet"),
        "last": _("Latest"),
        "last_none": _("nothing yet"),
        "position": _("Position"),
        "position_none": _("none yet"),
        "position_known": _("{radius}, heard {age} ago"),
        "near": _("Place"),
        "near_none": _("not known"),
        "near_title": _("What the positions were near to"),
        "near_about": _(
            "Made of the coordinates. A position is no surer than its radius; nobody says that she was there."
        ),
        "zone": _("Zone"),
        "abroad": _("outside Belgium"),
        "within": _("within {radius}"),
        "radius_unknown": _("accuracy unknown"),
        "units": _("Units"),
        "units_none": _("none"),
        "unit_at": _("{unit}, heard {age} ago"),
        "unit_unnamed": _("unit"),
        "s": _("{n} s"),
        "min": _("{n} min"),
        "h_min": _("{h} h {m}"),
        "days": _("{n} d {h} h"),
        "m": _("{n} m"),
        "km": _("{n} km"),
        "axis": _("One line of time"),
        "lane.times": _("Times"),
        "lane.original": _("When recorded"),
        "lane.told": _("Sent"),
        "lane.remark": _("Remarks"),
        "happened": _("What happened"),
        "number": _("Mark"),
        "after": _("After the press"),
        "who": _("Who"),
        "what": _("What"),
        "when_recorded": _("when recorded: {who}"),
        "go": _("Go to mark {n}"),
        "by.scenario": _("scenario"),
        "by.inject": _("inject “{name}”"),
        "by.trainer": _("trainer"),
        "by.remark": _("remark of {who}"),
        "intervals": _("Response times and targets"),
        "interval": _("Interval"),
        "span": _("{from} → {to}"),
        "took": _("In the exercise"),
        "took_original": _("When recorded"),
        "targets": _("Targets"),
        "missing": _("missing"),
        "aim_under": _("{profile} under {limit}"),
        "aim_within": _("{profile} within {limit}"),
        "aim.yes": _("met"),
        "aim.no": _("MISSED"),
        "aim.none": _("not known"),
        "no_target": _("no target"),
    }


def _decided(_: _Words) -> dict[str, str]:
    """What a person decided: an event's own sentence where a debrief has no shorter one."""
    return {f"decided.{tag}": _(kind.SAYS) for tag, kind in EVENT_TYPES.items() if "person" in kind.BY} | {
        "decided.raised": _("raised by hand"),
        "decided.acknowledged": _("acknowledged"),
        "decided.released": _("released"),
        "decided.listening": _("listens on the line"),
        "decided.case_opened": _("opened the case"),
        "decided.ordered": _("order to {what}"),
        "decided.declined": _("declined"),
        "decided.stood_down": _("stand-down confirmed by {what}"),
        "decided.progressed": _("reported: {what}"),
        "decided.classified": _("classified as {what}"),
        "decided.noted": _("wrote a note"),
        "decided.time_corrected": _("corrected the time: {what}"),
        "decided.closed": _("closed as {what}"),
        "decided.reopened": _("reopened"),
        "decided.hand_over_offered": _("offered it to a colleague"),
        "decided.hand_over_accepted": _("took over what was offered"),
        "decided.hand_over_declined": _("did not take over"),
        "decided.hand_over_withdrawn": _("withdrew the offer"),
        "decided.taken_over": _("took it over"),
        "decided.assigned": _("assigned it"),
        "decided.helping": _("took the second seat"),
        "decided.still_on_it": _("still on it"),
        "decided.cad_numbered": _("entered the CAD number"),
        "decided.tracking_extended": _("extended the tracking"),
        "decided.escalation_confirmed": _("confirmed the escalation"),
    }


def _judged(_: _Words) -> dict[str, str]:
    return {
        "reference": _("Beside the reference"),
        "no_reference": _("The scenario has no reference for it."),
        "about": _("Point"),
        "expected": _("Expected"),
        "found": _("Found"),
        "agrees": _("Agrees"),
        "about.zone": _("Zone of the order"),
        "zone_then": _(", then "),
        "about.silent_approach": _("Silent approach"),
        "about.read_instructions": _("Case read before routing"),
        "about.keep_listening": _("Kept listening"),
        "about.as_class": _("Class"),
        "about.outcome": _("Outcome"),
        "yes": _("yes"),
        "no": _("no"),
        "nothing": _("nothing"),
        "ok.yes": _("agrees"),
        "ok.no": _("DIFFERS"),
        "why": _("Why: {text}"),
    }

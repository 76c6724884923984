"""The words of the review: its numbers, what each means, and what it says when there are too few."""

from collections.abc import Callable

from incidents.intervals import INTERVALS
from reports.counted import counted


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """What the supervisor reads of response times."""
    return _own(_) | _numbers(_) | _pictures(_) | _choices(_) | _intervals(_) | _meanings(_)


def _numbers(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "review": _("Review of response times"),
        "promise": _("The promise · 10 minutes"),
        "promise_of": _("of"),
        "promise_within": _("real presses within {limit}"),
        "promise_none": _("No real press with police on the scene in what is chosen."),
        "real_presses": counted(_, "{n} real press", "{n} real presses"),
        "card_under": _("{what} under {limit}"),
        "card_within": _("{what} within {limit}"),
        "card_lasts": _("{what} · median"),
        "basis": _("{n} counted · Wilson"),
        "promised": _("target {share}"),
        "few_short": _("fewer than 20: no share"),
        "few_share": _("{n} counted: below 20 no share is told."),
        "few_limits": _("{n} counted, no period with 20: the list, without shares and control limits."),
        "none_counted": _("Nothing to count in what is chosen."),
        "counted_n": _("{n} counted"),
        "not.open": _("{n} open"),
        "not.missing": _("{n} not reached"),
        "not.negative": _("{n} negative"),
        "in_under": _("under {limit}"),
        "in_within": _("within {limit}"),
        "counted": _("counted"),
        "quality": _("Data quality"),
        "quality_rows": _("rows need a look"),
        "quality_none": _("nothing negative, missing, doubled, held up or corrected"),
        "only_all": _("Show all again"),
        "problem.negative": _("negative"),
        "problem.missing": _("missing"),
        "problem.duplicate": _("twice"),
        "problem.repeated_hour": _("in the repeated hour"),
        "problem.held_up": _("held up on the way"),
        "problem.corrected": _("corrected"),
        "load": _("Alarm load · ISA-18.2"),
        "load_peak": _("in 10 min, {desk} {shift}"),
        "load_rest": _("{day} a day there · {flood} floods"),
        "load.acceptable": _("acceptable"),
        "load.manageable": _("manageable"),
        "load.too_many": _("TOO MANY"),
        "load.unknown": _("not known"),
        "stat.median": _("median"),
        "stat.p90": _("P90"),
        "stat.p95": _("P95"),
        "stat.p99": _("P99"),
        "stat.maximum": _("longest"),
        "selected": _("incidents: {n} of {m}"),
        "open_apart": _("{n} open, shown apart"),
        "excluded.test": _("tests excluded"),
        "included.test": _("tests included"),
        "excluded.drill": _("drills excluded"),
        "included.drill": _("drills included"),
        "left.testsdrills": _("tests and drills excluded"),
        "left.tests": _("tests excluded, drills included"),
        "left.drills": _("tests included, drills excluded"),
        "left.": _("tests and drills included"),
        "counting": _("Counting ..."),
        "counting_log": _("Reading the log, incidents: {done} of {total}"),
        "against": _("Measured against {name}"),
        "source": _("Source: {source}"),
        "definition_of": _("{interval}: {words}"),
        "open_rule": _("open incidents are not counted until they get there"),
        "review_refused.unreadable": _(
            "This address was not made by this centre, or it was changed on its way. Here is the standard view."
        ),
        "review_refused.invalid": _("That cannot be looked at. Here is what can."),
        "review_refused.no_history": _("This server keeps no table of incidents."),
        "review_refused.not_allowed": _("Your role does not allow that."),
        "review_refused.reason_missing": _("Write in words why you look at what others did."),
        "review_refused.not_recorded": _(
            "The log cannot be written now. Nothing is shown before your reason is in it."
        ),
    }


def _pictures(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "dots_title": _("Every incident · {interval}"),
        "dots_newest": _("The newest {n} of {m} are drawn."),
        "dots_none": _("no time"),
        "dots_open": _("open, not yet"),
        "dots_missing": _("no such time"),
        "held_up": _("held up {time} on the way"),
        "ecdf_title": _("How fast · {interval}"),
        "ecdf_within": _("within {limit}"),
        "only_over": _("over {limit}: show only these"),
        "days_title.day": _("Day by day · within {limit}"),
        "days_title.week": _("Week by week · within {limit}"),
        "days_title.month": _("Month by month · within {limit}"),
        "days_few": _("Band: control limits · {n} under 20 counted"),
        "days_out": _("outside the control limits"),
        "days_list": _("{k} of {n}"),
        "week_of": _("week of {day}"),
        "too_few": _("too few to say"),
        "n_counted": _("{n} counted"),
        "heat_title": _("When · hour and weekday"),
        "heat_cell": _("{day} {hour}:00 to {next}:00: {n}"),
        "busiest": _("Busiest hour {hour}: {n}"),
        "where_title": _("Where · within {limit}, by zone"),
        "where_note": counted(_, "{n} zone with 20 counted · {m} unplaced", "{n} zones with 20 counted · {m} unplaced"),
        "where_few": _("No zone with 20 counted · {m} unplaced"),
        "where_none": _("none counted"),
        "where_from": _("from {share}"),
        "where_below": _("below {share}"),
        "slowest_title": _("Slowest · {interval}"),
        "slowest_of": _("The slowest {k} of {n} counted"),
        "slowest.when": _("When"),
        "slowest.zone": _("Zone"),
        "slowest.class": _("Class"),
        "no_zone": _("no zone"),
        "not_known": _("not known"),
        "operators": _("By operator"),
        "operators_why": _("Why do you look at what others did? It is recorded with your name."),
        "operators_show": _("Record and show"),
        "operators.operator": _("Operator"),
        "operators.rows": _("Acknowledged first"),
        "operators.share": _("Within {limit}"),
        "operators.median": _("Median"),
        "operators.p90": _("P90"),
        "operators.scene": _("Press to scene, median"),
    }


def _own(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "own": _("My response times"),
        "own_who": _(
            "Only you see this page. A supervisor sees figures by operator only with a reason, which is recorded."
        ),
        "own_nobody": _("Nobody is signed in here, so these are nobody's figures."),
        "own_not_yet": _("The log is still being read. Load the page again in a moment."),
        "own_acknowledged": _("Alarms you acknowledged first"),
        "own_within": _("Acknowledged under {limit}"),
        "own_of": _("{k} of {n}"),
        "own_ack": _("Received to acknowledged, {what}"),
        "own_scene": _("Pressed to on scene, {what}"),
        "own_rule": _(
            "Tests and drills are excluded. Shares are shown from 20 counted, with 95 % Wilson intervals; medians and"
            " percentiles with 95 % intervals of order statistics."
        ),
        "own_months": _("Month by month, under the limit"),
        "own_slowest": _("The slowest"),
    }


def _choices(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "filter.period": _("Period"),
        "filter.profile": _("Measure against"),
        "filter.class": _("Class"),
        "filter.cics": _("Centre"),
        "filter.zones": _("Zone"),
        "filter.shift": _("Shift"),
        "period.year": _("1 year"),
        "period.month": _("30 days"),
        "period.shift": _("This shift"),
        "period.range": _("From – to"),
        "range.since": _("First day"),
        "range.until": _("Last day"),
        "printed_at": _("Review of response times, printed {time}"),
        "range.missing": _("A first and a last day are needed: the figures are still those of before."),
        "range.reversed": _("The last day is before the first: the figures are still those of before."),
        "class.none": _("no class"),
        "drills": _("drills"),
        "all.cics": _("all centres"),
        "all.zones": _("all zones"),
        "choice_n": _("{name} ({n})"),
        "shift_from": _("{time}"),
        "profile.amr": _("10 min to the scene"),
        "profile.cic": _("telephone answering"),
        "profile.nena": _("9-1-1 calls, America"),
        "profile.nfpa": _("fire, ambulance, US"),
        "profile.own": _("this centre's own"),
        "made_for": _("Made for: {words} Source: {source}."),
        "chip_off": _("{words}: take this choice back"),
        "chip_all": _("All"),
        "chip_cic": _("centre {cic}"),
        "chip_hour": _("{day} {hour}:00"),
        "chip_incident": _("one incident, {when}"),
        "chip_open": _("Open its timeline"),
        "chip.over": _("over the target"),
        "chip.look": _("needs a look"),
        "tool.operators": _("By operator"),
        "tool.devices": _("Devices"),
        "tool.copy": _("Copy view"),
        "tool.export": _("Export"),
        "tool.print": _("Print"),
        "export_of": _("This view as a file:"),
        "export.csv": _("Rows (CSV)"),
        "export.json": _("Report (JSON)"),
        "export.pdf": _("Report (PDF)"),
        "export_institute": _("For the Institute, whatever the view, entered in the log each time:"),
        "export.zip": _("Counts of {year} (ZIP)"),
        "address": _("Address of this view"),
        "address_copied": _("Copied. It opens for a supervisor or auditor of this centre."),
        "address_copy": _("Copy it. It opens for a supervisor or auditor of this centre."),
        "close_panel": _("Close"),
    }


def _intervals(_: Callable[[str], str]) -> dict[str, str]:
    names = {
        "pressed->received": (_("pressed → received"), _("Received")),
        "received->presented": (_("received → presented"), _("Presented")),
        "received->acknowledged": (_("received → acknowledged"), _("Acknowledged")),
        "acknowledged->listening": (_("acknowledged → listening"), _("Listening")),
        "acknowledged->routed": (_("acknowledged → routed"), _("Routed")),
        "routed->accepted": (_("routed → accepted"), _("Accepted")),
        "accepted->en_route": (_("accepted → en route"), _("En route")),
        "en_route->on_scene": (_("en route → on scene"), _("On the way")),
        "pressed->on_scene": (_("pressed → on scene"), _("On scene")),
        "acknowledged->closed": (_("acknowledged → closed"), _("Closed")),
    }
    found: dict[str, str] = {}
    for interval in INTERVALS:
        long, short = names[interval.name]
        found |= {f"interval.{interval.name}": long, f"short.{interval.name}": short}
        found[f"definition.{interval.name}"] = _(interval.definition)
    return found


def _meanings(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "define.count": _("Number of incidents among those chosen; {left}"),
        "define.interval": _("{name} ({words})"),
        "define.counted": _("{interval}: number of incidents among those chosen; {left}"),
        "define.periods": _("{interval}: number of periods with fewer than 20 counted; {left}"),
        "define.zones": _("{interval}: number of zones with 20 counted or more; {left}"),
        "define.look": _(
            "Incidents with a negative, missing, doubled or corrected time, one in the repeated hour, or a press held up on"
            " the way; {left}"
        ),
        "define.within": _("{interval}: number within {limit}, of {n} counted; {left}; open ones are not counted"),
        "define.share": _(
            "{interval}: share within {limit} of {n} counted, 95 % Wilson interval; {left}; open ones are not counted"
        ),
        "define.median": _(
            "{interval}: median of {n} counted, 95 % interval of order statistics; {left}; open ones are not counted"
        ),
        "define.p90": _("{interval}: 90th percentile of {n} counted, 95 % interval of order statistics; {left}"),
        "define.p95": _("{interval}: 95th percentile of {n} counted, 95 % interval of order statistics; {left}"),
        "define.p99": _("{interval}: 99th percentile of {n} counted, 95 % interval of order statistics; {left}"),
        "define.maximum": _("{interval}: the longest of {n} counted; {left}"),
        "define.time": _("{interval}: one incident's time; {left}"),
        "define.a_day": _(
            "Alarms in 24 hours of that shift at that desk, over its periods of 10 minutes ({n}); ISA-18.2: up to 150 are"
            " acceptable, 300 manageable"
        ),
        "define.peak": _(
            "The most alarms at one desk in 10 minutes of a shift, over its periods (ISA-18.2): {n}; {left}"
        ),
        "define.flood": _(
            "Of the periods of 10 minutes of all desks ({n}), those with more than 10 alarms (ISA-18.2: a flood); {left}"
        ),
    }

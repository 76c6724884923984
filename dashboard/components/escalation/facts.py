"""The facts of the watch in a row: how loud, what it did, its next step and when. Codes and moments, never words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from incidents.clock import milliseconds
from incidents.escalation.ladder import STEPS, Away, WatchTimes, loudness, missed, steps
from incidents.incident import Incident


def facts(
    incident: Incident, times: WatchTimes, away: Away, outside: bool, name_of: Callable[[str], str]
) -> dict[str, Any]:
    """The watch's fields of `dashboard.components.queue.rows.Row`. `outside`: whether anybody outside is set to be told."""
    said: dict[str, Any] = {
        "loudness": loudness(incident),
        "ladder": incident.escalation.rung,
        "confirmed": name_of(incident.escalation.confirmed_by) if incident.escalation.confirmed_by else "",
        "outside": incident.escalation.outside,
        "gone": incident.ownership.gone,
        "copied": incident.copied,
        "supervisor": incident.for_supervisor,
        "helpers": tuple(name_of(helper) for helper in incident.ownership.helpers),
    }
    if late := missed(incident, times):
        said["missed"] = tuple((limit, milliseconds(since)) for limit, since in late)
    reopened = milliseconds(incident.judgement.reopened_at) if incident.judgement.reopened_at else None
    anew = {(limit, reopened) for limit in STEPS}
    if any(one.limit == incident.realarm and (one.limit, one.cause) in anew for one in incident.attention.passed):
        said["realarm_anew"] = True
    waiting = steps(incident, times, away)
    if not waiting:
        return said
    step = waiting[0]
    limit = f"limit.{step.limit}" + ("_anew" if (step.limit, step.cause) in anew else "")
    what = limit if step.what == "limit" else step.what
    said["next"] = "outside_none" if step.what == "outside" and not outside else what
    said["next_at"] = milliseconds(step.at)
    if step.what == "release":
        said["warn_at"] = milliseconds(step.at - timedelta(seconds=times.countdown_s))
    return said

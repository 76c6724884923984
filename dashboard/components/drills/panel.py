"""What a supervisor and a trainer see of the drills: those to confirm, the one that is coming, and what became of the others."""

from typing import Any

from dashboard.services import Ground
from dashboard.shell.clock import milliseconds
from dashboard.shell.ground import SignedPage
from incidents.drills.desk import lapses
from incidents.drills.fold import Drill

SHOWN = 30  # results, newest first


def facts(consoles: Ground, actor: str) -> dict[str, Any]:
    """For `actor` (a pseudonym): moments in ms since 1970, times in ms. The moment a drill comes is told to nobody."""
    now = consoles.desk.board.drills
    known = list(reversed(now.drills.values()))
    return {
        "waiting": [_waiting(consoles, drill, actor) for drill in known if drill.state != "ended"],
        "results": [_result(consoles, drill) for drill in known if drill.state == "ended"][:SHOWN],
    }


async def answer(consoles: Ground, session: SignedPage) -> dict[str, Any]:
    """The room "drills" of the supervisor page; nothing for who may neither confirm nor see them (an auditor)."""
    if "supervisor" not in session.user.roles:
        return {"waiting": [], "results": [], "closed": True}
    return facts(consoles, session.actor)


def _waiting(consoles: Ground, drill: Drill, actor: str) -> dict[str, Any]:
    name_of = consoles.desk.name_of
    return {
        "id": drill.id,
        "state": drill.state,
        "zone": consoles.services.places.zone_name(drill.zone),
        "victim": drill.victim,
        "story": drill.story,
        "to": [name_of(one) for one in drill.to],
        "by": name_of(drill.proposed_by),
        "at": milliseconds(drill.proposed_at),
        "own": drill.proposed_by == actor,
        "before": milliseconds(lapses(drill)),
        "confirmed_by": name_of(drill.confirmed_by) if drill.confirmed_by else "",
        "within_min": drill.within_min,
    }


def _result(consoles: Ground, drill: Drill) -> dict[str, Any]:
    name_of = consoles.desk.name_of
    return {
        "id": drill.id,
        "at": milliseconds(drill.raised_at or drill.ended_at),
        "came": drill.raised_at is not None,
        "zone": consoles.services.places.zone_name(drill.zone),
        "story": drill.story,
        "why": drill.why or "",
        "desks": [{"who": name_of(one), "ms": drill.presented.get(one)} for one in drill.desks],
        "taken_by": name_of(drill.acknowledged_by) if drill.acknowledged_by else "",
        "taken_ms": drill.acknowledged_ms,
    }

"""The incidents of the past as a person may look at them: without those that are kept from them."""

from typing import Any

from incidents.log import LogUnavailable
from incidents.roles import User
from incidents.timeline import NoSuchIncident, incident_of


async def table_for(consoles: Any, user: User | None) -> Any:
    """The history's table for a person. Counting over it tells nothing of what they may not know."""
    table, desk = await consoles.history.fresh(), consoles.desk
    if not any(case.exclusions for case in desk.cases.all()):
        return table
    ids = set(table["incident"])
    kept = desk.exclusions.past(user, ids.__contains__)
    # No device's number leads to what was raised by hand: the log is asked, of which there is little.
    by_hand = set(table.loc[table["origin"] == "hand", "incident"]) - kept - desk.board.incidents.keys()
    for id in by_hand:
        try:
            incident, _ = await incident_of(desk.recorder.log, id)
        except (NoSuchIncident, LogUnavailable):
            continue
        if desk.exclusions.incident(incident, user):
            kept.add(id)
    return table[~table["incident"].isin(kept)].reset_index(drop=True) if kept & ids else table

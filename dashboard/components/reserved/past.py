"""The incidents of the past as a person may look at them: without those that are kept from them."""

from collections.abc import Awaitable, Callable, Collection

import pandas as pd

from incidents.desk.desk import Desk
from incidents.exclusion import Exclusions
from incidents.incident import Incident
from incidents.log import LogUnavailable
from incidents.roles import User
from incidents.timeline import NoSuchIncident
from reports.measures.history import History


async def table_for(history: History, desk: Desk, user: User | None) -> pd.DataFrame:
    """The history's table for a person. Counting over it tells nothing of what they may not know."""
    table = await history.fresh()
    if not any(case.exclusions for case in desk.cases.all()):
        return table
    return await without_kept(table, desk.exclusions, desk.incident_of, desk.board.incidents.keys(), user)


async def without_kept(
    table: pd.DataFrame,
    rule: Exclusions,
    incident_of: Callable[[str], Awaitable[Incident]],
    on_board: Collection[str],
    user: User | None,
) -> pd.DataFrame:
    """A table of incidents without those that are kept from a person. `on_board`: those that the rule knows by itself."""
    ids = set(table["incident"])
    kept = rule.past(user, ids.__contains__)
    # No device's number leads to what was raised by hand: the log is asked, of which there is little.
    by_hand = set(table.loc[table["origin"] == "hand", "incident"]) - kept - set(on_board)
    for id in by_hand:
        try:
            incident = await incident_of(id)
        except (NoSuchIncident, LogUnavailable):
            continue
        if rule.incident(incident, user):
            kept.add(id)
    return table[~table["incident"].isin(kept)].reset_index(drop=True) if kept & ids else table

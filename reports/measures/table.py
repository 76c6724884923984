"""The table that every number is made of: one row an incident, with its times and the seconds between them.

Nothing of a person is in it but the pseudonym of who acknowledged first: no device, no case, no position, no words.

What an incident's row says of a life that was not straight:
- reopened and closed again: its first acknowledgement, its last closing; between the two it is open again;
- re-routed, refused, cancelled: the first order and the first acceptance by anybody, so `routed->accepted` is how long it took
  until some zone took it;
- released or handed over: the first acknowledgement, and who gave it;
- corrected: the corrected moment counts, marked so, and the number of corrections by people is kept;
- entered from paper: the times written there, no operator (who entered it is not who acknowledged);
- by hand or from paper: no `pressed->received`, because no feed carried it;
- by hand: no `received->acknowledged` where it was its raiser's at once, because nobody was waited for.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from incidents import events as ev
from incidents.incident import TIME_NAMES, Incident
from incidents.intervals import INTERVALS, RAISERS_S
from reports.measures.local import milliseconds, shift_of
from reports.measures.shape import BOOL_COLUMNS, COUNT_COLUMNS, DURATION_SUFFIX, TEXT_COLUMNS

_STR = pd.Series([""], dtype=str).dtype  # pandas 2 has none of its own: object
_NAT = np.iinfo(np.int64).min


def row_of(incident: Incident, *, starts: tuple[str, ...] = ()) -> dict[str, object]:
    """One row of the table, without the durations. `starts`: when the shifts start (`ShiftTimes.starts`), for its shift."""
    received = incident.times.get("received")
    row: dict[str, object] = {
        "incident": incident.id,
        "state": incident.state,
        "origin": incident.origin,
        "as_class": incident.judgement.as_class or "",
        "outcome": incident.judgement.outcome or "",
        "verified": incident.judgement.verified,
        "zone": incident.zone or (incident.order.zone if incident.order else ""),
        "cic": incident.position.cic,
        "abroad": incident.position.abroad,
        "operator": "" if incident.by_hand.paper else _first_to_acknowledge(incident),
        "shift": shift_of(received.at, starts) if received else "",
        "open": incident.open,
        "drill": incident.drill,
        "paper": incident.by_hand.paper,
        "presses": incident.presses.count,
        "corrections": sum(isinstance(entry.event, ev.TimeCorrected) for entry in incident.history.entries),
    }
    for name in TIME_NAMES:
        time = incident.times.get(name)
        row[name] = time.at if time else None
        row[f"{name}_corrected"] = time.corrected if time else False
    return row


def _first_to_acknowledge(incident: Incident) -> str:
    return next((entry.actor for entry in incident.history.entries if isinstance(entry.event, ev.Acknowledged)), "")


def table_of(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """The table of rows as `row_of` makes them, or of dicts with some of its columns."""
    return complete(pd.DataFrame(list(rows)))


def complete(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with every column it should have, in its dtype, and `<interval>_s` in seconds. The frame itself stays as it is.

    A missing text is "", a count 0, a bool False (a foreign row is not open unless it says so), a time NaT.
    Other columns stay. Times are cut to milliseconds. Raises ValueError for a time without a time zone.
    """
    columns: dict[str, object] = {str(name): frame[name] for name in frame.columns}
    for name in TEXT_COLUMNS:
        columns[name] = _text(frame, name)
    for name in (*BOOL_COLUMNS, *(f"{time}_corrected" for time in TIME_NAMES)):
        columns[name] = frame[name].eq(True).fillna(False).astype(bool) if name in frame else False
    for name in COUNT_COLUMNS:
        columns[name] = pd.to_numeric(frame[name]).fillna(0).astype("int64") if name in frame else np.int64(0)
    times = {name: _moments(frame, name) for name in TIME_NAMES}
    table = pd.DataFrame(columns | times, index=frame.index)
    for name, took in durations(table).items():
        table[name] = took
    return table


def durations(table: Mapping[str, pd.Series] | pd.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    """`<interval>_s` of each interval, in seconds: NaN where an end is missing, negative where the end comes first.

    Of the table only the times (datetime64[ms, UTC]), `origin` and `paper` are looked at.
    """
    at = {name: _missing_is_nan(milliseconds(table[name])) for name in TIME_NAMES}
    made = {i.name + DURATION_SUFFIX: at[i.end] - at[i.start] for i in INTERVALS}
    for took in made.values():
        took /= 1000.0
    uncarried = (table["origin"].eq("hand") | table["paper"]).to_numpy(bool)
    made["pressed->received" + DURATION_SUFFIX][uncarried] = np.nan
    taken = made["received->acknowledged" + DURATION_SUFFIX]
    taken[table["origin"].eq("hand").to_numpy(bool) & ~table["paper"].to_numpy(bool) & (np.abs(taken) < RAISERS_S)] = (
        np.nan
    )
    return made


def _missing_is_nan(moments: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Whole milliseconds, exact as floats for 285,000 years."""
    at = moments.astype(np.float64)
    at[moments == _NAT] = np.nan
    return at


def _text(frame: pd.DataFrame, name: str) -> object:
    if name not in frame:
        return pd.Series("", index=frame.index, dtype=str)
    column = frame[name]
    if isinstance(column.dtype, pd.CategoricalDtype) and not column.hasnans:
        return column
    text = column if column.dtype == _STR else column.astype(object)
    return (text.where(column.notna(), "") if column.hasnans else text).astype(str)


def _moments(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ms, UTC]")
    column = frame[name]
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "M":
        raise ValueError(f"{name} has no time zone")
    if str(column.dtype) == "datetime64[ms, UTC]":
        return column
    return pd.to_datetime(column, utc=True).dt.as_unit("ms")

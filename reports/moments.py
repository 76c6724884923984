"""A moment as a report writes it: Belgian time, with its offset, so that the hour that comes twice is clear."""

from datetime import datetime

import pandas as pd

from incidents.events import BRUSSELS


def told(at: datetime) -> str:
    """To the second: 24/11/2026 21:14:07 +01:00."""
    local = at.astimezone(BRUSSELS)
    return f"{local:%d/%m/%Y %H:%M:%S} {local.isoformat()[-6:]}"


def in_belgium(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with their times by the clock in Belgium, for a table that people open."""
    times = [name for name in rows.columns if isinstance(rows[name].dtype, pd.DatetimeTZDtype)]
    return rows.assign(**{name: rows[name].dt.tz_convert(BRUSSELS) for name in times})

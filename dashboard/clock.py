"""Belgian wall-clock time: UTC inside, Europe/Brussels on screen and in what people type."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
_TYPED = re.compile(r"^\s*(\d{1,2})[:.hH](\d{2})(?:[:.](\d{2}))?\s*$")


def moment(typed: str, now: datetime) -> datetime:
    """The moment in UTC a person means by a time of day: the latest one that is not in the future.

    On the night the clocks go back 02:30 comes twice; the later one that has passed is meant.
    Raises ValueError when it is no time of day, or one the clocks skipped that night.
    """
    match = _TYPED.match(typed)
    if match is None:
        raise ValueError("not a time of day")
    hour, minute, second = (int(part or 0) for part in match.groups())
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("not a time of day")
    today = now.astimezone(BRUSSELS).date()
    for day in (today, today - timedelta(days=1)):
        skipped = False
        for fold in (1, 0):
            local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=BRUSSELS, fold=fold)
            utc = local.astimezone(UTC)
            if utc.astimezone(BRUSSELS).replace(tzinfo=None) != local.replace(tzinfo=None):
                skipped = True
            elif utc <= now:
                return utc
        if skipped:
            raise ValueError("the clocks skipped that time")
    raise ValueError("not a time of day")


def milliseconds(at: datetime | None) -> int | None:
    """Milliseconds since 1970, as a page takes moments; None stays None."""
    return None if at is None else round(at.timestamp() * 1000)

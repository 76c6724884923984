"""A browser that is signed in, and its row in the accounts' file."""

from datetime import UTC, datetime, timedelta

import msgspec

KNOWN_H = 24  # an expired browser stays a locked alarm screen so long
COLUMNS = "digest, page, key, generation, since, seen, expires"
OPENED = "INSERT OR REPLACE INTO browsers VALUES (?, ?, ?, ?, ?, ?, ?)"
USED = "UPDATE browsers SET since = ?, seen = ?, expires = ? WHERE digest = ?"

Times = tuple[float, float, float]  # since, seen, expires: POSIX seconds
Row = tuple[bytes, bytes, str, int, float, float, float]


class Browser(msgspec.Struct):
    """A sign-in: `digest` of its cookie, `page` of what its pages know it by. `filed`: as the file has it; None: it has not."""

    digest: bytes
    page: bytes
    key: str
    name: str
    generation: int
    since: datetime
    seen: datetime
    expires: datetime
    written: datetime
    ended: bool = False
    filed: Times | None = None

    def times(self) -> Times:
        """As they stand in a row."""
        return self.since.timestamp(), self.seen.timestamp(), self.expires.timestamp()


def browser_of(row: Row) -> Browser | None:
    """What a row says, by the name of its account's key; None for a damaged one."""
    digest, page, key, generation, *times = row
    try:
        since, seen, expires = (datetime.fromtimestamp(t, UTC) for t in times)
        found = Browser(digest, page, key, key, generation, since, seen, expires, since)
        known_until(found)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    found.filed = (times[0], times[1], times[2])
    return found


def known_until(browser: Browser) -> datetime:
    """When it is forgotten. Raises OverflowError for a time beyond all calendars."""
    return browser.expires + timedelta(hours=KNOWN_H)

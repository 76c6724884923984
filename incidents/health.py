"""The health of what Vigie depends on, as every screen and `/health` show it."""

from datetime import datetime
from typing import Literal

import msgspec

FileState = Literal["off", "ok", "old", "failed"]
FeedState = Literal["live", "silent", "down", "malformed"]


EXERCISE_FEED = "it says that it is an exercise: not taken"


class FeedHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One feed now. Times are our own clock's; `lag_ms` is the newest message's age when it came, by its source's clock.

    live: heartbeats come; silent: connected, two heartbeats missed; down: not connected; malformed: connected, but frames came
    that were not understood. `message_at` is the newest real message of a device, beside the heartbeat's `heartbeat_at`.
    `seq` is the highest contiguous durable number, `head` the feed's own.
    """

    name: str
    state: FeedState
    since: datetime
    heartbeat_at: datetime | None = None
    message_at: datetime | None = None
    lag_ms: int | None = None
    seq: int = 0
    head: int = 0
    repeated: int = 0
    dropped: int = 0
    malformed: int = 0
    reason: str = ""


class FileHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The degraded-mode file: off (not set up), ok, old (not renewed for two periods), failed and why; `at` it was written."""

    state: FileState = "off"
    at: datetime | None = None
    reason: str = ""

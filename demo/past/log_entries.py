"""One thing that was entered in the past's log."""

from datetime import datetime

import msgspec

from incidents import events as ev
from incidents.log import Draft


class Told(msgspec.Struct, frozen=True):
    """A record to be, and its stream. Without one: the log is sealed."""

    at: datetime
    stream: str = ""
    draft: Draft | None = None


def said(
    stream: str, event: ev.Event, at: datetime, *, id: str, actor: str, source_at: datetime | None = None
) -> Told:  # fmt: skip
    """An event, entered at `at`, that happened then or at `source_at`."""
    return Told(at, stream, ev.draft(event, id=id, at=at, source_at=source_at or at, actor=actor))

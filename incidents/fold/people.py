"""The fold of handing over, assigning and taking over an alarm, and of what the shifts' stream says of the present shift."""

from datetime import datetime
from typing import Any

import msgspec

from incidents import events as ev
from incidents.incident import Incident

OVER: dict[str, Any] = {
    "offered_to": None,
    "offered_by": None,
    "offered_at": None,
    "offered_note": "",
    "offered_whole": False,
}
KEPT_NOTES = 50  # notes shown on a sheet; the log keeps all


def offered(incident: Incident, entry: ev.Entry, event: ev.HandOverOffered) -> dict[str, Any]:
    return OVER | {
        "offered_to": event.to,
        "offered_at": entry.at,
        "offered_note": event.note,
        "offered_whole": event.whole,
    }


def assigned(incident: Incident, entry: ev.Entry, event: ev.Assigned) -> dict[str, Any]:
    return OVER | {
        "offered_to": event.to,
        "offered_by": entry.actor,
        "offered_at": entry.at,
        "offered_note": event.note,
    }


def taken_over(incident: Incident, entry: ev.Entry, event: ev.TakenOver) -> dict[str, Any]:
    return {"owner": entry.actor, "owned_since": entry.at, "realarm": ""}


def accepted(incident: Incident, entry: ev.Entry, event: ev.HandOverAccepted) -> dict[str, Any]:
    return OVER | {"owner": entry.actor, "owned_since": entry.at}


def ended(incident: Incident, entry: ev.Entry, event: ev.Event) -> dict[str, Any]:
    return OVER


def ends_with(incident: Incident, changes: dict[str, Any]) -> dict[str, Any]:
    """An offer stands only while it is whose it was when it was made: another owner, nobody any more, or closing end it."""
    kept = changes.get("owner", incident.owner) == incident.owner and changes.get("state") not in ("raised", "closed")
    return {} if kept else OVER


class ShiftTest(msgspec.Struct, frozen=True, kw_only=True):
    """A press of a bench device that came through a feed: whether a page showed it in time, and how long that took."""

    at: datetime
    ok: bool
    feed: str
    took_ms: int
    incident: str = ""


class SheetNote(msgspec.Struct, frozen=True, kw_only=True):
    """A note on the handover sheet; `actor` is a pseudonym."""

    at: datetime
    actor: str
    text: str


class ShiftNow(msgspec.Struct, frozen=True, kw_only=True):
    """The shift that runs, by the log: its bounds, its notes and those of the one before, the last test of all."""

    start: datetime | None = None
    end: datetime | None = None
    before: datetime | None = None
    notes: tuple[SheetNote, ...] = ()
    test: ShiftTest | None = None
    digest: str = ""  # of the last sheet that was made
    digest_at: datetime | None = None

    @property
    def tested(self) -> bool:
        """Whether a test of this shift passed."""
        return self.test is not None and self.test.ok and self.start is not None and self.test.at >= self.start


def shift(now: ShiftNow, entry: ev.Entry) -> ShiftNow:
    """The present shift after an entry of the shifts' stream."""
    replace = msgspec.structs.replace
    match entry.event:
        case ev.ShiftStarted() as event:
            start = datetime.fromisoformat(event.start)
            notes = tuple(note for note in now.notes if now.start is None or note.at >= now.start)
            return replace(now, start=start, end=datetime.fromisoformat(event.end), before=now.start, notes=notes)
        case ev.ShiftTested() as event:
            test = ShiftTest(at=entry.at, ok=event.ok, feed=event.feed, took_ms=event.took_ms, incident=event.incident)
            return replace(now, test=test)
        case ev.SheetNoted() as event:
            note = SheetNote(at=entry.at, actor=entry.actor, text=event.text)
            return replace(now, notes=(*now.notes, note)[-KEPT_NOTES:])
        case ev.SheetMade() as event:
            return replace(now, digest=event.digest, digest_at=entry.at)
    return now

"""The fold of handing over, assigning and taking over an alarm, and of what the shifts' stream says of the present shift."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from incidents import events as ev
from incidents.fold.changes import Folds, owned
from incidents.incident import HandOverOffer, Incident

KEPT_NOTES = 50  # notes shown on a sheet; the log keeps all


def _offered(incident: Incident, entry: ev.Entry, event: ev.HandOverOffered) -> Incident:
    return offering(incident, HandOverOffer(to=event.to, at=entry.at, note=event.note, whole=event.whole))


def _assigned(incident: Incident, entry: ev.Entry, event: ev.Assigned) -> Incident:
    return offering(incident, HandOverOffer(to=event.to, at=entry.at, note=event.note, by=entry.actor))


def offering(incident: Incident, offer: HandOverOffer | None) -> Incident:
    return replace(incident, ownership=replace(incident.ownership, offer=offer))


PEOPLE: Folds = {
    ev.HandOverOffered: _offered,
    ev.HandOverAccepted: lambda one, entry, _: offering(owned(one, entry), None),
    ev.HandOverDeclined: lambda one, _, __: offering(one, None),
    ev.HandOverWithdrawn: lambda one, _, __: offering(one, None),
    ev.Assigned: _assigned,
    ev.TakenOver: lambda one, entry, _: replace(owned(one, entry), realarm=""),
}


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

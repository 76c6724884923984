"""The shifts of the past: their starts and ends, the bench device's test, the sheet, the seal."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from demo.past.log_entries import Told, said
from demo.past.people import People
from incidents import events as ev
from incidents.board import SHIFTS
from incidents.shifts import Shift, ShiftTimes, shift_at

NOTES = (
    "Twee technici kondigen testen aan voor de hele dag.",
    "Radio d'une zone mauvaise depuis l'après-midi : missions confirmées par téléphone.",
    "Heute neue Knöpfe ausgegeben: heute Abend sind erste Tests zu erwarten.",
)


def shifts_told(
    since: datetime, until: datetime, people: People, still_open: Callable[[datetime], int], luck: random.Random
) -> Iterator[Told]:
    """Shift after shift, to the one that runs at the end. `still_open` counts the incidents of a moment, as it comes."""
    times = ShiftTimes()
    shift = shift_at(times, since)
    first = True
    while shift is not None and shift.start <= until:
        yield from _shift(shift, max(shift.start, since), until, first, people, still_open, luck)
        shift, first = shift_at(times, shift.end), False


def _shift(
    shift: Shift,
    begins: datetime,
    until: datetime,
    first: bool,
    people: People,
    still_open: Callable[[datetime], int],
    luck: random.Random,
) -> Iterator[Told]:
    name = f"shift-{ev.stamp(shift.start)}"
    began = ev.ShiftStarted(start=ev.stamp(shift.start), end=ev.stamp(shift.end))
    yield said(SHIFTS, began, begins, id=name, actor="watch")
    at = begins + timedelta(seconds=round(luck.uniform(120, 1500), 3))
    tested = luck.random() < 0.95 and at < min(shift.end, until)
    if tested:
        ok = luck.random() < 0.985
        took = round(luck.lognormvariate(5.6, 0.5)) if ok else 5000
        event = ev.ShiftTested(ok=ok, feed="112-app", took_ms=took, travel_ms=round(luck.uniform(200, 1800)))
        yield said(SHIFTS, event, at, id=f"{name}-shift-test", actor="watch")
    at = begins + timedelta(hours=luck.uniform(1, 11))
    if luck.random() < 0.06 and at < min(shift.end, until):
        yield said(SHIFTS, ev.SheetNoted(text=luck.choice(NOTES)), at, id=f"{name}-note", actor=people.supervisor(at))
    if shift.end > until:
        return
    words = ev.stamp(shift.start)
    yield said(SHIFTS, ev.ShiftEnded(start=words), shift.end, id=f"{name}-ended", actor="watch")
    yield Told(shift.end)
    made = ev.SheetMade(start=words, open=still_open(shift.end), tested=tested)
    yield said(SHIFTS, made, shift.end, id=f"{name}-sheet", actor="watch")

"""What happened to an incident, line by line, as the case panel tells it: codes and parameters, never words."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec

from dashboard.components.case.relation import called
from dashboard.components.escalation.history import told_of
from dashboard.shell.clock import milliseconds
from incidents import events as ev
from incidents.incident import Incident

Whys = Mapping[tuple[str, int], ev.UpdateReason]  # by order and update
_SENT = ("ordered_position", "position_delivered", "positions_sent", "positions_delivered")


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line: `code` names the sentence, the rest fills it. `at` is when it happened, `entered` when later; ms since 1970."""

    at: int
    code: str
    who: str = ""
    what: str = ""
    zone: str = ""
    text: str = ""
    n: int = 0
    source: str = ""
    entered: int | None = None
    to: int | None = None
    unrecorded: bool = False


def lines(
    incident: Incident, zone_name: Callable[[str], str], name_of: Callable[[str], str], *, places: bool = False
) -> tuple[Line, ...]:
    """The history of an incident, oldest first; positions that were sent one after another to one zone are one line.

    `places`: for who is shown its case; to others no line says which place of hers she passed, nor which way.
    """
    told: list[Line] = []
    sent = whys(incident.history.entries)
    for entry in incident.history.entries:
        if entry.event is None or entry.event.TRACK:
            continue
        line = line_of(entry, zone_name, name_of, way=places, sent=sent)
        if isinstance(entry.event, ev.CaseOpened) and (often := incident.readers.looks.get(entry.actor, 0)) > 1:
            line = msgspec.structs.replace(line, code="case_opened_often", n=often)
        if places and isinstance(entry.event, ev.PlacePassed):
            line = msgspec.structs.replace(line, text=called(entry.event.protected))
        if told and (both := _sent_on(told[-1], line)) is not None:
            told[-1] = both
        else:
            told.append(line)
    return tuple(told)


def _sent_on(before: Line, line: Line) -> Line | None:
    """Two lines as one, when nothing but positions was sent between them: how many, since when (`to`), when the last one was."""
    if (
        before.code not in _SENT
        or line.code not in ("ordered_position", "delivered_update")
        or before.zone != line.zone
    ):
        return None
    if line.code == "delivered_update":
        return msgspec.structs.replace(before, code="positions_delivered" if before.to else "position_delivered")
    # The first one's `n` is the number of its update.
    return msgspec.structs.replace(
        line, code="positions_sent", n=before.n + 1 if before.to else 2, to=before.to or before.at
    )


def whys(entries: Iterable[ev.Entry]) -> Whys:
    """Why each update of an order was sent: an order, or what calls it off."""
    sent = (entry.event for entry in entries if isinstance(entry.event, ev.Ordered))
    return {(one.order, one.update): one.why for one in sent}


def line_of(
    entry: ev.Entry,
    zone_name: Callable[[str], str],
    name_of: Callable[[str], str],
    *,
    way: bool = False,
    sent: Whys = MappingProxyType({}),
) -> Line:
    """The line of one entry whose type is known. `way`: whether it says which way she passed a place of hers; `sent`: of which
    update a delivery is told."""
    event = entry.event
    tag = str(event.__struct_config__.tag) if event is not None else ""
    by_person = event is not None and not event.BY.isdisjoint(("person", "afterwards"))
    if isinstance(event, ev.Raised):
        by_person = event.origin == "hand"
    code, zone, what = tag, getattr(event, "zone", ""), ""
    named, to = entry.actor if by_person else "", event.to if isinstance(event, ev.TimeCorrected) else ""
    if isinstance(event, ev.Raised):
        code, zone = (
            ("pressed" if event.origin == "press" else "raised_on_paper" if event.paper else "raised_by_hand"),
            event.zone,
        )
        what = event.press
    elif isinstance(event, ev.Pressed):
        code, zone, what = "pressed_again", "", event.press
    if isinstance(event, ev.Raised | ev.Pressed) and event.announced_by:
        code, named, to = f"{code}_announced", event.announced_by, event.announced_until
    if isinstance(event, ev.Called):
        code = f"call_{event.state}"
    elif isinstance(event, ev.Presented):
        code = "presented" if event.first else "presented_more" if event.audible else "presented_silent"
    elif isinstance(event, ev.Ordered):
        by_voice = event.channel == "radio" and event.why in ("new", "reroute")
        code = f"ordered_{event.why}{'_radio' if by_voice else ''}"
        what = zone_name(event.previous_zone) if event.previous_zone else ""
    elif isinstance(event, ev.Delivered):
        why = sent.get((event.order, event.update), "new")
        code = {"new": "delivered", "reroute": "delivered", "cancel": "delivered_cancel"}.get(why, "delivered_update")
    elif isinstance(event, ev.Undelivered):
        code = "undelivered_final" if event.final else "undelivered"
        code += "_cancel" if sent.get((event.order, event.update)) == "cancel" else ""
    elif isinstance(event, ev.Progressed):
        code = f"step_{event.step}"
    elif isinstance(event, ev.Classified):
        what = event.as_class
    elif isinstance(event, ev.Closed):
        code, what = ("closed_anyway" if event.anyway else "closed"), event.as_class
    elif isinstance(event, ev.TimeCorrected):
        what = event.time
    elif isinstance(event, ev.PlacePassed) and way and event.way:
        code = f"place_{event.way}"
    elif isinstance(event, ev.CadNumbered):
        what = event.number
    elif (told := told_of(event)) is not None:
        code, what = told
    elif isinstance(event, ev.HandOverOffered | ev.Assigned | ev.KeptFrom):
        what = name_of(event.to)
    happened = entry.source_at if by_person or isinstance(event, ev.Raised | ev.Pressed) else entry.at
    late = abs((entry.at - happened).total_seconds()) >= 30
    return Line(
        at=milliseconds(happened),
        code=code,
        who=name_of(named) if named else "",
        what=what,
        zone=zone_name(zone) if zone else "",
        text=getattr(event, "reason", "")
        or getattr(event, "text", "")
        or getattr(event, "note", "")
        or getattr(event, "announced_where", "")
        or getattr(event, "unit", None)
        or getattr(event, "asked_unit", None)
        or "",
        n=getattr(event, "consoles", 0) or getattr(event, "minutes", 0) or getattr(event, "update", 0),
        source=getattr(event, "source", ""),
        entered=milliseconds(entry.at) if late else None,
        to=milliseconds(datetime.fromisoformat(to)) if to else None,
        unrecorded=not entry.recorded,
    )

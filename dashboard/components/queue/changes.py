"""What changed of an incident last, as its row tells it: a page knows whose doing it was, and says what another did."""

from collections.abc import Callable, Iterator

import msgspec

from dashboard.components.case.history import line_of, whys
from incidents.incident import Incident

TOLD = 3  # of more that came at once a page takes it that another made one of them
_LOOKED = 60  # entries at most: what nobody notices lies between


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The `n`-th change that an operator would notice: its sentence's code and what fills it. Nothing that anybody wrote."""

    n: int
    code: str
    who: str = ""
    what: str = ""
    zone: str = ""


def latest(incident: Incident, zone_name: Callable[[str], str], name_of: Callable[[str], str]) -> tuple[Change, ...]:
    """The last changes, the newest first."""
    return tuple(_latest(incident, zone_name, name_of))


def _latest(incident: Incident, zone_name: Callable[[str], str], name_of: Callable[[str], str]) -> Iterator[Change]:
    n, entries = incident.changes, incident.history.entries[-_LOOKED:]
    sent = whys(entries)
    for entry in reversed(entries):
        if n <= max(1, incident.changes - TOLD):
            return
        if entry.event is None or not entry.event.NOTICED:
            continue
        line = line_of(entry, zone_name, name_of, sent=sent)
        yield Change(n=n, code=line.code, who=line.who, what=line.what, zone=line.zone)
        n -= 1

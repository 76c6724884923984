"""Where units are and what they do: present state, not in the log."""

from datetime import datetime

import msgspec

from incidents.fold.clocks import AHEAD, counted, counted_fix, wrongs
from incidents.messages import Fix, UnitReport, UnitStatus


class UnitNow(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as its newest report says."""

    unit: str
    zone: str
    status: UnitStatus
    at: datetime
    fix: Fix | None = None
    clock_wrong: bool = False  # a time of its report could not be: it counts as receipt


def reported(old: UnitNow | None, report: UnitReport, at: datetime, received: datetime) -> UnitNow | None:
    """The unit after a report of this moment; None when the report is older than what is known."""
    counts = counted(at, received)
    if old is not None and counts < old.at <= received + AHEAD:
        return None
    return UnitNow(
        unit=report.unit,
        zone=report.zone,
        status=report.status,
        at=counts,
        fix=counted_fix(report.fix, received),
        clock_wrong=bool(wrongs(at, report.fix, received)),
    )

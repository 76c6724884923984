"""Moments and durations as they are printed: Belgian time, its offset where it matters, milliseconds."""

import datetime as dt

from incidents.events import BRUSSELS
from reports.evidence.schema import Evidence


class Times:
    """Moments in Belgian time; with their offset from UTC when the incident saw more than one of them."""

    def __init__(self, evidence: Evidence) -> None:
        moments = [m.at for m in evidence.timeline.moments] + [m.source_at for m in evidence.timeline.moments]
        moments += [p.at for p in evidence.positions]
        local = [moment.astimezone(BRUSSELS) for moment in moments]
        found = sorted({_offset(moment) for moment in local})
        self.offsets = ", ".join(f"UTC{offset}" for offset in found)
        self._told = len(found) > 1
        self._day = "%d/%m/%Y" if len({moment.year for moment in local}) > 1 else "%d/%m"

    def short(self, moment: dt.datetime | str) -> str:
        local = _local(moment)
        return f"{local:{self._day}} {_clock(local)}" + (f" {_offset(local)}" if self._told else "")

    def day(self, day: dt.date) -> str:
        return f"{day:%d/%m/%Y}"

    def full(self, moment: dt.datetime | str) -> str:
        local = _local(moment)
        return f"{local:%d/%m/%Y} {_clock(local)} {_offset(local)}"


def span(seconds: float) -> str:
    """Minutes, seconds and milliseconds: `7:12.000`, `-0:03.250`, `1:02:03.000`."""
    ms = round(abs(seconds) * 1000)
    minutes, rest = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{'-' if seconds < 0 and ms else ''}{head}:{rest / 1000:06.3f}"


def brief(seconds: float) -> str:
    """The same without empty milliseconds: `7:12`."""
    return span(seconds).removesuffix(".000")


def _local(moment: dt.datetime | str) -> dt.datetime:
    return (dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(BRUSSELS)


def _clock(local: dt.datetime) -> str:
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"


def _offset(local: dt.datetime) -> str:
    text = f"{local:%z}"
    return f"{text[:3]}:{text[3:]}"

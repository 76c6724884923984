"""Moments and durations as they are printed: Belgian time, its offset where it matters, milliseconds."""

import datetime as dt

from incidents.events import BRUSSELS
from reports.evidence.schema import Evidence
from reports.locale_formats import Formats


class Times:
    """Moments in Belgian time; with their offset from UTC when the incident saw more than one of them."""

    def __init__(self, evidence: Evidence, f: Formats) -> None:
        self._f = f
        moments = [m.at for m in evidence.timeline.moments] + [m.source_at for m in evidence.timeline.moments]
        moments += [p.at for p in evidence.positions]
        local = [moment.astimezone(BRUSSELS) for moment in moments]
        found = sorted({_offset(moment) for moment in local})
        self.offsets = ", ".join(f"UTC{offset}" for offset in found)
        self._told = len(found) > 1
        self._day = f.day if len({moment.year for moment in local}) > 1 else f.day_of_year

    def short(self, moment: dt.datetime | str) -> str:
        local = _local(moment)
        return f"{self._day(local)} {self._clock(local)}" + (f" {_offset(local)}" if self._told else "")

    def day(self, day: dt.date) -> str:
        return self._f.day(day)

    def full(self, moment: dt.datetime | str) -> str:
        local = _local(moment)
        return f"{self._f.day(local)} {self._clock(local)} {_offset(local)}"

    def span(self, seconds: float) -> str:
        """Minutes, seconds and milliseconds: `7:12.000`, `−0:03.250`, `1:02:03.000`."""
        return self._f.marked(_span(seconds))

    def brief(self, seconds: float) -> str:
        """The same without empty milliseconds: `7:12`."""
        return self._f.marked(_span(seconds).removesuffix(".000"))

    def _clock(self, local: dt.datetime) -> str:
        return self._f.marked(f"{local:%H:%M:%S}.{local.microsecond // 1000:03}")


def _span(seconds: float) -> str:
    ms = round(abs(seconds) * 1000)
    minutes, rest = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{'−' if seconds < 0 and ms else ''}{head}:{rest / 1000:06.3f}"


def _local(moment: dt.datetime | str) -> dt.datetime:
    return (dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(BRUSSELS)


def _offset(local: dt.datetime) -> str:
    text = f"{local:%z}"
    return f"{text[:3]}:{text[3:]}"

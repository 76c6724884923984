"""What a clock shows, one text at a time, in microseconds: durations, times of day, and the lengths of a mapping."""

import re
from math import isfinite, nan

DAY_US = 86_400_000_000
LONGEST_US = 1e16  # 317 years: no duration of an incident
_CLOCK = re.compile(r"([-−])?(?:(\d{1,12}):)?(\d{1,12}):(\d{1,2})(?:[.,](\d{1,6})\d*)?", re.ASCII)
# 1h05 and 1 h 05 min; 5m23s, 5 min 23 s, 5'23": as the clock would write them
_HOURS = re.compile(r"(\d{1,12})\s?[hHuU]\s?(\d{2})(?:\s?(?:m|min|mn))?\.?", re.ASCII)
_MINUTES = re.compile(r"""(\d{1,12})\s?(?:m|mn|min|'|′)\.?\s?(\d{1,2})\s?(?:s|sec|"|''|″)?\.?""", re.ASCII)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ]\s*", re.ASCII)
_OF_DAY = re.compile(
    r"(\d{1,2})(?:\s?[:.hH]\s?)?(\d{2})(?:[:.mM]?(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*([AaPp])?(?:\.?\s?[Mm]\.?)?", re.ASCII
)


def duration(text: str, unit: str) -> float:
    """By `mm:ss` (also h:mm:ss, minutes beyond 59, 5m23s), `hh:mm:ss` or `hh:mm` (also 1h05); NaN: not readable."""
    spoken = (_HOURS if unit == "hh:mm" else _MINUTES).fullmatch(text)
    found = _CLOCK.fullmatch(":".join(spoken.groups()) if spoken else text)
    if found is None:
        return nan
    sign, hours, minutes, seconds, part = found.groups()
    if unit == "hh:mm":
        sound, us = hours is None, (int(minutes) * 60 + int(seconds)) * 60e6
    else:
        sound = int(minutes) < 60 if hours else unit == "mm:ss"
        us = (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * 1e6 + _micro(part)
    return (-us if sign else us) if sound and int(seconds) < 60 else nan


def of_day(text: str) -> float:
    """Since midnight: 14:23:05.5, 14h23, 1423, 2:23 PM; 24:00 is the day's end, a date before it (1899-12-30) passed over."""
    found = _OF_DAY.fullmatch(_DATE.sub("", text) if _DATE.match(text) else text)
    if found is None:
        return nan
    hour, minute, second = (int(one or 0) for one in found.groups()[:3])
    part, half = found.groups()[3:]
    if half:
        hour = hour % 12 + (12 if half in "Pp" else 0) if 1 <= hour <= 12 else 99
    us = ((hour * 60 + minute) * 60 + second) * 1e6 + _micro(part)
    return us if minute < 60 and second < 60 and us <= DAY_US else nan


def _micro(fraction: str | None) -> int:
    """What stands behind a decimal point."""
    return int((fraction or "").ljust(6, "0"))


class Length(float):
    """A length of a mapping in microseconds: seconds, "mm:ss" or "hh:mm:ss", told as it is written."""

    written: object

    def __new__(cls, written: object) -> "Length":
        us = nan
        try:
            if isinstance(written, str) and ":" in written:
                us = duration(written.strip(), "mm:ss")
            elif not isinstance(written, bool) and isfinite(seconds := float(str(written))):
                us = round(seconds * 1e6)
        except ValueError:
            pass
        if not abs(us) <= LONGEST_US:
            raise ValueError(f"{written!r} is no number of seconds, mm:ss or hh:mm:ss")
        made = super().__new__(cls, us)
        made.written = written
        return made

    def __str__(self) -> str:
        return str(self.written)

"""This machine's clock: whether the system says that something keeps it right."""

import ctypes
import sys
from collections.abc import Iterator

from centre.checks.finding import Finding, Subject

FAR_OFF_MS = 500.0
_UNSYNCHRONISED = 0x40  # STA_UNSYNC, <sys/timex.h>


class _Timex(ctypes.Structure):
    """struct timex of Linux, as far as it is read; what follows is room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        *((name, ctypes.c_long) for name in ("offset", "freq", "maxerror", "esterror")),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    )


def adjtimex() -> tuple[bool, float] | None:
    """Whether the kernel's clock is kept right, and its largest error in ms; None where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        facts = _Timex()  # modes 0: nothing is set, and nobody needs a right to ask
        if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(facts)) < 0:
            return None
    except (OSError, AttributeError):
        return None
    return not facts.status & _UNSYNCHRONISED, facts.maxerror / 1000


def clock(subject: Subject) -> Iterator[Finding]:
    """Disciplined, as far as the system tells."""
    told = adjtimex()
    how = "keep it by NTP (chrony, systemd-timesyncd): ages and response times come from it"
    if told is None:
        yield Finding("warning", "clock", "this system does not say whether its clock is kept right", how)
    elif not told[0]:
        yield Finding(
            "warning",
            "clock",
            "nothing keeps this machine's clock right, or it does not say so here (a container)",
            how,
        )
    elif told[1] > FAR_OFF_MS:
        yield Finding("warning", "clock", f"kept by NTP, but it may be {told[1]:.0f} ms off", how)
    else:
        yield Finding("ok", "clock", f"kept by NTP, at most {told[1]:.0f} ms off")

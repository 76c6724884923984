"""Tells whoever started the process that its loop turns, the one that answers `/live`; where that stands, the process ends.

`WATCHDOG_USEC` says how long it may stand: systemd sets it with `NOTIFY_SOCKET` (sd_notify(3)), a container alone. What is
started again in a moment is better than what only looks alive; where it stood goes to stderr, files and functions alone.
"""

import asyncio
import contextlib
import faulthandler
import os
import socket

_SOONER = 0.9  # than systemd, which says nothing of where it stood


async def tell_supervisor() -> None:
    """Tell it until cancelled; nothing where there is none."""
    within, at = os.environ.pop("WATCHDOG_USEC", ""), os.environ.pop("NOTIFY_SOCKET", "")  # not for who we start
    if not within.isdecimal() or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return
    within_s = int(within) / 1_000_000
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        try:
            while True:
                faulthandler.dump_traceback_later(within_s * _SOONER, exit=True)
                if at:
                    with contextlib.suppress(OSError):
                        line.sendto(b"WATCHDOG=1", at.replace("@", "\0", 1) if at.startswith("@") else at)
                await asyncio.sleep(within_s / 10)
        finally:
            faulthandler.cancel_dump_traceback_later()

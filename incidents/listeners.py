"""Telling several that something happened. A fault in one of them reaches neither who tells nor the others who are told.

The first rule rests on it: pages hear of a press while it is being recorded.
"""

import logging
import math
import time
from collections.abc import Callable, Iterable

from incidents.log import LogUnavailable
from incidents.log.store import os_reason

SAY_LASTING_S = 600.0
SAY_AGAIN_S = 10.0  # a listener that fails at everything may not fill a disk with what it says

_logger = logging.getLogger(__name__)
_said: dict[tuple[str, str], float] = {}


class Fault(Exception):
    """Stands for an error whose own words are not to be written."""


def tell(listeners: Iterable[Callable[..., object]], *facts: object, what: str) -> int:
    """Call each with these facts, whatever becomes of the others; how many failed. `what` names them in the log."""
    failed = 0
    for listener in tuple(listeners):
        try:
            listener(*facts)
        except Exception as error:
            failed += 1
            say_fault(error, what)
    return failed


def say_fault(error: BaseException, what: str) -> None:
    """Log what failed, the same at most every `SAY_AGAIN_S`: where, without the values in its words.

    Of a log that is away and of the system's own errors why, in a line: they are no fault of ours, and may last for hours.
    """
    why = _why(error)
    key, now = (what, why or type(error).__name__), time.monotonic()
    if now - _said.get(key, -math.inf) >= (SAY_LASTING_S if why else SAY_AGAIN_S):
        _said[key] = now
        if why:
            _logger.error("%s failed: %s", what, why)
        else:
            _logger.error("%s failed", what, exc_info=without_values(error))


def _why(error: BaseException) -> str:
    """Why something failed that nobody's code is to blame for; "" for any other error, whose words may quote a person."""
    if isinstance(error, LogUnavailable):
        return str(error)
    return os_reason(error) if isinstance(error, OSError) else ""


def without_values(error: BaseException) -> BaseException:
    """The error's place without its words: they may quote a person."""
    return Fault(type(error).__name__).with_traceback(error.__traceback__)

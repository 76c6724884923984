"""How the process's own log lines are written, and what must not stand in them."""

import copy
import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Literal

import msgspec

from incidents.bounded import Bounded
from incidents.listeners import Fault, without_values

LogFormat = Literal["plain", "json"]

# Who says what is said in this house: what another writes may quote what it was given.
OURS = {"vigie", "bench", "centre", "cli", "dashboard", "demo", "feeds", "incidents", "maps", "reports", "training"}

AT_ONCE, WINDOW_S = 20, 60.0  # lines of one kind in that time


class _Window(msgspec.Struct):
    began: float
    lines: int = 0


class Pace(logging.Filter):
    """Lets so many lines of one kind through in a window: whatever floods the desk does not fill its disk too.

    A kind is an event, or one place's words without what is put into them. The last line says that its kind is silent for the
    rest of the window (`silent_s`), the first one after it how many were `withheld`. `now` gives seconds that never jump.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._now = now
        self._windows: dict[tuple[str, str], _Window] = Bounded(1_000)

    def filter(self, record: logging.LogRecord) -> bool:
        key, now = (record.name, getattr(record, "event", "") or str(record.msg)), self._now()
        window, said = self._windows.get(key), {}
        if window is None or now - window.began >= WINDOW_S:
            if window is not None and window.lines > AT_ONCE:
                said["withheld"] = window.lines - AT_ONCE
            window = self._windows[key] = _Window(now)
        window.lines += 1
        if window.lines == AT_ONCE:
            said["silent_s"] = round(window.began + WINDOW_S - now)
        record.__dict__["pace"] = said
        return window.lines <= AT_ONCE


def unquoted(record: logging.LogRecord) -> logging.LogRecord:
    """The line without what may quote a person: of an error where it happened, of a library's line the first of its own words."""
    line = copy.copy(record)
    line.exc_text = None  # another handler may have written it
    if record.exc_info and (error := record.exc_info[1]) is not None and not isinstance(error, Fault):
        fault = without_values(error)
        line.exc_info = (type(fault), fault, fault.__traceback__)
    if record.name.partition(".")[0] not in OURS:
        words = str(record.msg).partition("\n")[0]
        # asyncio puts in itself what its lines are about.
        line.msg, line.args = (words.partition("(")[0] if record.name == "asyncio" else words), None
    return line


class PlainLines(logging.Formatter):
    """A line for people. An event's facts follow its words as `name=value`, a text of another's in the quotes of JSON."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return super().format(unquoted(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        line, (event, facts) = super().formatMessage(record), _told(record)
        if event:
            line = f"{line.removesuffix(record.message)}{event}: {record.message}"
        return " ".join([line, *(f"{name}={_quoted(value)}" for name, value in facts.items())])


class JsonLines(logging.Formatter):
    """A line for machines: a JSON object of time (RFC 3339, UTC), level, logger, message, and an event with its facts."""

    def format(self, record: logging.LogRecord) -> str:
        event, facts = _told(record := unquoted(record))
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, Any] = {"time": at, "level": record.levelname.lower(), "logger": record.name}
        line |= ({"event": event} if event else {}) | {"message": _whole(record.getMessage())}
        line |= {name: _whole(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
        if record.exc_info:
            line["trace"] = _whole(self.formatException(record.exc_info))
        return msgspec.json.encode(line).decode()


FORMATTERS: dict[LogFormat, type[logging.Formatter]] = {"plain": PlainLines, "json": JsonLines}


def write_lines(log_format: LogFormat = "plain") -> None:
    """Write the lines of this process to standard error, by this format; what writes them already goes on by it."""
    logging.basicConfig(level=logging.WARNING)
    for name in (
        "bokeh",
        "panel",
    ):  # once imported they write lines of their own, and one of them among what commands print
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.NOTSET)  # Panel's is DEBUG: two lines for each message of a page
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:  # one of another kind is somebody else's
            handler.setFormatter(FORMATTERS[log_format]())
            if not any(isinstance(one, Pace) for one in handler.filters):
                handler.addFilter(Pace())
    logging.getLogger("tornado.access").setLevel(logging.CRITICAL)  # it repeats every 503 of /health
    # Bokeh quotes a message of a page, Tornado a field, that it does not understand.
    for name in ("bokeh.server.views.ws", "bokeh.server.protocol_handler", "tornado.general"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _told(record: logging.LogRecord) -> tuple[str, Mapping[str, Any]]:
    """An event's name, "" for a line that is none, with its facts and what the pace says of its kind."""
    return getattr(record, "event", ""), {**getattr(record, "facts", {}), **getattr(record, "pace", {})}


def _whole(text: str) -> str:
    """A text with what no UTF-8 has (a file's name may) said by its code."""
    return text.encode(errors="backslashreplace").decode()


def _quoted(value: object) -> str:
    """A value that can be told from what stands beside it, and begins no line of its own."""
    text = str(value)
    return text if text and text.isascii() and text.replace(".", "").replace("-", "").isalnum() else json.dumps(text)

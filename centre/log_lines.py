"""How the process's own log lines are written, and what must not stand in them."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

LogFormat = Literal["plain", "json"]


class PlainLines(logging.Formatter):
    """A line for people. An event's facts follow its words as `name=value`, a text of another's in the quotes of JSON."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        line, (event, facts) = super().formatMessage(record), _told(record)
        if not event:
            return line
        start = line.removesuffix(record.message)
        return " ".join([f"{start}{event}: {record.message}", *(f"{k}={_quoted(v)}" for k, v in facts.items())])


class JsonLines(logging.Formatter):
    """A line for machines: a JSON object of time (RFC 3339, UTC), level, logger, message, and an event with its facts."""

    def format(self, record: logging.LogRecord) -> str:
        event, facts = _told(record)
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
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setFormatter(FORMATTERS[log_format]())
    logging.getLogger("tornado.access").setLevel(logging.CRITICAL)  # it repeats every 503 of /health
    # Bokeh quotes a message of a page, Tornado a field, that it does not understand.
    for name in ("bokeh.server.views.ws", "bokeh.server.protocol_handler", "tornado.general"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _told(record: logging.LogRecord) -> tuple[str, Mapping[str, Any]]:
    return getattr(record, "event", ""), getattr(record, "facts", {})


def _whole(text: str) -> str:
    """A text with what no UTF-8 has (a file's name may) said by its code."""
    return text.encode(errors="backslashreplace").decode()


def _quoted(value: object) -> str:
    """A value that can be told from what stands beside it, and begins no line of its own."""
    text = str(value)
    return text if text and text.isascii() and text.replace(".", "").replace("-", "").isalnum() else json.dumps(text)

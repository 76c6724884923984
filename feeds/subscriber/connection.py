"""A connection to a feed, as a desk's, and why none came about: the same for who follows a feed and who tries one."""

import logging
import ssl as tls
from http import HTTPStatus
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI

MAX_FRAME = 8 << 20  # bytes; the socket is closed (1009) one byte above

# The library's own log quotes what travels: positions, tokens. It is never written.
_silent = logging.getLogger(f"{__name__}.wire")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False
_silent.setLevel(logging.CRITICAL + 1)


def connection(url: str, *, token: str | None, ssl: tls.SSLContext | None, **times: Any) -> connect:
    """A connection to enter with `async with`; `times` are those of `websockets`: open_timeout, ping_interval, ping_timeout."""
    return connect(
        url,
        additional_headers={"Authorization": f"Bearer {token}"} if token else None,
        ssl=ssl,
        logger=_silent,
        compression=None,  # messages are short, and each must be quick
        proxy=None,  # an alarm takes the way it was given, not one from the environment
        close_timeout=1,
        max_size=MAX_FRAME,
        **times,
    )


def why_none(error: Exception) -> str:
    """Why no connection came about, without the address; "" for what is no such reason."""
    match error:
        case InvalidStatus() if error.response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            return "refused: the feed server has too many connections (HTTP 429)"
        case InvalidStatus():
            return f"refused: HTTP {error.response.status_code}"
        case InvalidURI():
            return "the address is not one of a websocket"
        case tls.SSLError():
            return "no secure connection"
        case TimeoutError():
            return "no answer"
        case OSError() | EOFError():
            return "unreachable"
        case InvalidHandshake():
            return "no websocket there"
    return ""

"""Whether a feed answers as one: connects, subscribes, reads the answer, goes. It answers no event: nothing is lost by it."""

import asyncio
import os
import socket
import ssl as tls
import time
from datetime import UTC
from email.utils import parsedate_to_datetime

import msgspec
from websockets.exceptions import WebSocketException

from feeds import decoding as wire
from feeds.subscriber.connection import connection, why_none

REQUEST = "vigie-check"
LATEST = 10**18 - 1  # above every number: what the server holds is not asked for


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed said. `failed`: why it is of no use, empty when it is; `exercise`: it says that nothing it sends is real.

    `name`: what it calls itself, empty when it does not. `ahead_s`: by how much its server's clock is before ours, to the
    second; None when it does not say.
    """

    failed: str = ""
    exercise: bool = False
    head: int | None = None
    name: str = ""
    ahead_s: float | None = None


async def probe(
    url: str, *, token: str | None = None, ssl: tls.SSLContext | None = None, within_s: float = 5.0
) -> Probed:
    """Ask a feed whether it is one, within so many seconds. Never raises for what a server does."""
    try:
        async with asyncio.timeout(within_s):
            async with connection(url, token=token, ssl=ssl, open_timeout=within_s) as line:
                ahead = _ahead(line.response.headers.get("Date") if line.response else None)
                await line.send(wire.subscribe(REQUEST, LATEST), text=True)
                while True:
                    frame = wire.decode_frame(await line.recv(decode=False))
                    if isinstance(frame, wire.Subscribed):
                        break
                    if isinstance(frame, wire.Broken):
                        return Probed(failed="it speaks, but not this protocol", ahead_s=ahead)
                if frame.status != 200:
                    return Probed(failed=f"it refuses the subscription ({frame.status})", ahead_s=ahead)
                if frame.subscription:
                    await line.send(wire.unsubscribe(REQUEST, frame.subscription), text=True)
                return Probed(exercise=frame.exercise, head=frame.head, name=frame.feed or "", ahead_s=ahead)
    except TimeoutError:
        return Probed(failed=f"no answer within {within_s:g} s")
    except OSError as error:
        return Probed(failed=why_unreached(error))
    except (WebSocketException, EOFError) as error:
        return Probed(failed=why_none(error) or "it ends the connection before it answers")


def why_unreached(error: OSError) -> str:
    """Why no connection came about, in the system's words, without the address."""
    if isinstance(error, tls.SSLError):
        return f"no TLS with it: {getattr(error, 'verify_message', '') or error.reason or 'refused'}"
    if isinstance(error, socket.gaierror) or not error.errno:
        return (error.strerror or "it can't be reached").lower()
    return os.strerror(error.errno).lower()


def _ahead(date: str | None) -> float | None:
    try:
        said = parsedate_to_datetime(date) if date else None
    except ValueError:
        return None
    if said is None:
        return None
    # A date has whole seconds: half of one is right on average.
    return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp() + 0.5 - time.time()

"""Other machines' names are looked up in threads of their own: a name server that hangs holds up no page and no file.

The loop's own threads are few and everybody's: with each of them waiting for a name, nobody's page would open and no account that
was disabled would be known. One question is asked once, however many wait for its answer.
"""

import asyncio
import contextlib
import socket
import threading
from typing import Any

Question = tuple[Any, ...]


def look_up_apart() -> None:
    """Let the running loop look names up so, whoever asks it: feeds, orders, the webhook, the sign-in service."""
    loop, asked = asyncio.get_running_loop(), dict[Question, asyncio.Future[Any]]()

    async def getaddrinfo(
        host: Any, port: Any, *, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> list[Any]:
        with contextlib.suppress(socket.gaierror):  # a number needs no server
            return socket.getaddrinfo(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
        question: Question = (host, port, family, type, proto, flags)
        if question not in asked:
            answer = asked[question] = loop.create_future()
            answer.add_done_callback(lambda done: (asked.pop(question), done.exception()))
            # No pool: one would keep the process from ending until the name server answers.
            threading.Thread(target=_ask, args=(loop, answer, question), name="look a name up", daemon=True).start()
        return list(await asyncio.shield(asked[question]))

    loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign]


def _ask(loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[Any]", question: Question) -> None:
    try:
        found = socket.getaddrinfo(*question)
        told, fact = answer.set_result, found
    except Exception as error:
        told, fact = answer.set_exception, error  # type: ignore[assignment]
    with contextlib.suppress(RuntimeError):  # the loop ended meanwhile
        loop.call_soon_threadsafe(told, fact)

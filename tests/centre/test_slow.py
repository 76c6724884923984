"""Connections that say little, slowly or nothing, against each server: consoles go on, and whoever asks is answered."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.centre.served import NAME, Served, slow_at_each

IDLE = 1500  # connections of one host; a service has 1,024 files unless it asks for more


@pytest.fixture(autouse=True)
def files() -> Iterator[None]:
    """This process opens them all."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def closed(line: socket.socket) -> bool:
    """Whether the other side left."""
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@slow_at_each
async def test_a_thousand_and_a_half_idle_connections_keep_nobody_out_and_end_no_page(served: Served) -> None:
    browser = await served.browser(NAME)
    page = await browser.open(served.page)
    with ExitStack() as lines:
        half = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nusername="
        idle = []
        for n in range(IDLE):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", served.port), 10))
            line.sendall(("", "GET /live HTTP/1.1\r\nX-Slow: ", half)[n % 3].encode())
            idle.append(line)
        began = time.monotonic()
        assert served.status("/live") == 200
        assert (await browser.get(served.page))[0] == 200
        assert time.monotonic() - began < 5
        gone = [closed(line) for line in idle]
        assert sum(gone) > IDLE - 1100
        assert not any(gone[-100:]), "not the oldest were closed"
        await page.say(do="beat", n=7)
        assert (await page.reply(lambda reply: reply.get("beat") == 7))["beat"] == 7
    await page.close()

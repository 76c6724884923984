"""A name server that hangs holds up nothing but the names."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient

from centre.lookups import look_up_apart
from tests.waiting import LONG_S

NAME = "feed.example"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names asked for, none of which is answered before the test is over."""
    asked: list[str] = []
    right, over = socket.getaddrinfo, threading.Event()

    def getaddrinfo(host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Any:
        if flags & socket.AI_NUMERICHOST or not str(host).endswith(".example"):
            return right(host, port, family, type, proto, flags)
        asked.append(str(host))
        over.wait(30)
        raise socket.gaierror("no answer")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield asked
    over.set()


async def test_a_name_server_that_hangs_leaves_the_loop_its_threads_and_numbers_their_way(asked: list[str]) -> None:
    look_up_apart()
    loop = asyncio.get_running_loop()
    waiting = [loop.create_task(loop.getaddrinfo(f"{n % 3}.{NAME}", 443, type=socket.SOCK_STREAM)) for n in range(90)]
    waiting += [asyncio.ensure_future(AsyncHTTPClient(force_instance=True).fetch(f"http://{NAME}/")) for _ in range(60)]
    async with asyncio.timeout(LONG_S):
        while len(set(asked)) < 4:
            await asyncio.sleep(0.01)
        assert await asyncio.to_thread(lambda: "a page") == "a page"
        assert (await loop.getaddrinfo("127.0.0.1", 80))[0][4][0] == "127.0.0.1"
        assert (await loop.getaddrinfo("localhost", 80, family=socket.AF_INET))[0][4][0] == "127.0.0.1"
    assert sorted(set(asked)) == sorted([f"{n}.{NAME}" for n in range(3)] + [NAME])
    assert len(asked) <= 5, "one question is asked once"
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_name_that_nobody_has_is_said_to_all_who_asked() -> None:
    look_up_apart()
    loop = asyncio.get_running_loop()
    said = await asyncio.gather(*(loop.getaddrinfo("nobody.invalid", 1) for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in said] == [socket.gaierror] * 3

"""The lines to a door: nonsense, too much, and nothing at all harm nobody who posts."""

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest

from feeds.gateway import door
from tests.feeds.gateway.parts import opened, post
from tests.feeds.parts import PRESS


@pytest.mark.parametrize(
    "said",
    [
        b"GET /v1/messages HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /elsewhere HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n{}",
        b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        + (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 20,
        b"nonsense\r\n\r\n",
    ],
)
async def test_nonsense_at_the_door_harms_nobody(tmp_path: Path, said: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(tmp_path / "feed") as here:
        port = int(here.url.rpartition(":")[2])

        def talk() -> bytes:
            with socket.create_connection(("127.0.0.1", port), 5) as line, contextlib.suppress(OSError):
                line.sendall(said)
                return line.recv(4096)
            return b""

        answer = await asyncio.to_thread(talk)
        assert not answer or answer.split()[1] in (b"400", b"404", b"405", b"413")
        assert (await post(here.url, PRESS)).body["seq"] == 1
    assert "could not be answered" not in caplog.text


async def test_connection_that_asks_nothing_is_closed_soon_and_one_that_asked_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_FIRST_S", 0.3)
    async with opened(tmp_path / "feed") as here:
        port = int(here.url.rpartition(":")[2])
        asked, asking = await asyncio.open_connection("127.0.0.1", port)
        try:
            asking.write(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            await asked.readuntil(b"}")
            silent, saying = await asyncio.open_connection("127.0.0.1", port)
            async with asyncio.timeout(10):
                assert await silent.read() == b""
            saying.close()
            asking.write(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200" in await asked.readuntil(b"}")
        finally:
            asking.close()


async def test_what_is_larger_than_a_press_may_be_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    async with opened(tmp_path / "feed") as here:
        line, saying = await asyncio.open_connection("127.0.0.1", int(here.url.rpartition(":")[2]))
        try:
            saying.write(f"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {(1 << 20) + 1}\r\n\r\n".encode())
            async with asyncio.timeout(10):
                answer = await line.readuntil(b"}")
            assert b" 413 " in answer and b"larger than 1 MiB" in answer
        finally:
            saying.close()

"""The lines to a door: nonsense, too much, and nothing at all harm nobody who posts."""

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest

from feeds.gateway import door
from feeds.gateway.tokens import Tokens
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


async def test_a_refused_body_is_read_and_then_answered_and_one_beyond_all_bounds_is_not_read(tmp_path: Path) -> None:
    """A client that sends all of its body before it reads hears why, not that the line was cut."""

    def sends(port: int, size: int, head: bytes = b"", chunk: bytes = b"") -> tuple[int, bytes]:
        sent, part = 0, b"x" * 65_536
        with socket.create_connection(("127.0.0.1", port), 20) as line:
            length = b"Transfer-Encoding: chunked" if chunk else b"Content-Length: %d" % size
            line.sendall(b"POST /v1/messages HTTP/1.1\r\nHost: x\r\n" + head + length + b"\r\n\r\n")
            with contextlib.suppress(OSError):
                while sent < size:
                    line.sendall((b"10000\r\n" + part + b"\r\n") if chunk else part)
                    sent += len(part)
            if chunk and sent >= size:
                line.sendall(b"0\r\n\r\n")
            said = b""
            with contextlib.suppress(OSError):
                while b"}" not in said and (more := line.recv(4096)):
                    said += more
            return sent, said

    tokens = tmp_path / "tokens"
    tokens.write_text("a-token-of-a-back-end")
    tokens.chmod(0o600)
    async with opened(tmp_path / "feed") as here, opened(tmp_path / "other", tokens=Tokens(tokens)) as guarded:
        port, other = (int(one.url.rpartition(":")[2]) for one in (here, guarded))
        for facts in ({}, {"chunk": b"y"}):
            sent, said = await asyncio.to_thread(sends, port, 7 << 20, **facts)
            assert sent == 7 << 20 and b" 413 " in said and b"larger than 1 MiB" in said
            sent, said = await asyncio.to_thread(sends, other, 7 << 20, **facts)
            assert sent == 7 << 20 and b" 401 " in said
            sent, _ = await asyncio.to_thread(sends, port, 64 << 20, **facts)
            assert sent < 40 << 20  # what a kernel keeps is sent, too
        assert here.door.answers == {413: 4} and guarded.door.answers == {401: 2}
        assert (await post(here.url, PRESS)).status == 202


async def test_who_asks_before_it_sends_is_told_at_once_that_it_is_too_large(tmp_path: Path) -> None:
    async with opened(tmp_path / "feed") as here:
        line, saying = await asyncio.open_connection("127.0.0.1", int(here.url.rpartition(":")[2]))
        try:
            saying.write(f"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {(1 << 20) + 1}\r\n".encode())
            saying.write(b"Expect: 100-continue\r\n\r\n")
            async with asyncio.timeout(10):
                answer = await line.readuntil(b"}")
            assert b" 413 " in answer and b"larger than 1 MiB" in answer
        finally:
            saying.close()

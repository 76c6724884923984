"""What is told outside reaches a command or a server that does its worst: nothing leaks, stays or floods."""

import asyncio
import contextlib
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from feeds.settings import OutsideSettings
from feeds.webhook import AT_ONCE, Outside
from tests.certificates import certificate
from tests.waiting import LONG_S

FACTS = {"incident": "an-incident", "zone": "5415"}
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def script(folder: Path, text: str) -> str:
    """A command line that runs this Python."""
    (folder / "tell.py").write_text(text)
    return f"{sys.executable} -S -E {folder / 'tell.py'}"


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


async def test_the_command_sees_none_of_our_secrets_and_its_line_no_fact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VIGIE_FEED_TOKEN", "VIGIE_HEALTH_TOKEN", "VIGIE_KEY_FILE"):
        monkeypatch.setenv(name, "a secret")
    monkeypatch.setenv("CENTRE_PAGER", "kept")
    seen = tmp_path / "seen"
    command = script(
        tmp_path,
        f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)) + open('/proc/self/cmdline').read())",
    )
    [told] = await Outside(OutsideSettings(command=command))(FACTS)
    assert told.ok
    text = seen.read_text()
    assert "VIGIE_" not in text and "a secret" not in text and "an-incident" not in text
    assert "kept" in text and "PATH" in text


async def test_what_a_command_started_ends_with_it(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    command = script(
        tmp_path,
        "import os, time\n"
        f"file = os.open({str(pids)!r}, os.O_APPEND | os.O_CREAT | os.O_WRONLY)\n"
        "os.fork()\n"
        "os.write(file, b'%d ' % os.getpid())\n"
        "while True: os.write(1, b'x' * 65536); os.write(2, b'x' * 65536)\n",
    )
    [told] = await Outside(OutsideSettings(command=command, timeout_s=0.4, again_s=0))(FACTS)
    assert (told.ok, told.why) == (False, "it did not end in time")
    started = [int(pid) for pid in pids.read_text().split()]
    assert len(started) == 6
    async with asyncio.timeout(LONG_S):
        while not all(map(gone, started)):
            await asyncio.sleep(0.02)


async def test_a_flood_of_alarms_is_no_flood_of_processes(tmp_path: Path) -> None:
    outside = Outside(OutsideSettings(command="sleep 0.05"))
    telling = asyncio.gather(*(outside(FACTS) for _ in range(150)))
    before, most = _children(), 0
    while not telling.done():
        most = max(most, _children() - before)
        await asyncio.sleep(0.005)
    assert all(told.ok and told.tries == 1 for (told,) in await telling)
    assert 1 < most <= AT_ONCE


def _children() -> int:
    count = 0
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError):  # a thread that ended meanwhile
            count += len(task.read_text().split())
    return count


async def test_a_command_of_nothing_does_not_silence_the_webhook() -> None:
    async with server(_reply(b"HTTP/1.1 204 No Content\r\n\r\n")) as (url, asked):
        command, webhook = await Outside(OutsideSettings(command="  ", webhook=url, again_s=0))(FACTS)
    assert (command.ok, webhook.ok, len(asked)) == (False, True, 1)


@contextlib.asynccontextmanager
async def server(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """An address, and what was sent to it."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                asked.append(await reader.readuntil(b"\r\n\r\n"))
                await serve(reader, writer)
                await reader.read()  # the other side closes
        finally:
            writer.transport.abort()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{port}/", asked
    finally:
        listening.close()


def _reply(text: bytes) -> Serve:
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()

    return reply


async def test_a_redirect_takes_the_body_nowhere() -> None:
    async with server(_reply(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as (elsewhere, asked_there):
        for status in (301, 302, 303, 307, 308):
            head = f"HTTP/1.1 {status} Go\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n".encode()
            async with server(_reply(head)) as (url, asked):
                [told] = await Outside(OutsideSettings(webhook=url, again_s=0))(FACTS)
            assert (told.ok, told.why, len(asked)) == (False, f"HTTP {status}", 3)
        assert asked_there == []


async def _endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await writer.drain()


async def _drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _heads(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: " + b"x" * 60_000 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize("serve", [_endless, _drips, _heads])
async def test_an_answer_without_end_is_left_and_the_try_failed(serve: Serve) -> None:
    async with server(serve) as (url, asked), asyncio.timeout(10):
        [told] = await Outside(OutsideSettings(webhook=url, timeout_s=0.5, again_s=0))(FACTS)
    assert (told.ok, len(asked)) == (False, 3)


async def test_a_certificate_that_nobody_vouches_for_is_told_nothing(tmp_path: Path) -> None:
    chain, key = certificate(tmp_path, "webhook")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(chain, key)
    async with server(_reply(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), tls) as (url, asked):
        [told] = await Outside(OutsideSettings(webhook=url, again_s=0))(FACTS)
        assert (told.ok, asked) == (False, [])
        own = OutsideSettings(webhook=url, token="a-token", ca_file=chain, cert_file=chain, key_file=key)
        [told] = await Outside(own)(FACTS)
    assert told.ok and b"Authorization: Bearer a-token" in asked[0] and b"Vigie-Signature: ey" in asked[0]

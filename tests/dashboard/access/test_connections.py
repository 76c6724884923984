"""What is slow, endless or no HTTP ends at its limit, over real sockets; a page's line has none of these limits."""

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from dashboard.access import connections, gate
from dashboard.access.accounts import Accounts
from dashboard.access.openings import LONGEST_S, REST_S
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.server import serve
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.access.parts import Browser, Line
from tests.dashboard.conftest import House
from tests.waiting import LONG_S, until

SOON_S = 1.0
DELAYED_ACK_S = 0.04  # Linux: TCP_DELACK_MIN


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    accounts = Accounts(tmp_path / "vigie.users", hasher=QUICK)
    accounts.add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    return accounts


@pytest.fixture
async def port(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(connections, "HEADERS_S", SOON_S)
    monkeypatch.setattr(connections, "BODY_S", SOON_S)
    server = serve(house.consoles, port=0)
    yield server.port
    server.stop()


async def answer(port: int, *said: bytes, every_s: float = 0.0) -> tuple[bytes, float]:
    """What a socket gets that says these things one after another, and how many seconds until the server closed it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()

    async def say() -> None:
        for part in said:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(every_s)

    saying = asyncio.create_task(say())
    try:
        got = await asyncio.wait_for(reader.read(), 20)
    except ConnectionError:
        got = b""
    saying.cancel()
    await asyncio.gather(saying, return_exceptions=True)
    writer.close()
    return got, time.monotonic() - began


@pytest.mark.parametrize(
    "said",
    [
        (),
        (b"GET /live HTTP/1.1\r\n", *(b"X: y\r\n" for _ in range(100))),
        (b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n", *(b"a" for _ in range(99))),
        (
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
            *(b"1\r\na\r\n" for _ in range(100)),
        ),
    ],
    ids=["nothing", "headers", "body", "chunks"],
)
async def test_what_never_ends_is_closed_at_its_limit(port: int, said: tuple[bytes, ...]) -> None:
    _, after_s = await answer(port, *said, every_s=0.1)
    assert after_s < 6 * SOON_S


@pytest.mark.parametrize(
    "said",
    [
        b"GET /live HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * (64 << 10) + b"\r\n\r\n",
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n" + b"a" * 200_000,
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n" + b"a" * 200_000,
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere.example\r\n\r\n",
        b"GET /live\r\n\r\n",
        b"GET /live HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
        b"\r\n\r\n",
    ],
)
async def test_what_is_too_large_or_no_http_is_refused_at_once(port: int, said: bytes) -> None:
    got, after_s = await answer(port, said)
    assert got[:12] in (b"", b"HTTP/1.1 400", b"HTTP/1.1 413"), got[:200]
    assert after_s < SOON_S
    assert (await answer(port, b"GET /live HTTP/1.0\r\n\r\n"))[0].startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "localhost:1@elsewhere.example", "a b", "[::1", "127.0.0.1.example"]
)
async def test_a_host_that_is_not_this_machines_gets_no_page_and_no_details(port: int, host: str) -> None:
    for path in ("/operator", "/health", "/metrics", "/sign-in"):
        got, _ = await answer(port, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        status = got[9:12]
        assert status in (b"302", b"400", b"403") or (path == "/health" and b'{"ok":false,"status":"down"}' in got), (
            host,
            got[:300],
        )


async def test_a_pages_line_outlives_every_limit_of_a_request(port: int) -> None:
    page = await Browser(f"http://localhost:{port}").open()
    await asyncio.sleep(3 * SOON_S)  # silent: it says nothing itself
    await page.say(do="beat", n=5)
    await page.reply(lambda reply: reply.get("beat") == 5)
    await page.close()


async def test_what_a_page_is_told_does_not_wait_until_it_has_acknowledged_what_came_before(port: int) -> None:
    page, asked = await Browser(f"http://localhost:{port}").open(), count(1)

    async def answered_s(n: int) -> float:  # by two messages, Bokeh's and ours
        began = time.monotonic()
        await page.say(do="beat", n=n)
        await page.reply(lambda reply: reply.get("beat") == n)
        return time.monotonic() - began

    async with asyncio.timeout(LONG_S):  # the machine may be busy for a while
        while median([await answered_s(next(asked)) for _ in range(21)]) > DELAYED_ACK_S * 0.75:
            await asyncio.sleep(0.1)
    await page.close()


async def test_a_line_that_answers_no_ping_is_cut_and_one_that_says_nothing_else_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "PING_S", 0.5)
    server = serve(house.consoles, port=0)
    try:
        browser = Browser(f"http://localhost:{server.port}")
        lives, gone = await browser.open(), await browser.open()
        assert house.consoles.on_shift == 1
        assert sorted(session.connection_count for session in server.get_sessions("/operator")) == [1, 1]
        gone.stop_reading()
        began = time.monotonic()
        # Tornado gives who is gone 5 s to say goodbye; without the shorter ping it would be cut after 40 s at the soonest.
        await until(lambda: {s.connection_count for s in server.get_sessions("/operator")} == {0, 1}, within_s=39)
        assert time.monotonic() - began > 0.5
        await beats(lives)
        await lives.close()
        gone.start_reading()
        await gone.close()
    finally:
        server.stop()


async def test_of_too_many_connections_the_one_longest_at_its_request_goes(
    port: int, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADERS_S", 60.0)
    server = serve(house.consoles, port=0)
    server._tornado.settings["connections"].most = 5
    try:
        page = await Browser(f"http://localhost:{server.port}").open()
        lines = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(20)]
        (status, _) = await Browser(f"http://localhost:{server.port}").get("/live")
        assert status == 200
        for reader, _ in lines[:15]:
            assert await asyncio.wait_for(reader.read(), 5) == b""
        assert not any(reader.at_eof() for reader, _ in lines[-4:])
        await page.say(do="beat", n=5)
        await page.reply(lambda reply: reply.get("beat") == 5)
        for _, writer in lines:
            writer.close()
        await page.close()
    finally:
        server.stop()


async def beats(page: Line) -> None:
    await page.say(do="beat", n=5)
    await page.reply(lambda reply: reply.get("beat") == 5)


async def test_of_too_many_lines_the_oldest_of_who_has_most_goes(house: House, accounts: Accounts) -> None:
    accounts.add("Jan Fictief", ["dispatcher"], PASSWORD)
    house.consoles.signins = signins = SignIns(accounts, clock=house.clock)
    server = serve(house.consoles, door=Door(lambda: signins, lambda: house.desk), port=0)
    bounds = server._tornado.settings["connections"]
    try:
        jan, mieke = (Browser(f"http://127.0.0.1:{server.port}") for _ in range(2))
        await jan.sign_in("Jan Fictief", PASSWORD)
        await mieke.sign_in("Mieke Voorbeeld", PASSWORD)
        bounds.most_lines, bounds.most_of_all = 3, 4
        hers = await mieke.open()
        his = [await jan.open() for _ in range(3)]
        his.append(await jan.open())  # one more than he may have
        await asyncio.wait_for(his[0].closed(), 5)
        newest = await mieke.open()  # one more than there may be
        await asyncio.wait_for(his[1].closed(), 5)
        for page in (hers, newest, *his[2:]):
            await beats(page)
        for page in (hers, newest, *his):
            await page.close()
    finally:
        server.stop()
        signins.close_file()


@pytest.mark.parametrize("made", [False, True], ids=["before it is made", "once it is made"])
async def test_a_line_that_is_cut_around_when_its_session_is_made_leaves_none(
    house: House, accounts: Accounts, caplog: pytest.LogCaptureFixture, made: bool
) -> None:
    house.consoles.signins = signins = SignIns(accounts, clock=house.clock)
    server = serve(house.consoles, door=Door(lambda: signins, lambda: house.desk), port=0)
    try:
        browser = Browser(f"http://127.0.0.1:{server.port}")
        await browser.sign_in("Mieke Voorbeeld", PASSWORD)
        token = await browser.token()
        await gone(server)
        for _ in range(2):
            line = await browser.connect("/operator", token)
            if made:
                await until(lambda: server.get_sessions("/operator"))
            line.transport.abort()
            if not made:  # what must not come has no moment: its turn is over by then
                await asyncio.sleep(2 * (REST_S + LONGEST_S))
                assert not server.get_sessions("/operator")
            await gone(server)
    finally:
        server.stop()
        signins.close_file()
    assert "Traceback" not in caplog.text


async def gone(server: Any) -> None:
    """Wait until no session is left when those without a page are discarded."""

    async with asyncio.timeout(LONG_S):
        while sessions := server.get_sessions("/operator"):
            for session in sessions:
                session.request_expiration()
            await server._tornado._applications["/operator"]._cleanup_sessions(0)
            await asyncio.sleep(0.05)

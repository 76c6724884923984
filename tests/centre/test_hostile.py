"""A page of somebody who is signed in, that says what no page of ours says, or too much of it. On each server."""

import asyncio
import json
import time
from typing import Any

import pytest

from tests.centre.served import GREEDY, NAME, OTHER, Served, slow_at_each
from tests.dashboard.access.parts import Browser, Line

EMPTY = b"\x80\0\0\0\0"  # the length and the mask of a frame that holds nothing
PING, PONG, MORE = b"\x89" + EMPTY, b"\x8a\0", b"\0" + EMPTY


async def raw_line(served: Served, browser: Browser, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket that asked for the line of the page with this token."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    asks = (
        f"GET {served.page}/ws HTTP/1.1",
        f"Host: localhost:{served.port}",
        f"Origin: {served.base}",
        f"Cookie: {browser.name}={browser.cookie}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Protocol: bokeh, {token}",
    )
    writer.write(("\r\n".join(asks) + "\r\n\r\n").encode())
    await writer.drain()
    return reader, writer


async def within(seconds: float, reader: asyncio.StreamReader) -> bytes:
    """What comes in so many seconds."""
    got = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while some := await reader.read(1 << 16):
                got += some
    except TimeoutError:
        pass
    return bytes(got)


def sources(line: Line) -> dict[str, Any]:
    """The columns of each data source of the page's document that has outlines, by the source's id."""
    found: dict[str, Any] = {}

    def look(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("name") == "ColumnDataSource" and "xs" in json.dumps(part.get("attributes", {})):
                found[part["id"]] = part["attributes"]["data"]
            for inner in part.values():
                look(inner)
        elif isinstance(part, list):
            for inner in part:
                look(inner)

    look(json.loads(next(frame for frame in line.raw if "vigieLine" in frame)))
    return found


@slow_at_each
async def test_no_page_changes_what_other_pages_are_drawn_with(served: Served) -> None:
    bad, good = await served.browser(OTHER), await served.browser(NAME)
    page = await bad.open(served.page)
    before = sources(page)
    assert before, "the page has no map"
    for id in before:
        patch = {"kind": "ColumnsPatched", "model": {"id": id}, "attr": "data", "patches": [["xs", [[0, [[[0, 1]]]]]]]}
        more = {"kind": "ColumnsStreamed", "model": {"id": id}, "attr": "data", "data": {"xs": [[]], "ys": [[]]}}
        for event in (patch, more):
            await page.frame("PATCH-DOC", {"events": [event]})
    await page.say(do="beat", n=1)
    await page.reply(lambda reply: reply.get("beat") == 1)  # all of it was taken, and the page goes on
    other = await good.open(served.page)
    assert list(sources(other).values()) == list(before.values())
    for line in (page, other):
        await line.close()


async def test_what_no_page_says_ends_its_line(served: Served) -> None:
    bad = await served.browser(OTHER)
    for kind in ("PUSH-DOC", "SERVER-INFO-REQ", "ACK", "x"):
        page = await bad.open(served.page)
        await page.frame(kind, {"doc": {"version": "3.9.2", "title": "", "roots": []}})
        await asyncio.wait_for(page.closed(), 10)
        await page.close()
    page = await bad.open(served.page)  # a message without an end
    header = {"msgid": "m", "msgtype": "PATCH-DOC", "num_buffers": 1_000_000}
    await page.parts(json.dumps(header), "{}", '{"events": []}', '{"id": "1"}', b"\0" * 1000)
    await asyncio.wait_for(page.closed(), 10)
    await page.close()


@slow_at_each
async def test_a_page_that_says_too_much_holds_up_nobody_else(served: Served) -> None:
    bad, good = await served.browser(OTHER), await served.browser(NAME)
    flooding, page = await bad.open(served.page), await good.open(served.page)

    async def flood() -> None:
        for n in range(1_000_000):
            await flooding.say(do="beat", n=n)

    task = asyncio.create_task(flood())
    slowest = 0.0
    try:
        await asyncio.sleep(2)
        for n in range(10):
            began = time.monotonic()
            await page.say(do="beat", n=-n - 1)
            await page.reply(lambda reply, n=n: reply.get("beat") == -n - 1)
            slowest = max(slowest, time.monotonic() - began)
    finally:
        task.cancel()
    assert slowest < 2
    assert served.status("/live") == 200
    for line in (page, flooding):
        await line.close()


async def test_a_line_asks_for_its_whole_page_once(served: Served) -> None:
    page = await (await served.browser(OTHER)).open(served.page)
    await page.frame("PULL-DOC-REQ", {})
    await asyncio.wait_for(page.closed(), 10)
    await page.close()


async def test_one_person_opens_no_more_lines_than_leave_others_theirs(served: Served) -> None:
    greedy, good = await served.browser(GREEDY), await served.browser(NAME)
    token = await greedy.token(served.page)
    lines = [await raw_line(served, greedy, token) for _ in range(300)]
    try:
        began = time.monotonic()
        page = await good.open(served.page)
        assert time.monotonic() - began < 5
        answers = await asyncio.gather(*(within(1.0, reader) for reader, _ in lines))
        assert sum(b" 101 " in answer[:20] for answer in answers) < 120
        await page.close()
    finally:
        for _, writer in lines:
            writer.close()


@slow_at_each
@pytest.mark.parametrize(("first", "flood"), [(b"", PING), (b"\x01" + EMPTY, MORE)], ids=["pings", "no end"])
async def test_frames_that_are_no_message_are_read_in_their_turn_too(
    served: Served, first: bytes, flood: bytes
) -> None:
    bad, good = await served.browser(OTHER), await served.browser(NAME)
    page = await good.open(served.page)
    reader, writer = await raw_line(served, bad, await bad.token(served.page))
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(first + flood * 40_000 + PING)
    came = await within(3.0, reader)
    assert came.count(PONG) < (30_000 if flood == PING else 1)
    began = time.monotonic()
    await page.say(do="beat", n=1)
    await page.reply(lambda reply: reply.get("beat") == 1)
    assert time.monotonic() - began < 2
    writer.close()
    await page.close()

"""A page of somebody who is signed in, that says what no page of ours says, or too much of it. On each server."""

import asyncio
import json
import time
from typing import Any

from tests.centre.served import NAME, OTHER, Served
from tests.dashboard.access.parts import Line


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

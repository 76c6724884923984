"""Whatever anybody asks of the desk, and however slow its disk is, a press is on the dispatcher's line within 2 s.

The requests are those of the pages' registry, the routes those of the table that the process serves: what is new is asked too.
"""

import asyncio
import json
import re
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from itertools import chain, cycle
from typing import Any

import msgspec
import pytest
from hypothesis import find
from hypothesis import strategies as st

from dashboard.map_window.session import MapSession
from dashboard.server import pages
from dashboard.shell.requests import Answering, Handler
from dashboard.shell.session import PageSession
from dashboard.supervisor.review.desk import Questions
from dashboard.technician.requests import BenchRequests
from incidents.commands import COMMANDS
from incidents.roles import MAY, ROLES, Role
from tests.centre.memory import resident
from tests.centre.watched import Watched, by_what_they_may, waiting
from tests.dashboard.access.asked import HER, ROOM, ROUTES, WISHES, ZONE
from tests.dashboard.access.parts import Browser, Line
from tests.dashboard.access.test_table import PAGES, sample

PAGES_THERE = pages(lambda: Any)  # type: ignore[arg-type, return-value]
# In the whole form, on a quiet machine, and in the short one, beside others.
PAINTED_S = {True: 2.0, False: 6.0}
SHOWN_S = {True: 5.0, False: 15.0}  # under NOT RECORDED, when the log does not answer
TAKEN_S = 2.0  # in which it takes them, or never
SLOW_S = {False: 10.0, True: 25.0}  # of a slow disk, in the short form and the whole one
# What no pattern tells.
GUESSED = (
    "/assets/pages/operator.js",
    "/assets/operator/page.css",
    "/schemas/feed.asyncapi.json",
    "/static/extensions/panel/css/markdown.css",
)
short_and_whole = pytest.mark.parametrize(
    "whole",
    [False, pytest.param(True, marks=[pytest.mark.prove, pytest.mark.timeout(900)])],
    ids=["short", "whole"],
)
GROWN_MB = 225.0  # three times what it grows by on a quiet machine

Wish = dict[str, Any]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with Watched(tmp_path_factory.mktemp("watched")) as desk:
        yield desk


def sessions(base: type[Answering[Any]] = PageSession) -> Iterator[type[PageSession[Any]]]:
    """Every kind of page that there is at a desk."""
    for kind in base.__subclasses__():
        if kind.__module__.startswith("dashboard.") and getattr(kind, "kind", "") != "page trainer":
            if hasattr(kind, "kind"):
                yield kind  # type: ignore[misc]
            yield from sessions(kind)


def made(name: str, handler: Handler) -> Wish:
    """A request of facts that fit."""
    return {"do": name} | {fact: sample(kind) for fact, kind in handler.types.items()}


def wishes(kind: type[PageSession[Any]], her: str) -> dict[str, list[Wish]]:
    """All that such a page may ask, by its request: as its scripts do where that is written down."""
    listed = WISHES | ROOM | ZONE
    found = {
        name: [{"do": name, **wish} for wish in listed.get(name, ())] or [made(name, handler)]
        for name, handler in kind.requests.items()
    }
    if "review" in found:
        found["review"] += [
            made(name, one) | {"do": "review", "what": name} for name, one in Questions.requests.items()
        ]
    commands: list[Wish] = [{"do": name} | facts(one) for name, one in COMMANDS.items()]
    commands += [made(name, one) for name, one in BenchRequests.requests.items()]
    if "command" in found:
        found["command"] = [{"do": "command", "command": command} for command in commands]
    found.pop("lock", None)  # it would end what comes after it
    return {name: json.loads(json.dumps(some).replace(HER, her)) for name, some in found.items()}


def facts(command: Any) -> Wish:
    return {field.name: sample(field.type) for field in msgspec.structs.fields(command) if field.required}


@asynccontextmanager
async def flooded(line: Line, wishes: list[Wish], many: int) -> AsyncIterator[None]:
    """While it is asked for all of this again and again, as fast as it takes it; the press comes when it took so many."""
    took = asyncio.Event()

    async def flood() -> None:
        for n, wish in enumerate(cycle(wishes)):
            again = json.loads(json.dumps(wish))
            again.get("command", again).update({"id": f"w-{n}"} if "command" in again else {"n": n})
            await line.say(**again)
            if n == many:
                after = len(line.messages)
                await line.say(do="beat", n=-1)
                await line.until(lambda message: {"beat": -1} in message.get("replies", ()), after=after)
                took.set()

    flooding = asyncio.create_task(flood())
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(TAKEN_S):
                await took.wait()
        yield
    finally:
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)


def least(page: str) -> Role:
    """The role that has the page, and may least beside."""
    return next(role for role in by_what_they_may() if role in MAY[page])


def path_of(kind: type[PageSession[Any]]) -> str:
    """Where such a page is."""
    return "/map" if kind is MapSession else PAGES[kind.kind.removeprefix("page ")][0]


@short_and_whole
async def test_no_request_of_any_page_keeps_a_press_from_the_dispatcher(desk: Watched, whole: bool) -> None:
    async with waiting(desk) as dispatcher:
        her, before = await dispatcher.lasts(whole), resident(desk.process.pid)
        slow: dict[str, list[float]] = {}
        tried: set[object] = set()
        many = 200 if whole else 50
        for kind in sessions():
            line, asked = await (await desk.browser(least(kind.kind))).open(path_of(kind)), wishes(kind, her)
            for name, some in asked.items() if whole else ():
                if kind.requests[name].method not in tried:
                    tried.add(kind.requests[name].method)
                    async with flooded(line, some, many):
                        slow[f"{kind.__name__} {name}"] = await dispatcher.presses(3)
            async with flooded(line, [*chain.from_iterable(asked.values())], many):
                slow[kind.__name__] = await dispatcher.presses(1)
                line.stop_reading()
                slow[kind.__name__] += await dispatcher.presses(2 if whole else 1)
            line.cut()
            await line.close()
        assert max(map(max, slow.values())) < PAINTED_S[whole], slow
        assert resident(desk.process.pid) - before < GROWN_MB


async def addresses(desk: Watched, her: str) -> dict[str, str]:
    """One of each route: as it is written down, or whatever its pattern takes."""
    page = await (await desk.browser("supervisor")).open("/supervisor")
    await page.say(do="review", what="export", view={})
    report = (await page.reply(lambda reply: "export" in reply.get("review", {})))["review"]["export"]
    await page.close()
    page = await (await desk.browser("auditor")).open("/auditor")
    await page.say(do="export", view={})
    audit = (await page.reply(lambda reply: "export" in reply))["export"]
    await page.close()
    told = (f"/report/{report}.json", f"/audit/{audit}.json", *GUESSED)
    listed = [path.replace(HER, her) for paths in ROUTES.values() for path in paths[:1]]
    found: dict[str, str] = {}
    for pattern in desk.routes():
        if pattern.startswith("/") and not pattern.endswith("/ws"):  # a page's line: it takes its turn with its page
            known = [path for path in (*told, *listed) if re.fullmatch(pattern, path)]
            found[pattern] = known[0] if known else find(st.from_regex(pattern, fullmatch=True), bool)
    return found


def ask(desk: Watched, browser: Browser, path: str, many: int, lines: ExitStack) -> None:
    """Ask for it so often at once, and read no answer."""
    head = f"GET {path} HTTP/1.1\r\nHost: localhost:{desk.port}\r\nCookie: {browser.name}={browser.cookie}\r\n\r\n"
    for _ in range(many):
        line = lines.enter_context(socket.create_connection(("127.0.0.1", desk.port), 20))
        line.sendall(head.encode())


@short_and_whole
async def test_no_route_keeps_a_press_from_the_dispatcher(desk: Watched, whole: bool) -> None:
    async with waiting(desk) as dispatcher:
        her, before = await dispatcher.lasts(whole), resident(desk.process.pid)
        browsers = [await desk.browser(role) for role in by_what_they_may()]
        slow: dict[str, list[float]] = {}
        asked = await addresses(desk, her)
        able = {
            path: [one for one in browsers if (await one.get(path))[0] == 200] or browsers for path in asked.values()
        }
        fresh = iter(browsers)  # of pages one person has so many at once
        for pattern, path in asked.items():
            asks = next(fresh) if pattern in PAGES_THERE else able[path][0]
            with ExitStack() as lines:
                asking = asyncio.create_task(asyncio.to_thread(ask, desk, asks, path, 200 if whole else 40, lines))
                slow[pattern] = await dispatcher.presses(5 if whole else 1)
                await asking
        assert max(map(max, slow.values())) < PAINTED_S[whole], slow
        assert resident(desk.process.pid) - before < GROWN_MB


async def everything(browser: Browser, role: Role, her: str) -> None:
    """All that somebody of a role can do, once: every page, request, command and route."""
    for kind in sessions():
        if role in MAY[kind.kind]:
            line = await browser.open(path_of(kind))
            try:
                for some in wishes(kind, her).values():
                    for n, wish in enumerate(some):
                        if "command" in wish:
                            wish["command"]["id"] = f"{role}-{kind.__name__}-{n}"
                        await line.say(**wish)
                await line.say(do="beat", n=77)
                await line.reply(lambda reply: reply.get("beat") == 77)
            finally:  # what is late is told to stop
                await line.close()
    paths = [path.replace(HER, her) for some in ROUTES.values() for path in some if not path.startswith("/sign-in")]
    begin = ROLES.index(role) * len(paths) // len(ROLES)  # what one does not come to, another does
    for path in paths[begin:] + paths[:begin]:
        with suppress(TimeoutError):
            await asyncio.gather(browser.get(path), browser.take(path))


@short_and_whole
async def test_the_loop_waits_for_no_disk_whatever_anybody_does(desk: Watched, whole: bool) -> None:
    async with waiting(desk) as dispatcher:
        her, browsers = await dispatcher.lasts(whole), {role: await desk.browser(role) for role in ROLES}
        before, began = len(desk.stalls()), time.monotonic()
        with desk.slowly():
            doing = [asyncio.create_task(everything(browser, role, her)) for role, browser in browsers.items()]
            doing.append(asyncio.create_task(desk.browser("new")))  # signs in for the first time
            took = await dispatcher.presses(5)
            _, late = await asyncio.wait(doing, timeout=SLOW_S[whole])
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for task in doing:
            assert task in late or task.exception() is None
        assert desk.stalls()[before:] == []
        assert max(took) < SHOWN_S[whole], took
        assert time.monotonic() - began > 2, "the disk was not slow"

"""A whole centre for a browser: a real feed on a thread, the server as a process, Chromium that may ask nobody else."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser as AsyncBrowser
from playwright.async_api import Page as AsyncPage
from playwright.async_api import async_playwright
from playwright.async_api import expect as async_expect
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.running import CHROMIUM
from bench.running import FLAGS as QUIET
from dashboard.ports import free_port
from feeds.gateway import Gateway
from incidents.cases import import_cases
from incidents.events import BRUSSELS
from tests import cost
from tests.processes import Command

GENT = {"lat": 51.0536, "lon": 3.7253, "radius": 18.0, "confidence": 68, "method": "gnss"}
# The watch has a test of its own: elsewhere it moves no row between two clicks, however long a module takes.
PATIENT: dict[str, object] = {
    f"watch_{step}_s": 3600
    for step in ("louder", "everyone", "confirm", "idle", "lost", "accepted", "en_route", "on_scene", "fix")
}
for both in (expect, async_expect):
    both.set_options(timeout=60_000)  # several such tests share two cores; what must be quick is timed by its own test
SEEN = ["--hide-scrollbars"]  # not hidden: what has no room beside one must fail here, as on a desk
cost.count_pages(Page, AsyncPage)
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def until(true: Callable[[], Any], within_s: float = 60.0) -> None:
    """Wait for it, or say that it did not come."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


# A fixture of tests that share one Chromium: they and their fixtures run on the one loop it is bound to.
on_one_loop = pytest_asyncio.fixture(loop_scope="session")
all_file_long = pytest_asyncio.fixture(loop_scope="session", scope="module")
LOOP_EACH = ("test_bench.py",)  # bleak keeps its line to BlueZ with the loop, and each test has a BlueZ of its own
_one: list[AsyncBrowser] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and item.path.name not in LOOP_EACH and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@asynccontextmanager
async def one_browser() -> AsyncIterator[AsyncBrowser]:
    """The Chromium of this process, for pages in contexts of their own: the first to enter starts it, and ends it on leaving."""
    if _one:
        before = {*_one[0].contexts}
        try:
            yield _one[0]
        finally:
            for context in {*_one[0].contexts} - before:
                await context.close()
        return
    async with async_playwright() as playwright:
        _one.append(await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, ignore_default_args=SEEN))
        try:
            yield _one[0]
        finally:
            await _one.pop().close()


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def browser_is_there() -> AsyncIterator[None]:
    """Starting it takes as long as a short test: the tests of a worker share one."""
    async with one_browser():
        yield


class Feed:
    """The project's own gateway on a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._gateway = Gateway("112-app", heartbeat_s=1.0)
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._port, self._stands = 0, False
        self.start()

    def start(self) -> None:
        """Where it was before, if it was; nothing where it stands."""
        if self._stands:
            return
        asyncio.run_coroutine_threadsafe(self._gateway.start("127.0.0.1", self._port), self._loop).result(10)
        self.url = self._gateway.url
        self._port, self._stands = int(self.url.split(":")[2].split("/")[0]), True

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._gateway.stop(), self._loop).result(10)
        self._stands = False

    def end(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def put(self, **fields: Any) -> None:
        asyncio.run_coroutine_threadsafe(self._gateway.publish(fields), self._loop).result(10)

    def press(self, device: str, **fields: Any) -> None:
        fix = {**GENT, "time": datetime.now(UTC).isoformat()}
        self.put(**{"kind": "press", "device": device, "press": "hold", "fix": fix} | fields)


class Centre:
    """The server as a process; its files in a folder, so that it can be killed and started again. `chosen`: its settings."""

    signing: tuple[str, ...] = ("--no-sign-in",)

    def __init__(self, folder: Path, feed: Feed, **chosen: object) -> None:
        self.folder, self.feed = folder, feed
        self._chosen = {f"VIGIE_{name}".upper(): str(value) for name, value in (PATIENT | chosen).items()}
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        assert not import_cases(_cases(folder), folder / "cases.db").problems
        self.start()

    def start(self) -> None:
        """With the files that it had before, if it had; nothing where it runs."""
        if hasattr(self, "process") and self.process.code is None:
            return
        files = ("--log", str(self.folder / "vigie.log"), "--cases", str(self.folder / "cases.db"))
        where = (*files, "--feed", self.feed.url, "--port", str(self.port))
        self.process = Command("serve", *self.signing, *where, output=self.folder / "output", **self._chosen)
        self.process.serves(self.port)

    def kill(self) -> None:
        self.process.kill()


def _cases(folder: Path) -> Path:
    now = datetime.now(BRUSSELS)
    today, until_day = now.date().isoformat(), (now + timedelta(days=90)).date().isoformat()

    def fact(text: str) -> dict[str, str]:
        return {"text": text, "source": "PZ Gent", "date": today}

    case = {
        "source": "Parket Voorbeeld",
        "date": today,
        "victim": {"name": "A. Voorbeeld", "languages": ["nl", "fr"]},
        "suspect": {"name": "B. Fictief", "facts": [fact("ex-partner, 1.85 m, beard"), fact("grey van 1-ABC-000")]},
        "valid_from": today,
        "valid_until": until_day,
        "measures": [fact("contact ban, 500 m around home, school and work")],
        "places": [{"name": "home", "lat": 51.0436, "lon": 3.7153, "radius_m": 500}],
        "weapons": [fact("Firearm reported in the suspect's home")],
        "present": [fact("two children, 4 and 7, with the victim on weekdays")],
        "instructions": [
            {"kind": "listen_only", **fact("Listen only. Do not speak, do not call back.")},
            {"kind": "silent_approach", **fact("Silent approach, second unit at the rear")},
        ],
        "safe_word": "tulip",
        "duress_word": "winter",
    }
    hostile = {
        "number": "2026-0666",
        "source": HOSTILE[:200],
        "date": today,
        "victim": {"name": HOSTILE[:200], "languages": ["nl"], "facts": [fact(HOSTILE)]},
        "devices": [HOSTILE[:200]],
        "valid_from": today,
        "valid_until": until_day,
        "instructions": [{"kind": "other", **fact(HOSTILE)}],
    }
    cases = [{**case, "number": f"2026-{n:04}", "devices": [f"AMR-{n:05}"]} for n in range(1, 60)]
    known = [*cases[0]["weapons"], *(fact(text) for text in ("Knife, always on him", "Has a large dog, not on a lead"))]
    one = {"number": "2026-0061", "devices": ["AMR-00061"], "instructions": []}
    five = {"number": "2026-0065", "devices": ["AMR-00065"], "weapons": known}
    cases += [{**case, **one}, {**case, **five}]  # dangers of its case: one, five; three of every other
    path = folder / "cases.json"
    path.write_text(json.dumps({"cases": [*cases, hostile]}))
    return path


@pytest.fixture(autouse=True)
def what_it_stopped_stands_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test had stopped when it failed would fail each that comes after it."""
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        for name in {"feed", "centre"} & {*request.fixturenames}:
            shared = request.getfixturevalue(name)
            if isinstance(shared, Feed | Centre):
                shared.start()


@pytest.fixture(scope="session")
def blocking_browser() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """The Chromium of this process for tests without a loop of their own, and the loop that it runs between their calls."""
    assert CHROMIUM.exists(), f"no {CHROMIUM} on this machine: `make test` says how to install it"
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, ignore_default_args=SEEN), loop
        asyncio._set_running_loop(loop)


@pytest.fixture(scope="module")
def chromium(blocking_browser: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """It waits meanwhile: no other loop runs beside the one that playwright leaves half run."""
    browser, loop = blocking_browser
    asyncio._set_running_loop(loop)
    yield browser
    for context in browser.contexts:
        context.close()
    asyncio._set_running_loop(None)


@pytest.fixture(scope="module")
def feed() -> Iterator[Feed]:
    feed = Feed()
    yield feed
    feed.end()


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, feed: Feed) -> Iterator[Centre]:
    centre = Centre(tmp_path_factory.mktemp("centre"), feed)
    yield centre
    centre.kill()


# Nothing is open on a page, and it is as it came but for what is selected.
AT_REST = """(path) => {
  sessionStorage.clear();
  const open = [...document.querySelectorAll("form.form, .help, .keys, #opened")].some((one) => one.getClientRects().length);
  return !open && location.pathname === path && !document.body.classList.contains("lost")
    && document.documentElement.dataset.theme === "dark" && document.documentElement.lang === "en";
}"""
ESCAPES = 3  # from a list in a form to the page


class Desks:
    """Pages of a desk, each in a browser context of its own; fails on a script's error or a request to anyone else.

    A page stays open from test to test, as a console does all day, where it is as it came; what is left open is closed.
    """

    def __init__(self, chromium: Browser, centre: Centre) -> None:
        self.chromium, self.centre = chromium, centre
        self.wrong: list[str] = []
        self._used: list[tuple[str, str, Page]] = []
        self._kept: list[tuple[str, str, Page]] = []

    def open(
        self, width: int = 1920, height: int = 1080, *, path: str = "/operator", script: str = "", anew: bool = False
    ) -> Page:
        """A page that is live. `anew`: nobody has worked on it; `script` runs in it before the page's own."""
        found = next((one for one in self._kept if one[:2] == (path, script)), None)
        if found and not anew:
            self._kept.remove(found)
            found[2].set_viewport_size({"width": width, "height": height})
        else:
            found = path, script, self._load(width, height, path, script)
        self._used.append(found)
        return found[2]

    def _load(self, width: int, height: int, path: str, script: str) -> Page:
        page = self.chromium.new_context(viewport={"width": width, "height": height}).new_page()
        if script:
            page.add_init_script(script)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.on("console", lambda said: self._said(said.text))
        page.goto(self.centre.address + path)
        expect(page.locator("#feed[data-feed-state=live], #announce button").first).to_be_visible(timeout=20_000)
        return page

    def rest(self) -> None:
        """A test is over: keep the pages on which another one can begin."""
        used, self._used = self._used, []
        kept = [one for one in used if self._rests(one[2], one[0])]
        for *_, page in [one for one in used if one not in kept]:
            page.context.close()
        self._kept = [*kept, *self._kept]

    def _rests(self, page: Page, path: str) -> bool:
        for _ in range(ESCAPES):
            if page.is_closed() or page.evaluate(AT_REST, path):
                break
            page.keyboard.press("Escape")
        return not page.is_closed() and bool(page.evaluate(AT_REST, path))

    def close(self) -> None:
        """Close every page."""
        for *_, page in (*self._used, *self._kept):
            page.context.close()
        self._used, self._kept = [], []

    def _said(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.wrong.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.centre.address, "data:", "blob:")):
            self.wrong.append(url)


@pytest.fixture(scope="module")
def shift(chromium: Browser, centre: Centre) -> Iterator[Desks]:
    desks = Desks(chromium, centre)
    yield desks
    desks.close()


@pytest.fixture
def desks(shift: Desks, request: pytest.FixtureRequest) -> Iterator[Desks]:
    failed, shift.wrong = request.session.testsfailed, []
    yield shift
    if request.session.testsfailed > failed:
        shift.close()
    shift.rest()
    assert shift.wrong == []

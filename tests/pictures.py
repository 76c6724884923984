"""The pictures in docs/, made anew in one go: `python -m tests.pictures [NAME ...]`, where a page changed on purpose.
`python -m tests.pictures --sheets FOLDER [WALK ...]` shows every page in each language, size and theme, on a sheet each.

Operator, supervisor and trainer are the demo's; the bench is a centre with a radio of ours, for the demo has none; the debrief
is of an exercise with a shipped scenario, played fast; `guide` are those of the sheets for users, `guide-fr` of one
language. Everybody in them is invented. Look at each before it is kept.
"""

import asyncio
import contextlib
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Error, Page, async_playwright, expect

from bench.running import CHROMIUM, FLAGS, process
from dashboard.components.whereabouts import Whereabouts
from dashboard.ports import free_port
from demo.accounts import PASSWORD
from incidents import commands as do
from incidents.roles import User
from reports.catalogue import translator
from tests import guide_pictures
from tests.browser.bench_parts import SLOW_MS, workbench
from tests.browser.sheets import WALKS, sheets
from tests.dashboard.trainer.debrief.parts import page_of
from tests.feeds.buttons.frames import KEY
from tests.training.parts import exercise_of, opened, zones
from tests.waiting import until as comes
from training.debriefs import read_debrief
from training.exercise.trainees import ROLES
from training.scenarios import SHIPPED, read_scenario

DOCS = Path(__file__).parents[1] / "docs"
LARGE, SMALL = (1920, 1080), (1366, 768)
LONG_MS = 120_000
SPEED = 20.0


async def take(page: Page, name: str, *sizes: tuple[int, int]) -> None:
    """A picture of each size, of the page as it is now."""
    await page.keyboard.press("Shift")  # somebody is here: what was lost is said for a minute more
    await expect(page.get_by_text("Not live from")).to_be_hidden(timeout=LONG_MS)  # the machine was busy
    for width, height in sizes:
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_load_state("networkidle")
        await page.evaluate("new Promise((drawn) => setTimeout(drawn, 1500))")  # a map is laid out anew in its own time
        await page.screenshot(path=DOCS / f"{name}-{width}x{height}.png")


async def signed_in(browser: Browser, address: str, who: str) -> Page:
    page = await (await browser.new_context(viewport={"width": LARGE[0], "height": LARGE[1]})).new_page()
    async with asyncio.timeout(LONG_MS / 1000):
        while True:
            with contextlib.suppress(Error):  # the training room starts after the desk
                await page.goto(address)
                break
            await asyncio.sleep(0.5)
    await page.get_by_label("User name").fill(who)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    return page


async def operator(browser: Browser, base: str) -> None:
    """An alarm that was taken, routed and accepted, and another one above it that nobody has."""
    page = await signed_in(browser, base, "dispatcher")
    await page.locator("#queue [data-incident][data-state=raised]").first.click(timeout=LONG_MS)
    await page.keyboard.press("a")
    mine = page.locator("#queue .mine [data-incident]").first
    await expect(mine).to_be_visible(timeout=LONG_MS)
    await page.keyboard.press("r")
    await page.keyboard.press("Enter")
    await expect(mine).to_have_attribute("data-state", re.compile("accepted|en_route"), timeout=LONG_MS)
    await expect(page.locator("#queue [data-incident][data-state=raised]").first).to_be_visible(timeout=LONG_MS)
    await take(page, "operator", LARGE, SMALL)


async def supervisor(browser: Browser, base: str) -> None:
    """The review of a year, and the floor with alarms that nobody has."""
    page = await signed_in(browser, f"{base}/supervisor", "supervisor")
    await expect(page.locator("svg .zone").first).to_be_visible(timeout=LONG_MS)
    await expect(page.locator("#floor [data-incident]").first).to_be_visible(timeout=LONG_MS)
    await take(page, "supervisor", LARGE, SMALL)


async def trainer(browser: Browser, base: str) -> None:
    """The editor with a way on the map."""
    page = await signed_in(browser, f"{base}/trainer", "trainer")
    await page.get_by_role("button", name="Scenarios", exact=True).click(timeout=LONG_MS)
    await page.get_by_role("button", name=re.compile("copy.*: By car across three zones$", re.IGNORECASE)).click()
    await page.get_by_role("navigation", name="Parts of the scenario").get_by_role("button", name="Course").click()
    await expect(page.locator("#map svg.ways")).to_be_visible(timeout=LONG_MS)
    for size in (LARGE, SMALL):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.get_by_role("button", name="Fit", exact=True).click()
        await take(page, "trainer", size)


async def from_demo(browser: Browser, names: list[str]) -> None:
    port = free_port()
    base, room = f"http://localhost:{port}", f"http://localhost:{port + 1}"
    async with process("app.py", "demo", "--port", str(port), url=f"{base}/live", within_s=LONG_MS / 1000):
        for name, make, address in (
            ("operator", operator, base),
            ("supervisor", supervisor, base),
            ("trainer", trainer, room),
        ):
            if name in names:
                await make(browser, address)


async def bench(browser: Browser) -> None:
    """A button heard live, and ten presses of it followed to an operator's screen."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        async with workbench(patch, Path(folder)) as there:
            page = await there.bench(width=LARGE[0], height=LARGE[1])
            there.press()
            await page.locator("#devices .pick").filter(has_text="SBBT-002C").click(timeout=SLOW_MS)
            await page.get_by_label("Name", exact=True).fill("AMR-00412")
            await page.get_by_label("Key", exact=True).fill(KEY.hex())
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("heading", name="AMR-00412")).to_be_visible(timeout=SLOW_MS)
            await there.operator()
            await expect(page.locator("#screens")).to_have_text(
                "Operators' screens: 1 in sight, 1 heard", timeout=SLOW_MS
            )
            await page.get_by_role("button", name="Test it", exact=True).click()
            await page.keyboard.press("Enter")
            for n in range(1, 11):
                there.press(rssi=-50 - 3 * (n % 5))
                await expect(page.locator(".trial .state")).to_have_text(
                    re.compile(rf"^{n} of 10 heard|IN ORDER"), timeout=SLOW_MS
                )
            await expect(page.locator(".ways tbody tr").first).to_contain_text("heard", timeout=SLOW_MS)
            await page.get_by_label("Case number, name or device").fill("a. voorbeeld")
            await page.keyboard.press("Enter")
            await page.get_by_role("button", name="2026-0412 · A. Voorbeeld", exact=True).click(timeout=SLOW_MS)
            await expect(page.locator(".whose .bound")).to_be_visible(timeout=SLOW_MS)
            await take(page, "bench", LARGE)


async def debrief(browser: Browser) -> None:
    """An exercise that two trainees worked: the map at a moment, what was known then, one line of time."""
    with tempfile.TemporaryDirectory() as folder:
        room = await opened(Path(folder))
        played = read_scenario((SHIPPED / "by-car-across-three-zones.yaml").read_text(encoding="utf-8"))
        exercise = await exercise_of(room, played, speed=SPEED)
        names = ("Leerling Een", "Leerling Twee")
        for n, name in enumerate(names):
            room.join(exercise.code, name, f"leerling-{n}")
        await exercise.start()
        await comes(lambda: exercise.desk.board.incidents)
        (incident,) = exercise.desk.board.incidents
        one, two = (User(actor=exercise.desk.pseudonym(name), roles=ROLES) for name in names)
        made = 0

        async def after(seconds: float, who: User, kind: type[do.OnIncident], **facts: Any) -> None:
            nonlocal made
            made += 1
            await asyncio.sleep(seconds / SPEED)
            await exercise.desk.command(kind(id=f"picture-{made:04}", incident=incident, **facts), who)

        await after(6, one, do.Acknowledge)
        await after(4, one, do.OpenCase)
        await after(3, one, do.Listen)
        await after(12, two, do.Listen)
        await after(20, one, do.Route, zone="5388", anyway=True)
        await after(160, two, do.Note, text="The line says Wijgmaal: they drive north.")
        await after(60, one, do.Route, zone="5395", anyway=True)
        await after(250, one, do.Progress, step="on_scene")
        await after(60, one, do.Progress, step="safe", anyway=True)
        await after(20, one, do.Close, as_class="real", outcome="suspect_arrested", reason="Both are at the station.")
        await exercise.remark("Well listened.", by="Trainer Fictief")
        await exercise.end()
        await exercise.close()
        file = Path(folder) / "debrief.html"
        words = Whereabouts(zones(), None, translator("en"))
        file.write_text(page_of(await read_debrief(exercise.folder, zones(), addresses=words)), encoding="utf-8")
        await room.close()
        page = await browser.new_page(viewport={"width": LARGE[0], "height": LARGE[1]}, color_scheme="dark")
        await page.goto(file.as_uri())
        await page.get_by_role("slider", name="Moment of incident 1").focus()
        await page.keyboard.press("End")
        for _ in range(2):
            await page.keyboard.press("PageDown")
        await page.evaluate("scrollTo(0, 0)")
        await take(page, "debrief", LARGE)


BESIDE: dict[str, Callable[[Browser], Awaitable[None]]] = {"bench": bench, "debrief": debrief}


async def main(names: list[str]) -> None:
    """Make these, or all of them."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        guide = [name for name in names if name.startswith("guide")]
        if of_demo := [name for name in names if name not in (*BESIDE, *guide)]:
            await from_demo(browser, of_demo)
        for name in guide:
            await guide_pictures.main(browser, name)
        for name in names:
            if name in BESIDE:
                await BESIDE[name](browser)
        await browser.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--sheets"]:
        asyncio.run(sheets(Path(sys.argv[2]), sys.argv[3:] or list(WALKS)))
    else:
        asyncio.run(main(sys.argv[1:] or ["operator", "supervisor", "trainer", "guide", *BESIDE]))

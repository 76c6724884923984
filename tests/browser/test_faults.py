"""Real faults before a real page: each is named on the screen, every press is seen and heard, and it passes without a reload."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import on_one_loop, one_browser
from tests.browser.test_heard import EAR
from tests.centre.parts import OwnFeed, Running, own_feed
from tests.processes import vigie
from tests.waiting import until

pytestmark = pytest.mark.browser
SAMPLE = Path(__file__).parents[2] / "docs" / "cases.sample.json"
SLOW_MS = 25_000


@on_one_loop
async def feed() -> AsyncIterator[OwnFeed]:
    async with own_feed() as feed:
        yield feed


@on_one_loop
async def other() -> AsyncIterator[OwnFeed]:
    async with own_feed() as feed:
        feed.name = "other"
        yield feed


@on_one_loop
async def server(tmp_path: Path, feed: OwnFeed, other: OwnFeed) -> AsyncIterator[Running]:
    """The real server with its files on a file system of 16 MiB."""
    mount = await asyncio.create_subprocess_exec("mount", "-t", "tmpfs", "-o", "size=16m", "vigie-test", str(tmp_path))
    assert await mount.wait() == 0, "mounting a small disk needs root"
    server = Running(tmp_path, feeds=[feed.url, other.url])
    code, said = await vigie("cases", "import", str(SAMPLE), "--cases", str(server.cases))
    assert code == 0, said
    await server.start(cases=True)
    yield server
    await server.stop()
    await (await asyncio.create_subprocess_exec("umount", "--lazy", str(tmp_path))).wait()


@on_one_loop
async def page(server: Running) -> AsyncIterator[Page]:
    async with one_browser() as browser:
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        await page.add_init_script(EAR)
        await page.goto(f"{server.url}/operator")
        health = page.get_by_role("region", name="Feed health")
        await expect(health).to_have_attribute("data-feed-state", "live", timeout=SLOW_MS)
        yield page


async def heard(page: Page, server: Running) -> None:
    """Wait until the alarms are on the wire to the loudspeaker, and the desk counts none that nobody sees and hears."""
    await page.evaluate("window.loudest = 0")
    async with asyncio.timeout(SLOW_MS / 1000):
        while not await page.evaluate("(window.listen(), window.loudest > 0.01)"):
            await asyncio.sleep(0.05)
    await until(lambda: server.health()["unpresented"] == 0)


async def test_every_fault_is_named_on_the_screen_and_passes_without_a_reload(
    page: Page, server: Running, feed: OwnFeed, other: OwnFeed
) -> None:
    health = page.get_by_role("region", name="Feed health")
    count = page.locator("#queue .group.nobody h2 b")

    filler = server.log.parent / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(b"0" * 4096)
    for n in range(20):
        feed.press(f"AMR-{n:05d}")
    await expect(count).to_have_text("20", timeout=SLOW_MS)
    await heard(page, server)
    await expect(health).to_have_attribute("data-recording", "failed", timeout=SLOW_MS)
    await expect(page.get_by_text("NOT RECORDED").first).to_be_visible()
    filler.unlink()
    await expect(health).to_have_attribute("data-recording", "ok", timeout=SLOW_MS)

    key = server.cases.with_name(server.cases.name + ".key")
    away = key.rename(key.with_suffix(".away"))
    await expect(page.get_by_text("CASES LOCKED").first).to_be_visible(timeout=SLOW_MS)
    feed.press("AMR-LOCKED")
    await expect(count).to_have_text("21", timeout=SLOW_MS)
    await heard(page, server)
    away.rename(key)
    await expect(page.get_by_text("CASES LOCKED: the case register")).to_have_count(0, timeout=SLOW_MS)

    feed.beats = False
    await expect(health).to_have_attribute("data-feed-state", "silent", timeout=SLOW_MS)
    feed.beats = True
    await expect(health).to_have_attribute("data-feed-state", "live", timeout=SLOW_MS)

    port = int(feed.url.rpartition(":")[2])
    await feed.stop()
    await expect(health).to_have_attribute("data-feed-state", "down", timeout=SLOW_MS)
    other.press("AMR-OTHER-WAY")
    await expect(count).to_have_text("22", timeout=SLOW_MS)
    await heard(page, server)
    again = OwnFeed()
    again.epoch = "2026-12-01"
    again.press("AMR-AGAIN", id="again-1")
    await again.start(port)
    await expect(count).to_have_text("23", timeout=SLOW_MS)
    await page.get_by_role("button", name="Take note of the gap").click()
    await expect(page.get_by_role("button", name="Take note of the gap")).to_have_count(0)
    await again.stop()
    await feed.start()  # the fixture stops it

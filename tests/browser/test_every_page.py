"""Every page as people with other eyes and hands meet it: zoomed, in larger letters, by keys, read aloud, in few colours.

`make test` looks at each once, in English and in another language in turn: nothing stays in the first, all words have room, what
a hand did is kept by the switch, and nothing of a person is left in the browser of a desk. `make prove` does it in every
language, theme and size, and goes through each by Tab.
"""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect

from maps.zones import Zones
from reports.catalogue import PSEUDO
from tests.browser.conftest import on_one_loop
from tests.browser.every_page import (
    OF_A_DESK,
    ON_THE_MAP,
    SLOW_MS,
    THE_MAP,
    WHOLE,
    Pages,
    desk_with_a_past,
    keeper,
    technician,
    training,
)
from tests.browser.languages import left_behind, speak
from tests.browser.left_behind import Watch, words
from tests.browser.long_words import LANGUAGES, SMALL, cramped
from tests.browser.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
HERE = Path(__file__).parent
FAULTS, EYES = ((HERE / name).read_text() for name in ("zoom.js", "eyes.js"))
ZOOMED = ((960, 540), (683, 384))  # 200 % of 1920x1080 and of 1366x768
FARTHER = ((480, 270), (341, 192))  # 400 %
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CALM = " · no gap"  # on a narrow screen nobody reads that all is well with a feed: its words yield (`topbar.js`)
LARGE_PX = 24  # letters half as large again as a browser's own
TOURED = ((1366, 768), (683, 384))
MOST_STOPS = 250
TARGET_PX = 44
# What may be smaller than 44 px, but no smaller than 24 (WCAG 2.5.8), and why.
DENSE = {
    ".periods .link": "a month in a list of twelve; the picture it stands for is pressed as well",
}
# What has the place of what it stands for: the same is chosen in the table of the same numbers, or by the arrow keys.
IN_PLACE = "svg [data-key], svg.ways *"


Found = list[str]
TURN, ZOOM = cycle(LANGUAGES), cycle(ZOOMED)  # a page is read in one of them, in one size; the next in the next
Look = Callable[[Page], Awaitable[dict[str, Found]]]


async def sized(page: Page, width: int, height: int) -> None:
    await page.set_viewport_size({"width": width, "height": height})
    await page.evaluate("zoom.settled()")


def beside(parts: tuple[str, ...], found: Found) -> Found:
    """What was found of anything else."""
    return [one for one in found if not any(part in one for part in parts)]


async def zoomed(page: Page, sizes: tuple[tuple[int, int], ...]) -> dict[str, Found]:
    """What is wrong with a page in windows so small, and what of the whole page is gone; it is left as it was."""
    before = await page.evaluate("zoom.named()")
    wrong, there = {}, {}
    for width, height in sizes:
        await sized(page, width, height)
        name = f"{width}x{height}"
        there[name] = await page.evaluate("zoom.named()")
        found = await page.evaluate("zoom.faults()")
        wrong[name] = beside(ON_THE_MAP, found)
    await sized(page, **WHOLE)
    # What a page of 100 % has no longer, because something came meanwhile, is not missed.
    kept = set(before).intersection(await page.evaluate("zoom.named()"))
    for name, found in wrong.items():
        found += [f"GONE: {one}" for one in sorted(kept.difference(there[name])) if not one.endswith(CALM)]
    return wrong


async def axe(page: Page) -> Found:
    """What axe-core finds on a page as it is."""
    answer = await Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {one['target']} {one['html']}"
        for rule in answer.response["violations"]
        for one in rule["nodes"]
    ]


async def looked_at(page: Page) -> dict[str, Found]:
    """What is wrong with a page at a glance, by the rule it breaks."""
    await page.evaluate(EYES)
    dense = ", ".join(DENSE)
    return {
        "parts": await page.evaluate("eyes.parts()"),
        "targets": await page.evaluate(f"eyes.targets({TARGET_PX}, {dense!r}, {IN_PLACE!r})"),
        **await zoomed(page, (next(ZOOM),)),
        **await in_language(page, next(TURN), SMALL),
    }


async def in_language(page: Page, language: str, *sizes: dict[str, int]) -> dict[str, Found]:
    """What is wrong with a page that is read in another language; it is left in English."""
    found = await left_behind(page, *({language} - {PSEUDO}))
    wrong = {f"{name}, {language}": sorted(said) for name, said in found.items()}
    wrong[f"long words, {language}"] = await cramped(page, language, sizes)
    wrong[f"axe, {language}"] = await axe(page)
    await speak(page, "en")
    for script in (FAULTS, EYES):  # a document was read anew
        await page.evaluate(script)
    return wrong


async def toured(page: Page, width: int, height: int) -> Found:
    """What is wrong with where the focus is seen, from Tab to Tab through a page of this size."""
    await page.evaluate("eyes.hold()")
    await sized(page, width, height)
    first, wrong = None, []
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        stop = await page.evaluate("eyes.focused()")
        if stop is None:
            continue  # the window's own
        if stop["id"] == first:
            break
        first = first or stop["id"]
        wrong += [stop["wrong"]] if stop["wrong"] else []
    await page.evaluate("eyes.back()")
    await sized(page, **WHOLE)
    return beside(THE_MAP, list(dict.fromkeys(wrong)))


async def in_large_letters(page: Page) -> dict[str, Found]:
    """What is wrong with a page in a browser whose letters are larger."""
    browser = await page.context.new_cdp_session(page)
    await browser.send("Page.enable")
    await browser.send("Page.setFontSizes", {"fontSizes": {"standard": LARGE_PX}})
    grown = await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    found = await zoomed(page, ((1920, 1080), (1366, 768)))
    await browser.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    await sized(page, **WHOLE)
    await browser.detach()
    small = [] if grown >= LARGE_PX else [f"its letters stay {grown} px"]
    return {f"{name} in large letters": [*small, *wrong] for name, wrong in found.items()}


async def looked_through(page: Page) -> dict[str, Found]:
    """What is wrong with a page in every theme, size and mode, and by keys."""
    found = await looked_at(page)
    for language in LANGUAGES:
        found |= await in_language(page, language, WHOLE, SMALL)
    found |= await zoomed(page, (*ZOOMED, *FARTHER))
    found |= await in_large_letters(page)
    was = await page.evaluate("document.documentElement.dataset.theme ?? ''")
    for theme in ("dark", "light"):
        await page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        found[f"axe, {theme}"] = await axe(page)
    await page.evaluate(f"document.documentElement.dataset.theme = '{was}'")
    await page.emulate_media(forced_colors="active")
    found["high contrast"] = [*await page.evaluate("eyes.alike()"), *await axe(page)]
    await page.emulate_media(forced_colors="none")
    for width, height in TOURED:
        found[f"by Tab, {width}x{height}"] = await toured(page, width, height)
    return found


async def wrong_of(pages: Pages, look: Look) -> dict[str, Any]:
    """What is wrong with each page, by its name."""
    wrong = {}
    async for name, page in pages:
        # What a page says stands there before its styles do, which hide it until it is told what is so.
        await expect(page.locator(".banner.loading")).to_have_count(0, timeout=SLOW_MS)
        await page.evaluate(FAULTS)
        if found := {rule: said for rule, said in (await look(page)).items() if said}:
            wrong[name] = found
    return wrong


def none(wrong: dict[str, Any]) -> None:
    """Nothing is wrong; else all of it is told, a line each."""
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@on_one_loop
async def desk(tmp_path: Path, zones: Zones) -> AsyncIterator[Served]:
    async with desk_with_a_past(tmp_path, zones) as found:
        yield found


@pytest.mark.parametrize("of", OF_A_DESK, ids=lambda of: of.__name__)
async def test_a_page_of_a_desk_is_whole_at_200_percent_and_open_to_other_eyes_and_nothing_of_a_person_is_left_in_its_browser(
    of: Callable[[Served], Pages],
    tmp_path: Path,
    zones: Zones,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)
    profile = tmp_path / "profile"
    (tmp_path / "desk").mkdir()
    async with desk_with_a_past(tmp_path / "desk", zones, profile) as desk:
        watch = Watch(words(desk.house.cases), desk.url)
        assert isinstance(desk.browser, BrowserContext)
        await watch.follow(desk.browser)

        async def both(page: Page) -> dict[str, Found]:
            found = await looked_at(page)
            await watch.type_into(of.__name__, page, take_back=of.__name__ != "zone")
            return found

        wrong = await wrong_of(of(desk), both)
    written = capfd.readouterr()
    watch.look("written by the server", written.out + written.err + caplog.text)
    watch.search(profile)
    none(wrong)


async def test_a_bench_is_whole_at_200_percent_and_open_to_other_eyes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    none(await wrong_of(technician(monkeypatch, tmp_path), looked_at))


async def test_the_cases_are_whole_at_200_percent_and_open_to_other_eyes(tmp_path: Path) -> None:
    none(await wrong_of(keeper(tmp_path), looked_at))


async def test_a_training_room_is_whole_at_200_percent_and_open_to_other_eyes(tmp_path: Path) -> None:
    none(await wrong_of(training(tmp_path), looked_at))


@pytest.mark.prove
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("of", OF_A_DESK, ids=lambda of: of.__name__)
async def test_a_page_of_a_desk_is_whole_in_every_language_theme_and_size_and_by_every_key(
    desk: Served, of: Callable[[Served], Pages]
) -> None:
    none(await wrong_of(of(desk), looked_through))


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_a_bench_a_training_room_and_the_cases_are_whole_in_every_language_theme_and_size_and_by_every_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = await wrong_of(technician(monkeypatch, tmp_path), looked_through)
    wrong |= await wrong_of(keeper(tmp_path / "cases"), looked_through)
    none(wrong | await wrong_of(training(tmp_path), looked_through))

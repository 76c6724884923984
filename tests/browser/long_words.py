"""A page in each language and size: what of its words is cut, parted, over an edge, over others, or out of reach."""

from collections.abc import Iterable
from pathlib import Path

from playwright.async_api import Page

from tests.browser.every_page import ON_THE_MAP, WHOLE
from tests.browser.languages import speak

LANGUAGES = ("fr", "nl", "de", "en-XA")
SMALL = {"width": 1366, "height": 768}
FINDS = (Path(__file__).parent / "zoom.js").read_text()


async def cramped(page: Page, language: str, sizes: Iterable[dict[str, int]] = (WHOLE, SMALL)) -> list[str]:
    """What is wrong in this language, each with its size; the page is left in it, and large."""
    wrong: list[str] = []
    await speak(page, language)
    await page.evaluate(FINDS)
    for size in sizes:
        await page.set_viewport_size(size)
        await page.evaluate("zoom.settled()")
        found = await page.evaluate("[...zoom.cramped(), ...zoom.faults()]")
        wrong += [
            f"{language} {size['width']}x{size['height']} {one}"
            for one in found
            if not any(part in one for part in ON_THE_MAP)
        ]
    await page.set_viewport_size(WHOLE)
    return wrong

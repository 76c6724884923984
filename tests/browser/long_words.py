"""A page in each language and size: what of its words is cut, parted, over an edge, over others, or out of reach."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.async_api import Page, expect

from tests.browser.every_page import ON_THE_MAP, WHOLE
from tests.browser.served import SLOW_MS, holds

LANGUAGES = ("fr", "nl", "de", "en-XA")
# A page without a script of its own says it of its main part alone.
READ = "(document.querySelector('main[lang]') ?? document.documentElement).lang"
SMALL = {"width": 1366, "height": 768}
FINDS = (Path(__file__).parent / "zoom.js").read_text()
# The page has its chooser, and the pseudo-language stands in none.
CHOOSE = """(language) => {
  const chooser = document.querySelector("select.language");
  if (![...chooser.options].some(({ value }) => value === language)) chooser.append(new Option(language, language));
  chooser.value = language;
  chooser.dispatchEvent(new Event("change"));
}"""
TYPED = "[...document.querySelectorAll('input')].map(({ value }) => value)"


async def speak(page: Page, language: str) -> None:
    """The page reads this language, where there is a choice: a saved file has one, and before a locked page nobody chooses.
    A live page changes in its place, a paper is read anew."""
    fixed = page.url.startswith("file:") or await page.locator("body.locked").count()
    if fixed or await page.evaluate(READ) == language:
        return
    await page.context.add_cookies([{"name": "vigie_language", "value": language, "url": page.url}])
    if await page.locator("select.language").count():
        await _choose(page, language)
        return
    # Who is signed in chose on a live page: there it is kept with their account.
    other = await page.context.browser.new_context(storage_state=await page.context.storage_state())  # type: ignore[union-attr]
    home = await other.new_page()
    await home.goto(urljoin(page.url, "/"))
    # Nobody is signed in, or their only page is this one: then the browser's choice counts.
    if "/sign-in" not in home.url and urlsplit(home.url).path != urlsplit(page.url).path:
        await expect(home.locator("select.language")).to_be_attached(timeout=SLOW_MS)
        await _choose(home, language)
    await other.close()
    typed = await page.evaluate(TYPED)
    await page.reload()
    await page.evaluate(
        "typed => document.querySelectorAll('input').forEach((one, n) => (one.value = typed[n]))", typed
    )
    await holds(page, f"{READ} === '{language}'")


async def _choose(page: Page, language: str) -> None:
    async with asyncio.timeout(SLOW_MS / 1000):
        while await page.evaluate(READ) != language:
            await page.evaluate(CHOOSE, language)  # a page that has just come is not yet heard
            await asyncio.sleep(0.3)


async def cramped(page: Page, languages: Iterable[str], sizes: Iterable[dict[str, int]] = (WHOLE, SMALL)) -> list[str]:
    """What is wrong, each with its language and size; the page is left in English and large."""
    wrong: list[str] = []
    await page.evaluate(FINDS)
    for language in languages:
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
    await speak(page, "en")
    return wrong

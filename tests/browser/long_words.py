"""A page in each language and size: what of its words is cut, parted, over an edge, over others, or out of reach."""

from collections.abc import Iterable
from pathlib import Path

from playwright.async_api import Page

from tests.browser.every_page import WHOLE
from tests.browser.served import holds

LANGUAGES = ("fr", "nl", "de", "en-XA")
SMALL = {"width": 1366, "height": 768}
FINDS = (Path(__file__).parent / "zoom.js").read_text()
# The page has its chooser, and the pseudo-language stands in none.
CHOOSE = """(language) => {
  const chooser = document.querySelector("select.language");
  if (![...chooser.options].some(({ value }) => value === language)) chooser.append(new Option(language, language));
  chooser.value = language;
  chooser.dispatchEvent(new Event("change"));
}"""


async def speak(page: Page, language: str) -> None:
    """The page reads this language. A live one changes in its place; a paper and a sign-in are read anew; a file has one."""
    if page.url.startswith("file:") or await page.evaluate("document.documentElement.lang") == language:
        return
    await page.context.add_cookies([{"name": "vigie_language", "value": language, "url": page.url}])
    if await page.locator("select.language").count():
        await page.evaluate(CHOOSE, language)
    else:
        await page.reload()
    await holds(page, f"document.documentElement.lang === '{language}'")


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
            wrong += [f"{language} {size['width']}x{size['height']} {one}" for one in found]
    await page.set_viewport_size(WHOLE)
    await speak(page, "en")
    return wrong

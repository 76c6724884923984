"""No page keeps a word of another language: each is walked in English, and at every stop it is switched to French, Dutch, German
and the pseudo-language, in which whatever is not in ⟦ ⟧ was never translated or was left behind by the switch.

`tests/words/unsaid.py` has what is the same in every language on purpose. What a hand did on the page stays through each switch.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from maps.zones import Zones
from reports.catalogue import PSEUDO, WRITTEN, catalogue, folders
from tests.browser.every_page import OF_A_DESK, Pages, desk_with_a_past, technician, training
from tests.browser.served import SLOW_MS, Served, served
from tests.dashboard.conftest import DEVICE
from tests.words.unsaid import LETTER, data

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
FINDER = (Path(__file__).parent / "words.js").read_text(encoding="utf-8")

LIVE = "!!document.getElementById('channel')"

# Where data stands that is no name: streets on a map, what somebody typed to find, what was handed over, and the place of an
# order, which stands as it was sent.
DATA = (
    ".street-name",
    "div.sight > div > p.where",
    "div.asked > ul.chips > li > b",
    "section > p.note",
    "section > p.note > b",
)


def _left(said: list[dict[str, str]]) -> set[str]:
    said = [one for one in said if not one["where"].endswith(DATA)]
    found = {(one["where"], " ".join(data().sub(" ", " ".join(one["text"].split())).split())) for one in said}
    return {f"{text}  <- {where}" for where, text in found if LETTER.search(text)}


def _english(language: str) -> set[str]:
    """The English texts that read otherwise in a language, wherever they stand."""
    own, other = set(), set()
    for folder in folders():
        for message in catalogue(language, folder):
            if isinstance(message.id, str) and message.id and isinstance(message.string, str):
                (own if message.string == message.id else other).add(message.id)
                own.add(message.string)
    return other - own


async def read(page: Page, language: str) -> None:
    """Have a page in a language: a live one by its own wish, another by the browser's choice."""
    if await page.evaluate(LIVE):
        await page.wait_for_function("() => !!window.vigieLine?.send")
        await page.evaluate("(language) => vigieLine.send({ do: 'prefer', language })", language)
        await page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    else:
        await page.context.add_cookies([{"name": "vigie_language", "value": language, "url": page.url}])
        await _prefer(page, language)
    await page.evaluate(FINDER)


async def _prefer(page: Page, language: str) -> None:
    """Who is signed in at a document's browser reads this, as they say on a live page."""
    here = page.url
    await page.goto("/".join(here.split("/")[:3]) + "/operator")
    if await page.evaluate(LIVE):
        await page.wait_for_function("() => !!window.vigieLine?.send")
        await page.evaluate("(language) => vigieLine.send({ do: 'prefer', language })", language)
        await page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    await page.goto(here)


async def wrong(page: Page, languages: tuple[str, ...]) -> dict[str, set[str]]:
    """What stands on a page in another language than it reads, and what a switch took from a hand; it is left in English."""
    await page.evaluate(FINDER)
    before = await page.evaluate("words.hand(true)")
    found: dict[str, set[str]] = {}
    for language in (*languages, PSEUDO):
        await read(page, language)
        await page.evaluate("words.settled()")
        if language == PSEUDO:
            for _ in range(20):  # the map's words, and what is asked for anew, come in their own time
                found[language] = _left(await page.evaluate("words.untranslated()"))
                if not found[language]:
                    break
                await page.evaluate("words.settled()")
        else:
            english = _english(language)
            said = [one for one in await page.evaluate("words.texts()") if not one["where"].endswith(DATA)]
            parts = {part.strip() for one in said for part in one["text"].split(" · ")}
            found[language] = {part for part in parts & english if not data().fullmatch(part)}
    after = await page.evaluate("words.hand()")
    await read(page, "en")
    after["scrolled"] = (await page.evaluate("words.hand()"))["scrolled"]  # longer words need more room
    if await page.evaluate(LIVE):  # a document is made anew
        found["the hand"] = {
            f"{name}: {before[name]} -> {after[name]}" for name in after if before[name] != after[name]
        }
    return {language: texts for language, texts in found.items() if texts}


async def _found(pages: Pages, languages: tuple[str, ...]) -> dict[str, dict[str, set[str]]]:
    """A saved file is in the language it was made in."""
    looked = ((name, await wrong(page, languages)) async for name, page in pages if page.url.startswith("http"))
    return {name: bad async for name, bad in looked if bad}


def _none(found: dict[str, dict[str, set[str]]]) -> None:
    assert found == {}, json.dumps(found, indent=1, default=sorted, ensure_ascii=False)


@pytest.mark.parametrize("of", OF_A_DESK, ids=lambda of: of.__name__)
async def test_no_page_keeps_a_word_of_another_language(
    tmp_path: Path, zones: Zones, of: Callable[[Served], Pages]
) -> None:
    """One language for each walk, in turn; `prove` walks in all of them."""
    one = WRITTEN[[*OF_A_DESK].index(of) % len(WRITTEN)]
    async with desk_with_a_past(tmp_path, zones) as desk:
        _none(await _found(of(desk), (one,)))


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_no_page_of_any_room_keeps_a_word_of_another_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, zones: Zones
) -> None:
    found: dict[str, dict[str, set[str]]] = {}
    for of in OF_A_DESK:
        (folder := tmp_path / of.__name__).mkdir()
        async with desk_with_a_past(folder, zones) as desk:
            found |= await _found(of(desk), WRITTEN)
    for name, pages in (("bench", lambda at: technician(monkeypatch, at)), ("training", training)):
        (folder := tmp_path / name).mkdir()
        found |= await _found(pages(folder), WRITTEN)
    _none(found)


async def test_a_switch_in_the_middle_of_an_incident_takes_nothing_from_the_hand_and_is_each_persons_own(
    tmp_path: Path, zones: Zones
) -> None:
    """By the chooser, with a half-typed note: nothing is loaded anew, the person's other page goes along, a colleague's not."""
    async with served(tmp_path, zones, {"Mieke Proef": "dispatcher", "Jan Proef": "dispatcher"}) as desk:
        await desk.house.press()
        for n in range(2, 30):
            await desk.house.press(f"AMR-{n:05}")
        page, beside, colleague = [await desk.page(who) for who in ("Mieke Proef", "Mieke Proef", "Jan Proef")]
        row = page.locator("#queue [data-incident]").filter(has_text=DEVICE)
        await row.locator(".pick").click(timeout=SLOW_MS)
        await page.get_by_role("button", name=re.compile("^Acknowledge")).click()
        await expect(row).to_have_attribute("data-state", "acknowledged")
        await page.wait_for_function("() => performance.now() > 2500")
        await page.keyboard.press("n")
        note = page.locator("#case form.form textarea, #case form.form input").locator("visible=true").first
        await note.fill("Her brother is on the li")
        await page.locator("#queue .scroller, #queue ol").first.evaluate("(list) => (list.scrollTop = 40)")
        await page.evaluate(FINDER)
        before = await page.evaluate("words.hand(true)")
        chooser = page.locator("#top select.language")
        for language in WRITTEN:
            await page.evaluate(
                "([chooser, code]) => { chooser.value = code; chooser.dispatchEvent(new Event('change')); }",
                [await chooser.element_handle(), language],
            )
            await page.wait_for_function("code => document.documentElement.lang === code", arg=language)
            await beside.wait_for_function("code => document.documentElement.lang === code", arg=language)
            assert await page.evaluate("words.hand()") == before
            assert await colleague.evaluate("document.documentElement.lang") == "en"
        await expect(note).to_be_focused()
        await page.keyboard.type("ne.")
        await page.keyboard.press("Control+Enter")
        await colleague.locator("#queue [data-incident]").filter(has_text=DEVICE).locator(".pick").click()
        await expect(colleague.locator("body")).to_contain_text("Her brother is on the line.", timeout=SLOW_MS)

"""A page in another language: how it comes to read one, and what stands on it then that is in none or in another.

`tests/words/unsaid.py` has what is the same in every language on purpose.
"""

import json
import re
from functools import cache
from pathlib import Path

import msgspec
from playwright.async_api import Page

from reports.catalogue import PSEUDO, catalogue, folders
from tests.browser.served import KEPT, holds
from tests.words.unsaid import data, strings, unsaid
from training.recordings import SHIPPED as RECORDINGS
from training.scenarios import SHIPPED, read_scenario

# What people wrote on these pages; where she is goes by names that no table of this file has.
SHORTEST = 5  # letters: a shorter word of a file stands within others
BY_PEOPLE = ("Tech Fictief", "test: ", "(copy)")
NEAR = re.compile(r"nééààr [^,⟧(·]+")
FINDER = (Path(__file__).parent / "words.js").read_text(encoding="utf-8")
LIVE = "!!document.getElementById('channel')"
# A page without a script of its own says it of its main part alone.
READ = "(document.querySelector('main[lang]') ?? document.documentElement).lang"
TYPED = "[...document.querySelectorAll('input')].map(({ value }) => value)"
RETYPE = "typed => document.querySelectorAll('input').forEach((one, n) => (one.value = typed[n]))"
# Where data stands that is no name: streets on a map, what somebody typed to find, what was handed over, the place of an
# order, which stands as it was sent, and where a record stands in the log.
DATA = (
    ".street-name",
    "g.streets > text",
    "g.numbers > text",
    "div.address > p.named > span.name",
    "div.sight > div > p.where",
    "div.asked > ul.chips > li > b",
    "section > p.note",
    "section > p.note > b",
    "div.sight > figure.map > svg @aria-label",
    "section.card.join > p.code",
    "dl > div > dd > code",
    "> bdi",  # of a case and its steps: names and what somebody wrote
)


async def speak(page: Page, language: str) -> None:
    """Have a page read this language: a live one changes in its place, a paper is read anew. A saved file has one of its own."""
    if page.url.startswith("file:") or await page.evaluate(READ) == language:
        return
    await page.context.add_cookies([{"name": "vigie_language", "value": language, "url": page.url}])
    if await page.evaluate(LIVE):
        await _wish(page, language)
        return
    if keep := KEPT.get(page.context):
        keep(language)
    else:
        await _at_home(page, language)
    typed = await page.evaluate(TYPED)
    await page.reload()
    await page.evaluate(RETYPE, typed)
    await holds(page, f"{READ} === '{language}'")


async def _wish(page: Page, language: str) -> None:
    await holds(page, "!!window.vigieLine?.send")
    await page.evaluate("(language) => vigieLine.send({ do: 'prefer', language })", language)
    await holds(page, f"{READ} === '{language}'")


async def _at_home(page: Page, language: str) -> None:
    """Who is signed in chooses on a live page of theirs, in another process: there it is kept with their account."""
    for other in page.context.pages:
        if other is not page and await other.evaluate(LIVE):
            await _wish(other, language)


@cache
def _english(language: str) -> set[str]:
    """The English texts that read otherwise in a language, wherever they stand."""
    own, other = set(), set()
    for folder in folders():
        for message in catalogue(language, folder):
            if isinstance(message.id, str) and message.id and isinstance(message.string, str):
                (own if message.string == message.id else other).add(message.id)
                own.add(message.string)
    return other - own


@cache
def _written() -> tuple[str, ...]:
    """What people wrote that stands on these pages: the shipped scenarios and recordings, an order's place as it was sent."""
    scenarios = [read_scenario(path.read_text(encoding="utf-8")) for path in sorted(SHIPPED.glob("*.yaml"))]
    heads = [json.loads(path.read_text(encoding="utf-8").partition("\n")[0]) for path in sorted(RECORDINGS.iterdir())]
    lines = {line for text in strings([msgspec.to_builtins(scenarios), heads]) for line in text.splitlines()}
    return (*BY_PEOPLE, *sorted(line for line in lines if len(line) > SHORTEST))


async def _said(page: Page) -> list[dict[str, str]]:
    return [one for one in await page.evaluate("words.texts()") if not one["where"].endswith(DATA)]


async def _unsaid(page: Page) -> set[str]:
    for _ in range(20):  # the map's words, and what is asked for anew, come in their own time
        found = {
            f"{word}  <- {one['where']}"
            for one in await _said(page)
            for word in unsaid(NEAR.sub("", one["text"]), *_written())
        }
        if not found:
            break
        await page.evaluate("words.settled()")
    return found


async def _in_english(page: Page, language: str) -> set[str]:
    parts = {part.strip() for one in await _said(page) for part in one["text"].split(" · ")}
    # What is read in an exercise is in the language of the exercise.
    return {part for part in parts & _english(language) - {*_written()} if not data().fullmatch(part)}


async def left_behind(page: Page, *languages: str) -> dict[str, set[str]]:
    """What stands on a page in another language than it reads, and what a switch took from a hand; it is left in the last one.

    A saved file is in the language it was made in.
    """
    if not page.url.startswith("http"):
        return {}
    await page.evaluate(FINDER)
    await page.evaluate("words.settled()")
    before = await page.evaluate("words.hand(true)")
    found: dict[str, set[str]] = {}
    for language in (PSEUDO, *languages):
        await speak(page, language)
        await page.evaluate(FINDER)
        await page.evaluate("words.settled()")
        found[language] = await (_unsaid(page) if language == PSEUDO else _in_english(page, language))
    after = await page.evaluate("words.hand()")
    if await page.evaluate(LIVE):  # a document is made anew
        found["the hand"] = {
            # Longer words need more room.
            f"{name}: {before[name]} -> {after[name]}"
            for name in after
            if name != "scrolled" and before[name] != after[name]
        }
    return {name: texts for name, texts in found.items() if texts}

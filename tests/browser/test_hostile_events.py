"""Every text of every event there is, written by an enemy: on each page, and in the list of devices, it stays words.

The list is the code's own: a new event, or a new fact of one, is in it without being named here.
"""

import asyncio
import csv
import io
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, expect

from incidents.events import EVENT_TYPES, Event
from incidents.log import LogUnavailable
from maps.zones import Zones
from tests.browser.every_page import desk_with_a_past
from tests.browser.served import SLOW_MS, Served
from tests.browser.test_saved_files import TRICKS
from tests.incidents.log.samples.types import event_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

# Short ones: they stand where a name or a code does, too.
ENEMYS = [trick for trick in TRICKS if len(trick) < 60] + [
    "=1+1",
    ";@SUM(1)",
    "../../etc/passwd",
    "a\nvigie: all is well",
]
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
FORMULA = re.compile(r"(^|[;\n|])[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def hostile(value: Any, trick: str) -> Any:
    """The facts of an example with an enemy's words in the place of every text that may be any."""
    match value:
        case str() if value.startswith("voorbeeld-"):
            return trick
        case list():
            return [hostile(one, trick) for one in value]
        case dict():
            return {name: hostile(one, trick) for name, one in value.items()}
    return value


def written(tag: str, trick: str) -> Event:
    event = event_of(tag)
    return msgspec.convert(hostile(msgspec.to_builtins(event), trick), type(event))


async def enter(desk: Served) -> int:
    """Have them all in one incident's stream and in the audit's; how many texts there are."""
    incident = await desk.house.press(ENEMYS[0])
    texts, entered = 0, set()
    for n, tag in enumerate(sorted(EVENT_TYPES)):
        trick = ENEMYS[n % len(ENEMYS)]
        event = written(tag, trick)
        for stream in (f"incident/{incident.id}", "audit/2026-11"):
            try:
                await desk.house.desk.note(
                    stream, event, id=f"{stream[:5]}-{n:04}", actor=desk.house.desk.pseudonym(trick)
                )
                texts += str(msgspec.to_builtins(event)).count(trick[:3])
                entered.add(tag)
            except LogUnavailable:
                raise
            except Exception as error:  # some make no sense after another, and are refused whole
                assert trick not in str(error)
    assert EVENT_TYPES.keys() - entered == set(), "nothing was tried of it"
    return texts


async def unharmed(page: Page) -> str:
    await page.wait_for_timeout(300)  # a script or a request of it would have come
    assert await page.title() != "owned"
    planted = (
        "iframe, base, object, embed, plaintext, img[src=x], [onload], [onerror], [ontoggle], meta[http-equiv=refresh]"
    )
    assert await page.evaluate(f"document.querySelectorAll({planted!r}).length") == 0
    text = str(await page.evaluate("document.documentElement.innerText"))
    assert not TURNS.search(text)
    return text


async def test_every_text_of_every_event_stays_words_on_pages_and_in_the_device_list(
    tmp_path: Path, zones: Zones
) -> None:
    asked: list[str] = []
    pages: dict[str, Page] = {}
    async with desk_with_a_past(tmp_path, zones) as desk:
        assert await enter(desk) > 100
        auditing = desk.house.consoles.services.auditing
        assert auditing is not None
        reading = asyncio.create_task(auditing.run())
        for who, path, shown in (
            ("Mieke Proef", "/operator", "#queue .alarm"),
            ("Sofie Proef", "/supervisor", "#floor .alarm"),
            ("Anna Proef", "/auditor", "#list tbody tr"),
            ("Tech Proef", "/bench", "#device"),
        ):
            page = pages[who] = await desk.page(who, path, width=1920, height=1080)
            page.on("request", lambda request: asked.append(request.url))
            await expect(page.locator(shown).first).to_be_visible(timeout=SLOW_MS)
            if path == "/operator":
                await page.locator("#queue .alarm .pick").first.click()
                await expect(page.locator("#case .history li").nth(5)).to_be_visible(timeout=SLOW_MS)
            if path == "/supervisor":
                await page.locator("#floor .alarm .pick").first.click()
                await expect(page.locator("#opened .records tr").nth(20)).to_be_visible(timeout=SLOW_MS)
                text = await unharmed(page)
                assert sum(trick in text for trick in ENEMYS if trick.isprintable()) > 10
            await unharmed(page)
        for who, paths in (
            ("Mieke Proef", ("/sheet", "/figures")),
            ("Sofie Proef", ("/devices", "/drills", "/figures")),
        ):
            page = pages[who]
            for path in paths:
                await page.goto(f"{desk.url}{path}")
                await unharmed(page)
        asked_for, headers = {"why": "magistrate"}, {"Origin": desk.url}
        table = await page.request.post(f"{desk.url}/devices.csv", form=asked_for, headers=headers)
        assert table.ok and "attachment" in table.headers["content-disposition"]
        cells = [cell for row in csv.reader(io.StringIO(await table.text()), delimiter=";") for cell in row]
        assert not [cell for cell in cells if FORMULA.search(cell) or TURNS.search(cell)]
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        assert not [url for url in asked if not url.startswith((desk.url, "data:", "blob:"))]

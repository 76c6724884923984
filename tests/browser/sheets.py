"""Contact sheets: each page, with what can be open on it, in every language, size and theme. Made to be looked at."""

import re
import tempfile
from collections.abc import Callable
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page

from maps.zones import Zones
from tests.browser.every_page import OF_A_DESK, WHOLE, Pages, desk_with_a_past, keeper, technician, training
from tests.browser.languages import speak
from tests.browser.long_words import SMALL

SHOWN = ("en", "fr", "nl", "de")
THEMES = ("dark", "light")
SCALE = 0.5
GAP_PX = 8


def at_the_desk(of: Callable[..., Pages]) -> Callable[[Path], Pages]:
    async def walk(folder: Path) -> Pages:
        async with desk_with_a_past(folder, Zones.load()) as desk:
            async for state in of(desk):
                yield state

    return walk


async def bench(folder: Path) -> Pages:
    with pytest.MonkeyPatch.context() as patch:
        async for state in technician(patch, folder):
            yield state


WALKS: dict[str, Callable[[Path], Pages]] = {
    **{of.__name__: at_the_desk(of) for of in OF_A_DESK},
    "bench": bench,
    "keeper": keeper,
    "training": training,
}


async def lit(page: Page, theme: str) -> None:
    """The page in a theme; a map is drawn anew in it."""
    await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # a saved file is as its reader's system
    await page.evaluate(
        """theme => { if (!document.documentElement.dataset.theme) return;
        document.documentElement.dataset.theme = theme; document.dispatchEvent(new Event("vigie:theme")); }""",
        theme,
    )


async def sheet(page: Page) -> Image.Image:
    """One page: a column for each language, a row for each size and theme."""
    rows = list(product((WHOLE, SMALL), THEMES))
    wide = round(WHOLE["width"] * SCALE) + GAP_PX
    heights = [round(size["height"] * SCALE) + GAP_PX for size, _ in rows]
    made = Image.new("RGB", (wide * len(SHOWN), sum(heights)), "#808080")
    for column, language in enumerate(SHOWN):
        await speak(page, language)
        for row, (size, theme) in enumerate(rows):
            await page.set_viewport_size(size)
            await lit(page, theme)
            await page.evaluate("new Promise((drawn) => setTimeout(drawn, 300))")
            shot = Image.open(BytesIO(await page.screenshot()))
            small = shot.resize((round(shot.width * SCALE), round(shot.height * SCALE)), Image.Resampling.LANCZOS)
            made.paste(small, (column * wide, sum(heights[:row])))
    await page.set_viewport_size(WHOLE)
    await lit(page, "dark")
    await speak(page, "en")
    return made


async def sheets(folder: Path, names: list[str]) -> None:
    """Every page of these walks, each on a sheet of its own: `<walk>-<what is open>.png` in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        with tempfile.TemporaryDirectory() as kept:
            async for state, page in WALKS[name](Path(kept)):
                (await sheet(page)).save(folder / f"{name}-{re.sub(r'[^a-z]+', '-', state.lower())}.png")

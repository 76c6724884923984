"""French and German are a third longer than English: on every page words have room, in each language and on both screens."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.every_page import OF_A_DESK, Pages, technician, training
from tests.browser.long_words import LANGUAGES, cramped
from tests.browser.served import Served
from tests.browser.test_every_page import desk

__all__ = ["desk"]
pytestmark = [pytest.mark.browser, pytest.mark.prove, pytest.mark.timeout(1200)]


async def all_wrong(pages: Pages) -> str:
    return "\n".join([f"{name}: {one}" async for name, page in pages for one in await cramped(page, LANGUAGES)])


@pytest.mark.parametrize("of", OF_A_DESK, ids=lambda of: of.__name__)
async def test_in_each_language_all_words_have_room(desk: Served, of: Callable[[Served], Pages]) -> None:
    assert not (wrong := await all_wrong(of(desk))), wrong


async def test_in_each_language_all_words_of_the_bench_have_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not (wrong := await all_wrong(technician(monkeypatch, tmp_path))), wrong


async def test_in_each_language_all_words_of_the_training_room_have_room(tmp_path: Path) -> None:
    assert not (wrong := await all_wrong(training(tmp_path))), wrong

"""The sheets for users: who may open them, in which language, and that they name words, buttons and keys as the pages do."""

import html
import re

import pytest

from dashboard.access.accounts import Accounts
from dashboard.documents.guide.page import ADDRESSES, FOLDER, KEYS, PICTURES, Sheet, capitals, facts
from dashboard.i18n.words import words
from reports.catalogue import LANGUAGES, PSEUDO, named, translator
from tests.dashboard.access.test_sign_in import Site, cookie_of
from tests.dashboard.documents.conftest import in_each_role
from tests.dashboard.scripts import key_tables

GAP = re.compile(r"\{([^{}]+)\}")
LARGEST_BYTES = 1_600_000  # of all pictures together
SHOWN = {"operator": 4, "supervisor": 2, "trainer": 2}  # the others have none
# What a page calls a button and a sentence of a sheet may say as a word like any other.
ALSO_WORDS = {"en": {"Note"}, "de": {"Notiz"}}


def sentences(sheet: Sheet, language: str) -> dict[str, str]:
    """A sheet's sentences with their gaps."""
    return named(translator(language), FOLDER, sheet)


@pytest.mark.parametrize("path", [f"/{at}" for at in ADDRESSES.values()])
async def test_everybody_who_is_signed_in_may_open_a_sheet_and_nobody_else(
    site: Site, accounts: Accounts, path: str
) -> None:
    status, _, headers = await site.ask(path)
    assert (status, headers["Location"]) == (302, "./sign-in" if path.count("/") == 1 else "../sign-in")
    async for role, cookie in in_each_role(site, accounts):
        status, page, headers = await site.ask(path, Cookie=cookie)
        assert (status, headers["Cache-Control"]) == (200, "no-store"), role
        assert "{" not in page, "a gap stayed open"


async def test_a_sheet_is_in_its_readers_language_or_in_the_one_asked_for(site: Site) -> None:
    cookie = cookie_of(await site.enter())
    for path, language in (
        ("/guide", "nl"),
        ("/guide?language=fr", "fr"),
        ("/guide?language=xx", "nl"),
        ("/guide?language=", "nl"),
        (f"/guide?language={'fr' * 5000}", "nl"),
        ("/guide?language=%22%3E%3Cscript%3E", "nl"),
    ):
        _, page, _ = await site.ask(path, Cookie=cookie, Accept_Language="nl-BE,nl")
        assert f'<html lang="{language}">' in page and "script>" not in page, path
        assert html.escape(sentences("operator", language)["lead"]) in page


async def test_a_picture_is_served_as_one(site: Site) -> None:
    cookie = cookie_of(await site.enter())
    for at in ADDRESSES.values():
        _, page, _ = await site.ask(f"/{at}?language=de", Cookie=cookie)
        pictures = re.findall(r'<img[^>]* src="(?:\.\./)?(assets/[^"]+/de/[^"]+)" alt="[^"]{20,}"', page)
        assert len(pictures) == page.count("<img")
        for picture in pictures:
            status, _, headers = await site.ask(f"/{picture}")
            assert (status, headers["Content-Type"]) == (200, "image/webp"), picture


@pytest.mark.parametrize("language", [*LANGUAGES, PSEUDO])
@pytest.mark.parametrize("sheet", ADDRESSES)
def test_every_name_in_a_sheet_is_one_of_the_pages(sheet: Sheet, language: str) -> None:
    said = words(translator(language))
    made = facts(sheet, translator(language), "")["s"]
    assert isinstance(made, dict)
    for name, text in sentences(sheet, language).items():
        for gap in GAP.findall(text):
            if not gap.startswith("key."):
                word = capitals(said[gap[:-1]]) if gap.endswith("^") else said[gap]
                assert word and "{" not in word, (name, gap)
                assert str(made[name]).count(html.escape(word)) >= 1


def test_what_a_word_begins_with_in_capitals_is_read_past_a_space_that_never_breaks() -> None:
    assert capitals("UNTER\u00a0ZWANG:\u00a0{word}") == "UNTER ZWANG" and capitals("LOST since {time}") == "LOST"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_button_is_named_otherwise_than_on_its_page(language: str) -> None:
    """A button that is typed instead of taken from the catalogue would stay as it is when the button gets another name."""
    said = words(translator(language))
    buttons = {said[name] for name in said if name.startswith("do.")} - ALSO_WORDS.get(language, set())
    for sheet in ADDRESSES:
        for name, text in sentences(sheet, language).items():
            # A word with a capital after the beginning of a sentence: what a button is written with.
            inside = re.sub(r"(^|[.:?!] |\n)\W*\w+", r"\1", GAP.sub("", text))
            for button in buttons:
                assert not re.search(rf"(?<!\w){re.escape(button)}(?!\w)", inside), (sheet, name, button)


def test_the_keys_of_the_sheets_are_those_of_the_page() -> None:
    for language in LANGUAGES:
        used = {
            gap.removeprefix("key.")
            for sheet in ADDRESSES
            for text in sentences(sheet, language).values()
            for gap in GAP.findall(text)
            if gap.startswith("key.")
        }
        assert used == set(KEYS), language
    rows = key_tables()["operator"]
    pages = {row.get("name") or row["words"].removeprefix("key_"): written(row["key"]) for row in rows}
    assert {name: pages.get(name) for name in KEYS} == dict(KEYS)


def written(key: str) -> str:
    """A key as the pages write it."""
    plain = key.replace("shift+", "⇧")
    if len(many := plain.split(" ")) > 3:
        return f"{many[0]}–{many[-1]}"
    return plain.upper() if len(plain.removeprefix("⇧")) == 1 else plain


def test_each_language_has_its_pictures_and_together_they_are_small() -> None:
    found = {one: sorted(path.name for path in (PICTURES / one).iterdir()) for one in LANGUAGES}
    assert all(names == found["en"] for names in found.values())
    assert len(found["en"]) == sum(SHOWN.values())
    assert sum(path.stat().st_size for path in PICTURES.rglob("*.webp")) < LARGEST_BYTES

"""The catalogues are whole: up to date with the code, nothing empty, every {gap} and form there, written as each language is."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from reports.catalogue import ROOT, WRITTEN, catalogue, folders
from tests.words.update import updated

GAP = re.compile(r"\{[^}]*\}")
# Addresses, signs that may be typed, a line of a file.
VERBATIM = re.compile(r"\w+://\S+|- \. / :|touche \?|located: false")
FIRM = "\u00a0\u202f"
# Signs that the language does not quote with.
QUOTES = {"fr": '"“”„‘', "nl": '"„«»', "de": '"«»‘'}


def _texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _said(language: str) -> Iterator[tuple[str, Message, str, str]]:
    """Each translated text: its folder, its message, its English, itself."""
    for folder in folders():
        for message in catalogue(language, folder):
            if message.id:
                ids = _ids(message)
                for n, text in enumerate(_texts(message)):
                    yield folder, message, ids[min(n, len(ids) - 1)], text


def test_every_catalogue_is_up_to_date_with_the_code() -> None:
    """`python -m tests.words.update` writes what is missing."""
    made = updated()
    stale = [str(path.relative_to(ROOT)) for path, text in made.items() if path.read_text(encoding="utf-8") != text]
    assert stale == []
    there = {path for folder in folders() for path in (ROOT / folder / "locale").iterdir()}
    assert there - made.keys() == set()


@pytest.mark.parametrize("language", WRITTEN)
def test_nothing_waits_for_its_translation(language: str) -> None:
    waiting = [(folder, english) for folder, message, english, text in _said(language) if not text or message.fuzzy]
    assert waiting == []


@pytest.mark.parametrize("language", WRITTEN)
def test_the_gaps_are_those_of_the_english_and_a_number_has_all_its_forms(language: str) -> None:
    """The form of one may leave its number out, in English too."""
    wrong = []
    for folder, message, english, text in _said(language):
        wanted, found = set(GAP.findall(english)), set(GAP.findall(text))
        of_any = set().union(*(GAP.findall(one) for one in _ids(message)))
        if isinstance(message.id, str):
            fits = found == wanted
        else:
            fits = wanted - {"{n}"} <= found <= of_any and len(_texts(message)) == 2
        if not fits:
            wrong.append((folder, english, text))
    assert wrong == []


@pytest.mark.parametrize("language", WRITTEN)
def test_what_english_shouts_is_shouted(language: str) -> None:
    """A word in capitals is read from across the room: CONNECTION LOST."""

    def shouts(text: str) -> bool:
        bare = GAP.sub("", text)
        return bare.isupper() and any(len(word) > 3 for word in re.findall(r"[^\W\d_]+", bare))

    wrong = [
        (folder, english, text)
        for folder, _, english, text in _said(language)
        if shouts(english) and not GAP.sub("", text).replace("ß", "SS").isupper()
    ]
    assert wrong == []


def test_french_sets_its_signs_off_by_a_space_that_never_breaks() -> None:
    wrong = []
    for folder, _, english, text in _said("fr"):
        bare = VERBATIM.sub("", GAP.sub("x", text))
        if re.search(rf"[^{FIRM}][;!?](?!\w)|[^{FIRM}\d]:(?=\s|$)|«[^{FIRM}]|[^{FIRM}]»", bare) or "'" in text:
            wrong.append((folder, english, text))
    assert wrong == []


@pytest.mark.parametrize("language", WRITTEN)
def test_words_are_quoted_as_the_language_quotes(language: str) -> None:
    wrong = [
        (folder, english, text) for folder, _, english, text in _said(language) if set(text) & set(QUOTES[language])
    ]
    assert wrong == []


@pytest.mark.parametrize("language", WRITTEN)
def test_a_sentence_in_the_code_is_translated_the_same_in_every_folder(language: str) -> None:
    found: defaultdict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for folder in folders():
        for message in catalogue(language, folder):
            if message.id and not message.context:
                found[_ids(message)].add(_texts(message))
    assert {ids: texts for ids, texts in found.items() if len(texts) > 1} == {}

"""The catalogues say the field's own words: those of `docs/glossary.md`, and none that mean another thing to a dispatcher."""

import re
from collections.abc import Iterator

import pytest

from reports.catalogue import ROOT, WRITTEN, catalogue, folders, translator

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
_PLACE = re.compile(r"`([\w/]+:[\w.>/-]+)`")
_ABOVE = ("dashboard/components", "dashboard", "")


def rows(begins: str, ends: str, columns: int) -> Iterator[list[str]]:
    """The cells of each row of the tables between two headings, the heads of the tables apart."""
    part = GLOSSARY[GLOSSARY.index(begins) : GLOSSARY.index(ends)]
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == columns and set(cells[0]) != {"-"}:
            yield cells


def text_at(language: str, place: str) -> str:
    """What stands in a language at `folder:name`, as one reads it."""
    folder, _, name = place.partition(":")
    path = next(found for above in _ABOVE if (found := f"{above}/{folder}".lstrip("/")) in folders())
    return plain(translator(language).named(path)[name])


def plain(text: str) -> str:
    return " ".join(text.replace("\x1f", " ").replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'").split())


def alternatives(cell: str) -> set[str]:
    """What a cell allows: each word by itself, with what stands in brackets and without."""
    bare = re.sub(r"\*\*[VPD]\*\*|[«»“”„\"*]", "", cell)
    found: set[str] = set()
    for text in (re.sub(r"\([^)]*\)", "", bare), re.sub(r"[()]", "", bare)):
        parts = re.split(r"[,;/]|\bor\b|\bshort\b|\bstate\b|\bbutton\b|\bin reports\b", text)
        found |= {plain(part).lower().strip(" :") for part in parts}
    return {one for one in found if len(one) > 1}


def says(text: str, term: str) -> bool:
    """Whether a text has a term, its ending apart."""
    text = text.lower()
    return term in text or (len(term) > 5 and term[:-1] in text) or (len(term) > 8 and term[:-2] in text)


TERMS = [cells for cells in rows("## 1. The terms", "## 3. Style", 7) if cells[0] != "EN"]
PLACED = [(cells, place) for cells in TERMS for place in _PLACE.findall(cells[6])]


def test_the_glossary_has_its_terms_and_says_where_they_stand() -> None:
    assert len(TERMS) > 110 and len(PLACED) > 100


@pytest.mark.parametrize("language", WRITTEN)
def test_a_term_is_said_where_the_glossary_says_that_it_stands(language: str) -> None:
    column = 1 + WRITTEN.index(language)
    found = {(cells[0], place, text_at(language, place)): alternatives(cells[column]) for cells, place in PLACED}
    assert {at: allowed for at, allowed in found.items() if not any(says(at[2], term) for term in allowed)} == {}


@pytest.mark.parametrize("language", WRITTEN)
def test_one_english_word_of_two_meanings_is_two_words(language: str) -> None:
    pairs = [cells for cells in rows("## 5. For the catalogues", "**Word order.**", 5) if cells[0] != "English"]
    assert len(pairs) >= 5
    for cells in pairs:
        wanted = [plain(one) for one in cells[2 + WRITTEN.index(language)].split(" / ")]
        said = [text_at(language, place) for place in _PLACE.findall(cells[1])]
        assert said == wanted, cells[0]


@pytest.mark.parametrize("language", WRITTEN)
def test_no_word_that_means_another_thing_stands_in_a_catalogue(language: str) -> None:
    never = next(cells for cells in rows("## 5b. Words", "## 6. Thirty", 3) if cells[0] == language.upper())
    words = [plain(word).lower() for word in never[1].split(",")]
    apart = set(_PLACE.findall(never[2]))
    found = []
    for folder in folders():
        for message in catalogue(language, folder):
            texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
            said = plain(" ".join(texts)).lower()
            hits = [word for word in words if re.search(rf"\b{re.escape(word)}(e|s|n|en|es|er)?\b", said)]
            if message.id and hits and f"{folder}:{message.context}" not in apart:
                found.append((folder, message.context, hits, said))
    assert len(words) > 10 and found == []


@pytest.mark.parametrize("language", WRITTEN)
def test_the_thirty_sentences_stand_as_they_were_chosen(language: str) -> None:
    chosen = [cells for cells in rows("## 6. Thirty", "## 7. Sources", 6) if cells[0].isdigit()]
    english, own = translator("en"), translator(language)
    compared, other = 0, {}
    for number, where, source, *said in chosen:
        names = re.findall(r"`([\w.]+)`", where)
        for folder in folders():
            known = english.named(folder)
            for name in (name for name in names if _last(known.get(name, "")) == plain(source)):
                compared += 1
                if (text := _last(own.named(folder)[name])) != plain(said[WRITTEN.index(language)]):
                    other[number] = text
    assert len(chosen) == 30 and compared >= 28 and other == {}


def _last(text: str) -> str:
    """A sentence in its form for many."""
    return plain(text.split("\x1f")[-1])

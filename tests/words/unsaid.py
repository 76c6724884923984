"""Finding what a page or a paper says in no language: in the pseudo-language no letter of ours is a plain vowel.

It doubles and accents every vowel (`reports/catalogue.py`), so a word with a plain one was never translated, whether it stands
in a sentence's gap or outside of all ⟦ ⟧; or it is data, a code, a unit: `SAME`, and what each test says that people wrote.
"""

import io
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import msgspec
from pypdf import PdfReader

from maps.zones import Zones
from tests.dashboard.conftest import FewCases

# The same in every language, by the reason.
SAME: dict[str, str] = {
    "the product's name": r"Vigie",
    "keys, as they stand on a keyboard": r"Esc|Ctrl\+↵|Ctrl|Alt|(⇧ ?)?(Tab|\b[A-Z]\b)|⇧ ?\w\b",
    "the beginning of a pseudonym": r"#[A-Z2-7]{6}\b",
    "names of the languages, each in itself": r"(\b(FR|NL|DE|EN)\s+)?\b(Français|Nederlands|Deutsch|English)\b",
    "names of devices and feeds": r"AMR-\w+|SBBT-\w+|EX-\d+|112-app",
    "numbers of cases": r"\b\d{4}-\d{4}\b",
    "codes of the centres": r"\b(ANT|BRU|BWA|HAI|LIE|LIM|LUX|NAM|OVL|VBR|WVL)\b",
    "names of profiles, and of the interval of a share": r"\b(AMR|CIC|NENA-STA-020|NFPA 1225|Wilson|ISA-18\.2)\b",
    "forms of files": r"\b(PDF|CSV|JSON|HTML|ZIP)\b",
    "languages that somebody speaks, by ISO 639": r"\b(nl|fr|de|en|NL|FR|DE|EN)\b",
    "an address": r"https?://\S+",
    "units": r"\d[\d.,]*\s(s|m|km|h|min|km/h)\b",
    "days and months, by CLDR": r"\b(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?"
    r"|Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|(?:Octo|Novem|Decem)ber"
    r"|Oct|Nov|Dec)\b,?",
    "a pseudonym that the end of a line in a PDF parts": "|".join(
        rf"\b[a-z2-7]{{{16 - n}}} [a-z2-7]{{{n}}}\b" for n in range(1, 9)
    ),
    "digests, random ids, a passphrase": r"\b(?=\w*\d)[0-9a-f]{8,}\b|\b[a-z2-7]{15,}\b|\b(\w{5}-){4}\w{5}\b",
    "whose data the map is": r"©[^·]*",
    "the alphabet that words are spelled by": r"\b(Alfa|Bravo|Charlie|Delta|Echo|Foxtrot|Golf|Hotel|India|Juliett|Kilo|Lima|Mike"
    r"|November|Oscar|Papa|Quebec|Romeo|Sierra|Tango|Uniform|Victor|Whiskey|X-ray|Yankee|Zulu)\b",
}
PEOPLE = ("Mieke Proef", "Sofie Proef", "Tine Proef", "Tech Proef", "Anna Proef", "Wacht Gent", "D. Eerste", "trainer")
LETTER = re.compile(r"[^\W\d_]")
_PLAIN = re.compile(r"[^\W\d_]*[aeiouyAEIOUY][^\W\d_]*")
_READ = ("title", "alt", "aria-label", "aria-description", "placeholder")


def strings(fact: Any) -> Iterator[str]:
    """Every text in something made of dictionaries and lists."""
    if isinstance(fact, str):
        yield fact
    elif isinstance(fact, dict):
        for value in fact.values():
            yield from strings(value)
    elif isinstance(fact, list | tuple):
        for value in fact:
            yield from strings(value)


@cache
def data(*more: str) -> re.Pattern[str]:
    """Everything that is a name, a code, or a text of a case; `more` of it."""
    zones = Zones.load()
    known = {*strings(msgspec.to_builtins(FewCases().case)), *PEOPLE, *more}
    for name in zones.names.values():
        known |= {name, *name.split(" / ")}
    known |= {*zones.town_names, *(name for names in zones.town_names.values() for name in names)}
    named = sorted({text for text in known if LETTER.search(text)}, key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, named), *SAME.values()]))


def unsaid(text: str, *more: str) -> set[str]:
    """The words of a text in the pseudo-language that are in no language, each with what stands about it.

    `more`: what people wrote in it, or what is a code there.
    """
    left = data(*more).sub("§", " ".join(text.split()))
    return {left[max(0, found.start() - 25) : found.end() + 25] for found in _PLAIN.finditer(left)}


def none(found: dict[str, set[str]]) -> None:
    """By the paper, what of it is in no language."""
    assert not any(found.values()), "\n".join(f"{at[:40]}: {words}" for at, words in found.items() if words)


def of_page(page: str) -> str:
    """All that is read of a page: its texts, and the names that assistive technology reads."""
    reader = _Reader()
    reader.feed(page)
    return "\n".join(reader.said)


def of_pdf(content: bytes) -> str:
    """All words of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in ("script", "style")
        self.said += [value for name, value in attrs if name in _READ and value]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.said.append(data)

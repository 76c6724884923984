"""The words of every language: catalogues beside what they belong to, read by gettext's rules.

A folder that shows words has a folder `locale`: `vigie.pot`, its words in English, and `fr.po`, `nl.po`, `de.po`. A word that a
page or a paper knows by a name has that name as its context (`msgctxt`), `part/name` where the folder has several sets; a
sentence that stands in the code has none. `docs/languages.md` tells how one is added.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from reports.counted import BETWEEN, Counted

LANGUAGES: Final = ("en", "fr", "nl", "de")  # English is what the code is written in
WRITTEN: Final = LANGUAGES[1:]
# No language: English a third longer, accented, each sentence in brackets. What breaks a page, or was never translated, shows.
PSEUDO: Final = "en-XA"
ROOT: Final = Path(__file__).parents[1]
ROOMS: Final = ("incidents", "maps", "reports", "dashboard", "training", "centre", "cli")
FOLDER: Final = "locale"
TEMPLATE: Final = "vigie.pot"

Forms = tuple[str, ...]  # one, or one for each form that a number has in the language


def pseudo(text: str) -> str:
    """A sentence of that language; its {gaps} stay."""
    parts = _GAP.split(text)
    longer = "".join(part if n % 2 else part.translate(_ACCENTED) for n, part in enumerate(parts))
    return f"⟦{longer}⟧" if text else text


_GAP = re.compile(r"(\{[^}]*\})")
_ACCENTED = {ord(one): other * 2 for one, other in zip("aeiouyAEIOUY", "àéîöûýÀÉÎÖÛÝ", strict=True)}


class Translator:
    """Turns an English sentence into one of a language when it is called; `ngettext` one with a number in it.

    What no catalogue has stays English.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._sentences: dict[str, Forms] | None = None

    def __call__(self, text: str) -> str:
        if self.language == PSEUDO:
            return pseudo(text)
        return self._known().get(text, (text,))[0]

    def ngettext(self, one: str, more: str, n: int, /) -> str:
        """The form of the sentence for `n`."""
        if self.language == PSEUDO:
            return pseudo(one if n == 1 else more)
        forms = self._known().get(one, ())
        if len(forms) > 1:
            return forms[_form(self.language, n)]
        return one if n == 1 else more

    def named(self, folder: str) -> dict[str, str]:
        """The words of a folder (from the root, "dashboard/zone") by their names, those with a number in all their forms."""
        return _named(self.language, folder)

    def _known(self) -> dict[str, Forms]:
        if self._sentences is None:
            self._sentences = dict(_sentences(self.language)) if self.language in WRITTEN else {}
        return self._sentences


translator = cache(Translator)


def marked(text: str) -> str:
    """A sentence that is translated elsewhere, as it is: the catalogues have it because it stands here."""
    return text


def language_of(_: Callable[[str], str]) -> str:
    """The translator's language; English of a bare function."""
    return _.language if isinstance(_, Translator) else "en"


def named(_: Callable[[str], str], folder: str, part: str = "") -> dict[str, str]:
    """A folder's words by their names, of one `part` or of none, in the translator's language; a bare function's is English."""
    known = (_ if isinstance(_, Translator) else translator("en")).named(folder)
    if not part:
        return {name: text for name, text in known.items() if "/" not in name}
    return {name.partition("/")[2]: text for name, text in known.items() if name.startswith(f"{part}/")}


@cache
def catalogue(language: str, folder: str) -> Catalog:
    """What is written in a folder's catalogue; the template for English. Raises OSError where there is none."""
    path = ROOT / folder / FOLDER / (TEMPLATE if language == "en" else f"{language}.po")
    with path.open("rb") as file:
        return read_po(file, locale=language)


@cache
def folders() -> tuple[str, ...]:
    """The folders that have a catalogue, from the root."""
    found = (path.parent.parent for room in ROOMS for path in (ROOT / room).rglob(f"{FOLDER}/{TEMPLATE}"))
    return tuple(sorted(folder.relative_to(ROOT).as_posix() for folder in found))


def _form(language: str, n: int) -> int:
    """Which form a number has: French counts none as one."""
    return 0 if n == 1 or (n == 0 and language == "fr") else 1


def _sentences(language: str) -> Iterator[tuple[str, Forms]]:
    for folder in folders():
        for message in catalogue(language, folder):
            if message.id and not message.context and all(forms := _texts(message)):
                yield message.id if isinstance(message.id, str) else message.id[0], forms


def _texts(message: Message) -> Forms:
    """What a message says in its language."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


@cache
def _named(language: str, folder: str) -> dict[str, str]:
    english = {m.context: _english(m) for m in catalogue("en", folder) if m.context}
    if language == PSEUDO:
        english = {name: tuple(map(pseudo, forms)) for name, forms in english.items()}
    found = {name: _shown("en", forms) for name, forms in english.items()}
    if language in WRITTEN:
        known = {m.context: _texts(m) for m in catalogue(language, folder) if m.context}
        found |= {name: _shown(language, forms) for name, forms in known.items() if name in found and all(forms)}
    return found


def _english(message: Message) -> Forms:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _shown(language: str, forms: Forms) -> str:
    """A word as it is handed on: with all its forms for none, one and more where it has several."""
    if len(forms) == 1:
        return forms[0]
    return Counted(BETWEEN.join(forms[_form(language, n)] for n in (0, 1, 2)))

"""Every word of the interface passes here: gettext catalogues by language, English in the source."""

import gettext
from pathlib import Path

CATALOGUES = Path(__file__).parent
DOMAIN = "vigie"


class Translator:
    """Turns an English sentence into one of a language when it is called; `ngettext` one with a number in it."""

    def __init__(self, catalogue: gettext.NullTranslations) -> None:
        self._catalogue = catalogue

    def __call__(self, text: str) -> str:
        return self._catalogue.gettext(text)

    def ngettext(self, one: str, more: str, n: int, /) -> str:
        """The form of the sentence for `n`."""
        return self._catalogue.ngettext(one, more, n)


def translator(language: str) -> Translator:
    """What turns English into this language; English where none is written yet."""
    return Translator(gettext.translation(DOMAIN, localedir=CATALOGUES, languages=[language], fallback=True))

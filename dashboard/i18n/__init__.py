"""Every word of the interface passes here: gettext catalogues by language, English in the source."""

import gettext
from collections.abc import Callable
from pathlib import Path

CATALOGUES = Path(__file__).parent
DOMAIN = "vigie"


def translator(language: str) -> Callable[[str], str]:
    """The function that turns an English sentence into one of this language; English where none is written yet."""
    return gettext.translation(DOMAIN, localedir=CATALOGUES, languages=[language], fallback=True).gettext

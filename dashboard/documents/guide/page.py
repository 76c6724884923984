"""`/guide` and `/guide/ROLE`: what who works with Vigie must know, on one page of A4 or two, in their language.

A sheet names no button and no key by itself: its sentences have the word's name in a gap, `{do.route}`, `{key.route}`, and
the page fills it with what the other pages write there. `{lost^}` is only what that word begins with in capitals.
"""

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, get_args

from markupsafe import Markup

from dashboard.access.guard import SIGN_IN
from dashboard.access.signins import COOKIE
from dashboard.documents.page import Document, document
from dashboard.i18n.words import words
from dashboard.shell.ground import SignedGround
from dashboard.shell.language import NAMES, known
from incidents.audit import OfNobody
from incidents.roles import Role
from reports.catalogue import LANGUAGES, Translator, named

Sheet = Literal["operator", "supervisor", "trainer", "keeper", "auditor"]
ADDRESSES: Final[dict[Sheet, str]] = {
    sheet: "guide" if sheet == "operator" else f"guide/{sheet}" for sheet in get_args(Sheet)
}
FOLDER = "dashboard/documents/guide"
PICTURES = Path(__file__).parent / "pictures"
# The keys as they are at first, by the name of what they do (`dashboard/components/shortcuts/`).
KEYS: Final[Mapping[str, str]] = {
    "accept_hand_over": "J",
    "accepted": "Y",
    "acknowledge": "A",
    "back": "Esc",
    "belgium": "0",
    "close": "⇧X",
    "confirm_stand_down": "⇧D",
    "digit": "1–9",
    "en_route": "E",
    "find": "/",
    "fly": "G",
    "follow": "F",
    "from_paper": "⇧H",
    "hand_over": "P",
    "help": "?",
    "listen": "L",
    "more": ",",
    "move": "↑ ↓",
    "note": "N",
    "on_scene": "O",
    "people": "W",
    "raise": "H",
    "route": "R",
    "safe": "S",
    "sound_test": "⇧V",
    "still_on_it": "K",
    "unowned": "U",
    "why": "⇧Y",
    "zones": "⌫",
}
_GAP = re.compile(r"\{([^{}]+)\}")


class GuidePage(Document[SignedGround]):
    """A sheet, for everybody who is signed in; `language` is another than their own."""

    discloses = OfNobody("how to work: no person is in it")

    def initialize(self, consoles: Callable[[], SignedGround], sheet: Sheet, cookie: str = COOKIE) -> None:  # type: ignore[override]
        super().initialize(consoles)
        self._sheet: Sheet = sheet
        self._cookie = cookie
        self._root = "../" * ADDRESSES[sheet].count("/")
        self.sign_in = f"{self._root or './'}{SIGN_IN.removeprefix('/')}"

    def cookie(self, consoles: SignedGround) -> str:
        return self._cookie

    @cached_property
    def language(self) -> str:
        return known(self.get_query_argument("language", "")) or super().language

    async def answer(self, consoles: SignedGround, roles: frozenset[Role]) -> str:
        return self.kept(
            f"documents/guide/{self._sheet}.html", consoles, lambda: facts(self._sheet, self.translate, self._root)
        )


def guide_routes(consoles: Callable[[], SignedGround], cookie: str = COOKIE) -> list[tuple[object, ...]]:
    """The routes of the sheets. `cookie` is the sign-in's."""
    return [document(f"/{at}", GuidePage, consoles, sheet=sheet, cookie=cookie) for sheet, at in ADDRESSES.items()]


def facts(sheet: Sheet, translate: Translator, root: str) -> dict[str, object]:
    """What a sheet's template has: its sentences by name, filled, and where all else is from there."""
    own = named(translate, FOLDER) | named(translate, FOLDER, sheet)
    said = words(translate)
    return {
        "s": {name: filled(text, said) for name, text in own.items()},
        "sheet": sheet,
        "sheets": ADDRESSES,
        "root": root,
        "languages": NAMES,
        "pictures": f"{root}assets/documents/guide/pictures/{language_of_pictures(translate)}/",
    }


def language_of_pictures(translate: Translator) -> str:
    """The language whose pictures a sheet shows."""
    return translate.language if translate.language in LANGUAGES else "en"


def filled(text: str, said: Mapping[str, str]) -> Markup:
    """A sentence of a sheet as HTML, its gaps filled by these words. Raises KeyError for a name that nothing has."""
    parts = _GAP.split(text.replace("} {key.", "}\u00a0{key."))  # a button and its key stay on one line
    return Markup("").join(_named(part, said) if n % 2 else Markup.escape(part) for n, part in enumerate(parts))


def _named(name: str, said: Mapping[str, str]) -> Markup:
    if name.startswith("key."):
        return Markup("<kbd>{}</kbd>").format(KEYS[name.removeprefix("key.")])
    if name.endswith("^"):
        return Markup('<b class="said">{}</b>').format(capitals(said[name[:-1]]))
    return Markup("<b>{}</b>").format(said[name])


def capitals(text: str) -> str:
    """The words in capitals that a text begins with, without the sign after them."""
    begun: list[str] = []
    for word in _GAP.split(text)[0].split():
        if word != word.upper() or not any(map(str.isalpha, word)):
            break
        begun.append(word)
    return " ".join(begun).rstrip(":.,")

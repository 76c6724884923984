"""Finding what a paper in another language still says in English: pieces of the catalogues' English that no translation has."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from reports.catalogue import catalogue, folders

SHORTEST = 6  # letters: shorter words are alike in too many languages
_GAP = re.compile(r"\{[^}]*\}")


def english_in(text: str, language: str, said: Iterable[str] = ()) -> set[str]:
    """The English that stands in a text of another language. `said`: what people wrote in it, which nobody translates."""
    plain = squeezed(text)
    for words in sorted(said, key=len, reverse=True):
        plain = plain.replace(squeezed(words), " § ")
    there = [piece for piece in _pieces(language) if piece in plain]
    return {piece for piece in there if re.search(rf"(?<![\w>.-]){re.escape(piece)}(?![\w-])", plain)}


def squeezed(text: str) -> str:
    """With one blank between words, whatever stood there."""
    return " ".join(text.split())


@cache
def _pieces(language: str) -> frozenset[str]:
    """The parts between the gaps of every English sentence that has another text in the language."""
    found: set[str] = set()
    theirs: list[str] = []
    for folder in folders():
        for message in catalogue(language, folder):
            for english, other in zip(_forms(message.id), _forms(message.string), strict=False):
                theirs.append(squeezed(other))
                if english != other:
                    found |= set(_parts(english))
    whole = "\n".join(theirs)
    return frozenset(piece for piece in found if not re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", whole))


def _parts(english: str) -> Iterator[str]:
    for part in _GAP.split(english):
        piece = squeezed(part).strip(" .,:;()–-·")
        if len(piece) >= SHORTEST and (" " in piece or piece.isalpha()):
            yield piece


def _forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())  # type: ignore[arg-type]

"""Names of devices that are taken for one another: a slip of the hand between two of them gives away a case."""

import re
from collections.abc import Iterable

_BETWEEN = re.compile(r"[\W_]+")  # AMR 412 is AMR-412
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)|(?<=0)0+")  # before a number and in a row: nobody counts them


def alike(typed: str, names: Iterable[str]) -> str:
    """The one of these names, the first by the alphabet, that may be meant by what was typed; "" when none is like it.

    Alike are two that differ by case, by how many zeros are in a row, by O for 0, by what stands between, or by one letter: other
    digits are another device.
    """
    forms = _forms(typed)
    return min((name for name in names if name != typed and forms & _forms(name)), default="")


def _forms(name: str) -> set[str]:
    """A name as it is compared, whole and without each of its letters."""
    plain = _BETWEEN.sub("", _ZEROS.sub("", name.casefold().replace("o", "0")))
    return {plain, *(plain[:i] + plain[i + 1 :] for i, letter in enumerate(plain) if letter.isalpha())}

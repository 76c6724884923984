"""What a browser calls its desk, made fit to be shown."""

import unicodedata


def clean(name: str) -> str:
    """A desk name fit to be shown: no control or format characters, single spaces, 40 characters at most."""
    printable = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name)
    return " ".join(printable.split())[:40].strip()

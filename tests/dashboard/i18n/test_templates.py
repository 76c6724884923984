"""Every word that a page's HTML asks for is in its catalogue: a missing one leaves a heading with nothing in it."""

import re
from pathlib import Path

import pytest

import dashboard
from dashboard.i18n.words import words

HERE = Path(dashboard.__file__).parent
ASKED = re.compile(r"\bt\[[\"']([\w.]+)[\"']\]|\bt\.(\w+)\b")
FILLED = re.compile(r'\.filled\(\s*"([^"]+\.html)"(?!,\s*consoles,\s*t=)')  # but for those with words of their own
DOCUMENTS = {name for path in HERE.rglob("*.py") for name in FILLED.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("template", sorted(DOCUMENTS))
def test_every_word_that_a_document_asks_for_is_there(template: str) -> None:
    asked = {one or other for one, other in ASKED.findall((HERE / template).read_text(encoding="utf-8"))}
    assert asked - words(str).keys() == set()
    assert asked

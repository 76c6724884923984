"""The page on response times names all there is, and its example is one."""

import re
import tomllib
from pathlib import Path

import pytest

from incidents.intervals import BY_NAME
from reports.measures.profiles import PROFILES, own_profile
from reports.measures.select import REASONS
from reports.measures.shape import TEXT_COLUMNS, Problem

PAGE = (Path(__file__).parents[3] / "docs" / "measures.md").read_text(encoding="utf-8")
KINDS = Problem.__annotations__["kind"].__args__
NAMES = {"intervals": BY_NAME, "reasons": REASONS, "profiles": PROFILES, "kinds": KINDS, "columns": TEXT_COLUMNS}


@pytest.mark.parametrize("what", NAMES)
def test_the_page_names_each_of_them(what: str) -> None:
    assert not [name for name in NAMES[what] if f"`{name}`" not in PAGE]


def test_the_profile_on_the_page_is_one() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    assert own_profile(tomllib.loads(example)).targets[0].share == 0.9

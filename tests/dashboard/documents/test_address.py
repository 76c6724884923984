"""The address of a view: it says nothing, opens where it was made, and a changed one is refused."""

import contextlib
import string
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.documents.address import Unreadable, address, opened
from dashboard.supervisor.review.view import View
from incidents.log.vault import Vault

SIGNS = string.ascii_letters + string.digits + "-_"
CHOSEN = View(period="range", since=date(2026, 1, 1), until=date(2026, 2, 1), zones=("5415",), only="over")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    with contextlib.closing(Vault.open(tmp_path_factory.mktemp("here") / "vigie.log")) as vault:
        yield vault


def test_an_address_opens_as_the_view_it_was_made_of_and_shows_none_of_it(vault: Vault) -> None:
    word = address(CHOSEN, vault.seal_view)
    assert opened(word, vault.open_view, View) == CHOSEN
    assert "5415" not in word
    assert word != address(CHOSEN, vault.seal_view)


def test_addresses_of_different_views_are_equally_long(vault: Vault) -> None:
    assert len(address(View(), vault.seal_view)) == len(address(CHOSEN, vault.seal_view))


def test_another_centre_cannot_open_it(vault: Vault, tmp_path_factory: pytest.TempPathFactory) -> None:
    there = Vault.open(tmp_path_factory.mktemp("there") / "vigie.log")
    with contextlib.closing(there) as other, pytest.raises(Unreadable):
        opened(address(CHOSEN, vault.seal_view), other.open_view, View)


@given(st.integers(0, 300), st.integers(1, 63))
def test_a_changed_word_is_refused(vault: Vault, at: int, by: int) -> None:
    word = address(CHOSEN, vault.seal_view)
    sign = SIGNS[(SIGNS.index(word[at]) + by) % 64]
    with pytest.raises(Unreadable):
        opened(word[:at] + sign + word[at + 1 :], vault.open_view, View)


@pytest.mark.parametrize("word", ["", "x", "é", "a" * 100_000, "=="], ids=range(5))
def test_what_is_no_address_is_refused(vault: Vault, word: str) -> None:
    with pytest.raises(Unreadable):
        opened(word, vault.open_view, View)

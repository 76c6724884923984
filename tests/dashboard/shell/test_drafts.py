"""Drafts: theirs alone who left them, in their own tab, for a time, and no more than a bound of them."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.shell.drafts import KEPT_S, MAX_TAB, NAMES, TABS, Drafts

TAB, OTHER = "a" * 32, "b" * 32
WORDS = "An Voorbeeld, Kerkstraat 1"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_draft_is_there_for_its_person_in_its_tab_alone() -> None:
    drafts = Drafts()
    drafts.keep("Mieke", TAB, "form note x", WORDS)
    assert drafts.of("Mieke", TAB) == {"form note x": WORDS}
    assert drafts.of("Sofie", TAB) == drafts.of("Mieke", OTHER) == drafts.of("", TAB) == {}
    drafts.keep("Mieke", TAB, "form note x", "")
    assert drafts.of("Mieke", TAB) == {}


def test_the_servers_memory_has_neither_the_words_nor_what_opens_them() -> None:
    drafts = Drafts(Clock())
    drafts.keep("Mieke", TAB, "form note x", WORDS)
    held = pickle.dumps(drafts._tabs)
    assert len(held) > 60
    for word in (WORDS, "Voorbeeld", "Mieke", TAB):
        assert word.encode() not in held


def test_it_is_over_after_a_time_and_with_an_erasure() -> None:
    clock = Clock()
    drafts = Drafts(clock)
    drafts.keep("Mieke", TAB, "a", WORDS)
    clock.now = KEPT_S
    assert drafts.of("Mieke", TAB)
    clock.now = KEPT_S + 1
    assert not drafts.of("Mieke", TAB) and not drafts._tabs
    drafts.keep("Mieke", TAB, "a", WORDS)
    drafts.clear()
    assert not drafts.of("Mieke", TAB)


def test_nobody_fills_the_memory() -> None:
    drafts = Drafts()
    for n in range(2 * NAMES):
        drafts.keep("Mieke", TAB, f"{n}", WORDS)
    assert list(drafts.of("Mieke", TAB)) == [f"{n}" for n in range(NAMES, 2 * NAMES)]
    drafts.keep("Mieke", TAB, "huge", "x" * (MAX_TAB + 1))
    drafts.keep("Mieke", TAB, "n" * 1000, WORDS)
    drafts.keep("Mieke", "short", "a", WORDS)
    assert not drafts.of("Mieke", "short") and len(drafts.of("Mieke", TAB)) == NAMES
    drafts.keep("Mieke", TAB, "large", "x" * (MAX_TAB - 200))
    assert list(drafts.of("Mieke", TAB))[-1] == "large"
    for n in range(TABS):
        drafts.keep("Sofie", f"{n:032}", "a", WORDS)
    assert len(drafts._tabs) == TABS and not drafts.of("Mieke", TAB)


@given(name=st.text(min_size=1, max_size=128), text=st.text(min_size=1, max_size=500))
def test_any_text_comes_back_as_it_was(name: str, text: str) -> None:
    drafts = Drafts()
    drafts.keep("Mieke", TAB, name, text)
    assert drafts.of("Mieke", TAB) == {name: text}


@pytest.mark.parametrize("text", ["\ud800", "\udfff lone", "\0"])
def test_what_is_no_proper_text_breaks_nothing(text: str) -> None:
    drafts = Drafts()
    drafts.keep(text, TAB + text, text, text)
    assert drafts.of(text, TAB + text) in ({text: text}, {})

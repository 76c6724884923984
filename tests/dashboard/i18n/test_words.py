"""Every word of the page comes from the catalogue."""

import re
from typing import get_args

from dashboard.i18n.words import debrief_words, words
from incidents import commands as do
from incidents import events as ev
from incidents.actions import OPERATOR
from incidents.commands import Why
from incidents.incident import STATES, TIME_NAMES
from incidents.messages import CallState, PressValue, UnitStatus
from reports.catalogue import LANGUAGES, named, translator
from tests.dashboard.scripts import key_tables, strings

WORDS = words(translator("en"))
# What the operator's page has no button of this name for: steps have their own, to help is `join` there.
NAMES_A_KEY = re.compile(r"⇧|(?:^|[.;] )[A-Z]\s?: |\([A-Z]\)")
NO_BUTTON = {"progress", "answer_order", "open_case", "explain", "take_over", "assign", "help"}
AUDITOR = named(translator("en"), "dashboard/auditor")  # what no other live page says
DEBRIEF = debrief_words(translator("en"))  # the page that is whole in itself has its own, and the words of format.js


def test_every_key_a_script_names_is_in_the_catalogue() -> None:
    named = {(script, key) for script, found in strings().items() for key in found["t"]}
    assert len(named) > 400
    for script, key in named:
        page = script.startswith("trainer/debrief/")
        own = AUDITOR if script.startswith("auditor/") else {}
        assert page or key in WORDS or key in own, (script, key)
        assert not (page or script == "shell/format.js") or key in DEBRIEF, (script, key)


def test_every_row_of_a_pages_list_of_keys_has_words() -> None:
    named = [row["words"] for rows in key_tables().values() for row in rows]
    assert len(named) > 60
    assert [name for name in named if name not in WORDS | AUDITOR] == []


def test_no_sentence_names_a_key_that_a_person_may_change_or_turn_off() -> None:
    """It stands on its button, where it goes when it does nothing."""
    for language in LANGUAGES:
        said = words(translator(language))
        assert [key for key, text in said.items() if NAMES_A_KEY.search(text)] == [], language


def test_every_code_that_can_be_shown_has_words() -> None:
    wanted = {
        "state": STATES,
        "time": TIME_NAMES,
        "press": get_args(PressValue),
        "class": get_args(ev.Class),
        "outcome": get_args(ev.Outcome),
        "verified": [v for v in get_args(ev.Verified) if v != "none"],
        "flag": get_args(ev.Flag),
        "condition": get_args(ev.Condition),
        "call": get_args(CallState),
        "unit": get_args(UnitStatus),
        "source": get_args(ev.Source),
        "refused": get_args(do.RefusalCode),
        "not_now": get_args(Why),
        "do": [name for name in OPERATOR if name not in NO_BUTTON],
    }
    missing = [f"{kind}.{code}" for kind, codes in wanted.items() for code in codes if f"{kind}.{code}" not in WORDS]
    assert missing == []


def test_scripts_hold_no_words_of_their_own() -> None:
    """A sentence is a text of two words or more with a capital; class names, keys and data are not."""
    found = [
        (script, text)
        for script, own in strings().items()
        for text in own["texts"]
        if text[:1].isupper() and " " in text and text.split(" ")[1][:1].islower() and "Noto" not in text
    ]
    assert found == []


# These are made when they are asked for, and are not on a page whose language changes.
ASKED_FOR = ("components/case/brief.js", "documents/", "trainer/debrief/")


def test_every_sentence_on_a_page_can_be_made_anew_in_another_language() -> None:
    """Put together by `phrase`, `joined`, `together` and `colon`, shown by `element`, `write`, `textOf` and `attributes`."""
    found = [
        (script, text) for script, own in strings().items() for text in own["loose"] if not script.startswith(ASKED_FOR)
    ]
    assert found == []

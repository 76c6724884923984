"""Every word of the page comes from the catalogue."""

import re
from pathlib import Path
from typing import get_args

from dashboard.i18n import translator
from dashboard.i18n.debrief import debrief_words
from dashboard.i18n.words import words
from incidents import commands as do
from incidents import events as ev
from incidents.incident import STATES, TIME_NAMES
from incidents.life_cycle import Why
from incidents.messages import CallState, PressValue, UnitStatus

DASHBOARD = Path(__file__).parents[2] / "dashboard"
SCRIPTS = sorted(p for p in DASHBOARD.rglob("*.js") if p.parent.name != "map")
WORDS = words(translator("en"))
DEBRIEF = debrief_words(translator("en"))  # the page that is whole in itself has its own, and the words of format.js


def test_every_key_a_script_names_is_in_the_catalogue() -> None:
    named = {
        (script.relative_to(DASHBOARD).as_posix(), key)
        for script in SCRIPTS
        for key in re.findall(r"""\bt\("([\w.]+)"|fill\(words, "([\w.]+)\"""", script.read_text(encoding="utf-8"))
        for key in key
        if key
    }
    assert len(named) > 100
    of_debrief = {
        (script, key) for script, key in named if script.startswith("trainer/debrief/") or script == "shell/format.js"
    }
    assert {(script, key) for script, key in of_debrief if key not in DEBRIEF} == set()
    others = {(script, key) for script, key in named if not script.startswith("trainer/debrief/")}
    assert {(script, key) for script, key in others if key not in WORDS} == set()


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
    }
    missing = [f"{kind}.{code}" for kind, codes in wanted.items() for code in codes if f"{kind}.{code}" not in WORDS]
    assert missing == []


def test_scripts_hold_no_words_of_their_own() -> None:
    """A sentence is a string of two words or more with a capital; class names, keys and data are not."""
    found = [
        (script.name, text)
        for script in SCRIPTS
        for text in re.findall(r'"((?:[A-Z][a-z]+|[A-Z]+) [a-z][^"]*)"', script.read_text(encoding="utf-8"))
    ]
    assert [pair for pair in found if "Noto" not in pair[1]] == []


def test_nothing_becomes_markup() -> None:
    for script in DASHBOARD.rglob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script.read_text(encoding="utf-8")
        ), script

"""Scripts repeat no rule of the desk: neither who may do what, nor in which state a command may come. Both are told to them."""

import re
from collections import Counter
from pathlib import Path

import pytest

from dashboard.access.standing import TOLD
from incidents.incident import STATES
from incidents.roles import MAY, ROLES
from tests import wire
from tests.rules.house import life_rules, role_rules, sources

SCRIPTS = sources("*.js")
NAMES = [role for role in ROLES if role != "zone"]  # that is also a place
# What only words a state, or asks which of them was meant; and a zone's answers as their buttons stand.
SAYS = {
    "dashboard/components/actions/fields.js": 1,
    "dashboard/components/queue/says.js": 2,
    "dashboard/components/queue/tags.js": 1,
    "dashboard/zone/card.js": 1,
}

# These lead to another page, or to a file, because somebody asked or was put out.
ELSEWHERE = ("dashboard/components/mode_banner/exercise.js", "dashboard/documents/devices/page.js")


def test_no_script_knows_a_role() -> None:
    assert not role_rules(SCRIPTS, NAMES)


def test_no_script_knows_the_order_of_states_or_chooses_by_one() -> None:
    found = Counter(line.split(":")[0] for line in life_rules(SCRIPTS, STATES))
    assert found == Counter(SAYS), life_rules(SCRIPTS, STATES)


def test_what_a_script_asks_whether_somebody_may_is_told_to_it() -> None:
    asked = {what for text in SCRIPTS.values() for what in re.findall(r"""\bmay\("([^"]+)"\)""", text)}
    assert asked and asked | {"shelve_device"} == set(TOLD) <= MAY.keys()


def test_a_page_loads_itself_in_one_way_which_says_before_that_its_sound_stops() -> None:
    anew = re.compile(r"\blocation\.(?:reload|replace|assign)\(|\blocation(?:\.href)? = |\bhistory\.go\(")
    found = {
        path: at.group()
        for path, text in SCRIPTS.items()
        if path.startswith("dashboard/")
        for at in anew.finditer(text)
    }
    assert found.keys() == {"dashboard/shell/anew.js", *ELSEWHERE}


def test_a_list_that_enter_answers_and_whose_highlight_is_not_the_focus_is_made_in_one_place() -> None:
    # What Enter takes of any other list is what has the focus: the browser presses it.
    own = [path for path, text in SCRIPTS.items() if "aria-activedescendant" in text and '"Enter"' in text]
    assert own == ["dashboard/components/actions/choice.js"]


def test_a_page_that_waits_for_its_server_comes_with_the_word_loading() -> None:
    pages = {path: text for path, text in sources("*.html").items() if "embed(roots.channel)" in text}
    assert len(pages) > 5
    assert [path for path, text in pages.items() if 'class="banner loading"' not in text] == []


@pytest.mark.parametrize(
    "line",
    [
        'if (store.access.roles.includes("x")) open();',
        'const MAY = ["supervisor", "technician"];',
        "if (role === 'auditor') hide();",
    ],
)
def test_a_role_would_be_found(line: str) -> None:
    assert role_rules({"dashboard/a.js": f"/* one\ntwo */\n{line}"}, NAMES)
    assert not role_rules({"dashboard/a.js": f"// {line}"}, NAMES)


@pytest.mark.parametrize(
    "line",
    [
        'const RANK = ["raised", "acknowledged", "routed", "closed"];',
        "return RANK.indexOf(row.state) < 4;",
        'if (row.state !== "safe") offer();',
        'if ("on_scene" === row.state) offer();',
        'switch (row.state) { case "closed": return "";',
        'if (["routed", "accepted"].includes(row.state)) offer();',
    ],
)
def test_a_rule_of_the_life_cycle_would_be_found(line: str) -> None:
    assert life_rules({"dashboard/a.js": line}, STATES)


@pytest.mark.parametrize("file", wire.TOLD, ids=lambda file: file.parent.name)
def test_scripts_read_what_the_server_tells_by_the_types_by_which_it_tells_it(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == wire.declarations(wire.TOLD[file]), "write it anew: python -m tests.wire"

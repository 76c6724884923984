"""The rules of the house, looked up in the tree itself."""

import ast
import importlib
import json
import re
import tomllib

import pytest

from incidents.log import PARTS
from reports.catalogue import translator
from reports.evidence.words import Words
from tests.rules.house import ROOT, imports, nodes, parsed, room, sources, templates, tracked


def test_incidents_touches_files_only_in_the_log_and_the_case_register() -> None:
    for path, text in sources("incidents/*.py").items():
        if not path.startswith(("incidents/log/", "incidents/cases/")):
            touched = {room(name) for name in imports(text)} & {"os", "pathlib", "sqlite3", "socket", "http", "urllib"}
            assert not touched, f"{path} imports {touched}"


def test_what_is_run_by_hand_finds_what_it_imports() -> None:
    by_hand = [path for path, text in sources("tests/*.py", tests=True).items() if 'if __name__ == "__main__":' in text]
    assert len(by_hand) > 5
    for path in by_hand:
        importlib.import_module(path.removesuffix(".py").replace("/", "."))


def test_a_file_that_links_to_itself_keeps_nothing_from_starting() -> None:
    """Until Python 3.13 `Path.resolve` raises RuntimeError of such a link, which nobody takes; `os.path.realpath` does not."""
    own = {"app.py", "cli/cluster.py", "demo/training.py"}  # folders that we made
    assert {path for path, text in sources("*.py").items() if ".resolve()" in text} <= own


def test_no_file_is_longer_than_six_hundred_lines() -> None:
    long = {
        path.relative_to(ROOT): lines
        for path in tracked("*.py", "*.js", "*.css")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 600
    }
    assert not long


def test_no_line_of_a_script_is_wider_than_its_formatter_makes_it() -> None:
    """The formatter does not break comments."""
    wide = [
        f"{path.relative_to(ROOT)}:{n}"
        for path in tracked("dashboard/*.js")
        if path.name != "kit.js"  # made by another
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 120
    ]
    assert not wide


# Who picks open incidents, and is no list of alarms for another person: that takes `Incident.unfinished` too.
OPEN_ALONE = {
    "centre/case_import.py _open_cases": "cases that may not change now",
    "centre/backup/restoring.py _open_incidents": "what a desk will alarm for again",
    "dashboard/components/devices/rows.py _counted": "a device's row",
    "dashboard/components/queue/rows.py closures": "a device's closures",
    "dashboard/trainer/session.py _newest": "where a trainer's map looks",
    "feeds/orders/sender.py health": "orders on their way",
    "incidents/board.py open_of": "what else is open of her",
    "incidents/board.py open_press_of": "what a press joins",
    "incidents/desk/intake.py _followed": "what a position joins",
}


def test_who_lists_alarms_for_another_person_leaves_out_none_whose_patrol_was_not_called_back() -> None:
    found = {
        f"{path} {made.name}"
        for path, text in sources("*.py").items()
        if not path.startswith(("tests/", "bench/", "demo/", "training/"))
        for made in nodes(text)
        if isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef)
        for part in ast.walk(made)
        if isinstance(part, ast.comprehension) and any(map(_asks_whether_open, part.ifs))
    }
    assert found == OPEN_ALONE.keys()


def _asks_whether_open(condition: ast.expr) -> bool:
    """By itself; not `record.open["..."]`, the open facts of a record."""
    facts = {part.value for part in ast.walk(condition) if isinstance(part, ast.Subscript | ast.Attribute)}
    named = (part for part in ast.walk(condition) if isinstance(part, ast.Attribute) and part not in facts)
    return any(part.attr == "open" and isinstance(part.value, ast.Name) for part in named)


def test_conda_and_pip_name_the_same_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {*project["project"]["dependencies"], *project["dependency-groups"]["test"]}
    wanted |= {*project["dependency-groups"]["zones"]}
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    # conda-forge writes some names with an underscore; to pip both are one name.
    listed = {line.replace("_", "-") for line in re.findall(r"^ +- ([a-z0-9_-]+[=<>].*)$", text, re.M)}
    assert listed - {f"python{project['project']['requires-python']}"} == wanted


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock", "requirements-zones.lock"])
def test_a_lock_holds_names_versions_and_hashes_only(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text and "index" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9.-]+==\S+", block), block
        assert "--hash=sha256:" in block


def test_the_scripts_lock_holds_names_versions_and_hashes_only() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text and '"resolved"' not in text
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert not wanted.get("dependencies")  # the pages load nothing of it
    locked = {path.removeprefix("node_modules/"): facts for path, facts in json.loads(text)["packages"].items() if path}
    assert wanted["devDependencies"].keys() <= locked.keys()
    assert all(facts["version"] and facts["integrity"].startswith("sha512-") for facts in locked.values())


def test_the_lock_names_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M))
    assert {re.match(r"[a-z0-9-]+", name).group() for name in project["project"]["dependencies"]} <= locked  # type: ignore[union-attr]


def test_nothing_a_page_loads_comes_from_elsewhere() -> None:
    remote = re.compile(r"(src|href|import|from|url\()[^#\n]{0,20}https?://")
    for path in tracked("dashboard/*"):
        if path.suffix in (".js", ".css", ".html", ".py"):
            assert not remote.search(path.read_text(encoding="utf-8")), path.name


def test_every_file_a_page_names_is_there() -> None:
    dashboard = ROOT / "dashboard"
    named = [
        (path, folder / name)
        for path in tracked("dashboard/*.html", "dashboard/*.js", "dashboard/*.py")
        for text in [path.read_text(encoding="utf-8")]
        for folder, names in (
            (dashboard, [re.sub(r"^pages/(\w+)\.js$", r"\1/page.js", name)
                         for name in re.findall(r"assets/([\w/]+\.\w+)", text)]),
            (dashboard, [f"{name}.css" for sheets in re.findall(r"for sheet in (.*?) %}", text)
                         for name in re.findall(r'"([\w/]+)"', sheets)]),
            (path.parent, re.findall(r'"((?:\.\./)*[\w/]+\.(?:svg|html|css))"', text) if path.suffix == ".js" else []),
        )
        for name in names
    ]  # fmt: skip
    assert len(named) > 70
    assert not [f"{path.relative_to(ROOT)} names {file}" for path, file in named if not file.exists()]


def test_a_document_with_ways_to_other_pages_says_that_alarms_wait_too() -> None:
    texts = templates()
    read = {name for name, text in texts.items() if 'include "documents/ways.html"' in text}
    assert len(read) > 3
    assert not [
        name for name in read if "<body" not in texts[name] or 'include "documents/waiting.html"' not in texts[name]
    ]


def test_a_zoomed_page_is_asked_for_in_one_way() -> None:
    whole = "screen and (max-width: 68.75em), screen and (max-height: 35em)"  # 200 %
    known = {
        whole,
        *(f"screen and (max-{side})" for side in ("width: 50em", "width: 40em", "width: 30em", "height: 20em")),
    }
    asked = {
        query
        for path in tracked("dashboard/*.css")
        for query in re.findall(r"@media ([^{]+?) \{", path.read_text(encoding="utf-8"))
        if "screen" in query
    }
    assert asked == known


def test_letters_and_what_holds_them_grow_with_those_of_the_browser() -> None:
    holds = "font|font-size|line-height|(?:min-|max-)?(?:height|width)|grid-template[a-z-]*|padding[a-z-]*|@media|@container"
    grows = rf"(?<![\w-])(?:{holds})\b[^;{{}}]*?\d{{2,}}px"
    fixed = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in tracked("dashboard/*.css")
        for rule in re.split(r"\}\s*", path.read_text(encoding="utf-8").split("@media print")[0])
        if not re.search(
            r"\b(svg|text)\b[^{]*\{", rule
        )  # a picture's letters stand where it was drawn: it has a table of its numbers
        for found in re.findall(grows, rule)
    ]
    assert not fixed


def test_every_page_has_a_language_a_title_one_main_part_and_a_heading() -> None:
    pages = {name: text for name, text in templates().items() if "<html" in text or "{% extends base %}" in text}
    assert len(pages) > 15
    wrong = []
    for name, text in pages.items():
        of_panel = "{% extends base %}" in text  # it writes the title, and a language that is not ours
        # Where a script runs it says the language, which may change.
        if not re.search(r"<(html|main id=\"vigie\")[^>]* lang=\"\{\{|data-language=\"\{\{", text):
            wrong.append(f"{name}: no language")
        if not of_panel and not re.search(r"<title>[^<]", text):
            wrong.append(f"{name}: no title")
        if (mains := len(re.findall(r"<main\b", text))) != 1:
            wrong.append(f"{name}: {mains} main parts")
        if "<h1" not in text and name != "dashboard/trainer/page.html":  # each of its rooms brings its own
            wrong.append(f"{name}: no heading")
    assert not wrong


def test_nothing_on_a_page_moves_by_itself() -> None:
    moves = re.compile(r"@keyframes|\banimation|\btransition\b\s*:|scroll-behavior|\.animate\(|behavior: \"smooth\"")
    moving = [
        str(path.relative_to(ROOT))
        for path in (*tracked("dashboard/*.css"), *tracked("dashboard/*.js"))
        if moves.search(re.sub(r"(?m)^\s*//.*$", "", path.read_text(encoding="utf-8")))
    ]
    assert not moving  # what goes dim and bright is dashboard/components/queue/flash.js


def test_no_text_becomes_html() -> None:
    forbidden = re.compile(
        r"(?i:innerHTML)|outerHTML|insertAdjacentHTML|document\.write|\beval\(|pane\.HTML|\|\s*safe\b"
    )
    for path in tracked("dashboard/*"):
        if (
            path.suffix in (".js", ".py", ".html") and path.name != "kit.js"
        ):  # what it offers for it is forbidden by its name
            assert not forbidden.search(path.read_text(encoding="utf-8")), path.name


def test_those_who_listen_are_told_by_the_one_helper_that_no_fault_of_theirs_passes() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{loop.lineno}"
        for path in tracked("*.py")
        if path.relative_to(ROOT).parts[0] != "tests" and path != ROOT / "incidents" / "listeners.py"
        for loop in nodes(path.read_text(encoding="utf-8"))
        if isinstance(loop, ast.For)
        for told in loop.body
        # A call for its own sake of what the loop goes over; what it answers is wanted of no listener.
        if isinstance(told, ast.Expr) and isinstance(told.value, ast.Call) and isinstance(told.value.func, ast.Name)
        and told.value.func.id in {name.id for name in ast.walk(loop.target) if isinstance(name, ast.Name)}
    ]  # fmt: skip
    assert not bare


def test_a_day_is_belgiums() -> None:
    # From midnight in Belgium until midnight in UTC a day taken from UTC is yesterday: a device is overdue on its first day.
    taken = re.compile(r"(?:now\((?:UTC|timezone\.utc)?\)|today\(\)|_at|moment|now)\.date\(\)|date\.today\(\)")
    assert taken.search("day = drill.proposed_at.date()")
    assert not taken.search("day = drill.proposed_at.astimezone(BRUSSELS).date()")
    product = {path: text for path, text in sources("*.py").items() if not path.startswith("tests/rules/")}
    lines = [(path, line) for path, text in product.items() for line in text.splitlines()]
    assert [f"{path}: {line.strip()}" for path, line in lines if taken.search(line)] == []


def test_what_takes_a_files_place_does_so_durably() -> None:
    # `X.replace(Y)` alone is a path's: a text's takes two. A cache may be lost, and so may the demo of a cluster.
    may = {"incidents/log/copying.py", "maps/store.py", "incidents/log/columns.py", "demo/cluster/members.py"}
    bare = {path for path, text in sources("*.py").items() if re.search(r"\.replace\([^,()=]*\)", text)}
    assert {path for path in bare if room(path) != "docs"} == may, "`put_in_place` does that"


def test_nothing_waits_by_what_may_swallow_a_cancellation() -> None:
    # `wait_for` of Python 3.11 loses one that comes with what it waits for: `asyncio.timeout` does not.
    assert not [
        path for path, text in sources("*.py").items() if re.search(r"asyncio(\.| import .*)\bwait_for\b", text)
    ]


def test_who_acts_and_is_no_person_is_one_of_the_parts_of_vigie() -> None:
    """Whoever folds, tells, extracts or proves asks that one list whether a person acted."""
    trees = {
        path: parsed(text)
        for path, text in sources("*.py").items()
        if "actor" in text and not path.startswith("bench/")
    }
    constants = {
        target.id: node.value.value
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = set()
    for tree in trees.values():
        for node in ast.walk(tree):
            of_actor = isinstance(node, ast.keyword) and node.arg == "actor"
            if of_actor or (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "actor"):
                told = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
                found |= {one.value for one in told if isinstance(one, ast.Constant)}
                found |= {constants[one.id] for one in told if isinstance(one, ast.Name) and one.id in constants}
    assert found - {""} == PARTS
    assert not [part for part in PARTS if Words(translator("en")).part(part) == part], "the evidence file names each"

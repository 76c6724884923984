"""What is counted has its plural: "1 alarm", "2 alarms", whoever writes the next sentence with a number in it."""

import ast
import re
from collections.abc import Iterator

from tests.rules.house import ROOT, nodes, tracked

# A number, two words at most, and a word in the plural. `of {of} presses`: reword, the form would have to fit two numbers.
NUMBERS = r"(?:n|m|k|of|count|total|shown|more|done|number)"
PLURAL = re.compile(rf"\{{{NUMBERS}(?::[^}}]*)?\}}(?: [A-Za-z'’-]+){{0,2}}? ([A-Za-z]{{2,}}s)\b")
NO_NOUNS = {"has", "is", "was", "its", "this", "as", "characters", "waits", "ms"}
NUMERIC = re.compile(r"^(?:n|m|k|count|total|number)$|^len\(|^sum\(")
SCRIPT = re.compile(r"\$\{[^}]*\}(?: [a-z]+){0,2}? (more|[a-z]{2,}s)\b")
COUNTS = {"counted", "ngettext"}
# Where it is never one: what a programmer reads, a damaged file's line, more than a limit, a bench.
NEVER_ONE = {
    "bench",
    "feeds/recordings/recording.py",
    "incidents/log/chain.py",
    "incidents/log/transfer.py",
    "incidents/log/verify.py: an id occurs {n} times, first in {x}",
    "maps/build.py",
    "reports/evidence/gather.py",
    "reports/external_table/groups.py",
    "reports/external_table/report.py",
    "reports/external_table/table.py",
    "reports/pdf.py",
}


def plurals(source: str) -> Iterator[str]:
    """The sentences of a Python file that count something in one form alone, with `{n}` and `{x}` for what is filled in."""
    within: set[int] = set()
    for node in nodes(source):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            within.add(id(body[0].value))  # a docstring
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in COUNTS:
            within |= {id(one) for one in ast.walk(node)}
        if isinstance(node, ast.JoinedStr):
            within |= {id(one) for one in node.values}
    for node in nodes(source):
        text = ""
        if isinstance(node, ast.JoinedStr):
            text = "".join(map(_part, node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if id(node) not in within and any(found[1].lower() not in NO_NOUNS for found in PLURAL.finditer(text)):
            yield text


def _part(part: ast.expr) -> str:
    if not isinstance(part, ast.FormattedValue):
        return str(getattr(part, "value", ""))
    return "{n}" if NUMERIC.search(ast.unparse(part.value)) else "{x}"


def test_the_rule_finds_what_it_is_for() -> None:
    wrong = [
        '_("{n} alarms")',
        '_("{n} more warnings ↓")',
        'x = f"{len(rows)} problems; again"',
        'x = "over its {n} periods"',
    ]
    assert [len(list(plurals(text))) for text in wrong] == [1] * len(wrong)
    right = ['counted(_, "{n} alarm", "{n} alarms")', '_("{n} open")', '_("alarms: {n}")', '_("{n} nobody has")']
    assert [text for text in right if list(plurals(text))] == []
    assert SCRIPT.search("`${n} alarms`") and SCRIPT.search("`${rows.length} more`") and not SCRIPT.search("`${m} km`")


def test_no_sentence_counts_something_in_one_form_alone() -> None:
    found = []
    for path in tracked("*.py"):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("tests/") or name in NEVER_ONE or name.partition("/")[0] in NEVER_ONE:
            continue
        found += [f"{name}: {text}" for text in plurals(path.read_text(encoding="utf-8"))]
    assert [one for one in found if one not in NEVER_ONE] == []


def test_no_script_counts_in_words_of_its_own() -> None:
    scripts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in tracked("*.js")}
    named = {name: SCRIPT.findall(text) for name, text in scripts.items() if not name.startswith("tests/")}
    assert {name: words for name, words in named.items() if words} == {}

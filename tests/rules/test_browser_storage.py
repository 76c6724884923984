"""A browser keeps nothing of a person: one module may write into it, by a closed list of what it may hold and how that looks."""

import re

import pytest

from tests.rules.house import sources

KEPT = "dashboard/shell/kept.js"
STORES = re.compile(
    r"\b(?:local|session)Storage\b|\bindexedDB\b|\bdocument\.cookie\b|\bcookieStore\b|\bserviceWorker\b"
    r"|\b(?:window|self|globalThis)\.(?:name|caches)\b|(?<![\w.])caches\.|\bnavigator\.storage\b|showSaveFilePicker"
)
# An entry of the history is written to a disk: of ours only a shorter address ever is, with no state and no title.
HISTORY = re.compile(r"\b(?:history|navigation)\.(?:pushState|replaceState|navigate|updateCurrentEntry)\(([^;]*)")
BARE = re.compile(r'null, "", (?:location\.pathname \+ location\.search|here)\)')
# What a console says is kept by a browser's own diagnostics; a person reads it on the page, or nobody does.
CONSOLE = re.compile(r"\bconsole\.(?:log|info|warn|error|debug|table|dir|trace)\(")


def stored(scripts: dict[str, str]) -> list[str]:
    """Where anything but `kept.js` keeps something in a browser."""
    found = [f"{path}: {at.group()}" for path, text in scripts.items() if path != KEPT for at in STORES.finditer(text)]
    for path, text in scripts.items():
        found += [f"{path}: {at.group()}" for at in HISTORY.finditer(text) if not BARE.search(at.group())]
        found += [f"{path}: {at.group()}" for at in CONSOLE.finditer(text)]
    return found


def test_one_module_keeps_what_a_browser_keeps() -> None:
    scripts = sources("*.js", "*.html")
    assert KEPT in scripts and len(scripts) > 150
    assert stored({path: text for path, text in scripts.items() if path.startswith(("dashboard/", "training/"))}) == []
    python = {path: text for path, text in sources("*.py").items() if not path.startswith("bench/")}
    assert [
        path for path, text in python.items() if re.search(r"(?:local|session)Storage|document\.cookie", text)
    ] == []


def test_what_it_may_keep_is_a_closed_list_and_none_of_it_takes_a_sentence() -> None:
    lines = re.findall(
        r'^  "?([\w.]+)"?: \["(tab|browser|cookie)", /(.+)/(\w*)\], // (.+)$', sources("*.js")[KEPT], re.M
    )
    table = sources("*.js")[KEPT].partition("export const MAY = {")[2].partition("};")[0]
    assert len(lines) == len([line for line in table.splitlines() if ": [" in line]) > 10
    for name, where, looks, _, why in lines:
        assert name.startswith("vigie_" if where == "cookie" else "vigie.") and len(why) > 20, name
        # Its keys by an account's own choice, and what a desk is called: texts of their maker, short.
        if name not in {"vigie.keys", "vigie_desk"}:
            assert not re.fullmatch(looks, "An Voorbeeld, Kerkstraat 1, 9000 Gent; ex-partner"), name


@pytest.mark.parametrize(
    "line",
    [
        'sessionStorage.setItem("vigie.draft", text);',
        "localStorage[name] = text;",
        "document.cookie = `who=${name}`;",
        "window.name = text;",
        "await caches.open('cases');",
        'history.pushState({ name }, "", here);',
        'history.replaceState(null, "", `?q=${text}`);',
        "console.log(row);",
    ],
)
def test_another_place_would_be_found(line: str) -> None:
    assert stored({"dashboard/a.js": line})


def remembered(html: str) -> list[str]:
    """The fields of a template whose texts a browser would keep, to offer them to whoever types there next."""
    found = []
    for part in re.split(r"(?=<form\b)|</form>", html):
        if re.match(r'<form\b[^>]*autocomplete="off"', part):
            continue
        fields = re.findall(r"<(?:input|textarea)\b[^>]*", part)
        typed = [one for one in fields if not re.search(r'type="(hidden|checkbox|radio|date|file|password)"', one)]
        found += [one for one in typed if "autocomplete=" not in one]
    return found


def test_no_browser_offers_the_next_person_what_was_typed() -> None:
    pages = sources("*.html")
    assert {path: found for path, text in pages.items() if (found := remembered(text))} == {}
    assert remembered('<form method="post"><textarea name="why"></textarea></form>')
    assert not remembered('<form autocomplete="off"><input name="why"></form>')

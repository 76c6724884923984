"""A paper says of an alarm and of its centres what a page says: one function in Python, one in JavaScript, here both of them."""

import json
import subprocess
from pathlib import Path
from typing import Any

from dashboard.components.coverage.spoken import blind_words, covers_words
from dashboard.i18n.words import words

SCRIPTS = Path(__file__).parents[3] / "dashboard"
PAGE = f"""
import {{ readFileSync }} from "node:fs";
globalThis.window = globalThis;
globalThis.sessionStorage = {{ getItem: () => null }};
const {{ Store }} = await import({json.dumps((SCRIPTS / "shell/store.js").as_uri())});
const {{ blindWords, coversWords }} = await import({json.dumps((SCRIPTS / "components/coverage/words.js").as_uri())});
const {{ words, asked }} = JSON.parse(readFileSync(0, "utf8"));
const store = new Store(words, "en");
const says = {{
  blind: ({{ known, cics }}) => {{
    store.centres = {{ known, own: known, covers: known }};
    store.health = {{ blind: Object.fromEntries(cics.map((cic) => [cic, 1])) }};
    return [blindWords(store), coversWords(store, cics)];
  }},
}};
console.log(JSON.stringify(asked.map(([what, facts]) => says[what](facts))));
"""


def on_page(asked: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """What a page says to each of these."""
    given = json.dumps({"words": words(str), "asked": asked})
    run = ["node", "--input-type=module", "-e", PAGE]
    told = subprocess.run(run, input=given, capture_output=True, check=True, text=True, timeout=60)
    return list(json.loads(told.stdout))


def test_a_paper_says_of_centres_what_the_page_says() -> None:
    asked = [{"known": known, "cics": cics} for known in (["A"], ["A", "B", "C"]) for cics in ([], *_heads(known))]
    paper = [
        [blind_words(one["cics"], one["known"], str), covers_words(one["cics"], one["known"], str)] for one in asked
    ]
    assert on_page([("blind", one) for one in asked]) == paper
    assert paper[-2:] == [
        ["CENTRES A, B HAVE NO LISTENING CONSOLE.", "covers A, B"],
        ["NO CENTRE HAS A LISTENING CONSOLE.", "covers all centres"],
    ]


def _heads(known: list[str]) -> list[list[str]]:
    return [known[: n + 1] for n in range(len(known))]

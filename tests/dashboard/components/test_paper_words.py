"""A paper says of an alarm and of its centres what a page says: one function in Python, one in JavaScript, here both of them."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import msgspec

from dashboard.components.coverage.spoken import blind_words, covers_words
from dashboard.components.queue.rows import Row, StandingDown, Undelivered
from dashboard.components.queue.spoken import LOST, watch_words
from dashboard.i18n.words import words
from incidents.fold.watch import LIMITS

SCRIPTS = Path(__file__).parents[3] / "dashboard"
PAGE = f"""
import {{ readFileSync }} from "node:fs";
globalThis.window = globalThis;
globalThis.sessionStorage = {{ getItem: () => null }};
const {{ Store }} = await import({json.dumps((SCRIPTS / "shell/store.js").as_uri())});
const {{ blindWords, coversWords }} = await import({json.dumps((SCRIPTS / "components/coverage/words.js").as_uri())});
const {{ again, done, fares, upcoming }} = await import({json.dumps((SCRIPTS / "components/escalation/words.js").as_uri())});
const {{ called }} = await import({json.dumps((SCRIPTS / "components/escalation/strip.js").as_uri())});
const {{ tagsOf }} = await import({json.dumps((SCRIPTS / "components/queue/tags.js").as_uri())});
const {{ words, asked }} = JSON.parse(readFileSync(0, "utf8"));
const store = new Store(words, "en");
const says = {{
  blind: ({{ known, cics }}) => {{
    store.centres = {{ known, own: known, covers: known }};
    store.health = {{ blind: Object.fromEntries(cics.map((cic) => [cic, 1])) }};
    return [blindWords(store), coversWords(store, cics)];
  }},
  forms: (row) => {{
    store.now = () => 0;
    const panel = [...called(store, row), fares(store, row)];
    const tags = tagsOf(store, row).map(({{ words }}) => ["", words]);
    return [again(store, row), tags, panel].map((form) => form.map(([, said]) => said).join(" · "));
  }},
  watch: (row) => {{
    store.now = () => 0;
    return [...again(store, row), ...done(store, row), upcoming(store, row)].filter(Boolean).map(([, said]) => said);
  }},
}};
console.log(JSON.stringify(asked.map(([what, facts]) => says[what](facts))));
"""


_TOLD = ("realarm", "ladder", "outside", "gone", "watch", "missed", "delivery")


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


def test_a_paper_says_of_the_watch_what_the_row_says() -> None:
    t = words(str)
    bare = Row(id="a", label="A", state="routed", changes=1, received=0, priority=1)
    # Every value that has words, by itself, and what changes how another is said.
    told = {name: [key.removeprefix(f"{name}.") for key in t if key.startswith(f"{name}.")] for name in _TOLD}
    rungs = [key for key in told["ladder"] if "." not in key]
    facts: list[dict[str, Any]] = [
        {"realarm": code, "realarm_anew": anew} for code in told["realarm"] for anew in (0, 1)
    ]
    refused = [{"declined": "Gent", "declined_why": why} for why in ("", "geen ploeg vrij")]
    facts += [{"realarm": code} | one for code in ("", "declined", "pressed") for one in refused]
    facts += [{"realarm": code, "undelivered": lost} for code in ("", "undelivered") for lost in _lost()]
    facts += [{"realarm": code, "next_zone": "Gent"} for code in ("", "zone", "place")]
    facts += [{"ladder": rung, "realarm": code} for rung in rungs for code in ("", "declined")]
    facts += [
        {"ladder": "outside", "outside": code, "confirmed": who} for code in told["outside"] for who in ("", "Ann")
    ]
    facts += [{"beside": labels} for labels in (("AMR-9",), ("AMR-9", "AMR-9 · 3f2a"))]
    facts += [{"gone": code, "copied": True} for code in told["gone"]] + [{"copied": True}, {"supervisor": True}]
    back = (
        StandingDown(zone="5415", zone_name="Gent", at=-61_000, unit="G 1"),
        StandingDown(zone="1", zone_name="A", at=0),
    )
    missed = tuple((limit, 61_000 * n) for n, limit in enumerate(told["missed"], 1))
    facts += [{"missed": missed[:n], "realarm": code} for n in (1, 2, 3) for code in ("", "not_accepted")]
    facts += [{"standing_down": back[:n], "state": state} for n in (1, 2) for state in ("acknowledged", "closed")]
    facts += [{"delivery": code, "state": state} for code in told["delivery"] for state in ("routed", "closed")]
    facts += [{"goes_on": True, "state": "closed", "unit": unit, "order_zone": "Gent"} for unit in ("", "G 1")]
    steps = [key for key in told["watch"] if key not in ("mine", "confirm_again")]
    facts += [{"next": step, "next_at": 61_000, "confirmed": who} for step in steps for who in ("", "Ann")]
    rows = [
        msgspec.structs.replace(bare, **{k: bool(v) if k == "realarm_anew" else v for k, v in one.items()})
        for one in facts
    ]
    paper = [watch_words(row, t, _ticking, lambda at: _ticking(-at)) for row in rows]
    page = on_page([("watch", msgspec.to_builtins(row)) for row in rows])
    differ = [(one, *pair) for one, *pair in zip(facts, page, paper, strict=True) if pair[0] != pair[1]]
    assert len(facts) > 50 and not differ, differ[:3]


def test_every_form_of_an_alarm_says_why_it_alarms_again_while_it_does() -> None:
    """The floor's row, the queue's, the panel and the papers; where its order says it, in the order's own words."""
    t, asked = words(str), list[dict[str, Any]]()
    bare = {"id": "a", "label": "A", "state": "routed", "changes": 1, "received": 0, "priority": 1, "presses": 2}
    codes = sorted(LIMITS | {"pressed", "declined", "forgotten"})
    assert {key.removeprefix("realarm.") for key in t if key.startswith("realarm.")} >= set(codes)
    for code in codes:
        told = {"declined": {"declined": "Gent"}, "zone": {"next_zone": "Gent"}}.get(code, {})
        asked += [bare | told | {"realarm": code}]
        asked += [bare | {"realarm": code, "missed": [[code, 0]]}] if f"missed.{code}" in t else []
        late = _lost() if code == "undelivered" else ()
        asked += [bare | {"realarm": code, "undelivered": msgspec.to_builtins(lost)} for lost in late]
    pages = on_page([("forms", one) for one in asked])
    for one, (full, low, panel) in zip(asked, pages, strict=True):
        code = one["realarm"]
        said = [t[f"realarm.{code}"]]
        for what, final in ((lost["what"], lost["final"]) for lost in one.get("undelivered", ())):
            said = [t[f"undelivered.{what}_{'failed' if final else 'late'}"].format(zone=t["zone"].format(name="Gent"))]
        said += [t[f"missed.{code}"].format(time="01:00")] if f"missed.{code}" in t else []
        said += [t[key].format(zone=t["zone"].format(name="Gent")) for key in ("declined_now", "next_zone")]
        paper = " · ".join(watch_words(msgspec.convert(one, Row), t, _ticking, _ticking))
        # What the case panel says above its actions by itself: the refusal, and the zone she is in (case.js).
        forms = {"full": full, "paper": paper} | ({} if code in ("declined", "zone") else {"panel": panel})
        assert {name for name, form in forms.items() if not any(words in form for words in said)} == set(), one
        mark = LOST[one["undelivered"][0]["what"]] if one.get("undelivered") else code
        short = t["presses"].format(n=2) if code == "pressed" else t[f"mark.{mark}"]
        assert short in low, one


def _lost() -> list[tuple[Undelivered, ...]]:
    """Whatever may not reach a zone, late and given up."""
    return [(Undelivered(what=what, zone_name="Gent", final=final),) for what in LOST for final in (False, True)]  # type: ignore[arg-type]


def _ticking(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02}"


def test_what_is_not_confirmed_of_an_order_is_said_by_one_function_of_the_pages_and_one_of_the_papers() -> None:
    """Whatever words an order's delivery or a missed step by itself says less than the others: this finds the next one."""
    by_itself = re.compile(
        r"""\bt(?:\(|\[f?)["'`](?:delivery|missed|undelivered|history\.delivered)\.\$?\{|realarm\.undelivered"""
    )
    found = {
        str(path.relative_to(SCRIPTS))
        for path in SCRIPTS.rglob("*")
        if path.suffix in (".js", ".py", ".html") and by_itself.search(path.read_text("utf-8"))
    }
    assert found == {
        "components/escalation/words.js",
        "components/queue/spoken.py",
        "components/timeline/known.js",  # at another moment than now
    }


def _heads(known: list[str]) -> list[list[str]]:
    return [known[: n + 1] for n in range(len(known))]

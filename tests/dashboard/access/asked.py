"""All that can be asked of a running server: the wishes of its pages, as their scripts send them, and its routes."""

import re
from typing import Any

DEVICE, NUMBER = "AMR-31415", "2026-3141"  # the words of the pages quote neither of them
# Every wish of a page as its script sends it; `HER` stands for each of her names.
HER = "HER"
WISHES: dict[str, list[dict[str, Any]]] = {
    "hello": [{"desk": "", "browser": "b", "selected": HER}],
    "select": [{"incident": HER}],
    "rename": [{"desk": "x"}],
    "cover": [{"cics": []}],
    "command": [],  # each command has its own
    "presented": [{"ids": [HER], "audible": True}],
    "beat": [{"n": 1}],
    "seen": [{"visible": True, "sound": "armed"}],
    "sound_tested": [{"heard": True}],
    # A chip says what was typed: here what finds her without naming her.
    "find": [{"n": 1, "text": "open", "why": "alarm"}, {"n": 2, "text": "Gent"}],
    "search": [{"n": 1, "text": NUMBER}, {"n": 2, "text": DEVICE}, {"n": 3, "text": "Voorbeeld"}],
    "place": [{"n": 4, "text": "gent"}],
    "go_to": [{"answer": 1, "at": 0}, {"answer": 1, "at": 10**9}, {"answer": None, "at": -1}],
    "doubt": [{"n": 1, "incident": HER, "fact": "hunting rifle", "text": "sold"}],
    "whose": [{"device": "device/x/link_lost"}],  # what a page asks by is said back to it
    "took": [{}],
    "reason": [{"of": HER, "why": "review"}],
    "near": [{"ids": [HER]}],
    "touch": [{}],
    "reads": [{"language": "fr", "tab": "0" * 32}],
    "draft": [{"name": "form note", "text": "half a word"}],
    "prefer": [{"single_keys": "alt", "keys": {"fly": "b"}}],
    "lock": [],  # locks the page: `test_a_locked_page_...`
}
VIEW = {"period": "year", "classes": ["real", "test", "accidental", "unknown", ""]}
ROOM: dict[str, list[dict[str, Any]]] = {
    "review": [
        {"what": "view", "n": 1, "view": VIEW, "first": True},
        {"what": "view", "n": 2, "view": VIEW | {"incidents": [HER]}},
        {"what": "operators", "n": 3, "view": VIEW, "reason": "a test"},
        {"what": "export", "view": VIEW},
        {"what": "copy", "view": VIEW},
    ],
    "timeline": [{"incident": HER}],
    "drills": [{"what": "view"}],
}
ZONE: dict[str, list[dict[str, Any]]] = {"presses_seen": [{"until": 1}]}
ASKED_APART = {"map", "open"}  # of the review: outlines of zones; an address, which holds a view alone
# What a page asked by, said back to it: of what there is not, and of a view that chooses it.
ECHO = re.compile(r'"id":"[^"]*","failed":"unknown"|"incidents":\["[^"]*"\]')
BENCH = ("bench_enrol", "bench_remove", "bench_bind", "bench_swap", "bench_take_back", "bench_test")
# Of an auditor's page: what a case keeps from an auditor is tried in tests/incidents/auditing/test_auditing.py.
AUDIT = ("list", "row", "name", "digest", "export", "verify")
# Every route, and the addresses that are asked of it; none where nothing of a case can be.
ROUTES: dict[str, list[str]] = {
    r"/": ["/"],
    r"/live": ["/live"],
    r"/page": [],
    r"/sheet": ["/sheet"],
    r"/figures": ["/figures"],
    r"/report/([A-Za-z0-9_-]{1,16384})\.(csv|json|pdf)": [],  # with the sealed view: below
    r"/audit/([A-Za-z0-9_-]{1,16384})\.(csv|json)": [],  # with the sealed list: no role of those who are kept from her has it
    r"/devices": ["/devices", "/devices?names=1"],
    r"/devices\.csv": ["/devices.csv", "/devices.csv?names=1"],
    r"/degraded": ["/degraded"],
    r"/evidence/([a-z2-7]{8,64})\.(pdf|json)": [f"/evidence/{HER}.json", f"/evidence/{HER}.pdf"],
    r"/drills": ["/drills"],
    r"/handout/([0-9a-f]{32})": ["/handout/" + "0" * 32],
    r"/cases": ["/cases"],
    r"/leaflet": ["/leaflet"],
    r"/aggregate": [],  # counts of months, small ones suppressed
    r"/health": ["/health"],
    r"/schemas/([a-z-]{1,40}\.(?:asyncapi|openapi|schema)\.json)": [],  # types, and nothing that was ever said in them
    r"/metrics": ["/metrics"],
    r"/sign-in": ["/sign-in"],
    r"/sign-in/waiting": ["/sign-in/waiting"],
    r"/oidc": [],
    r"/oidc-callback": [],
    r"/sign-out": [],
    r"/assets/pages/([a-z_]+)\.js": [],
    r"/assets/((?:[a-z0-9_]+/){0,4}[a-z0-9_]+\.(?:js|css|svg|webp))": [],
    r"/guide": ["/guide"],
    r"/guide/supervisor": ["/guide/supervisor"],
    r"/guide/trainer": ["/guide/trainer"],
    r"/guide/keeper": ["/guide/keeper"],
    r"/guide/auditor": ["/guide/auditor"],
}

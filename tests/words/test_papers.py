"""Every paper and every output of a command of the desk's staff is whole in the reader's language: nothing of ours stays English.

Each is made in the pseudo-language, in which no letter of ours is a plain vowel (`unsaid`). A new document, or a new command
with `--language`, is looked at by itself or fails here until it is.
"""

import ast
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import typer
from tornado.httpclient import AsyncHTTPClient
from typer.testing import CliRunner

from app import app
from dashboard.auditor.export import ADDRESS as AUDIT
from dashboard.documents.address import address
from dashboard.documents.aggregate import ADDRESS as AGGREGATE
from dashboard.documents.degraded.page import locked_page, sheet_page
from dashboard.documents.page import DocumentPage
from dashboard.server import desk_routes
from dashboard.supervisor.review.export import ADDRESS as EXPORT
from dashboard.supervisor.review.view import View
from incidents.case import Protected
from incidents.degraded.sheet import OpenAlarm, Sheet, ZoneLine
from incidents.incident import State
from incidents.messages import DeviceReport, Fix
from incidents.roles import ROLES
from incidents.withheld import WITHHELD
from reports import catalogue
from reports.catalogue import PSEUDO, ROOT, translator
from tests.dashboard.access.asked import HER, ROUTES
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.conftest import accounts as accounts
from tests.dashboard.access.conftest import base as base
from tests.dashboard.access.conftest import clock as clock
from tests.dashboard.access.parts import Browser
from tests.dashboard.conftest import START, FewCases, House
from tests.dashboard.conftest import house as house
from tests.dashboard.supervisor.review.parts import Kept, past
from tests.dashboard.trainer.debrief.parts import debrief, page_of
from tests.words.unsaid import LETTER, none, of_page, of_pdf, unsaid

_ = translator(PSEUDO)
# What people are called, what they wrote, and the names of streets, methods and incidents in a paper.
SAID = (
    *(f"{role} fictief" for role in ROLES),
    *("Botermarkt", "linear", "V. Voorbeeld", "Een wagen wacht."),
    "incident-000",
)
EXAMPLE = ROOT / "docs" / "example"


async def read(url: str, cookie: str) -> str:
    """What a browser that reads the pseudo-language is shown."""
    headers = {"Cookie": f"{cookie}; vigie_language={PSEUDO}"}
    answer = await AsyncHTTPClient().fetch(url, headers=headers, raise_error=False, follow_redirects=False)
    if b'class="reasons"' in answer.body:  # it asks why first
        for why in ("", "review"):
            asks = of_page(answer.body.decode())
            answer = await AsyncHTTPClient().fetch(
                url, method="POST", body=f"why={why}", headers=headers, raise_error=False, follow_redirects=False
            )
        return asks + (of_pdf(answer.body) if answer.headers["Content-Type"] == "application/pdf" else "")
    if answer.headers.get("Content-Type") == "application/pdf":
        return of_pdf(answer.body)
    return of_page(answer.body.decode())


async def test_every_document_of_a_desk_and_every_refusal_of_one_is_in_the_readers_language(
    house: House, base: str, tmp_path: Path
) -> None:
    """By everybody, whatever they may have: what one role gets, another is refused."""
    incident = await house.press(fix=Fix(51.0536, 3.7253, 18.0))
    await house.report(DeviceReport(device="AMR-9", state="battery_low", battery=7))
    house.given.history = Kept(past(80, now=house.clock.now()))
    report = f"/report/{address(View(), house.desk.seal_view)}.pdf"
    made = {route[0] for route in desk_routes(lambda: house.consoles) if issubclass(route[1], DocumentPage)}
    asked = {path.replace(HER, incident.id): route for route in made for path in ROUTES[route]}
    assert {route for route in made if not ROUTES[route]} == {EXPORT, AGGREGATE, AUDIT}
    asked |= {report: EXPORT, "/aggregate": AGGREGATE}
    trainer = Browser(base)
    await trainer.sign_in("trainer fictief", PASSWORD)
    assert await trainer.post("/drills", zone="5415", victim="V. Voorbeeld", story="Een wagen wacht.") == 303
    found: dict[str, set[str]] = {}
    for role in ROLES:
        browser = Browser(base)
        await browser.sign_in(f"{role} fictief", PASSWORD)
        for path in asked:
            if not path.partition("?")[0].endswith((".csv", ".json")):
                found[f"{role} {path}"] = unsaid(await read(base + path, f"{browser.name}={browser.cookie}"), *SAID)
    none(found)


def test_the_degraded_mode_file_is_locked_and_open() -> None:
    case = msgspec.structs.replace(FewCases().case, places=(Protected(name="T", lat=51.05, lon=3.72, radius_m=300.0),))
    alarms = tuple(
        OpenAlarm(label="AMR-9", state=state, since=START, zone="5415", owner="") for state in get_args(State)
    )
    sheet = Sheet(
        written=START,
        centre="",
        cases=(case, msgspec.structs.replace(case, safe_word="", duress_word="")),
        alarms=(*alarms, OpenAlarm(label="", state="raised", since=START, zone="", owner="")),
        zones=(ZoneLine(key="5415", name="PZ Gent", radio=""),),
        reserved=2,
    )
    none(
        {
            "open": unsaid(of_page(sheet_page(sheet, _))),
            "no alarms, no cases": unsaid(of_page(sheet_page(msgspec.structs.replace(sheet, cases=(), alarms=()), _))),
            "locked": unsaid(of_page(locked_page("", START, _))),
        }
    )


OF_THE_EXERCISE = (
    *("Leerling Een", "Leerling Twee", "Leerling Drie", "Trainer Fictief", "Person 1", "A press in Gent"),
    *("She was followed.", "She whispers", "Come.", "Two cars.", "Well listened.", "Addresses © Somebody"),
)


def test_the_debrief_of_an_exercise_is() -> None:
    bare = debrief(cut_off=True, incidents=(), trainees=(), told=(), remarks=(), halts=(), missed=())
    course = debrief().incidents[0].course
    near = (spot.near for spot in course.spots if spot.near != WITHHELD)
    said = (*OF_THE_EXERCISE, *near, *(spot.unit for spot in course.spots))
    none(
        {name: unsaid(of_page(page_of(one, language=PSEUDO)), *said) for name, one in (("", debrief()), ("bare", bare))}
    )


def speaking(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The commands that can be asked for a language."""
    if any("--language" in param.opts for param in command.params):
        yield path
    for name, one in getattr(command, "commands", {}).items():
        yield from speaking(one, (*path, name))


# What each is asked; `LOG` stands for a log's options.
ASKED: dict[tuple[str, ...], list[str]] = {
    ("report",): [
        "",
        "x.csv",
        "x.csv --columns m --by hour",
        "LOG",
        *(
            f"LOG --reason MAGISTRATE {more}"
            for more in ("--format odt", "-o x.odt", "--by moon", "--class odd", "--since monday", "--profile odd")
        ),
        f"{EXAMPLE}/incidents.csv --columns {EXAMPLE}/mapping.toml --format json --strict",
    ],
    ("evidence",): [
        "ID LOG -o x.odt",
        "ID LOG -o x.pdf --annex y.pdf",
        "ID LOG -o x.pdf --annex y.txt --reason MAGISTRATE",
        "ID LOG -o x.json --annex y.pdf --reason MAGISTRATE",
        "aa LOG -o x.json --reason MAGISTRATE",
        "aaaaaaaa LOG -o x.json --reason MAGISTRATE",
    ],
    ("devices", "list"): ["LOG -o -", "LOG -o x.csv --names --reason MAGISTRATE", "LOG -o - --reason MAGISTRATE"],
    ("subject",): [
        "N-1 LOG -o x.odt --reason REQUEST",
        "N-1 LOG -o x.json --reason z",
        "N-1 LOG -o x.json --reason REQUEST --of witness",
    ],
}
# What may be typed.
OPTIONS = (
    *(
        "terminal",
        "csv",
        "parquet",
        "json",
        "html",
        "pdf",
        "txt",
        "htm",
        "real",
        "test",
        "accidental",
        "unknown",
        "none",
    ),
    *("all", "amr", "cic", "nena", "nfpa", "hour", "shift", "day", "week", "weekday", "zone", "class", "operator"),
    *("victim", "suspect"),
)


def test_what_a_command_of_the_desks_staff_says_beside_its_paper_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its refusals too; what a broken file, key or mapping is said to be is English (`cli/reader.py`)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(catalogue, "translator", lambda language: _)
    made = CliRunner().invoke(app, ["log", "generate", "--incidents", "3", "--until", "2026-01-15", "--log", "v.log"])
    assert made.exit_code == 0, made.output
    with closing(sqlite3.connect("v.log")) as log:
        ((stream,),) = log.execute("SELECT stream FROM heads WHERE stream LIKE 'incident/%' LIMIT 1")
    incident = stream.removeprefix("incident/")
    found, said = {}, 0
    for path, lines in ASKED.items():
        for line in lines:
            options = line.replace("ID", incident).replace("LOG", "--log v.log").split()
            result = CliRunner().invoke(app, [*path, *options])
            assert result.exit_code < 3 and not isinstance(result.exception, AssertionError), result.output
            found[" ".join((*path, line))] = unsaid(result.stderr, *options, *OPTIONS, "vigie")
            said += bool(result.stderr)
    assert said >= 15 and set(ASKED) == set(speaking(typer.main.get_command(app)))
    none(found)


@pytest.mark.parametrize("path", ASKED, ids=" ".join)
def test_no_line_of_such_a_command_is_written_in_one_language(path: tuple[str, ...]) -> None:
    """What is said where no test comes: `fail`, `echo` and what is gathered to be said take no text of their own."""
    tree = ast.parse((ROOT / "cli" / f"{path[0]}.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [(ast.unparse(call.func).rpartition(".")[2], call) for call in calls]
    spoken = {id(text) for name, call in named if name in ("_", "counted") for text in ast.walk(call)}
    bare = [
        node.value
        for name, call in named
        for argument in call.args
        for node in ast.walk(argument)
        if name in ("fail", "echo", "append")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken
    ]
    bare = [text.replace("vigie: ", "") for text in bare if not set(text.split(", ")) <= set(OPTIONS)]
    assert [text for text in bare if LETTER.search(text)] == []

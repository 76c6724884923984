"""A whole story on a real log and a real case register, and evidence files of it."""

import io
import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from pypdf import PdfReader

from centre.documents.evidence import Basis, Paper, render
from incidents import commands as cmd
from incidents import events as ev
from incidents.cases import CaseRegister, import_cases
from incidents.events import EvidenceForm
from incidents.incident import Incident
from incidents.log.verify import head
from incidents.messages import Call, CallReport, Fix, FixReport, OrderReport, PressReport, Report, UnitReport
from incidents.roles import User
from reports.evidence.gather import collect
from reports.evidence.schema import Made
from tests.incidents.conftest import DEVICE, START, Floor
from tests.people import dispatcher

BEHIND = timedelta(seconds=3)  # the feed's clock is so much behind ours, transport included
SUE = User(actor="sue", roles=frozenset({"supervisor"}), name="Sue Fictief")
NUMBER = "2026-0412"


async def report(floor: Floor, after_s: float, said: Report, behind: timedelta = BEHIND) -> None:
    """A message of the feed, by its own clock."""
    floor.clock.pass_s(after_s)
    await floor.desk.receive(floor.message(said, at=floor.clock.now() - behind))


async def does(
    floor: Floor, after_s: float, user: User, kind: type[cmd.OnIncident], name: str, **facts: Any
) -> Incident:
    """A command of a person."""
    floor.clock.pass_s(after_s)
    after = await floor.desk.command(kind(id=floor.name(), incident=name, **facts), user)
    assert after is not None
    return after


async def story(floor: Floor, note: str = "she whispers: he is at the door") -> str:
    """Press, positions, case opened, route, receipts, corrections, close, reopen, explanation; the incident's id."""
    people = {name: floor.desk.pseudonym(f"{name.title()} Fictief") for name in ("ann", "bob", "sue")}
    ann, bob = dispatcher(people["ann"]), dispatcher(people["bob"])
    sue = User(actor=people["sue"], roles=frozenset({"supervisor"}))
    at = floor.clock.now() - BEHIND
    fix = Fix(51.05364, 3.72531, 18.0, 68.0, "gnss", at, 1.2)
    await report(floor, 0, PressReport(device=DEVICE, fix=fix, battery=81, call=Call("ringing", "101-7")))
    found = floor.incident()
    assert found is not None
    name = found.id
    shown = ev.Presented(consoles=1, audible=1, first=True)
    await floor.desk.note(f"incident/{name}", shown, id=f"{name}-presented", actor="console")
    await does(floor, 4, bob, cmd.OpenCase, name)
    await does(floor, 1, ann, cmd.OpenCase, name)
    await does(floor, 2, ann, cmd.Acknowledge, name)
    await report(floor, 3, CallReport(device=DEVICE, state="open", line="101-7", desk="Desk 1"))
    await does(floor, 9, ann, cmd.Note, name, text=note)
    order = (await does(floor, 12, ann, cmd.Route, name, zone="5415")).order
    assert order is not None
    await floor.desk.delivered(name, order=order.id, update=1, zone="5415", status=202)
    await report(floor, 20, OrderReport(order=order.id, state="accepted", unit="GT 12"))
    await report(floor, 30, FixReport(device=DEVICE, fix=Fix(51.0552, 3.7301, 25.0)))
    await report(floor, 30, OrderReport(order=order.id, state="en_route", unit="GT 12"))
    await report(floor, 5, UnitReport(unit="GT 12", zone="5415", status="en_route", fix=Fix(51.0401, 3.7000)))
    await report(floor, 300, OrderReport(order=order.id, state="on_scene", unit="GT 12"))
    to = floor.clock.now() + timedelta(seconds=400)
    floor.clock.pass_s(500)
    await does(
        floor, 5, ann, cmd.CorrectTime, name, time="on_scene", to=to, reason="the unit pressed the button too early"
    )
    await does(
        floor,
        5,
        ann,
        cmd.Progress,
        name,
        step="safe",
        anyway=True,
        happened_at=floor.clock.now() - timedelta(seconds=90),
    )
    closing = {
        "as_class": "real",
        "outcome": "suspect_arrested",
        "reason": "he was arrested at the door",
        "anyway": True,
    }
    await does(floor, 20, ann, cmd.Close, name, **closing)
    await does(floor, 600, bob, cmd.Reopen, name, reason="the class was wrong")
    await does(floor, 10, bob, cmd.Close, name, **closing)
    await does(
        floor,
        900,
        sue,
        cmd.Explain,
        name,
        interval="pressed->on_scene",
        reason="the only free unit came from the coast",
    )
    return name


def register(folder: Path) -> CaseRegister:
    """A register with two versions of the story's case, and its word and numbers that must not leave it."""
    day = START.date()
    fact = {"text": "grey van, plate 1-ABC-000", "source": "PZ Gent", "date": str(day)}
    case: dict[str, Any] = {
        "number": NUMBER,
        "victim": {"name": "A. Voorbeeld", "languages": ["nl"]},
        "suspect": {"name": "B. Fictief", "facts": [fact]},
        "devices": [DEVICE],
        "valid_from": str(day - timedelta(days=30)),
        "valid_until": str(day + timedelta(days=30)),
        "source": "Parket Oost-Vlaanderen",
        "date": str(day),
        "weapons": [fact | {"text": "hunting rifle"}],
        "places": [{"name": "home", "lat": 51.05, "lon": 3.72, "radius_m": 250}],
        "exclusions": [
            {"reason": "the suspect's brother", "account": "Bro Fictief"},
            {"reason": "the suspect lives there", "zone": "5416"},
        ],
        "safe_word": "tulpenbol",
        "duress_word": "wintertuin",
        "safe_numbers": ["+32 9 000 00 00"],
    }
    for risk in ("he threatened her in May", "he was seen near her work"):
        (folder / "cases.json").write_text(json.dumps({"cases": [case | {"risks": [fact | {"text": risk}]}]}))
        assert not import_cases(folder / "cases.json", folder / "cases.db").problems
    return CaseRegister.open(folder / "cases.db", today=lambda: day)


async def made(
    floor: Floor,
    folder: Path,
    name: str,
    form: EvidenceForm,
    cases: Any,
    *,
    with_key: bool = False,
    paper: Paper = Paper(),
) -> bytes:
    """The file of an incident as it is now."""
    found = await collect(floor.log, name)
    made = Made(at=floor.clock.now(), by="Sue Fictief", how="command", digest=head(folder / "vigie.log"))
    names = floor.log.vault.name_of
    key = floor.log.vault.disclose(f"incident/{name}") if with_key else ""
    basis = Basis(
        found=found,
        made=made,
        unseal=floor.log.unseal,
        name_of=names,
        zone_name=lambda key: {"5415": "PZ Gent"}.get(key, ""),
        cases=cases,
        key=key,
        paper=paper,
    )
    content, _ = render(basis, form)
    return content


def pdf_text(pdf: bytes) -> str:
    """All its words, one space between them."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def squeezed(text: str) -> str:
    """Without space: a long word may be broken over lines."""
    return re.sub(r"\s", "", text)


def verify(folder: Path, recipe: str, *files: Path) -> subprocess.CompletedProcess[str]:
    """Run the recipe as a stranger would: alone."""
    program = folder / "verify.py"
    program.write_text(recipe, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(program), *map(str, files)], capture_output=True, text=True, timeout=60, check=False
    )


def parsed(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def decoded(content: bytes) -> dict[str, Any]:
    return dict(msgspec.json.decode(content))

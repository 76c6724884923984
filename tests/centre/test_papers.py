"""Every document that leaves a centre: none leads to a protected place, and whoever adds one is asked about it here."""

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from app import app
from centre.runtime import Centre
from centre.serving import serve_pages
from centre.settings import Settings
from dashboard.documents.address import address
from dashboard.documents.page import Document, DocumentPage
from dashboard.supervisor.review.view import View
from dashboard.trainer.debrief import pages
from incidents import commands as cmd
from incidents import events as ev
from incidents.board import SHIFTS
from incidents.messages import Fix, Message, PressReport
from incidents.roles import User
from tests.centre.documents.evidence.test_withheld import TELLING, streams, with_refuge
from tests.incidents.conftest import DEVICE
from tests.waiting import LONG_S

pytestmark = pytest.mark.timeout(120)
READ = {  # by the class that answers: where it is, `{id}` the incident's, `{view}` a selection of the review
    "EvidencePage": ("/evidence/{id}.pdf", "/evidence/{id}.json"),
    "SheetPage": ("/sheet",),
    "DevicesPage": ("/devices", "/devices?names=1"),
    "DevicesFile": ("/devices.csv", "/devices.csv?names=1"),
    "ExportPage": ("/report/{view}.csv", "/report/{view}.json", "/report/{view}.pdf"),
    "FiguresPage": ("/figures",),
    "AggregatePage": ("/aggregate",),
}
NOT_READ = {
    "DegradedPage": "sealed by the supervisor's passphrase, for who must send a patrol when Vigie is down",
    "TilePage": "a square of the street map, of no alarm",
    "DrillsPage": "drills are no alarms, and a form",
    "HandoutPage": "the test of a device, of no incident",
    "DebriefPage": "of an exercise: tests/training/test_debriefs.py",
    "ProgressPage": "figures of a trainee",
    "AuditFile": "who looked at what, by pseudonym and number: no place, no text of an incident",
    "CasesPage": "the life of a case, for its keeper and managing zone: places are none of it",
    "LeafletPage": "how the button works: no person is in it",
    "GuidePage": "how to work: no incident is in it",
}
COMMANDS = (  # what the command line writes of a log
    "report --log {log} --format {form} --reason review",
    "devices list -o {out} --log {log} --cases {cases} --names --reason review",
    "log export {out} --log {log} --reason review",
    "record {id} -o {out} --log {log} --cases {cases} --reason review",
)


def pages_of(kind: type[Document]) -> Iterator[str]:  # type: ignore[type-arg]
    """The names of the documents that are a page, without the bases they share."""
    below = kind.__subclasses__()
    if not below and kind is not DocumentPage:
        yield kind.__name__
    for inner in below:
        yield from pages_of(inner)


def test_a_document_is_read_here_or_says_why_not() -> None:
    assert pages and {name for name in pages_of(Document) if not name.startswith("_")} == {*READ, *NOT_READ}


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[Centre]:
    with_refuge(tmp_path)
    settings = Settings(log=tmp_path / "vigie.log", cases=tmp_path / "cases.db", no_sign_in=True, port=0)
    centre = await Centre.open(settings)
    yield centre
    await centre.close()


async def worked(centre: Centre) -> str:
    """A press at the refuge that was worked and closed, and a word about it wherever one can be written."""
    desk = centre.desk
    user = User(actor=desk.pseudonym("Ann Fictief"), roles=frozenset({"dispatcher", "supervisor", "technician"}))
    at = desk.clock.now() - timedelta(seconds=1)
    where = "Huis De Linde, Lindestraat 7"
    await desk.command(cmd.AnnounceTest(id="announce-1", device=DEVICE, minutes=10, where=where), user)
    press = PressReport(device=DEVICE, fix=Fix(51.0611, 3.7411, 12.0, time=at))
    raw = b'{"fix": {"lat": 51.0611, "lon": 3.7411}}'
    await desk.receive(Message(feed="test", id="press-0001", at=at, report=press, raw=raw))
    (incident,) = desk.board.of_device(DEVICE)
    about = {"incident": incident.id}
    await desk.command(cmd.Acknowledge(id="claim-0001", **about), user)
    await desk.command(cmd.Note(id="note-00001", text=f"she is at {where}", **about), user)
    await desk.command(cmd.Route(id="route-0001", zone="5415", anyway=True, **about), user)
    await desk.command(cmd.Progress(id="safe-00001", step="safe", anyway=True, **about), user)
    closing = {"as_class": "real", "outcome": "victim_safe", "reason": "he left the Lindestraat", "anyway": True}
    await desk.command(cmd.Close(id="close-0001", **closing, **about), user)  # type: ignore[arg-type]
    await desk.command(cmd.Raise(id="raise-0001", place=where, zone="5415"), user)
    await desk.note(SHIFTS, ev.SheetNoted(text=f"look after {where}"), id="sheet-note-1", actor=user.actor)
    return incident.id


def words_in(content: bytes) -> str:
    """Everything that can be read in a document, packed parts too."""
    if content.startswith(b"%PDF"):
        return streams(content) if "evidence.json" in PdfReader(io.BytesIO(content)).attachments else pdf_words(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(words_in(packed.read(name)) for name in packed.namelist())
    # What an operator reads on the screen of an alarm without a case is not printed.
    return re.sub(r'<(span|small) class="screen">.*?</\1>', "", content.decode(errors="replace"))


def pdf_words(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


async def test_no_document_leads_to_a_protected_place(centre: Centre, tmp_path: Path) -> None:
    incident = await worked(centre)
    centre.start()
    async with asyncio.timeout(LONG_S):
        while not centre.history.ready:
            await asyncio.sleep(0.05)
    server = serve_pages(centre)
    named = {"id": incident, "view": address(View(), centre.desk.seal_view)}

    def got(where: str) -> bytes:
        url = f"http://127.0.0.1:{server.port}{where.format(**named)}"
        with urlopen(url, timeout=60) as answer:
            shown = bytes(answer.read())
        if b'class="reasons"' not in shown:
            return shown
        with urlopen(Request(url, b"why=review", {"Origin": f"http://127.0.0.1:{server.port}"}), timeout=60) as answer:
            return bytes(answer.read())

    try:
        for where in (where for found in READ.values() for where in found):
            text = words_in(await asyncio.to_thread(got, where))
            assert len(text) > 100 and not [word for word in TELLING if word in text], where
    finally:
        server.stop()
    about = {"log": tmp_path / "vigie.log", "cases": tmp_path / "cases.db", "id": incident, "out": tmp_path / "out.x"}
    forms = ("terminal", "csv", "json", "html", "pdf")
    for command in COMMANDS:
        for form in forms if "{form}" in command else ("",):
            (tmp_path / "out.x").unlink(missing_ok=True)
            words = [word.format(**about, form=form) for word in command.split()]
            done = await asyncio.to_thread(CliRunner().invoke, app, words)
            assert done.exit_code == 0, (command, done.output)
            content = (tmp_path / "out.x").read_bytes() if "{out}" in command else done.stdout_bytes
            assert not [word for word in TELLING if word in words_in(content)], command

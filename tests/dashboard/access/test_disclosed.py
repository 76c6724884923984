"""Every route, by everybody: what it shows of a person is refused, or a record before it goes. One that nobody listed fails."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from centre.documents.aggregate import Aggregates
from centre.documents.evidence import EvidenceFiles
from dashboard.access.accounts import Accounts
from dashboard.access.sign_in import Door
from dashboard.auditor.export import AuditFile
from dashboard.auditor.view import View as AuditView
from dashboard.documents.address import address
from dashboard.documents.aggregate import AggregatePage
from dashboard.documents.evidence import EvidencePage
from dashboard.documents.handover.page import SheetPage
from dashboard.documents.page import Document
from dashboard.documents.tiles import ADDRESS as TILES
from dashboard.documents.tiles import TilePage
from dashboard.server import desk_routes, routes
from dashboard.supervisor.review.export import ExportPage
from dashboard.supervisor.review.view import View
from dashboard.technician.handout import HandoutPage
from incidents import events as ev
from incidents.audit import OfNobody
from incidents.auditing.auditing import Auditing
from incidents.auditing.rules import AuditRules
from incidents.case import Exclusion
from incidents.cases import CaseRegister
from incidents.health import FileHealth
from incidents.log import Draft, LogUnavailable, Record
from incidents.log.snapshot import snapshot
from incidents.log.verify import verify
from incidents.roles import ROLES
from tests.dashboard.access.asked import HER, ROUTES
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser
from tests.dashboard.access.test_excluded import Scene
from tests.dashboard.access.test_excluded import scene as scene
from tests.dashboard.conftest import House
from tests.dashboard.supervisor.review.parts import Kept, past
from tests.waiting import LONG_S
from training.serving import room_routes

# What is no document: none says anything of a person.
OF_NOBODY = {
    "Home": "leads elsewhere",
    "Live": "whether the loop turns",
    "TakeOver": "whose page it is now",
    "SchemaFile": "types, and nothing that was ever said in them",
    "HealthReport": "states and counts",
    "MetricsPage": "counts",
    "SignInPage": "how many alarms nobody has",
    "Waiting": "how many alarms nobody has",
    "OidcStart": "leads to the sign-in service",
    "OidcBack": "takes its answer",
    "SignOut": "ends a sign-in",
    "Bundle": "scripts",
    "Asset": "scripts and styles",
    "JoinPage": "a form, of an exercise",
    "Invitation": "leads to it",
    "TakeIn": "takes a recording in",
    "Sound": "a sound of an exercise, for who takes part in it",
}


class Carried:
    """A degraded-mode file."""

    health = FileHealth()

    async def copy(self) -> bytes:
        return b"sealed"


def table() -> list[tuple[Any, ...]]:
    nobody: Any = None
    return routes(Door(lambda: None, lambda: nobody), desk_routes(lambda: nobody))


def test_every_route_says_what_it_discloses_or_why_it_is_of_nobody() -> None:
    class Anything:
        def __getattr__(self, name: str) -> Any:
            return Anything()

    anything: Any = Anything()
    for _, kind, *_more in [(TILES, TilePage), *table(), *room_routes(anything, anything, anything)]:
        if issubclass(kind, Document):
            assert isinstance(kind.discloses, OfNobody) or kind.discloses in ev.Disclosed.__args__, kind  # type: ignore[attr-defined]
        else:
            assert kind.__name__ in OF_NOBODY, f"{kind}: a document, with what it discloses, or of nobody"


async def records(house: House) -> list[tuple[str, ev.Disclosure]]:
    """The disclosures so far, with who was shown them."""
    found = []
    async for _, record in house.log.records():
        event = ev.entry(record, house.log.unseal(record)).event
        if isinstance(event, ev.Disclosure):
            assert record.stream.startswith(("audit/", "incident/"))
            found.append((house.desk.name_of(record.actor), event))
    return found


@pytest.mark.parametrize("who", ["foreign", "normal", "excluded"])
async def test_what_a_route_shows_is_refused_or_is_a_record_with_role_and_need_or_reason(
    scene: Scene, accounts: Accounts, tmp_path: Path, who: str
) -> None:
    """`foreign`: no page of theirs is open, they are on no shift here."""
    house = scene.house
    house.given.history = history = Kept(past(80, now=house.clock.now()))
    house.given.aggregates = Aggregates(history=history, path=tmp_path / "vigie.log", clock=house.clock)
    house.given.degraded = Carried()
    house.given.evidence = EvidenceFiles(
        desk=house.desk,
        log=house.log,
        path=tmp_path / "vigie.log",
        cases=CaseRegister.of(house.cases.all()),
        zone_name=lambda key: key,
        clock=house.clock,
        centre="",
    )
    path = tmp_path / "vigie.log"
    house.given.auditing = audit = Auditing(
        house.desk, partial(snapshot, path), house.log.vault, AuditRules(), partial(verify, path)
    )
    reading = asyncio.create_task(audit.run())
    async with asyncio.timeout(60):
        while not audit.ready:
            await asyncio.sleep(0.01)
    if who == "excluded":
        scene.exclude(*(Exclusion(reason="the suspect", account=f"{role} fictief") for role in ROLES))
    asked = {kind: ROUTES[route] for route, kind, *_ in table() if issubclass(kind, Document)}
    asked[ExportPage] = [f"/report/{address(View(), house.desk.seal_view)}.{form}" for form in ("csv", "json", "pdf")]
    asked[AggregatePage] = ["/aggregate"]
    asked[AuditFile] = [f"/audit/{address(AuditView(), house.desk.seal_view)}.{form}" for form in ("csv", "json")]
    shown = set()
    for role in ROLES:
        browser, name = Browser(scene.base), f"{role} fictief"
        await browser.sign_in(name, PASSWORD)
        line = await browser.open() if who == "normal" and role in ("dispatcher", "supervisor") else None
        if line is not None:
            await line.until(lambda told, name=name: name in str(told.get("together", "")))  # type: ignore[misc]
        for kind, path in ((kind, path.replace(HER, scene.id)) for kind, paths in asked.items() for path in paths):
            before = await records(house)
            status, text = await browser.get(path)
            if status == 200 and "<title>First the reason" in text:
                assert await records(house) == before, "nothing was shown yet"
                assert (await browser.take(path, why=""))[0] == (await browser.take(path, "other", "..."))[0] == 400
                status, text = await browser.take(path, why="other", reason="the yearly inspection")
            after = await records(house)
            made = [event for actor, event in after if actor == name and kind.discloses == event.DISCLOSES]
            if status != 200 or isinstance(kind.discloses, OfNobody):
                assert after == before, path
                continue
            assert made, path
            assert made[-1].role == role
            asks = 'class="reasons"' in text
            assert bool(made[-1].need) != bool(made[-1].why or asks), path
            assert made[-1].reason == ("the yearly inspection" if made[-1].why == "other" else ""), path
            shown.add((kind, asks))
        if line is not None:
            await line.close()
    reading.cancel()
    evidence = [event for _, event in await records(house) if isinstance(event, ev.EvidenceMade)]
    assert bool(evidence) == (who != "excluded")
    all_of_them = {kind for kind in asked if not isinstance(kind.discloses, OfNobody)}
    # No test was made at the bench here: of that tests/dashboard/technician/test_session.py.
    assert {kind for kind, _ in shown} == all_of_them - {HandoutPage} - ({EvidencePage} if who == "excluded" else set())
    assert ((SheetPage, True) in shown) == (who != "normal")


async def test_who_is_not_on_shift_says_afterwards_why_they_read_the_sheet(scene: Scene) -> None:
    browser, house = Browser(scene.base), scene.house
    await browser.sign_in("supervisor fictief", PASSWORD)
    _, page = await browser.get("/sheet")
    assert 'class="reasons"' in page
    status, page = await browser.take("/sheet", why="handover")
    assert status == 200 and 'class="reasons"' not in page
    found = [record async for _, record in house.log.records() if record.type in ("sheet_opened", "reason_given")]
    assert [(one.type, one.open.get("why")) for one in found] == [("sheet_opened", None), ("reason_given", "handover")]
    assert found[1].open["of"] == found[0].id and found[0].stream == found[1].stream


async def test_a_paper_of_a_desk_at_work_is_refused_to_nobody_when_the_log_fails(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, append, full = scene.house, scene.house.log.append, True

    async def failing(stream: str, expected: int, draft: Draft) -> Record:
        if full:
            raise LogUnavailable("database or disk is full")
        return await append(stream, expected, draft)  # type: ignore[no-any-return]

    browser = Browser(scene.base)
    await browser.sign_in("supervisor fictief", PASSWORD)
    monkeypatch.setattr(house.log, "append", failing)
    house.given.degraded = Carried()
    assert (await browser.get("/sheet"))[0] == (await browser.get("/degraded"))[0] == 200
    full = False
    async with asyncio.timeout(LONG_S):
        while len([one for one in await records(house) if one[1].DISCLOSES in ("sheet", "degraded")]) < 2:
            await asyncio.sleep(0.02)

"""Every wish of every page tried through its socket, by a colleague, from another centre and by whom the case excludes: what it
shows of a case is a record with a need or a reason, as somebody else reads the log's file. A page that nobody listed fails."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dashboard.access.accounts import Accounts
from dashboard.auditor.session import AuditorSession
from dashboard.map_window.session import MapSession
from dashboard.operator.session import Session
from dashboard.server import pages
from dashboard.shell.session import DeskSession, PageSession
from dashboard.supervisor.session import SupervisorSession
from dashboard.technician.requests import BenchRequests
from dashboard.technician.session import BenchSession
from dashboard.zone.session import ZoneSession
from incidents import events as ev
from incidents.audit import AGAIN
from incidents.auditing.auditing import Auditing
from incidents.auditing.query import Asked
from incidents.auditing.rules import AuditRules
from incidents.case import Exclusion
from incidents.log.snapshot import snapshot
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import verify
from incidents.roles import ROLES, Role
from tests.dashboard.access.asked import AUDIT, BENCH, DEVICE, HER, NUMBER, ROOM, WISHES, ZONE
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser, Line
from tests.dashboard.access.test_excluded import Scene, about
from tests.dashboard.access.test_excluded import scene as scene
from tests.training.test_room_tried import SESSIONS as OF_THE_ROOM
from tests.waiting import LONG_S, until

PAGES: dict[type[PageSession[Any]], tuple[str, Role]] = {
    Session: ("/operator", "dispatcher"),
    MapSession: ("/map", "dispatcher"),
    SupervisorSession: ("/supervisor", "supervisor"),
    AuditorSession: ("/auditor", "auditor"),
    BenchSession: ("/bench", "technician"),
    ZoneSession: ("/operator", "zone"),
}
# What her case alone says, and how an incident went; of a device the queue tells everybody.
MARKS = (NUMBER, "A. Voorbeeld", "B. Fictief", "hunting rifle", "tulip", '"story":{', '"history":[{', '"body":{')
SHOWS = {  # through which wishes each page shows it to a colleague; a page that shows it at once says so as "hello"
    Session: {"hello", "select", "search", "whose"},
    MapSession: set(),
    SupervisorSession: {"hello", "timeline", "whose"},
    AuditorSession: {"list", "row"},
    BenchSession: {"select", "search"},
    ZoneSession: {"hello"},
}


# The answer that a wish is sure to have, where it comes after what is asked next.
ANSWERS = {
    "search": "found",
    "find": "hits",
    "timeline": "timeline",
    "doubt": "doubted",
    "whose": "whose",
    "list": "list",
    "row": "row",
    "review": "review",
    "name": "named",
    "verify": "verified",
    "drills": "drills",
}


def wishes(cls: type[PageSession[Any]], scene: Scene) -> Iterator[dict[str, Any]]:
    """Those that the page's session answers: one that is listed nowhere fails here."""
    stream, auditing = scene.names[3], scene.house.consoles.services.auditing
    listed = WISHES | ROOM | ZONE | {name: [{}] for name in AUDIT}
    listed |= {
        "list": [{"n": 1, "view": {"case": NUMBER}}, {"n": 2, "view": {}}],
        "row": [{"seq": look.seq} for look in auditing.lists.all(Asked())] if auditing is not None else [],
        "name": [{"person": scene.incident.owner, "why": "review"}],
        "whose": [{"device": f"{stream}/battery_low"}],
    }
    if cls is BenchSession:
        listed |= {"select": [{"device": DEVICE}]}
        commands = [{"do": name, "id": f"{name}-wish", **about(scene)} for name in BENCH]
        listed |= {
            "command": [{"command": one} for one in (*commands, *(one | {"number": "none"} for one in commands))]
        }
    for name in cls.requests:
        for wish in listed[name]:
            yield {"do": name, **json.loads(json.dumps(wish).replace(HER, scene.id))}


def shows(frames: list[str]) -> set[str]:
    said = "".join(frames).replace("\\", "")
    return {mark for mark in MARKS if mark in said}


class Reader:
    """The log as another process reads it: by its file, with its keys."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self.known: set[str] = set()

    async def new(self) -> dict[str, tuple[str, ev.Disclosure]]:
        """The disclosures to this person since it was asked last, by id: where each stands."""
        log = await SqliteLog.open(self.path, reading=True)
        try:
            found = {
                record.id: (record.stream, ev.entry(record, log.unseal(record)).event)
                async for _, record in log.records()
                if record.type in ev.DISCLOSURES
                and record.id not in self.known
                and log.vault.name_of(record.actor) == self.name
            }
        finally:
            await log.close()
        self.known |= found.keys()
        return found  # type: ignore[return-value]

    async def due(self) -> dict[str, tuple[str, ev.Disclosure]]:
        """The same, once there is one: nothing waits for a record."""
        async with asyncio.timeout(LONG_S):
            while not (found := await self.new()):
                await asyncio.sleep(0.05)
        return found


async def answered(line: Line, n: int, wish: dict[str, Any] | None = None) -> None:
    """Say a wish, and wait until it is answered."""
    after = len(line.messages)

    def said(what: str, value: object = None) -> Any:
        return lambda message: any(
            what in reply and value in (None, reply[what]) for reply in message.get("replies", ())
        )

    if wish is not None:
        await line.say(**wish)
        if what := ANSWERS.get(wish["do"]) or ("answer" if wish.get("command") else ""):
            await line.until(said(what), after=after)
    await line.say(do="beat", n=n)
    await line.until(said("beat", n), after=after)


@pytest.fixture
async def auditing(scene: Scene, tmp_path: Path) -> AsyncIterator[None]:
    path, house = tmp_path / "vigie.log", scene.house
    opens = partial(snapshot, path)
    house.given.auditing = audit = Auditing(house.desk, opens, house.log.vault, AuditRules(), partial(verify, path))
    mieke = house.desk.pseudonym("Mieke Voorbeeld")
    await house.desk.note(f"incident/{scene.id}", ev.CaseOpened(role="dispatcher"), id="look-000001", actor=mieke)
    reading = asyncio.create_task(audit.run())
    await until(lambda: audit.ready and audit.index.columns.count)
    yield
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


@pytest.mark.parametrize("cls", PAGES, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("who", ["normal", "foreign", "excluded"])
async def test_what_a_page_shows_is_refused_or_a_record_with_its_need_or_reason(
    scene: Scene, accounts: Accounts, auditing: None, tmp_path: Path, who: str, cls: type[PageSession[Any]]
) -> None:
    """`foreign`: the desk serves another centre, and so does who signs in."""
    path, role = PAGES[cls]
    name = f"{role} fictief"
    if who == "foreign":
        scene.house.consoles.services.listening.own = ("LIE",)
    if who == "excluded":
        scene.exclude(Exclusion(reason="the suspect", account=name))
    browser, log, shown = Browser(scene.base), Reader(tmp_path / "vigie.log", name), set()
    await browser.sign_in(name, PASSWORD)
    operator = await browser.open("/operator") if cls is MapSession else None
    if operator is not None:
        await operator.say(do="select", incident=scene.id)
        await answered(operator, 1)
    line = await browser.open(path)
    await answered(line, 2)
    at_once = shows(line.raw)
    if at_once:
        shown.add("hello")
        assert await log.due()
    await log.new()
    for n, wish in enumerate(wishes(cls, scene), 3):
        before = len(line.raw)
        if wish["do"] == "row" and who == "excluded":  # no answer: whatever takes as long as one is waited for
            await line.say(**wish)
            for longer in ({"do": "list", "n": 1, "view": {}},) * 2 + (
                {"do": "name", "person": scene.incident.owner, "why": "review"},
            ):
                await answered(line, n, longer)
        else:
            await answered(line, n, wish)
        marks = shows(line.raw[before:]) - at_once
        if not marks:
            continue
        shown.add(wish["do"])
        assert who != "excluded", (wish, marks)
        looks = await log.due()
        asks = {message["asks"]["of"] for message in line.messages if message.get("asks")}
        asks |= {f"{id}{AGAIN}" for id in asks}
        looks = {id: one for id, one in looks.items() if getattr(one[1], "found", True)}
        assert all(stream.startswith(("incident/", "audit/", "device/")) for stream, _ in looks.values()), wish
        assert all(look.role == role for _, look in looks.values()), wish
        assert all(
            look.need or look.why or look.DISCLOSES == "audit" or id in asks for id, (_, look) in looks.items()
        ), wish
        if who == "foreign" and role == "dispatcher":
            told = [look for _, look in looks.values() if look.need]
            assert not told or wish["do"] == "whose", "it is another centre's: nothing says why"
        await line.close()  # a new page: what it shows is another look
        line = await browser.open(path)
        await log.new()
    for one in (line, operator):
        if one is not None:
            await one.close()
    assert shown == (set() if who == "excluded" else SHOWS[cls])
    if who == "excluded":
        found = await Reader(tmp_path / "vigie.log", name).new()
        assert not [look for _, look in found.values() if look.DISCLOSES in ("case", "timeline", "order", "track")]


def test_every_page_and_every_wish_is_tried() -> None:
    nobody: Any = None
    assert {path for path, _ in PAGES.values()} == set(pages(lambda: nobody))
    kinds: list[type[Any]] = [PageSession]
    found: set[type[Any]] = set()
    while kinds:
        below = kinds.pop().__subclasses__()
        found |= set(below)
        kinds += below
    own = {kind for kind in found if kind.__module__.startswith("dashboard.") and hasattr(kind, "kind")}
    assert own - {DeskSession} == set(PAGES) | set(OF_THE_ROOM.values())
    assert set(SHOWS) == set(PAGES) and {role for _, role in PAGES.values()} <= set(ROLES)
    assert set(BENCH) == set(BenchRequests.requests)

"""Every wish of every page, as a colleague, from another centre, in other roles, and as whom the case excludes: what is
disclosed is a record in a need, or one that the page asks a reason for.

The wishes are those of the pages' typed requests: one that is not listed fails.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dashboard.access.accounts import Accounts
from dashboard.access.signins import SignIns
from dashboard.auditor.session import AuditorSession
from dashboard.operator.session import Session
from dashboard.shell.session import DeskSession
from dashboard.supervisor.session import SupervisorSession
from dashboard.technician.session import BenchSession
from dashboard.zone.order_map import OrderMaps
from dashboard.zone.session import ZoneSession
from incidents import commands as do
from incidents import events as ev
from incidents.case import Exclusion
from incidents.incident import Incident
from incidents.messages import DeviceReport
from incidents.roles import Role, User
from maps.store import SHIPPED
from maps.streets.street_file import Streets
from tests.dashboard.access.asked import HER, ROOM, WISHES, ZONE
from tests.dashboard.access.conftest import PASSWORD, bench
from tests.dashboard.conftest import DEVICE, House, Paper

# What the case alone says: of a device, and where it is, the queue tells everybody.
MARKS = ("2026-0412", "A. Voorbeeld", "B. Fictief", "hunting rifle", "1-ABC-000", '"story": {')
WORDS = ("tulip", "winter")
# Who stands before which page, the centres they cover, and whether its wishes may disclose the case at all.
WHO: list[tuple[str, type[DeskSession[Any]], Role, tuple[str, ...]]] = [
    ("colleague", Session, "dispatcher", ()),
    ("elsewhere", Session, "dispatcher", ("LIE",)),
    ("leads", SupervisorSession, "supervisor", ()),
    ("audits", SupervisorSession, "auditor", ()),
    ("tests", BenchSession, "technician", ()),
    ("drives", ZoneSession, "zone", ()),
]
DISCLOSE = {  # of whom the wishes that disclose: each shown to the left, and none that is not here
    "colleague": {"hello", "select", "search", "whose"},
    "elsewhere": {"hello", "select", "search", "whose"},
    "leads": {"hello", "whose", "timeline"},
    "audits": {"timeline"},
    "tests": {"select", "search"},
    "drives": {*WISHES, *ZONE} - {"lock", "command"},  # its page says all there is each time
}


class Scene:
    """Her alarm, which somebody has, routed; a technical alarm of her device; one page after the other before it."""

    def __init__(self, house: House, accounts: Accounts) -> None:
        self.house, self.accounts = house, accounts
        self.signins = SignIns(accounts, clock=house.clock)
        house.consoles.signins = self.signins
        house.consoles.bench = bench(house)
        for name, _, role, _ in WHO:
            accounts.add(name, [role], PASSWORD, **({"zone": "5415"} if role == "zone" else {}))

    async def begin(self) -> None:
        house = self.house
        house.cases.case = msgspec.structs.replace(house.cases.case, exclusions=())
        self.incident: Incident = await house.press()
        owner = User(actor=house.desk.pseudonym("owner"), roles=frozenset({"dispatcher"}))
        for kind, facts in ((do.Acknowledge, {}), (do.Route, {"zone": "5415"})):
            await house.desk.command(kind(id=house.name(), incident=self.incident.id, **facts), owner)
        await house.report(DeviceReport(device=DEVICE, state="battery_low", battery=7))
        (alarm,) = house.desk.board.device_alarms.values()
        self.key = f"{alarm.stream}/{alarm.condition}"

    async def wish(self, who: str, cls: type[DeskSession[Any]], cics: tuple[str, ...], wish: dict[str, Any]) -> Any:
        """What a new page of somebody is sent on a wish, and what it asks a reason for."""
        paper, consoles = Paper(), self.house.consoles
        account = self.accounts.get(who)
        assert account is not None
        token = self.signins.open(account)
        facts = (OrderMaps(Streets, SHIPPED),) if cls is ZoneSession else ()
        page: Any = (
            cls(consoles, paper, None, token) if cls is Session else cls(consoles, paper, token, *facts)  # type: ignore[arg-type, call-arg]
        )
        if isinstance(page, Session):
            consoles.enter(page, "", "")
            page.covers = consoles.services.listening.chosen(cics)
        page.take(json.dumps(wish))
        for _ in range(3):
            await asyncio.sleep(0)
            await paper.take(page)
            page.push(urgent=True)
            await paper.turn()
        ask = page.looks.ask()
        consoles.leave(page) if isinstance(page, Session) else page.end()
        said = re.sub(r'"id": "[^"]*", "failed"', "", json.dumps(paper.sent))  # what it asked by, of what there is not
        return said, {ask.of} if ask else set()

    async def looks(self, who: str) -> dict[str, ev.Disclosure]:
        """The disclosures to somebody that the log holds, by their ids."""
        self.house.desk._searches.close()
        await self.house.desk._disclosures.close()
        actor, found = self.house.desk.pseudonym(who), {}
        async for _, record in self.house.log.records():
            if record.actor == actor and record.type in ev.DISCLOSURES:
                assert record.stream.startswith(("incident/", "audit/", "device/")), record.type
                found[record.id] = ev.entry(record, self.house.log.unseal(record)).event
        return found  # type: ignore[return-value]


@pytest.fixture
async def scene(house: House, accounts: Accounts, tmp_path: Path) -> Any:
    scene = Scene(house, accounts)
    await scene.begin()
    yield scene
    scene.signins.close_file()


def wishes(cls: type[DeskSession[Any]], scene: Scene) -> Iterator[dict[str, Any]]:
    """The wishes of a page by its typed requests: one that nobody listed fails here."""
    listed = WISHES | ROOM | ZONE
    for name in cls.requests:
        for wish in listed[name]:
            for her in (scene.incident.id, DEVICE, "2026-0412"):
                yield {"do": name, **json.loads(json.dumps(wish).replace(HER, her))}
    more = (
        {"do": "select", "address": "", "device": DEVICE, "incident": scene.incident.id},
        {"do": "whose", "device": scene.key},
    )
    yield from (wish for wish in more if wish["do"] in cls.requests)


@pytest.mark.parametrize(("who", "cls", "role", "cics"), WHO, ids=[who for who, *_ in WHO])
async def test_what_a_wish_discloses_is_recorded_in_a_need_or_a_reason_is_asked(
    scene: Scene, who: str, cls: type[DeskSession[Any]], role: Role, cics: tuple[str, ...]
) -> None:
    disclosed = set()
    for wish in wishes(cls, scene):
        before = await scene.looks(who)
        sent, asked = await scene.wish(who, cls, cics, wish)
        new = {id: look for id, look in (await scene.looks(who)).items() if id not in before}
        assert not any(word in sent for word in WORDS), wish
        if not any(mark in sent for mark in MARKS):
            continue
        disclosed.add(wish["do"])
        assert new, wish
        assert all(look.need or look.why or id in asked for id, look in new.items()), wish
        assert all(look.role == role for look in new.values())
    assert disclosed == DISCLOSE[who] & cls.requests.keys()


@pytest.mark.parametrize(("who", "cls", "role", "cics"), WHO, ids=[who for who, *_ in WHO])
async def test_a_wish_of_whom_the_case_excludes_discloses_nothing(
    scene: Scene, who: str, cls: type[DeskSession[Any]], role: Role, cics: tuple[str, ...]
) -> None:
    case = scene.house.cases.case
    scene.house.cases.case = msgspec.structs.replace(case, exclusions=(Exclusion(reason="friend", account=who),))
    for wish in wishes(cls, scene):
        sent, _ = await scene.wish(who, cls, cics, wish)
        assert not any(mark in sent.replace(json.dumps(wish), "") for mark in (*MARKS[1:], *WORDS)), wish
    assert not [look for look in (await scene.looks(who)).values() if look.DISCLOSES in ("case", "timeline", "order")]


async def test_who_comes_back_to_a_locked_page_looks_anew(scene: Scene) -> None:
    paper = Paper()
    account = scene.accounts.get("colleague")
    assert account is not None
    session = Session(scene.house.consoles, paper, token=scene.signins.open(account))
    scene.house.consoles.enter(session, "", "")
    session.take(json.dumps({"do": "hello", "selected": scene.incident.id}))
    for after in ("lock", "beat"):
        await asyncio.sleep(0.01)
        await paper.turn()
        session.take(json.dumps({"do": after, "n": 1}))
    await asyncio.sleep(0.01)
    await paper.turn()
    assert len(await scene.looks("colleague")) == 1 and session.looks.ask() is None
    assert scene.house.consoles.take_over(session.id, scene.signins.open(account))
    await paper.turn()
    assert len(await scene.looks("colleague")) == 2


def test_every_page_that_gives_commands_is_tried() -> None:
    kinds, found = [DeskSession], set()
    while kinds:
        kind = kinds.pop()
        found |= set(kind.__subclasses__())
        kinds += kind.__subclasses__()
    # An auditor's page: each list and row of it is a record of its own (tests/incidents/auditing, tests/browser/test_auditor.py).
    tried = {AuditorSession, *(cls for _, cls, *_ in WHO)}
    assert {kind for kind in found if kind.__module__.startswith("dashboard.")} == tried

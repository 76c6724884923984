"""Whom a case excludes, against a running server: every command, every wish of a page, every route, by account and by zone.

What is new is found by itself: a command, a wish, a room or a route that this file does not know fails it.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from centre.documents.evidence import EvidenceFiles
from dashboard.access.accounts import Accounts
from dashboard.access.sign_in import Door
from dashboard.auditor.session import AuditorSession
from dashboard.map_window.session import MapSession
from dashboard.operator.session import Session
from dashboard.server import desk_routes, pages, routes
from dashboard.shell.session import DeskSession
from dashboard.supervisor.review.desk import Questions
from dashboard.supervisor.session import SupervisorSession
from dashboard.technician.requests import BenchRequests
from dashboard.technician.session import BenchSession
from dashboard.zone.session import ZoneSession
from incidents import commands as do
from incidents import events as ev
from incidents.case import Exclusion
from incidents.commands import COMMANDS
from incidents.incident import Incident
from incidents.messages import DeviceReport, Fix, UnitReport
from incidents.roles import MAY, ROLES, User
from maps.geodesy import to_mercator
from reports.measures.history import History
from tests.dashboard.access.asked import (
    ASKED_APART,
    AUDIT,
    BENCH,
    DEVICE,
    ECHO,
    HER,
    NUMBER,
    ROOM,
    ROUTES,
    WISHES,
    ZONE,
)
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.parts import Browser, Line
from tests.dashboard.access.test_table import PAGES, sample
from tests.dashboard.conftest import House
from tests.waiting import LONG_S

OTHER = "AMR-00777"  # the words of the pages do not quote it
SPOT = Fix(51.0536, 3.7253, 18.0)
# What names her, her place, or what the case says. An id is hers too: it leads to the rest.
SECRETS = (DEVICE, NUMBER, "A. Voorbeeld", "B. Fictief", "hunting rifle", "tulip", "51.0536", "GENT-7")
# Which of a command's fields may name her, and by which of `Scene.names`.
SUBJECTS = {"incident": (0,), "device": (1,), "case": (1, 2), "stream": (3,), "order": (4,), "drill": (0,)}


class Scene:
    """Her alarm, taken and ordered before the exclusion; another's beside it; a server that everybody signs in to."""

    def __init__(self, house: House, base: str) -> None:
        self.house, self.base = house, base
        self.id = self.other = ""

    async def begin(self) -> None:
        house = self.house
        house.cases.case = msgspec.structs.replace(house.cases.case, exclusions=(), number=NUMBER, devices=(DEVICE,))
        self.id = (await house.press(DEVICE, fix=SPOT)).id
        self.other = (await house.press(OTHER, fix=Fix(50.63, 5.57, 20.0))).id
        await self.by_mieke(do.Acknowledge)
        await self.by_mieke(do.Route, zone="5415")
        await house.report(UnitReport(unit="GENT-7", zone="5415", status="en_route", fix=Fix(51.05, 3.72)))
        order = self.incident.order
        assert order is not None
        progress = ev.UnitSeen(status="en_route", unit="GENT-7", fix=Fix(51.05, 3.72))
        await house.desk.note(f"incident/{self.id}", progress, id="unit-1", actor="feed")
        await house.report(DeviceReport(device=DEVICE, state="battery_low", battery=7))

    @property
    def incident(self) -> Incident:
        return self.house.desk.board.incidents[self.id]

    @property
    def names(self) -> list[str]:
        order = self.incident.order
        assert order is not None
        (stream,) = {alarm.stream for alarm in self.house.desk.board.device_alarms.values()}
        return [self.id, DEVICE, NUMBER, stream, order.id]

    async def by_mieke(self, kind: Any, **facts: Any) -> None:
        user = User(actor=self.house.desk.pseudonym("Mieke Voorbeeld"), roles=frozenset({"dispatcher", "supervisor"}))
        await self.house.desk.command(kind(id=self.house.name(), incident=self.id, **facts), user)

    def exclude(self, *exclusions: Exclusion) -> None:
        self.house.cases.case = msgspec.structs.replace(self.house.cases.case, exclusions=exclusions)
        self.house.consoles.cases_changed()

    def leaks(self, text: str) -> list[str]:
        x, y = to_mercator(SPOT.lat, SPOT.lon)
        marks = (*SECRETS, self.id, f"{x:.1f}", f"{y:.1f}")
        return [mark for mark in marks if mark in text]

    def telling(self) -> set[str]:
        """What the log says that somebody did with her alarm."""
        return {entry.id for entry in self.incident.history.entries if not isinstance(entry.event, ev.KeptFrom)}


@pytest.fixture
async def scene(house: House, base: str, accounts: Accounts, tmp_path: Path) -> AsyncIterator[Scene]:
    scene = Scene(house, base)
    await scene.begin()
    log: Any = house.log
    house.given.history = History(tmp_path / "vigie.log", log.vault)
    await house.consoles.services.history.load()
    house.consoles.services.history.follow(house.desk.board)
    cases: Any = house.cases
    house.given.evidence = EvidenceFiles(
        desk=house.desk,
        log=log,
        path=tmp_path / "vigie.log",
        cases=cases,
        zone_name=lambda key: key,
        clock=house.clock,
        centre="",
    )
    yield scene


def everybody() -> list[Exclusion]:
    """Each account, written as nobody would who typed it once."""
    return [Exclusion(reason="the suspect", account=f" {role.upper()}  fictief".replace("  ", " ")) for role in ROLES]


async def ask(line: Line, wish: dict[str, Any]) -> dict[str, Any]:
    await line.say(do="command", typed={}, command=wish)
    answer = (await line.reply(lambda reply: reply.get("answer", {}).get("id") == wish["id"]))["answer"]
    return {key: value for key, value in answer.items() if key != "id"}


def attacks(scene: Scene) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each command about her, beside the same about nobody."""
    made = []
    for name, kind in COMMANDS.items():
        facts = {f.name: sample(f.type) for f in msgspec.structs.fields(kind) if f.required} | {"do": name}
        facts |= {"reason": "a reason"} if "reason" in kind.__struct_fields__ else {}
        facts |= {"condition": "battery_low"} if "condition" in kind.__struct_fields__ else {}
        for field in SUBJECTS.keys() & set(kind.__struct_fields__):
            for n in SUBJECTS[field]:
                her = scene.names[n]
                made.append(
                    (
                        facts | {"id": f"{name}-{field}-{n}-hers-id", field: her},
                        facts
                        | {"id": f"{name}-{field}-{n}-none-id", field: "AMR-99999" if her == DEVICE else "aaaaaaaa"},
                    )
                )
    return made


@pytest.mark.parametrize("how", ["account", "zone"])
async def test_no_command_of_whom_the_case_excludes_does_or_tells_anything(
    scene: Scene, accounts: Accounts, how: str
) -> None:
    scene.exclude(*(everybody() if how == "account" else [Exclusion(reason="serves there", zone="5415")]))
    if how == "zone":  # a person of that zone who works at the centre too
        accounts.add("all fictief", [*ROLES], PASSWORD, zone="5415")
    before, device_alarms = scene.telling(), dict(scene.house.desk.board.device_alarms)
    roles = ("dispatcher", "supervisor") if how == "account" else ("all",)
    for role in roles:
        browser = Browser(scene.base)
        await browser.sign_in(f"{role} fictief", PASSWORD)
        line = await browser.open()
        for hers, nobodys in attacks(scene):
            told = [await ask(line, wish | {"id": f"{role}-{wish['id']}"[:64]}) for wish in (hers, nobodys)]
            if hers["do"] in ("announce_test", "withdraw_test") and DEVICE in hers.values():
                told[1] = {"ok": False, "code": "unknown_incident"} if told[1]["ok"] else told[1]
            assert told[0] == told[1], hers
        assert not scene.leaks(json.dumps(line.messages)), role
        await line.close()
    assert scene.telling() == before
    assert scene.house.desk.board.device_alarms == device_alarms
    assert not [test for test in scene.house.desk.board.announced.values() if test.device == DEVICE]
    raised = [i for i in scene.house.desk.board.incidents.values() if i.id not in (scene.id, scene.other)]
    assert not [i for i in raised if i.case or i.device]


@pytest.mark.parametrize("how", ["account", "zone"])
async def test_no_page_and_no_route_tells_whom_the_case_excludes_anything_of_it(
    scene: Scene, accounts: Accounts, how: str
) -> None:
    scene.exclude(*(everybody() if how == "account" else [Exclusion(reason="serves there", zone="5415")]))
    names = [f"{role} fictief" for role in ROLES] if how == "account" else ["zone fictief", "all fictief"]
    if how == "zone":
        accounts.add("all fictief", [*ROLES], PASSWORD, zone="5415")
    for name in names:
        browser = Browser(scene.base)
        await browser.sign_in(name, PASSWORD)
        said = []
        for path in pages(lambda: scene.house.consoles):
            status, text = await browser.get(path)
            said.append(text)
            if status != 200 or not any(mark in text for _, mark in PAGES.values()):
                continue  # a role that has not this page is told so
            line = await browser.open(path)
            await line.draw()
            for wish in wishes(scene):
                await line.say(**wish)
            await line.say(do="beat", n=77)
            await line.until(lambda message: any(reply.get("beat") == 77 for reply in message.get("replies", ())))
            words = [reply.get("review", {}) for message in line.messages for reply in message.get("replies", ())]
            said += [(await browser.take(f"/report/{word['export']}.csv"))[1] for word in words if "export" in word]
            await asyncio.sleep(0.3)  # what the map draws comes after the queue
            said += line.raw
            await line.close()
        for paths in ROUTES.values():
            for path in paths:
                said += [(await ask(path.replace(HER, scene.id)))[1] for ask in (browser.get, browser.take)]
        told = [ECHO.sub("", text.replace("\\", "")) for text in said]
        found = {leak: text[max(0, text.find(leak) - 200) :][:300] for text in told for leak in scene.leaks(text)}
        assert not found, name
        if name.startswith(("dispatcher", "supervisor", "all")):
            assert any(OTHER in text for text in said) and any(scene.other in text for text in said), "it saw nothing"
            assert any("marks" in text and scene.other in text for text in told), "its map saw nothing"


def wishes(scene: Scene) -> list[dict[str, Any]]:
    asked = [{"do": name, **wish} for name, listed in (WISHES | ROOM).items() for wish in listed]
    asked += [{"do": "command", "command": {"do": name, "id": f"{name}-wish"} | about(scene)} for name in BENCH]
    return [json.loads(json.dumps(wish).replace(HER, name)) for wish in asked for name in scene.names[:2]]


def about(scene: Scene) -> dict[str, Any]:
    return {"device": DEVICE, "old": DEVICE, "number": NUMBER, "address": "", "key": "", "step": "begin"}


def test_every_wish_room_question_and_route_is_known_here() -> None:
    assert set(WISHES) == set(Session.requests)
    assert set(ROOM) == set(SupervisorSession.requests) - set(Session.requests)
    assert {wish["what"] for wish in ROOM["review"]} | ASKED_APART == set(Questions.requests)
    assert set(BENCH) == set(BenchRequests.requests)
    assert set(AUDIT) == set(AuditorSession.requests) - set(DeskSession.requests)
    nobody: Any = None
    assert {route[0] for route in routes(Door(lambda: None, lambda: nobody), desk_routes(lambda: nobody))} == set(
        ROUTES
    )
    assert set(pages(lambda: nobody)) == {"/operator", "/map", "/supervisor", "/auditor", "/bench"}
    assert set(MapSession.requests) | set(BenchSession.requests) <= set(WISHES)
    assert set(ZoneSession.requests) <= set(WISHES) | set(ZONE)
    assert set(MAY) >= set(COMMANDS)


async def test_the_others_see_it_as_ever_and_the_excluded_a_row_that_says_reserved(scene: Scene) -> None:
    pages = {}
    for name in ("dispatcher fictief", "supervisor fictief"):
        browser = Browser(scene.base)
        await browser.sign_in(name, PASSWORD)
        pages[name] = await browser.open()
        await pages[name].until(lambda message: scene.id in message.get("rows", {}))
    excluded, eligible = pages.values()
    scene.exclude(Exclusion(reason="the suspect", account="Dispatcher FICTIEF"))
    message = await excluded.until(lambda message: message.get("rows", {}).get(scene.id, 1) is None)
    (row,) = [row for row in message["rows"].values() if row and row.get("reserved")]
    constant = {"label": "", "changes": 1, "received": 2**53 - 1, "priority": 2, "reserved": True, "state": "reserved"}
    assert row == constant | {"id": row["id"]}
    assert scene.id[:8] not in row["id"]
    # Nobody has another's: it is theirs as ever.
    assert any(scene.other in message.get("rows", {}) for message in excluded.messages)
    after = len(excluded.messages)
    await scene.by_mieke(do.Note, text="she hides at her sister's")
    await scene.house.press(DEVICE, fix=SPOT)
    await eligible.until(lambda message: message.get("rows", {}).get(scene.id, {}).get("presses") == 2)
    await excluded.say(do="beat", n=5)
    await excluded.reply(lambda reply: reply.get("beat") == 5)
    # It stands as it stood: not how often she pressed, nor what became of it; not even that there was something.
    assert not [message for message in excluded.messages[after:] if "rows" in message or "detail" in message]
    scene.exclude()
    await excluded.until(lambda message: message.get("rows", {}).get(scene.id), after=after)
    for line in pages.values():
        await line.close()


async def test_it_is_nobodys_who_saw_or_heard_it_and_the_supervisor_is_told(scene: Scene) -> None:
    scene.exclude(Exclusion(reason="the suspect", account="dispatcher fictief"))
    browser = Browser(scene.base)
    await browser.sign_in("dispatcher fictief", PASSWORD)
    line = await browser.open()
    await line.say(do="seen", visible=True, sound="armed")
    message = await line.until(
        lambda message: any(row and row.get("reserved") for row in message.get("rows", {}).values())
    )
    (alias,) = [key for key, row in message["rows"].items() if row and row.get("reserved")]
    await line.say(do="presented", ids=[alias, scene.id, scene.other], audible=True)
    await line.say(do="beat", n=9)
    await line.reply(lambda reply: reply.get("beat") == 9)
    async with asyncio.timeout(LONG_S):
        while "presented" not in scene.house.desk.board.incidents[scene.other].times:
            await asyncio.sleep(0.02)
        while not scene.incident.readers.kept_from:
            await asyncio.sleep(0.02)
    assert "presented" not in scene.incident.times
    assert [scene.house.desk.name_of(who) for who in scene.incident.readers.kept_from] == ["dispatcher fictief"]
    reservations = scene.house.consoles.reservations
    assert reservations.alone(scene.incident)
    assert not reservations.alone(scene.house.desk.board.incidents[scene.other])
    colleague = Browser(scene.base)
    await colleague.sign_in("supervisor fictief", PASSWORD)
    other = await colleague.open()
    row = (await other.until(lambda message: scene.id in message.get("rows", {})))["rows"][scene.id]
    assert row["kept_from"] == 1
    assert reservations.alone(scene.incident)  # not in sight, or not to be heard: nobody's either
    await other.say(do="seen", visible=True, sound="armed")
    await other.say(do="beat", n=9)
    await other.reply(lambda reply: reply.get("beat") == 9)
    assert not reservations.alone(scene.incident)
    await line.close()
    await other.close()


async def test_a_locked_page_shows_as_much_as_who_was_there_last_might_know(scene: Scene) -> None:
    scene.exclude(Exclusion(reason="the suspect", account="dispatcher fictief"))
    for name, sees in (("dispatcher fictief", False), ("supervisor fictief", True)):
        browser = Browser(scene.base)
        await browser.sign_in(name, PASSWORD)
        line = await browser.open()
        after = len(line.messages)
        await line.say(do="lock")
        locked = await line.until(lambda message: message.get("access", {}).get("state") == "locked", after=after)
        assert (scene.id in locked["rows"]) == sees
        # Once nobody can say who stands there, it may be anybody.
        after = len(line.messages)
        await browser.post("/sign-out")
        gone = {}
        if sees:
            gone = await line.until(lambda message: message.get("rows", {}).get(scene.id, 1) is None, after=after)
            assert any(row and row.get("reserved") for row in gone["rows"].values())
        await line.close()


async def test_an_alarm_is_neither_offered_to_whom_its_case_excludes_nor_sent_to_an_excluded_zone(scene: Scene) -> None:
    browser, giver = Browser(scene.base), Browser(scene.base)
    await browser.sign_in("dispatcher fictief", PASSWORD)
    line = await browser.open()
    await giver.sign_in("Mieke Voorbeeld", PASSWORD)
    mine = await giver.open()
    told = await mine.until(
        lambda m: any(p["name"] == "dispatcher fictief" for p in m.get("together", {}).get("people", ()))
    )
    (to,) = [p["key"] for p in told["together"]["people"] if p["name"] == "dispatcher fictief"]
    scene.exclude(
        Exclusion(reason="the suspect", account="dispatcher fictief"), Exclusion(reason="serves there", zone="5418")
    )
    for wish in ({"do": "hand_over", "incident": scene.id, "to": to}, {"do": "hand_over_desk", "to": to}):
        assert (await ask(mine, wish | {"id": f"{wish['do']}-id"}))["code"] == "not_to_them"
    assert (await ask(mine, {"do": "route", "id": "route-id-1", "incident": scene.id, "zone": "5418"}))[
        "code"
    ] == "zone_excluded"
    # Nobody sees who has it, or what is offered.
    await asyncio.sleep(0.3)
    people = [m["together"] for m in line.messages if "together" in m]
    assert not [held for one in people[-1]["people"] for held in one.get("holds", ()) if held["id"] == scene.id]
    await line.close()
    await mine.close()


def test_the_words_of_a_refusal_say_nothing_of_an_exclusion() -> None:
    """What an excluded person is answered is what anybody is who asks for what is not there."""
    from dashboard.i18n.words import words
    from reports.catalogue import translator

    said = words(translator("en"))
    for key in ("refused.unknown_incident", "refused.case_unknown", "reserved", "reserved_row", "reserved_label"):
        assert not re.search("exclu|suspect|not allowed|may not", said[key], re.IGNORECASE), key

"""Every wish of every page of the training room tried through its socket, and every route: by a trainer, by whom the case
excludes (by account, by zone), from another centre's room, by who is no trainer. What comes back is nothing of the real case, or
a record with its reason. A page, a wish or a route that nobody listed fails.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.exceptions import InvalidStatus

from centre.spool import RECORDED, SEARCHED, Spool
from dashboard.access.accounts import Accounts
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.exercise_join.page import COOKIE as EXERCISE_COOKIE
from dashboard.operator.session import Session
from dashboard.server import routes
from dashboard.shell.session import PageSession
from dashboard.trainer.context import TrainerContext
from dashboard.trainer.requests import TrainerRequests
from dashboard.trainer.session import TrainerSession
from feeds.recordings.recording import write_recording
from incidents import events as ev
from incidents.clock import SystemClock
from incidents.commands import COMMANDS
from tests.centre.documents.evidence.parts import NUMBER, register, story
from tests.dashboard.access.asked import HER, ROUTES, WISHES
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.access.parts import Browser, Line
from tests.dashboard.access.test_table import sample
from tests.incidents.conftest import DEVICE, Open
from tests.incidents.conftest import clock as clock
from tests.incidents.conftest import open_floor as open_floor
from tests.training.parts import scenario, zones
from tests.waiting import until
from training.isolation import RoomSettings
from training.recordings import ENDING
from training.room import TrainingRoom
from training.serving import COOKIE, pages, room_routes, serve_room

WHY = "for the autumn course"
MADE, PLAYED = "recording", "of-hers"  # what was recorded of her before, and the scenario that plays it
LAID = "laid-there"  # and unmasked, by an auditor's command, into the room's folder by hand
REPLAY, EXERCISE, ENDED = "REPLAY", "EXERCISE", "ENDED"  # stand for the ids of those that are open, and over
SESSIONS: dict[str, type[PageSession[Any]]] = {"/trainer": TrainerSession, "/replay": Session, "/exercise": Session}
OWN: dict[str, list[dict[str, Any]]] = {
    "watch": [{"kind": "replay", "id": REPLAY}, {"kind": "exercise", "id": EXERCISE}, {"kind": "replay", "id": HER}],
}
# What a trainer's page asks of the room. `SHOWN` of them show something of her, to who may know and says why.
ASKS: dict[str, list[dict[str, Any]]] = {
    "record": [
        {"incidents": [HER], "masking": how, "reason": why} for how in ("masked", "strong", "none") for why in ("", WHY)
    ],
    "find": [
        {"text": text} | why for text in (DEVICE, NUMBER, "Voorbeeld", "Gent") for why in ({}, {"why": "training"})
    ],
    "open_replay": [{"recording": MADE}, {"recording": HER}, {"recording": LAID}],
    "forget_recording": [{"recording": "none"}],
    "replay": [
        {"id": REPLAY, "act": "step"},
        {"id": REPLAY, "act": "seek", "at_s": 600.0},
        {"id": REPLAY, "act": "pause"},
        {"id": REPLAY, "act": "speed", "speed": 2.0},
        {"id": HER, "act": "play"},
    ],
    "get": [{"name": PLAYED}],
    "check": [{"scenario": {"title": HER}}],
    "save": [{"name": "hers", "scenario": {}}],
    "where": [{"lat": 51.05, "lon": 3.72}],
    "open_exercise": [{"scenario": PLAYED}, {"scenario": LAID}],
    "run": [{"id": EXERCISE, "act": "remark", "text": "well done"}, {"id": HER, "act": "start"}],
    "forget": [{"id": "none"}],
}
SHOWN = {"find"}
# The room's own routes, and the addresses that are asked of each.
ADDRESSES: dict[str, list[str]] = {
    r"/join": ["/join", f"/join?code={HER}"],
    r"/exercise/([^/]+)": [f"/exercise/{HER}"],
    r"/debrief": [
        f"/debrief?id={ENDED}",
        f"/debrief?id={ENDED}&file=1",
        f"/debrief?id={EXERCISE}",
        f"/debrief?id={HER}",
    ],
    r"/progress": ["/progress", f"/progress?account={HER}"],
    r"/guide": ["/guide"],
    r"/guide/supervisor": ["/guide/supervisor"],
    r"/guide/trainer": ["/guide/trainer"],
    r"/guide/keeper": ["/guide/keeper"],
    r"/guide/auditor": ["/guide/auditor"],
    r"/training/recordings": ["/training/recordings"],
    r"/exercise/sound/([a-z0-9_-]+\.(?:wav|ogg|mp3))": ["/exercise/sound/hers.wav"],
}
WHO = {  # by who they are: the name they sign in with
    "trainer": "Tine Fictief",
    "excluded": "bro FICTIEF",  # the register writes it otherwise
    "of an excluded zone": "Zoe Fictief",
    "no trainer": "Ann Fictief",
}
# What names her, or is of that evening; words of the pages quote a device. What was typed comes back as chips.
CHIPS = re.compile(r'"chips":\[.*?\]')
OF_HERS = (f'"label":"{DEVICE}"', f'"device":"{DEVICE}"')
MARKS = (*OF_HERS, NUMBER, "Voorbeeld", "B. Fictief", "1-ABC-000", "hunting rifle", "tulpenbol", "at the door", "GT 12")


class Room:
    """A served room beside a live log with her closed incident, recorded, replayed and played in an exercise before."""

    def __init__(self, room: TrainingRoom, base: str, incident: str) -> None:
        self.room, self.base, self.incident = room, base, incident
        self.ids: dict[str, str] = {}
        self.trainee = ""

    async def begin(self) -> None:
        room = self.room
        made = await asyncio.to_thread(room.record, [self.incident], masking="masked", reason=WHY, by="Tom Fictief")
        assert made.name == MADE
        now = room.clock.now()
        original = (await room._source.original([self.incident], now=now, by="Ada Fictief")).recording
        write_recording(room.settings.folder / "recordings" / f"{LAID}{ENDING}", original)
        for name, played in ((PLAYED, MADE), (LAID, LAID)):
            room.save_scenario(name, scenario(base=[{"recording": played}]))
        over = await room.open_exercise(PLAYED, trainer="Tom Fictief", language="en")
        for name in WHO.values():
            room.join(over.code, name, name)
        await over.start()
        await until(lambda: over.desk.board.incidents)
        await over.end()
        replay, runs = (
            await room.open_replay(MADE),
            await room.open_exercise(PLAYED, trainer="Tom Fictief", language="en"),
        )
        await replay.seek(600.0)
        await runs.start()
        self.trainee = room.join(runs.code, "Trainee Fictief")
        await until(lambda: runs.desk.board.incidents)
        self.ids = {REPLAY: replay.id, EXERCISE: runs.id, ENDED: over.id, HER: self.incident}

    def named(self, of: Any) -> Any:
        """With the ids of this room."""
        text = json.dumps(of)
        for word, id in self.ids.items():
            text = text.replace(word, id)
        return json.loads(text)

    def shows(self, said: Sequence[str]) -> set[str]:
        """What of her is in it."""
        text = CHIPS.sub("", "".join(said).replace("\\", ""))
        return {mark for mark in (*MARKS, f'"id":"{self.incident}"') if mark in text}


@pytest.fixture
async def hers(tmp_path: Path, open_floor: Open) -> AsyncIterator[Room]:
    register(tmp_path)
    async with open_floor() as floor:
        incident = await story(floor)
    settings = RoomSettings(
        folder=tmp_path / "training",
        log=tmp_path / "vigie.log",
        cases=tmp_path / "cases.db",
        users=tmp_path / "users",
        port=0,
        keep_days=36_500,
    )
    accounts = Accounts(settings.users, hasher=QUICK)
    for who, name in WHO.items():
        roles = ["dispatcher" if who == "no trainer" else "trainer"]
        zone = "5416" if who == "of an excluded zone" else ""
        accounts.add(name, [*roles, "zone"] if zone else roles, PASSWORD, zone=zone)  # type: ignore[list-item]
    room = await TrainingRoom.open(settings, zones=zones())
    signins = SignIns(accounts, clock=SystemClock(), kept=False)
    server = serve_room(room, signins)
    made = Room(room, f"http://localhost:{server.port}", incident)
    await made.begin()
    yield made
    server.stop()
    signins.close_file()
    await room.close()


async def page_of(browser: Browser, path: str, query: str = "") -> Line:
    """A page of the room; raises AssertionError where there is none."""
    token = await browser.token(path + query)
    return await Line(await browser.connect(path, token), token).greet()


async def beat(line: Line, n: int) -> None:
    after = len(line.messages)
    await line.say(do="beat", n=n)
    await line.until(lambda message: any(one.get("beat") == n for one in message.get("replies", ())), after=after)


def wishes(cls: type[PageSession[Any]]) -> Iterator[dict[str, Any]]:
    """All that a page asks; what is listed nowhere fails here."""
    listed = WISHES | (OWN | {"ask": []} if cls is TrainerSession else {})
    for name in cls.requests:
        for wish in listed[name]:
            yield {"do": name, **wish}


async def entered(tmp_path: Path, open_floor: Open) -> list[tuple[str | None, ev.Disclosure]]:
    """What the desk enters of the room's notes: by whom, and what."""
    found = []
    async with open_floor() as floor:
        for kind in (SEARCHED, RECORDED):
            await Spool(tmp_path / "vigie.log", kind, desk=floor.desk, log=floor.log).enter()
        async for _, record in floor.log.records():
            if record.type in ("incidents_searched", "recording_made"):
                event = ev.entry(record, floor.log.unseal(record)).event
                assert isinstance(event, ev.Disclosure)
                found.append((floor.log.vault.name_of(record.actor), event))
    return found


@pytest.mark.parametrize("who", ["trainer", "excluded", "of an excluded zone"])
async def test_what_a_trainer_is_shown_of_a_real_case_is_a_record_with_its_reason_and_the_excluded_are_shown_nothing(
    hers: Room, tmp_path: Path, open_floor: Open, who: str
) -> None:
    browser = Browser(hers.base, COOKIE)
    await browser.sign_in(WHO[who], PASSWORD)
    line = await page_of(browser, "/trainer")
    for n, wish in enumerate(wishes(TrainerSession)):
        await line.say(**hers.named(wish))
        await beat(line, n)
    assert not hers.shows(line.raw)
    shown, made, n = set(), 0, 1000
    for what in TrainerRequests.requests:
        for facts in ASKS[what]:
            n, before = n + 1, len(line.raw)
            while (done := await asked(line, n, what, hers.named(facts))).get("hits", {}).get("refused") == "not_ready":
                await asyncio.sleep(0.05)
            marks = hers.shows(line.raw[before:])
            made += what == "record" and done["ok"]
            assert (done.get("code") == "unmasked") == (LAID in facts.values())
            if what == "record" and who != "trainer":
                assert done["code"] == ("unknown" if facts["masking"] != "none" and facts["reason"] else done["code"])
            if marks:
                shown.add(what)
                assert facts.get("why"), (what, facts, marks)
    await line.close()
    assert shown == (SHOWN if who == "trainer" else set())
    records = [event for name, event in await entered(tmp_path, open_floor) if name == WHO[who]]
    searched = [one for one in records if isinstance(one, ev.IncidentsSearched)]
    assert len(searched) == sum("why" in one for one in ASKS["find"])
    assert {(one.why, one.role) for one in searched} == {("training", "trainer")}
    found = [one for one in searched if hers.incident in one.incidents.split()]
    assert bool(found) == (who == "trainer")
    recorded = [one for one in records if isinstance(one, ev.RecordingMade)]
    assert len(recorded) == made == (2 if who == "trainer" else 0)
    assert all(one.reason == WHY and one.incidents == hers.incident for one in recorded)


async def asked(line: Line, n: int, what: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The answer to one wish of a trainer's page."""
    after = len(line.messages)
    await line.say(do="ask", n=n, what=what, **facts)

    def answers(message: dict[str, Any]) -> list[dict[str, Any]]:
        return [one["done"] for one in message.get("replies", ()) if one.get("done", {}).get("n") == n]

    return answers(await line.until(answers, after=after))[0]


def commands(incidents: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Each command there is, on each of these."""
    for name, kind in COMMANDS.items():
        fields = msgspec.structs.fields(kind)
        facts = {field.name: sample(field.type) for field in fields if field.required} | {"do": name}
        facts |= {"reason": "a reason"} if "reason" in kind.__struct_fields__ else {}
        for n, incident in enumerate(incidents):
            subject = {"incident": incident} if "incident" in kind.__struct_fields__ else {}
            subject |= {"device": DEVICE} if "device" in kind.__struct_fields__ else {}
            yield facts | {"id": f"{name}-{n}-command"} | subject


@pytest.mark.parametrize("who", ["trainer", "excluded", "trainee"])
async def test_what_is_played_of_her_shows_nothing_of_her(hers: Room, who: str) -> None:
    """The operator page over a replay, and over an exercise: a recording of the room is masked."""
    if who == "trainee":
        browser, path, query = Browser(hers.base, EXERCISE_COOKIE), "/exercise", ""
        browser.cookie = hers.trainee
        board = hers.room.exercises()[0].desk.board
    else:
        browser, path, query = Browser(hers.base, COOKIE), "/replay", f"?id={hers.ids[REPLAY]}"
        await browser.sign_in(WHO[who], PASSWORD)
        board = hers.room.replays()[0].consoles.desk.board
    line = await page_of(browser, path, query)
    played = next(iter(board.incidents))
    await line.until(lambda message: played in message.get("rows", {}))
    every = [{"do": "command", "command": one} for one in commands([played, hers.incident])]
    listed = [
        json.loads(json.dumps(wish).replace(HER, id))
        for wish in wishes(SESSIONS[path])
        for id in (played, hers.incident)
    ]
    for n, wish in enumerate([*listed, *every]):
        await line.say(**wish)
        await beat(line, n)
    await line.close()
    assert any("victim" in frame for frame in line.raw), "it saw no case"
    assert not hers.shows(line.raw)


@pytest.mark.parametrize("who", [*WHO, "trainee", "nobody"])
async def test_no_route_of_the_room_shows_anything_of_her(hers: Room, who: str) -> None:
    browser = Browser(hers.base, EXERCISE_COOKIE if who == "trainee" else COOKIE)
    if who in WHO:
        await browser.sign_in(WHO[who], PASSWORD)
    elif who == "trainee":
        browser.cookie = hers.trainee
    said, opened = [], set()
    for path in sum((ADDRESSES | ROUTES).values(), [*SESSIONS, f"/replay?id={hers.ids[REPLAY]}"]):
        for ask in (browser.get, browser.take):
            status, text = await ask(hers.named(path))
            said.append(text)
            opened |= {path} if status == 200 else set()
    assert not hers.shows(said)
    debrief = f"/debrief?id={ENDED}" in opened
    assert debrief == (who in WHO), "of who took part, signed in, and of trainers"


async def test_who_is_no_trainer_and_who_is_signed_in_at_another_room_get_no_page(hers: Room, tmp_path: Path) -> None:
    """Another centre's room: its own accounts and its own log, on the same machine or another."""
    settings = RoomSettings(folder=tmp_path / "other", log=tmp_path / "other.log", users=tmp_path / "others", port=0)
    accounts = Accounts(settings.users, hasher=QUICK)
    accounts.add(WHO["trainer"], ["trainer"], PASSWORD)  # even of the same name
    other = await TrainingRoom.open(settings, zones=zones())
    signins = SignIns(accounts, clock=SystemClock(), kept=False)
    server = serve_room(other, signins)
    there, ours, plain = (
        Browser(f"http://localhost:{server.port}", COOKIE),
        Browser(hers.base, COOKIE),
        Browser(hers.base, COOKIE),
    )
    await there.sign_in(WHO["trainer"], PASSWORD)
    ours.cookie = there.cookie
    await plain.sign_in(WHO["no trainer"], PASSWORD)
    line = await page_of(there, "/trainer")
    for n, facts in enumerate(ASKS["record"] + ASKS["find"] + ASKS["open_replay"]):
        await asked(
            line,
            n,
            ("find" if "text" in facts else "record" if "masking" in facts else "open_replay"),
            hers.named(facts),
        )
    assert not hers.shows(line.raw)
    for path in SESSIONS:
        query = f"?id={hers.ids[REPLAY]}" if path == "/replay" else ""
        assert (await ours.get(path + query))[0] == 302, path
        with pytest.raises(InvalidStatus):
            await ours.connect(path, line.token)
        status, text = await plain.get(path + query)
        assert "vigieLine" not in text and (status == 302 or "needs one of these roles: trainer." in text)
        if status == 200:
            token = await plain.token(path + query)
            with pytest.raises(TimeoutError):  # a page without a channel
                async with asyncio.timeout(2):
                    await Line(await plain.connect(path, token), token).greet()
    await line.close()
    server.stop()
    signins.close_file()
    await other.close()


async def test_every_page_wish_and_route_of_the_room_is_tried(hers: Room) -> None:
    nobody: Any = None
    assert set(pages(nobody, nobody)) == set(SESSIONS)
    assert set(ASKS) == set(TrainerRequests.requests)
    assert set(TrainerSession.requests) <= set(WISHES) | set(OWN) | {"ask"}
    shared = routes(Door(lambda: None, lambda: nobody), [])
    house = TrainerContext(hers.room, hers.room.zones, clock=SystemClock(), signins=None, cookie=COOKIE)
    own = room_routes(hers.room, nobody, house)
    assert {route[0] for route in own} == set(ADDRESSES)
    assert {route[0] for route in shared} <= set(ROUTES)

"""The wall between training and the real thing, attacked from both sides (docs/decisions/0015-the-wall-around-training.md)."""

import ast
import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from centre.settings import load
from dashboard.access.accounts import Accounts
from dashboard.access.signins import COOKIE as LIVE_COOKIE
from dashboard.access.signins import SignIns, page_token
from dashboard.access.throttle import Throttle
from dashboard.exercise_join.page import COOKIE as EXERCISE_COOKIE
from dashboard.exercise_join.page import lanes
from feeds.gateway import Gateway
from incidents import commands as do
from incidents import events as ev
from incidents.clock import SystemClock
from incidents.escalation.ladder import WatchTimes
from incidents.exercises.room import TrainingError
from incidents.health import EXERCISE_FEED
from incidents.log import LogUnavailable
from incidents.log.sqlite import SqliteLog
from incidents.log.training import TrainingLog
from incidents.roles import User
from tests.dashboard.access.conftest import PASSWORD, QUICK, accounts, base, clock  # noqa: F401
from tests.dashboard.access.parts import Browser
from tests.dashboard.conftest import house  # noqa: F401
from tests.feeds.parts import Desk, Shelf, following, press
from tests.training.parts import exercise_of, opened, scenario
from tests.waiting import until
from training.exercise.archive import LOG
from training.exercise.exercises import Exercises
from training.exercise.trainees import ROLES
from training.isolation import RoomSettings, room_settings
from training.room import TrainingRoom
from training.serving import COOKIE as TRAINER_COOKIE
from training.serving import serve_room

HERE = Path(__file__).parents[2]
WAYS_OUT = {"feeds.webhook", "feeds.roads.router", "urllib", "http", "requests", "smtplib", "socket", "subprocess"}
SHARED = {"centre.assembly", "centre.spool", "centre.tracks"}  # all that an exercise and a replay have of a centre
OF_A_CENTRE = SHARED | {"centre.access", "centre.settings", "centre.lookups"}  # all that the room around them has


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[TrainingRoom]:
    made = await opened(tmp_path / "room")
    yield made
    await made.close()


class Listener:
    """Somebody who would notice any connection at all."""

    def __init__(self) -> None:
        self.came = 0

    async def __aenter__(self) -> "Listener":
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        writer.close()


async def test_with_every_live_address_set_an_exercise_reaches_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        feed, orders, webhook, proxy = [await stack.enter_async_context(Listener()) for _ in range(4)]
        for name, value in {
            "VIGIE_FEED": f"ws://127.0.0.1:{feed.port}/feed",
            "VIGIE_FEED_TOKEN": "a-token",
            "VIGIE_ORDERS_URL": f"http://127.0.0.1:{orders.port}/orders",
            "VIGIE_OUTSIDE_WEBHOOK": f"http://127.0.0.1:{webhook.port}/",
            "VIGIE_OUTSIDE_COMMAND": f"touch {tmp_path / 'told'}",
            "VIGIE_LOG": str(tmp_path / "vigie.log"),
            "VIGIE_WATCH_OUTSIDE_S": "1",
            **dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "ws_proxy"), f"http://127.0.0.1:{proxy.port}"),
        }.items():
            monkeypatch.setenv(name, value)
        settings = msgspec.structs.replace(
            room_settings(load()),
            watch=WatchTimes(louder_s=1, everyone_s=2, confirm_s=3, outside_s=1),
        )
        room = await TrainingRoom.open(settings)
        stack.push_async_callback(room.close)
        # One alarm that nobody answers, up to where a live desk tells outside; one that is routed until a unit is there.
        two = [{"at": 1, "what": {"do": "press", "device": device}} for device in ("EX-1", "EX-2")]
        exercise = await exercise_of(room, scenario(steps=two, references=[], lasts=3000.0), speed=40.0)
        await exercise.start()
        board = exercise.desk.board
        await until(lambda: len(board.incidents) == 2)
        routed, left = sorted(board.incidents, key=lambda name: board.incidents[name].device or "")
        who = User(actor=exercise.desk.pseudonym("Leerling Een"), roles=ROLES)
        await exercise.desk.command(do.Acknowledge(id="command-1", incident=routed), who)
        await exercise.desk.command(do.Route(id="command-2", incident=routed, zone="5415"), who)
        await until(lambda: board.incidents[routed].state == "on_scene", 20)
        await until(lambda: board.incidents[left].escalation.outside)
        told = [
            entry.event for entry in board.incidents[left].history.entries if isinstance(entry.event, ev.OutsideTold)
        ]
        assert told == [ev.OutsideTold(channel="none", ok=False, why="not set")]
        assert [at.came for at in (feed, orders, webhook, proxy)] == [0, 0, 0, 0]
        assert not (tmp_path / "told").exists()


def test_what_the_room_is_told_holds_no_address_but_its_own() -> None:
    live = {
        "VIGIE_FEED": "ws://feed.invalid", "VIGIE_ORDERS_URL": "http://orders.invalid",
        "VIGIE_OUTSIDE_WEBHOOK": "http://outside.invalid", "VIGIE_OUTSIDE_COMMAND": "tell.invalid",
        "VIGIE_BASEMAP_URL": "http://map.invalid", "VIGIE_FEED_TOKEN": "token.invalid",
    }  # fmt: skip
    told = room_settings(load(file=Path("/nonexistent"), environ=live))
    assert "invalid" not in repr(told)
    assert not {
        field for field in RoomSettings.__struct_fields__ if field in ("feed", "feeds", "orders", "outside", "radio")
    }


def test_no_part_of_training_knows_a_way_out() -> None:
    for path in (HERE / "training").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not WAYS_OUT & {*names, *(name.partition(".")[0] for name in names)}, path.name
            of_centre = {name for name in names if name.partition(".")[0] == "centre"}
            assert of_centre <= (SHARED if path.parent.name in ("exercise", "replay") else OF_A_CENTRE), path.name


def test_what_an_exercise_and_a_replay_load_knows_no_way_out_of_a_centre() -> None:
    told = (
        "import sys, training.exercise.exercises, training.replay.replays\n"
        "ways = ('feeds.webhook', 'feeds.roads.router', 'centre.', 'feeds.buttons')\n"
        "print(*sorted(n for n in sys.modules if n.startswith(ways)))"
    )
    ran = subprocess.run([sys.executable, "-c", told], cwd=HERE, capture_output=True, text=True, timeout=60)
    assert ran.stdout.split() == sorted(SHARED), ran.stderr


async def test_a_live_desk_pointed_at_an_exercise_takes_nothing_and_says_why(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario(), speed=20.0)
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    for token, reason in ((None, "refused: HTTP 401"), (exercise._secret, EXERCISE_FEED)):
        live = Desk()
        async with following(exercise.gateway.url, live, Shelf(), token=token):
            await until(lambda live=live: live.state == "down" and live.healths[-1].reason != "not yet connected")
            assert live.healths[-1].reason == reason
        assert live.messages == {}


async def test_an_exercise_pointed_at_a_live_feed_takes_nothing() -> None:
    gateway, trained = Gateway("112-app", heartbeat_s=0.1), Desk()
    await gateway.start()
    await gateway.publish(press(None))
    async with following(gateway.url, trained, Shelf(), exercise=True):
        await until(lambda: trained.state == "down" and "does not say" in trained.healths[-1].reason)
    assert trained.messages == {}
    await gateway.stop()


async def test_an_exercise_devices_name_on_a_live_feed_still_alarms() -> None:
    gateway, live = Gateway("112-app", heartbeat_s=0.1), Desk()
    await gateway.start()
    async with following(gateway.url, live, Shelf()):
        await gateway.publish(press(None, device="EX-1"))
        await until(lambda: [message.report.device for message in live.presses] == ["EX-1"])  # type: ignore[union-attr]
    await gateway.stop()


async def test_neither_desk_takes_the_others_log(room: TrainingRoom, tmp_path: Path) -> None:
    exercise = await exercise_of(room, scenario())
    await exercise.start()
    await exercise.end()
    path = exercise.folder / LOG
    before = path.read_bytes()
    for reading in (False, True):
        with pytest.raises(LogUnavailable):
            await SqliteLog.open(path, reading=reading)
    assert path.read_bytes() == before
    live = await SqliteLog.open(tmp_path / "vigie.log")
    await live.close()
    before = (tmp_path / "vigie.log").read_bytes()
    for reading in (False, True):
        with pytest.raises(LogUnavailable):
            await TrainingLog.open(tmp_path / "vigie.log", reading=reading)
    assert (tmp_path / "vigie.log").read_bytes() == before


def room_signins(room: TrainingRoom) -> SignIns:
    return SignIns(Accounts(room.settings.users, hasher=QUICK), clock=SystemClock(), kept=False)


async def ask(url: str, cookies: dict[str, str], **more: object) -> HTTPResponse:
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    request = HTTPRequest(url, follow_redirects=False, headers={"Cookie": sent}, **more)  # type: ignore[arg-type]
    return await AsyncHTTPClient().fetch(request, raise_error=False)


async def test_no_cookie_opens_a_page_on_the_other_side(room: TrainingRoom, base: str) -> None:  # noqa: F811
    live = Browser(base)
    await live.sign_in("trainer fictief", PASSWORD)
    exercise = await exercise_of(room, scenario())
    trainee = room.join(exercise.code, "Leerling Een")
    signins = room_signins(room)
    server = serve_room(room, signins)
    training = f"http://localhost:{server.port}"
    names = (LIVE_COOKIE, TRAINER_COOKIE, EXERCISE_COOKIE)
    try:
        for page in ("/operator", "/supervisor", "/sheet", "/page"):
            answer = await ask(base + page, dict.fromkeys(names, trainee))
            assert answer.code in (302, 403, 405), page
        for cookie in (live.cookie, "forged"):
            answer = await ask(f"{training}/exercise", dict.fromkeys(names, cookie))
            assert (answer.code, answer.headers["Location"].partition("?")[0].lstrip(".")) == (302, "/join")
        answer = await ask(f"{training}/trainer", dict.fromkeys(names, trainee))
        assert (answer.code, answer.headers["Location"].partition("?")[0].lstrip(".")) == (302, "/sign-in")
        assert (await ask(f"{training}/exercise", {EXERCISE_COOKIE: trainee})).code == 200
        assert (await ask(f"{training}/exercise/sound/x.wav", {EXERCISE_COOKIE: live.cookie})).code == 403
    finally:
        server.stop()
        signins.close_file()


async def test_a_pages_own_token_opens_no_page_and_an_ended_exercises_cookie_none_either(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario())
    cookie = room.join(exercise.code, "Leerling Een")
    assert room.takes_part(cookie) and not room.takes_part(page_token(cookie))
    assert exercise.trainees.state(page_token(cookie)) == "active"
    await exercise.end()
    assert not room.takes_part(cookie)


async def test_an_order_reaches_an_exercises_dispatch_only_by_its_secret_address(room: TrainingRoom) -> None:
    exercise = await exercise_of(room, scenario())
    origin, _, secret = exercise.dispatch.url.rpartition("/")
    assert len(secret) >= 40
    order = b'{"order": "A-1", "update": 1, "incident": "i", "zone": "5415"}'
    for path in ("/orders", "/", "/forged"):
        answer = await ask(origin + path, {}, method="POST", body=order)
        assert answer.code == 404
    assert exercise.dispatch.taken == {}


def test_guessing_a_code_waits_longer_each_time_from_wherever_it_is_guessed() -> None:
    throttle = Throttle()
    for n in range(12):
        throttle.failed(lanes(f"192.0.2.{n}"))
    with throttle.attempt(lanes("198.51.100.1")) as wait_s:
        assert wait_s > 1
    for _ in range(6):
        throttle.failed(lanes("192.0.2.1"))
    with throttle.attempt(lanes("192.0.2.1")) as wait_s:
        assert wait_s > 5


async def test_no_more_exercises_are_opened_than_a_machine_bears(room: TrainingRoom) -> None:
    held: Exercises = room._exercises
    held._running = dict.fromkeys(map(str, range(8)), await exercise_of(room, scenario()))
    with pytest.raises(TrainingError, match="too_many"):
        await exercise_of(room, scenario())
    held._running = {next(iter(held._running.values())).id: next(iter(held._running.values()))}

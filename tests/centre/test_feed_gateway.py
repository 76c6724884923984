"""The feed gateway as a process: kill -9 under load loses nothing that was answered; who may post; an end in order."""

import asyncio
import contextlib
import itertools
import random
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from centre import feed_gateway
from centre.settings import Settings
from dashboard.access.connections import Connections
from dashboard.ports import free_port
from feeds.subscriber import Subscriber
from incidents.clock import SystemClock
from incidents.log.sqlite import SqliteLog
from tests.centre.parts import stamp
from tests.feeds.gateway.parts import post_now
from tests.feeds.subscriber.test_connection import certificate
from tests.incidents.conftest import FewCases, core_of
from tests.processes import Command
from tests.waiting import until

TOKEN = "a-token-of-the-back-end"
PAUSE_S = 0.02  # a gateway that is gone refuses at once


class Served:
    """A gateway on a file, started as often as wanted."""

    def __init__(self, folder: Path) -> None:
        self.port, self.feed_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.feed = f"ws://127.0.0.1:{self.feed_port}/feed"
        tokens = folder / "tokens"
        tokens.write_text(TOKEN)
        tokens.chmod(0o600)
        self._words = ("feed", "gateway", "--store", str(folder / "vigie.feed"), "--tokens", str(tokens))
        self._output = folder / "gateway.txt"
        self._folder = folder
        self.process: Command | None = None

    def start(self) -> Command:
        ports = ("--port", str(self.port), "--feed-port", str(self.feed_port))
        self.process = Command(*self._words, *ports, output=self._output, folder=self._folder)
        self.process.serves(self.port)
        return self.process

    def said(self) -> str:
        return self._output.read_text()


@contextlib.asynccontextmanager
async def a_desk(log: SqliteLog, feed: str) -> AsyncIterator[None]:
    """The desk on this log, following a feed."""
    desk = core_of(log, FewCases(), SystemClock()).desk
    await desk.open()
    subscriber = Subscriber(feed, receiver=desk, log=log, clock=SystemClock())
    task = asyncio.create_task(subscriber.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await desk.close()


class BackEnd:
    """Posts presses from several threads, one in ten again; it remembers which were answered 202."""

    def __init__(self, url: str, seed: int) -> None:
        self._url, self._dice = url, random.Random(seed)
        self._numbers = itertools.count(1)
        self.unanswered: list[dict[str, Any]] = []
        self.answered: dict[str, int] = {}
        self.posted = 0
        self.ending = False

    def run(self) -> None:
        while not self.ending:
            if self.unanswered:
                message = self.unanswered.pop()
            elif self.answered and self._dice.random() < 0.1:
                message = dict(self._again)
            else:
                number = next(self._numbers)
                device = f"AMR-{number % 40:05d}"
                message = {"kind": "press", "id": f"p-{number}", "at": stamp(), "device": device, "press": "hold"}
            try:
                answer = post_now(self._url, message, token=TOKEN)
            except (OSError, ValueError):
                self.unanswered.append(message)
                time.sleep(PAUSE_S)
                continue
            assert answer.status == 202, answer.body
            self._again = message
            assert self.answered.setdefault(message["id"], answer.body["seq"]) == answer.body["seq"]
            self.posted += 1


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=[pytest.mark.prove, pytest.mark.timeout(1800)])])
async def test_every_press_answered_202_is_in_a_desks_log_once_after_kill_9(
    tmp_path: Path, kills: int, record_testsuite_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(kills)
    served = Served(tmp_path)
    log = await SqliteLog.open(tmp_path / "vigie.log")
    back = BackEnd(served.url, kills)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(3) as threads:
        async with a_desk(log, served.feed):
            process = await asyncio.to_thread(served.start)
            posting = [loop.run_in_executor(threads, back.run) for _ in range(3)]
            try:
                for _ in range(kills):
                    before = back.posted
                    await until(lambda before=before: back.posted > before + 40)  # type: ignore[misc]
                    await asyncio.sleep(dice.uniform(0.0, 0.2))
                    await asyncio.to_thread(process.kill)
                    process = await asyncio.to_thread(served.start)
                before = back.posted
                await until(lambda: back.posted > before + 20)
            finally:
                back.ending = True
                await asyncio.gather(*posting)
            wanted = {f"112-app/{id_}" for id_ in back.answered}
            await _until_logged(log, wanted)
            assert await asyncio.to_thread(process.stop) == 0
    records = [record async for _, record in log.records()]
    await log.close()
    ids = Counter(record.id for record in records)
    assert not any(record.type == "feed_gap" for record in records)  # the numbers went on
    assert {id_: ids[id_] for id_ in wanted} == dict.fromkeys(wanted, 1)
    assert sorted(back.answered.values()) == sorted(set(back.answered.values()))  # a number each
    assert "Traceback" not in served.said()
    record_testsuite_property("feed gateway, kill -9 under load: kills", kills)
    record_testsuite_property(
        "feed gateway, kill -9 under load: presses answered, each in a desk's log once", len(wanted)
    )


async def _until_logged(log: SqliteLog, wanted: set[str]) -> None:
    async with asyncio.timeout(60):
        while not wanted <= {record.id async for _, record in log.records()}:
            await asyncio.sleep(0.2)


async def test_end_in_order_answers_what_was_begun_and_the_next_start_holds_it(tmp_path: Path) -> None:
    served = Served(tmp_path)
    process = await asyncio.to_thread(served.start)
    back = BackEnd(served.url, 1)
    with ThreadPoolExecutor(2) as threads:
        loop = asyncio.get_running_loop()
        posting = [loop.run_in_executor(threads, back.run) for _ in range(2)]
        try:
            await until(lambda: back.posted > 20)
            assert await asyncio.to_thread(process.stop) == 0
        finally:
            back.ending = True
            await asyncio.gather(*posting)
    process = await asyncio.to_thread(served.start)
    for id_, seq in list(back.answered.items())[-5:]:
        number = int(id_.removeprefix("p-"))
        other = {"kind": "fix", "id": id_, "at": stamp(), "device": f"AMR-{number}", "fix": {"lat": 51, "lon": 3}}
        answer = await asyncio.to_thread(post_now, served.url, other, token=TOKEN)
        assert (answer.status, answer.body["seq"]) == (409, seq)
    assert process.stop() == 0
    assert "AMR" not in served.said() and TOKEN not in served.said()


async def test_client_certificate_of_the_authority_posts_by_tls_and_nobody_else(tmp_path: Path) -> None:
    server, client, other = (certificate(tmp_path, name) for name in ("server", "client", "other"))
    port, said = free_port(), tmp_path / "said.txt"
    words = ("feed", "gateway", "--port", str(port), "--feed-port", "0", "--client-ca", str(client[0]))
    tls = {"VIGIE_TLS_CERT": str(server[0]), "VIGIE_TLS_KEY": str(server[1])}
    process = Command(*words, output=said, folder=tmp_path, **tls)
    try:
        await asyncio.to_thread(process.serves, port)
        bare, bearing, stranger = (ssl.create_default_context(cafile=server[0]) for _ in range(3))
        bearing.load_cert_chain(*client)
        stranger.load_cert_chain(*other)
        fix = {"kind": "fix", "id": "f-1", "at": stamp(), "device": "AMR-1", "fix": {"lat": 51, "lon": 3}}
        for context in (bare, stranger):
            with pytest.raises(OSError):
                post_now(f"https://127.0.0.1:{port}", fix, context=context)
        assert post_now(f"https://127.0.0.1:{port}", fix, context=bearing).status == 202
    finally:
        process.stop()
    assert "wss://" in said.read_text() and "Traceback" not in said.read_text()


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--address", "0.0.0.0"), "address: beyond this machine the door needs tls_cert and tls_key"),
        (("--address", "0.0.0.0", "--tokens", "tokens"), "address: beyond this machine the door needs tls_cert"),
        (("--feed-address", "0.0.0.0"), "feed_address: beyond this machine the feed needs tls_cert"),
        (("--client-ca", "ca.pem"), "client_ca: client certificates need tls_cert and tls_key"),
        (("--tokens", "nowhere"), "tokens: nowhere: it can't be read"),
    ],
)
def test_what_would_let_anybody_post_or_read_is_refused(tmp_path: Path, words: tuple[str, ...], refusal: str) -> None:
    (tmp_path / "tokens").write_text(TOKEN)
    (tmp_path / "tokens").chmod(0o600)
    process = Command("feed", "gateway", *words, output=tmp_path / "said.txt", folder=tmp_path)
    assert process.wait() == 1
    assert refusal in (tmp_path / "said.txt").read_text() and not (tmp_path / "vigie.feed").exists()


async def test_connections_that_say_nothing_keep_no_press_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_gateway, "Connections", partial(Connections, most=20))
    port = free_port()
    choices = feed_gateway.GatewayChoices(name="112-app", file=tmp_path / "vigie.feed", port=port, feed_port=0)
    work = asyncio.create_task(feed_gateway.serve(Settings(), choices))
    lines: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    try:
        while len(lines) < 40:
            with contextlib.suppress(ConnectionRefusedError):  # until it listens
                lines.append(await asyncio.open_connection("127.0.0.1", port))
            await asyncio.sleep(0)
            assert not work.done()
        await until(lambda: sum(reader.at_eof() for reader, _ in lines) >= 20)
        large = {"kind": "press", "id": "p", "at": stamp(), "device": "AMR-1", "press": "hold", "note": "x" * 900_000}
        with ThreadPoolExecutor(1) as own:
            answer = await asyncio.get_running_loop().run_in_executor(own, post_now, f"http://127.0.0.1:{port}", large)
        assert answer.status == 202
    finally:
        for _, writer in lines:
            writer.close()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

"""What an administrator is told of each fault: its line when it begins and when it is over, its reason. And of nobody."""

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient

from centre.backup.noted import note
from centre.log_lines import OURS, JsonLines, Pace, PlainLines, write_lines
from centre.monitoring.events import EVENTS, say
from centre.monitoring.start import say_start
from centre.runtime import Centre
from centre.serving import serve_pages
from centre.settings import Settings
from incidents import commands as cmd
from incidents.faults import FAULTS
from incidents.log.replicas import Replicas
from incidents.messages import Message, PressReport
from incidents.presence.clocks import HeldClock
from tests.centre.monitoring.lists import PAGE, filled
from tests.centre.monitoring.parts import FEED, NOTED_AT, PERSONAL, Driven, driven, nobody_writes, scraped
from tests.rules.house import ROOMS
from tests.waiting import until


class Lines:
    """All that this process writes, as it is written in both formats."""

    def __init__(self) -> None:
        self.plain, self.json = io.StringIO(), io.StringIO()
        self.now = 0.0  # of their pace

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.json.getvalue().splitlines()]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [line for line in self.all if "event" in line]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.all if line["logger"] == logger]

    def named(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.events if line["event"] == event]

    @property
    def text(self) -> str:
        return self.plain.getvalue() + self.json.getvalue()


@pytest.fixture
def lines() -> Iterator[Lines]:
    found, root = Lines(), logging.getLogger()
    handlers = [logging.StreamHandler(found.plain), logging.StreamHandler(found.json)]
    for handler, formatter in zip(handlers, (PlainLines(), JsonLines()), strict=True):
        handler.setFormatter(formatter)
        handler.addFilter(Pace(lambda: found.now))
        root.addHandler(handler)
    try:
        yield found
    finally:
        for handler in handlers:
            root.removeHandler(handler)


def nobody_is_in(text: str) -> None:
    assert not [word for word in PERSONAL if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)]


async def every_fault(desk: Driven) -> set[str]:
    """Have each fault begin, and all of them be over, as they do for real; every one that there was."""
    centre, announcer, found = desk.centre, desk.centre.announcer, set()

    async def look() -> None:
        await desk.look()
        announcer.look()
        found.update(desk.whats())

    await look()  # no feed, the degraded-mode file is written
    desk.pass_s(11)
    await look()  # every centre is silent, which is said once and not of each
    await desk.page("OVL")
    await look()
    await desk.feed("live")
    await look()
    await desk.feed("down", "refused: HTTP 401")
    await look()
    await desk.feed("malformed", "frame refused, not JSON")
    await look()
    await desk.feed("live")
    session, _ = await desk.page()
    await look()  # its centres are heard

    incident = await desk.press()
    desk.leave(session)
    desk.pass_s(31)
    await look()  # unanswered and unseen
    await desk.do(cmd.Acknowledge, incident.id)
    await desk.do(cmd.Note, incident.id, text="Mme Exemple is in the Lindestraat 7")
    await desk.do(cmd.Route, incident.id, zone="5415", anyway=True)
    order = desk.desk.board.incidents[incident.id].order
    assert order is not None
    facts = {"order": order.id, "update": order.update, "zone": order.zone}
    await desk.desk.undelivered(incident.id, **facts, why="timeout", final=False)  # type: ignore[arg-type]
    await look()
    await desk.desk.delivered(incident.id, **facts, status=200)  # type: ignore[arg-type]
    await look()

    with nobody_writes(centre.settings.log):
        again = await desk.press()
        assert again.history.unrecorded
        announcer.look()
        found |= desk.whats()
    await until(lambda: desk.desk.board.recording == "ok")

    for end in (".key", ".private"):
        file = desk.folder / f"vigie.log{end}"
        file.rename(desk.folder / "away")
        centre.surroundings.observe()
        await look()
        (desk.folder / "away").rename(file)
        centre.surroundings.observe()
        await look()

    centre.surroundings.held = held = HeldClock()
    for ahead_ms in (3_600_000, 0):  # another server's clock
        held.hear("other", held.own_ms() + ahead_ms)
        held.settle({"other"} if ahead_ms else ())
        await look()
        desk.pass_s(6)
        await look()

    centre.surroundings.replicas = replicas = Replicas(None, (), 3)  # type: ignore[arg-type]
    for replicas.lost in (("n2",), ()):
        await look()
        assert f"\nvigie_cluster_servers_lost {len(replicas.lost)}.0\n" in scraped(centre)
        assert desk.consoles.health().replica_lost == ", ".join(replicas.lost)

    key = desk.folder / "cases.db.key"
    key.rename(desk.folder / "away")
    await centre.take_cases()
    desk.pass_s(3 * 3600)  # two periods of the degraded-mode file, which has no cases to write
    await look()
    desk.pass_s(11)
    await look()
    (desk.folder / "away").rename(key)
    await centre.take_cases()
    desk.pass_s(61)
    await desk.page()
    desk.desk.presented([again.id], console="a", audible=True)
    await desk.do(cmd.Acknowledge, again.id)
    await until(lambda: not desk.desk.board.index.unpresented)
    open_ = next(iter(desk.desk.board.open_of("2026-0002", ("AMR-00002",))), None)
    beside = open_.id if open_ is not None else ""
    by_hand = cmd.Raise(id=desk.made(), place="Lindestraat 7, Gent", case="2026-0002", anyway=True, beside=beside)
    assert await desk.desk.command(by_hand, desk.user) is not None
    await look()
    return found


async def test_each_fault_has_its_line_when_it_begins_and_when_it_is_over_and_nobody_is_in_any(
    tmp_path: Path, lines: Lines
) -> None:
    async with driven(tmp_path) as desk:
        lasting = {what for what, kind in FAULTS.items() if not kind.over}  # until the next start: the next tests'
        assert await every_fault(desk) == FAULTS.keys() - lasting
        for what in FAULTS.keys() - lasting:
            begun, over = lines.named(what), lines.named(FAULTS[what].over)
            assert begun and over, what
            assert all(line["message"] == FAULTS[what].says and line["seconds"] >= 0 for line in begun), what
        assert {line["feed"] for line in lines.named("feed_lost")} == {FEED}
        assert lines.named("feed_lost")[0]["why"] == "down: refused: HTTP 401"
        assert lines.named("unanswered")[0]["seconds"] >= 30
        assert {line["incident"] for line in lines.named("unanswered")} <= desk.desk.board.incidents.keys()
        silent = [line["cic"] for line in lines.named("centre_silent")]
        assert set(silent) == set(desk.consoles.services.listening.own) - {
            "OVL"
        }  # one page was for that centre all along
        assert sorted(line["cic"] for line in lines.named("centre_heard")) == sorted(silent)
        nobody_is_in(lines.text + desk.centre.metrics.exposition().decode())
    assert len(lines.events) < 100
    assert {line["event"] for line in lines.events} <= EVENTS.keys()


async def test_alarms_that_wait_at_once_are_one_line_and_so_are_those_that_are_taken_at_once(
    tmp_path: Path, lines: Lines
) -> None:
    async with driven(tmp_path) as desk:
        for number in range(30):
            at = desk.clock.now()
            report = PressReport(device=f"AMR-{number}")
            await desk.desk.receive(Message(feed=FEED, id=desk.made(), at=at, report=report, raw=b"{}"))
        desk.pass_s(31)
        desk.centre.announcer.look()
        (line,) = lines.named("unanswered")  # the 20 that wait longest
        names = line["incidents"].split(", ")
        assert line["count"] == len(names) == 20 and set(names) <= desk.desk.board.incidents.keys()
        assert "incident" not in line and line["seconds"] >= 31
        for name in list(desk.desk.board.incidents):
            await desk.do(cmd.Acknowledge, name)
        desk.centre.announcer.look()
        assert [one["count"] for one in lines.named("answered")] == [20] and "AMR-" not in lines.text


async def test_a_log_that_is_lost_is_said_and_its_surroundings_are_those_of_the_log_that_is_meant(
    tmp_path: Path, lines: Lines
) -> None:
    (log := tmp_path / "vigie.log").write_bytes(b"no log" * 1000)
    assert not note(log, backed_up_at=NOTED_AT)
    centre = await Centre.open(Settings(log=log, no_sign_in=True))
    try:
        centre.start()
        centre.announcer.look()
        await until(lambda: bool(centre.surroundings.observed.room))
        assert {"log_lost", "log_files_lost"} <= {fault.what for fault in centre.consoles.faults.now()}
        assert f"vigie_backup_made_timestamp_seconds {NOTED_AT.timestamp()!r}" in scraped(centre)
    finally:
        await centre.close()
    assert lines.named("log_lost")[0]["level"] == "error"
    assert f"log {log}," in lines.named("settings")[0]["set"] + ","  # not the one aside


async def test_health_says_status_and_reasons_and_to_others_the_status_alone(tmp_path: Path) -> None:
    async with driven(tmp_path) as desk:
        server = serve_pages(desk.centre)
        client = AsyncHTTPClient(force_instance=True)

        async def ask(path: str, **headers: str) -> tuple[int, bytes]:
            answer = await client.fetch(f"http://127.0.0.1:{server.port}{path}", headers=headers, raise_error=False)
            return answer.code, answer.body

        passed_on = {"X-Forwarded-For": "203.0.113.7"}
        try:
            await desk.look()
            await desk.feed("live")
            assert json.loads((await ask("/health"))[1])["status"] == "ok"
            await desk.feed("down", "unreachable")
            desk.pass_s(31)
            incident = await desk.press()
            desk.pass_s(31)
            await desk.look()
            status, body = await ask("/health")
            told = json.loads(body)
            assert (status, told["ok"], told["status"]) == (503, False, "down")
            reasons = {(one["what"], one.get("about", "")): one for one in told["reasons"]}
            lost = reasons["feed_lost", FEED]
            assert (lost["severity"], lost["why"], lost["since"]) == (
                "down",
                "down: unreachable",
                "2026-11-24T20:14:07.000Z",
            )
            assert reasons["unanswered", incident.id]["severity"] == "notice"
            assert [one["severity"] for one in told["reasons"]] == sorted(
                (one["severity"] for one in told["reasons"]), key=["down", "degraded", "notice"].index
            )
            assert reasons["every_centre_silent", ""]["severity"] == "down"
            nobody_is_in(body.decode())
            assert await ask("/health", **passed_on) == (503, b'{"ok":false,"status":"down"}')
            assert (await ask("/metrics", **passed_on))[0] == 403
            assert (await ask("/metrics", Authorization="Bearer another", **passed_on))[0] == 403
            status, text = await ask("/metrics", Authorization="Bearer a-token", **passed_on)
            assert status == 200 and b"vigie_alarms_unowned 1.0" in text
            await desk.feed("live")
            await desk.page()
            await desk.look()
            status, body = await ask("/health")  # an alarm that waits is for people: the service is well
            assert (status, json.loads(body)["status"]) == (200, "ok")
            assert "unanswered" in {one["what"] for one in json.loads(body)["reasons"]}
        finally:
            server.stop()
            client.close()


async def test_refused_sign_ins_are_a_line_a_minute_without_name_or_address_and_counted(
    tmp_path: Path, lines: Lines
) -> None:
    async with driven(tmp_path) as desk:
        server = serve_pages(desk.centre)
        client = AsyncHTTPClient(force_instance=True)
        form = urlencode({"username": "Ann Fictief", "password": "wrong password"})
        try:
            for wanted in ("application/json", "text/html"):
                answer = await client.fetch(
                    f"http://127.0.0.1:{server.port}/sign-in",
                    method="POST",
                    body=form,
                    headers={"Accept": wanted, "X-Forwarded-For": "203.0.113.7"},
                    raise_error=False,
                )
                assert answer.code == 401
        finally:
            server.stop()
            client.close()
        signins = desk.centre.signins
        assert signins is not None and signins.refused["wrong"] == 2
        for _ in range(90):  # of seconds, in which ten thousand more are refused
            desk.centre.announcer.look()
            signins.refused["wrong"] += 111
        assert [(line["why"], line["count"]) for line in lines.named("signin_refused")] == [
            ("wrong", 2),
            ("wrong", 60 * 111),
        ]
        assert (
            f'vigie_signins_refused_total{{why="wrong"}} {2.0 + 90 * 111}' in desk.centre.metrics.exposition().decode()
        )
    nobody_is_in(lines.text)


def test_a_flood_of_one_kind_is_twenty_lines_a_minute_and_a_count(lines: Lines) -> None:
    warnings = logging.getLogger("incidents.somewhere")
    for n in range(10_000):
        say("answered", incident=f"i{n}", seconds=1.0)
        warnings.warning("bytes of %d could not be kept", n)
    say("feed_back", feed=FEED, seconds=1.0)  # another is not withheld for it
    assert (len(lines.named("answered")), len(lines.named("feed_back")), len(lines.of("incidents.somewhere"))) == (
        20,
        1,
        20,
    )
    assert lines.named("answered")[-1]["silent_s"] == lines.of("incidents.somewhere")[-1]["silent_s"] == 60
    lines.now = 61.0
    say("answered", incident="i", seconds=1.0)
    warnings.warning("bytes of %d could not be kept", 1)
    assert lines.named("answered")[-1]["withheld"] == lines.of("incidents.somewhere")[-1]["withheld"] == 9_980
    assert "bytes of 1 could not be kept withheld=9980\n" in lines.plain.getvalue()


async def test_an_error_says_where_it_was_and_quotes_nobody_whoever_writes_it(lines: Lines) -> None:
    async def fails() -> None:
        raise ZeroDivisionError(PERSONAL[0])

    loop = asyncio.get_running_loop()
    task = loop.create_task(fails())
    while not task.done():
        await asyncio.sleep(0)
    loop.call_exception_handler({"message": "a task failed", "exception": task.exception(), "future": task})
    for logger in ("incidents.desk", "tornado.application"):
        logging.getLogger(logger).error("it failed", exc_info=task.exception())
    logging.getLogger("websockets.server").error("%s failed\n%r", PERSONAL[0], PERSONAL[0])
    assert len(lines.all) == 4 and all("in fails" in line["trace"] for line in lines.all[:3])
    assert lines.plain.getvalue().count("in fails") == 3 and PERSONAL[0] not in lines.text
    assert set(ROOMS) - {"app"} <= OURS


def test_an_event_says_nothing_that_its_table_does_not_declare() -> None:
    for name in EVENTS:
        with pytest.raises(ValueError, match=f"{name} declares no person"):
            say(name, person="Ann Fictief")


def test_what_another_wrote_begins_no_line_of_its_own(lines: Lines) -> None:
    say("feed_lost", feed='x"\n2026-11-24 ERROR vigie: feed_back: \x1b[31m feed=112', why="\udcff", seconds=0.0)
    assert lines.plain.getvalue().count("\n") == lines.json.getvalue().count("\n") == 1
    assert "\x1b" not in lines.text and lines.events[0]["why"] == "\\udcff"


def test_the_start_says_versions_and_settings_and_no_text_that_may_be_a_secret(lines: Lines, tmp_path: Path) -> None:
    secrets = {
        "health_token": "a-secret-token",
        "feed": ("wss://user:a-secret@feed.example/?key=a-secret",),
        "orders": {"url": "https://a-secret.example", "zones": {"5415": "https://a-secret.example"}},
        "outside": {"command": "notify --key a-secret", "webhook": "https://a-secret.example"},
        "radio": {"zones": {"5415": "Ann Fictief, a-secret"}},
        "abroad": {"contacts": {"NL": "Ann Fictief, a-secret"}},
        "oidc": {"issuer": "https://a-secret.example", "client_id": "a-secret"},
    }
    settings = msgspec.convert(
        {**secrets, "log": str(tmp_path / "vigie.log"), "port": 5631, "log_format": "json"},
        Settings,
        dec_hook=lambda kind, value: kind(value),
    )
    say_start(settings)
    (versions,), (said,) = lines.named("versions"), lines.named("settings")
    assert {"vigie", "python", "panel", "bokeh", "sqlite"} <= versions.keys() and "unknown" not in versions.values()
    words = said["set"].split(", ")
    assert {"port 5631", "log_format json", f"log {tmp_path}/vigie.log", "health_token set", "orders.url set"} <= set(
        words
    )
    assert "a-secret" not in lines.text and "5415" not in lines.text
    nobody_is_in(lines.text)


def test_the_table_of_faults_names_the_worst_first_and_no_line_twice() -> None:
    severities = [kind.severity for kind in FAULTS.values()]
    assert severities == sorted(severities, key=["down", "degraded", "notice"].index)
    overs = [kind.over for kind in FAULTS.values() if kind.over]
    assert len({*overs, *FAULTS}) == len(overs) + len(FAULTS)


async def test_the_page_lists_every_fault_event_and_metric_as_the_code_has_them(tmp_path: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == await filled(tmp_path), (
        "python -m tests.centre.monitoring.lists writes them anew"
    )


def test_the_lines_of_a_process_are_in_the_format_that_is_set_last_and_bounded_once(lines: Lines) -> None:
    root, said = logging.getLogger(), io.StringIO()
    before, ours = root.handlers, logging.StreamHandler(said)
    root.handlers = [ours]
    try:
        for wanted in ("plain", "json"):
            write_lines(wanted)  # type: ignore[arg-type]
        assert [type(one) for one in ours.filters] == [Pace]
        logging.getLogger("incidents.somewhere").warning("a word")
        assert json.loads(said.getvalue())["message"] == "a word"
        for library in ("bokeh", "panel"):
            assert not logging.getLogger(library).handlers and logging.getLogger(library).propagate
            logging.getLogger(f"{library}.viewable").debug("a message of a page came")
        assert said.getvalue().count("\n") == 1, "no line for each message of a page"
        root.handlers = before
        write_lines("json")
        assert not any(one.filters for one in before if type(one) is not logging.StreamHandler)  # pytest's own
    finally:
        root.handlers = before

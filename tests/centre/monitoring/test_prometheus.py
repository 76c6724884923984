"""The real Prometheus of Debian reads a desk, and the rules fire on each fault; promtool takes rules, their tests, a scrape."""

import asyncio
import contextlib
import json
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from tornado.httpclient import AsyncHTTPClient, HTTPClientError

from centre.backup.noted import note
from centre.checks.certificates import FEW_DAYS
from centre.checks.clock import FAR_OFF_MS
from centre.checks.keys import BACKED_UP, TESTED
from centre.checks.storage import FEW_BYTES, LEAST_BYTES
from centre.runtime import Centre
from centre.serving import serve_pages
from centre.settings import EvidenceSettings, Orders, Settings
from dashboard.access.accounts import Accounts
from dashboard.access.signins import SignIns
from dashboard.ports import free_port
from incidents import commands as cmd
from incidents.clock import SystemClock
from incidents.escalation.ladder import WatchTimes
from tests.centre.monitoring.parts import (
    FIX,
    NAME,
    Driven,
    driven,
    gateway_scraped_once,
    nobody_writes,
    scraped_once,
    with_cases,
)
from tests.centre.parts import OwnFeed, own_feed
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.feeds.subscriber.test_connection import certificate
from tests.rules.house import ROOT
from tests.waiting import until

RULES, RULE_TESTS, DASHBOARD = (
    ROOT / "docs" / name for name in ("prometheus-rules.yml", "prometheus-rules.test.yml", "grafana.json")
)
OF_PROMETHEUS = {"up", "ALERTS"}


def promtool(*words: str, given: str = "") -> str:
    ran = subprocess.run(
        ["promtool", *words], input=given, capture_output=True, text=True, timeout=60, cwd=RULES.parent
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def queries() -> list[str]:
    """What the dashboard asks."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_promtool_takes_the_rules_and_each_rules_fault_fires_it_alone(tmp_path: Path) -> None:
    promtool("check", "rules", RULES.name)
    promtool("test", "rules", RULE_TESTS.name)
    tried = {test["name"].partition(",")[0] for test in yaml.safe_load(RULE_TESTS.read_text(encoding="utf-8"))["tests"]}
    assert {rule["alert"] for rule in rules()} <= tried
    for name in (RULES.name, RULE_TESTS.name):
        (tmp_path / name).write_text(
            (RULES.parent / name).read_text().replace("vigie_log_aside == 1", "vigie_log_aside == 2")
        )
    with pytest.raises(AssertionError, match="VigieLogLost"):  # a rule that does not fire is noticed
        promtool("test", "rules", "--run=VigieLogLost", str(tmp_path / RULE_TESTS.name))


def test_rules_and_check_warn_at_the_same_figures() -> None:
    asked = {rule["alert"]: rule["expr"] for rule in rules()}
    assert f"> {BACKED_UP.days} * 86400" in asked["VigieBackupOld"]
    assert f"> {TESTED.days} * 86400" in asked["VigieBackupUntested"]
    assert f"< {FEW_DAYS} * 86400" in asked["VigieCertificateEnds"]
    assert f"< {LEAST_BYTES >> 20} * 1048576" in asked["VigieDiskFull"]
    assert f"< {FEW_BYTES >> 20} * 1048576" in asked["VigieDiskLow"]
    assert f"> {FAR_OFF_MS / 1000}" in asked["VigieClock"]


def test_each_rule_says_how_severe_it_is_and_what_to_do() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning"), rule
        assert rule["annotations"].keys() == {"summary", "action"}, rule


async def test_promtool_takes_a_scrape_which_has_every_metric_that_rules_and_dashboard_name(tmp_path: Path) -> None:
    scraped = await scraped_once(tmp_path)
    of_gateway = set(re.findall(r"^(vigie_gateway_\w+)[{ ]", await gateway_scraped_once(tmp_path), re.M))
    promtool("check", "metrics", given=scraped)
    there = set(re.findall(r"^(\w+)[{ ]", scraped, re.M))
    assert len(there) > 30
    for asked in [*(rule["expr"] for rule in rules()), *queries()]:
        named = set(re.findall(r"\b(?:vigie|process)_\w+|\bup\b", re.sub(r'"[^"]*"', "", asked)))
        assert named and named <= there | of_gateway | OF_PROMETHEUS, asked


async def test_a_press_counts_from_the_desk_to_the_first_page(tmp_path: Path) -> None:
    async with driven(tmp_path) as desk:
        await desk.feed("live")
        times = desk.centre.metrics._timings  # what a scrape reads
        desk.consoles.start()
        await desk.press()
        assert sum(times.press.counts) == 0  # no page is there
        _, paper = await desk.page()
        _, second = await desk.page()
        await asyncio.gather(paper.turn(), second.turn())
        assert sum(times.press.counts) == 1 and times.press.sum_s > 0
        await desk.press()
        await paper.turn()
        await second.turn()
        assert sum(times.press.counts) == 2


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert 8 <= len(board["uid"]) <= 40 and board["title"] and board["id"] is None and board["schemaVersion"] >= 39
    variables = {one["name"]: one for one in board["templating"]["list"]}
    assert variables["DS"] | {"type": "datasource", "query": "prometheus"} == variables["DS"]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) > 10
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place, source = panel["gridPos"], {"type": "prometheus", "uid": "${DS}"}
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells
        assert panel["type"] in ("stat", "timeseries") and panel["datasource"] == source
        assert all(target["datasource"] == source and target["refId"] for target in panel["targets"])


class Prometheus:
    """Prometheus as a process, which scrapes one desk each second; its rules are those of the docs without their patience."""

    def __init__(self, folder: Path, desk: int) -> None:
        self._folder, self._desk, self._port = folder, desk, free_port()
        self._client = AsyncHTTPClient(force_instance=True)

    async def __aenter__(self) -> "Prometheus":
        hasty = re.sub(r"for: \w+", "for: 0s", RULES.read_text(encoding="utf-8"))
        hasty = hasty.replace("unowned_seconds > 60", "unowned_seconds > 1").replace("[5m])) > 20", "[5m])) > 2")
        (self._folder / "rules.yml").write_text(hasty, encoding="utf-8")
        scrape = {"job_name": "vigie", "static_configs": [{"targets": [f"127.0.0.1:{self._desk}"]}]}
        every = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config = {"global": every, "rule_files": ["rules.yml"], "scrape_configs": [scrape]}
        (self._folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        self._output = (self._folder / "output").open("wb")
        self._process = await asyncio.create_subprocess_exec(
            "prometheus",
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self._port}",
            stdout=self._output,
            stderr=self._output,
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        self._client.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        await self._process.wait()
        self._output.close()

    async def ask(self, path: str) -> Any:
        """What its API answers; {} while it does not."""
        try:
            answer = await self._client.fetch(f"http://127.0.0.1:{self._port}/api/v1/{path}")
        except (OSError, HTTPClientError):
            return {}
        return json.loads(answer.body)["data"]

    async def firing(self) -> set[str]:
        alerts = (await self.ask("alerts")).get("alerts", ())
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}

    async def fires(self, *names: str, quiet: tuple[str, ...] = (), within_s: float = 300.0) -> None:
        """Wait until these rules fire, and those do not."""
        found: set[str] = set()
        try:
            async with asyncio.timeout(within_s):
                while not (set(names) <= found and not found & set(quiet) and await self.ask("alerts")):
                    await asyncio.sleep(0.2)
                    found = await self.firing()
        except TimeoutError:
            said = (self._folder / "output").read_text()[-2000:]
            raise AssertionError(f"{names} were to fire, {quiet} not; there are {found}\n{said}") from None


@contextlib.asynccontextmanager
async def seen(folder: Path, feed: OwnFeed) -> AsyncIterator[tuple[Driven, Prometheus, int]]:
    """A desk at work with its pages served, and a Prometheus that reads it."""
    with_cases(folder)
    accounts = Accounts(folder / "vigie.users", hasher=QUICK)
    accounts.add(NAME, ["dispatcher", "supervisor"], PASSWORD)
    clock = SystemClock()
    cert, key = certificate(folder, "centre")
    assert not note(folder / "vigie.log", backed_up_at=clock.now(), tested_at=clock.now(), ok=True)
    settings = Settings(
        log=folder / "vigie.log",
        cases=folder / "cases.db",
        feed=(feed.url,),
        port=0,
        orders=Orders(url=f"http://127.0.0.1:{free_port()}/"),
        watch=WatchTimes(undelivered_s=1),
        evidence=EvidenceSettings(cert_file=cert, key_file=key),
    )
    centre = await Centre.open(settings, clock=clock, signins=SignIns(accounts, clock=clock))
    try:
        centre.start()
        server = serve_pages(centre)
        try:
            async with Prometheus(folder, server.port) as prometheus:
                yield Driven(centre, folder), prometheus, server.port
        finally:
            server.stop()
    finally:
        await centre.close()


@pytest.mark.timeout(1000)
async def test_prometheus_reads_a_desk_and_fires_on_a_lost_feed_and_on_an_alarm_that_nobody_has(tmp_path: Path) -> None:
    async with own_feed() as feed, seen(tmp_path, feed) as (desk, prometheus, _):
        await until(lambda: any(one.state == "live" for one in desk.desk.board.feeds.values()))
        silent = ("VigieFeedDown", "VigieAlarmUnanswered", "VigieBackupOld", "VigieBackupUntested")
        await prometheus.fires("VigieEveryCentreSilent", "VigieCertificateEnded", quiet=silent)
        feed.press("AMR-00413")
        await until(lambda: desk.desk.board.unowned)
        await feed.stop()
        await prometheus.fires("VigieFeedDown", "VigieAlarmUnanswered", quiet=("VigieLogHeld", "VigieUnreachable"))
        targets = (await prometheus.ask("targets"))["activeTargets"]
        assert [(one["health"], one["lastError"]) for one in targets] == [("up", "")]
        for asked in queries():
            found = await prometheus.ask("query?" + urlencode({"query": asked.replace("$instance", ".+")}))
            assert found["resultType"] == "vector" and (found["result"] or "[5m]" in asked), asked
        await feed.start(int(feed.url.rpartition(":")[2]))
        await desk.do(cmd.Acknowledge, next(iter(desk.desk.board.incidents)))
        await prometheus.fires(quiet=("VigieFeedDown", "VigieAlarmUnanswered"))


@pytest.mark.prove
@pytest.mark.timeout(1000)
async def test_prometheus_fires_on_every_fault_and_is_quiet_when_it_is_over(tmp_path: Path) -> None:
    async with own_feed() as feed, seen(tmp_path, feed) as (desk, prometheus, port):
        board = desk.desk.board
        await prometheus.fires("VigieEveryCentreSilent", "VigieCentreSilent")
        feed.press(
            "AMR-00413", fix={"lat": FIX.lat, "lon": FIX.lon, "radius": 18.0, "confidence": 68, "method": "gnss"}
        )
        await until(lambda: board.unowned and board.index.unpresented)
        await prometheus.fires("VigieAlarmUnanswered", "VigieAlarmUnseen")
        session, _ = await desk.page()
        beat = asyncio.create_task(renewed(desk))
        try:
            (incident,) = board.incidents
            desk.desk.presented([incident], console=session.id, audible=True)
            await desk.do(cmd.Acknowledge, incident)
            await prometheus.fires(
                quiet=("VigieEveryCentreSilent", "VigieCentreSilent", "VigieAlarmUnanswered", "VigieAlarmUnseen")
            )

            await desk.do(cmd.Route, incident, zone="5415", anyway=True)
            await prometheus.fires("VigieOrderLate")
            await desk.do(cmd.CancelOrder, incident, reason="a test")

            key = tmp_path / "cases.db.key"
            key.rename(tmp_path / "away")
            await prometheus.fires("VigieCasesLocked")
            (tmp_path / "away").rename(key)

            with nobody_writes(desk.centre.settings.log):
                feed.press("AMR-00413")
                await until(lambda: board.held)
                await prometheus.fires("VigieLogHeld")

            client = AsyncHTTPClient(force_instance=True)
            for n in range(5):
                form = urlencode({"username": f"nobody {n}", "password": "wrong password"})
                where = f"http://127.0.0.1:{port}/sign-in"
                assert (await client.fetch(where, method="POST", body=form, raise_error=False)).code == 401
            client.close()
            await prometheus.fires("VigieSignInsRefused")

            feed.epoch = "another"
            await feed.stop()
            await prometheus.fires("VigieFeedDown", quiet=("VigieLogHeld", "VigieCasesLocked", "VigieOrderLate"))
            await feed.start(int(feed.url.rpartition(":")[2]))
            await prometheus.fires("VigieFeedGap", quiet=("VigieFeedDown",))
        finally:
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)


async def renewed(desk: Driven) -> None:
    """Its pages report of themselves."""
    while True:
        await desk.renew()
        await asyncio.sleep(2)

"""A whole centre whose register is imported anew while pages are open: feed, register, sign-ins, pages, the outside command."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

import app
from centre.belonging import bind
from centre.runtime import Centre
from centre.serving import serve_pages
from centre.settings import Settings
from dashboard.access.accounts import Accounts
from dashboard.access.signins import SignIns
from feeds.settings import OutsideSettings
from incidents.cases import import_cases
from incidents.clock import SystemClock
from tests.centre.parts import OwnFeed, own_feed
from tests.centre.test_two_people import begin
from tests.dashboard.access.parts import Browser, Line
from tests.waiting import until

pytestmark = pytest.mark.timeout(90)
PASSWORD = "geen echt wachtwoord"
DEVICE, NUMBER = "AMR-31415", "2026-3141"
TOLD = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"


def case_file(folder: Path, *excluded: str, number: str = NUMBER) -> Path:
    today = datetime.now(UTC).date()
    case = {
        "number": number,
        "source": "Parket Voorbeeld",
        "date": today.isoformat(),
        "victim": {"name": "A. Voorbeeld"},
        "devices": [DEVICE],
        "valid_from": (today - timedelta(days=9)).isoformat(),
        "valid_until": (today + timedelta(days=9)).isoformat(),
        "exclusions": [{"account": name, "reason": "the suspect"} for name in excluded],
    }
    file = folder / "cases.json"
    file.write_text(json.dumps({"cases": [case]}), encoding="utf-8")
    return file


class Here:
    """The centre, its folder, its feed, and a way to its pages."""

    def __init__(self, centre: Centre, folder: Path, feed: OwnFeed, base: str) -> None:
        self.centre, self.folder, self.feed, self.base = centre, folder, feed, base

    def exclude(self, *names: str) -> None:
        report = import_cases(case_file(self.folder, *names), self.folder / "cases.db")
        assert report.loaded and not report.problems

    async def page(self, name: str, path: str = "/operator", *, listens: bool = True) -> Line:
        browser = Browser(self.base)
        await browser.sign_in(name, PASSWORD)
        line = await browser.open(path)
        if listens:
            await line.say(do="seen", visible=True, sound="armed")
        return line

    async def press(self) -> Any:
        self.feed.press(DEVICE)
        board = self.centre.desk.board
        await until(lambda: board.of_device(DEVICE))
        return board.of_device(DEVICE)[0]

    def now(self, id: str) -> Any:
        return self.centre.desk.board.incidents[id]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = Accounts(tmp_path / "vigie.users", hasher=quick)
    accounts.add("Jan Fictief", ["dispatcher"], PASSWORD)
    accounts.add("Sue Fictief", ["supervisor"], PASSWORD)
    assert import_cases(case_file(tmp_path), tmp_path / "cases.db").loaded
    outside = OutsideSettings(command=f"{sys.executable} -c '{TOLD}' {tmp_path / 'told'}")
    async with own_feed() as feed:
        settings = Settings(
            log=tmp_path / "vigie.log", cases=tmp_path / "cases.db", feed=(feed.url,), port=0, outside=outside
        )
        signins = SignIns(accounts, clock=SystemClock())
        centre = await Centre.open(settings, signins=signins)
        centre.start()
        server = serve_pages(centre)
        try:
            yield Here(centre, tmp_path, feed, f"http://127.0.0.1:{server.port}")
        finally:
            server.stop()
            await centre.close()


async def test_an_import_keeps_an_alarm_from_its_owners_open_page_within_two_seconds_and_offers_it_to_the_others(
    here: Here,
) -> None:
    jan, sue = await here.page("Jan Fictief"), await here.page("Sue Fictief")
    incident = await here.press()
    await jan.until(lambda message: incident.id in message.get("rows", {}))
    await jan.say(do="select", incident=incident.id)
    await jan.until(lambda message: (message.get("detail") or {}).get("case", {}).get("victim") == "A. Voorbeeld")
    await jan.say(do="command", command={"do": "acknowledge", "id": "acknowledge-1", "incident": incident.id})
    await until(lambda: here.now(incident.id).owner)
    began = asyncio.get_running_loop().time()
    here.exclude(" JAN  fictief".replace("  ", " "))
    gone = await jan.until(lambda message: message.get("rows", {}).get(incident.id, 1) is None)
    assert asyncio.get_running_loop().time() - began < 2.0
    assert [row["reserved"] for row in gone["rows"].values() if row] == [True]
    assert gone["detail"] is None
    await until(lambda: here.now(incident.id).ownership.gone == "excluded", 2.0)
    await jan.say(do="command", command={"do": "close", "id": "close-0001", "incident": incident.id, "as_class": "accidental",
        "outcome": "other", "reason": "an accident", "verified": "safe_word", "anyway": True})  # fmt: skip
    answer = (await jan.reply(lambda reply: reply.get("answer", {}).get("id") == "close-0001"))["answer"]
    assert answer["code"] == "unknown_incident" and here.now(incident.id).open
    await sue.until(lambda message: message.get("rows", {}).get(incident.id, {}).get("gone") == "excluded")
    await sue.say(do="command", command={"do": "acknowledge", "id": "acknowledge-2", "incident": incident.id})
    await until(lambda: here.centre.desk.name_of(here.now(incident.id).owner) == "Sue Fictief")
    for line in (jan, sue):
        await line.close()


async def test_where_only_an_excluded_person_listens_everybody_else_is_called_at_once_and_outside_too(
    here: Here,
) -> None:
    here.exclude("jan fictief")
    await until(lambda: here.centre.cases.by_number(NUMBER).exclusions)  # type: ignore[union-attr]
    jan, sue = await here.page("Jan Fictief"), await here.page("Sue Fictief", "/supervisor", listens=False)
    await until(lambda: any(page.both for page in here.centre.consoles.watching()))
    began = asyncio.get_running_loop().time()
    incident = await here.press()
    message = await sue.until(lambda message: message.get("rows", {}).get(incident.id, {}).get("ladder") == "outside")
    assert asyncio.get_running_loop().time() - began < 1.0
    row = message["rows"][incident.id]
    assert row["everyones"] and row["loudness"] == 4 and row["supervisor"]
    await until(lambda: (here.folder / "told").exists() and (here.folder / "told").read_text())
    assert json.loads((here.folder / "told").read_text())["incident"] == incident.id
    assert "presented" not in here.now(incident.id).times
    await sue.until(lambda message: message.get("rows", {}).get(incident.id, {}).get("kept_from") == 1)
    for line in (jan, sue):
        await line.close()


async def test_beside_an_eligible_console_that_listens_it_is_an_alarm_like_any_other(here: Here) -> None:
    here.exclude("jan fictief")
    await until(lambda: here.centre.cases.by_number(NUMBER).exclusions)  # type: ignore[union-attr]
    jan, sue = await here.page("Jan Fictief"), await here.page("Sue Fictief")
    await until(lambda: sum(page.both for page in here.centre.consoles.watching()) == 2)
    incident = await here.press()
    await until(lambda: here.now(incident.id).readers.kept_from)
    await asyncio.sleep(0.6)  # the watch looks four times a second
    assert here.now(incident.id).escalation.rung == ""
    await sue.say(do="presented", ids=[incident.id], audible=True)
    await until(lambda: "presented" in here.now(incident.id).times)
    for line in (jan, sue):
        await line.close()


def test_an_import_says_which_excluded_account_nobody_has_and_when_nobody_is_left(tmp_path: Path) -> None:
    where = ["--cases", str(tmp_path / "cases.db"), "--log", str(tmp_path / "vigie.log")]
    where += ["--by", "Ada Fictief", "--password-stdin"]
    accounts = Accounts(tmp_path / "vigie.users", hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts.add("Jan Fictief", ["dispatcher"], PASSWORD)
    accounts.add("Ada Fictief", ["auditor"], PASSWORD)
    asyncio.run(begin(tmp_path / "vigie.log"))
    bind(Settings(log=tmp_path / "vigie.log"), accounts.path)

    def imported(*excluded: str) -> str:
        done = CliRunner().invoke(
            app.app, ["cases", "import", str(case_file(tmp_path, *excluded)), *where], input=PASSWORD
        )
        assert done.exit_code == 0, done.output
        return str(done.output)

    said = imported("J. Fictief")
    assert "case 1: exclusions[0].account: there is no account of this name" in said
    assert "J. Fictief" not in said and "1 added" in said
    said = imported("JAN FICTIEF")
    assert "no account" not in said and "nobody of this centre is left" in said
    accounts.add("Sue Fictief", ["supervisor"], PASSWORD)
    assert imported("JAN FICTIEF") == "0 added, 0 changed, 1 unchanged, 0 withdrawn\n"

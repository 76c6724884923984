"""A desk on a register in a file, its page of the cases, and persons who sign in there; a clock that a test moves by days."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from centre.assembly import Assembly
from centre.case_import import import_new_case
from centre.documents.devices import DeviceLists
from centre.settings import Settings
from dashboard.access.accounts import Accounts
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.keeper.page import id_of
from dashboard.server import serve
from dashboard.services import Beside
from incidents import commands as cmd
from incidents.bindings import DeviceCases
from incidents.case_keeping import CaseKeeping
from incidents.cases import CaseRegister, import_cases
from incidents.devices.listing import DeviceTests
from incidents.incident import Incident
from incidents.log.sqlite import SqliteLog
from incidents.messages import Fix, Message, PressReport
from incidents.roles import User
from maps.zones import Zones
from reports.measures.history import History
from reports.measures.tallies import Tallies
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.access.parts import Browser, _asked
from tests.dashboard.conftest import DrivenClock
from tests.incidents.cases.conftest import case

NUMBER, OTHER, KEPT = "2026-0001", "2026-0002", "2026-0003"
RISK = "he lives next door"
PEOPLE = {
    "Kee Fictief": "keeper",
    "Zon Fictief": "zone",
    "Dis Fictief": "dispatcher",
    "Bro Fictief": "keeper",
    "Sup Fictief": "supervisor",
}


class CasesHouse:
    """All of it. Each page and each step is asked for by somebody signed in anew: days pass between two steps."""

    def __init__(
        self,
        parts: Assembly,
        register: CaseRegister,
        clock: DrivenClock,
        accounts: Accounts,
        base: str,
        reload: Callable[[], Awaitable[None]],
        file: Path,
    ) -> None:
        self.desk, self.register, self.clock, self.accounts, self.base = parts.desk, register, clock, accounts, base
        self.log: Any = parts.log
        self.keeping = parts.consoles.services.keeping
        self._reload, self.file = reload, file
        self._n = 0

    @property
    def today(self) -> date:
        return self.clock.now().date()

    async def imported(self, *cases: dict[str, Any]) -> None:
        """Have a file of these cases imported while the desk serves."""
        file = self.file.with_name("more.json")
        file.write_text(json.dumps({"cases": cases}), encoding="utf-8")
        assert (await asyncio.to_thread(import_cases, file, self.file)).loaded
        await self._reload()

    async def browser(self, name: str = "Kee Fictief") -> Browser:
        browser = Browser(self.base)
        await browser.sign_in(name, PASSWORD)
        return browser

    async def page(self, number: str = "", name: str = "Kee Fictief") -> tuple[int, str]:
        browser = await self.browser(name)
        return await browser.get("/cases" + (f"?case={id_of(number)}" if number else ""))

    async def take(self, kind: str, *, number: str = NUMBER, name: str = "Kee Fictief", **said: str) -> tuple[int, str]:
        """Fill in the form of a step as it stands on the page now, and send it; what it says where it is refused."""
        browser = await self.browser(name)
        _, page = await browser.get(f"/cases?case={id_of(number)}")
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form_of(page, kind)))
        return await self.post(browser, hidden | said)

    async def post(self, browser: Browser, facts: dict[str, str]) -> tuple[int, str]:
        headers = browser._headers() | {"Origin": self.base}
        status, text, _ = await _asked(f"{self.base}/cases", facts, headers)
        said = re.search(r'<p class="refused" role="alert">(.*?)</p>', text, re.DOTALL)
        return status, unescape(said[1]) if said else ""

    async def press(self, device: str) -> Incident:
        self._n += 1
        report = PressReport(device=device, press="hold", fix=Fix(51.0536, 3.7253, 18.0))
        at = self.clock.now()
        await self.desk.receive(Message(feed="test", id=f"press-{self._n:06d}", at=at, report=report, raw=b"{}"))
        return self.desk.board.of_device(device)[0]

    async def shut(self, incident: Incident) -> None:
        """A dispatcher takes the alarm and closes it."""
        name = "Dis Fictief"
        who = User(actor=self.desk.pseudonym(name), roles=frozenset({"dispatcher"}), name=name)
        await self.desk.command(cmd.Acknowledge(id=f"take-{incident.id}", incident=incident.id), who)
        over = cmd.Close(
            id=f"shut-{incident.id}", incident=incident.id, as_class="unknown", outcome="other", reason="seen to"
        )
        await self.desk.command(over, who)

    def pass_days(self, days: int) -> None:
        self.clock.at += timedelta(days)


def form_of(page: str, kind: str) -> str:
    """The form of a step on a page; "" where it has none."""
    found = (form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'name="step" value="{kind}"' in form)
    return next(found, "")


@pytest.fixture
async def house(tmp_path: Path, zones: Zones) -> AsyncIterator[CasesHouse]:
    async with cases_house(tmp_path, zones) as found:
        yield found


@asynccontextmanager
async def cases_house(tmp_path: Path, zones: Zones) -> AsyncIterator[CasesHouse]:
    """The house with its three cases."""
    path, file = tmp_path / "cases.db", tmp_path / "cases.json"
    brother = [{"reason": "her brother", "account": "Bro Fictief"}]
    listed = [
        case(NUMBER, exclusions=brother),
        case(
            OTHER,
            managing_zone="5415",
            devices=["AMR-0002"],
            risks=[{"text": RISK, "source": "she", "date": "2026-11-02"}],
        ),
        case(
            KEPT,
            managing_zone="5415",
            exclusions=[
                {"reason": "she works there", "zone": "5415"},
                {"reason": "a friend", "account": "Sup Fictief"},
            ],
        ),
    ]
    file.write_text(json.dumps({"cases": listed}), encoding="utf-8")
    assert import_cases(file, path).loaded
    clock = DrivenClock()
    register = CaseRegister.open(path, today=lambda: clock.now().date())
    log = await SqliteLog.open(tmp_path / "vigie.log")

    async def reload() -> None:
        if await asyncio.to_thread(register.reload_if_changed):
            parts.consoles.cases_changed()

    def beside(parts: Assembly) -> Beside:
        devices = DeviceCases(parts.desk, register, lambda device: f"device/{log.vault.device_id(device)}", reload)
        tallies = Tallies(parts.desk.board, log.vault, History(tmp_path / "vigie.log", log.vault))
        lists = DeviceLists(desk=parts.desk, cases=register, tallies=tallies, times=DeviceTests(), bench=())
        return Beside(
            tallies=tallies,
            devices=lists,
            device_cases=devices,
            keeping=CaseKeeping(
                parts.desk, register, devices, reload, zones.known, partial(import_new_case, Settings(cases=path))
            ),
        )

    accounts = Accounts(tmp_path / "vigie.users", hasher=QUICK, now=lambda: clock.now().timestamp())
    for name, role in PEOPLE.items():
        accounts.add(name, [role], PASSWORD, zone="5415" if role == "zone" else "")
    signins = SignIns(accounts, clock=clock)
    parts = Assembly(log, zones, register, clock, signins=signins, beside=beside)
    await parts.desk.open()
    parts.consoles.start()
    server = serve(parts.consoles, door=Door(lambda: signins, lambda: parts.desk), port=0)
    try:
        yield CasesHouse(parts, register, clock, accounts, f"http://127.0.0.1:{server.port}", reload, path)
    finally:
        server.stop()
        await parts.consoles.stop()
        await parts.desk.close()
        signins.close_file()
        await log.close()

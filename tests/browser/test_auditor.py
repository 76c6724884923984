"""The auditor page in a real browser, by its keys: the list, what is opened beside it, a notice dealt with, the chain, a file."""

import asyncio
import csv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import expect

from centre.assembly import Assembly
from dashboard.services import Beside
from incidents import events as ev
from incidents.auditing.auditing import Auditing
from incidents.auditing.rules import AuditRules
from incidents.log.snapshot import snapshot
from incidents.log.verify import verify
from maps.zones import Zones
from tests.browser.served import SLOW_MS, Served, served
from tests.dashboard.conftest import DEVICE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PEOPLE = {"Anna Proef": "auditor", "Bert Proef": "auditor", "Mieke Proef": "dispatcher"}


def audited(folder: Path, parts: Assembly) -> Auditing:
    path = folder / "vigie.log"
    return Auditing(parts.desk, partial(snapshot, path), parts.log.vault, AuditRules(), partial(verify, path))  # type: ignore[arg-type]


@asynccontextmanager
async def audit(folder: Path, zones: Zones) -> AsyncIterator[Served]:
    """A desk with an alarm that is over, a look at it after, and one by the account for emergencies."""
    made: list[Auditing] = []

    def beside(parts: Assembly) -> Beside:
        made.append(audited(folder, parts))
        return Beside(auditing=made[0])

    async with served(folder, zones, PEOPLE, beside=beside) as desk:
        desk.house.cases.case = msgspec.structs.replace(desk.house.cases.case, exclusions=())
        who = desk.house.desk.pseudonym("Mieke Proef")
        await desk.house.desk.note("desk/floor", ev.Came(role="dispatcher"), id="came-0000", actor=who)
        incident = await desk.house.press()
        for n, event in enumerate((ev.CaseOpened(role="dispatcher", need="unowned"), ev.CaseOpened(role="dispatcher"))):
            await desk.house.desk.note(f"incident/{incident.id}", event, id=f"look-{n}-0000", actor=who)
        given = ev.ReasonGiven(of="look-1-0000", why="other", reason='=HYPERLINK("x") <b>she rang</b>')
        await desk.house.desk.note(f"incident/{incident.id}", given, id="given-0000", actor=who)
        glass = ev.SignedIn(roles="supervisor", break_glass=True)
        await desk.house.desk.note("desk/access", glass, id="glass-0000", actor=who)
        task = asyncio.create_task(made[0].run())
        try:
            yield desk
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def recorded(folder: Path, kind: str) -> int:
    with snapshot(folder / "vigie.log") as log:
        return len(list(log.of_type(kind)))


async def test_an_auditor_works_with_the_keys_alone(tmp_path: Path, zones: Zones) -> None:
    async with audit(tmp_path, zones) as desk:
        page = await desk.page("Anna Proef", "/", width=1920, height=1080)
        rows = page.locator("#list tbody tr")
        await expect(rows).to_have_count(3, timeout=SLOW_MS)
        assert page.url.endswith("/auditor")
        await expect(page.locator("#list")).not_to_contain_text("Voorbeeld")  # her name
        assert recorded(tmp_path, "audit_listed") == 1  # everybody's list
        # A row, by the arrows: the reason's words are text.
        await page.locator("#list table").focus()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("#beside")).to_contain_text('=HYPERLINK("x") <b>she rang</b>')
        await expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
        assert recorded(tmp_path, "audit_listed") == 2
        # A case, by `/`.
        await page.keyboard.press("/")
        await page.keyboard.type("0412")
        await expect(rows).to_have_count(2)
        assert recorded(tmp_path, "audit_listed") == 3
        await page.keyboard.type("9")
        await expect(page.locator("#list .none")).to_have_text("No look fits.")
        await expect(page.locator("#beside code")).to_be_hidden()  # the row that was opened is in no list any more
        await page.get_by_role("button", name="Show all").press("Enter")
        await expect(rows).to_have_count(3)
        # A notice, dealt with by its key.
        notice = page.locator("#notices .pick")
        await notice.press("Enter")
        await expect(page.locator("#beside h2").first).to_have_text("Emergency account")
        await page.keyboard.press("n")
        await page.keyboard.type("a test of the account")
        await page.keyboard.press("Escape")  # the notice is closed, and its note is kept for it
        await expect(page.locator("#beside .dealing")).to_be_hidden()
        await notice.press("Enter")
        await page.keyboard.press("e")
        await expect(notice).to_contain_text("explained")
        await expect(page.locator("#beside .history")).to_contain_text("a test of the account")
        # Who it is, with a reason in one key.
        await page.get_by_role("button", name="Open who this is").press("Enter")
        await page.keyboard.press("3")
        await expect(notice).to_contain_text("Mieke Proef")
        assert recorded(tmp_path, "person_named") == 1
        await page.keyboard.press("v")
        await expect(page.locator("#chain")).to_contain_text("Chain verified", timeout=SLOW_MS)
        assert recorded(tmp_path, "chain_verified") == 1


async def test_the_list_says_what_it_is_made_of_and_renews_as_the_log_grows(tmp_path: Path, zones: Zones) -> None:
    async with audit(tmp_path, zones) as desk:
        page = await desk.page("Anna Proef", "/auditor", width=1366, height=768)
        rows, counts = page.locator("#list tbody tr"), page.locator("#list .alarms b")
        await expect(rows).to_have_count(3, timeout=SLOW_MS)
        await expect(counts).to_have_text(["3", "2", "0"])
        await expect(page.locator("#list .own")).to_contain_text("1 of all are about no case · 1 look of your own")
        who = desk.house.desk.pseudonym("Kees Proef")
        lists = recorded(tmp_path, "audit_listed")
        for id, event in {
            "step-0000": ev.CaseStepTaken(role="keeper", need="duty", kind="renewed", case="2026-0412"),
            "life-0000": ev.CasesKept(role="keeper", need="duty", how="case", shown=1, cases="2026-0412"),
            "new-00000": ev.CasesImported(
                added=1, changed=0, withdrawn=0, refused=0, sha256="", reason="from the zone"
            ),
        }.items():
            await desk.house.desk.note("audit/2026-11", event, id=id, actor=who)
        await expect(rows).to_have_count(6, timeout=SLOW_MS)
        said = ["cases imported", "life of a case", "step noted in a case"]
        await expect(rows.locator("td:nth-child(4)")).to_contain_text([*said, "sign-in", "case", "case"])
        await expect(rows.locator("td:nth-child(6)").first).to_have_text("given in words")
        assert recorded(tmp_path, "audit_listed") == lists  # nobody opened anything


async def test_a_file_is_recorded_and_safe_in_a_spreadsheet(tmp_path: Path, zones: Zones) -> None:
    async with audit(tmp_path, zones) as desk:
        page = await desk.page("Anna Proef", "/auditor")
        await expect(page.locator("#list tbody tr")).to_have_count(3, timeout=SLOW_MS)
        async with page.expect_popup() as opened:
            await page.get_by_role("button", name="Export CSV").click()
        asks = await opened.value
        await asks.locator("input[name=why][value=review]").check()
        async with asks.expect_download() as download:
            await asks.locator("button.primary").click()
        file = await download.value
        text = Path(await file.path()).read_text(encoding="utf-8")
        found = list(csv.DictReader(StringIO(text.removeprefix("\ufeff")), delimiter=";"))
        assert [one["what"] for one in found] == ["break_glass", "case", "case"]
        assert found[1]["device"] == DEVICE and found[1]["why"] == "other"
        assert recorded(tmp_path, "audit_exported") == 1
        assert DEVICE not in file.url and "0412" not in file.url


async def test_a_locked_page_has_nothing_of_it(tmp_path: Path, zones: Zones) -> None:
    async with audit(tmp_path, zones) as desk:
        page = await desk.page("Anna Proef", "/auditor")
        await expect(page.locator("#list tbody tr")).to_have_count(3, timeout=SLOW_MS)
        desk.clock.pass_s(61 * 60)  # idle
        await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)
        await expect(page.locator("#list tbody tr")).to_have_count(0)
        await expect(page.locator("body")).not_to_contain_text(DEVICE)

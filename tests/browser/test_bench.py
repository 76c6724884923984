"""The bench page in Chromium over a real scanner: from a button that is heard to its printed record, by keyboard."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from incidents import commands as cmd
from incidents.cases import import_cases
from incidents.roles import User
from tests.browser.bench_parts import SLOW_MS, Workbench, workbench
from tests.browser.conftest import HOSTILE
from tests.browser.reach import UNREACHED, unreached
from tests.feeds.buttons.frames import ADDRESS, HOLD, KEY, SINGLE, plain
from tests.incidents.conftest import closing
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
DEVICE = "AMR-00412"
CONTRAST = """() => [...document.querySelectorAll('#vigie *')].filter((one) => {
  const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  return own && one.checkVisibility() && !one.closest('svg');
}).map((one) => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  let under = one;
  while (under && (rgb(getComputedStyle(under).backgroundColor)[3] ?? 1) === 0) under = under.parentElement;
  const [a, b] = [light(rgb(getComputedStyle(one).color)), light(rgb(getComputedStyle(under ?? document.body).backgroundColor))];
  const size = parseFloat(getComputedStyle(one).fontSize);
  return [one.textContent.slice(0, 40), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), size];
}).filter(([, ratio, size]) => ratio < 4.5 || size < 16)"""
SMALL = """() => [...document.querySelectorAll('#vigie :is(button, a, summary, input:not([type=checkbox]))')]
  .filter((one) => one.checkVisibility()).map((one) => [one.textContent, one.getBoundingClientRect().height])
  .filter(([, height]) => height < 44)"""


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Workbench]:
    async with workbench(monkeypatch, tmp_path) as made:
        yield made


async def tab_to(page: Page, wanted: Locator) -> None:
    """Go to it as a person without a mouse does."""
    for _ in range(60):
        if await wanted.evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")


async def by_key(page: Page, name: str) -> None:
    await tab_to(page, page.get_by_role("button", name=name, exact=True))
    await page.keyboard.press("Enter")


async def fits(page: Page) -> None:
    assert await page.evaluate(CONTRAST) == []
    assert await page.evaluate(SMALL) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_from_a_button_that_is_heard_to_its_printed_record_by_keyboard(bench: Workbench) -> None:
    page = await bench.bench()
    await expect(page.locator("#screens")).to_have_text("No operator's screen in sight")
    bench.press()
    heard = page.locator("#devices .pick").filter(has_text="SBBT-002C")
    await expect(heard).to_contain_text("−58 dBm")
    await tab_to(page, heard)
    await page.keyboard.press("Enter")

    # Into use: the key is typed into a field that hides it, and is nowhere afterwards.
    await tab_to(page, page.get_by_label("Name", exact=True))
    await page.keyboard.type(DEVICE)
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Key", exact=True)).to_have_attribute("type", "password")
    await page.keyboard.type("00" * 16)
    await page.keyboard.press("Enter")
    await expect(page.locator(".use .wrong")).to_contain_text("The receiver says:")
    await page.get_by_label("Key", exact=True).fill(KEY.hex())
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=DEVICE)).to_be_focused()
    assert KEY.hex() not in await page.content()

    # A press is a real alarm: said before, and that no screen is there.
    await expect(page.locator(".ways .warning")).to_contain_text("REAL ALARM on every operator's screen")
    bench.press()
    row = page.locator(".ways tbody tr").first
    await expect(row).to_contain_text("NO SCREEN is there")
    await expect(page.locator(".ways .warning")).to_contain_text("NO operator's screen is in sight")
    await bench.operator()
    await expect(page.locator("#screens")).to_have_text("Operators' screens: 1 in sight, 1 heard", timeout=SLOW_MS)
    await expect(page.locator(".ways .warning")).to_contain_text("nobody has it yet")

    # Announced once that alarm is closed: it alarms in full, and is marked so here and there.
    await tab_to(page, page.get_by_label("Where you are with it"))
    await page.keyboard.type("Workshop, cellar")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("An alarm of that device is open")
    alarm = bench.centre.desk.board.open_press_of(DEVICE)
    assert alarm is not None
    mia, desk = User(actor="mia", roles=frozenset({"dispatcher"})), bench.centre.desk
    await desk.command(cmd.Acknowledge(id="bench-ack", incident=alarm.id), mia)
    await desk.command(closing(alarm, "bench-close"), mia)
    await page.get_by_label("For").select_option("5")  # the same wish at once is a double click
    await page.get_by_role("button", name="Announce").click()
    await expect(page.locator(".announce .standing")).to_contain_text("ANNOUNCED by Tech Fictief until")
    await expect(page.locator(".announce .standing")).to_be_focused()

    # Ten presses, each followed to the screen.
    await by_key(page, "Test it")
    await expect(page.locator(".trial")).to_contain_text("marked as announced by you")
    await page.keyboard.press("Enter")
    await expect(page.locator(".trial .state")).to_have_text("0 of 10 heard")
    await fits(page)
    for n in range(1, 11):
        bench.press(SINGLE if n == 4 else HOLD, rssi=-60 - n)
        await expect(page.locator(".trial .state")).to_have_text(
            re.compile(rf"^{n} of 10 heard|IN ORDER"), timeout=SLOW_MS
        )
        await expect(page.locator(".ways tbody tr").first.locator("td").last).to_have_text(
            "no alarm: logged only" if n == 4 else re.compile(r"^[\d.]+\sms, heard$")
        )
    await expect(page.locator(".trial .state")).to_have_text("IN ORDER", timeout=SLOW_MS)

    # Whose it is: found by name, a case that is closed to this account is not.
    await tab_to(page, page.get_by_label("Case number, name or device"))
    await page.keyboard.type("d. verwant")
    await page.keyboard.press("Enter")
    await expect(page.locator(".whose")).to_contain_text("No such case.")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("a. voorbeeld")
    await page.keyboard.press("Enter")
    await expect(page.locator(".whose .found li")).to_have_count(1)
    await by_key(page, "2026-0412 · A. Voorbeeld")
    await expect(page.locator(".whose .bound")).to_have_text("Case 2026-0412 · A. Voorbeeld")
    await expect(page.locator(".whose .bound")).to_be_focused()  # a second Enter takes nothing away
    assert import_cases(bench.cases, bench.cases.with_suffix(".db")).loaded
    await until(lambda: _case(bench) == "2026-0412")

    # Its record: by the number; printed on one sheet.
    async with page.context.expect_page() as opened:
        await tab_to(page, page.get_by_role("link", name="Record, case by number"))
        await page.keyboard.press("Enter")
    record = await opened.value
    await expect(record.get_by_role("heading")).to_have_text("Hand-out record of an alarm button")
    await expect(record.get_by_role("main")).to_contain_text("IN ORDER: presses heard, 10 of 10")
    await expect(record.locator("tbody tr, table tr")).to_have_count(11)
    assert "Voorbeeld" not in await record.get_by_role("main").inner_text()
    assert (await record.pdf(prefer_css_page_size=True)).count(b"/Type /Page\n") == 1
    assert DEVICE not in record.url

    # The alarm goes on until an operator closes it.
    alarm = bench.centre.desk.board.open_press_of(DEVICE)
    assert alarm is not None
    assert alarm.presses.count == 9, "the single press does not alarm"
    assert alarm.case == "2026-0412", "the alarm that is open has the case from then on"


def _case(bench: Workbench) -> str:
    found = bench.centre.cases.by_device(DEVICE)
    return found.number if found else ""


async def test_what_the_receiver_hears_and_what_it_can_not_is_said_in_both_themes(bench: Workbench) -> None:
    bench.bluez.advertise(ADDRESS, plain(HOLD, packet=1, battery=9), name=HOSTILE[:60])
    page = await bench.bench(width=1920, height=1080)
    pick = page.locator("#devices .pick")
    await expect(pick.locator(".name")).to_have_text(HOSTILE[:60])
    assert await page.title() != "owned"
    await pick.click()
    await page.get_by_label("Name", exact=True).fill(DEVICE)
    await page.get_by_role("button", name="Take into use").click()
    await expect(page.locator(".use .wrong")).to_have_text("Type its key, or say that it has none.")
    await page.get_by_label("It has no key").check()
    await page.get_by_role("button", name="Take into use").click()
    await expect(pick).to_contain_text("unauthenticated")
    bench.bluez.advertise(ADDRESS, plain(HOLD, packet=2, battery=9))
    await expect(pick).to_contain_text("BATTERY LOW")
    assert unreached(await page.evaluate(UNREACHED)) == []
    await expect(page.locator(".ways tbody tr")).to_contain_text("hold, unauthenticated")
    bench.press()
    await expect(pick).to_contain_text("REFUSED: encrypted, but no key is known")
    await fits(page)

    # In the place of another: the old device's case is this one's. A name nobody ever heard of is asked about once more.
    await page.get_by_label("The device it replaces").fill("AMR-0007")
    await page.get_by_role("button", name="Swap").click()
    await expect(page.locator("#said")).to_contain_text("Did you mean AMR-00007?")
    await page.get_by_label("The device it replaces").fill("AMR-00007")
    await page.get_by_role("button", name="Swap").click()
    await expect(page.locator(".whose .bound")).to_have_text("Case 2026-0413 · C. Voorbeeld")
    await page.get_by_label("A device not heard here").fill("AMR-00007")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="AMR-00007")).to_be_visible()
    await expect(page.locator(".whose .bound")).to_contain_text("Nobody's")
    await page.get_by_label("A device not heard here").fill("AMR-0007")
    await page.keyboard.press("Enter")
    await expect(page.locator(".whose .bound")).to_contain_text("never heard of: look whether its name is right")
    await page.get_by_label("Case number, name or device").fill("a. voorbeeld")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="2026-0412 · A. Voorbeeld").click()
    question = page.locator(".whose .sure").filter(has_text="Give it case 2026-0412 all the same?")
    await expect(question).to_contain_text("AMR-0007 was never heard of.")
    await expect(question.get_by_role("button", name="Back")).to_be_focused()
    await page.keyboard.press("Enter")  # pressed twice
    await expect(question).to_be_hidden()
    await expect(page.locator(".whose .bound")).to_contain_text("Nobody's")
    await page.get_by_label("A device not heard here").fill("AMR-00007")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="AMR-00007")).to_be_visible()

    await page.context.add_cookies([{"name": "vigie_theme", "value": "light", "url": bench.url}])
    bench.bluez.power(False)
    await expect(page.locator("#receiver")).to_have_text("Receiver: switched off")
    await page.goto(f"{bench.url}/bench")
    await expect(page).to_have_title("Vigie · Bench")
    await expect(page.get_by_role("heading", name="AMR-00007")).to_be_visible(timeout=SLOW_MS)  # as it was left
    await pick.click()
    await expect(page.locator(".bench-banner")).to_contain_text("ADAPTER OFF", timeout=SLOW_MS)
    await fits(page)
    bench.bluez.power(True)
    await expect(page.locator("#receiver")).to_contain_text("listening", timeout=SLOW_MS)
    await expect(page.locator(".bench-banner")).to_have_count(0)

    # Out of use: asked once more, then it is a stranger when it is heard again, and its case stays as it is.
    await by_key(page, "Take out of use")
    await by_key(page, "Take it out of use")
    await expect(pick).to_have_count(0)
    bench.press()
    await expect(page.get_by_role("list", name="Heard, not in use").locator(".pick")).to_have_count(1)
    assert bench.centre.desk.board.open_press_of(DEVICE) is not None, "what it pressed before stays open"
    found = bench.centre.cases.by_device(DEVICE)
    assert found is not None
    assert found.number == "2026-0413"

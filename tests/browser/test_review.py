"""The review in a real browser: every number computed again, one table behind them, addresses, paper, small screens."""

import math
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from pypdf import PdfReader

from centre.assembly import Assembly
from dashboard.access.accounts import Accounts
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.server import serve
from dashboard.services import Beside
from demo.past import generate
from incidents.intervals import BY_NAME
from incidents.log.sqlite import SqliteLog
from maps.zones import Zones
from reports.measures.history import History
from tests.browser.conftest import all_file_long, on_one_loop, one_browser
from tests.browser.recount import Recount, Told, incidents
from tests.browser.served import SLOW_MS, MovedClock
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.conftest import FewCases

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
# Everything that a number on the page says of itself, and what is read: of the parts that are in sight or can be scrolled to.
FIGURES = """() => [...document.querySelectorAll("#review [data-stat], #filters [data-stat]")]
  .filter((one) => one.getClientRects().length)
  .map((one) => ({ ...one.dataset, text: one.tagName === "rect" ? one.dataset.says : one.textContent,
    between: one.nextElementSibling?.classList.contains("between") ? one.nextElementSibling.textContent : "" }))"""
# Text with a digit that stands in no such number: scales, days, limits and names are the rest, and what repeats a mark.
LOOSE = """() => {
  const plain = [".axis", "h3", ".steps", ".link", "kbd", "option", ".chip", ".choice > span", ".definition", "th",
    "td:not(.figure)", ".between", ".hint", ".promise .within"].join();
  const walk = document.createTreeWalker(document.querySelector("#review"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) {
    const { parentElement: at, textContent: text } = walk.currentNode;
    if (/[0-9]/.test(text) && at.getClientRects().length && !at.closest(`[data-stat], ${plain}`)) found.push(text);
  }
  return found;
}"""
CUT = """() => [...document.querySelectorAll("#review .card, #filters fieldset, #filters .choice")]
  .filter((one) => one.getClientRects().length && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.textContent.slice(0, 60))"""
SMALL = """() => [...document.querySelectorAll("#review *, #filters *")]
  .filter((one) => one.getClientRects().length && parseFloat(getComputedStyle(one).fontSize) < 16
    && [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .map((one) => one.outerHTML.slice(0, 80))"""
# "in 10 min", "under 10 s", "fewer than 20", "95 %", "ISA-18.2", a day with its hour
SCALE = re.compile(r"in 10 min|under|within|20|95|target|Busiest hour|^P9\d $")


STANDING = {"counted", "open", "missing", "negative"}  # how many of an interval; of rows they have other words


class Review:
    """A running server with a past, and signed-in pages of it."""

    def __init__(self, url: str, browser: Browser, path: Path, history: History) -> None:
        self.url, self.browser, self.path, self.history = url, browser, path, history
        self.told = incidents(path)
        self.wrong: list[str] = []

    async def sign_in(
        self, name: str, *, to: str = "/supervisor", size: tuple[int, int] = (1920, 1080), answers: bool = True
    ) -> Page:
        context = await self.browser.new_context(viewport={"width": size[0], "height": size[1]})
        page = await context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        if not answers:
            await page.route_web_socket(re.compile(r"/ws\b"), lambda _: None)  # it is opened, and never answers
        await page.goto(f"{self.url}{to}")
        await page.get_by_label("User name").fill(name)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        return page

    async def page(self, *, to: str = "/supervisor", size: tuple[int, int] = (1920, 1080)) -> Page:
        """The supervisor's page with the review on it."""
        page = await self.sign_in("Sofie Proef", to=to, size=size)
        await expect(page.locator(".review")).to_be_visible(timeout=SLOW_MS)
        await expect(page.locator("svg .zone").first).to_be_visible(timeout=SLOW_MS)
        return page

    async def check(
        self, page: Page, keep: Callable[[Told], bool], interval: str, limit: float, *, under: bool = False
    ) -> int:
        """Compute every number in sight again; how many there were."""
        recount = Recount(self.told, keep, datetime.now(UTC))
        recount.interval, recount.limit, recount.under = interval, limit, under
        figures = await page.evaluate(FIGURES)
        for figure in figures:
            value, n, between = recount.value(figure)
            about = {key: figure[key] for key in ("stat", "scope", "interval", "limit", "n", "value", "text")}
            if math.isnan(value):
                assert (figure["text"], figure["value"]) == ("–", ""), about
                continue
            assert int(figure["n"]) == n, (about, n)
            assert float(figure["value"]) == pytest.approx(value, abs=1e-9), (about, value)
            assert read(figure["stat"], figure["text"]) == pytest.approx(value, abs=half(figure)), (about, value)
            ends = (figure["low"], figure["high"]) if figure["low"] and figure["high"] else None
            assert (ends and tuple(map(float, ends))) == (between and pytest.approx(between, abs=1e-9)), (
                about,
                between,
            )
            if between and figure["between"] and figure["between"][0].isdigit():
                low, high = re.split(r"\s–\s", figure["between"])
                low += " %" if figure["stat"] == "share" else ""
                assert read(figure["stat"], low) == pytest.approx(between[0], abs=half(figure)), about
                assert read(figure["stat"], high) == pytest.approx(between[1], abs=half(figure)), about
            assert "excluded" in figure["definition"] or figure["stat"] == "a_day", about
            of_times = figure["stat"] not in ("count", "look", "peak", "flood", "a_day")
            standing = STANDING & set(figure["scope"].split(" ")) and figure["scope"] != "open"
            if of_times or standing or figure["interval"]:
                assert figure["interval"], about
                named = BY_NAME[figure["interval"]]
                start, end = (name.replace("_", " ") for name in (named.start, named.end))
                assert figure["definition"].startswith(f"{start} → {end} ({named.definition}): "), about
        assert [text for text in await page.evaluate(LOOSE) if not SCALE.search(text)] == []
        return len(figures)


def read(stat: str, text: str) -> float:
    """A number as it is written, read back."""
    text = text.replace("\u00a0", " ").strip()
    if stat == "share":
        return float(text.removesuffix(" %")) / 100
    if stat == "count" and ": " in text:  # of an hour of the week: "Mon 3:00 to 4:00: 2"
        return float(text.rpartition(": ")[2])
    if stat in ("count", "look", "periods", "zones", "within", "peak", "flood", "a_day"):
        return float(text)
    sign, text = (-1, text[1:]) if text.startswith("−") else (1, text)
    if text.endswith(" s"):
        return sign * float(text.removesuffix(" s"))
    parts = [int(part) for part in text.split(":")]
    return sign * sum(part * 60**n for n, part in enumerate(reversed(parts)))


def half(figure: dict[str, str]) -> float:
    """Half of the last digit that is written."""
    text = figure["text"].replace("\u00a0", " ")
    return {"share": 0.00050001, "a_day": 0.050001}.get(figure["stat"], 0.050001 if text.endswith(" s") else 0.50001)


@all_file_long
async def opened(tmp_path_factory: pytest.TempPathFactory, zones: Zones) -> AsyncIterator[Review]:
    folder = tmp_path_factory.mktemp("past")
    path = folder / "vigie.log"
    generate(path, incidents=700, seed=5, locate=zones.locate, still_open=1)
    log = await SqliteLog.open(path)
    clock, cases = MovedClock(), FewCases()
    accounts = Accounts(folder / "vigie.users", hasher=QUICK)
    accounts.add("Sofie Proef", ["supervisor"], PASSWORD)
    accounts.add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    accounts.add("Ada Proef", ["auditor"], PASSWORD)
    signins = SignIns(accounts, clock=clock)
    history = await History.open(log, path, starts=("07:00", "19:00"))
    parts = Assembly(log, zones, cases, clock, signins=signins, beside=lambda parts: Beside(history=history))
    desk, consoles = parts.desk, parts.consoles
    await desk.open()
    consoles.start()
    server = serve(consoles, door=Door(lambda: signins, lambda: desk), port=0)
    async with one_browser() as browser:
        review = Review(f"http://localhost:{server.port}", browser, path, history)
        yield review
    server.stop()
    await consoles.stop()
    await desk.close()
    await history.close()
    await log.close()
    signins.close_file()
    assert review.wrong == []


@on_one_loop
async def review(opened: Review) -> AsyncIterator[Review]:
    """The same for all tests, which change nothing of it; the pages are each test's own."""
    async with one_browser():
        yield opened


async def drawn(page: Page, act: Any) -> None:
    """Do something that asks for another view, and wait until all of it is drawn."""
    before = await page.locator(".review").get_attribute("data-n")
    await act
    await expect(page.locator(".review")).not_to_have_attribute("data-n", before or "", timeout=SLOW_MS)


async def test_every_number_in_sight_is_computed_again_from_the_log(review: Review) -> None:
    page = await review.page()
    assert await review.check(page, lambda told: True, "pressed->on_scene", 600) > 200
    months = await page.locator(".days .periods li").evaluate_all(
        "all => all.map((one) => [...one.querySelectorAll(`.figure`)].at(-1).textContent)"
    )
    assert sum(map(int, months)) == int(await page.locator(".ecdf .note .figure").first.inner_text())
    await drawn(page, page.get_by_role("button", name="CIC").click())
    await review.check(page, lambda told: True, "received->acknowledged", 10, under=True)
    # From here everything is of one evening of the week.
    cell = page.locator('.cell[data-key="4:17"]')
    await drawn(page, cell.click())
    evening: Callable[[Told], bool] = lambda told: (told.local.weekday(), told.local.hour) == (4, 17)  # noqa: E731
    await review.check(page, evening, "received->acknowledged", 10, under=True)
    await drawn(page, page.get_by_role("button", name="NFPA").click())
    await review.check(page, evening, "received->acknowledged", 10)


async def test_a_click_or_a_key_anywhere_filters_everything_and_escape_takes_it_back(review: Review) -> None:
    page = await review.page()
    whole = await page.locator(".chips .main").text_content()
    zone = page.locator("svg .zone.few").first
    key = await zone.get_attribute("data-key")
    await drawn(page, zone.dispatch_event("click"))
    chip = page.get_by_role("button", name=re.compile("take this choice back"))
    await expect(chip).to_have_count(1)
    here = Recount(review.told, lambda told: told.zone == key, datetime.now(UTC)).rows
    await expect(page.locator(".chips .main")).to_have_text(str(len(here)))
    await expect(page.locator(".dot")).to_have_count(len(here))
    await drawn(page, page.keyboard.press("Escape"))
    await expect(page.locator(".chips .main")).to_have_text(whole or "")
    # By keys alone: into the picture of the week, down and right, and Enter.
    await page.locator('.heat svg [tabindex="0"]').focus()
    for pressed in ("ArrowDown", "ArrowRight", "ArrowRight"):
        await page.keyboard.press(pressed)
    await expect(page.locator('.cell[data-key="1:2"]')).to_be_focused()
    await drawn(page, page.keyboard.press("Enter"))
    await expect(page.locator('.cell[data-key="1:2"]')).to_be_focused()
    await expect(page.get_by_role("button", name=re.compile("Tue 2:00.*take this choice back"))).to_be_visible()
    await drawn(page, page.keyboard.press("Escape"))
    # A row's click opens its timeline; Esc leads back to the choice as it was.
    dots = await page.locator(".dot").count()
    await page.locator(".slowest tr[data-key]").first.get_by_role("button").click()
    moment = page.get_by_role("slider", name="Moment")
    await expect(moment).to_be_focused(timeout=SLOW_MS)
    await page.keyboard.press("Home")
    await expect(moment).to_have_attribute("aria-valuetext", re.compile(": (unacknowledged|nothing of it was known)"))
    await page.keyboard.press("Escape")
    await expect(page.locator(".dot")).to_have_count(dots)
    await expect(page.locator(".dot").first).to_be_visible()
    await expect(chip).to_have_count(0)


async def test_each_picture_is_a_table_of_its_numbers_in_which_the_same_is_chosen(review: Review) -> None:
    page = await review.page()
    for picture in ("dots", "ecdf", "days", "where", "heat"):
        card = page.locator(f".chart.{picture}")
        marks = await card.locator("svg [data-key]:not(.none, .zone.none)").count()
        await card.get_by_role("button", name="Table").press("t")
        rows = card.locator(".as-table tr")
        assert await rows.count() >= max(1, marks), picture
        await expect(card.locator("svg [data-key]").first).to_be_hidden()
    # The busiest hour's row says as many as its cell, and chooses it.
    hours = page.locator(".heat .as-table tr")
    told = {
        await row.locator("th").inner_text(): int(await row.locator("td").inner_text()) for row in await hours.all()
    }
    assert sum(told.values()) == int(await page.locator(".chips .main").inner_text())
    hour, most = max(told.items(), key=lambda one: one[1])
    await drawn(page, hours.get_by_role("button", name=hour).click())
    await expect(page.locator(".chips .main")).to_have_text(str(most))
    await expect(page.locator(".heat .as-table tr")).to_have_count(1)
    await drawn(page, page.keyboard.press("Escape"))
    await page.locator(".heat .turn").click()
    await expect(page.locator(".heat .cell").first).to_be_visible()
    await page.context.close()


async def test_nothing_can_be_pressed_before_there_is_a_server_to_ask(review: Review) -> None:
    page = await review.sign_in("Sofie Proef", answers=False)
    await expect(page.locator(".pill.export")).to_have_count(1)
    await expect(page.locator(".pill.export")).to_be_hidden()
    await page.context.close()


async def test_days_that_make_no_range_are_said_and_change_no_figure(review: Review) -> None:
    page = await review.page()
    await drawn(page, page.get_by_role("button", name="From – to").click())
    wrong, counted = page.locator(".wrong-days"), page.locator(".chips .counted")
    before = await counted.text_content() or ""
    await page.get_by_label("Last day").fill("2020-01-01")
    await expect(wrong).to_contain_text("before the first")
    await expect(counted).to_have_text(before)
    await page.get_by_label("First day").fill("")
    await expect(wrong).to_contain_text("are needed")
    await drawn(page, page.get_by_label("First day").fill("2019-12-01"))
    await expect(wrong).to_have_text("")
    await expect(counted).not_to_have_text(before)
    await page.context.close()


async def test_an_address_opens_for_who_may_and_a_changed_one_says_so(review: Review) -> None:
    page = await review.page()
    await drawn(page, page.get_by_role("button", name="NENA").click())
    await drawn(page, page.get_by_role("button", name="30 days").click())
    seen = await page.locator(".chips .counted").text_content()
    await page.get_by_role("button", name="Copy view").click()
    field = page.get_by_label("Address of this view")
    await expect(field).to_have_value(re.compile(r"/supervisor\?view=[\w-]{300,}$"))
    address = (await field.input_value()).removeprefix(review.url)
    other = await review.page(to=address)
    await expect(other.get_by_role("button", name="NENA")).to_have_attribute("aria-pressed", "true")
    await expect(other.locator(".chips .counted")).to_have_text(seen or "")
    await other.context.close()
    changed = await review.page(to=address[:-9] + ("A" if address[-9] != "A" else "B") + address[-8:])
    await expect(changed.get_by_role("alert").filter(has_text="not made by this centre")).to_be_visible()
    await changed.context.close()
    refused = await review.sign_in("Mieke Voorbeeld", to=address)
    await expect(refused.get_by_text("needs one of these roles")).to_be_visible()
    await expect(refused.locator("#review")).to_have_count(0)
    await refused.context.close()
    # The ways from here: the list of devices for who has it, the Institute's export for both; each beside the floor.
    auditor = await review.sign_in("Ada Proef")
    for who, has in ((page, 1), (auditor, 0)):
        await who.get_by_role("button", name="Export", exact=True).click()
        counts = who.get_by_role("link", name=re.compile(r"^Counts of \d{4}"))
        await expect(counts).to_have_attribute("href", re.compile(r"/aggregate\?since=(\d{4})-01&until=\1-12$"))
        await expect(counts).to_have_attribute("target", "_blank")
        await expect(who.get_by_role("link", name="Devices")).to_have_count(has)
        await expect(who.get_by_role("button", name="By operator")).to_have_count(has)
    await expect(page.get_by_role("link", name="Devices")).to_have_attribute("target", "_blank")
    await auditor.context.close()
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Devices").press("Enter")
    assert (await opened.value).url == f"{review.url}/devices"
    await (await opened.value).close()
    # By operator: nothing before a reason, which is in the log.
    await page.get_by_role("button", name="By operator").click()
    await page.get_by_role("textbox", name="Why do you look at what").fill("a complaint")
    await page.keyboard.press("Enter")
    await expect(page.locator(".operators tr")).not_to_have_count(0)


async def test_on_paper_it_is_whole_with_counts_and_definitions(review: Review, tmp_path: Path) -> None:
    page = await review.page()
    await drawn(page, page.get_by_role("button", name="CIC").click())
    shown = {figure["definition"] for figure in await page.evaluate(FIGURES) if figure["stat"] in ("share", "median")}
    await page.get_by_role("button", name="By operator").click()
    await page.get_by_role("textbox", name="Why do you look at what").fill("a talk about the quarter")
    await page.keyboard.press("Enter")
    await expect(page.locator(".operators tr")).not_to_have_count(0)
    await page.emulate_media(media="print")
    over = "(one) => one.scrollHeight > one.clientHeight + 2"  # a card whose table is higher lies over the next
    assert (
        await page.evaluate(
            f"[...document.querySelectorAll('#review .card')].filter({over}).map((one) => one.className)"
        )
        == []
    )
    await page.emulate_media(media=None)
    await page.pdf(path=tmp_path / "review.pdf", prefer_css_page_size=True, print_background=True)
    printed = " ".join(sheet.extract_text() for sheet in PdfReader(tmp_path / "review.pdf").pages)
    words = re.sub(r"\s+", " ", printed)
    for said in (
        "The promise",
        "tests and drills excluded",
        "Measured against CIC",
        "Slowest",
        "which is no telephone call",
        "Press to scene, median",  # a table that was asked for is on the paper too
    ):
        assert said in words
    assert any(definition in words for definition in shown)
    promise = await page.locator(".promise .big").text_content()
    assert re.sub(r"\s+", "", promise or "?") in re.sub(r"\s+", "", printed)
    assert re.search(r"Review of response times, printed \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d", words)
    assert "need a look" in words and "×" not in words
    assert "On the floor now" not in words


@pytest.mark.prove
async def test_on_a_small_screen_the_review_scrolls_with_letters_of_full_size_and_the_page_does_not(
    review: Review,
) -> None:
    page = await review.page(size=(1366, 768))
    assert await page.evaluate(CUT) == []
    assert await page.evaluate(SMALL) == []
    page_scrolls = (
        "document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth"
    )
    assert not await page.evaluate(page_scrolls)
    assert await page.evaluate(
        "(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight)(document.querySelector('#review'))"
    )

"""The watch as two people see it: the ladder, the alarm that was forgotten, the owner who only listens, the order that dies."""

import re
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from incidents.escalation.ladder import WatchTimes
from tests.browser.conftest import Centre, Desks, Feed, until
from tests.browser.parts import button, choose, free, in_state, is_mine, row, take

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SHORT = {"louder": 1.5, "everyone": 3, "confirm": 5, "outside": 3, "idle": 5, "countdown": 3, "lost": 2}
SHORT |= {"accepted": 3, "escalate": 2, "fix": 900}
RUNGS = ("UNANSWERED: louder", "UNANSWERED: on every console", "SUPERVISOR, CONFIRM", "NOT CONFIRMED")
_numbers = count(1)


def chosen(times: dict[str, float]) -> dict[str, float]:
    """The settings of these times of the watch."""
    return {f"watch_{name}_s": seconds for name, seconds in times.items()}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, feed: Feed) -> Iterator[Centre]:
    centre = Centre(tmp_path_factory.mktemp("hurried"), feed, **chosen(SHORT))
    yield centre
    centre.kill()


@pytest.fixture
def device() -> str:
    return f"AMR-{next(_numbers):05}"


@pytest.fixture(scope="module")
def two(chromium: Browser, centre: Centre) -> Iterator[tuple[Desks, Page, Page]]:
    """Two desks that see all that follows, as on a shift."""
    desks = Desks(chromium, centre)
    yield desks, desks.open(), desks.open(1366, 768)
    desks.close()
    assert desks.wrong == []


@pytest.fixture
def ann(two: tuple[Desks, Page, Page]) -> Page:
    return two[1]


@pytest.fixture
def boss(two: tuple[Desks, Page, Page]) -> Page:
    return two[2]


def strip(page: Page) -> Callable[[str], None]:
    """What the line over the actions says."""
    return lambda text: expect(page.locator("#case .watch")).to_contain_text(text)


def history(page: Page, text: str) -> None:
    expect(page.locator("#case .history")).to_contain_text(text)


def key(page: Page, letter: str) -> None:
    """Press a key when the page takes keys and the alarm does not just change."""
    until(lambda: page.evaluate("performance.now()") > 2500)
    free(page)
    page.keyboard.press(letter)


def climb(page: Page, device: str, within_ms: float) -> list[float]:
    """Seconds, counted from the alarm's coming, after which its row says each rung; before, it said when that would be."""
    began = time.monotonic()
    reached = []
    for before, rung in zip(
        ("louder in", "on every console in", "to the supervisor in", "told outside in"), RUNGS, strict=True
    ):
        expect(row(page, device)).to_contain_text(before, timeout=within_ms)
        expect(row(page, device)).to_contain_text(rung, timeout=within_ms)
        reached.append(time.monotonic() - began)
    return reached


def test_an_alarm_nobody_answers_climbs_on_every_page_and_says_that_nobody_outside_is_set(
    ann: Page, boss: Page, feed: Feed, device: str
) -> None:
    feed.press(device)
    climb(ann, device, 15_000)
    for page in (ann, boss):
        expect(row(page, device)).to_contain_text("NOBODY OUTSIDE IS SET")
        expect(page.get_by_role("heading", name="No alarm selected")).to_be_visible()  # it climbed without a hand on it
    choose(boss, device)
    expect(button(boss, "CONFIRM")).to_be_visible()
    key(boss, "z")
    expect(row(ann, device)).to_contain_text("sees to it")
    history(boss, "sees to it")
    in_state(ann, device, "raised")
    take(ann, device)
    expect(row(boss, device)).not_to_contain_text("CONFIRM")


def test_a_forgotten_alarm_counts_down_is_kept_by_k_and_returns_with_its_history(
    ann: Page, boss: Page, feed: Feed, device: str
) -> None:
    feed.press(device)
    take(ann, device)
    for page in (ann.locator("#case .watch"), row(ann, device)):
        expect(page).to_contain_text("RETURNS TO THE QUEUE in")
    expect(row(boss, device)).to_contain_text("returns to the queue in")
    key(ann, "k")
    history(ann, "is still on it")
    expect(row(ann, device)).not_to_contain_text("RETURNS TO THE QUEUE")
    for page in (ann, boss):
        expect(row(page, device)).to_contain_text("no step for long", timeout=15_000)
        in_state(page, device, "raised")
    history(ann, "acknowledged by")
    history(ann, "BACK IN THE QUEUE")
    expect(row(boss, device).get_by_role("button", name="Take")).to_be_visible()


def test_an_owner_who_listens_keeps_it_and_is_helped(ann: Page, boss: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    take(ann, device)
    key(ann, "l")
    strip(ann)("copied to the supervisor in")
    for page in (ann, boss):
        expect(row(page, device)).to_contain_text("owner listens, supervisor sees it", timeout=15_000)
    is_mine(ann, device)
    choose(boss, device)
    key(boss, "b")
    expect(row(ann, device).locator(".who")).to_contain_text(re.compile(r"\(listens\) \+ "))
    is_mine(ann, device)
    in_state(boss, device, "acknowledged")


def test_an_order_that_dies_calls_its_owner_then_the_supervisor(ann: Page, boss: Page, feed: Feed, device: str) -> None:
    feed.press(device)
    take(ann, device)
    button(ann, "Send to").click()
    expect(row(ann, device)).to_contain_text("limit to accept")
    expect(row(ann, device)).to_contain_text("not accepted", timeout=15_000)
    for page in (ann, boss):
        expect(row(page, device)).to_contain_text("SUPERVISOR CALLED", timeout=15_000)
    key(ann, "k")
    expect(row(boss, device)).not_to_contain_text("SUPERVISOR CALLED")
    expect(row(ann, device).locator(".again")).to_have_count(0)


def test_the_alarm_of_an_owner_whose_page_is_gone_can_be_taken_by_anybody(
    desks: Desks, boss: Page, feed: Feed, device: str
) -> None:
    lost = desks.open()
    feed.press(device)
    take(lost, device)
    lost.close()
    expect(row(boss, device)).to_contain_text("owner gone", timeout=15_000)
    expect(row(boss, device).get_by_role("button", name="Take")).to_be_visible()
    take(boss, device)
    is_mine(boss, device)


def test_a_technical_alarm_is_laid_aside_with_a_reason(ann: Page, feed: Feed, device: str) -> None:
    feed.put(kind="device", device=device, state="link_lost")
    choose(ann, device)
    button(ann, "Lay aside").click()
    form = ann.locator("form.form")
    form.get_by_label("Reason").fill("button at the repair shop")
    ann.keyboard.press("Control+Enter")
    expect(row(ann, device)).to_contain_text("laid aside by Desk")
    expect(row(ann, device)).to_contain_text("button at the repair shop")


@pytest.mark.prove
@pytest.mark.timeout(600)
def test_the_whole_ladder_in_real_time(
    chromium: Browser, feed: Feed, tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """15, 30, 60, 90 s; then forgotten after 60 s; then copied after 60 s, kept."""
    times = WatchTimes(fix_s=900)
    centre = Centre(tmp_path, feed, **{f"watch_{name}": getattr(times, name) for name in times.__struct_fields__})
    desks = Desks(chromium, centre)
    try:
        ann, boss = desks.open(), desks.open(1366, 768)
        feed.press("AMR-00051")
        reached = climb(ann, "AMR-00051", 40_000)
        record_testsuite_property(
            "unanswered: louder, every console, supervisor, outside after s",
            " ".join(f"{seconds:.1f}" for seconds in reached),
        )
        assert all(abs(seconds - due) < 2.5 for seconds, due in zip(reached, (15, 30, 60, 90), strict=True)), reached
        take(ann, "AMR-00051")
        began = time.monotonic()
        expect(ann.locator("#case .watch")).to_contain_text("RETURNS TO THE QUEUE in 0:2", timeout=60_000)
        counted = time.monotonic() - began
        expect(row(boss, "AMR-00051")).to_contain_text("no step for long", timeout=60_000)
        returned = time.monotonic() - began
        record_testsuite_property("forgotten: countdown, back in the queue after s", f"{counted:.1f} {returned:.1f}")
        assert abs(counted - 40) < 4 and abs(returned - 60) < 4
        take(boss, "AMR-00051")
        key(boss, "l")
        expect(row(ann, "AMR-00051")).to_contain_text("owner listens, supervisor sees it", timeout=90_000)
        is_mine(boss, "AMR-00051")
        ann.wait_for_timeout(30_000)  # and it stays so
        is_mine(boss, "AMR-00051")
    finally:
        desks.close()
        centre.kill()
    assert desks.wrong == []

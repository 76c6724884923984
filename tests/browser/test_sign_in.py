"""The sign-in page in a real browser: by keyboard alone, without scripts, and the demo's accounts by a click."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.access.accounts import Accounts
from dashboard.ports import free_port
from tests.browser.conftest import Feed, until
from tests.browser.parts import holds
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.processes import Command

SIZES = ((1366, 768), (1920, 1080))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo's address."""
    port = free_port()
    address = f"http://localhost:{port}"
    process = Command("demo", "--port", str(port), output=tmp_path_factory.mktemp("demo") / "output")
    process.serves(port)
    until(lambda: "password is vigie-demo" in process.output.read_text())
    assert f"{address}/operator" in process.output.read_text()
    yield address
    process.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert wrong == []


def test_a_person_signs_in_by_keyboard_alone_and_is_told_when_it_was_not_right(demo: str, page: Page) -> None:
    page.goto(f"{demo}/operator")
    expect(page).to_have_url(f"{demo}/sign-in?next=%2Foperator")
    expect(page.get_by_label("User name")).to_be_focused()
    for password in ("not the password", "vigie-demo"):
        page.keyboard.type("dispatcher")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Password")).to_be_focused()
        page.keyboard.type(password)
        page.keyboard.press("Tab")
        expect(page.get_by_label("Code, if you have one")).to_be_focused()
        page.keyboard.press("Enter")
        if password != "vigie-demo":
            refused = page.get_by_role("alert").filter(has_text="Not accepted")
            expect(refused).to_have_text("Not accepted. Check user name, password and code.")
            expect(page.get_by_label("User name")).to_be_focused()
    expect(page).to_have_url(f"{demo}/operator")
    expect(page.get_by_role("region", name="Feed health")).to_have_attribute("data-feed-state", "live", timeout=20_000)
    expect(page.get_by_role("button", name="dispatcher")).to_be_visible()
    assert "vigie_session" not in page.evaluate("document.cookie")


def test_it_needs_no_script(demo: str, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo)
    page.get_by_role("button", name="supervisor").click()
    expect(page).to_have_url(f"{demo}/operator")
    until(lambda: any(cookie["name"] == "vigie_session" for cookie in context.cookies()))
    (cookie,) = (cookie for cookie in context.cookies() if cookie["name"] == "vigie_session")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    context.close()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_is_readable_whole_and_within_reach_at_a_control_rooms_sizes(
    demo: str, page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(demo)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    for target in page.locator("button, input:not([type=hidden])").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= height


def test_a_press_is_seen_and_heard_on_a_screen_where_nobody_signed_in(
    chromium: Browser, feed: Feed, tmp_path: Path
) -> None:
    Accounts(tmp_path / "vigie.users", hasher=QUICK).add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    port = free_port()
    where = ("--feed", feed.url, "--log", str(tmp_path / "vigie.log"), "--port", str(port))
    server = Command("serve", *where, output=tmp_path / "output")
    server.serves(port)
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(
        "const start = AudioBufferSourceNode.prototype.start;"
        "AudioBufferSourceNode.prototype.start = function (...when) { window.rings = this.context; start.apply(this, when); };"
    )
    page.goto(f"http://localhost:{port}/operator")
    expect(page.get_by_label("User name")).to_be_focused()
    feed.press("AMR-00041")
    expect(page.get_by_role("alert")).to_have_text(
        "▲ 1 alarm waits that nobody has. Sign in and take it.", timeout=15_000
    )
    expect(page).to_have_title("(1) Sign in · Vigie")
    expect(page.get_by_label("User name")).to_be_focused()
    holds(page, "window.rings?.state === 'running'")
    server.kill()
    expect(page.get_by_role("alert")).to_contain_text("CONNECTION LOST", timeout=15_000)
    context.close()

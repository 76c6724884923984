"""What the tests of the operator page share: finding rows and buttons by what a person reads."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import until

BRUSSELS = ZoneInfo("Europe/Brussels")


def row(page: Page, device: str) -> Locator:
    """The row of a device's alarm, also of one that a person raised, which bears some of its id beside."""
    return (
        page.get_by_role("region", name="Alarm queue")
        .locator("[data-incident]")
        .filter(has=page.get_by_role("button", name=re.compile(rf"^{re.escape(device)}( · \w+)?,")))
    )


def holds(page: Page, expression: str) -> None:
    """Wait for it. Each look is a call of its own: the page's content policy lets nothing be evaluated inside it later."""
    until(lambda: page.evaluate(expression))


def own(page: Page) -> None:
    """Open what the person before it chooses, under their name."""
    page.get_by_role("button", name=re.compile("who works here")).click(timeout=20_000)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}"))


def choose(page: Page, device: str) -> None:
    row(page, device).click(position={"x": 60, "y": 20})
    expect(page.locator("#case h2").filter(has_text=device)).to_be_visible()


def in_state(page: Page, device: str, state: str) -> None:
    expect(row(page, device)).to_have_attribute("data-state", state)


def is_mine(page: Page, device: str) -> None:
    """Its row stands under what waits for whoever is here."""
    expect(row(page, device).and_(page.locator("#queue .mine [data-incident]"))).to_be_visible()


def names(rows: Locator) -> list[str]:
    """What the alarms of rows are called: their accessible names begin with it."""
    return [
        name.split(",")[0] for name in rows.locator(".pick").evaluate_all("(all) => all.map((one) => one.ariaLabel)")
    ]


def free(page: Page) -> None:
    """Wait until the selected alarm has not changed for half a second: then actions are taken again."""
    expect(page.locator("#case .set")).to_have_attribute("data-held", "no")


def act(page: Page, name: str) -> None:
    """Do what is likely by its button, anything else by the list of what may be done."""
    there = page.locator("#case .set").get_by_role("button", name=re.compile(f"^{name}"))
    if not there.is_visible():
        page.get_by_role("button", name=re.compile("^More")).click()
    there.click()


def take(page: Page, device: str) -> None:
    """Choose an alarm and acknowledge it."""
    choose(page, device)
    press = button(page, "Acknowledge")
    acknowledged = row(page, device).and_(page.locator("[data-state=acknowledged]"))
    refused = press.and_(page.locator(".refused"))
    expect(press.first).to_have_attribute("aria-disabled", "false")
    press.click()
    expect(acknowledged.or_(refused).first).to_be_attached()
    if refused.count():  # what changed just before refused it, in words: a hand presses again
        expect(press.first).to_have_attribute("aria-disabled", "false")
        press.click()
    in_state(page, device, "acknowledged")
    free(page)


def route(page: Page, device: str) -> None:
    """Choose, acknowledge and route an alarm to the proposed zone."""
    take(page, device)
    button(page, "Send to").click()
    in_state(page, device, "routed")
    free(page)


def choose_zone(page: Page, n: int) -> None:
    """Choose the n-th of the zones, none of which is preselected, by its digit, which waits for a moment after that changed."""
    until(lambda: page.keyboard.press(str(n)) or page.get_by_role("radio", checked=True).count())


def clock(ago: timedelta = timedelta()) -> str:
    """A time of day as people type it in Belgium."""
    return (datetime.now(UTC) - ago).astimezone(BRUSSELS).strftime("%H:%M:%S")

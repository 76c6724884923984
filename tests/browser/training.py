"""The training room as a process, a trainer's and trainees' browsers. Everybody in them is invented."""

from pathlib import Path

from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, expect

from dashboard.access.accounts import Accounts
from dashboard.ports import free_port
from tests.browser.reach import REACH
from tests.processes import Command

PASSWORD = "fictief-wachtwoord"


class TrainingRoom:
    """`python app.py train` in a folder of its own, with one account: `trainer`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        accounts = Accounts(folder / "users.db", hasher=PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
        accounts.add("trainer", ["trainer"], PASSWORD)
        port = free_port()
        self.address = f"http://localhost:{port}"
        given = ["--folder", folder / "training", "--log", folder / "vigie.log", "--users", folder / "users.db"]
        self._process = Command("train", *map(str, given), "--port", str(port), output=folder / "output")
        self._process.serves(port)

    def end(self) -> None:
        self._process.stop()


class Browsers:
    """Opens pages, each in a browser of its own, and fails on a script's error or a request to others. The trainer's stays."""

    def __init__(self, chromium: Browser, room: TrainingRoom) -> None:
        self.chromium, self.room = chromium, room
        self.wrong: list[str] = []
        self._pages: list[Page] = []
        self._trainer: list[Page] = []

    def page(self, width: int = 1920, height: int = 1080) -> Page:
        page = self.chromium.new_context(viewport={"width": width, "height": height}).new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.on("console", lambda said: self._said(said.text))
        page.add_init_script(REACH)
        self._pages.append(page)
        return page

    def trainer(self, width: int = 1920, height: int = 1080) -> Page:
        """The trainer page, signed in, among the recordings."""
        if self._trainer:
            page = self._trainer[0]
            page.set_viewport_size({"width": width, "height": height})
            page.keyboard.press("Escape")
            page.get_by_role("button", name="Recordings").first.click()
        else:
            page = self._signed_in(width, height)
        expect(page.get_by_role("button", name="Recordings").first).to_have_attribute(
            "aria-current", "page", timeout=20_000
        )
        return page

    def _signed_in(self, width: int, height: int) -> Page:
        page = self.page(width, height)
        page.goto(f"{self.room.address}/trainer")
        page.get_by_label("User name").fill("trainer")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        self._pages.remove(page)
        self._trainer.append(page)
        return page

    def trainee(self, code: str, name: str) -> Page:
        """The operator page of somebody who joined by the code."""
        page = self.page()
        page.goto(f"{self.room.address}/join")
        page.get_by_label("Code").fill(code)
        page.get_by_label("Your name").fill(name)
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_role("region", name="Alarm queue")).to_be_visible(timeout=20_000)
        return page

    def close(self, *, all: bool) -> None:
        """Close the pages of a test, or all."""
        for page in [*self._pages, *(self._trainer if all else ())]:
            page.context.close()
        self._pages, self._trainer = [], [] if all else self._trainer

    def _said(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.wrong.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.room.address, "data:", "blob:")):
            self.wrong.append(url)

"""The page of an exercise: its dress, what its trainer says, the open line, and that nothing leads from it to the live desk."""

import asyncio
import io
import threading
import wave
from collections.abc import Coroutine, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from dashboard.access.signins import SignIns
from incidents.case import Instruction
from incidents.clock import SystemClock
from incidents.exercises.scenario import Line, Message
from tests.browser.conftest import until
from tests.browser.parts import button, choose, holds, own, row
from tests.training.parts import exercise_of, opened, scenario
from tests.training.test_serving import accounts
from training.exercise.running import RunningExercise
from training.serving import serve_room

pytestmark = pytest.mark.browser
T = TypeVar("T")
LISTEN = "Listen, do not speak first"
AUDIO = "document.querySelector('#case .on-line audio')"


class Played:
    """A training room with its server on a loop of its own, and one exercise in it."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.do(self._open(folder))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def close(self) -> None:
        self.do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _open(self, folder: Path) -> None:
        self.room = await opened(folder)
        self.signins = SignIns(accounts(folder / "users"), clock=SystemClock(), kept=False)
        self.server = serve_room(self.room, self.signins)
        self.address = f"http://localhost:{self.server.port}"
        (folder / "training" / "scenarios").mkdir()
        (folder / "training" / "scenarios" / "steps.wav").write_bytes(_sound())
        dressed = scenario(title="Dressed", briefing="An evening in Gent.\n\nYou are alone.", lasts=3000.0)
        listen = Instruction(kind="listen_only", text=LISTEN, source="made up", date=date(2026, 1, 1))
        cases = (msgspec.structs.replace(dressed.cases[0], instructions=(listen,)),)
        self.exercise: RunningExercise = await exercise_of(self.room, msgspec.structs.replace(dressed, cases=cases))

    async def _close(self) -> None:
        self.server.stop()
        self.signins.close_file()
        await self.room.close()


def _sound() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes([128] * 16000))
    return file.getvalue()


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Played]:
    played = Played(tmp_path)
    yield played
    played.close()


@pytest.fixture
def page(chromium: Browser, played: Played) -> Iterator[Page]:
    page = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("request", lambda asked: wrong.append(asked.url) if not _own(played, asked.url) else None)
    yield page
    page.context.close()
    assert wrong == []


def _own(played: Played, url: str) -> bool:
    return url.startswith((played.address, "data:", "blob:"))


def join(page: Page, played: Played, name: str = "Leerling Een") -> None:
    page.goto(f"{played.address}/exercise")
    expect(page.get_by_role("heading", name="Join an exercise")).to_be_visible()
    page.get_by_label("Code").fill(played.exercise.code.lower())
    page.get_by_label("Your name").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Alarm queue")).to_be_visible(timeout=20_000)


def test_an_exercise_is_unmistakable_and_says_what_its_trainer_says(page: Page, played: Played) -> None:
    page.goto(f"{played.address}/join")
    join(page, played)
    band = page.locator("#dress")
    expect(band).to_contain_text("EXERCISE")
    expect(band).to_contain_text("WAITS FOR THE TRAINER")
    expect(page.locator(".briefing")).to_contain_text("You are alone.")
    for theme in ("Light", "Dark"):
        own(page)
        button(page, theme).click()
        page.reload()  # its place in the exercise stays
        own(page)
        expect(button(page, "Dark" if theme == "Light" else "Light")).to_be_visible()
        page.keyboard.press("Escape")
        holds(page, "() => getComputedStyle(document.getElementById('vigie')).borderTopWidth === '8px'")
        expect(band).to_be_visible()
        expect(page).to_have_title("EXERCISE · Vigie")
        holds(page, "() => document.querySelector('link[rel=icon]').href.endsWith('exercise.svg')")
        icon = page.locator("link[rel=icon]").evaluate("(link) => link.href")
        assert page.request.get(icon).headers["content-type"].startswith("image/svg")
    # Of a live page it has nothing that leads elsewhere, and it keeps no cookie that the live page would read.
    assert page.locator("a[href]").count() == 0
    expect(page.locator("#top .who")).to_contain_text("Leerling Een")
    own(page)
    expect(button(page, "Change operator")).to_have_count(0)
    page.keyboard.press("Escape")
    assert {cookie["name"] for cookie in page.context.cookies()} == {"vigie_exercise", "vigie_theme"}

    played.do(played.exercise.start())
    expect(row(page, "EX-1")).to_be_visible(timeout=15_000)
    expect(page).to_have_title("EXERCISE (1) · Vigie")
    played.do(played.exercise.act(Message(sender="PZ Gent", text="<b>Which</b> floor?")))
    notice = page.locator(".notices .notice")
    expect(notice).to_contain_text("PZ Gent<b>Which</b> floor?")
    choose(page, "EX-1")
    played.do(played.exercise.act(Line(device="EX-1", state="open", script="A door.\nHe is here.", sound="steps.wav")))
    expect(page.locator("#case .on-line")).to_contain_text("He is here.")
    expect(page.locator("#case").get_by_text(LISTEN)).to_be_in_viewport(ratio=1)
    holds(page, f"() => {AUDIO}.readyState > 1 && {AUDIO}.duration === 2")
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Seen: message of PZ Gent").click()
    expect(notice).to_have_count(0)

    played.do(played.exercise.pause())
    expect(band).to_contain_text("PAUSED BY THE TRAINER")
    page.keyboard.press("Escape")
    until(lambda: page.locator("#said").inner_text() != "" or page.keyboard.press("a"))
    expect(page.locator("#said")).to_contain_text("The exercise is not running: wait for the trainer.")
    played.do(played.exercise.resume())
    played.do(played.exercise.act(Line(device="EX-1", state="ended")))
    expect(page.locator("#case .on-line")).to_be_hidden()
    page.reload()
    expect(row(page, "EX-1")).to_be_visible(timeout=20_000)
    expect(notice).to_have_count(0)
    played.do(played.exercise.end())
    expect(page.get_by_text("The exercise is over.")).to_be_visible(timeout=10_000)


def test_who_is_put_out_is_told_and_back_by_the_code_alone(page: Page, played: Played) -> None:
    join(page, played)
    (trainee,) = played.exercise.shown().trainees
    until(lambda: played.exercise.shown().trainees[0].here)
    played._loop.call_soon_threadsafe(played.exercise.kick, trainee.id)
    expect(page.get_by_text("You are no longer in the exercise.")).to_be_visible(timeout=10_000)
    page.goto(f"{played.address}/exercise")
    expect(page).to_have_url(f"{played.address}/join?next=%2Fexercise")
    join(page, played)
    assert [one.name for one in played.exercise.shown().trainees] == ["Leerling Een"]

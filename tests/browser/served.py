"""A served desk in this process, whose clock a test moves, and signed-in pages of a real browser."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from playwright.async_api import Browser, BrowserContext, Page, expect

from centre.assembly import Assembly
from dashboard.access.accounts import Accounts
from dashboard.access.settings import AccessTimes
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns
from dashboard.server import serve
from dashboard.services import Beside
from demo.past import generate
from incidents.incident import Incident
from incidents.log.sqlite import SqliteLog
from maps.zones import Zones
from reports.finding.finder import Finder
from reports.finding.identities import Identities
from reports.measures.history import History
from tests.browser.conftest import CHROMIUM, ESCAPES, QUIET, SEEN, one_browser
from tests.browser.reach import REACH
from tests.browser.test_heard import EAR
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.conftest import FewCases, House
from tests.incidents.conftest import closing
from tests.people import dispatcher

SLOW_MS = 60_000
GHENT = "5415"
GOES_ON = "(to) => location.pathname === to && !!window.vigieLine?.send && !document.querySelector('a[href*=sign-in]')"
PAST = 60
# Who is signed in there reads this language from now on, without a page of theirs that asks for it.
KEPT: WeakKeyDictionary[BrowserContext, Callable[[str], None]] = WeakKeyDictionary()


class MovedClock:
    """The real time, moved by a test; while it `stands` by the test alone."""

    def __init__(self) -> None:
        self.by = timedelta()
        self.stood: datetime | None = None

    def now(self) -> datetime:
        return (self.stood or datetime.now(UTC)) + self.by

    @contextmanager
    def stands(self) -> Iterator[None]:
        """What happens meanwhile has its times to the second, however slow the machine."""
        self.stood = datetime.now(UTC)
        yield
        self.by -= datetime.now(UTC) - self.stood
        self.stood = None

    def pass_s(self, seconds: float) -> None:
        self.by += timedelta(seconds=seconds)


class Served:
    """A running server, its clock, and pages of a real browser; `wrong` is what went wrong on them."""

    def __init__(
        self, house: House, clock: MovedClock, signins: SignIns, url: str, browser: Browser | BrowserContext
    ) -> None:
        self.house, self.clock, self.signins, self.url, self.browser = house, clock, signins, url, browser
        self.wrong: list[str] = []
        self._used: list[tuple[str, str, Page]] = []
        self._kept: list[tuple[str, str, Page]] = []

    async def page(self, who: str, to: str = "/operator", *, width: int = 1366, height: int = 768) -> Page:
        """A page, in a browser of its own, of a person who signed in by keyboard: just now, also where it stood there before."""
        page = await self._again(who, to) or await self._load(to)
        await page.set_viewport_size({"width": width, "height": height})
        await page.get_by_label("User name").fill(who)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        # One that stood there takes its line anew with the sign-in: what ends that before is a page that is refused.
        await expect(page.get_by_role("heading", name="LOCKED")).to_be_hidden(timeout=SLOW_MS)
        KEPT[page.context] = lambda language: self.reads(who, language)
        self._used.append((who, to, page))
        return page

    async def rest(self) -> None:
        """One of several tests of this desk is over: its alarms are closed, and the pages on which another can begin are kept."""
        desk, who = self.house.desk, dispatcher(self.house.desk.pseudonym("Rest Proef"))
        for one in [one for one in desk.board.incidents.values() if one.open]:
            await desk.command(closing(one, self.house.name()), who)
        used, self._used = self._used, []
        for who_was_there, to, page in used:
            if not page.is_closed():
                for _ in range(ESCAPES):
                    await page.keyboard.press("Escape")
                self._kept.append((who_was_there, to, page))

    async def _again(self, who: str, to: str) -> Page | None:
        """A page that this person left there, locked; None where none is. One that cannot go on is closed."""
        for one in [one for one in self._kept if one[:2] == (who, to)]:
            self._kept.remove(one)
            page = one[2]
            if await page.evaluate(GOES_ON, to):
                await page.evaluate("vigieLine.send({ do: 'lock' })")
                await expect(page.get_by_role("heading", name="LOCKED")).to_be_visible(timeout=SLOW_MS)
                return page
            await page.context.close()
        return None

    async def _load(self, to: str) -> Page:
        if not isinstance(self.browser, Browser):  # with its profile, as at a console: one person after another
            await self.browser.clear_cookies()
        page = await self.browser.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.wrong.append(said.text) if "Content Security" in said.text else None)
        await page.add_init_script(EAR + REACH)
        await page.goto(f"{self.url}{to}")
        return page

    def reads(self, who: str, language: str) -> None:
        """This person reads that language from now on."""
        self.signins.accounts.prefer(who, lambda before: msgspec.structs.replace(before, language=language))

    def now(self, incident: Incident) -> Incident:
        """The incident as it is on the board."""
        return self.house.desk.board.incidents[incident.id]


@asynccontextmanager
async def served(
    folder: Path,
    zones: Zones,
    people: dict[str, str],
    *,
    times: AccessTimes | None = None,
    profile: Path | None = None,
    room: str = "",
    **parts_of: Any,
) -> AsyncIterator[Served]:
    """A desk whose accounts are these people, each with a role or several; a zone's desk is that of Ghent. `profile`: the folder
    of the one browser they all use; without it each page has a browser of its own. `room`: a training room's address."""
    log = await SqliteLog.open(folder / "vigie.log")
    clock, cases = MovedClock(), FewCases()
    accounts = Accounts(folder / "vigie.users", hasher=QUICK)
    for name, role in people.items():
        accounts.add(name, role.split(), PASSWORD, zone=GHENT if role == "zone" else "")
    signins = SignIns(accounts, clock=clock, times=times or AccessTimes())
    parts = Assembly(log, zones, cases, clock, signins=signins, **parts_of)
    await parts.desk.open()
    parts.consoles.start()
    server = serve(parts.consoles, door=Door(lambda: signins, lambda: parts.desk, room=lambda request: room), port=0)
    house = House(parts, clock, cases)  # type: ignore[arg-type]
    async with one_browser() as one:
        browser: Browser | BrowserContext = one
        if profile is not None:
            browser = await one.browser_type.launch_persistent_context(
                profile, executable_path=CHROMIUM, args=QUIET, ignore_default_args=SEEN
            )
        made = Served(house, clock, signins, f"http://localhost:{server.port}", browser)
        yield made
        if profile is not None:
            await browser.close()
    server.stop()
    await parts.consoles.stop()
    await parts.desk.close()
    await log.close()
    signins.close_file()
    assert not made.wrong, "\n".join(made.wrong)


def _no_more(parts: Assembly, history: History) -> dict[str, Any]:
    return {}


@asynccontextmanager
async def served_past(
    folder: Path,
    zones: Zones,
    people: dict[str, str],
    *,
    more: Callable[[Assembly, History], dict[str, Any]] = _no_more,
    **parts_of: Any,
) -> AsyncIterator[Served]:
    """The same with `PAST` incidents behind it, which are found; `more` is what else stands beside that desk."""
    path = folder / "vigie.log"
    generate(path, incidents=PAST, seed=3, locate=zones.locate)
    made: list[tuple[History, Finder]] = []

    def beside(parts: Assembly) -> Beside:
        history = History(path, parts.log.vault)
        finder = Finder(history, Identities(path, parts.log.vault, zones))
        made.append((history, finder))
        return Beside(finder=finder, history=history, **more(parts, history))

    async with served(folder, zones, people, beside=beside, **parts_of) as found:
        ((history, finder),) = made
        await history.load()
        history.follow(found.house.desk.board)
        reading = asyncio.create_task(finder.run())
        yield found
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await history.close()


async def holds(page: Page, expression: str) -> None:
    """Wait for it; the page's own content policy allows no evaluation inside it."""
    async with asyncio.timeout(SLOW_MS / 1000):
        while not await page.evaluate(expression):
            await asyncio.sleep(0.05)

"""The load of a whole country: pages of operators at eleven centres, presses at a pace, and how long each press took to a page.

A page is a Bokeh session over a real websocket, without a browser; its operator takes what rings there and closes it.
"""

import asyncio
import itertools
import os
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import msgspec

from bench.consoles import Console
from bench.rows import percentile
from tests.centre.flood import ANSWERED_S
from tests.centre.parts import OwnFeed
from tests.waiting import until

# A place well within each of the eleven.
PLACES = {
    "ANT": (51.2194, 4.4025),
    "BRU": (50.8467, 4.3525),
    "BWA": (50.6657, 4.5670),
    "HAI": (50.4542, 3.9567),
    "LIE": (50.6326, 5.5797),
    "LIM": (50.9307, 5.3325),
    "LUX": (49.9209, 5.3789),
    "NAM": (50.4674, 4.8720),
    "OVL": (51.0536, 3.7253),
    "VBR": (50.8798, 4.7005),
    "WVL": (51.2093, 3.2247),
}
A_CENTRE = int(os.environ.get("LOAD_A_CENTRE", "9"))  # pages
DEVICES = 60  # of a centre
ANSWER_S = 60.0  # on a busy machine
REPORT_S = 5.0  # as a page reports that it is seen and heard
PAUSES = (0.5, 2.0), (1.0, 3.0)
CLOSED = {"do": "close", "as_class": "real", "outcome": "other", "reason": "over"}


class Came(msgspec.Struct, frozen=True):
    """A press at a page of its centre: when the feed sent it (seconds that never jump), and how long after that it was there."""

    sent: float
    took: float


class Load:
    """Presses of the whole country, and where each of them arrived."""

    def __init__(self, feed: OwnFeed, seed: int = 1) -> None:
        self.feed = feed
        self.feed.late_s = ANSWERED_S
        self.dice = random.Random(seed)
        self.pages: list[Operator] = []
        self.sent: dict[str, list[float]] = defaultdict(list)  # by device, when each press went
        self.came: list[Came] = []
        self.closed = 0  # by these operators
        self._next = {centre: itertools.cycle(range(DEVICES)) for centre in PLACES}

    def press(self) -> None:
        """Somewhere in the country, somebody presses."""
        centre = self.dice.choice(list(PLACES))
        lat, lon = PLACES[centre]
        device = f"{centre}-{next(self._next[centre]):05d}"
        self.sent[device].append(time.monotonic())
        self.feed.press(device, fix={"lat": lat, "lon": lon, "radius": 18.0, "confidence": 68, "method": "gnss"})

    async def press_for(self, seconds: float, a_second: float) -> tuple[float, float]:
        """Press at this pace. Returns when that began and ended."""
        began = time.monotonic()
        for n in range(round(seconds * a_second)):
            await asyncio.sleep(max(0.0, began + n / a_second - time.monotonic()))
            self.press()
        await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))
        return began, time.monotonic()

    def ms(self, share: float, began: float, ended: float) -> int:
        """Of the presses sent in this time, at each page of their centre: the longest that this share (0..1) of them took."""
        took = [came.took for came in self.came if began <= came.sent < ended]
        assert took, "no press came to any page"
        return round(percentile(took, share) * 1000)

    async def all_arrived(self, within_s: float = 600) -> None:
        """Each press is on every page of the country, once."""
        await until(lambda: all(page.has(self.sent) for page in self.pages), within_s)

    async def all_closed(self, within_s: float = 600) -> None:
        """Nothing rings any more, anywhere."""
        await until(lambda: not any(page.open for page in self.pages), within_s)


class Operator:
    """A page of a centre ("": of all), and who works there: takes one alarm after the other, and closes it.

    `pauses`: how long they take to take one, and to close it (each the least and the most, s).
    """

    def __init__(
        self,
        load: Load,
        console: Console,
        centre: str,
        pauses: tuple[tuple[float, float], tuple[float, float]] = PAUSES,
    ) -> None:
        self._load, self._console, self._centre, self._pauses = load, console, centre, pauses
        self.open: dict[str, str] = {}  # alarms of its centre that are not closed: who has them
        self._presses: dict[str, dict[str, int]] = defaultdict(dict)  # by device, of each of its incidents
        self._answers: dict[str, asyncio.Future[bool]] = {}
        self._news = asyncio.Event()
        self._reported = 0.0

    def has(self, sent: dict[str, list[float]]) -> bool:
        """Whether as many presses of each device are on this page as were sent."""
        return all(sum(self._presses[device].values()) == len(times) for device, times in sent.items())

    async def listen(self) -> None:
        """Take what comes, as the page's scripts do."""
        async for message in self._console.messages():
            now, rang = time.monotonic(), []
            for name, row in (message.get("rows") or {}).items():
                if row is not None and self._take(name, row, now):
                    rang.append(name)
            for reply in message.get("replies", ()):
                answer = reply.get("answer") or {}
                if (waits := self._answers.pop(answer.get("id"), None)) is not None and not waits.done():
                    waits.set_result(answer["ok"])
            if rang:
                await self._console.say(do="presented", ids=rang, audible=True)
            if message.get("took"):
                await self._console.say(do="took")
            if now - self._reported > REPORT_S:
                self._reported = now
                await self._console.say(do="seen", visible=True, sound="armed")
        raise ConnectionError("the server closed a page's line")

    def _take(self, name: str, row: dict[str, Any], now: float) -> bool:
        """Take a row. Whether it is an alarm of this centre that was not here before."""
        device, presses = row["label"], self._presses[row["label"]]
        before = sum(presses.values())
        presses[name] = row.get("presses", 1)
        if self._centre and row.get("centre") != self._centre:
            return False
        for sent in self._load.sent[device][before : sum(presses.values())]:
            self._load.came.append(Came(sent, now - sent))
        is_new = name not in self.open and row["state"] == "raised"
        if row["state"] == "closed":
            self.open.pop(name, None)
        else:
            self.open[name] = row.get("owner", "")
        self._news.set()
        return is_new

    async def work(self, most: int | None = None) -> None:
        """Take what nobody has, and close it: so many, or for ever."""
        done = 0
        while done != most:
            if not self._free():
                self._news.clear()
                await self._news.wait()
                continue
            await self._pause(0)
            if not (free := self._free()):
                continue
            mine = self._load.dice.choice(free)
            await self._console.say(do="select", incident=mine)
            if await self._ask(do="acknowledge", incident=mine):
                await self._pause(1)
                while not (closed := await self._ask(**CLOSED, incident=mine)) and self.open.get(mine):
                    await self._pause(1)  # the servers may be cut off for a moment
                if closed:
                    done, self._load.closed = done + 1, self._load.closed + 1

    def _free(self) -> list[str]:
        return [name for name, owner in self.open.items() if not owner]

    async def _pause(self, which: int) -> None:
        await asyncio.sleep(self._load.dice.uniform(*self._pauses[which]))

    async def _ask(self, **command: str) -> bool:
        """Give a command; whether it was carried out."""
        id = uuid4().hex
        answer = self._answers[id] = asyncio.get_running_loop().create_future()
        await self._console.say(do="command", command={**command, "id": id}, typed={})
        try:
            return await asyncio.wait_for(answer, ANSWER_S)
        except TimeoutError:
            return False


@asynccontextmanager
async def operators(load: Load, bases: list[str], a_centre: int = A_CENTRE) -> AsyncIterator[None]:
    """So many pages of each centre, spread over these servers; closed at the end. Whatever one of them fails of is raised."""
    seats = [(n, centre) for n, centre in enumerate(itertools.chain(*itertools.repeat(PLACES, a_centre)))]
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[None]] = []

        async def some(k: int, base: str) -> None:
            for n, centre in seats[k :: len(bases)]:
                console = await stack.enter_async_context(Console.opened(base, f"operator-{n}", (centre,)))
                page = Operator(load, console, centre)
                load.pages.append(page)
                tasks.extend(group.create_task(work) for work in (page.listen(), page.work()))

        await asyncio.gather(*(some(k, base) for k, base in enumerate(bases)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()

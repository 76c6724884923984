"""A desk with all that it can have, watched from within, and a dispatcher at it who waits for presses.

A process that calls `watch` says each time that its loop slept outside its selector, and where. `slow_disk` makes a library to
preload: while a file is there each fsync and fdatasync takes a second, SQLite's too, which no patch of Python's reaches.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from uuid import uuid4

from dashboard.access.accounts import Accounts
from dashboard.ports import free_port
from demo.past import generate
from incidents.cases.importing import import_cases
from incidents.roles import MAY, ROLES, Role
from maps.zones import Zones
from tests.centre.parts import OwnFeed, stamp
from tests.centre.served import TELLS, Served
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.dashboard.access.parts import Line
from tests.waiting import until

STALL_S = 0.3
LOOK_S = 0.1
LONG = {True: 2000, False: 500}  # positions of one incident, in the whole form and the short one
_C = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
static int slow(const char *name, int file) {
    const char *while_there = getenv("SLOW_WHILE");
    struct timespec second = {1, 0};
    if (while_there && !access(while_there, F_OK)) nanosleep(&second, NULL);
    return ((int (*)(int)) dlsym(RTLD_NEXT, name))(file);
}
int fsync(int file) { return slow("fsync", file); }
int fdatasync(int file) { return slow("fdatasync", file); }
"""


def slow_disk(folder: Path) -> tuple[Path, dict[str, str]]:
    """The file while which it is slow, and what is to stand in the environment of whoever has such a disk."""
    library, switch = folder / "slow_disk.so", folder / "slow"
    command = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", str(library), "-ldl"]
    subprocess.run(command, input=_C.encode(), check=True)
    return switch, {"LD_PRELOAD": str(library), "SLOW_WHILE": str(switch)}


def watch() -> None:
    """Watch every loop that this process runs from now on."""
    run = asyncio.BaseEventLoop.run_forever

    def watched(self: asyncio.BaseEventLoop) -> None:
        threading.Thread(target=_look, args=(self, threading.current_thread()), daemon=True).start()
        run(self)

    asyncio.BaseEventLoop.run_forever = watched  # type: ignore[method-assign]


def _look(loop: asyncio.BaseEventLoop, thread: threading.Thread) -> None:
    assert thread.ident is not None
    while thread.is_alive() and not loop.is_closed():
        turned, seen, before = threading.Event(), Counter[str](), _asleep(thread)
        with suppress(RuntimeError):  # it is over
            loop.call_soon_threadsafe(turned.set)
        while not turned.wait(LOOK_S) and not loop.is_closed():
            seen["".join(traceback.format_stack(sys._current_frames().get(thread.ident)))] += 1
        (where, looks), slept = max(seen.items(), key=itemgetter(1), default=("", 0)), _asleep(thread) - before
        if min(slept, looks * LOOK_S) > STALL_S:  # who waits for other threads' turns sleeps too, and comes on
            os.write(1, f"STALL of {slept:.2f} s\n{where}".encode())
        time.sleep(0.01)


def _asleep(thread: threading.Thread) -> float:
    """For how long a thread neither ran nor waited for a processor, in seconds since some moment."""
    ran, waited, _ = Path(f"/proc/self/task/{thread.native_id}/schedstat").read_text().split()
    return time.monotonic() - (int(ran) + int(waited)) / 1e9


def by_what_they_may() -> list[Role]:
    """The roles, the one that may least first."""
    return sorted(ROLES, key=lambda role: sum(role in roles for roles in MAY.values()))


class Watched(Served):
    """The desk, with an account of each role and one more for the dispatcher who waits."""

    def __init__(self, folder: Path) -> None:
        self.feed_port = free_port()
        import_cases(Path("docs/cases.sample.json"), folder / "cases.db")
        (folder / "passphrase").write_text("a passphrase of a test\n")
        generate(folder / "vigie.log", incidents=400, seed=1, locate=Zones.load().locate)
        self.slow, preload = slow_disk(folder)
        environ = {
            "VIGIE_FEED": f"ws://127.0.0.1:{self.feed_port}",
            "VIGIE_CASES": str(folder / "cases.db"),
            "VIGIE_DEGRADED_PASSPHRASE_FILE": str(folder / "passphrase"),
            "VIGIE_BUTTONS_STORE": str(folder / "vigie.buttons"),
        }
        super().__init__(
            "desk",
            folder,
            *(environ | preload).items(),
            before=f"{TELLS}; from tests.centre import watched; watched.watch()",
        )
        accounts = Accounts(folder / "vigie.users", hasher=QUICK)
        for name in ("waits", "new"):
            accounts.add(name, ["dispatcher"], PASSWORD)
        for role in ROLES:
            accounts.add(role, [role], PASSWORD, **({"zone": "5415"} if role == "zone" else {}))

    @contextmanager
    def slowly(self) -> Iterator[None]:
        """With a disk that takes a second for each fsync."""
        self.slow.touch()
        try:
            yield
        finally:
            self.slow.unlink()

    def stalls(self) -> list[str]:
        """Where its loop slept."""
        return self.output.read_text().split("STALL of ")[1:]


class Waiting:
    """A dispatcher's line, and the feed whose presses come to it."""

    def __init__(self, feed: OwnFeed, line: Line, desk: int) -> None:
        self.feed, self._line, self._desk = feed, line, desk

    async def presses(self, many: int) -> list[float]:
        """Somebody presses so often, a moment after what was done before: how many seconds each took to the line.

        Not counted is for how long the desk, or who waits, had no processor since others had it.
        """
        took = []
        for _ in range(many):
            await asyncio.sleep(0.2)
            device, after, began = f"P-{uuid4().hex[:8]}", len(self._line.messages), self._served_s()
            self.feed.press(device, id=uuid4().hex)
            await self._line.until(
                lambda message, device=device: device in json.dumps(message.get("rows")), after=after
            )
            took.append(round(self._served_s() - began, 2))
            await self._line.say(do="took")
        return took

    def _served_s(self) -> float:
        waits = (Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[1] for pid in (self._desk, os.getpid()))
        return time.monotonic() - sum(map(int, waits)) / 1e9

    async def lasts(self, whole: bool) -> str:
        """The id of an incident that lasts: it has so many records."""
        device = "AMR-31415"
        self.feed.press(device, id=uuid4().hex)
        for n in range(LONG[whole]):
            fix = {"lat": 51 + n % 97 / 1e3, "lon": 3.7 + n % 89 / 1e3, "radius": 30, "time": stamp()}
            self.feed.put(kind="fix", device=device, fix=fix, id=uuid4().hex)
        last = self.feed.messages[-1]["id"]
        await until(lambda: last in self.feed.durable)
        found = await self._line.until(lambda message: device in json.dumps(message.get("rows")))
        await self._line.say(do="took")
        return next(id for id, row in found["rows"].items() if row and row["label"] == device)


@asynccontextmanager
async def waiting(desk: Watched) -> AsyncIterator[Waiting]:
    """Somebody waits at this desk."""
    feed = OwnFeed()
    feed.epoch = uuid4().hex
    await feed.start(desk.feed_port)
    line = await (await desk.browser("waits")).open()
    try:
        dispatcher = Waiting(feed, line, desk.process.pid)
        await dispatcher.presses(1)  # the desk comes to its feed within some seconds
        yield dispatcher
    finally:
        await line.close()
        await feed.stop()

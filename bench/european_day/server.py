"""One server of the day, a process of its own: it writes its jobs at their time, and follows and folds what all of them write.

Run as `python -m bench.european_day.server FOLDER NUMBER NAME ADDRESS ...`; told on its input when to begin (the machine's
monotonic clock and how many seconds of the day a second has) and how many records there are in the end, it says when it has done.
"""

import asyncio
import gc
import hashlib
import resource
import sys
import time
from pathlib import Path

import msgspec
import numpy as np

from bench.european_day.plan import Job, job_file
from incidents import events as ev
from incidents.board import Board
from incidents.log import AlreadyRecorded, LogUnavailable, VersionConflict
from incidents.log.jetstream import JetStreamLog

AT_ONCE = 128  # appends under way at a server
WAITING = 2_500  # jobs that are due: far behind it takes up no more
AGAIN_S = 0.5  # after one that the log could not take, as the desk's recorder has it

WRITTEN = np.dtype([("id", "u8"), ("due", "f8"), ("began", "f8"), ("answered", "f8")])
SEEN = np.dtype([("id", "u8"), ("at", "f8")])


class Result(msgspec.Struct, frozen=True):
    """What a server says at its end. `elsewhere`: what it was told and another server had written, or wrote first."""

    records: int
    elsewhere: int
    held: int
    cpu_s: float
    memory_mb: float


def written_file(folder: Path) -> Path:
    """When each record of a server's own was due, asked and answered."""
    return folder / "written.npy"


def seen_file(folder: Path) -> Path:
    """When each record of anybody's was folded here."""
    return folder / "seen.npy"


def number_of(record_id: str) -> int:
    """A record's id as the files have it."""
    return int.from_bytes(hashlib.blake2b(record_id.encode(), digest_size=8).digest())


class _Server:
    def __init__(self, log: JetStreamLog, jobs: list[Job]) -> None:
        self._log = log
        self._jobs = jobs
        self._free = asyncio.Semaphore(AT_ONCE)
        self._room = asyncio.Semaphore(WAITING)
        self._ends: dict[str, asyncio.Task[None]] = {}
        self._board = Board()
        self.written: list[tuple[int, float, float, float]] = []
        self.seen: list[tuple[int, float]] = []
        self.elsewhere = self.held = 0

    async def live(self, began: float, speed: float) -> None:
        """Write everything at its time, in the order of its stream."""
        async with asyncio.TaskGroup() as writing:
            for job in self._jobs:
                due = began + job.at_s / speed
                if (wait_s := due - time.monotonic()) > 0:
                    await asyncio.sleep(wait_s)
                await self._room.acquire()
                if job.own:
                    before = self._ends.get(job.stream)
                    self._ends[job.stream] = writing.create_task(self._write(job, due, before))
                else:
                    writing.create_task(self._repeat(job))

    async def _write(self, job: Job, due: float, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await before
        async with self._free:
            began = time.monotonic()
            while True:
                try:
                    await self._log.append(job.stream, job.version, job.draft)
                    break
                except AlreadyRecorded:
                    self.elsewhere += 1
                    break
                except LogUnavailable:
                    self.held += 1
                    await asyncio.sleep(AGAIN_S)
            self._room.release()
            self.written.append((number_of(job.draft.id), due, began, time.monotonic()))

    async def _repeat(self, job: Job) -> None:
        async with self._free:
            try:
                await self._log.append(job.stream, job.version, job.draft)
            except (AlreadyRecorded, VersionConflict):
                self.elsewhere += 1
            except LogUnavailable:
                self.held += 1
            self._room.release()

    async def follow(self) -> None:
        """Fold what any server writes, as the desk does."""
        async for _, record in self._log.follow():
            self._board.fold(ev.entry(record, self._log.unseal(record)))
            self.seen.append((number_of(record.id), time.monotonic()))


async def _main(folder: Path, number: int, name: str, addresses: list[str]) -> None:
    own = folder / f"server-{number}"
    own.mkdir()
    jobs = msgspec.msgpack.decode(job_file(folder, number).read_bytes(), type=list[Job])
    log = await JetStreamLog.open(own / "vigie.log", addresses, name=name, key_file=folder / "master.key")
    try:
        server = _Server(log, jobs)
        following = asyncio.create_task(server.follow())
        gc.freeze()  # the plan is the test's, not the server's
        began, speed = map(float, (await _told("ready")).split())
        idle_s = time.process_time()
        await server.live(began, speed)
        count = int(await _told("written"))
        while len(server.seen) < count:
            if following.done():
                following.result()
            await asyncio.sleep(0.02)
        following.cancel()
    finally:
        await log.close()
    np.save(written_file(own), np.array(server.written, WRITTEN))
    np.save(seen_file(own), np.array(server.seen, SEEN))
    used = resource.getrusage(resource.RUSAGE_SELF)
    took_s = time.process_time() - idle_s
    result = Result(len(server.written), server.elsewhere, server.held, took_s, used.ru_maxrss / 1024)
    print(msgspec.json.encode(result).decode(), flush=True)


async def _told(word: str) -> str:
    print(word, flush=True)
    return await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]))

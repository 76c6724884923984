"""The thread that writes the log, and how an event loop hands it what is to be written.

What is asked in one turn of the loop is handed over together, and committed as one group.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Sequence

from incidents.log import Record
from incidents.log.damage import DAMAGE
from incidents.log.writer import Job, Outcome, Writer

_GROUP = 256

_Asked = tuple[Job, "asyncio.Future[Record | None]"]


class WritingThread:
    """Serves one event loop, from its construction until `close`."""

    def __init__(self, writer: Writer, loop: asyncio.AbstractEventLoop) -> None:
        self._writer = writer
        self._loop = loop
        self._queue: queue.SimpleQueue[list[_Asked] | None] = queue.SimpleQueue()
        self._asked: list[_Asked] = []  # in this turn of the loop
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    async def put(self, job: Job) -> Record | None:
        """What became of a job, once it is durable. Raises what `Writer.commit` says of it."""
        future: asyncio.Future[Record | None] = self._loop.create_future()
        if not self._asked:
            self._loop.call_soon(self.hand_over)
        self._asked.append((job, future))
        return await future

    def hand_over(self) -> None:
        """Give the thread what was asked so far; only in the loop."""
        if self._asked:
            self._queue.put(self._asked)
            self._asked = []

    def close(self) -> None:
        """End, when all that was handed over is written. Waits for it: not in the loop."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            waiting: list[_Asked] = []
            with contextlib.suppress(queue.Empty):
                while going and len(waiting) < _GROUP:
                    some = self._queue.get(block=not waiting)
                    waiting += some or ()
                    going = some is not None
            for start in range(0, len(waiting), _GROUP):
                self._serve(waiting[start : start + _GROUP])

    def _serve(self, group: Sequence[_Asked]) -> None:
        try:
            with DAMAGE:
                outcomes = self._writer.commit([job for job, _ in group])
        except Exception as error:  # each one waiting gets it; the next group is served all the same
            outcomes = [error] * len(group)
        answers = [(future, outcome) for (_, future), outcome in zip(group, outcomes, strict=True)]
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
            self._loop.call_soon_threadsafe(_answer, answers)


def _answer(answers: Sequence[tuple["asyncio.Future[Record | None]", Outcome]]) -> None:
    for future, outcome in answers:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

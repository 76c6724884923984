"""Erasing again what the register says was erased: which streams that are, and a register that hangs holds nothing up.

The register may lie on another disk. What is done with it is done in a thread that nobody waits for longer than `ANSWER_S`.
"""

import asyncio
import contextlib
import errno
import hashlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from incidents.log import Draft, LogUnavailable
from incidents.log.erasures import ACTOR, AGAIN, Erasures, ErasuresFound, mark_of
from incidents.log.months import month_of_key
from incidents.log.record import ERASED
from incidents.log.schema import erasures
from incidents.log.writer import Append

ANSWER_S = 5.0
RECORDS_S = 30.0  # for the records of what is erased again, at a start; the keys are gone before
TOGETHER = 256  # of them; a press waits for so many at most

T = TypeVar("T")

_logger = logging.getLogger(__name__)


def answer_within(work: Callable[[], T], seconds: float) -> T:
    """What `work` returns or raises; a disk that hangs is waited for no longer than this. Raises TimeoutError."""
    answer: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answer.put((work(), None))
        except Exception as failure:
            answer.put((None, failure))

    # No pool: one would keep the process from ending until the disk answers.
    threading.Thread(target=run, name="ask a disk", daemon=True).start()
    try:
        result, error = answer.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(errno.ETIMEDOUT, "it does not answer") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def mark_within(register: Path) -> str:
    """How far a register has come (`mark_of`); "" also where its disk hangs: that keeps nobody from their sheet."""
    with contextlib.suppress(TimeoutError):
        return answer_within(lambda: mark_of(register), ANSWER_S)
    return ""


class ReachedRegister:
    """A register as an event loop asks it: one thing after another, and none for longer than `ANSWER_S`."""

    def __init__(self, register: Erasures) -> None:
        self._register = register
        self._turn = asyncio.Lock()
        self._working = False

    async def ask(self, work: Callable[[Erasures], T]) -> T:
        """What `work` returns or raises. Raises `LogUnavailable` when the register does not answer."""
        async with self._turn:
            if self._working:
                raise _silent()
            loop = asyncio.get_running_loop()
            answer: asyncio.Future[T] = loop.create_future()

            def give(result: T | None, error: Exception | None) -> None:
                if not answer.done():
                    answer.set_exception(error) if error else answer.set_result(result)  # type: ignore[arg-type]

            def run() -> None:
                result: T | None = None
                error: Exception | None = None
                try:
                    result = work(self._register)
                except Exception as failure:
                    error = failure
                self._working = False  # before anybody hears of it: the thread may end a moment later
                with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
                    loop.call_soon_threadsafe(give, result, error)

            self._working = True
            threading.Thread(target=run, name="erased-register", daemon=True).start()
            try:
                async with asyncio.timeout(ANSWER_S):
                    return await answer
            except TimeoutError:
                raise _silent() from None


class Again(msgspec.Struct, frozen=True):
    """What is to be erased again: streams (the version of each one's end, when they were erased), pseudonyms of names (when).

    `later`: in how many more streams something was recorded after the register says they were erased.
    """

    streams: dict[str, tuple[int, str]]
    names: dict[str, str]
    later: int

    @property
    def ends(self) -> dict[str, int]:
        """The version of each stream's `erased` record, as it will be."""
        return {stream: version + 1 for stream, (version, _) in self.streams.items()}


def bring_together(register: Erasures, recorded: list[tuple[str, str, str]]) -> ErasuresFound:
    """The register with what the log records as erased (`schema.erasures`). Raises `LogUnavailable`, `NoRegister`."""
    register.begin()
    if why := register.wanting(recorded):
        _logger.warning("what was erased may come back: the register of what was erased: %s", why)
    try:
        register.add({stream: at for stream, at, record_id in recorded if not record_id.startswith(AGAIN)})
    except LogUnavailable as error:  # what it holds counts all the same
        _logger.warning("what was erased may come back: %s", error)
    return register.read()


def to_repeat(db: sqlite3.Connection, registered: Mapping[str, str]) -> Again:
    """What the log does not record as erased at or after the time that is registered."""
    recorded = {stream: at for stream, at, _ in erasures(db)}
    ends = (
        "SELECT heads.version, heads.at, first.at FROM heads "
        "JOIN records AS first ON first.stream = heads.stream AND first.version = 1 WHERE heads.stream = ?"
    )
    streams: dict[str, tuple[int, str]] = {}
    later = 0
    for stream, at in registered.items():
        if stream.startswith(ACTOR) or recorded.get(stream, "") >= at:
            continue
        row = db.execute(ends, (stream,)).fetchone()
        if row is None and _holds_month(db, stream):
            streams[stream] = (0, at)
            continue
        if row is None or row[2] > at:  # not there yet, or another that came under its name later
            continue
        if row[1] > at:  # the erasure was refused since something came between, a hold perhaps
            later += 1
        else:
            streams[stream] = (row[0], at)
    names = {stream.removeprefix(ACTOR): at for stream, at in registered.items() if stream.startswith(ACTOR)}
    return Again(streams, names, later)


def _holds_month(db: sqlite3.Connection, key: str) -> bool:
    """Whether the log has a record of a month whose key alone was erased."""
    stream, month = month_of_key(key)
    query = "SELECT 1 FROM records WHERE stream = ? AND at >= ? AND at < ? LIMIT 1"
    return bool(month) and db.execute(query, (stream, month, f"{month}~")).fetchone() is not None


def repetition(stream: str, version: int, at: str) -> Append:
    """The record that a stream which was erased at that time is erased again, for its end as it was seen."""
    now = max(at, datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    word = hashlib.sha256(f"{at} {stream}".encode()).hexdigest()[:32]
    draft = Draft(id=AGAIN + word, at=now, source_at=now, actor="register", type=ERASED, open={})
    return Append(stream, version, draft)


@contextlib.contextmanager
def warned(failed: list[str]) -> Iterator[None]:
    """What can't be erased again now is said, and why is kept: it keeps no desk from starting."""
    try:
        yield
    except LogUnavailable as error:
        _logger.warning("what the register says was erased is not erased again yet: %s", error)
        failed.append(str(error))


def _silent() -> LogUnavailable:
    return LogUnavailable("the register of what was erased: it does not answer")

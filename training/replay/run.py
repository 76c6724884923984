"""One way through a recording: a fresh log, a gateway, its subscriber, a desk; entry by entry, as fast as it is asked to."""

import asyncio
import contextlib
import itertools
import logging
import re
import secrets
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec

from centre.assembly import Core
from feeds.gateway import Gateway
from feeds.recordings.recording import Happened
from incidents import events as ev
from incidents.board import Board
from incidents.cases import CaseRegister
from incidents.exercises.room import TrainingError
from incidents.fold import apply
from incidents.log.master import seeded
from incidents.log.record import check_draft
from incidents.log.training import TrainingLog
from maps.zones import Zones
from training.replay.clock import ReplayClock
from training.replay.pacing import Door
from training.replay.schedule import Score, published

TOGETHER = 200  # messages on their way at once: two frames, and about 30 ms until another page has its turn
PATIENCE_S = 20.0  # nothing taken for so long: it is stuck, and says so
_logger = logging.getLogger(__name__)
_PERSON = re.compile(r"person-(\d{1,6})")


class Stage:
    """What all runs of one replay share: what is played, where it is seen, by which clock, with whose cases and zones."""

    def __init__(self, score: Score, zones: Zones, *, today: Callable[[], date] | None = None) -> None:
        """`today` is the day for which cases hold; by default that of the replay's own clock."""
        self.score, self.zones = score, zones
        self.clock = ReplayClock(score.begin)
        own = lambda: self.clock.now().astimezone(ev.BRUSSELS).date()  # noqa: E731
        self.cases = CaseRegister.of(score.cases, today=today or own)
        self.board = Board(lambda device: self.cases.by_device(device) is not None)


class Run:
    """`advance` plays entries; `next` is the first not yet played. `trouble` says why it can go no further."""

    def __init__(self, stage: Stage, folder: Path, log: TrainingLog) -> None:
        self.next = 0
        self.trouble = ""
        self.log = log
        self._folder = folder
        self._score, self._board, self._clock = stage.score, stage.board, stage.clock
        self._passed_over = stage.score.passed_over
        self._raised: list[str] = []
        self._core = Core(
            log,
            stage.zones,
            stage.cases,
            stage.clock,
            addresses=lambda zone: "",  # nobody sends: whether an order went by network is what was recorded of it
            board=stage.board,
        )
        self._desk = self._core.desk
        self._door = Door(self._desk, stage.clock)
        self._token = secrets.token_urlsafe(32)
        self._gateway = Gateway(
            stage.score.feed,
            epoch="replay",
            clock=stage.clock,
            token=self._token,
            heartbeat_s=1.0,
            per_frame=stage.score.per_frame,
        )
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, stage: Stage, folder: Path) -> "Run":
        """Begin: nothing is played yet. `folder` is made, and goes with the run.

        Raises TrainingError("replay_stuck"), LogUnavailable, OSError.
        """
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True)
        stage.clock.play(stage.score.begin)
        run = cls(stage, folder, await TrainingLog.open(folder / "replay.log", random=seeded(stage.score.seed)))
        try:
            await run._listen()
        except BaseException:
            await run.close()
            raise
        return run

    @property
    def passed_over(self) -> int:
        """What could not be played so far."""
        return self._passed_over + self._door.passed_over

    async def advance(self, upto: int) -> None:
        """Play the entries below this one. Stops before it when something fails: `trouble`."""
        entries = self._score.entries
        try:
            while self.next < upto and not self.trouble:
                what = entries[self.next].what
                if isinstance(what, Happened):
                    await self._enter(self.next, what)
                    self.next += 1
                else:
                    await self._bring(min(upto, self.next + TOGETHER))
                self._count()
        except Exception as fault:  # whatever it is, the replay says so and stands
            _logger.error("a replay failed: %s", type(fault).__name__)
            self.trouble = "fault"

    async def close(self) -> None:
        """Let go of everything, the log's files too."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._gateway.stop()
        await self._desk.close()
        await self.log.close()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _listen(self) -> None:
        await self._gateway.start()
        door = self._door
        subscriber = self._core.subscriber(self._gateway.url, receiver=door, bookmarks=door, token=self._token)
        self._listening = asyncio.create_task(subscriber.run(), name="replay feed")
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._door.live.wait()
        except TimeoutError:
            raise TrainingError("replay_stuck") from None

    async def _bring(self, upto: int) -> None:
        """Send the messages up to the next entry that is none, and wait until the desk has them all."""
        sent = 0
        for entry in self._score.entries[self.next : upto]:
            if isinstance(entry.what, Happened):
                break
            self._door.expect(self._gateway.store.head + 1, entry.at)
            await self._gateway.publish(published(entry.what, entry.at))
            sent += 1
        left = self._door.left
        while self._door.left and not self._door.fault:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await self._door.all_taken()
            if self._door.left == left:
                self._door.failed("stuck")
            left = self._door.left
        self.trouble = self._door.fault
        self.next += sent - left

    async def _enter(self, index: int, what: Happened) -> None:
        """Put what happened into the stream of its incident, by the desk's recorder; pass over what can't have happened to it."""
        name, actor, event = self._stream(index, what), self._actor(what.by), self._by_name(what.event)
        at, id, stream = self._score.entries[index].at, f"replay-{index + 1:07}", f"incident/{name}"
        self._clock.play(at)
        entry = ev.Entry(
            stream=stream,
            version=self._board.version(stream) + 1,
            id=id,
            at=at,
            source_at=what.happened,
            actor=actor,
            event=event,
        )
        try:
            if not name or not actor:
                raise ValueError("nobody, or of no incident")
            apply(self._board.incidents.get(name), entry)
            check_draft(stream, ev.draft(event, id=id, at=at, source_at=what.happened, actor=actor))
        except Exception:  # whatever a foreign file says, it ends no replay
            self._passed_over += 1
            return
        outcome, _ = await self._desk.record(stream, lambda: event, id=id, source_at=what.happened, actor=actor)
        if outcome == "held":
            self.trouble = "log_unavailable"

    def _stream(self, index: int, what: Happened) -> str:
        """The id of the incident it belongs to; "" when there is none."""
        known = len(self._raised)
        if isinstance(what.event, ev.Raised):
            new = self.log.vault.incident_id_for_message(f"hand/replay-{index + 1:07}")
            return new if what.incident == known + 1 else ""
        return self._raised[what.incident - 1] if 1 <= what.incident <= known else ""

    def _actor(self, by: str) -> str:
        person = _PERSON.fullmatch(by)
        return self.log.vault.pseudonym(f"Person {person[1]}") if person else by

    def _by_name(self, event: ev.Event) -> ev.Event:
        """The event with the pseudonym of the person it names."""
        if isinstance(event, ev.HandOverOffered | ev.Assigned):
            return msgspec.structs.replace(event, to=self._actor(event.to))
        return event

    def _count(self) -> None:
        """The incidents in the order in which they were raised: the board keeps it, and nobody forgets any here."""
        self._raised += itertools.islice(self._board.incidents, len(self._raised), None)

"""A feed that is on disk before anybody is answered: numbered, kept for a day, going on with its numbers after a kill.

Messages that wait at the same moment are one transaction. An id is taken once:

| under an id that is held already | |
|---|---|
| the same content | the number it has |
| a press of another device or time, or where they can't be read | a press of its own: no alarm is dropped; the desk flags it |
| any other content | refused (`Conflict`); what was given first stands on the feed |
"""

import asyncio
import contextlib
import logging
import secrets

import msgspec

from feeds.gateway.feed_file import Ended, FeedFile, Kept
from feeds.gateway.gateway import Gateway
from feeds.gateway.posted import Posted
from feeds.gateway.same_id import SameId
from feeds.gateway.store import Published
from feeds.gateway.whole import whole
from incidents.clock import Clock
from incidents.events import stamp
from incidents.log import LogDamaged, LogUnavailable
from incidents.log.store import beside
from incidents.messages import PressReport, Unreadable

MOST = 200_000  # messages held, beyond which only presses are taken
PRUNE_S = 60.0
_GROUP = 500  # messages of one transaction
_FEW = 8  # messages of one id that are looked through anew each time
_GIVEN_BEFORE = Unreadable("id", "given before to another press")

_logger = logging.getLogger(__name__)


class Taken(msgspec.Struct, frozen=True):
    """A message that is on disk under its number. `repeated`: it was there before; `problems`: what could not be read of it."""

    id: str
    seq: int
    repeated: bool = False
    problems: tuple[Unreadable, ...] = ()


class Conflict(Exception):
    """Another content stands under this id; `seq` is its number."""

    def __init__(self, seq: int) -> None:
        super().__init__("id: another content was given under it")
        self.seq = seq


_Waiting = tuple[Posted, "asyncio.Future[Taken]"]


class DurableFeed:
    """Takes messages for a gateway. `await open()` before the gateway starts, `run` for ever, `await close()` at the end.

    `failed`: why nothing can be written now, else "". `damaged`: the file of before was, and stands aside.
    """

    def __init__(self, gateway: Gateway, file: FeedFile, clock: Clock) -> None:
        self.failed = ""
        self.damaged = False
        self._gateway = gateway
        self._file = file
        self._clock = clock
        self._pruned_to = -1
        self._many: dict[str, SameId] = {}  # of ids that many messages share
        self._waiting: list[_Waiting] = []
        self._news = asyncio.Event()

    async def open(self) -> None:
        """Go on with the feed of before. Raises LogUnavailable."""
        try:
            ended = await self._restored()
        except (LogDamaged, TypeError, ValueError) as failure:
            aside = beside(self._file.path, f".damaged-{stamp(self._clock.now()).replace(':', '')}")
            _logger.error(
                "the feed's file is damaged (%s) and stands aside; the feed begins anew", type(failure).__name__
            )
            self.damaged = True
            await asyncio.to_thread(self._file.set_aside, aside)
            ended = await self._restored()
        self._gateway.epoch = ended.epoch if ended is not None else secrets.token_hex(8)
        if ended is None:
            await self._keep([])

    async def _restored(self) -> Ended | None:
        """What the file holds, held again. Raises LogUnavailable, LogDamaged, TypeError, ValueError; then nothing is held."""
        ended = await asyncio.to_thread(self._file.open)
        if ended is not None:
            self._gateway.store.restore((kept.at, kept.raw) for kept in ended.messages)
        return ended

    async def take(self, posted: Posted) -> Taken:
        """Number a message; returns once it is on disk. Raises Conflict, LogUnavailable (then it was not taken)."""
        future: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting.append((posted, future))
        self._news.set()
        return await future

    async def run(self) -> None:
        """Write what waits, for ever. Also when nothing comes, what is old leaves the file, and a failed one is tried again."""
        while True:
            quiet = False
            try:
                async with asyncio.timeout(PRUNE_S):
                    await self._news.wait()
            except TimeoutError:
                quiet = True
            self._news.clear()
            await self._write_all()
            self._gateway.store.forget()
            self._many = {id_: same for id_, same in self._many.items() if self._worth(id_, same)}
            # A small write may succeed where the one before it did not: what failed is not well by the next moment's.
            if quiet if self.failed else self._gateway.store.needed().held != self._pruned_to:
                with contextlib.suppress(LogUnavailable):
                    await whole(self._keep([]))

    async def close(self) -> None:
        """Write what waits and let the file go."""
        await self._write_all()
        await asyncio.to_thread(self._file.close)

    async def _write_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
            try:
                await whole(self._write(group))
            except BaseException as failure:
                for _, future in group:
                    if not future.done():
                        future.set_exception(LogUnavailable(f"the feed: {type(failure).__name__}"))
                if not isinstance(failure, LogUnavailable):
                    raise

    async def _write(self, group: list[_Waiting]) -> None:
        """One transaction; everybody of the group is answered after it."""
        store, now = self._gateway.store, self._clock.now()
        store.forget()
        new: list[tuple[Published, Posted]] = []
        answers: list[tuple[asyncio.Future[Taken], Taken | Exception]] = []
        ids: dict[str, SameId] = {}
        for posted, future in group:
            id_ = posted.message.id
            if (same := ids.get(id_)) is None:
                ids[id_] = same = self._many.pop(id_, None) or SameId(self._gateway.name, store.with_id(id_))
            if (seq := same.repeated(posted, store.oldest)) is not None:
                answers.append((future, Taken(id_, seq, True, posted.problems)))
            elif (seq := same.contradicted(posted, store.oldest)) is not None:
                answers.append((future, Conflict(seq)))  # which may be of this group, and not be on disk in the end
            elif len(store) + len(new) >= MOST and not isinstance(posted.message.report, PressReport):
                answers.append((future, LogUnavailable("the feed: too many messages of one day")))
            else:
                number = store.number(posted.fields, store.head + len(new) + 1, now)
                new.append((number, posted))
                given_before = same.newest(store.oldest) is not None
                same.add(number, posted)
                problems = (*posted.problems, *((_GIVEN_BEFORE,) if given_before else ()))
                answers.append((future, Taken(number.id, number.seq, False, problems)))
        await self._keep([Kept(one.seq, store.now, one.raw) for one, _ in new])
        for one, posted in new:
            store.hold(one, posted.fields)
        self._many |= {id_: same for id_, same in ids.items() if self._worth(id_, same)}
        self._gateway.wake()
        for future, answer in answers:
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def _worth(self, id_: str, same: SameId) -> bool:
        """Whether it takes less to remember this than to look through what is held anew."""
        held = len(self._gateway.store.with_id(id_))
        return held > _FEW and len(same) <= 8 * held

    async def _keep(self, messages: list[Kept]) -> None:
        needed = self._gateway.store.needed()
        try:
            await asyncio.to_thread(self._file.keep, self._gateway.epoch, messages, needed=needed)
        except LogUnavailable as failure:
            if not self.failed:
                _logger.error("NOTHING IS TAKEN: %s", failure)
            self.failed = str(failure)
            raise
        if self.failed:
            _logger.warning("messages are taken again")
        self.failed = ""
        self._pruned_to = needed.held

"""Following a stream of JetStream from any position, in order, through every loss.

The servers number what they deliver: a gap, a silence or another order begins anew after the last message that was taken.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from incidents.log import LogUnavailable
from incidents.log.servers import NAME, ApiError, Message, Servers, is_status

TOGETHER = 512  # messages asked for at once
_BYTES = 48 << 20  # of them
_SIGN_S = 0.5  # between two signs of life while there is nothing new
_SILENCE_S = 2.0  # without one: what delivers is gone
_HEARD_S = 0.05  # what came while the loop was at something else is heard then
_ASKED_S = 5.0
_PAUSE_S = 0.2
_GONE_S = 30  # the servers forget who does not ask for so long
_TURNS = 3  # of the event loop, in which an answer goes from the connection to whoever waits for it
_NS = 1_000_000_000
_ENDED = ("404", "408")
_LAST = "Nats-Last-Consumer"  # the number of what was delivered last, in a sign of life

_logger = logging.getLogger(__name__)


class Follower:
    """Hands every message of a stream above `after` to `take`, in order, each once, for as long as it runs.

    `subject`: of these alone (`NAME.some.*`). What `take` refuses with `LogUnavailable` is given to it again. `check` is
    awaited before each beginning. `what` is what this server has a copy of. What is of `ends` ends it.
    """

    def __init__(
        self,
        servers: Servers,
        stream: str,
        after: int,
        take: Callable[[Sequence[Message]], Awaitable[None]],
        check: Callable[[], Awaitable[None]],
        *,
        what: str = NAME,
        subject: str = "",
        ends: tuple[type[Exception], ...] = (),
    ) -> None:
        self._servers = servers
        self._stream = stream
        self._take = take
        self._check = check
        self._what = what
        self._ends = ends
        self._only = {"filter_subject": subject} if subject else {}
        self.after = after  # the position of the last message taken
        self.current_at = float("-inf")  # by the loop's clock: it has taken all that there was then
        self._goal = (float("-inf"), 0)  # when the end was where
        self.trouble = ""  # why it can't go on now
        self.failure: LogUnavailable | None = None  # the same, where it is one of the log's own
        self.moved = asyncio.Event()  # set, and replaced, when any of these changed

    async def run(self) -> None:
        """Go on until it is cancelled."""
        while True:
            try:
                await self._follow()
            except self._ends:
                raise
            except Exception as error:  # whatever it stumbles over, the screens say so, and it is tried again
                silent = isinstance(error, (ApiError, NatsError, OSError, TimeoutError))
                why = f"{NAME}: its cluster does not answer" if silent else f"{NAME}: {type(error).__name__}"
                why = str(error) if isinstance(error, LogUnavailable) else why
                if why != self.trouble:
                    _logger.warning("this server's copy of %s waits: %s", self._what, why)
                self.trouble, self.failure = why, error if isinstance(error, LogUnavailable) else None
                self._say()
            await asyncio.sleep(_PAUSE_S)

    async def reached(self, position: int, within_s: float) -> bool:
        """Wait until it took the message at this position; whether it did."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self.after < position:
                    await self.moved.wait()
        return self.after >= position

    def _say(self) -> None:
        moved, self.moved = self.moved, asyncio.Event()
        moved.set()

    def _left(self, count: int) -> None:
        """So many messages are left to take now."""
        now = asyncio.get_running_loop().time()
        if not count:
            self.current_at = now
        elif self.after >= self._goal[1]:
            self.current_at = max(self.current_at, self._goal[0])
            self._goal = now, self.after + count
        self._say()

    async def _follow(self) -> None:
        client = await self._servers.client()
        await self._check()
        config = {
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": self.after + 1,
            "ack_policy": "none",
            "replay_policy": "instant",
            "inactive_threshold": _GONE_S * _NS,
            "num_replicas": 1,
            "mem_storage": True,
            **self._only,
        }
        made = await self._servers.ask(
            f"CONSUMER.CREATE.{self._stream}", {"stream_name": self._stream, "config": config}
        )
        asked = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{made['name']}"
        arrived: deque[Msg] = deque()
        signal = asyncio.Event()

        async def hear(message: Msg) -> None:
            arrived.append(message)
            signal.set()

        inbox = client.new_inbox()
        listening = await client.subscribe(inbox, cb=hear, pending_msgs_limit=-1, pending_bytes_limit=-1)
        wish = msgspec.json.encode(
            {
                "batch": TOGETHER,
                "max_bytes": _BYTES,
                "expires": int(_ASKED_S * _NS),
                "idle_heartbeat": int(_SIGN_S * _NS),
            }
        )
        try:
            await client.publish(asked, wish, reply=inbox)
            delivered, left = 0, TOGETHER
            self._left(made["num_pending"])
            self.trouble, self.failure = "", None
            while True:
                try:
                    async with asyncio.timeout(_SILENCE_S):
                        await signal.wait()
                except TimeoutError:
                    await asyncio.sleep(_HEARD_S)
                    if not signal.is_set():
                        raise
                signal.clear()
                messages, pending = [], -1
                while arrived:
                    message = arrived.popleft()
                    if status := is_status(message):
                        if status == "100":
                            # What was lost on the way to a connection that is gone leaves a gap that no later message may show.
                            if int((message.headers or {}).get(_LAST, delivered)) != delivered:
                                raise TimeoutError
                            pending = 0 if pending < 0 else pending
                        elif status in _ENDED or (status == "409" and "Exceeds" in str(message.headers)):
                            left = 0
                        elif status == "409" and "Completed" in str(message.headers):
                            pass  # it was counted
                        else:
                            raise TimeoutError  # it was deleted, or its server goes
                        continue
                    seq, number, pending = _place(message.reply)
                    if number != delivered + 1:
                        raise TimeoutError
                    delivered, left = number, left - 1
                    messages.append(Message(seq, message.subject, message.data))
                if left <= 0:
                    await client.publish(asked, wish, reply=inbox)
                    left = TOGETHER
                if messages:
                    for _ in range(_TURNS):  # whoever wrote them waits for an answer, which came with them
                        await asyncio.sleep(0)
                    await self._take(messages)
                    self.after = messages[-1].seq
                if pending >= 0:
                    self._left(pending)
        finally:
            with contextlib.suppress(NatsError, OSError):
                await listening.unsubscribe()


def _place(reply: str) -> tuple[int, int, int]:
    """Position in the stream, number of the delivery, how many more there are: `$JS.ACK.` stream, consumer, tries, and these."""
    parts = reply.split(".")
    if len(parts) > 9:  # with a domain and an account's hash before them
        parts = parts[2:]
    return int(parts[5]), int(parts[6]), int(parts[8])

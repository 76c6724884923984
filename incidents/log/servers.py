"""The servers of a log in NATS JetStream: one connection to whichever of them answers, and what is asked through it.

An answer that is missing leaves open what happened. What was sent is then sent again, the same bytes under the same id: the
servers take it once, and by the word of this call in its header they say whose it was.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
import random
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Literal, Self, TypeVar

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError

from incidents.log import LogUnavailable
from incidents.log.cluster_access import ClusterAccess, refusal
from incidents.together import hearing

NAME = "the log"
ANSWER_S = 4.0  # for an answer, all tries together: shorter than the 5 s in which a feed wants its own
_MADE_S = 20.0  # for a stream, once in its life
_TRY_S = 1.0
_PAUSE_S = 0.02
_RECONNECT_S = 0.2
_REFUSED_S = 1.0  # more, where a server answers and does not want us
_PING_S = 1
_PINGS = 3  # without an answer: the server hangs, the next one is taken
_BUFFER_BYTES = 64 << 20
WINDOW_S = 600.0  # for so long the servers know the ids of what they took
_NS = 1_000_000_000
_MOVED = (10070, 10071, 10164)  # something else came first
_NO_PEERS = 10005  # where copies are to lie the cluster does not know yet: it has just begun
_PENDING = 10158  # version 2.10 says "duplicate" without a position instead
_PENDINGS = 3  # in a row: then it is not merely slow
_NO_MESSAGE, _DELETED, _OTHER_SHAPE = 10037, 10043, 10058
_CALL = "Vigie-Call"
_ELSEWHERE_S = 7.0  # without an answer: longer than the servers take to find another leader
_UNHEEDED = 4  # requests so, of which this process heard in time that nobody answers
_IN_TIME_S = 1.5  # later: it was at something else, and an answer may have waited
_SPOKEN_S = 10.0  # for so long the servers have the last of what is only spoken
_NOT_ANSWERED = (NatsError, OSError, asyncio.TimeoutError, asyncio.InvalidStateError)

_T = TypeVar("_T")
_SILENT = "no server of its cluster answers"

_logger = logging.getLogger(__name__)


class Put(msgspec.Struct, frozen=True):
    """What became of something sent: `stored` at `seq`; `there`, the id is that of the message at `seq`; `moved`, not taken;
    `pending`: its id is under way elsewhere, or was when something else came first.

    `doubtful`: an answer was missing, so that the others may be said of what was taken before.
    """

    what: Literal["stored", "there", "moved", "pending"]
    seq: int = 0
    doubtful: bool = False


class Message(msgspec.Struct, frozen=True):
    """A message as it stands in a stream."""

    seq: int
    subject: str
    data: bytes


class ApiError(Exception):
    """JetStream's answer is an error; `code` is its number."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class _Error(msgspec.Struct):
    err_code: int = 0
    description: str = ""


class _Ack(msgspec.Struct):
    seq: int = 0
    duplicate: bool = False
    error: _Error | None = None


_ack_decoder = msgspec.json.Decoder(_Ack)


class _Unanswered(msgspec.Struct):
    """What was asked of one stream in vain: since when, until when, how often."""

    since: float
    last: float
    times: int = 0


class Servers:
    """A connection that is made when it is needed and sought again when it is lost. It belongs to one event loop.

    A server that answers nothing for one of the streams for 7 s is left for another: cut off from the majority, or from the
    one that leads this stream, it would be asked for ever.

    `addresses` begin with `nats://` or `tls://`, and hold no user: who asks is in `access`. Raises ValueError. Where a server
    refuses who asks, the sentences of `LogUnavailable` say so, and the next try reads the files of `access` anew.
    """

    def __init__(self, addresses: Sequence[str], access: ClusterAccess | None = None) -> None:
        if any("@" in address for address in addresses):
            raise ValueError("a cluster's address holds no user and no password")
        self._addresses = list(addresses)
        self._access = access or ClusterAccess()
        self._by_tls = self._access.by_tls or any(address.startswith("tls:") for address in addresses)
        self._client: Client | None = None
        self._why = _SILENT  # why no server took the last connection that was tried
        self._told = ""  # what the log lines say of it already
        self._closing: set[asyncio.Task[None]] = set()
        self._reading: asyncio.Future[dict[str, Any]] | None = None
        self._turn = asyncio.Lock()
        self._closed = False
        self._users = 1
        self._left = ""  # the address of a server that was left for another
        self._unanswered: dict[str, _Unanswered] = {}  # by stream
        self.made = 0  # connections: who listens on one listens on the next
        self.largest = 0  # bytes of a message, as the servers take them

    @property
    def connected(self) -> bool:
        """Whether a server answers now, as far as is known."""
        return self._client is not None and self._client.is_connected

    async def client(self) -> Client:
        """The connection. Raises `LogUnavailable` when no server takes it within `ANSWER_S`."""
        async with self._turn:
            if self._client is not None and not self._client.is_closed:
                return self._client
            self._client = None
            if self._closed:
                raise LogUnavailable(f"{NAME}: it was closed")
            client, self._why = Client(), _SILENT
            try:
                async with asyncio.timeout(ANSWER_S):
                    how = await self._files()
                    await client.connect(
                        sorted(random.sample(self._addresses, len(self._addresses)), key=self._is_left),
                        dont_randomize=True,
                        error_cb=self._said,
                        disconnected_cb=self._lost,
                        reconnected_cb=self._found,
                        reconnect_time_wait=_RECONNECT_S,  # type: ignore[arg-type]
                        max_reconnect_attempts=-1,
                        ping_interval=_PING_S,
                        max_outstanding_pings=_PINGS,
                        pending_size=_BUFFER_BYTES,
                        name="vigie",
                        **how,
                    )
            except _NOT_ANSWERED as error:
                await _close(client)
                raise LogUnavailable(f"{NAME}: {self._why}") from error
            except BaseException:
                await _close(client)
                raise
            self._client, self.largest, self._why, self._told = client, client.max_payload, _SILENT, ""
            self.made += 1
            return client

    async def _files(self) -> dict[str, Any]:
        """What the connection is made with. Of a disk that hangs one thread waits, however often it is asked."""
        if self._reading is None:
            self._reading = asyncio.ensure_future(asyncio.to_thread(self._how))
        try:
            return await asyncio.shield(self._reading)
        finally:
            if self._reading.done():
                self._reading = None

    def _how(self) -> dict[str, Any]:
        # Before a word in the clear: who stands between could take TLS out of the server's first one.
        tls = {"tls": self._access.tls(), "tls_handshake_first": True} if self._by_tls else {}
        return {**self._access.credentials(), **tls}

    def lend(self) -> Self:
        """For one more who uses the connection, and closes it."""
        self._users += 1
        return self

    async def _request(
        self,
        of: str,
        subject: str,
        payload: bytes,
        decode: Callable[[bytes], _T],
        headers: dict[str, str] | None = None,
    ) -> _T:
        """The answer to one try. Raises `LogUnavailable`, and what is `_NOT_ANSWERED`."""
        client, loop = await self.client(), asyncio.get_running_loop()
        began = loop.time()
        try:
            answer = decode((await client.request(subject, payload, timeout=_TRY_S, headers=headers)).data)
        except _NOT_ANSWERED:
            if loop.time() - began < _IN_TIME_S:
                self._in_vain(of)
            raise
        self._unanswered.pop(of, None)
        return answer

    def _in_vain(self, of: str) -> None:
        """Nobody answered for this stream."""
        now = asyncio.get_running_loop().time()
        found = self._unanswered.get(of)
        if found is None or now - found.last > _ELSEWHERE_S:
            found = self._unanswered[of] = _Unanswered(now, now)
        found.last, found.times = now, found.times + 1
        if found.times >= _UNHEEDED and now - found.since >= _ELSEWHERE_S:
            self._unanswered.clear()
            self.elsewhere()

    def elsewhere(self) -> None:
        """Leave the server that answers for another."""
        if (client := self._client) is not None and client.is_connected:
            self._left = client.connected_url.netloc if client.connected_url is not None else ""
            self._leave(client)

    def _is_left(self, address: str) -> bool:
        return address.rpartition("/")[2] == self._left

    def _leave(self, client: Client) -> None:
        """The next call begins anew."""
        self._closing.add(task := asyncio.create_task(_close(client)))
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Let go of the connection, with the last who uses it."""
        self._users -= 1
        if self._users:
            return
        async with self._turn:
            self._closed = True
            client, self._client = self._client, None
            if client is not None:
                await _close(client)

    @hearing
    async def put(
        self,
        subject: str,
        payload: bytes,
        *,
        id: str,
        after: int | None = None,
        after_all: int | None = None,
        behind: str = "",
    ) -> Put:
        """Store a message whose id is new, if the last one of its subject is `after` (or of the stream, `after_all`).

        `behind`: and if the last one of the stream has this id.
        Raises `LogUnavailable` when that is not known within `ANSWER_S`: it may be stored all the same, or later.
        """
        call = secrets.token_hex(8)
        headers = {"Nats-Msg-Id": id, _CALL: call}
        if after is not None:
            headers["Nats-Expected-Last-Subject-Sequence"] = str(after)
        if after_all is not None:
            headers["Nats-Expected-Last-Sequence"] = str(after_all)
        if behind:
            headers["Nats-Expected-Last-Msg-Id"] = behind
        until = asyncio.get_running_loop().time() + ANSWER_S
        doubtful, why, pending = False, "", 0
        while True:
            try:
                ack = await self._request(_stream_of(subject), subject, payload, _ack_decoder.decode, headers)
            except _NOT_ANSWERED as error:
                doubtful = doubtful or not isinstance(error, NoRespondersError)
            except msgspec.DecodeError:
                doubtful, why = True, "a server of its cluster answers what is no answer"
            else:
                if ack.error is None and not ack.duplicate:
                    return Put("stored", ack.seq, doubtful)
                code = ack.error.err_code if ack.error is not None else 0
                if code == _PENDING or (ack.duplicate and not ack.seq):
                    pending += 1
                    if pending >= _PENDINGS:
                        return Put("pending", doubtful=doubtful)
                elif ack.error is None:
                    own = doubtful and await self._call_of(subject, ack.seq) == call
                    return Put("stored" if own else "there", ack.seq, doubtful)
                elif code in _MOVED:
                    return Put("moved", doubtful=doubtful)
                else:
                    doubtful, why = True, f"its cluster can't store now ({code})"
            if asyncio.get_running_loop().time() > until:
                raise LogUnavailable(f"{NAME}: {why or self._why}")
            await asyncio.sleep(_PAUSE_S)

    async def put_in_order(
        self, messages: Iterable[tuple[str, bytes, str]], after_all: int
    ) -> list[Put | BaseException]:
        """Store messages, each a subject, a payload and an id, if the one before it is the last of the stream.

        They are sent at once: what fails takes all later along, also where somebody else's message has its position.
        """
        sent, behind = [], ""
        for n, (subject, payload, id) in enumerate(messages):
            sent.append(self.put(subject, payload, id=id, after_all=after_all + n, behind=behind))
            behind = id
        return await asyncio.gather(*sent, return_exceptions=True)

    @hearing
    async def ask(self, what: str, body: object = None) -> dict[str, Any]:
        """JetStream's answer to a request of its API. Raises `ApiError` and `LogUnavailable`."""
        until = asyncio.get_running_loop().time() + ANSWER_S
        payload = msgspec.json.encode(body) if body is not None else b""
        while True:
            with contextlib.suppress(*_NOT_ANSWERED):
                return await self._request(what.rpartition(".")[2], f"$JS.API.{what}", payload, _told)
            if asyncio.get_running_loop().time() > until:
                raise LogUnavailable(f"{NAME}: {self._why}")
            await asyncio.sleep(_PAUSE_S)

    async def last(self, stream: str, subject: str) -> Message | None:
        """The last message of a subject, by the stream's leader."""
        return await self._message(stream, {"last_by_subj": subject})

    async def next(self, stream: str, subject: str, after: int) -> Message | None:
        """The first message above this position whose subject is one of these (`NAME.some.*`)."""
        return await self._message(stream, {"seq": after + 1, "next_by_subj": subject})

    async def delete(self, stream: str, seq: int) -> None:
        """Delete a message, its bytes overwritten where they lie. Raises `LogUnavailable`."""
        try:  # without `no_erase`
            await self.ask(f"STREAM.MSG.DELETE.{stream}", {"seq": seq})
        except ApiError as error:
            if error.code not in (_NO_MESSAGE, _DELETED):
                raise LogUnavailable(f"{NAME}: what is erased can't be deleted now ({error.code})") from error

    async def end(self, stream: str) -> int:
        """The position of the stream's last message."""
        return int((await self.ask(f"STREAM.INFO.{stream}"))["state"]["last_seq"])

    async def at(self, stream: str, seq: int) -> Message | None:
        """The message at this position."""
        return await self._message(stream, {"seq": seq})

    async def _message(self, stream: str, which: dict[str, object]) -> Message | None:
        try:
            found = (await self.ask(f"STREAM.MSG.GET.{stream}", which))["message"]
        except ApiError as error:
            if error.code == _NO_MESSAGE:
                return None
            raise LogUnavailable(f"{NAME}: its cluster can't read now ({error.code})") from error
        return Message(int(found["seq"]), str(found["subject"]), _bytes(found.get("data", "")))

    async def _call_of(self, subject: str, seq: int) -> str:
        stream = _stream_of(subject)
        found = (await self.ask(f"STREAM.MSG.GET.{stream}", {"seq": seq}))["message"]
        lines = _bytes(found.get("hdrs", "")).decode(errors="replace").splitlines()
        return next((line.partition(":")[2].strip() for line in lines if line.startswith(f"{_CALL}:")), "")

    async def make_stream(self, name: str, replicas: int, **shape: object) -> None:
        """Make a stream where there is none. Its subjects begin with its own name. Raises `LogUnavailable`."""
        config = {
            "name": name,
            "subjects": [f"{name}.>"],
            "retention": "limits",
            "storage": "file",
            "discard": "new",
            "num_replicas": replicas,
            "duplicate_window": int(WINDOW_S * _NS),
            **shape,
        }
        until = asyncio.get_running_loop().time() + _MADE_S
        while True:
            try:
                await self.ask(f"STREAM.CREATE.{name}", config)
                return
            except ApiError as error:
                if error.code == _OTHER_SHAPE:  # it is there
                    return
                # A cluster that has just started knows of no room anywhere for some seconds.
                if asyncio.get_running_loop().time() > until:
                    raise LogUnavailable(f"{NAME}: its stream can't be made: {error}") from error
            await asyncio.sleep(_PAUSE_S)

    @hearing
    async def speak(self, subject: str, payload: bytes) -> bool:
        """Say something that is true for a moment, once: whether the majority of the servers took it within a second.

        Whoever listens (`hear`) hears it all the same. No stream may be there to take it (`make_spoken`).
        """
        try:
            client = await self.client()
            if not client.is_connected:  # it would be kept, and said when it is true no more
                return False
            return (await self._request(_stream_of(subject), subject, payload, _ack_decoder.decode)).error is None
        except (LogUnavailable, msgspec.DecodeError, *_NOT_ANSWERED):
            return False

    async def hear(self, subject: str, callback: Callable[[bytes], None]) -> Callable[[], Awaitable[None]]:
        """Be told, on the loop, of all that anybody says on these subjects. Returns what ends it. Raises `LogUnavailable`."""

        async def came(message: Msg) -> None:
            callback(message.data)

        listening = await (await self.client()).subscribe(subject, cb=came)

        async def end() -> None:
            with contextlib.suppress(*_NOT_ANSWERED):
                await listening.unsubscribe()

        return end

    async def make_spoken(self, name: str, replicas: int) -> None:
        """Make the stream that takes what is spoken: in memory, the last of each subject, for 10 s. Raises `LogUnavailable`."""
        window = int(_SPOKEN_S * _NS)
        await self.make_stream(
            name,
            replicas,
            storage="memory",
            discard="old",
            max_msgs_per_subject=1,
            max_age=window,
            duplicate_window=window,
        )

    async def _lost(self) -> None:
        if self._client is not None:
            _logger.warning("the log's cluster is cut off")

    async def _found(self) -> None:
        self._why, self._told = _SILENT, ""
        _logger.warning("the log's cluster is found again")

    async def _said(self, error: Exception) -> None:
        """What the library says of a connection it goes on to seek; its words may hold an address."""
        _logger.debug("the log's cluster: %s", type(error).__name__)
        if why := refusal(error):
            if why != self._told:
                _logger.warning("%s: %s", NAME, why)
            self._why = self._told = why
            await asyncio.sleep(_REFUSED_S)  # asyncio has a line of the log for each
            if (client := self._client) is not None and not client.is_connected:
                # What seeks has the files' content of before: the next call begins anew.
                self._leave(client)


async def _close(client: Client) -> None:
    with contextlib.suppress(Exception):
        async with asyncio.timeout(1):
            await client.close()


def _bytes(text: str) -> bytes:
    return msgspec.json.decode(f'"{text}"', type=bytes)


def is_status(message: Msg) -> str:
    """The status of a message that is none of a stream's; "" for one that is."""
    return str((message.headers or {}).get("Status", ""))


def _told(answer: bytes) -> dict[str, Any]:
    """What JetStream's API says. Raises `ApiError`, and NoRespondersError where nothing leads now."""
    found: dict[str, Any] = json.loads(answer)
    error = found.get("error")
    if error is None:
        return found
    if error.get("code") == 503 or error.get("err_code") == _NO_PEERS:
        raise NoRespondersError
    raise ApiError(int(error.get("err_code", 0)), str(error.get("description", "")))


def _stream_of(subject: str) -> str:
    return subject.partition(".")[0]


def subject_of(name: str, stream: str) -> str:
    """The subject of a log stream: any name makes one."""
    return f"{name}.of.{hashlib.sha256(stream.encode()).hexdigest()}"

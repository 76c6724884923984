"""Serves the alarm feed to any number of clients, as docs/protocol.md says."""

import asyncio
import hmac
import logging
import ssl as tls
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from feeds import decoding as wire
from feeds.gateway.lines import Lines
from feeds.gateway.store import MAX_HELD, Published, Store
from feeds.gateway.subscription import EXPIRES_S, Subscription
from incidents.clock import Clock, SystemClock
from incidents.events import stamp
from incidents.listening_port import listening

MAX_FRAME = 1 << 20  # bytes of a client's frame
MAX_SUBSCRIPTIONS = 8  # on one connection

_silent = logging.getLogger(f"{__name__}.wire")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False
_silent.setLevel(logging.CRITICAL + 1)


class Gateway:
    """One feed. `epoch` None: a new one at each start, since the numbers begin anew. With `token`, clients must bear it; without
    one, of one address few are served. Pages in browsers are not, whatever they bear.

    `exercise`: it tells each client that nothing it sends is real; a live desk does not take it. `most`: messages held at most.
    `lines` bounds its connections.
    """

    def __init__(
        self,
        name: str,
        *,
        epoch: str | None = None,
        keep_s: float = 86_400.0,
        clock: Clock | None = None,
        token: str | None = None,
        heartbeat_s: float = 5.0,
        answer_s: float = 5.0,
        per_frame: int = 100,
        exercise: bool = False,
        most: int = MAX_HELD,
        lines: Lines | None = None,
    ) -> None:
        self.name = name
        self._clock = clock or SystemClock()
        self.store = Store(keep_s, self._clock, most)
        self.epoch = epoch or stamp(self._clock.now())
        self.lines = lines or Lines()
        self._token = token
        self._exercise = exercise
        self._heartbeat_s = heartbeat_s
        self._answer_s = answer_s
        self._per_frame = per_frame
        self._subscriptions: dict[str, Subscription] = {}
        self._server: Server | None = None
        self._secure = False
        self._numbers = 0

    async def start(self, host: str = "127.0.0.1", port: int = 0, *, ssl: tls.SSLContext | None = None) -> None:
        """Listen; port 0 takes a free one. Raises CannotListen."""
        self._secure = ssl is not None
        with listening(host, port):
            self._server = await serve(
                self._serve,
                host,
                port,
                ssl=ssl,
                process_request=self._admit,
                create_connection=self.lines.kind(),
                logger=_silent,
                compression=None,
                max_size=MAX_FRAME,
                ping_interval=5,
                ping_timeout=5,
                close_timeout=1,
            )

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    @property
    def listening(self) -> bool:
        """Whether clients can connect."""
        return self._server is not None

    @property
    def url(self) -> str:
        """Where clients connect. Only after `start`."""
        assert self._server is not None
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "localhost"}.get(host, f"[{host}]" if ":" in host else host)
        return f"{'wss' if self._secure else 'ws'}://{host}:{port}/feed"

    @property
    def clients(self) -> int:
        """How many subscriptions are served now."""
        return len(self._subscriptions)

    async def publish(self, fields: Mapping[str, Any]) -> Published:
        """Number a message, keep it and send it to all. `fields` are the protocol's, `seq` left out; `id`, `at` optional.

        `at`, where given, is a `datetime` with its offset, or RFC 3339.
        """
        published = self.store.add(fields, self._clock.now())
        self.wake()
        return published

    def wake(self) -> None:
        """Send what was added to the store."""
        for subscription in self._subscriptions.values():
            subscription.wake()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if "Origin" in request.headers:  # a page in a browser of this machine would read where everybody was
            return connection.respond(HTTPStatus.FORBIDDEN, "browsers may not read\n")
        offered, known = ",".join(request.headers.get_all("Authorization")), self._token is not None
        if known and not hmac.compare_digest(offered.encode(errors="replace"), f"Bearer {self._token}".encode()):
            return connection.respond(HTTPStatus.UNAUTHORIZED, "a bearer token is needed\n")
        if not self.lines.let_in(connection, known=known):
            return connection.respond(HTTPStatus.TOO_MANY_REQUESTS, "too many connections\n")
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        own: dict[str, tuple[Subscription, asyncio.Task[None]]] = {}
        try:
            async for raw in connection:
                await self._hear(connection, raw.encode() if isinstance(raw, str) else bytes(raw), own)
        except ConnectionClosed:
            pass
        finally:
            for _, task in own.values():
                task.cancel()
            await asyncio.gather(*(task for _, task in own.values()), return_exceptions=True)

    async def _hear(
        self, connection: ServerConnection, raw: bytes, own: dict[str, tuple[Subscription, asyncio.Task[None]]]
    ) -> None:
        frame = wire.decode_frame(raw)
        match frame:
            case wire.Subscribe():
                await self._subscribe(connection, frame, own)
            case wire.EventResponse():
                for subscription, _ in own.values():
                    if subscription.answered(frame.transaction, frame.status):
                        break
            case wire.Unsubscribe():
                found = own.pop(frame.subscription, None)
                if found is None:
                    answer = wire.unsubscribe_response(frame.request, frame.subscription, 404, "no such subscription")
                else:
                    found[1].cancel()
                    answer = wire.unsubscribe_response(frame.request, frame.subscription)
                await connection.send(answer, text=True)
            case _:
                pass  # a client's confirmations, and what no client should say: nothing hangs on them

    async def _subscribe(
        self,
        connection: ServerConnection,
        asked: wire.Subscribe,
        own: dict[str, tuple[Subscription, asyncio.Task[None]]],
    ) -> None:
        for id_ in [id_ for id_, (_, task) in own.items() if task.done()]:
            del own[id_]
        fault = asked.fault or ((429, "too many subscriptions") if len(own) >= MAX_SUBSCRIPTIONS else None)
        if fault:
            await connection.send(wire.subscribe_response(asked.request, status=fault[0], text=fault[1]), text=True)
            return
        self._numbers += 1
        subscription = Subscription(
            f"{self.name}-{self._numbers}",
            connection,
            self.store,
            self._clock,
            after=asked.after or 0,
            heartbeat_s=self._heartbeat_s,
            answer_s=self._answer_s,
            per_frame=self._per_frame,
        )
        self.store.forget()
        response = wire.subscribe_response(
            asked.request,
            subscription=subscription.id,
            expires_s=EXPIRES_S,
            feed=self.name,
            epoch=self.epoch,
            oldest=self.store.oldest,
            head=self.store.head,
            exercise=self._exercise,
        )
        await connection.send(response, text=True)
        self._subscriptions[subscription.id] = subscription
        task = asyncio.create_task(subscription.run())
        task.add_done_callback(lambda _: self._subscriptions.pop(subscription.id, None))
        own[subscription.id] = (subscription, task)

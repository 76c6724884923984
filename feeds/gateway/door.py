"""The door of a feed: `POST /v1/messages` takes one message, and answers 202 once it is on disk. docs/gateway.md.

`/live` answers while the loop turns, `/health` says whether messages are taken; its details, and `/metrics`, are for who may
post, and for whom the door's owner says.
"""

import asyncio
import contextlib
import logging
import ssl as tls
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakSet

import msgspec
from tornado.http1connection import HTTP1Connection
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPMessageDelegate, HTTPServerRequest
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler, stream_request_body

from feeds.gateway.durable import Conflict, DurableFeed, Taken
from feeds.gateway.gateway import Gateway
from feeds.gateway.posted import LARGEST, Unfit, read_posted
from feeds.gateway.tokens import Tokens
from incidents.clock import Clock
from incidents.listening_port import listening
from incidents.log import LogUnavailable
from incidents.messages import Unreadable

PATH = "/v1/messages"
RETRY_S = 1  # after a 503
DRAINED = 8 << 20  # bytes of a refused body that are read: its client hears the answer
_BODY_S = 30.0  # a body is whole within
_FIRST_S = 10.0  # the headers of a connection's first request are whole within
_IDLE_S = 75.0  # those of a later one: more than a proxy keeps an idle connection

Bound = Callable[[Application], None]
Metrics = Callable[[], bytes]
Knows = Callable[[HTTPServerRequest], bool]

_logger = logging.getLogger(__name__)


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """202: the message is on disk under `seq`. `repeated`: it was before. `problems`: fields of a press that can't be read, and
    free words that a desk cuts."""

    id: str
    seq: int
    repeated: bool
    problems: tuple[Unreadable, ...]


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a message was not taken; it names a field, never its value. `seq`: the message that has its id."""

    error: str
    seq: int | None = None


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`ok`: messages are taken. `head`: the highest number given; `oldest`: the lowest held; `desks`: subscriptions served now.

    `failed`: why nothing can be written, else ""; `damaged`: the file of before was, and stands aside.
    """

    ok: bool
    head: int
    oldest: int
    held: int
    desks: int
    failed: str
    damaged: bool


class Door:
    """Serves one feed's door. With `tokens` or a context that asks for client certificates, one of them is needed.

    `knows`: who may read the metrics, and the details of `/health`, beside who may post. `answers`: how many posts were answered
    with each status.
    """

    def __init__(
        self,
        gateway: Gateway,
        feed: DurableFeed,
        clock: Clock,
        *,
        tokens: Tokens | None = None,
        knows: Knows = lambda request: False,
    ) -> None:
        self.gateway = gateway
        self.feed = feed
        self.clock = clock
        self.metrics: Metrics = bytes
        self.answers: Counter[int] = Counter()
        self._knows = knows
        self._tokens = tokens
        self._certificates = False
        self._server: HTTPServer | None = None
        self._begun = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.url = ""

    def start(
        self,
        host: str,
        port: int,
        *,
        ssl: tls.SSLContext | None = None,
        bound: Bound = lambda door: None,
        metrics: Metrics = bytes,
    ) -> None:
        """Listen at `url`; port 0 takes a free one. `bound` bounds its connections; `metrics` are those of `/metrics`.

        Raises CannotListen.
        """
        self.metrics = metrics
        self._certificates = ssl is not None and ssl.verify_mode != tls.CERT_NONE
        with listening(host, port, "the messages"):
            sockets = bind_sockets(port, host)
        given = {"door": self}
        application = Application(
            [(PATH, _Messages, given), ("/live", _Live), ("/health", _Health, given), ("/metrics", _Metrics, given)],
            log_function=lambda handler: None,
            default_handler_class=_Nothing,
        )
        bound(application)
        _expect_soon(application)
        self._server = HTTPServer(
            application,
            ssl_options=ssl,
            max_body_size=LARGEST,
            body_timeout=_BODY_S,
            no_keep_alive=False,
        )
        self._server.add_sockets(sockets)
        name = f"[{host}]" if ":" in host else host
        self.url = f"http{'s' if ssl else ''}://{name}:{sockets[0].getsockname()[1]}"

    def stop_listening(self) -> None:
        """Take no new connection; those that are open go on."""
        if self._server is not None:
            self._server.stop()

    async def settled(self, within_s: float) -> None:
        """Wait until every message that was begun is answered, for so long at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._idle.wait()

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """While a message is being taken."""
        self._begun += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._begun -= 1
            if not self._begun:
                self._idle.set()

    async def close(self) -> None:
        """Close what is open."""
        if self._server is not None:
            await self._server.close_all_connections()

    def may_post(self, handler: RequestHandler) -> bool:
        """Whether the request bears a token, or its connection a certificate; anybody where neither is asked for."""
        if self._tokens is None and not self._certificates:
            return True
        if self._certificates and handler.request.get_ssl_certificate():
            return True
        headers = handler.request.headers.get_list("Authorization")
        return self._tokens is not None and len(headers) == 1 and self._tokens.know(headers[0])

    def may_know(self, handler: RequestHandler) -> bool:
        """Whether the request may read how the gateway fares."""
        return self._knows(handler.request) or self.may_post(handler)


class _Answers(RequestHandler):
    ALLOW = "GET"

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        if "Origin" in self.request.headers:  # where nothing is asked for, a page in a browser of this machine could
            self.say(403, Problem(error="browsers may not ask"))

    def say(self, status: int, body: object) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode(body))

    def write_error(self, status_code: int, **why: Any) -> None:
        """What tornado itself refuses: without a trace, and with what would be taken."""
        if status_code == 405:
            self.set_header("Allow", self.ALLOW)
        self.say(status_code, Problem(error=self._reason))

    def log_exception(self, *failure: Any) -> None:
        """A fault of ours, by its kind: its words could quote a message."""
        _logger.error("a request could not be answered: %s", failure[0].__name__)


@stream_request_body
class _Messages(_Answers):
    ALLOW = "POST"

    def initialize(self, door: Door) -> None:
        self._door = door
        self._refused: tuple[int, str] | None = None
        self._body = bytearray()
        self._read = 0
        self._answered = False

    def prepare(self) -> None:
        connection, headers = self.request.connection, self.request.headers
        assert isinstance(connection, HTTP1Connection)
        connection.set_max_body_size(1 << 62)  # what is read is counted here
        if "Origin" in headers:
            self._refuse(403, "browsers may not post")
        elif self.request.method != "POST":
            self.set_header("Allow", self.ALLOW)
            self._refuse(405, "POST a message")
        elif not self._door.may_post(self):
            self.set_header("WWW-Authenticate", "Bearer")
            self._refuse(401, "a bearer token or a client certificate is needed")
        elif _length(headers) > LARGEST:
            self._too_large()
        # Who waits to be asked for the body sends none; of one that is beyond all bounds nothing is read.
        soon = self.request.method != "POST" or headers.get("Expect") or _length(headers) > DRAINED
        if self._refused and soon:
            self._answer_refused()

    def data_received(self, chunk: bytes) -> None:
        """One part of the body."""
        self._read += len(chunk)
        if self._refused is None and self._read > LARGEST:
            self._too_large()
        if self._refused is None:
            self._body += chunk
        elif self._read > DRAINED:
            self._answer_refused()

    async def post(self) -> None:
        """Take the message."""
        if self._refused:
            self._answer_refused()
            return
        door, received = self._door, self._door.clock.now()
        found = read_posted(door.gateway.name, bytes(self._body), received=received)
        if isinstance(found, Unfit):
            self.say(413 if found.too_large else 400, Problem(error=found.reason))
            return
        with door.answering():  # of a broken body each press is tried, whatever becomes of the others
            answers = await asyncio.gather(*map(door.feed.take, found), return_exceptions=True)
        taken = [one for one in answers if isinstance(one, Taken)]
        conflicts = [one for one in answers if isinstance(one, Conflict)]
        if len(taken) + len(conflicts) == len(answers):
            if taken:
                self.say(202, _receipt(taken, conflicts))
            else:
                self.say(409, Problem(error=str(conflicts[0]), seq=conflicts[0].seq))
            return
        for failure in answers:
            if isinstance(failure, BaseException) and not isinstance(failure, Conflict | LogUnavailable):
                raise failure
        self.set_header("Retry-After", str(RETRY_S))
        self.say(503, Problem(error="not taken: it can't be written now"))

    def _too_large(self) -> None:
        self._refuse(413, "larger than 1 MiB")

    def _refuse(self, status: int, why: str) -> None:
        self._refused = status, why
        self._body.clear()

    def _answer_refused(self) -> None:
        if self._refused and not self._answered:
            self._answered = True
            self.set_header("Connection", "close")
            self.say(self._refused[0], Problem(error=self._refused[1]))

    def on_finish(self) -> None:
        """Answered: it is counted."""
        self._door.answers[self.get_status()] += 1


class _Live(_Answers):
    def get(self) -> None:
        """The loop turns."""
        self.say(200, {"ok": True})


class _Health(_Answers):
    def initialize(self, door: Door) -> None:
        self._door = door

    def get(self) -> None:
        """Whether messages are taken."""
        feed, store = self._door.feed, self._door.gateway.store
        ok = not feed.failed
        known = self._door.may_know(self)
        more = Health(
            ok=ok,
            head=store.head,
            oldest=store.oldest,
            held=len(store),
            desks=self._door.gateway.clients,
            failed=feed.failed,
            damaged=feed.damaged,
        )
        self.say(200 if ok else 503, more if known else {"ok": ok})


class _Metrics(_Answers):
    def initialize(self, door: Door) -> None:
        self._door = door

    def get(self) -> None:
        """The metrics, for Prometheus."""
        if self._door.may_know(self):
            self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.finish(self._door.metrics())
        else:
            self.say(403, Problem(error="only for this machine, with the health token, or for who may post"))


class _Nothing(_Answers):
    ALLOW = ""

    def prepare(self) -> None:
        super().prepare()
        if "Origin" not in self.request.headers:
            self.say(404, Problem(error="no such address"))


def _length(headers: HTTPHeaders) -> int:
    """Of the body, as it is said; 0 where it is not."""
    said = headers.get("Content-Length", "")
    return int(said[:20]) if said.isdecimal() else 0


def _expect_soon(application: Application) -> None:
    """Close a connection that says nothing: the first request comes soon, a later one may be long in coming."""
    begun, known = application.start_request, WeakSet[IOStream]()

    def start_request(server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        assert isinstance(request_conn, HTTP1Connection)
        delegate = begun(server_conn, request_conn)
        request_conn.params.header_timeout = _IDLE_S if request_conn.stream in known else _FIRST_S
        known.add(request_conn.stream)
        return delegate

    application.start_request = start_request  # type: ignore[method-assign]  # of this application alone


def _receipt(taken: list[Taken], conflicts: list[Conflict]) -> Receipt:
    first = taken[0]  # of a broken body that held several
    problems = tuple(problem for one in taken for problem in one.problems)
    problems += tuple(Unreadable("id", "another content was given under it") for _ in conflicts)
    return Receipt(id=first.id, seq=first.seq, repeated=all(one.repeated for one in taken), problems=problems)

"""A real desk on a real log with its sender, and zones' dispatches that answer over HTTP as they are told."""

import asyncio
import json
import socket
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from centre.assembly import Core
from feeds.orders.sender import OrderSender, OrderTimes
from feeds.posting import Poster
from incidents import commands as cmd
from incidents.desk.desk import Desk
from incidents.incident import Incident, Order
from incidents.log.sqlite import SqliteLog
from incidents.messages import Fix, Message, PressReport
from tests.incidents.conftest import DrivenClock, FewCases, FewZones
from tests.people import dispatcher

QUICK = OrderTimes(request_s=1.0, retry_s=0.3)
ACTOR = "somebody"
Answer = int | tuple[int, bytes] | Callable[[RequestHandler], Awaitable[None]]


class Zone:
    """A zone's dispatch that answers as it is told, 200 when it is told nothing."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.answers: deque[Answer] = deque()
        self.always: Answer = 200
        self.received: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.requests: list[HTTPServerRequest] = []
        (self._socket,) = bind_sockets(0, "127.0.0.1", socket.AF_INET)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._socket.getsockname()[1]}/orders"
        self._server: HTTPServer | None = None

    def up(self) -> None:
        zone = self

        class Orders(RequestHandler):
            async def post(self) -> None:
                zone.received.append(json.loads(self.request.body))
                zone.requests.append(self.request)
                zone.keys.append(self.request.headers["Idempotency-Key"])
                answer = zone.answers.popleft() if zone.answers else zone.always
                if isinstance(answer, int):
                    self.set_status(answer)
                elif isinstance(answer, tuple):
                    self.set_status(answer[0])
                    self.write(answer[1])
                else:
                    await answer(self)

        self._server = HTTPServer(Application([("/orders", Orders)]), ssl_options=self._tls)
        self._server.add_socket(self._socket)

    async def down(self) -> None:
        if self._server is not None:
            self._server.stop()
            await self._server.close_all_connections()
        self._socket.close()

    @property
    def updates(self) -> list[tuple[int, str]]:
        return [(body["update"], body["why"]) for body in self.received]


class Floor:
    """A desk with its sender, and the steps of an intervention."""

    def __init__(self, desk: Desk, sender: OrderSender, clock: DrivenClock) -> None:
        self.desk, self.sender, self.clock = desk, sender, clock
        self._made = 0

    def name(self) -> str:
        self._made += 1
        return f"{id(self)}-{self._made:06d}"

    async def alarm(self, device: str = "AMR-00412") -> Incident:
        await self.press(device)
        incident = self.of(device)
        await self.do(cmd.Acknowledge, incident)
        return incident

    async def press(self, device: str = "AMR-00412") -> None:
        report = PressReport(device=device, press="hold", fix=Fix(51.0536, 3.7253, 18.0))
        await self.desk.receive(Message(feed="test", id=self.name(), at=self.clock.now(), report=report))

    async def do(self, kind: type[cmd.OnIncident], incident: Incident, **fields: Any) -> None:
        await self.desk.command(kind(id=self.name(), incident=incident.id, **fields), dispatcher(ACTOR))  # type: ignore[arg-type]

    async def routed(self, zone: str = "5415", device: str = "AMR-00412") -> Incident:
        incident = await self.alarm(device)
        await self.do(cmd.Route, incident, zone=zone)
        return incident

    async def close(self, incident: Incident) -> None:
        fields = {"as_class": "test", "outcome": "test_ok", "reason": "agreed", "verified": "technician_present"}
        await self.do(cmd.Close, incident, anyway=True, **fields)

    def of(self, device: str) -> Incident:
        return self.desk.board.of_device(device)[0]

    def now(self, incident: Incident) -> Incident:
        return self.desk.board.incidents[incident.id]

    def order(self, incident: Incident) -> Order:
        order = self.now(incident).order
        assert order is not None
        return order

    def states(self, incident: Incident) -> list[str]:
        return [outgoing.state for outgoing in self.order(incident).outbox]


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock()


@pytest.fixture
async def zones() -> AsyncIterator[dict[str, Zone]]:
    made = {"5415": Zone(), "5416": Zone()}
    made["5415"].up()
    made["5416"].up()
    yield made
    for zone in made.values():
        await zone.down()


@pytest.fixture
def open_floor(tmp_path: Path, clock: DrivenClock, zones: dict[str, Zone]) -> Callable[..., Any]:
    """Open the same log with a sender, again and again as after a restart."""

    @asynccontextmanager
    async def opened(sending: bool = True, poster: Poster | None = None) -> AsyncIterator[Floor]:
        log = await SqliteLog.open(tmp_path / "vigie.log")

        def address(zone: str) -> str | None:
            return zones[zone].url if zone in zones else None

        core = Core(log, FewZones(), FewCases(), clock, addresses=address, order_times=QUICK, poster=poster)
        desk, sender = core.desk, core.orders
        await desk.open()
        task = asyncio.create_task(sender.run()) if sending else None
        try:
            yield Floor(desk, sender, clock)
        finally:
            if task is not None:
                assert not task.done()
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await desk.close()
            await log.close()

    return opened


@pytest.fixture
async def floor(open_floor: Callable[..., Any]) -> AsyncIterator[Floor]:
    async with open_floor() as floor:
        yield floor

"""A zone's dispatch that is not there: takes orders over HTTP and lets units drive, for the demo and the tests.

It answers as docs/orders.md asks of a zone and reports over a feed: accepted after some seconds, a unit that drives to the newest
position, on the scene, done. Now and then it declines. The same seed gives the same sequence of moods.
"""

import asyncio
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec
from cryptography.x509 import Certificate
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from feeds.posting import SIGNATURE, is_signed
from incidents.clock import Clock, SystemClock
from incidents.events import UpdateReason, stamp
from incidents.listening_port import listening
from incidents.messages import OrderState, UnitStatus

Answer = Literal["accept", "decline", "silence"]

LARGEST_ORDER_BYTES = 1 << 20
REPORT_EVERY_S = 3.0  # a unit that drives
STANDS_DOWN_S = 4.0  # until a patrol that is called back has answered
PATROL_EVERY_S = 40.0  # a unit that does not
ARRIVED_M = 40.0
REFUSALS = {  # by the first language of an order
    "nl": ("geen ploeg vrij", "de weg is afgesloten, vraag de naburige zone", "alle ploegen zijn bij een ongeval"),
    "fr": ("pas de patrouille libre", "route barrée, demander à la zone voisine", "patrouilles toutes sur un accident"),
    "de": ("kein Team frei", "Straße gesperrt, Nachbarzone fragen", "alle Teams sind bei einem Unfall"),
    "en": ("no unit is free", "the road is closed, ask the neighbouring zone", "all units are at an accident"),
}

_METRES_PER_DEGREE = 111_320.0


class Publisher(Protocol):
    """A feed that sends messages on, `feeds.gateway.Gateway` for one."""

    async def publish(self, fields: dict[str, Any], /) -> object: ...


class Point(msgspec.Struct, frozen=True):
    """A place in degrees, WGS 84."""

    lat: float
    lon: float


class OrderBody(msgspec.Struct, frozen=True, kw_only=True):
    """What this dispatch reads of an order; a real one reads more."""

    order: str
    update: int
    incident: str
    zone: str
    lang: str = "en"
    why: UpdateReason = "new"
    asked_unit: str = ""
    fix: Point | None = None

    @property
    def refusals(self) -> tuple[str, ...]:
        """How it may be declined, in its language."""
        return REFUSALS.get(self.lang.partition(" ")[0], REFUSALS["en"])


class Plan(msgspec.Struct, frozen=True):
    """How an order will be answered, `after` seconds. silence: it is taken, and never heard of again."""

    answer: Answer
    reason: str = ""
    after: float = 5.0


class Dispatch:
    """The dispatch of all zones at one address. `speed` 10 makes everything ten times as fast. `await start()`, `await close()`.

    `stations` says where a zone's units wait; a zone without one gets a unit some kilometres from where it is needed.
    `manned` says whether a person answers for a zone: its orders are taken, and the rest is left to them.
    `certificate`: orders are taken where they are signed with it, without one from anybody.
    `wait` lets so many seconds pass, by the clock on the wall or another.
    """

    def __init__(
        self,
        feed: Publisher,
        *,
        seed: int = 0,
        speed: float = 1.0,
        stations: Mapping[str, Sequence[tuple[float, float]]] | None = None,
        declines: float = 0.08,
        manned: Callable[[str], bool] = lambda zone: False,
        certificate: Certificate | None = None,
        clock: Clock | None = None,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.url = ""
        self.certificate = certificate
        self._wait = wait
        self._plans: deque[Plan] = deque()
        self.taken: dict[str, None] = {}  # idempotency keys of the updates taken, in order
        self._newest: dict[str, int] = {}  # of each order, the update that counts
        self._feed = feed
        self._random = random.Random(seed)
        self._speed = speed
        self._declines = declines
        self._manned = manned
        self._clock = clock or SystemClock()
        self._units: dict[str, list[_Unit]] = {}
        for zone, places in (stations or {}).items():
            self._units[zone] = [_Unit(f"{zone}-{n}", zone, Point(*place)) for n, place in enumerate(places, 1)]
        self._interventions: dict[str, _Intervention] = {}
        self._server: HTTPServer | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def plan(self, plan: Plan) -> None:
        """Answer the next order like this, whatever the mood; several plans are for the next orders in turn."""
        self._plans.append(plan)

    async def start(self, host: str = "127.0.0.1", port: int = 0, path: str = "/orders") -> None:
        """Serve at `url`, and show the units that wait. Raises CannotListen."""
        with listening(host, port):
            sockets = bind_sockets(port, host)
        self._server = HTTPServer(
            Application([(path, _Orders, {"dispatch": self})], log_function=lambda handler: None),
            max_body_size=LARGEST_ORDER_BYTES,
        )
        self._server.add_sockets(sockets)
        self.url = f"http://{host}:{sockets[0].getsockname()[1]}{path}"
        for units in self._units.values():
            for unit in units:
                await self._show(unit, "available")
        self._start(self._patrol())

    async def close(self) -> None:
        """Stop serving; units stay where they are."""
        if self._server is not None:
            self._server.stop()
            await self._server.close_all_connections()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def take(self, key: str, body: OrderBody) -> tuple[int, str]:
        """Take an update of an order: the HTTP status, and the reason when it is declined."""
        if key in self.taken:
            return 409, ""
        if body.update < self._newest.get(body.order, 0):  # overtaken on its way, by its own cancellation for one
            self.taken[key] = None
            return 200, ""
        under_way = self._interventions.get(body.order)
        if body.why == "cancel" or (under_way is not None and under_way.zone != body.zone):
            if under_way is not None:
                await self._stand_down(under_way)
            elif body.why == "cancel" and not self._manned(body.zone):
                self._start(self._confirm(_Intervention(body.order, body.zone)))
            if body.why == "cancel":
                self._took(key, body)
                return 200, ""
            under_way = None
        if under_way is None and body.why in ("new", "reroute") and not self._manned(body.zone):
            plan = self._plans.popleft() if self._plans else None
            if plan is None and self._random.random() < self._declines / 2:
                return 422, self._random.choice(body.refusals)
            under_way = self._interventions[body.order] = _Intervention(body.order, body.zone)
            under_way.target, under_way.asked_unit = body.fix, body.asked_unit
            under_way.refusals = body.refusals
            under_way.task = self._start(self._intervene(under_way, random.Random(self._random.random()), plan))
        elif under_way is not None and body.fix is not None:
            under_way.target = body.fix
        self._took(key, body)
        return 202, ""

    def _took(self, key: str, body: OrderBody) -> None:
        self.taken[key], self._newest[body.order] = None, body.update

    def _start(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _intervene(self, order: "_Intervention", mood: random.Random, plan: Plan | None) -> None:
        """One intervention, from the order to the unit's return."""
        await self._pass(plan.after if plan else mood.uniform(3, 9))
        if plan is not None and plan.answer == "silence":
            return
        if plan.answer == "decline" if plan else mood.random() < self._declines / 2:
            self._interventions.pop(order.name, None)
            await self._say(order, "declined", reason=(plan.reason if plan else "") or mood.choice(order.refusals))
            return
        unit = order.unit = self._free_unit(order, mood)
        unit.busy = True
        try:
            await self._say(order, "accepted")
            await self._show(unit, "assigned")
            await self._pass(mood.uniform(5, 15))
            await self._say(order, "en_route")
            await self._drive(unit, order, mood)
            await self._show(unit, "on_scene")
            await self._say(order, "on_scene")
            await self._pass(mood.uniform(150, 420))
            await self._say(order, "done")
            await self._show(unit, "available")
        finally:
            unit.busy = False
            self._interventions.pop(order.name, None)

    async def _drive(self, unit: "_Unit", order: "_Intervention", mood: random.Random) -> None:
        """Towards the newest position, at 60 to 90 km/h, not quite straight, until it is reached."""
        if order.target is None:
            await self._show(unit, "en_route")
            await self._pass(mood.uniform(240, 540))
            return
        while (left_m := _distance_m(unit.at, order.target)) > ARRIVED_M:
            speed_mps = mood.uniform(60, 90) / 3.6
            course = _course(unit.at, order.target)
            bend = mood.uniform(-35, 35) if left_m > 400 else 0.0
            unit.at = _ahead(unit.at, course + bend, min(left_m, speed_mps * REPORT_EVERY_S))
            await self._show(unit, "en_route", speed_mps, (course + bend) % 360)
            await self._pass(REPORT_EVERY_S)

    async def _stand_down(self, order: "_Intervention") -> None:
        if order.task is not None:
            order.task.cancel()
            await asyncio.gather(order.task, return_exceptions=True)
        self._interventions.pop(order.name, None)
        if order.unit is not None:
            await self._show(order.unit, "available")
        self._start(self._confirm(order))

    async def _confirm(self, order: "_Intervention") -> None:
        """Say that a zone stands down; which one, for the order may have gone to another."""
        await self._pass(STANDS_DOWN_S)
        await self._say(order, "stood_down", zone=order.zone)

    async def _patrol(self) -> None:
        """Units that wait are seen now and then, some streets on."""
        mood = random.Random(self._random.random())
        while True:
            waiting = [unit for units in self._units.values() for unit in units if not unit.busy]
            for unit in waiting:
                if not unit.busy:
                    unit.at = _ahead(unit.at, mood.uniform(0, 360), mood.uniform(0, 200))
                    await self._show(unit, "available")
                await self._pass(PATROL_EVERY_S / len(waiting))
            if not waiting:
                await self._pass(PATROL_EVERY_S)

    def _free_unit(self, order: "_Intervention", mood: random.Random) -> "_Unit":
        units = self._units.setdefault(order.zone, [])
        waiting = [unit for unit in units if not unit.busy]
        free = next((unit for unit in waiting if unit.name == order.asked_unit), waiting[0] if waiting else None)
        if free is None:
            near = order.target or (units[0].at if units else Point(50.85, 4.35))
            free = _Unit(f"{order.zone}-{len(units) + 1}", order.zone, near)
            free.at = _ahead(near, mood.uniform(0, 360), mood.uniform(1500, 5000))
            units.append(free)
        return free

    async def _say(self, order: "_Intervention", state: OrderState, reason: str = "", zone: str = "") -> None:
        fields: dict[str, Any] = {"kind": "order", "order": order.name, "state": state}
        if order.unit is not None:
            fields["unit"] = order.unit.name
        if reason:
            fields["reason"] = reason
        if zone:
            fields["zone"] = zone
        await self._feed.publish(fields)

    async def _show(
        self, unit: "_Unit", status: UnitStatus, speed_mps: float = 0.0, course: float | None = None
    ) -> None:
        fix: dict[str, Any] = {
            "lat": round(unit.at.lat, 6),
            "lon": round(unit.at.lon, 6),
            "radius": 8.0,
            "confidence": 68,
            "method": "gnss",
            "time": stamp(self._clock.now()),
            "speed": round(speed_mps, 1),
        }
        if course is not None:
            fix["course"] = round(course, 1)
        await self._feed.publish({"kind": "unit", "unit": unit.name, "zone": unit.zone, "status": status, "fix": fix})

    async def _pass(self, seconds: float) -> None:
        await self._wait(seconds / self._speed)


class _Unit:
    def __init__(self, name: str, zone: str, at: Point) -> None:
        self.name = name
        self.zone = zone
        self.at = at
        self.busy = False


class _Intervention:
    def __init__(self, name: str, zone: str) -> None:
        self.name = name
        self.zone = zone
        self.target: Point | None = None
        self.asked_unit = ""
        self.refusals: tuple[str, ...] = REFUSALS["en"]
        self.unit: _Unit | None = None
        self.task: asyncio.Task[None] | None = None


class _Orders(RequestHandler):
    def initialize(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch

    def prepare(self) -> None:
        if "Origin" in self.request.headers:
            self._answer(403, "browsers may not order")

    async def post(self) -> None:
        headers = self.request.headers
        certificate, signature = self._dispatch.certificate, headers.get(SIGNATURE, "")
        if certificate is not None and not is_signed(self.request.body, signature, certificate):
            self._answer(401, "it is not signed by the centre")
            return
        try:
            body = msgspec.json.decode(self.request.body, type=OrderBody)
        except msgspec.DecodeError as error:
            self._answer(400, f"the order can't be read: {error}")
            return
        if (key := headers.get("Idempotency-Key", "")) != f"{body.order}-{body.update}":
            self._answer(400, "Idempotency-Key is not order and update")
            return
        status, reason = await self._dispatch.take(key, body)
        self._answer(status, reason)

    def _answer(self, status: int, reason: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode({"reason": reason} if reason else {}))


def _distance_m(a: Point, b: Point) -> float:
    """Over a few kilometres the earth is flat enough."""
    north = (b.lat - a.lat) * _METRES_PER_DEGREE
    east = (b.lon - a.lon) * _METRES_PER_DEGREE * math.cos(math.radians(a.lat))
    return math.hypot(north, east)


def _course(a: Point, b: Point) -> float:
    east = (b.lon - a.lon) * math.cos(math.radians(a.lat))
    return math.degrees(math.atan2(east, b.lat - a.lat)) % 360


def _ahead(a: Point, course: float, metres: float) -> Point:
    north, east = metres * math.cos(math.radians(course)), metres * math.sin(math.radians(course))
    return Point(
        a.lat + north / _METRES_PER_DEGREE,
        a.lon + east / (_METRES_PER_DEGREE * math.cos(math.radians(a.lat))),
    )

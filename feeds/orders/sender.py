"""Sends intervention orders to the zones' dispatch, in order and again until taken, late or given up (docs/orders.md).

What is to be sent stands in the log: a restart goes on where it was. Each order has a task of its own, so that a slow zone never
delays another. Nothing of a person is logged: zones, order numbers and HTTP answers only.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

import msgspec
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from feeds.orders.claims import Claims
from feeds.posting import Poster
from feeds.settings import Access
from incidents.board import Board, Change
from incidents.clock import Clock
from incidents.desk.desk import Desk
from incidents.incident import Incident, Outgoing

LOOK_EVERY_S = 0.25
ANSWER_BYTES = 64 << 10
REASON_LENGTH = 200
_FIRST_RETRY_S = 0.25
_IN_ORDER_S = 0.3  # for the answer to what is under way, before what calls it off is sent over another connection
_BARE = ("order", "update", "why", "at")
_AT_ONCE = 500  # requests under way; more wait their turn within their own time limit

_logger = logging.getLogger(__name__)

Addresses = Callable[[str], str | None]


class OrderTimes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seconds: for one request, until an update is late, until it is given up, and between two tries at most.

    `claim_s`: after so long without a sign of life of the server that delivers an update another one does.
    """

    request_s: float = 5.0
    late_s: float = 15.0
    given_up_s: float = 300.0
    retry_s: float = 5.0
    claim_s: float = 8.0


class OrdersHealth(msgspec.Struct, frozen=True, kw_only=True):
    """failed: an order of an open incident is late or was given up. Counts of updates under way and of incidents concerned."""

    state: Literal["ok", "failed"]
    waiting: int = 0
    undelivered: int = 0


class OrderSender:
    """The one sender of a desk's orders. `addresses` gives a zone's address; None: its orders go by radio.

    Where several servers have the log each has a sender: one of them claims an update before it sends it.
    """

    def __init__(
        self,
        desk: Desk,
        board: Board,
        *,
        addresses: Addresses,
        clock: Clock,
        times: OrderTimes | None = None,
        poster: Poster | None = None,
    ) -> None:
        self._desk = desk
        self._board = board
        self._addresses = addresses
        self._clock = clock
        self._times = times or OrderTimes()
        self._poster = poster or Poster(Access(), "orders")
        self._claims = Claims(desk, holds_s=self._times.claim_s, request_s=self._times.request_s)
        self._followed: dict[str, _Followed] = {}
        self._standing_down: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._client: SimpleAsyncHTTPClient | None = None

    async def run(self) -> None:
        """Send for ever. Cancel to end; what is not delivered then is taken up by the next run."""
        self._client = SimpleAsyncHTTPClient(force_instance=True, max_clients=_AT_ONCE, max_body_size=ANSWER_BYTES)
        unlisten = self._board.listen(self._notice)
        try:
            while True:
                for name in tuple(self._board.index.ordered):
                    try:
                        if (incident := self._board.incidents.get(name)) is not None:
                            await self._look(incident)
                    except Exception:
                        _logger.exception("an order could not be looked after; the others are")
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            unlisten()
            tasks = [followed.task for followed in self._followed.values()] + list(self._standing_down.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._followed.clear()
            self._standing_down.clear()
            self._client.close()

    def health(self) -> OrdersHealth:
        """How sending goes, from the board."""
        ordered = map(self._board.incidents.__getitem__, self._board.index.ordered)
        incidents = [incident for incident in ordered if incident.open]
        undelivered = sum(1 for incident in incidents if _undelivered(incident))
        waiting = sum(len(_due(incident)) for incident in incidents)
        return OrdersHealth(state="failed" if undelivered else "ok", waiting=waiting, undelivered=undelivered)

    def _notice(self, change: Change) -> None:
        incident = self._board.incidents.get(change.key) if change.kind == "incident" else None
        if incident is not None:
            self._follow(incident)

    async def _look(self, incident: Incident) -> None:
        """Say what is late or given up; see to it that the rest is being sent."""
        now = self._clock.now()
        for outgoing in _due(incident):
            age = now - outgoing.at
            if self._kept(incident, outgoing):
                await self._say_undelivered(incident, outgoing, "the case excludes this zone", final=True)
            elif not incident.open and outgoing.why != "cancel":
                await self._say_undelivered(incident, outgoing, "the incident was closed", final=True)
            elif not self._claims.free(incident, outgoing):
                continue  # who delivers it knows why it is late
            elif age >= timedelta(seconds=self._times.given_up_s):
                await self._say_undelivered(incident, outgoing, self._failure(outgoing.order), final=True)
            elif age >= timedelta(seconds=self._times.late_s) and outgoing.state == "pending":
                await self._say_undelivered(incident, outgoing, self._failure(outgoing.order), final=False)
        current = self._board.incidents.get(incident.id)
        if current is not None:
            self._follow(current)

    def _follow(self, incident: Incident) -> None:
        for name in dict.fromkeys(outgoing.order for outgoing in _due(incident)):
            followed = self._followed.get(name)
            if followed is None:
                self._followed[name] = followed = _Followed()
                followed.task = asyncio.create_task(self._send_all(name, followed), name="send an order")
            elif _due(incident, name)[0].update != followed.update:
                followed.news.set()

    async def _send_all(self, name: str, followed: "_Followed") -> None:
        """Send what is due of one order, the oldest first, until nothing is."""
        try:
            while (due := self._first_due(name)) is not None:
                incident, outgoing = due
                if outgoing.update != followed.update:
                    followed.update, followed.tries = outgoing.update, 0
                elif not followed.rested:
                    await followed.rest(self._times.retry_s)
                    continue  # what is due may be another now
                followed.rested = False
                followed.news.clear()
                try:
                    await self._send(incident, outgoing, followed)
                except Exception:
                    _logger.exception("order %s update %d: its sending stumbled and goes on", name, outgoing.update)
        finally:
            if self._followed.get(name) is followed:
                del self._followed[name]

    def _first_due(self, name: str) -> tuple[Incident, Outgoing] | None:
        incident = self._board.of_order(name)
        due = _due(incident, name) if incident is not None else ()
        if incident is None or not due or not (incident.open or due[0].why == "cancel"):
            return None
        given_up = self._clock.now() - due[0].at >= timedelta(seconds=self._times.given_up_s)
        return None if given_up else (incident, due[0])

    async def _send(self, incident: Incident, outgoing: Outgoing, followed: "_Followed") -> None:
        """One try. What the zone answered is told to the desk; a failure only stays with the order until it is late."""
        order, update = outgoing.order, outgoing.update
        if self._kept(incident, outgoing):
            followed.failure = "the case excludes this zone"
            return
        address = self._addresses(outgoing.zone)
        if address is None or not outgoing.body:
            followed.failure = "no address" if address is None else "nothing to send"
            return
        if not await self._claims.take(incident, outgoing):
            followed.tries = 0  # another server has it: it is looked at again soon
            return
        if self._desk.exclusions.zone(incident, outgoing.previous_zone):
            self._stand_down(order, bare(outgoing), address)
        else:
            self._stand_down(order, outgoing, address)
        to_excluded = self._desk.exclusions.zone(incident, outgoing.zone)
        answer = await self._ask(address, order, bare(outgoing) if to_excluded else outgoing, followed)
        if answer is None:
            return
        status, reason = answer
        if 200 <= status < 300 or status == 409 or (outgoing.why == "cancel" and status in (404, 410)):
            await self._desk.delivered(incident.id, order=order, update=update, zone=outgoing.zone, status=status)
        elif not 400 <= status < 500:
            followed.failure = f"HTTP {status}"
        elif not self._is_first_due(order, update):
            return  # it went elsewhere meanwhile: this refusal is no news of the other zone
        elif outgoing.why == "cancel":
            await self._say_undelivered(incident, outgoing, f"HTTP {status}", final=True)
        else:
            await self._desk.declined(incident.id, order=order, update=update, reason=reason)

    def _kept(self, incident: Incident, outgoing: Outgoing) -> bool:
        """Whether an update is kept from its zone, which the case excludes: all but that it need not come any more."""
        return outgoing.why != "cancel" and self._desk.exclusions.zone(incident, outgoing.zone)

    async def _ask(self, address: str, order: str, outgoing: Outgoing, followed: "_Followed") -> tuple[int, str] | None:
        """The zone's answer; None without one. A slow request is left when the order went elsewhere: the next can't wait long."""
        attempt = asyncio.create_task(self._post(address, order, outgoing))
        try:
            while not attempt.done():
                news = asyncio.create_task(followed.news.wait())
                await asyncio.wait({attempt, news}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
                followed.news.clear()
                due = self._first_due(order)
                newer = due is None or (due[1].update != outgoing.update and due[1].why in ("reroute", "cancel"))
                if newer:
                    await asyncio.wait({attempt}, timeout=_IN_ORDER_S)
                    if not attempt.done():
                        return None
            return attempt.result()
        except _NoAnswer as failure:
            followed.failure = str(failure)
            return None
        finally:
            attempt.cancel()
            await asyncio.gather(attempt, return_exceptions=True)

    def _is_first_due(self, order: str, update: int) -> bool:
        due = self._first_due(order)
        return due is not None and due[1].update == update

    def _stand_down(self, order: str, outgoing: Outgoing, address: str) -> None:
        """Tell the zone that was left, if it has another address, once for each re-route."""
        left = self._addresses(outgoing.previous_zone) if outgoing.why == "reroute" else None
        key = (order, outgoing.update)
        if left is None or left == address or key in self._standing_down:
            return

        async def tell() -> None:
            ends = outgoing.at + timedelta(seconds=self._times.given_up_s)
            while self._clock.now() < ends:
                try:
                    status, _ = await self._post(left, order, outgoing)
                    if 200 <= status < 500:
                        return
                except _NoAnswer:
                    pass
                await asyncio.sleep(self._times.retry_s)
            _logger.warning("zone %s could not be told that order %s went elsewhere", outgoing.previous_zone, order)

        self._standing_down = {k: task for k, task in self._standing_down.items() if k[0] == order or not task.done()}
        self._standing_down[key] = asyncio.create_task(tell(), name="tell a zone to stand down")

    async def _post(self, address: str, order: str, outgoing: Outgoing) -> tuple[int, str]:
        """The HTTP status, and why the zone declines. Raises `_NoAnswer`.

        A status counts as soon as it was read: whatever follows it, the zone has decided.
        """
        assert self._client is not None
        status = 0
        answer = bytearray()

        def header(line: str) -> None:
            nonlocal status
            if line.startswith("HTTP/"):
                code = line.split(" ", 2)[1:2]
                status = int(code[0]) if code and code[0].isdecimal() else 0

        try:
            response = await self._client.fetch(
                self._poster.request(
                    address,
                    outgoing.body.encode(),
                    within_s=self._times.request_s,
                    headers={"Idempotency-Key": outgoing.key},
                    header_callback=header,
                    streaming_callback=answer.extend,
                ),
                raise_error=False,
            )
            status = response.code
        except Exception as error:
            if not status:
                raise _NoAnswer(_why(error)) from error
        return status, _reason(status, bytes(answer))

    def _failure(self, order: str) -> str:
        followed = self._followed.get(order)
        return (followed.failure if followed else "") or "no answer"

    async def _say_undelivered(self, incident: Incident, outgoing: Outgoing, why: str, *, final: bool) -> None:
        await self._desk.undelivered(
            incident.id,
            order=outgoing.order,
            update=outgoing.update,
            zone=outgoing.zone,
            why=why,
            final=final,
        )


class _NoAnswer(Exception):
    """The zone gave no answer: why, in words for the screen."""


class _Followed:
    """One order under way: its task, the update it is at and how it went, and whether something newer stands first."""

    task: "asyncio.Task[None]"

    def __init__(self) -> None:
        self.update = 0
        self.tries = 0
        self.rested = False
        self.failure = ""
        self.news = asyncio.Event()

    async def rest(self, longest_s: float) -> None:
        """Wait before the same update is sent again, longer each time, or until there is news."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(_FIRST_RETRY_S * 2**self.tries, longest_s)):
                await self.news.wait()
        self.rested = not self.news.is_set()
        self.tries = min(self.tries + self.rested, 10)
        self.news.clear()


def bare(outgoing: Outgoing) -> Outgoing:
    """An update for a zone that the case excludes: that an order ended or went elsewhere, and nothing of whose it was."""
    body = msgspec.json.decode(outgoing.body or b"{}")
    return msgspec.structs.replace(
        outgoing, body=msgspec.json.encode({k: body[k] for k in _BARE if k in body}).decode()
    )


def _due(incident: Incident, name: str = "") -> tuple[Outgoing, ...]:
    """What may still be sent of an incident's orders, the oldest first; of one of them when it is named.

    Once the order itself was given up, a later update of it would deliver it late; once it was declined, nobody waits for one.
    """
    order = incident.order
    if order is None:
        return ()
    lost = any(o.state == "failed" and o.why in ("new", "reroute") and o.zone == order.zone for o in order.outbox)
    return tuple(
        o
        for o in order.outbox
        if o.waits
        and (not name or o.order == name)
        and (o.why == "cancel" or (order.alive and not lost and o.zone == order.zone))
    )


def _undelivered(incident: Incident) -> bool:
    order = incident.order
    if order is None:
        return False
    return any(o.state == "late" or (o.state == "failed" and (order.alive or o.why == "cancel")) for o in order.outbox)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError) or "imeout" in str(error):
        return "no answer in time"
    return "no connection" if isinstance(error, OSError) else "the answer could not be read"


def _reason(status: int, answer: bytes) -> str:
    """The `reason` of a JSON answer, else the bare status."""
    try:
        body = msgspec.json.decode(answer)
    except (msgspec.DecodeError, RecursionError):
        body = None
    reason = body.get("reason") if isinstance(body, dict) else None
    return reason[:REASON_LENGTH] if isinstance(reason, str) and reason.strip() else f"HTTP {status}"

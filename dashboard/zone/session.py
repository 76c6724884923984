"""One page of a zone's desk. It is sent the orders of its zone and nothing else; locked, only how many wait.

It is no console: whom it shows an order has not been shown an alarm. An order whose case excludes the zone, or who is here, is a
card that says RESERVED: it was sent before the exclusion.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import msgspec

from dashboard.components.actions import receive
from dashboard.components.place_names import Places
from dashboard.shell.clock import milliseconds
from dashboard.shell.ground import Ground, LoopGround, SignedIn
from dashboard.shell.outbox import Outbox, Page
from incidents import commands as do
from incidents.board import Change
from incidents.desk.zone_desk import SentOrder, orders_of, sent_to
from incidents.incident import Incident
from incidents.listeners import without_values
from incidents.roles import User

BEAT_S = 1.0  # as the operator page: a page that hears nothing for 3 s says so

_logger = logging.getLogger(__name__)


class ZoneGround(Ground, LoopGround, Protocol):
    """The pages' common ground as a zone's page sees it."""

    @property
    def places(self) -> Places: ...
    def zone_of(self, token: str) -> str: ...


class ZoneSession(Outbox):
    """`token` is its browser's sign-in, looked up anew for whatever is sent or asked."""

    def __init__(self, consoles: ZoneGround, page: Page, token: str) -> None:
        super().__init__(page)
        self._consoles = consoles
        self._token = token
        self._shown: set[str] = set()
        self._reserved: set[str] = set()  # those of them that are a card RESERVED here
        self._unlisten: Callable[[], object] = lambda: None

    def start(self) -> None:
        """Begin to follow the board. Call it on the loop."""
        self._unlisten = self._consoles.desk.board.listen(self._changed)
        self.keep(self._beat())

    def end(self) -> None:
        """The page is gone."""
        self._unlisten()
        super().end()

    def _answer(self, asked: dict[str, Any]) -> Coroutine[Any, Any, None] | None:
        match asked["do"]:
            case "hello":
                self.reply(welcome={"desk": "", "zones": {}, "centres": {"covers": []}})
            case "beat":
                self.reply(beat=asked.get("n"))
            case "touch":
                if self._zone and self._consoles.signins is not None:
                    self._consoles.signins.touch(self._token)
            case "command":
                return self._command(asked.get("command"))
        return None

    @property
    def _zone(self) -> str:
        return self._consoles.zone_of(self._token)

    @property
    def _signed_in(self) -> SignedIn | None:
        """Who was signed in at this browser last."""
        signins = self._consoles.signins
        return signins.of(self._token) if signins is not None else None

    def _changed(self, change: Change) -> None:
        if change.kind != "incident":
            return
        incident = self._consoles.desk.board.incidents.get(change.key)
        now = self._consoles.desk.clock.now()
        order = sent_to(incident, self._whose, now) if incident is not None else None
        kept = incident is not None and self._consoles.desk.exclusions.incident(incident, self._user)
        if kept and (order is not None and not order.over) == (change.key in self._reserved):
            return  # the card stands as it stood: not even that something was sent may tell that she pressed again
        if change.key in self._shown or order is not None:
            self.push(urgent=True)

    @property
    def _user(self) -> User | None:
        """Who was signed in at this browser last, for what a case may keep from them."""
        found = self._signed_in
        return None if found is None else User(actor="", roles=found.roles, zone=found.zone, name=found.name)

    @property
    def _whose(self) -> str:
        """The zone of this browser, locked or not: a locked page counts what waits."""
        found = self._signed_in
        return found.zone if found is not None else ""

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            self.reply(tick=True)

    def compose(self) -> str:
        """All there is to show, as one message (JSON): orders are few."""
        board, now = self._consoles.desk.board, self._consoles.desk.clock.now()
        orders = orders_of(board.incidents.values(), self._whose, now)
        self._shown = {order.incident for order in orders}
        zone, user, rule = self._zone, self._user, self._consoles.desk.exclusions
        kept = [order for order in orders if rule.incident(board.incidents[order.incident], user)]
        orders = [order for order in orders if order not in kept]
        self._reserved = {order.incident for order in kept if not order.over}
        message: dict[str, Any] = {
            "now": milliseconds(now),
            "zone": self._consoles.places.zone_name(zone) if zone else "",
            "waiting": sum(not order.over and order.step is None for order in orders),
            "orders": [self._order(order, board.incidents[order.incident]) for order in orders] if zone else [],
        }
        if zone:
            message["orders"] += [{"order": f"reserved-{n}", "reserved": True} for n in range(len(self._reserved))]
        if self._replies:
            message["replies"], self._replies = self._replies, []
        return msgspec.json.encode(message).decode()

    def _order(self, order: SentOrder, incident: Incident) -> dict[str, Any]:
        facts: dict[str, Any] = msgspec.to_builtins(order)
        facts |= {"since": milliseconds(order.since), "changed": milliseconds(order.changed)}
        facts["body"] = msgspec.Raw(order.body.encode()) if order.body else None
        if order.body:
            facts["municipality"] = self._consoles.places.municipality(incident.fix)
            facts["fix_at"] = milliseconds(incident.fix_at) if incident.fix_at else None
        return facts

    async def _command(self, facts: object) -> None:
        id = str(facts.get("id", ""))[:64] if isinstance(facts, dict) else ""
        desk, now = self._consoles.desk, self._consoles.desk.clock.now()
        try:
            zone, found = self._zone, self._signed_in
            if not zone or found is None:
                raise do.Refused("locked")
            user = User(actor=desk.pseudonym(found.name), roles=found.roles, zone=zone, name=found.name)
            await desk.command(receive.command(facts, None, now), user)
        except do.Refused as refused:
            # Who has the alarm is not the zone's to know.
            self.reply(answer=receive.Answer(id=id, ok=False, code=refused.code))
        except Exception as error:
            self.reply(answer=receive.Answer(id=id, ok=False, code="failed"))
            _logger.error("a zone's answer failed", exc_info=without_values(error))
        else:
            self.reply(answer=receive.Answer(id=id, ok=True))

"""One page of a zone's desk. It is sent the orders of its zone, and that a case it manages was pressed: when, and nothing of
where; locked, only how many orders wait.

It is no console: whom it shows an order has not been shown an alarm. An order whose case excludes the zone, or who is here, is a
card that says RESERVED: it was sent before the exclusion.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec

from dashboard.components.actions import receive
from dashboard.components.place_names import Places
from dashboard.components.whereabouts import Whereabouts
from dashboard.shell.clock import milliseconds
from dashboard.shell.ground import Ground, Standing
from dashboard.shell.outbox import Page
from dashboard.shell.requests import Command
from dashboard.shell.session import DeskSession
from dashboard.zone.order_map import OrderMaps
from incidents import commands as do
from incidents import events as ev
from incidents.audit import role_of
from incidents.board import Change
from incidents.desk.zone_desk import SentOrder, orders_of, sent_to
from incidents.incident import Incident
from incidents.roles import User
from maps.small_map import Frame
from maps.zones import Zones

PRESSES = (ev.Raised, ev.Pressed)


class PressNotice(msgspec.Struct, frozen=True, kw_only=True):
    """That a case which the zone manages was pressed, first `at` and `last` (ms since 1970), `n` times, and how it stands."""

    id: str
    case: str
    at: int | None
    last: int | None
    n: int
    state: str


class ZoneGround(Ground, Protocol):
    """The pages' common ground as a zone's page sees it."""

    @property
    def places(self) -> Places: ...
    @property
    def whereabouts(self) -> Whereabouts: ...
    @property
    def zones(self) -> Zones: ...


class ZoneSession(DeskSession[ZoneGround]):
    """`consoles` and `token` as every page has them; `maps` draws where the orders lead."""

    kind = "page zone"

    def __init__(self, consoles: ZoneGround, page: Page, token: str, maps: OrderMaps) -> None:
        super().__init__(consoles, page, token)
        self._maps = maps
        self._shown: set[str] = set()
        self._noticed: dict[str, PressNotice] = {}
        self._edition = consoles.desk.cases.edition
        self._reserved: set[str] = set()  # those of them that are a card RESERVED here

    def _follow(self) -> Callable[[], object]:
        return self._consoles.desk.board.listen(self._changed)

    def _changed(self, change: Change) -> None:
        if change.kind != "incident":
            return
        incident = self._consoles.desk.board.incidents.get(change.key)
        now = self._consoles.desk.clock.now()
        order = sent_to(incident, self._whose, now) if incident is not None else None
        kept = incident is not None and self._consoles.desk.exclusions.incident(incident, self._user)
        if kept and (order is not None and not order.over) == (change.key in self._reserved):
            return  # the card stands as it stood: not even that something was sent may tell that she pressed again
        # Where she goes is none of what is told of a press: not even that something was sent may tell it.
        told = self._notice(incident) != self._noticed.get(change.key)
        if change.key in self._shown or order is not None or told:
            self.push(urgent=True)

    @property
    def _user(self) -> User | None:
        """Who was signed in at this browser last, for what a case may keep from them."""
        signins = self._consoles.signins
        found = signins.of(self.token) if signins is not None else None
        return None if found is None else User(actor="", roles=found.roles, zone=found.zone, name=found.name)

    @property
    def _whose(self) -> str:
        """The zone of this browser, locked or not: a locked page counts what waits."""
        user = self._user
        return user.zone if user is not None else ""

    def _fill(self, message: dict[str, Any], now: Standing) -> None:
        """All there is to show goes each time: orders are few."""
        board = self._consoles.desk.board
        orders = orders_of(board.incidents.values(), self._whose, self._consoles.clock.now())
        self._shown = {order.incident for order in orders}
        zone = now.zone if now.state == "signed" else ""
        user, rule = self._user, self._consoles.desk.exclusions
        kept = [order for order in orders if rule.incident(board.incidents[order.incident], user)]
        orders = [order for order in orders if order not in kept]
        self._reserved = {order.incident for order in kept if not order.over}
        read = [order for order in orders if zone and order.body and not order.over]
        self.looks.keep("order", {order.order for order in read})
        message |= {
            "zone": self._consoles.places.zone_name(zone) if zone else "",
            "waiting": sum(bool(order.open) if order.over else order.step is None for order in orders),
            "orders": [self._order(order, board.incidents[order.incident]) for order in orders] if zone else [],
        }
        self._noticed = self._notices() if zone else {}
        self.looks.keep("timeline", set(self._noticed))
        for incident in self._noticed:
            self._told_of(incident, now)
        message["notices"] = sorted(self._noticed.values(), key=lambda notice: notice.last or 0, reverse=True)
        for order in read:
            self._shown_to(order, now)
        if zone:
            message["credit"] = self._consoles.whereabouts.credit(self.translate)
            message["orders"] += [{"order": f"reserved-{n}", "reserved": True} for n in range(len(self._reserved))]

    def _shown_to(self, order: SentOrder, now: Standing) -> None:
        """Its words are on the screen: of its own order nobody asks a zone why."""
        if self.looks.of("order", order.order) is None:
            role = role_of(User(actor=self.actor, roles=now.roles))
            shown = ev.OrderShown(role=role, need="mine", order=order.order, update=order.update, zone=now.zone)
            self.looks.begin("order", order.order, f"incident/{order.incident}", shown, only=False)

    def _told_of(self, incident: str, now: Standing) -> None:
        """When she pressed, and the number of her case, are on the screen of the zone that manages it."""
        if self.looks.of("timeline", incident) is None:
            role = role_of(User(actor=self.actor, roles=now.roles))
            shown = ev.TimelineOpened(role=role, need="duty", incident=incident)
            self.looks.begin("timeline", incident, f"incident/{incident}", shown, only=False)

    def _each_second(self) -> Iterable[Callable[[], object]]:
        return (self._look_at_cases,)

    def _look_at_cases(self) -> None:
        """What an import or a step made of the cases may keep a press from this zone, or give it one."""
        if self._edition is not (edition := self._consoles.desk.cases.edition):
            self._edition = edition
            self.push(urgent=True)

    def _notices(self) -> dict[str, PressNotice]:
        """What is told of the cases that the zone manages, by incident: of the open ones and of the last day's."""
        every = ((incident.id, self._notice(incident)) for incident in self._consoles.desk.board.incidents.values())
        return {id: notice for id, notice in every if notice is not None}

    def _notice(self, incident: Incident | None) -> PressNotice | None:
        """What is told of an incident's presses; None where the zone does not manage its case, or it is kept from who is here."""
        zone, desk = self._whose, self._consoles.desk
        case = desk.case_of(incident) if zone and incident is not None and incident.origin == "press" else None
        if incident is None or case is None or case.managing_zone != zone:
            return None
        if desk.exclusions.incident(incident, self._user):
            return None
        pressed = [entry.at for entry in incident.history if isinstance(entry.event, PRESSES)]
        return PressNotice(
            id=incident.id,
            case=case.number,
            at=milliseconds(incident.pressed_at),
            last=milliseconds(max(pressed, default=incident.pressed_at)),
            n=incident.presses,
            state=incident.state,
        )

    def _order(self, order: SentOrder, incident: Incident) -> dict[str, Any]:
        facts: dict[str, Any] = msgspec.to_builtins(order)
        # Of what is over no words stand here but the municipality.
        town = self._consoles.places.municipality(order.fix) if order.over or not order.place else ""
        facts["place"] = town or order.place
        if not town:
            facts["names"] = self._consoles.whereabouts.told(incident, order.place, order.fix).names
        shown = self._maps.of(order.fix, self._whose) if order.fix is not None and not order.over else None
        if isinstance(shown, Frame):
            self.keep(self._draw(shown))
        facts["map"] = None if isinstance(shown, Frame) else shown
        facts |= {"since": milliseconds(order.since), "changed": milliseconds(order.changed)}
        facts["body"] = msgspec.Raw(order.body.encode()) if order.body else None
        if order.fix is not None:  # what the zone was told last: she may have moved on since
            at = incident.fix_at if order.fix == incident.fix else order.fix.time
            facts["fix_at"] = milliseconds(at) if at else None
        return facts

    async def _draw(self, frame: Frame) -> None:
        """An order does not wait for its map: it is sent again with it."""
        await self._maps.draw(frame)
        self.push(urgent=False)

    async def carry_out(self, asked: Command) -> str:
        now = self.standing
        if now.state != "signed" or not now.zone:
            raise do.Refused("locked")
        desk = self._consoles.desk
        await desk.command(receive.command(asked.facts, None, desk.clock.now()), self.user)
        return ""

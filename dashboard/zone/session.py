"""One page of a zone's desk. It is sent the orders of its zone, and that a case it manages was pressed: when, and nothing of
where; locked, only how many orders wait.

It is no console: whom it shows an order has not been shown an alarm. An order whose case excludes the zone, or who is here, is a
card that says RESERVED: it was sent before the exclusion.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import msgspec

from dashboard.components.actions import receive
from dashboard.services import Ground
from dashboard.shell.clock import milliseconds
from dashboard.shell.ground import Standing
from dashboard.shell.outbox import Page
from dashboard.shell.requests import Command, answers
from dashboard.shell.session import DeskSession
from dashboard.zone.notices import PressNotices, seen_until
from dashboard.zone.order_map import OrderMaps
from incidents import commands as do
from incidents import events as ev
from incidents.audit import role_of, stream_of
from incidents.board import Change
from incidents.case_keeping import CaseKeeping, KeptCase
from incidents.desk.zone_desk import SentOrder, orders_of, sent_to
from incidents.desk.zone_presses import zone_stream
from incidents.events import shown_lines
from incidents.incident import Incident
from incidents.roles import User
from maps.small_map import Frame
from reports.catalogue import named
from reports.locale_formats import formats


class ZoneSession(DeskSession[Ground]):
    """`consoles` and `token` as every page has them; `maps` draws where the orders lead."""

    kind = "page zone"

    def __init__(self, consoles: Ground, page: Page, token: str, maps: OrderMaps) -> None:
        super().__init__(consoles, page, token)
        self._maps = maps
        self._shown: set[str] = set()
        self._presses = PressNotices(consoles.desk, lambda: self._user)
        self._edition = consoles.desk.cases.edition
        self._waits: list[KeptCase] = []  # the cases of the zone that wait for a hand
        self._waits_of: tuple[object, object] | None = None  # of which moment and whose they are
        self._reserved: set[str] = set()  # those of them that are a card RESERVED here

    def _follow(self) -> Callable[[], object]:
        return self._consoles.desk.board.listen(self._changed)

    def _changed(self, change: Change) -> None:
        if change.kind == "health" and change.key == "presses":
            self.push(urgent=False)  # a colleague saw them
        if change.kind != "incident":
            return
        incident = self._consoles.desk.board.incidents.get(change.key)
        now = self._consoles.desk.clock.now()
        order = sent_to(incident, self._whose, now) if incident is not None else None
        kept = incident is not None and self._consoles.desk.exclusions.incident(incident, self._user)
        if kept and (order is not None and not order.over) == (change.key in self._reserved):
            return  # the card stands as it stood: not even that something was sent may tell that she pressed again
        if change.key in self._shown or order is not None or self._presses.news(incident, change.key):
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
            "zone": self._consoles.services.places.zone_name(zone) if zone else "",
            "waiting": sum(bool(order.open) if order.over else order.step is None for order in orders),
            "orders": [self._order(order, board.incidents[order.incident]) for order in orders] if zone else [],
        }
        for order in read:
            self._shown_to(order, now)
        if zone:
            message["credit"] = self._consoles.services.whereabouts.credit(self.translate)
            message["orders"] += [{"order": f"reserved-{n}", "reserved": True} for n in range(len(self._reserved))]

    def _beside(self, message: dict[str, Any], now: Standing) -> None:
        """What its cases were pressed and wait for: no order waits for that."""
        super()._beside(message, now)
        zone = now.zone if now.state == "signed" else ""
        message["notices"] = self._presses.told() if zone else self._presses.clear()
        if zone:
            message["all_told"] = self._presses.whole(zone)
            self._presses.record(self.looks, zone, self._role(now))
            message["waits"] = self._waits_shown(now)
            self.keep(self._read_presses(zone))

    def _shown_to(self, order: SentOrder, now: Standing) -> None:
        """Its words are on the screen: of its own order nobody asks a zone why."""
        if self.looks.of("order", order.order) is None:
            shown = ev.OrderShown(
                role=self._role(now), need="mine", order=order.order, update=order.update, zone=now.zone
            )
            self.looks.begin("order", order.order, f"incident/{order.incident}", shown, only=False)

    def _waits_shown(self, now: Standing) -> list[dict[str, Any]]:
        """What its cases wait for, a review for one: that they are shown is a record, as the list of `/cases` is."""
        desk = self._consoles.desk
        waits = []
        for one in self._waits:  # as the case is now: it may be kept from who is here since, or another zone's
            case = desk.cases.by_number(one.case.number)
            if case is not None and case.managed_by(now.zone) and not desk.exclusions.case(case, self._user):
                waits.append(one)
        numbers = [kept.case.number for kept in waits]
        on = "\n".join(numbers)
        self.looks.keep("life", {on})
        if numbers and self.looks.of("life", on) is None:
            shown = ev.CasesKept(
                role=self._role(now), need="duty", how="list", shown=len(numbers), cases=shown_lines(numbers)
            )
            self.looks.begin("life", on, stream_of(desk.clock.now()), shown)
        t, day = named(self.translate, "dashboard/keeper"), formats(self.translate).day
        return [
            {
                "case": kept.case.number,
                "needs": [t[f"need.{need}"] for need in kept.life.needs],
                "until": day(kept.life.until),
            }
            for kept in waits
        ]

    async def _read_waits(self, keeping: CaseKeeping) -> None:
        user = self._user
        waits = [kept for kept in await keeping.listed(user) if kept.life.needs] if user is not None else []
        if waits != self._waits:
            self._waits = waits
            self.push(urgent=False)

    def _role(self, now: Standing) -> str:
        return role_of(User(actor=self.actor, roles=now.roles))

    async def _read_presses(self, zone: str) -> None:
        """What was pressed while nobody was here is in the log: nothing waits for it."""
        if await self._presses.read(zone):
            self.push(urgent=False)

    @answers("presses_seen")
    async def _presses_seen(self, until: int = 0) -> None:
        """Who is here saw what was told of presses up to a moment (ms since 1970)."""
        desk, user = self._consoles.desk, self._who
        if until > 0 and user is not None and user.zone and self._presses.whole(user.zone):
            at = seen_until(until, desk.clock.now())
            if not self._presses.speaks(user):
                self._presses.seen_by_one(user, at)
                self.push(urgent=True)
            elif at > desk.board.presses_seen.get(user.zone, ""):
                seen = ev.PressesSeen(zone=user.zone, until=at)
                await desk.note(zone_stream(user.zone), seen, id=f"seen-{uuid4().hex}", actor=user.actor)

    def _each_second(self) -> Iterable[Callable[[], object]]:
        return (self._look_at_cases,)

    def _look_at_cases(self) -> None:
        """What an import or a step made of the cases may keep a press from this zone, or give it one; a day may make one wait."""
        keeping, now = self._consoles.services.keeping, self.standing
        if keeping is not None and now.state == "signed" and (of := (keeping.moment, now.who)) != self._waits_of:
            if self._waits_of is None or self._waits_of[1] != now.who:
                self._waits = []  # another's
            self._waits_of = of
            self.keep(self._read_waits(keeping))
        if self._edition is not (edition := self._consoles.desk.cases.edition):
            self._edition = edition
            self.push(urgent=True)

    def _order(self, order: SentOrder, incident: Incident) -> dict[str, Any]:
        facts: dict[str, Any] = msgspec.to_builtins(order)
        # Of what is over no words stand here but the municipality.
        town = self._consoles.services.places.municipality(order.fix) if order.over or not order.place else ""
        facts["place"] = town or order.place
        if not town:
            facts["names"] = self._consoles.services.whereabouts.told(incident, order.place, order.fix).names
        shown = self._maps.of(order.fix, self._whose) if order.fix is not None and not order.over else None
        if isinstance(shown, Frame):
            self.keep(self._draw(shown))
        facts["map"] = None if isinstance(shown, Frame) else shown
        facts |= {"since": milliseconds(order.since), "changed": milliseconds(order.changed)}
        facts["body"] = msgspec.Raw(order.body.encode()) if order.body else None
        if order.fix is not None:  # what the zone was told last: she may have moved on since
            at = incident.position.at if order.fix == incident.position.fix else order.fix.time
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

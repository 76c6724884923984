"""One page of one browser: its mailbox of what changed, what it has selected, what it asks of the desk.

The mailbox holds keys, never values: however slow the page, it is sent the newest version once.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import uuid4

import msgspec

from dashboard.access.standing import DARK, PAGE, TO_ONE_PERSON, Standing
from dashboard.components.actions import receive
from dashboard.components.alert.seen import Seen, SoundTest, seen
from dashboard.components.case.part import CasePart
from dashboard.components.drills.part import DrillPart
from dashboard.components.map import MapView
from dashboard.components.map.scheduling import Drawing
from dashboard.components.reserved.part import ReservedPart
from dashboard.operator.ground import OperatorGround
from dashboard.operator.unsent import Unsent
from dashboard.shell.clock import milliseconds
from dashboard.shell.outbox import Outbox, Page
from incidents import commands as do
from incidents.board import Change
from incidents.clock import rate
from incidents.incident import Incident
from incidents.listeners import without_values
from incidents.log import LogUnavailable
from incidents.messages import Fix
from incidents.roles import MAY, User, check, may

_logger = logging.getLogger(__name__)


class Session(Outbox):
    """One page. `consoles` is what all pages of this process share; `map` may be None (then nothing is drawn).

    `token` is its browser's sign-in, `position` the desk name of its browser where nobody signs in.
    """

    kind = PAGE  # what a role must have to be before it
    drilled = True  # whether vigilance drills come to it

    def __init__(
        self, consoles: OperatorGround["Session"], page: Page, map: MapView | None = None, token: str = ""
    ) -> None:
        super().__init__(page)
        self.id = uuid4().hex
        self.token = token
        self.position = ""
        self.covers: frozenset[str] = frozenset()
        self.browser = ""
        self.selected: str | None = None
        self.sound_tested: SoundTest | None = None
        self._seen: Seen | None = None
        self._consoles = consoles
        self._health = False
        self._detail = False
        self._told: Standing | None = None
        self._unowned: int | None = None
        self._trained: dict[str, Any] | None = None
        self._drill = DrillPart(consoles.drills, self)
        self.reserved = ReservedPart(
            consoles.reservations,
            consoles.desk,
            lambda: consoles.reservations.person(self.token, self.kind, self.position),
        )
        self._unsent = Unsent(consoles, self.reserved, _now)
        self._case = CasePart(consoles, self, self._drill)
        self._drawing = Drawing(
            consoles.desk,
            page,
            map,
            lambda: (self.selected, self._case.drawn()),
            lambda: self._drill.incident,
            self.reserved.hidden,
            lambda: self.standing.dark,
            self.reserved.hides_unit,
        )

    def counts(self, incident: Incident | None = None) -> bool:
        """Whether who is before this page may act on alarms, or on this one. Only then does it count as seen and as heard."""
        now = self.standing
        kept = incident is not None and self.reserved.keeps(incident)
        return not now.locked and may(now.roles, "acknowledge") and not kept

    @property
    def visible(self) -> bool:
        """Whether who may act has the page in sight, by a report that can still be believed."""
        seen = self._seen
        return self.connected and seen is not None and seen.visible and seen.fresh(_now()) and self.counts()

    @property
    def audible(self) -> bool:
        """Whether who may act would hear an alarm from this page, by a report that can still be believed."""
        seen = self._seen
        return self.connected and seen is not None and seen.sound == "armed" and seen.fresh(_now()) and self.counts()

    @property
    def standing(self) -> Standing:
        """What this page may do and show now."""
        return self._consoles.standing(self.token, self.kind)

    @property
    def desk_name(self) -> str:
        """Who works here: the person signed in, without sign-in the desk name; nobody on a locked page."""
        now = self.standing
        return self.position if now.state == "open" else "" if now.locked else now.name

    @property
    def actor(self) -> str:
        """The pseudonym of who works here; "" when nobody does, or when none can be made now (a full disk): alarms go on."""
        name = self.desk_name
        try:
            return self._consoles.desk.pseudonym(name) if name else ""
        except LogUnavailable:
            return ""

    @property
    def user(self) -> User:
        """Who asks, and what they may. The sign-in is looked up anew each time."""
        now = self.standing
        name = self.position if now.state == "open" else now.name
        actor = self._consoles.desk.pseudonym(name) if name else ""
        return User(actor=actor, roles=now.roles, zone=now.zone, name=name)

    def changed(self, change: Change) -> None:
        """Note a change of the board; push at once when it is urgent."""
        if not self._unsent.changed(change):
            return
        if change.kind == "incident":
            self._detail = self._detail or change.key == self.selected
            # What it is owed goes when it took what it was sent, or with the heartbeat.
            if change.key != self.selected and self._unsent.waits():
                self._drawing.moved = True
                return
        elif change.kind == "unit" and self.reserved.hides_unit(change.key):
            return
        elif change.kind == "drill":
            self._detail = True
        elif change.kind in ("feed", "health"):
            self._health = True
        # A feed's or a device's health is not on the map: drawing it for that would keep the page from the next alarm.
        self._drawing.moved = self._drawing.moved or change.kind in ("incident", "unit", "drill")
        self.push(urgent=change.urgent)

    def cases_changed(self) -> None:
        """Send anew what a change of the cases, or of who is here, may have kept from this page, or given back to it."""
        self._unsent.kept_changed()
        self._detail = self._drawing.moved = True
        self._consoles.together.forget(self)
        self.push(urgent=True)

    def refresh(self, *, health: bool = False, selected: bool = False) -> None:
        """Send the health, or the selected incident, again though no event asked for it."""
        self._health = self._health or health
        self._detail = self._detail or (selected and self.selected is not None)
        self.push(urgent=True)

    def anew(self) -> None:
        """Send the page all there is: what it was told meanwhile may not have reached it."""
        self._everything()
        self.push(urgent=True)

    def tick(self) -> None:
        """The server's heartbeat, once a second. A page that misses it says that it lost its server."""
        if not self.connected:
            return
        self._drawing.tick()
        self._replies.append({"tick": True})
        self.push(urgent=True)

    def end(self) -> None:
        """The page is gone."""
        super().end()
        self._drawing.end()

    def _answer(self, asked: dict[str, Any]) -> Coroutine[Any, Any, None] | None:
        """What is to be done with a wish; None for one this page does not know."""
        handler = _HANDLERS.get(asked["do"])
        return None if handler is None else handler(self, asked)

    async def _flush(self) -> None:
        await super()._flush()
        if self.connected:
            self._drawing.soon()

    def compose(self) -> str:
        """Empty the mailbox into one message (JSON): rows and technical alarms by key, null for what is gone."""
        now = self.standing
        clock = self._consoles.desk.clock
        message: dict[str, Any] = {"now": milliseconds(clock.now())}
        if (pace := rate(clock)) is not None:
            message["pace"] = pace
        if now != self._told:
            before, self._told = self._told, now
            message["access"] = now.shown(self.id)
            self._unowned = None
            if before is not None and (now.who != before.who or now.dark != before.dark):
                gone = TO_ONE_PERSON | {"answer"} if now.dark else TO_ONE_PERSON
                self._replies = [reply for reply in self._replies if not reply.keys() & gone]
                self._everything()
            elif now.locked and not now.dark:  # who was here last may have gone for good
                self._unsent.kept_changed()
        if now.dark:
            return self._compose_dark(message)
        self._add_rows(message, now)
        for add in (self._add_health, self._add_together, self._drill.add, self._add_training, self._add_detail):
            try:
                add(message)
            except Exception as error:  # the first rule: a fault of another part may not keep an alarm from the queue
                _logger.error("a part of a page could not be made", exc_info=without_values(error))
        if self._replies:
            message["replies"], self._replies = self._replies, []
        return msgspec.json.encode(message).decode()

    def _add_rows(self, message: dict[str, Any], now: Standing) -> None:
        self._unsent.add(message, now)

    def _compose_dark(self, message: dict[str, Any]) -> str:
        """The message to a page before which nobody may see an alarm: that the server lives, and what the sign-in page says."""
        if (unowned := self._consoles.desk.board.unowned) != self._unowned:
            message["unowned"] = self._unowned = unowned
        if replies := [reply for reply in self._replies if reply.keys() <= DARK]:
            message["replies"] = replies
        self._replies = []
        return msgspec.json.encode(message).decode()

    def _add_health(self, message: dict[str, Any]) -> None:
        if self._health:
            self._health = False
            message |= {"health": self._consoles.health(), "shift": self._consoles.on_shift}

    def _add_together(self, message: dict[str, Any]) -> None:
        if (news := self._consoles.together.news(self, locked=self.standing.locked)) is not None:
            message["together"] = news

    def _add_detail(self, message: dict[str, Any]) -> None:
        if self._detail:
            self._detail = False
            self._case.add(message)

    def _add_training(self, message: dict[str, Any]) -> None:
        if self._consoles.training is not None and (news := self._consoles.training(self)) != self._trained:
            message["training"] = self._trained = news

    def _everything(self) -> None:
        """The page is to be sent all there is: it is new, or other eyes are before it."""
        self._unsent.everything()
        self._health = self._detail = self._drawing.moved = True
        self._trained = None
        self._case.forget()
        self.reserved.forget()
        self._consoles.together.forget(self)
        self._drill.forget()

    async def _hello(self, asked: dict[str, Any]) -> None:
        self._consoles.enter(self, _text(asked, "desk", 40), _text(asked, "browser", 64))
        self.covers = self._consoles.listening.chosen(asked.get("cics"))
        self.selected = _text(asked, "selected", 128) or None
        self._told = None
        self._everything()
        self._replies.insert(0, {"welcome": self._consoles.welcome(self)})
        self.push(urgent=True)

    async def _select(self, asked: dict[str, Any]) -> None:
        self.selected = _text(asked, "incident", 128) or None
        self._case.forget()
        self._detail = self._drawing.moved = True
        self._consoles.looked(self)
        self.push(urgent=True)

    async def _rename(self, asked: dict[str, Any]) -> None:
        ok = self._consoles.rename(self, _text(asked, "desk", 40))
        self.reply(renamed={"ok": ok, "desk": self.desk_name})

    async def _cover(self, asked: dict[str, Any]) -> None:
        if not self.standing.locked:
            self._consoles.cover(self, asked.get("cics"))

    async def _command(self, asked: dict[str, Any]) -> None:
        desk, facts = self._consoles.desk, asked.get("command")
        id = _text(facts, "id", 64) if isinstance(facts, dict) else ""
        try:
            if self.standing.locked and self.standing.why != "role":
                raise do.Refused("locked")
            # The desk asks again. Who may not is told so before anything they typed is looked at.
            if (name := _text(facts, "do", 64)) in MAY:
                check(self.user, name)
            wish = receive.command(facts, asked.get("typed"), desk.clock.now())
            incident = await desk.command(wish, self.user)
        except do.Refused as refused:
            name = desk.name_of(refused.who) if refused.who and not self.standing.locked else ""
            self.reply(answer=receive.refusal(id, refused, name))
        except Exception:
            self.reply(answer=receive.Answer(id=id, ok=False, code="failed"))
            raise
        else:
            self.reply(answer=receive.Answer(id=id, ok=True, incident=incident.id if incident else ""))

    async def _beat(self, asked: dict[str, Any]) -> None:
        """The page asks whether it is live: an answer from now, not what waited on the way."""
        if isinstance(n := asked.get("n"), int):
            self.reply(beat=n)

    async def _presented(self, asked: dict[str, Any]) -> None:
        if isinstance(ids := asked.get("ids"), list):
            incidents = self._consoles.desk.board.incidents
            named = [incidents[i] for i in ids[:1000] if isinstance(i, str) and i in incidents]
            known = [incident.id for incident in named if self.counts(incident)]
            self._consoles.desk.presented(known, console=self.id, audible=asked.get("audible") is True)
            if self.counts():
                self._drill.presented(ids, asked.get("audible") is True)

    async def _took(self, asked: dict[str, Any]) -> None:
        """The page took what it was sent."""
        self._unsent.took()
        if self._unsent:
            self.push(urgent=False)

    async def _near(self, asked: dict[str, Any]) -> None:
        """Where so many stand that not all are drawn: those that are. They are kept newer than the others."""
        if isinstance(ids := asked.get("ids"), list):
            self._unsent.drawn(i for i in ids[:1000] if isinstance(i, str))

    async def _report(self, asked: dict[str, Any]) -> None:
        before = self.visible and self.audible
        self._seen = seen(asked, _now())
        if (self.visible and self.audible) != before:
            self._consoles.look()

    async def _sound_tested(self, asked: dict[str, Any]) -> None:
        heard = asked.get("heard") is True
        self._consoles.sound_tested(self, SoundTest(at=self._consoles.desk.clock.now(), heard=heard))

    async def _search(self, asked: dict[str, Any]) -> None:
        self.reply(found=self._case.found(asked.get("n"), _text(asked, "text", 100).strip()))

    async def _map_wish(self, asked: dict[str, Any]) -> None:
        self._drawing.ask(asked.get("what"), _text(asked, "incident", 128), asked.get("on") is True)

    async def _touch(self, asked: dict[str, Any]) -> None:
        """A hand was on the page: it is not idle."""
        if self.standing.state == "signed" and self._consoles.signins is not None:
            self._consoles.signins.touch(self.token)
            self.push(urgent=True)

    async def _lock(self, asked: dict[str, Any]) -> None:
        if self.standing.state == "signed" and self._consoles.signins is not None:
            self._consoles.signins.lock(self.token)
            self.push(urgent=True)

    def picked(self, incident: str) -> None:
        """A mark of the map was clicked: the page selects its row."""
        self.reply(picked=incident)

    def placed(self, lat: float, lon: float) -> None:
        """A place was chosen on the map for an alarm raised by hand."""
        if (found := self._consoles.places.locate(Fix(lat=lat, lon=lon))) is not None:
            name = self._consoles.places.zone_name(found.zone)
            self.reply(placed={"lat": lat, "lon": lon, "zone": found.zone, "name": name})


def _now() -> float:
    return asyncio.get_running_loop().time()


def _text(facts: object, field: str, length: int) -> str:
    value = facts.get(field) if isinstance(facts, dict) else None
    return value[:length] if isinstance(value, str) else ""


_HANDLERS: dict[str, Callable[[Session, dict[str, Any]], Coroutine[Any, Any, None]]] = {
    "hello": Session._hello,
    "select": Session._select,
    "rename": Session._rename,
    "cover": Session._cover,
    "command": Session._command,
    "presented": Session._presented,
    "took": Session._took,
    "near": Session._near,
    "beat": Session._beat,
    "seen": Session._report,
    "sound_tested": Session._sound_tested,
    "search": Session._search,
    "map": Session._map_wish,
    "touch": Session._touch,
    "lock": Session._lock,
}

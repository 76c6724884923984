"""One page of one browser: its mailbox of what changed, what it has selected, what it asks of the desk.

The mailbox holds keys, never values: however slow the page, it is sent the newest version once.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

import msgspec

from dashboard.access.standing import DARK, PAGE, TO_ONE_PERSON
from dashboard.components.actions import receive, where
from dashboard.components.actions.units import UnitsPart
from dashboard.components.alert.seen import Seen, Sound, SoundTest
from dashboard.components.case.part import CasePart
from dashboard.components.drills.part import DrillPart
from dashboard.components.find.part import Asked
from dashboard.components.find.places import Flights
from dashboard.components.map import MapView
from dashboard.components.map.scheduling import Drawing
from dashboard.components.reserved.part import ReservedPart
from dashboard.operator.ground import OperatorGround
from dashboard.operator.unsent import Unsent
from dashboard.shell.errands import TYPED, aside
from dashboard.shell.ground import Standing
from dashboard.shell.outbox import Page
from dashboard.shell.requests import Answer, Command, answers
from dashboard.shell.session import BEAT_S, DeskSession
from incidents import commands as do
from incidents import events as ev
from incidents.board import Change
from incidents.case import Case
from incidents.clock import rate
from incidents.incident import Incident
from incidents.listeners import without_values
from incidents.roles import MAY, check, may

MOST = 1000  # alarms that a page names at once

_logger = logging.getLogger(__name__)


class Session(DeskSession[OperatorGround["Session"]]):
    """One page. `consoles` and `token` as every page has them; `map` may be None (then nothing is drawn)."""

    kind = PAGE
    drilled = True  # whether vigilance drills come to it

    def __init__(
        self, consoles: OperatorGround["Session"], page: Page, map: MapView | None = None, token: str = ""
    ) -> None:
        super().__init__(consoles, page, token)
        self.covers: frozenset[str] = frozenset()
        self.browser = ""
        self.selected: str | None = None
        self.chosen_at = 0.0  # when a person chose last, by a clock that never jumps
        self.sound_tested: SoundTest | None = None
        self._seen: Seen | None = None
        self._rows_went = -BEAT_S  # when it was sent incidents last, by a clock that never jumps
        self._health = self._detail = False
        self._unowned: int | None = None
        self._trained: dict[str, Any] | None = None
        self._drill = DrillPart(consoles.drills, self)
        self.reserved = ReservedPart(
            consoles.reservations,
            consoles.desk,
            lambda: consoles.reservations.person(self.token, self.kind, self.position),
        )
        self._unsent = Unsent(consoles, self.reserved, _now, lambda: self.translate)
        self._case = CasePart(consoles, self, self._drill)
        self._units = UnitsPart(consoles, self, lambda: self.push(urgent=False))
        self._drawing = Drawing(
            consoles.desk,
            page,
            map,
            self.drawn,
            lambda: self.standing,
            lambda: self.drill,
            self.reserved.hidden,
            self.reserved.hides_unit,
        )
        self.flights = Flights(consoles, self, self._drawing)

    @property
    def drill(self) -> Incident | None:
        """The vigilance drill that this page shows now."""
        return self._drill.incident

    def drawn(self) -> tuple[str | None, Mapping[str, Case]]:
        """What the map draws beside the board, if this page is shown it: the track of what stands chosen here, and its case."""
        return self._case.followed, self._case.drawn()

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

    def changed(self, change: Change, cics: frozenset[str] | None = None) -> None:
        """Note a change of the board; push at once when it is urgent and of this page. `cics`: whose it is, None: all."""
        if not self._unsent.changed(change):
            return
        if change.kind == "incident":
            self._detail = self._detail or change.key == self.selected
            # What it is owed goes when it took what it was sent, or with the heartbeat.
            if self._waits((change.key,), cics):
                self._drawing.later()
                return
        elif change.kind == "unit" and self.reserved.hides_unit(change.key):
            return
        elif change.kind == "drill":
            self._detail = True
        elif change.kind in ("feed", "health"):
            self._health = True
            if change.kind == "feed" and not change.urgent:
                return  # one more message of a feed that is as it was: the heartbeat tells of it
        # A feed's or a device's health is not on the map: drawing it for that would keep the page from the next alarm.
        self._drawing.moved = self._drawing.moved or change.kind in ("incident", "unit", "drill")
        self.push(urgent=change.urgent)

    def has_words(self, incidents: Collection[str], cics: frozenset[str] | None = None) -> None:
        """There are new words of where these are, which are told to the centres `cics` (None: all); nothing waits for them."""
        if self._unsent.placed(incidents) or self.drill is not None:
            self._detail = self._detail or self.selected in incidents
            if not self._waits(incidents, cics):
                self.push(urgent=False)

    def has_news(self) -> None:
        """There is news of who is at work and of what they have."""
        if not self._busy():
            self.push(urgent=False)

    def _waits(self, incidents: Collection[str], cics: frozenset[str] | None) -> bool:
        """Whether the page has yet to take what it was sent, or is sent rows all the time and these ring elsewhere."""
        elsewhere = cics is not None and bool(self.covers) and not self.covers & cics
        return self.selected not in incidents and (self._unsent.waits() or (elsewhere and self._busy()))

    def _busy(self) -> bool:
        return _now() - self._rows_went < BEAT_S

    def cases_changed(self) -> None:
        """Send anew what a change of the cases, or of who is here, kept from this page, gave back to it, or says of each."""
        self._unsent.open_again()
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

    def start(self) -> None:
        """The consoles follow the board, and beat, for all of their pages."""

    def _each_second(self) -> Iterable[Callable[[], object]]:
        return (self._drawing.tick, self._grow, self._units.look)

    def _grow(self) -> None:
        if self._case.has_grown():
            self.refresh(selected=True)

    def leave(self) -> None:
        self._consoles.leave(self)

    def end(self) -> None:
        super().end()
        self._drawing.end()

    async def _flush(self) -> None:
        await super()._flush()
        if self.connected:
            if went := self._unsent.went():
                self._rows_went = _now()
                self._consoles.desk.pushed(went)
            self._drawing.soon()

    def _fill(self, message: dict[str, Any], now: Standing) -> None:
        """Rows and technical alarms go by key, null for what is gone."""
        if (pace := rate(self._consoles.clock)) is not None:
            message["pace"] = pace
        self._add_access(message, now)
        if now.dark:
            self._add_dark(message)
            return
        self._add_rows(message, now)
        parts = (self._add_health, self._add_together, self._drill.add, self._add_training, self._add_detail)
        for add in (*parts, self._units.add):
            try:
                add(message)
            except Exception as error:  # the first rule: a fault of another part may not keep an alarm from the queue
                _logger.error("a part of a page could not be made", exc_info=without_values(error))

    def _stands(self, before: Standing | None, now: Standing) -> None:
        self._unowned = None
        self._units.forget()
        if before is not None and (now.who != before.who or now.dark != before.dark):
            gone = TO_ONE_PERSON | {"answer"} if now.dark else TO_ONE_PERSON
            self._replies = [reply for reply in self._replies if not reply.keys() & gone]
            self.flights.forget()
            self._everything()
        elif now.locked and not now.dark:  # who was here last may have gone for good
            self.flights.forget()
            self._unsent.kept_changed()

    def _add_rows(self, message: dict[str, Any], now: Standing) -> None:
        self._unsent.add(message, now)

    def _add_dark(self, message: dict[str, Any]) -> None:
        """A page before which nobody may see an alarm is told that the server lives, and what the sign-in page says."""
        if (unowned := self._consoles.desk.board.unowned) != self._unowned:
            message["unowned"] = self._unowned = unowned
        self._replies = [reply for reply in self._replies if reply.keys() <= DARK]

    def _add_health(self, message: dict[str, Any]) -> None:
        if self._health:
            self._health = False
            message |= {"health": self._consoles.health(), "shift": self._consoles.on_shift}

    def _add_together(self, message: dict[str, Any]) -> None:
        if (news := self._consoles.together.news(self, locked=self.standing.locked)) is not None:
            message["together"] = news

    def _add_detail(self, message: dict[str, Any]) -> None:
        if self._detail:
            self._detail, before = False, self._case.followed
            self._case.add(message)
            self._drawing.moved = self._drawing.moved or self._case.followed != before

    def _add_training(self, message: dict[str, Any]) -> None:
        if self._consoles.training is not None and (news := self._consoles.training(self)) != self._trained:
            message["training"] = self._trained = news

    def _everything(self) -> None:
        """The page is to be sent all there is: it is new, or other eyes are before it."""
        self._unsent.everything()
        self._health = self._detail = self._drawing.moved = True
        self._trained = None
        self._case.forget()
        self._units.forget()
        self.reserved.forget()
        self._consoles.together.forget(self)
        self._drill.forget()

    def _speak(self) -> None:
        self._everything()
        self._drawing.speak(self.translate)

    def welcome(self) -> dict[str, Any]:
        centres = self._consoles.listening.facts(self.covers)
        return {"desk": self.desk_name, "zones": self._consoles.places.names, "centres": centres}

    @answers("hello")
    async def _enter(self, desk: str = "", browser: str = "", cics: tuple[str, ...] = (), selected: str = "") -> None:
        """The page came: the desk name, the name and the centres that its browser keeps, and what stands chosen on it."""
        self._consoles.enter(self, desk[:40], browser[:64])
        self.covers = self._consoles.listening.chosen(cics)
        self.selected, self.chosen_at = selected[:128] or None, monotonic() if selected else 0.0
        self._everything()
        await self._hello()

    @answers("select")
    async def _select(self, incident: str = "") -> None:
        before, self.chosen_at = self.chosen_at, monotonic()
        self.selected = incident[:128] or None
        self._case.choose(self.chosen_at - before)
        self._units.forget()
        self._detail = True
        self._drawing.chosen()
        self._consoles.looked(self)
        self.push(urgent=True)

    @answers("rename")
    async def _rename(self, desk: str = "") -> None:
        ok = self._consoles.rename(self, desk[:40])
        self.reply(renamed={"ok": ok, "desk": self.desk_name})

    @answers("cover")
    async def _cover(self, cics: tuple[str, ...] = ()) -> None:
        if not self.standing.locked:
            self._consoles.cover(self, cics)

    async def carry_out(self, asked: Command) -> str:
        if self.standing.locked and self.standing.why != "role":
            raise do.Refused("locked")
        # The desk asks again. Who may not is told so before anything they typed is looked at.
        if asked.name in MAY:
            check(self.user, asked.name)
        desk = self._consoles.desk
        incident = await desk.command(receive.command(asked.facts, asked.typed, desk.clock.now()), self.user)
        return incident.id if incident else ""

    def refusal(self, id: str, refused: do.Refused) -> Answer:
        name = self._consoles.desk.name_of(refused.who) if refused.who and not self.standing.locked else ""
        return receive.refusal(id, refused, name)

    @answers("presented")
    async def _presented(self, ids: tuple[str, ...] = (), audible: bool = False) -> None:
        """The page painted these alarms."""
        incidents = self._consoles.desk.board.incidents
        named = [incidents[id] for id in ids[:MOST] if id in incidents]
        known = [incident.id for incident in named if self.counts(incident)]
        self._consoles.desk.presented(known, console=self.id, audible=audible)
        if self.counts():
            self._drill.presented(ids, audible)

    @answers("took")
    async def _took(self) -> None:
        """The page took what it was sent."""
        self._unsent.took()
        if self._unsent:
            self.push(urgent=False)

    @answers("near")
    async def _near(self, ids: tuple[str, ...] = ()) -> None:
        """Where so many stand that not all are drawn: those that are. They are kept newer than the others."""
        self._unsent.drawn(ids[:MOST])

    @answers("seen")
    async def _report(self, visible: bool = False, sound: Sound = "blocked") -> None:
        """The page reports of itself. What is not plainly said counts as hidden and silent."""
        before = self.visible and self.audible
        self._seen = Seen(visible=visible, sound=sound, at=_now())
        if (self.visible and self.audible) != before:
            self._consoles.look()

    @answers("sound_tested")
    async def _sound_tested(self, heard: bool = False) -> None:
        self._consoles.sound_tested(self, SoundTest(at=self._consoles.desk.clock.now(), heard=heard))

    @answers("search")
    async def _search(self, n: int | None = None, text: str = "") -> None:
        self.reply(found=self._case.found(n, text[:100].strip()))

    @answers("whose")
    async def _whose(self, device: str = "") -> None:
        """A technical alarm was chosen, by its key: whose device it is, and whom to call."""
        self.reply(whose={"id": device[:256], "case": self._case.whose(device[:256])})

    @answers("doubt")
    async def _doubt(self, n: int | None = None, incident: str = "", fact: str = "", text: str = "") -> None:
        """A fact of the chosen alarm's case is doubtful: who keeps the case is to see it."""
        self.reply(doubted={"n": n, "code": await self._case.doubt(incident, fact, text)})

    @answers("find", costs=True)
    async def _find(self, n: int | None = None, text: str = "", why: ev.Why | None = None, reason: str = "") -> None:
        """A search of incidents of any age: what its words mean, and with a reason what was found."""
        before = self.standing
        if n is None:
            return
        if before.locked:
            self.reply(hits={"n": n, "refused": "not_allowed"})
            return
        answer = await self._consoles.finding.answer(
            Asked(n=n, text=text, why=why, reason=reason), self.user, self.translate
        )
        now = self.standing
        if not now.locked and now.who == before.who:
            self.reply(hits=msgspec.Raw(msgspec.json.encode(answer)))
        if why is None:
            await self.flights.find(n, text)

    @answers("go_to", costs=True)
    async def _go_to(self, answer: int | None = None, at: int | None = None) -> None:
        """A place that was found by words was chosen."""
        await self.flights.go(answer, at)

    @answers("place", costs=True)
    async def _place(self, n: int | None = None, text: str = "") -> None:
        """What somebody types of a place."""
        if not self.standing.locked:
            addresses = await self._consoles.whereabouts.addresses()
            for search in (where.found_at_once, where.found):
                found = await aside(TYPED, search, addresses, self._consoles.places, text)
                if found is not None:
                    self.reply(places={"n": n, "found": found})

    def picked(self, incident: str) -> None:
        """A mark of the map was clicked: the page selects its row."""
        self.reply(picked=incident)

    def placed(self, lat: float, lon: float, accuracy_m: float) -> None:
        """A place was chosen on the map for an alarm raised by hand, true to so many metres."""
        with suppress(ValueError):  # a click beside the Earth
            self.reply(placed=where.clicked(self._consoles.zones, self._consoles.places, lat, lon, accuracy_m))


def _now() -> float:
    return monotonic()

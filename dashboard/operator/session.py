"""One page of one browser: its mailbox of what changed, what it has selected, what it asks of the desk.

The mailbox holds keys, never values: however slow the page, it is sent the newest version once.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

import msgspec

from dashboard.access.standing import DARK, PAGE, TO_ONE_PERSON
from dashboard.components.actions import receive, where
from dashboard.components.actions.units import near_units
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
from dashboard.shell.topics import Hears, Topic
from incidents import commands as do
from incidents import events as ev
from incidents.board import Change
from incidents.case import Case
from incidents.clock import rate
from incidents.incident import Incident
from incidents.roles import MAY, check, may

MOST = 1000  # alarms that a page names at once


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
        self._drill = DrillPart(consoles.drills, self)
        self.reserved = ReservedPart(
            consoles.reservations,
            consoles.desk,
            lambda: consoles.reservations.person(self.token, self.kind, self.position),
        )
        self._unsent = Unsent(consoles, self.reserved, _now, lambda: self.translate)
        self.case = CasePart(consoles, self, self._drill)
        self._mailbox.tell(TOPICS, self, consoles)
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
        return self.case.followed, self.case.drawn()

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
            if change.key == self.selected:
                self._mailbox.hear("alarm")
            # What it is owed goes when it took what it was sent, or with the heartbeat.
            if self._waits((change.key,), cics):
                self._drawing.later()
                return
        elif change.kind == "unit" and self.reserved.hides_unit(change.key):
            return
        elif change.kind in ("drill", "device"):
            self._mailbox.hear(change.kind)
        elif change.kind in ("feed", "health"):
            self._mailbox.hear("health")
            if change.kind == "feed" and not change.urgent:
                return  # one more message of a feed that is as it was: the heartbeat tells of it
        # A feed's or a device's health is not on the map: drawing it for that would keep the page from the next alarm.
        self._drawing.moved = self._drawing.moved or change.kind in ("incident", "unit", "drill")
        self.push(urgent=change.urgent)

    def has_words(self, incidents: Collection[str], cics: frozenset[str] | None = None) -> None:
        """There are new words of where these are, which are told to the centres `cics` (None: all); nothing waits for them."""
        if self._unsent.placed(incidents) or self.drill is not None:
            if self.selected in incidents:
                self._mailbox.hear("alarm")
            if not self._waits(incidents, cics):
                self.push(urgent=False)

    def hear_floor(self) -> None:
        """Who is at work, or what they have, changed."""
        self._mailbox.hear("floor")

    def has_news(self) -> None:
        """It changed, and nothing else tells this page."""
        self.hear_floor()
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
        self._drawing.moved = True
        self._mailbox.hear("cases")
        self.push(urgent=True)

    def refresh(self, *changes: Hears) -> None:
        """Look again at what hears these though no event asks for it."""
        self._mailbox.hear(*changes)
        self.push(urgent=True)

    def anew(self) -> None:
        """Send the page all there is: what it was told meanwhile may not have reached it."""
        self._mailbox.forget()
        self._everything()
        self.push(urgent=True)

    def start(self) -> None:
        """The consoles follow the board, and beat, for all of their pages."""

    def _each_second(self) -> Iterable[Callable[[], object]]:
        return (self._drawing.tick, self._grow, self.look_at_units)

    def _grow(self) -> None:
        if self.case.has_grown():
            self.refresh("alarm")

    def look_at_units(self) -> None:
        """Once a second, if the page is in sight: units are many, and so are their reports."""
        if self.visible:
            self._mailbox.hear("second")
            self.push(urgent=False)

    def leave(self) -> None:
        self._consoles.leave(self)

    def end(self) -> None:
        super().end()
        self._drawing.end()

    async def _flush(self) -> None:
        before = self.case.followed
        await super()._flush()
        self._drawing.moved = self._drawing.moved or self.case.followed != before
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
            self._replies = [reply for reply in self._replies if reply.keys() <= DARK]
            return
        self._add_rows(message, now)

    def _beside(self, message: dict[str, Any], now: Standing) -> None:
        super()._beside(message, now)
        if not now.dark:
            self._drill.add(message)

    def _stands(self, before: Standing | None, now: Standing) -> None:
        if before is not None and (now.who != before.who or now.dark != before.dark):
            gone = TO_ONE_PERSON | {"answer"} if now.dark else TO_ONE_PERSON
            self._replies = [reply for reply in self._replies if not reply.keys() & gone]
            self.flights.forget()
            self._everything()
        elif now.locked and not now.dark:  # who was here last may have gone for good
            self.flights.forget()
            self._unsent.kept_changed()
            self._mailbox.hear("cases")

    def _add_rows(self, message: dict[str, Any], now: Standing) -> None:
        self._unsent.add(message, now)

    def _everything(self) -> None:
        """The page is to be sent all there is: it is new, or other eyes are before it."""
        self._unsent.everything()
        self._drawing.moved = True
        self.case.leave()
        self.reserved.forget()
        self._drill.forget()

    def _speak(self) -> None:
        self._mailbox.forget()
        self._everything()
        self._drawing.speak(self.translate)

    def welcome(self) -> dict[str, Any]:
        centres = self._consoles.services.listening.facts(self.covers)
        return {"desk": self.desk_name, "zones": self._consoles.services.places.names, "centres": centres}

    @answers("hello")
    async def _enter(self, desk: str = "", browser: str = "", cics: tuple[str, ...] = (), selected: str = "") -> None:
        """The page came: the desk name, the name and the centres that its browser keeps, and what stands chosen on it."""
        self._consoles.enter(self, desk[:40], browser[:64])
        self.covers = self._consoles.services.listening.chosen(cics)
        self.selected, self.chosen_at = selected[:128] or None, monotonic() if selected else 0.0
        self._everything()
        await self._hello()

    @answers("select")
    async def _select(self, incident: str = "") -> None:
        before, self.chosen_at = self.chosen_at, monotonic()
        self.selected = incident[:128] or None
        self.case.choose(self.chosen_at - before)
        self._mailbox.forget("selected")
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
        self.reply(found=self.case.found(n, text[:100].strip()))

    @answers("whose")
    async def _whose(self, device: str = "") -> None:
        """A technical alarm was chosen, by its key: whose device it is, and whom to call."""
        self.reply(whose={"id": device[:256], "case": self.case.whose(device[:256])})

    @answers("doubt")
    async def _doubt(self, n: int | None = None, incident: str = "", fact: str = "", text: str = "") -> None:
        """A fact of the chosen alarm's case is doubtful: who keeps the case is to see it."""
        self.reply(doubted={"n": n, "code": await self.case.doubt(incident, fact, text)})

    @answers("find", costs=True)
    async def _find(self, n: int | None = None, text: str = "", why: ev.Why | None = None, reason: str = "") -> None:
        """A search of incidents of any age: what its words mean, and with a reason what was found."""
        before = self.standing
        if n is None:
            return
        if before.locked:
            self.reply(hits={"n": n, "refused": "not_allowed"})
            return
        answer = await self._consoles.services.finding.answer(
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
            addresses = await self._consoles.services.whereabouts.addresses()
            for search in (where.found_at_once, where.found):
                found = await aside(TYPED, search, addresses, self._consoles.services.places, text)
                if found is not None:
                    self.reply(places={"n": n, "found": found})

    def picked(self, incident: str) -> None:
        """A mark of the map was clicked: the page selects its row."""
        self.reply(picked=incident)

    def placed(self, lat: float, lon: float, accuracy_m: float) -> None:
        """A place was chosen on the map for an alarm raised by hand, true to so many metres."""
        with suppress(ValueError):  # a click beside the Earth
            self.reply(
                placed=where.clicked(
                    self._consoles.services.zones, self._consoles.services.places, lat, lon, accuracy_m
                )
            )


def _unowned(page: Session, ground: OperatorGround[Session]) -> object:
    return ground.desk.board.unowned if page.standing.dark else msgspec.UNSET


def _trained(page: Session, ground: OperatorGround[Session]) -> object:
    training = ground.services.training
    return msgspec.UNSET if training is None else training(page)


CHOSEN: frozenset[Hears] = frozenset({"selected", "alarm", "cases", "drill"})
TOPICS: tuple[Topic[Session, OperatorGround[Session]], ...] = (
    # Before a dark page nobody may see an alarm: it says what the sign-in page says.
    Topic("unowned", _unowned, dark=True, locked=True),
    Topic("health", lambda page, ground: ground.health(), frozenset({"health"}), locked=True),
    Topic("shift", lambda page, ground: ground.on_shift, frozenset({"health"}), locked=True),
    Topic(
        "together",
        lambda page, ground: ground.together.news(page),
        frozenset({"floor", "cases"}),
        empty=lambda ground: ground.together.unnamed(),
    ),
    Topic("training", _trained, locked=True),
    Topic("detail", lambda page, ground: page.case.compose(), CHOSEN, merged=True),
    Topic("actions", lambda page, ground: page.case.actions(), CHOSEN, locked=True, before=None),
    Topic("units", near_units, frozenset({"selected", "second"})),
)


def _now() -> float:
    return monotonic()

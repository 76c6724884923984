"""All pages of this process: who is on shift, the rows they share, the heartbeat that tells them the server lives."""

import asyncio
import hmac
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

from dashboard.access.awake import keep_awake
from dashboard.components.alert.seen import SoundTest, seen
from dashboard.components.devices.rows import DeviceRows
from dashboard.components.drills.part import DrillPages, unwatched
from dashboard.components.presence.news import Together
from dashboard.components.queue.row_cache import SOMEBODY, RowCache
from dashboard.components.queue.rows import DeviceRow, nameless
from dashboard.components.reserved.part import Reservations
from dashboard.components.topbar import health as topbar
from dashboard.map_window.windows import Windows
from dashboard.operator.session import Session
from dashboard.page import CommonGround
from dashboard.services import Services
from dashboard.shell.clock import milliseconds
from dashboard.shell.desk_name import clean
from dashboard.shell.ground import Seated
from dashboard.shell.open_pages import Pages
from dashboard.shell.session import BEAT_S
from dashboard.technician.tests_in_progress import Bench
from incidents import commands as do
from incidents import events as ev
from incidents.board import Change
from incidents.centres import Belongs
from incidents.faults import Faults
from incidents.incident import Incident
from incidents.listeners import say_fault, tell
from incidents.need import Seat, need
from incidents.presence.pages import Watching
from incidents.roles import User, may


class Consoles(CommonGround):
    """What the pages share, and how they are told what changed."""

    def __init__(self, services: Services) -> None:
        desk, times = services.desk, services.times
        super().__init__(desk.clock, services.signins, services.language)
        self.desk, self.services = desk, services
        self.device_rows = DeviceRows(desk.board, services.tallies)
        self.faults = Faults(
            desk, services.listening.own, lambda: self.services.degraded.health, times.everyone_s, self._around
        )
        rows = partial(
            RowCache,
            places=services.places,
            times=times,
            whose=self.whose,
            clock=desk.clock,
            bench=services.shift.bench_devices,
            away=services.away,
            outside=services.outside,
            tally=self.device_rows.tally,
            excluded_zone=desk.exclusions.zone,
        )
        self.rows = rows(desk.board, name_of=desk.name_of, cases=desk.cases)
        # A locked page is told that somebody has an alarm, not who, and not where.
        self.locked_rows = rows(desk.board, name_of=lambda who: SOMEBODY, cases=desk.cases, shown=nameless, near=False)
        self.drills = DrillPages(
            self, times, lambda stage: rows(stage, name_of=desk.name_of, cases=stage, shown=unwatched), self.translate
        )
        self._sessions: Pages[Session] = Pages()
        self.windows, self.reservations = Windows(self.seats), Reservations(self)
        self.together = Together(desk, self.seats, self.everywhere, services.others, services.shift, services.digest)
        self.on_shift = 0  # how many desks, or persons signed in, have a page open
        self._tasks: set[asyncio.Task[Any]] = set()
        self._cases_state, self._mended = "", ("", "")
        cases = services.device_cases
        self.bench = Bench(desk, services.buttons, cases, self.everywhere) if cases else None
        self._heartbeat: asyncio.Task[None] | None = None
        self._unlisten: list[Callable[[], object]] = []

    def start(self) -> None:
        """Begin to hear the board and to beat. Call it on the running loop; feeds need no page, and pages no feed."""
        self._loop = asyncio.get_running_loop()
        self.device_rows.start()
        self._unlisten = [self.desk.board.listen(self._changed), self.services.others.listen(self._others_changed)]
        if self.signins is not None:
            self.signins.listen(self.stood)
        self.together.start()
        self.services.whereabouts.start(self._placed)
        if self.bench is not None:
            self.bench.start()
        self._heartbeat = self._loop.create_task(self._beat())

    async def stop(self, *, over: bool = False) -> None:
        """End the heartbeat, forget the pages. `over`: only what they show is closed; they ask for what stands in its place."""
        if over:
            self._sessions.each(lambda session: session.reply(over=True))
        tell(self._unlisten, what="what ends the pages' following")
        await self.services.whereabouts.stop()
        await self.services.road_times.stop()
        if self.bench is not None:
            await self.bench.stop()
        tasks = [*self._tasks, *([self._heartbeat] if self._heartbeat else [])]
        self._sessions.each(self.leave)
        self.windows.each(lambda window: window.leave())
        await self.together.stop()  # as long as there is a page its person comes
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.services.listening.stop()

    def take_over(self, page: str, token: str) -> bool:
        """A browser signed in in the place of one of its pages. False when there is no such page."""
        for session in self._sessions:
            if hmac.compare_digest(session.id.encode(), page.encode()):
                before, session.token = session.token, token
                if self.signins is not None and before != token:
                    self.signins.close(before)
                session.push(urgent=True)
                self._presence()
                return True
        return self.signins is not None and self.windows.take_over(page, token, self.signins)

    def seats(self) -> tuple[Session, ...]:
        """All pages that are not behind."""
        return self._sessions.abreast()

    def present(self) -> frozenset[str]:
        """The pseudonyms of whose pages are there: the alarms of the others are offered to all."""
        return frozenset(page.actor for page in self.everywhere()) - {""}

    def pages(self) -> tuple[Watching, ...]:
        """Every connected page of this server: whether who may act sees and hears it, as it reported. On the loop."""
        return tuple(self._sessions.ask(seen))

    def everywhere(self) -> tuple[Watching, ...]:
        """The same, and what is known of the pages of other servers."""
        return (*self.pages(), *self.services.others.pages)

    def watching(self) -> tuple[Watching, ...]:
        """This server's pages but of who only looks on."""
        return tuple(page for page in self.pages() if not page.roles or may(page.roles, "acknowledge"))

    def looks(self) -> dict[str, tuple[str, bool]]:
        """For who works here, by name: the alarm that stands chosen on their page ("" for none), and whether it is in sight."""
        found = self._sessions.ask(lambda session: (session.desk_name, (session.selected or "", session.visible)))
        return {name: look for name, look in found if name}

    def whose(self, incident: Incident) -> Belongs:
        """Which centre an incident belongs to, and which are told beforehand."""
        return self.services.centres.whose(incident, self.desk)

    def cover(self, session: Session, asked: Collection[str]) -> None:
        """Say which centres a page's browser covers; what is not known, or nothing, covers all of this desk's."""
        covers = self.services.listening.chosen(asked)
        for other in self._beside(session):
            other.covers = covers
            other.reply(covered=sorted(covers))
        self.look()

    def look(self) -> None:
        """Look who listens for which centre; every page is told when that changed, and the other servers of these pages."""
        if self.services.listening.look(self.everywhere()):
            self._sessions.each(lambda session: session.refresh("health"))
        self._tell_others()

    def _tell_others(self) -> None:
        if self.services.others.server:
            since = {person.actor: person.since for person in self.desk.floor.people}
            self.services.others.say(self.pages(), since, self.services.listening.own)

    def tell_training(self) -> None:
        """What a replay or an exercise tells its pages changed."""
        self._sessions.each(lambda session: session.push(urgent=True))

    def sound_tested(self, session: Session, test: SoundTest) -> None:
        """A person at this page said whether the sounds were heard: kept on all pages of its browser, for the handover."""
        for other in self._beside(session):
            other.sound_tested = test
            other.reply(sound_tested={"at": milliseconds(test.at), "heard": test.heard})

    def enter(self, session: Session, wanted: str, browser: str) -> None:
        """A page came: it keeps the desk name of its browser unless another browser is at work under it."""
        session.browser = browser
        name = clean(wanted)
        if not name or name in self._taken(session):
            name = self._free_name(session)
        session.position = name
        # A page that was loaded anew stands before the same person and the same loudspeaker.
        tests = [other.sound_tested for other in self._beside(session) if other.sound_tested is not None]
        session.sound_tested = max(tests, key=lambda test: test.at, default=None)
        self._sessions.add(session)
        self._presence()

    def leave(self, session: Session) -> None:
        """A page is gone for good."""
        known = session in self._sessions
        self._sessions.discard(session)
        try:
            session.end()
        finally:
            if known:
                self._presence()

    def rename(self, session: Session, wanted: str) -> bool:
        """Give a page's browser another desk name. False when it is empty or another browser is at work under it."""
        name = clean(wanted)
        if self.signins is not None or not name or name in self._taken(session):
            return False
        for other in self._beside(session):
            other.position = name
            other.cases_changed()
            if other is not session:
                other.reply(renamed={"ok": True, "desk": name})
        self._presence()
        return True

    def neighbours(self, incident_id: str) -> tuple[str, ...]:
        """The other open incidents of the same woman: their rows name this one, and count its closing."""
        incident = self.desk.board.incidents.get(incident_id)
        return tuple(other.id for other in self.desk.board.beside(incident)) if incident is not None else ()

    def devices_of(self, stream: str, *, named: bool = True) -> dict[str, DeviceRow | None]:
        """The technical alarms of a device's stream by key, None for those that are over. Unnamed: not who has them."""
        return self.device_rows.of(stream, self.desk.name_of if named else lambda who: SOMEBODY)

    def health(self) -> topbar.Health:
        """The health of what Vigie depends on."""
        return topbar.health(
            self.desk.board,
            self.desk.cases.state,
            self.services.listening.unheard,
            self.services.degraded.health,
            self._replica_lost(),
        )

    def _around(self) -> Iterable[tuple[str, str]]:
        return self.services.around()

    def _replica_lost(self) -> str:
        return dict(self._around()).get("replica_lost", "")

    def need(self, page: Seated, incident: Incident) -> ev.Need:
        """What an alarm is to who is before a page, so that nobody asks why they look."""
        user = User(actor=page.actor, roles=page.standing.roles)
        # A page says what it covers, and whether another desk's centre hears anybody is not known here.
        own, unheard = frozenset(self.services.listening.own), self.services.listening.unheard
        known = own | self.services.others.cics if self.services.others.certain else own
        seat = Seat(covers=page.covers & own, unheard={cic: unheard[cic] for cic in known & unheard.keys()})
        return need(incident, user, partial(self.whose, incident), seat)

    def looked(self, session: Session) -> None:
        """A person opened an alarm's case. Its owner, who was shown it before, has acted on it by that."""
        self.windows.look()
        incident = self.desk.board.incidents.get(session.selected or "")
        actor = session.actor
        if incident is None or incident.state != "acknowledged" or not actor or incident.owner != actor:
            return
        wish = do.StillOnIt(id=uuid4().hex, incident=incident.id, how="case")
        task = asyncio.get_running_loop().create_task(self._still_on_it(wish, session.user))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _still_on_it(self, wish: do.StillOnIt, user: User) -> None:
        with suppress(do.Refused):
            await self.desk.command(wish, user)

    def _beside(self, session: Session) -> list[Session]:
        """A page and the others of its browser: what a page calls its browser proves nothing, its sign-in does."""
        mine = (session.browser, session.token)
        others = [other for other in self._sessions if other is not session and (other.browser, other.token) == mine]
        return [session, *(others if session.browser else ())]

    def _taken(self, session: Session) -> set[str]:
        here = self._sessions.ask(lambda other: (other.position, other.browser) if other is not session else None)
        there = ((self.desk.name_of(page.actor), page.browser) for page in self.services.others.pages if page.actor)
        return {other[0] for other in (*here, *there) if other and other[1] != session.browser}

    def _free_name(self, session: Session) -> str:
        for other in self._sessions:
            if other is not session and session.browser and other.browser == session.browser:
                return other.position
        taken, n = self._taken(session), 1
        while (name := self.translate("Desk {n}").format(n=n)) in taken:
            n += 1
        return name

    def cases_changed(self) -> None:
        """The register took an import: whom its cases exclude now is kept from them on every open page."""
        self._sessions.each(lambda session: session.cases_changed())
        self.windows.each(lambda window: window.anew())

    def again(self) -> None:
        """Tell every page what it is: its clock went on or stopped."""
        self._sessions.each(lambda session: session.refresh("health"))

    def stood(self) -> None:
        """A sign-in or an account changed: every page is told at once what it may, and looked at anew who listens."""
        self._count()
        self._sessions.each(lambda session: session.push(urgent=True))
        self.windows.look()
        self.together.look()
        self.look()

    def _presence(self) -> None:
        self._count()
        self.together.look()
        self._tell_others()
        self.windows.look()
        self._sessions.each(lambda session: session.refresh("health"))

    def _others_changed(self) -> None:
        before = self.on_shift
        self._count()
        self.together.look()
        self.look()
        if self.on_shift != before:
            self._sessions.each(lambda session: session.refresh("health"))

    def _count(self) -> None:
        # Not asked by each page for itself: a hundred would ask ten thousand times at each press.
        working = [page for page in self.everywhere() if may(page.roles, "acknowledge")]
        self.on_shift = len({page.actor or page.desk for page in working} - {""})

    def _changed(self, change: Change) -> None:
        cics = self.services.centres.told_at_once((change.key,), self.desk, self.services.listening.unheard)
        self._sessions.each(lambda session: session.changed(change, cics))
        self.windows.each(lambda window: window.changed(change))
        self.together.changed(change)
        if change.kind == "incident" and change.key not in self.desk.board.incidents:
            for rows in (self.rows, self.locked_rows):
                rows.encoded(change.key)

    def _placed(self, incidents: Collection[str]) -> None:
        """There are words of where these are."""
        cics = self.services.centres.told_at_once(incidents, self.desk, self.services.listening.unheard)
        self._sessions.each(lambda session: session.has_words(incidents, cics))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                self._look_at_files()
                keep_awake(self._sessions, self.signins, self.desk.board, self.desk.clock)
                self.together.look()
                self.look()
                self._count()
                if outgrown := {*self.rows.outgrown(), *self.locked_rows.outgrown()}:
                    self._placed(outgrown)
            except Exception as error:  # no page may be lost for it
                say_fault(error, "the look at who is there")
            self._sessions.beat()
            self.windows.beat()

    def _look_at_files(self) -> None:
        """Tell every page when the cases, the degraded-mode file, or the servers of the log are as they were not before."""
        cases, mended = self.desk.cases.state, (self.services.degraded.health.state, self._replica_lost())
        if cases != self._cases_state:
            self._sessions.each(lambda session: session.refresh("health", "alarm"))
        elif mended != self._mended:
            self._sessions.each(lambda session: session.refresh("health"))
        self._cases_state, self._mended = cases, mended

"""One emergency centre's Vigie in one process: the log, the desk, the feeds, the orders, the watch, started and ended together.

The feed starts with the process, never with a session of a browser.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from centre.assembly import Assembly
from centre.belonging import bind
from centre.case_import import import_new_case
from centre.changes import say_settings
from centre.documents.aggregate import Aggregates, evaluate
from centre.documents.degraded import DegradedFile
from centre.documents.devices import DeviceLists
from centre.documents.evidence import EvidenceFiles, Paper
from centre.garbage import collect_when_quiet
from centre.lookups import look_up_apart
from centre.monitoring.announcer import Announcer
from centre.monitoring.metrics import Metrics
from centre.monitoring.start import say_start
from centre.monitoring.surroundings import Surroundings
from centre.opening import LiveLog, open_own, place, why
from centre.parts import BY_TIME, for_ever
from centre.receiver import own_buttons
from centre.retention.nightly import Nightly, claim_night
from centre.retention.running import Retention
from centre.retention.wishes import Wishes
from centre.settings import Settings, SettingsError, addresses_folder, profiles, register_file
from centre.sharing import Shared
from centre.spool import BESIDE_THE_LOG, Spool
from dashboard.access.signins import GUARDS, SignIns
from dashboard.components.actions.routing import share_of_named
from dashboard.components.tracks import track
from dashboard.services import Beside
from feeds.posting import Poster
from feeds.roads.router import router
from feeds.subscriber import Subscriber
from feeds.webhook import Outside
from incidents.auditing.auditing import Auditing
from incidents.bindings import DeviceCases
from incidents.case_keeping import CaseKeeping
from incidents.cases import CaseRegister
from incidents.clock import Clock, SystemClock
from incidents.drills.desk import DrillRules
from incidents.drills.shift import near_change
from incidents.intervals import Profile
from incidents.log import LogInUse, SharedLog
from incidents.log.erasures import register_beside
from incidents.log.snapshot import snapshot
from incidents.log.sqlite import SqliteLog
from incidents.log.store import beside
from incidents.log.verify import head, verify
from incidents.timings import Timings
from maps.provinces import province_codes
from maps.zones import Zones
from reports.catalogue import translator
from reports.finding.finder import Finder
from reports.finding.identities import Identities
from reports.measures.history import History
from reports.measures.profiles import PROFILES
from reports.measures.tallies import Tallies

CASES_EVERY_S = 1.0
COPY_S = 4 * 3600.0
OPEN_S = 120.0  # a log that takes longer hangs: a million incidents are folded in less

OtherStores = Callable[[Settings], Awaitable[object]]

_logger = logging.getLogger(__name__)


class Centre:
    """Everything that runs. `await Centre.open(settings)`, `start()`, and `await close()` at the end."""

    def __init__(
        self,
        settings: Settings,
        log: LiveLog,
        cases: CaseRegister,
        zones: Zones,
        clock: Clock,
        signins: SignIns | None = None,
        *,
        aside: str = "",
        pageless: Collection[str] = (),
        meant: Settings | None = None,
        others: OtherStores | None = None,
        shared: Shared | None = None,
    ) -> None:
        self.settings = settings
        self.meant = meant or settings  # `settings` name the log that is written, which may be one aside
        self.surroundings = Surroundings(self.meant, *((shared.clock, shared.replicas) if shared is not None else ()))
        self.signins = signins
        self.log = log
        self.cases = cases
        self.zones = zones
        self._shared = shared
        self._pages = shared.pages(log.vault) if shared is not None and isinstance(log, SharedLog) else None
        self._taking_cases = asyncio.Lock()
        timings = Timings()
        parts = Assembly(
            log,
            zones,
            cases,
            clock,
            aside=aside,
            alarming=settings.alarming,
            addresses=settings.orders.address,
            poster=Poster(settings.orders, "orders"),
            languages=settings.orders.languages,
            times=settings.watch,
            shift=settings.shift,
            digest=self.digest,
            outside=Outside(settings.outside),
            tells_outside=settings.outside.set,
            drills=DrillRules(
                near_change=lambda now: near_change(settings.shift, now), unanswered_s=settings.watch.confirm_s
            ),
            signins=signins,
            zone_of=lambda name: found.zone if signins and (found := signins.accounts.get(name)) else "",
            cics=settings.cics,
            announce_pct=settings.announce_pct,
            language=settings.language,
            addresses_dir=addresses_folder(settings),
            streets_file=settings.streets_file,
            roads=router(settings.roads),
            profiles=_profiles(settings),
            radio=settings.radio.zones,
            contacts=settings.abroad.contacts,
            pageless=pageless,
            others=self._pages.others if self._pages is not None else None,
            beside=self._beside,
            timings=timings,
        )
        self.desk, self.consoles = parts.desk, parts.consoles
        self.buttons = parts.beside.buttons
        self.watch, self.shifts, self.orders = parts.watch, parts.shifts, parts.orders
        self.subscribers = tuple(self._subscriber(url, parts) for url in settings.feed)
        self._spools = {
            f"notes of {kind}": Spool(settings.log, kind, desk=self.desk, log=log) for kind in BESIDE_THE_LOG
        }
        kept = partial(Retention, register=settings.cases, key_file=settings.key_file, provinces=province_codes(zones))
        self.nightly = Nightly(
            kept(log, settings.log, cases, parts.clock, self.desk.note, lambda: self.desk.board.incidents),
            Wishes(settings.log, desk=self.desk, log=log),
            parts.clock,
            after=self._erased,
            others=partial(others, self.meant) if others is not None else None,
            claim=partial(claim_night, self.desk, log),
        )
        self.announcer = Announcer(self.consoles.faults, parts.clock, self._refused)
        self.metrics = Metrics(self.consoles, timings, self.surroundings, self._refused)
        self._tasks: list[asyncio.Task[None]] = []

    async def _erased(self) -> None:
        """Rows of what was erased are told coarse from now on; what people left half done may be about it."""
        self.consoles.drafts.clear()
        await self.history.renew()
        await self.tallies.anew()

    def _beside(self, parts: Assembly) -> Beside:
        """What a live centre has beside its desk: its own receiver, its history, the documents it makes."""
        settings, desk, log, cases, clock = self.settings, parts.desk, self.log, self.cases, parts.clock
        self._receiver = own_buttons(settings, parts)
        names = dict(self.zones.names)
        self.degraded = DegradedFile(
            settings,
            desk=desk,
            log=log,
            cases=cases,
            names=names,
            clock=clock,
            translate=translator(settings.language),
            near=lambda incident: parts.whereabouts.in_full(incident, clock.now()),
            share=lambda i: share_of_named(i, parts.consoles.services.places, clock.now(), track(i)),
            credit=parts.whereabouts.credit,
        )
        self.history = History(settings.log, log.vault, starts=settings.shift.starts)
        self.finder = Finder(self.history, Identities(settings.log, log.vault, self.zones))
        opens, checks = partial(snapshot, settings.log), partial(verify, settings.log)
        self.auditing = Auditing(desk, opens, log.vault, settings.audit, checks)
        self.tallies = Tallies(desk.board, log.vault, self.history)
        self.devices = DeviceLists(
            desk=desk,
            cases=cases,
            tallies=self.tallies,
            times=settings.tests,
            bench=settings.shift.bench_devices,
        )
        self.evidence = EvidenceFiles(
            desk=desk,
            log=log,
            path=settings.log,
            cases=cases,
            zone_name=lambda key: self.zones.names.get(key, ""),
            clock=clock,
            centre=settings.centre,
            paper=lambda translate: Paper.of(settings, self.zones, translate),
        )
        given = DeviceCases(desk, cases, lambda device: f"device/{log.vault.device_id(device)}", self.take_cases)
        self.keeping = CaseKeeping(
            desk, cases, given, self.take_cases, self.zones.known, partial(import_new_case, settings)
        )
        return Beside(
            finder=self.finder,
            auditing=self.auditing,
            history=self.history,
            tallies=self.tallies,
            devices=self.devices,
            evidence=self.evidence,
            degraded=self.degraded,
            aggregates=Aggregates(
                history=self.history,
                path=settings.log,
                clock=clock,
                evaluate=partial(evaluate, settings.cases, settings.key_file, settings.log, province_codes(self.zones)),
            ),
            buttons=self._receiver.service if self._receiver is not None else None,
            device_cases=given,
            keeping=self.keeping,
            around=self.surroundings.faults,
        )

    @classmethod
    async def open(
        cls,
        settings: Settings,
        *,
        clock: Clock | None = None,
        signins: SignIns | None = None,
        pageless: Collection[str] = (),
        others: OtherStores | None = None,
    ) -> "Centre":
        """Open the log, the cases and the map, and fold what is going on. Without `signins` nobody signs in.

        `pageless` are the names of those who work without a page; `others` ends what is over in other stores of these settings.

        The first rule: it always opens. Cases that can't be opened run under CASES LOCKED; where the log can't be, whatever is
        wrong with it, alarms go into a log aside; where that can't be made either they are held in memory under NOT RECORDED,
        until it can. What is damaged stays as it is. Raises LogInUse when another process writes the log, and ZoneFileError
        when not even the shipped map can be read.
        """
        zones = await asyncio.to_thread(_zones, settings)
        shared = await Shared.begin(settings, clock, accounts=signins is not None)
        cases = CaseRegister.open(settings.cases, key_file=settings.key_file)
        lost = ""

        def made(log: LiveLog, path: Path) -> "Centre":
            own = settings
            if path != settings.log:
                own = msgspec.structs.replace(settings, log=path, key_file=None, erased_register=None)
            aside = lost if path != settings.log else ""
            kept = clock or (shared.clock if shared is not None else SystemClock())
            return cls(
                own,
                log,
                cases,
                zones,
                kept,
                signins,
                aside=aside,
                pageless=pageless,
                meant=settings,
                others=others,
                shared=shared,
            )

        for path in (settings.log, beside(settings.log, ".aside")):
            try:
                own = path == settings.log
                # A copy of a cluster's log is made anew for as long as it grows.
                async with asyncio.timeout(COPY_S if own and settings.cluster.servers else OPEN_S):
                    servers = shared.servers if shared is not None else None
                    aside = register_beside(path)
                    log = await (open_own(settings, servers) if own else SqliteLog.open(path, register=aside))
                    centre = made(log, path)
                    try:
                        await centre.desk.open()
                    except BaseException:
                        await log.let_go()
                        raise
                return centre
            except LogInUse:
                if shared is not None:
                    await shared.close()
                raise
            except Exception as failure:
                reason = why(failure)
                lost = lost or reason
                _logger.error("LOG LOST: %s: %s", path, reason)
        path = place(settings.log)
        _logger.error("NOT RECORDED: alarms are held in memory until they can be written to %s", path)
        centre = made(SqliteLog.later(path), path)
        centre.desk.open_empty(lost)
        return centre

    def start(self) -> None:
        """Set everything going on the running loop."""
        look_up_apart()
        say_start(self.meant)
        self.consoles.start()
        for name, work in (
            ("watch", self.watch.run),
            ("orders", self.orders.run),
            ("shifts", self.shifts.run),
            ("drills", self.desk.drills.run),
            ("cases", self._follow_cases),
            ("degraded file", self.degraded.run),
            ("pauses", self._collect),
            ("announcer", self.announcer.run),
            ("surroundings", self.surroundings.run),
            ("tests", self.tallies.run),
            ("history", lambda: self.history.run(self.desk.board)),
            ("search", self.finder.run),
            ("retention", self.nightly.run),
            ("start", self._enter_at_start),
            ("audit", self.auditing.run),
            *self._with_others(),
            *([("sign-ins", self.signins.run)] if self.signins is not None else []),
            *((name, spool.run) for name, spool in self._spools.items()),
            *(("feed", subscriber.run) for subscriber in self.subscribers),
            *([("buttons", self._receiver.run)] if self._receiver is not None else []),
        ):
            once = self._pages.met if self._pages is not None and name in BY_TIME else None
            self._tasks.append(asyncio.create_task(for_ever(name, work, once), name=name))

    def _with_others(self) -> tuple[tuple[str, Callable[[], Coroutine[Any, Any, None]]], ...]:
        if (pages := self._pages) is None:
            return ()
        return ("other servers", partial(self.desk.follow, pages.trouble)), ("their pages", pages.run)

    async def close(self) -> None:
        """Stop, write what is held, seal with a checkpoint."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._receiver is not None:
            await self._receiver.close()
        await self.consoles.stop()
        if self._pages is not None:
            await self._pages.leave()
        if self.signins is not None:
            await asyncio.to_thread(self.signins.close_file)
        await self.desk.close()
        await self.watch.seal()
        await self.history.close()
        await self.log.close()
        if self._shared is not None:
            await self._shared.close()

    def _refused(self) -> Mapping[str, int]:
        """The sign-ins that were refused, by why."""
        return self.signins.refused if self.signins is not None else {}

    async def digest(self) -> str:
        """The digest of the log as it is now, as `log head` prints it. Raises LogUnavailable."""
        return await asyncio.to_thread(head, self.settings.log, register_file(self.settings))

    async def take_cases(self) -> None:
        """Let the register and what is open take what changed in its file."""
        async with self._taking_cases:
            if await asyncio.get_running_loop().run_in_executor(GUARDS, self.cases.reload_if_changed):
                self.consoles.cases_changed()
                await self.watch.cases_changed()

    async def _follow_cases(self) -> None:
        await self.watch.cases_changed()  # what changed while nobody was running
        while True:
            await asyncio.sleep(CASES_EVERY_S)
            await self.take_cases()

    async def _enter_at_start(self) -> None:
        await say_settings(self.settings, self.desk, self.log)
        if self.meant == self.settings:  # commands take it once it is recorded; nothing belongs to a log aside
            await asyncio.to_thread(bind, self.settings)
        await self.keeping.enter_kept(self.log)
        await asyncio.Event().wait()

    async def _collect(self) -> None:
        await collect_when_quiet(lambda: bool(self.desk.board.index.unowned))

    def _subscriber(self, url: str, parts: Assembly) -> Subscriber:
        feeds = self.settings.feeds
        # Where nobody is trusted this feed is down on every screen, and the others go on.
        context = feeds.tls_or_nobody("feeds") if url.startswith("wss:") else None
        return parts.subscriber(url, token=feeds.token or None, ssl=context)


def _zones(settings: Settings) -> Zones:
    """The centre's own map. One that can't be read is told, and the shipped one stands in for it."""
    try:
        return Zones.load(settings.zones_dir)
    except Exception as error:
        if settings.zones_dir is None:
            raise
        _logger.error("ZONES LOST: zones_dir %s: %s; the shipped map is used", settings.zones_dir, error)
        return Zones.load(None)


def _profiles(settings: Settings) -> dict[str, Profile]:
    """Those to measure against. A file that can't be read is told, and keeps no alarm from a screen."""
    try:
        return profiles(settings)
    except SettingsError as error:
        _logger.error("%s; response times are not measured against the centre's own profile", error)
        return PROFILES

"""One emergency centre's Vigie in one process: the log, the desk, the feeds, the orders, the watch, wired together.

The feed starts with the process, never with a session of a browser.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from aggregate.making import Aggregates
from buttons.own import own_buttons
from dashboard.access.signins import SignIns
from dashboard.consoles import Consoles
from dashboard.i18n import translator
from dashboard.topbar.health import good
from degraded.file import DegradedFile
from devices.making import DeviceLists
from evidence.file import EvidenceFiles
from feeds.orders import OrderSender, OrderTimes
from feeds.outside import Outside
from feeds.subscriber import Subscriber
from incidents.audit import stream_of
from incidents.bindings import DeviceCases
from incidents.buttons import Buttons
from incidents.cases import CaseRegister
from incidents.clock import Clock, SystemClock
from incidents.desk import Desk
from incidents.devices.tally import Tallies
from incidents.drills.shift import near_change
from incidents.log import LogDamaged
from incidents.log.sqlite import KeyMismatch, SqliteLog
from incidents.log.store import beside
from incidents.log.verify import head
from incidents.measures.history import History
from incidents.measures.profiles import PROFILES
from incidents.measures.shape import Profile
from incidents.shifts import ShiftWatch
from incidents.watch import Watch
from maps.zones import Zones
from notes import RECORDED, RECORDINGS, REPORTED, Notes
from pauses import collect_when_quiet
from settings import Settings, SettingsError, profiles

CASES_EVERY_S = 1.0
AGAIN_S = 1.0

_logger = logging.getLogger(__name__)


class Centre:
    """Everything that runs. `await Centre.open(settings)`, `start()`, and `await close()` at the end."""

    def __init__(
        self,
        settings: Settings,
        log: SqliteLog,
        cases: CaseRegister,
        zones: Zones,
        clock: Clock,
        signins: SignIns | None = None,
    ) -> None:
        self.settings = settings
        self.signins = signins
        self.log = log
        self.cases = cases
        self.zones = zones
        self.desk = Desk(
            log,
            clock=clock,
            locate=zones.locate,
            cases=cases,
            identities=log.vault,
            known_zone=zones.known,
            has_address=lambda zone: settings.orders.address(zone) is not None,
            alarming=settings.alarming,
        )
        self.watch = Watch(self.desk, log, settings.watch, outside=Outside(settings.outside))
        self.shifts = ShiftWatch(
            self.desk, log, settings.shift, within_s=settings.watch.presented_s, digest=self.digest
        )
        self.orders = OrderSender(
            self.desk,
            self.desk.board,
            addresses=settings.orders.address,
            clock=clock,
            times=OrderTimes(late_s=settings.watch.undelivered_s),
        )
        self.subscribers = tuple(self._subscriber(url, clock) for url in settings.feed)
        self._receiver = own_buttons(settings, desk=self.desk, log=log, clock=clock)
        self.buttons: Buttons | None = self._receiver.service if self._receiver is not None else None
        self.degraded = DegradedFile(
            settings,
            desk=self.desk,
            log=log,
            cases=cases,
            names=dict(zones.names),
            clock=clock,
            translate=translator("en"),
        )
        self.history = History(settings.log, log.vault, starts=settings.shift.starts)
        self.tallies = Tallies(self.desk.board, log.vault, self.history)
        self.devices = DeviceLists(
            desk=self.desk,
            log=log,
            path=settings.log,
            cases=cases,
            tallies=self.tallies,
            times=settings.tests,
            bench=settings.shift.bench_devices,
        )
        self.evidence = EvidenceFiles(
            desk=self.desk,
            log=log,
            path=settings.log,
            cases=cases,
            zone_name=lambda key: zones.names.get(key, ""),
            clock=clock,
            centre=settings.centre,
        )
        self._taking_cases = asyncio.Lock()
        self.device_cases = DeviceCases(
            self.desk, cases, lambda device: f"device/{log.vault.device_id(device)}", self.take_cases
        )
        self.recordings = Notes(settings.log, RECORDED, RECORDINGS, desk=self.desk, log=log)
        self.reports = Notes(settings.log, REPORTED, stream_of, desk=self.desk, log=log)
        self.consoles = Consoles(
            self.desk,
            zones,
            zones.names.items(),
            times=settings.watch,
            cics=settings.cics,
            announce_pct=settings.announce_pct,
            shift=settings.shift,
            digest=self.digest,
            signins=signins,
            away=self.watch.away,
            outside=settings.outside.set,
            profiles=_profiles(settings),
            degraded=self.degraded,
            evidence=self.evidence,
            aggregates=Aggregates(desk=self.desk, history=self.history, path=settings.log, clock=clock),
            radio=settings.radio.zones,
            history=self.history,
            buttons=self.buttons,
            device_cases=self.device_cases,
            tallies=self.tallies,
            devices=self.devices,
        )
        self.watch.owners(self.consoles.present)
        self.desk.drills.green = lambda: good(self.consoles.health())
        self.desk.drills.near_change = lambda now: near_change(settings.shift, now)
        self.desk.drills.unanswered_s = settings.watch.confirm_s
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(cls, settings: Settings, *, clock: Clock | None = None, signins: SignIns | None = None) -> "Centre":
        """Open the log, the cases and the map, and fold what is going on. Without `signins` nobody signs in.

        Raises LogUnavailable when the log can't be used, ZoneFileError when the map can't. Cases that can't be opened are no
        reason not to start (alarms run under CASES LOCKED), nor is a log that is damaged or whose key is lost: alarms go into
        a log aside.
        """
        zones = await asyncio.to_thread(Zones.load, settings.zones_dir)
        cases = CaseRegister.open(settings.cases, key_file=settings.key_file)

        async def opened(settings: Settings, aside: str = "") -> "Centre":
            log = await SqliteLog.open(settings.log, key_file=settings.key_file)
            centre = cls(settings, log, cases, zones, clock or SystemClock(), signins)
            centre.desk.board.aside = aside
            try:
                await centre.desk.open()
            except BaseException:
                await log.close()
                raise
            return centre

        try:
            return await opened(settings)
        except (KeyMismatch, LogDamaged) as lost:
            # The first rule: neither a missing key nor a damaged file may leave a press without a screen. They stay as they are.
            path = beside(settings.log, ".aside")
            _logger.error("LOG LOST: %s; alarms are kept in %s", lost, path)
            return await opened(msgspec.structs.replace(settings, log=path, key_file=None), str(lost))

    def start(self) -> None:
        """Set everything going on the running loop."""
        self.consoles.start()
        for name, work in (
            ("watch", self.watch.run),
            ("orders", self.orders.run),
            ("shifts", self.shifts.run),
            ("drills", self.desk.drills.run),
            ("cases", self._follow_cases),
            ("degraded file", self.degraded.run),
            ("evidence", self.evidence.run),
            ("recordings", self.recordings.run),
            ("reports", self.reports.run),
            ("pauses", self._collect),
            ("tests", self.tallies.run),
            ("devices", self.devices.run),
            ("history", lambda: self.history.run(self.desk.board)),
            *([("sign-ins", self.signins.run)] if self.signins is not None else []),
            *(("feed", subscriber.run) for subscriber in self.subscribers),
            *([("buttons", self._receiver.run)] if self._receiver is not None else []),
        ):
            self._tasks.append(asyncio.create_task(_for_ever(name, work), name=name))

    async def close(self) -> None:
        """Stop, write what is held, seal with a checkpoint."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._receiver is not None:
            await self._receiver.close()
        await self.consoles.stop()
        if self.signins is not None:
            await asyncio.to_thread(self.signins.close_file)
        await self.desk.close()
        await self.watch.seal()
        await self.history.close()
        await self.log.close()

    async def digest(self) -> str:
        """The digest of the log as it is now, as `log head` prints it. Raises LogUnavailable."""
        return await asyncio.to_thread(head, self.settings.log)

    async def take_cases(self) -> None:
        """Let the register and what is open take what changed in its file."""
        async with self._taking_cases:
            if await asyncio.to_thread(self.cases.reload_if_changed):
                await self.watch.cases_changed()

    async def _follow_cases(self) -> None:
        await self.watch.cases_changed()  # what changed while nobody was running
        while True:
            await asyncio.sleep(CASES_EVERY_S)
            await self.take_cases()

    async def _collect(self) -> None:
        incidents = self.desk.board.incidents
        await collect_when_quiet(lambda: any(incident.state == "raised" for incident in incidents.values()))

    def _subscriber(self, url: str, clock: Clock) -> Subscriber:
        feeds = self.settings.feeds
        context = None
        if url.startswith("wss:"):
            context = ssl.create_default_context(cafile=feeds.ca_file)
            if feeds.cert_file:
                context.load_cert_chain(feeds.cert_file, feeds.key_file)
        return Subscriber(url, receiver=self.desk, log=self.log, clock=clock, token=feeds.token or None, ssl=context)


def _profiles(settings: Settings) -> dict[str, Profile]:
    """Those to measure against. A file that can't be read is told, and keeps no alarm from a screen."""
    try:
        return profiles(settings)
    except SettingsError as error:
        _logger.error("%s; response times are not measured against the centre's own profile", error)
        return PROFILES


async def _for_ever(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """A part that stumbles is started again: no fault in it may end the listening."""
    while True:
        try:
            await work()
        except Exception:
            _logger.exception("%s stopped and is started again", name)
        await asyncio.sleep(AGAIN_S)

"""What the pages of one desk use, whoever opens them: made once (`centre/assembly.py`), and never changed."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from dashboard.components.actions.part import ActedOn
from dashboard.components.actions.road_times import RoadTimes
from dashboard.components.coverage.geography import Centres
from dashboard.components.coverage.listening import Listening
from dashboard.components.find.desk import DeskSearch
from dashboard.components.place_names import Places
from dashboard.components.whereabouts import Whereabouts
from dashboard.documents.makers import AggregateMaker, EvidenceMaker, Kept, Lists, NotKept
from dashboard.shell.ground import PageGround, Registry, Seated
from incidents import events as ev
from incidents.auditing.auditing import Auditing
from incidents.bindings import DeviceCases
from incidents.buttons import Buttons
from incidents.case_keeping import CaseKeeping
from incidents.desk.desk import Desk
from incidents.escalation.ladder import THERE, Away, WatchTimes
from incidents.incident import Incident
from incidents.intervals import Profile
from incidents.presence.pages import Others
from incidents.shifts import ShiftTimes
from maps.zones import Zones
from reports.finding.finder import Finder
from reports.measures.history import History
from reports.measures.profiles import PROFILES
from reports.measures.tallies import Tallies


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside a desk in some centres and not in others; its pages show what is there."""

    finder: Finder | None = None
    auditing: Auditing | None = None
    history: History | None = None  # all incidents as a table
    tallies: Tallies | None = None
    devices: Lists | None = None
    evidence: EvidenceMaker | None = None
    aggregates: AggregateMaker | None = None
    degraded: Kept = NotKept()
    buttons: Buttons | None = None
    device_cases: DeviceCases | None = None
    around: Callable[[], Iterable[tuple[str, str]]] = tuple
    keeping: CaseKeeping | None = None


class Services(Beside, frozen=True, kw_only=True):
    """`zones` answers `locate`; `signins` knows the signed-in browsers, without it everybody at this machine may act; `others`
    knows the pages of other servers of the log; `digest` is the log's; `training` is what a replay or an exercise tells a page
    beside the alarms."""

    desk: Desk
    zones: Zones
    whereabouts: Whereabouts
    places: Places
    centres: Centres
    listening: Listening
    finding: DeskSearch
    road_times: RoadTimes
    others: Others
    language: str = "en"
    signins: Registry | None = None
    times: WatchTimes = WatchTimes()
    shift: ShiftTimes = ShiftTimes()
    digest: Callable[[], Awaitable[str]] | None = None
    away: Callable[[str], Away] = lambda actor: THERE
    outside: bool = False
    profiles: Mapping[str, Profile] = msgspec.field(default_factory=lambda: PROFILES)
    training: Callable[[ActedOn], dict[str, Any]] | None = None


class Ground(PageGround, Protocol):
    """What everybody may ask of a desk's common ground (`dashboard.consoles`)."""

    @property
    def desk(self) -> Desk: ...
    @property
    def services(self) -> Services: ...
    def need(self, page: Seated, incident: Incident) -> ev.Need:
        """What an alarm is to who is before a page."""

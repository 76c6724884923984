"""THE wiring of desk, watch, orders, feeds and pages, once: live centre, exercise, replay, benches and tests are all built here.

No address stands here and no way out: who is told outside, where orders go and which feed is followed is handed in. An exercise
and a replay import it, from behind their wall (docs/decisions/0015-the-wall-around-training.md).
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import msgspec

from centre.tracks import Tracks
from dashboard.components.actions.part import ActedOn
from dashboard.components.actions.road_times import RoadTimes
from dashboard.components.actions.routing import proposal
from dashboard.components.coverage.geography import Centres
from dashboard.components.coverage.listening import Listening
from dashboard.components.find.desk import DeskSearch
from dashboard.components.place_names import Places
from dashboard.components.whereabouts import Whereabouts
from dashboard.consoles import Consoles
from dashboard.services import Beside, Services
from dashboard.shell.ground import Registry
from feeds.orders.sender import Addresses, OrderSender, OrderTimes
from feeds.posting import Poster
from feeds.subscriber import Bookmarks, FeedNames, Receiver, Subscriber
from incidents.board import Board
from incidents.centres import ANNOUNCE_PCT
from incidents.clock import Clock
from incidents.desk.desk import Desk
from incidents.desk.intake import ALARMING
from incidents.drills.desk import DrillRules
from incidents.escalation.ladder import THERE, WatchTimes
from incidents.escalation.watch import Outside, Watch
from incidents.faults import status
from incidents.incident import Incident
from incidents.intervals import Profile
from incidents.log import Log
from incidents.messages import PressValue
from incidents.ports import (
    CaseSource,
    Identities,
    InZonesWords,
    Locate,
    Proposed,
    Roads,
    Screens,
    english,
    no_words,
    no_zones_words,
)
from incidents.presence.pages import Others
from incidents.shifts import ShiftTimes, ShiftWatch
from incidents.timings import Timings
from maps.zones import Zones
from reports.catalogue import translator
from reports.measures.profiles import PROFILES


class Journal(Log, Protocol):
    """A log with the private store of its names."""

    @property
    def vault(self) -> Identities: ...


class Geography(Protocol):
    """Where a position lies, and which zones there are."""

    @property
    def locate(self) -> Locate: ...
    def known(self, key: str) -> bool: ...


def pages_of(
    desk: Desk,
    zones: Zones,
    *,
    whereabouts: Whereabouts | None = None,
    language: str = "en",
    radio: Mapping[str, str] | None = None,
    contacts: Mapping[str, str] | None = None,
    cics: Iterable[str] = (),
    announce_pct: int = ANNOUNCE_PCT,
    times: WatchTimes | None = None,
    shift: ShiftTimes | None = None,
    others: Others | None = None,
    roads: Roads | None = None,
    beside: Beside = Beside(),
    **services: Any,
) -> Consoles:
    """The pages of a desk. `services` are those that nothing here is made of."""
    times, others = times or WatchTimes(), others or Others()
    whereabouts = whereabouts or Whereabouts(zones, None, translator(language))
    places = Places(zones, zones.names.items(), radio, whereabouts, contacts)
    centres = Centres(zones, places, announce_pct=announce_pct)
    return Consoles(
        Services(
            desk=desk,
            zones=zones,
            whereabouts=whereabouts,
            places=places,
            centres=centres,
            listening=Listening(desk, centres.neighbours, cics=cics, blind_s=times.blind_s, others=others),
            finding=DeskSearch(desk, beside.finder, places, zones),
            road_times=RoadTimes(roads),
            others=others,
            language=language,
            times=times,
            shift=shift or ShiftTimes(),
            **msgspec.structs.asdict(beside),
            **services,
        )
    )


class Core:
    """A desk, and what acts on it by itself. What nobody asks for is not made.

    `desk` makes a desk of another kind. `addresses` gives a zone's address, None for one that is reached by radio; `poster` posts
    there; `times` are the watch's; `screens` tell who is before them. `drills`: None, no drill comes.
    `speaks`: the languages of a zone by its key, a space between two.
    """

    def __init__(
        self,
        log: Journal,
        zones: Geography,
        cases: CaseSource,
        clock: Clock,
        *,
        desk: Callable[..., Desk] = Desk,
        board: Board | None = None,
        aside: str = "",
        alarming: frozenset[PressValue] = ALARMING,
        zone_of: Callable[[str], str] = lambda name: "",
        addresses: Addresses = lambda zone: None,
        poster: Poster | None = None,
        order_times: OrderTimes | None = None,
        times: WatchTimes | None = None,
        shift: ShiftTimes | None = None,
        digest: Callable[[], Awaitable[str]] | None = None,
        outside: Outside | None = None,
        drills: DrillRules | None = None,
        screens: Screens | None = None,
        near: InZonesWords = no_zones_words,
        speaks: Callable[[str], str] = english,
        proposed: Proposed = no_words,
        timings: Timings | None = None,
        others: Others | None = None,
    ) -> None:
        self.log, self.zones, self.cases, self.clock = log, zones, cases, clock
        self.times = times
        self._feed_names = FeedNames()
        self._addresses, self._poster, self._order_times = addresses, poster, order_times
        self._shift, self._digest = shift, digest
        self._outside, self._screens = outside, screens
        self.desk = desk(
            log,
            clock=clock,
            locate=zones.locate,
            cases=cases,
            identities=log.vault,
            known_zone=zones.known,
            has_address=lambda zone: addresses(zone) is not None,
            alarming=alarming,
            board=board,
            aside=aside,
            zone_of=zone_of,
            drills=drills,
            screens=screens if drills is not None else None,
            near=near,
            speaks=speaks,
            proposed=proposed,
            kept=Tracks().kept,
            timings=timings,
            others=others,
        )

    @cached_property
    def watch(self) -> Watch:
        """What happens when nobody does anything."""
        return Watch(self.desk, self.log, self.times, outside=self._outside, screens=self._screens)

    @cached_property
    def shifts(self) -> ShiftWatch:
        """The shifts' changes and tests; made where a `digest` of the log is."""
        assert self._digest is not None
        times, within_s = self._shift or ShiftTimes(), (self.times or WatchTimes()).presented_s
        return ShiftWatch(self.desk, self.log, times, within_s=within_s, digest=self._digest)

    @cached_property
    def orders(self) -> OrderSender:
        """The one sender of orders."""
        times = self._order_times or OrderTimes(late_s=(self.times or WatchTimes()).undelivered_s)
        return OrderSender(
            self.desk, self.desk.board, addresses=self._addresses, clock=self.clock, times=times, poster=self._poster
        )

    def subscriber(
        self, url: str, *, receiver: Receiver | None = None, bookmarks: Bookmarks | None = None, **options: Any
    ) -> Subscriber:
        """Who follows a feed for this desk, or for what stands before it. `options` are the subscriber's own."""
        return Subscriber(
            url,
            receiver=receiver or self.desk,
            log=bookmarks or self.log,
            clock=self.clock,
            names=self._feed_names,
            **options,
        )


class Assembly(Core):
    """A core with its pages, which are its screens. Without `times` nothing happens by the clock.

    `languages` are those of zones by their key; of others see `Zones.languages`.
    `beside` makes what stands beside the desk; `pageless` names who works here without a page; `training` is what an exercise
    tells a page beside the alarms; `others` knows the pages of other servers of the log.
    """

    def __init__(
        self,
        log: Journal,
        zones: Zones,
        cases: CaseSource,
        clock: Clock,
        *,
        signins: Registry | None = None,
        cics: Iterable[str] = (),
        announce_pct: int = ANNOUNCE_PCT,
        language: str = "en",
        languages: Mapping[str, str] = MappingProxyType({}),
        addresses_dir: Path | None = None,
        streets_file: Path | None = None,
        roads: Roads | None = None,
        profiles: Mapping[str, Profile] = PROFILES,
        radio: Mapping[str, str] | None = None,
        contacts: Mapping[Any, str] | None = None,
        tells_outside: bool = False,
        pageless: Collection[str] = (),
        training: Callable[[ActedOn], dict[str, Any]] | None = None,
        others: Others | None = None,
        beside: Callable[["Assembly"], Beside] = lambda parts: Beside(),
        **core: Any,
    ) -> None:
        self.whereabouts = Whereabouts(zones, addresses_dir, translator(language), streets_file)
        speaks = partial(zones.languages, centres=language, own=languages)
        core |= {"near": self._near, "speaks": speaks, "proposed": self._proposed}
        super().__init__(log, zones, cases, clock, screens=self, others=others, **core)
        self._pageless = frozenset(pageless)
        self.beside = beside(self)
        self.consoles = pages_of(
            self.desk,
            zones,
            times=self.times,
            cics=cics,
            announce_pct=announce_pct,
            language=language,
            whereabouts=self.whereabouts,
            roads=roads,
            shift=self._shift,
            digest=self._digest,
            signins=signins,
            away=(lambda actor: THERE) if self.times is None else self.watch.away,
            outside=tells_outside,
            profiles=profiles,
            radio=radio,
            contacts=contacts,
            training=training,
            others=others,
            beside=self.beside,
        )

    def _near(self, incident: Incident, language: str) -> str:
        return self.whereabouts.in_full(incident, self.clock.now(), translator(language))

    def _proposed(self, incident: Incident) -> str:
        case, now = self.desk.case_of(incident), self.clock.now()
        return proposal(incident, case, self.consoles.services.places, now).preselected

    def present(self) -> frozenset[str]:
        """The pseudonyms of who is before a page, or works without one."""
        return self.consoles.present() | {self.desk.pseudonym(name) for name in self._pageless}

    def certain(self) -> bool:
        """Whether the pages of all servers are known."""
        return self.consoles.services.others.certain

    def alone(self, incident: Incident) -> bool:
        """Whether only such persons are there as its case excludes: asked where somebody could be told outside."""
        return self._outside is not None and self.consoles.reservations.alone(incident)

    def healthy(self) -> bool:
        """Whether the pages show nothing wrong."""
        return status(self.consoles.faults.now()) == "ok"

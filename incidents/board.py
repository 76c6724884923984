"""The board: the fold of the log into all that is going on now, and notices to whoever looks at it.

It lives on one event loop. It refuses an id or a version it has seen, so an entry may be folded twice without harm.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from incidents import events as ev
from incidents.bounded import Bounded
from incidents.devices import announced, now
from incidents.devices.announced import Announcement
from incidents.devices.now import DeviceNow, Told
from incidents.drills.fold import DRILLS, DrillsNow, drills
from incidents.escalation.bulk import told_of
from incidents.fold import apply
from incidents.fold.clocks import counting
from incidents.fold.people import ShiftNow, shift
from incidents.fold.units import UnitNow, reported
from incidents.health import FeedHealth
from incidents.incident import Incident
from incidents.index import Index
from incidents.messages import UnitReport
from incidents.notices import Change as Change
from incidents.notices import ChangeKind, Notices
from incidents.technical import DeviceAlarm, Known, TechnicalEvent, after

SHIFTS = "desk/shift"  # the stream of shifts, their tests, their sheets
CENTRES = "desk/centres"  # the stream of whether anybody listens
WATCH = "desk/watch-"  # and the day: what the watch did with many alarms at once
# What a feed can fill with names it makes up, and how many of them at most stay: never a press, nor what is known.
UNITS = 2_000
DEVICES = 5_000
ALARMS = 1_000
STREAMS = 50_000
GAPS = 100  # of one feed
CLOSED_STAYS = timedelta(hours=24)  # a device's closures of the last 24 h show on its row


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of a feed that are missing or uncertain, until a person takes note."""

    feed: str
    why: str
    at: datetime
    expected: int
    oldest: int


class Board(Notices):
    """All incidents that are open or were closed in the last 24 h, technical alarms, feeds and units."""

    def __init__(self, known: Callable[[str], bool] = lambda device: False, *, aside: str = "") -> None:
        """`known` says whether a case names a device. `aside`: why the log is not the centre's own but one beside it."""
        super().__init__()
        self.incidents: dict[str, Incident] = {}
        self.index = Index()  # of them
        self.known = known
        self.let_go: Counter[str] = Counter()  # how many units, devices and technical alarms of unknown names
        self.device_alarms: dict[tuple[str, ev.Condition], DeviceAlarm] = Bounded(
            ALARMS,
            kept=lambda key, alarm: alarm.acknowledged_by is not None or self._real(alarm.device),
            gone=self._forget_alarm,
        )
        self.devices: dict[str, DeviceNow] = Bounded(  # every device that was heard of, by its name
            DEVICES, kept=lambda name, device: self._real(name), gone=lambda name, device: self._let_go("devices")
        )
        self.announced: dict[str, Announcement] = {}  # tests, by the device's stream; what is over is let go of
        self.feeds: dict[str, FeedHealth] = {}
        self.gaps: dict[str, list[Gap]] = {}
        self.ids_again: Counter[str] = Counter()  # by feed, since the start: messages under an id that another had
        self.units: dict[str, UnitNow] = Bounded(
            UNITS, kept=lambda name, unit: name in self.index.driven, gone=self._forget_unit
        )
        self.signed_out: set[str] = set()  # who went on purpose, and did not come back
        self.shift = ShiftNow()
        self.drills = DrillsNow()  # never among the incidents
        self.blind: dict[str, datetime] = {}  # centres nobody listens for, since when
        self.recording: Literal["ok", "failed", "cut_off"] = "ok"  # the last: from the other servers of the log
        self.recording_reason = ""
        self.aside = aside  # its key is lost, or it is damaged
        self.held = 0
        self._versions: dict[str, int] = Bounded(STREAMS, kept=self._followed)
        self._by_device: dict[str, list[str]] = {}
        self._by_order: dict[str, str] = {}
        self.presses_seen: dict[str, str] = {}  # by zone, until when (RFC 3339 UTC)
        self._unrecorded: dict[str, set[str]] = {}
        self._early: dict[str, list[ev.Entry]] | None = None  # while a log is read: told of incidents not read yet
        self._conditions: dict[tuple[str, ev.Condition], Known] = Bounded(
            DEVICES, kept=lambda key, known: known.alarm is not None
        )

    @property
    def unowned(self) -> int:
        """How many alarms nobody has."""
        return len(self.index.unowned)

    def version(self, stream: str) -> int:
        """The version of the newest entry folded of a stream."""
        return self._versions.get(stream, 0)

    def fold(self, entry: ev.Entry) -> bool:
        """Take an entry. False when it, or a later one of its stream, was taken already.

        Raises ValueError when entries of the stream are missing before it.
        """
        entry = counting(entry)
        known = self.version(entry.stream)
        if entry.version <= known:
            return False
        if entry.version != known + 1:
            raise ValueError(f"{entry.stream}: version {entry.version} came after {known}")
        self._versions[entry.stream] = entry.version
        if not entry.recorded:
            self._unrecorded.setdefault(entry.stream, set()).add(entry.id)
        kind, _, name = entry.stream.partition("/")
        if kind == "incident":
            self._fold_incident(name, entry)
        elif kind == "device":
            self._fold_device(entry)
        elif kind == "feed":
            self._fold_feed(name, entry)
        elif entry.stream.startswith(WATCH):
            self._fold_many(entry)
        elif entry.stream == SHIFTS:
            self.shift = shift(self.shift, entry)
            self.notify(Change(kind="health", key="shift"))
        elif entry.stream == DRILLS:
            self.drills = drills(self.drills, entry)
            self.notify(Change(kind="drill", key=DRILLS, urgent=True))
        elif entry.stream == CENTRES:
            self._fold_centres(entry)
        elif isinstance(entry.event, ev.PressesSeen):
            self.presses_seen[entry.event.zone] = entry.event.until
            self.notify(Change(kind="health", key="presses"))
        elif isinstance(entry.event, ev.SignedOut):
            self.signed_out.add(entry.actor)
        elif isinstance(entry.event, ev.SignedIn):
            self.signed_out.discard(entry.actor)
        self.tell_followers(entry.stream, entry.id, entry.recorded)
        if (told := now.of_entry(entry)) is not None:
            self.hear(told)
        return True

    def go_on_from(self, stream: str, version: int) -> None:
        """What the log has of a stream up to this version can't be read: what comes is taken after it."""
        self._versions[stream] = max(version, self.version(stream))

    def recorded(self, stream: str, record_id: str) -> None:
        """An entry that was shown before it was durable is in the log now."""
        waiting = self._unrecorded.get(stream, set())
        waiting.discard(record_id)
        if not waiting:
            self._unrecorded.pop(stream, None)
        self.tell_followers(stream, record_id)
        kind, _, name = stream.partition("/")
        if kind == "incident" and (incident := self.incidents.get(name)):
            entries = tuple(
                msgspec.structs.replace(entry, recorded=True) if entry.id == record_id else entry
                for entry in incident.history.entries
            )
            history = msgspec.structs.replace(incident.history, entries=entries, unrecorded=len(waiting))
            self._put(msgspec.structs.replace(incident, history=history))
            self.notify(Change(kind="incident", key=name))

    def fold_anew(self, stream: str, entries: Iterable[ev.Entry], told: Iterable[ev.Entry] = ()) -> None:
        """Take a stream as these entries have it, in the place of what was folded of it; `told`: of an incident among others."""
        kind, _, name = stream.partition("/")
        quiet = self.at_once(name) if kind == "incident" else contextlib.nullcontext()
        with quiet, self.reading():
            self._let_go_of(kind, stream, name)
            if self._early is not None:
                self._early[name] = list(told)
            for entry in entries:
                self.fold(entry)

    def _let_go_of(self, kind: str, stream: str, name: str) -> None:
        self._versions.pop(stream, None)
        self._unrecorded.pop(stream, None)
        if (incident := self.incidents.pop(name, None) if kind == "incident" else None) is not None:
            self.index.drop(incident)
            self._forget_names(incident)
        for key in [key for key in self._conditions if key[0] == stream]:
            del self._conditions[key]
            if self.device_alarms.pop(key, None) is not None:
                self.notify(Change(kind="device", key=stream, urgent=True))
        self.announced.pop(stream, None)
        if kind == "feed":
            self.gaps.pop(name, None)
        if stream == CENTRES:
            self.blind.clear()
        elif stream == SHIFTS:
            self.shift = ShiftNow()
        elif stream == DRILLS:
            self.drills = DrillsNow()

    def of_device(self, device: str) -> tuple[Incident, ...]:
        """The incidents of a device on the board, newest first."""
        ids = self._by_device.get(device, [])
        return tuple(self.incidents[i] for i in reversed(ids) if i in self.incidents)

    def alarm_open(self, device: str) -> bool:
        """Whether an alarm of this device is open: what its next press would join, and nobody takes for a test."""
        return any(incident.open for incident in self.of_device(device))

    def open_press_of(self, device: str) -> Incident | None:
        """The incident that a press of this device joins."""
        return next((i for i in self.of_device(device) if i.open and i.origin == "press"), None)

    def open_of(self, case: str | None, devices: Iterable[str | None]) -> tuple[Incident, ...]:
        """The open incidents of a case or of one of these devices, the oldest first: two of them are one woman."""
        named = map(self.incidents.__getitem__, self.index.cases.get(case or "", ()))
        theirs = (one for device in devices if device for one in self.of_device(device) if one.open)
        found = {one.id: one for one in (*named, *theirs)}
        return tuple(sorted(found.values(), key=lambda one: (one.received_at, one.id)))

    def beside(self, incident: Incident) -> tuple[Incident, ...]:
        """The other open incidents of whom an incident is about."""
        return tuple(one for one in self.open_of(incident.case, (incident.device,)) if one.id != incident.id)

    def of_order(self, order: str) -> Incident | None:
        """The incident an order belongs to."""
        return self.incidents.get(self._by_order.get(order, ""))

    def of_unit(self, unit: str) -> Incident | None:
        """The open incident this unit drives to."""
        return next((self.incidents[i] for i in self.index.driven.get(unit, ())), None)

    def unit(self, report: UnitReport, at: datetime, received: datetime) -> None:
        """Take the present state of a unit; an older one than we have is passed over."""
        if (now_is := reported(self.units.get(report.unit), report, at, received)) is None:
            return
        self.units[report.unit] = now_is
        self.notify(Change(kind="unit", key=report.unit))

    def hear(self, told: Told) -> None:
        """Take what was heard of a device."""
        before = self.devices.get(told.device)
        after = self.devices[told.device] = now.after(before, told)
        if before is not None and before.battery != after.battery:
            for stream in {alarm.stream for alarm in self.device_alarms.values() if alarm.device == told.device}:
                self.notify(Change(kind="device", key=stream))

    def feed(self, health: FeedHealth) -> None:
        """Take the present health of a feed: with each of its messages and heartbeats there is a newer one."""
        before, self.feeds[health.name] = self.feeds.get(health.name), health
        urgent = before is None or before.state != health.state
        self.notify(Change(kind="feed", key=health.name, urgent=urgent))

    def id_again(self, feed: str) -> None:
        """A feed gave an id to two messages. The second was taken as what it is."""
        self.ids_again[feed] += 1
        self.notify(Change(kind="feed", key=feed))

    def recording_is(self, state: Literal["ok", "failed", "cut_off"], reason: str, held: int) -> None:
        """Whether the log can be written now, and how many entries wait for it."""
        if (state, reason, held) != (self.recording, self.recording_reason, self.held):
            self.recording, self.recording_reason, self.held = state, reason, held
            self.notify(Change(kind="health", key="recording", urgent=True))

    def forget(self, at: datetime) -> None:
        """Let go of incidents that were closed more than 24 h ago, of units not heard of for as long, of tests long over."""
        for incident in map(self.incidents.__getitem__, tuple(self.index.closed)):
            if incident.times["closed"].entered >= at - CLOSED_STAYS:
                break  # they stand in the order in which they were closed
            del self.incidents[incident.id]
            self.index.drop(incident)
            self._forget_names(incident)
            self.notify(Change(kind="incident", key=incident.id))
        for unit in [u for u in self.units.values() if u.at < at - CLOSED_STAYS]:
            del self.units[unit.unit]
        for test in [t for t in self.announced.values() if t.until + announced.LATE < at]:
            del self.announced[test.stream]

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """A log is read, what is told of many first: each incident takes its part where it belongs by its time."""
        early = self._early = {}
        try:
            yield
        finally:
            self._early = None
            for name, entries in early.items():
                for entry in entries:
                    self._take_told(name, entry)

    @contextlib.contextmanager
    def anew(self) -> Iterator[None]:
        """Empty it to fold a log from its beginning; the listeners are told when that stands, of all that was and is there."""
        listeners, before = self._listeners, self._keys()
        Board.__init__(self, self.known, aside=self.aside)
        try:
            yield
        finally:
            self._listeners = [*listeners, *self._listeners]
            for kind, key in sorted(before | self._keys()):
                self.notify(Change(kind=kind, key=key, urgent=True))

    def _keys(self) -> set[tuple[ChangeKind, str]]:
        kept: dict[ChangeKind, Iterable[str]] = {
            "incident": self.incidents,
            "device": [stream for stream, _ in self.device_alarms],
            "feed": [*self.feeds, *self.gaps],
            "unit": self.units,
        }
        return {(kind, key) for kind, keys in kept.items() for key in keys}

    def _fold_incident(self, name: str, entry: ev.Entry) -> None:
        before = self.incidents.get(name)
        if before is None and entry.version > 1 and not isinstance(entry.event, ev.Raised):
            return  # closed long ago and let go of; what is still said of it is for whoever reads the log
        early = self._early.get(name) if self._early else None
        while before is not None and early and early[0].at < entry.at:
            before = self._take_told(name, early.pop(0))
        after = apply(before, entry)
        self._put(after)
        if before is None and after.device is not None:
            self._by_device.setdefault(after.device, []).append(name)
        if after.order is not None:
            self._by_order[after.order.id] = name
        if not self._listeners:
            return
        urgent = before is None or before.changes != after.changes
        self.notify(Change(kind="incident", key=name, urgent=urgent))

    def _real(self, device: str | None) -> bool:
        """Whether a device is more than a name in a message: it alarmed, a person tested it, or a case names it."""
        if device is None:
            return False
        told = self.devices.get(device)
        tested = told is not None and told.tested is not None
        return tested or device in self._by_device or self.known(device)

    def _followed(self, stream: str, version: int) -> bool:
        """Whether something on the board is of this stream: what is let go of is folded anew when it is written to."""
        kind, _, name = stream.partition("/")
        if kind == "incident":
            return name in self.incidents
        if kind != "device":
            return True
        alarmed = any((stream, condition) in self.device_alarms for condition in ev.Condition.__args__)  # type: ignore[attr-defined]
        return alarmed or stream in self.announced or stream in self._unrecorded

    def _let_go(self, what: str) -> None:
        self.let_go[what] += 1
        if self.let_go[what] == 1 or self.let_go[what] % 100 == 0:
            self.notify(Change(kind="health", key="let_go"))

    def _forget_alarm(self, key: tuple[str, ev.Condition], alarm: DeviceAlarm) -> None:
        self._conditions.pop(key, None)
        self._versions.pop(key[0], None)  # the log has it: it is read anew when its device speaks again
        self._let_go("alarms")
        self.notify(Change(kind="device", key=key[0], urgent=True))

    def _forget_unit(self, name: str, unit: UnitNow) -> None:
        self._let_go("units")
        self.notify(Change(kind="unit", key=name))

    def _forget_names(self, incident: Incident) -> None:
        if incident.device is not None and (ids := self._by_device.get(incident.device)) is not None:
            ids[:] = [name for name in ids if name != incident.id]
            if not ids:
                del self._by_device[incident.device]
        if incident.order is not None:
            for order in [order for order, name in self._by_order.items() if name == incident.id]:
                del self._by_order[order]

    def _fold_many(self, entry: ev.Entry) -> None:
        for name, told in told_of(entry):
            if self._early is not None:
                self._early.setdefault(name, []).append(told)
            elif self._take_told(name, told) is not None:
                self.notify(Change(kind="incident", key=name))

    def _take_told(self, name: str, told: ev.Entry) -> Incident | None:
        """Fold what was told of an incident among others; None for one that is not on the board."""
        before = self.incidents.get(name)
        if before is not None:
            self._put(apply(before, told))
        return self.incidents.get(name)

    def _put(self, incident: Incident) -> None:
        self.index.put(self.incidents.get(incident.id), incident)
        self.incidents[incident.id] = incident

    def _fold_device(self, entry: ev.Entry) -> None:
        event = entry.event
        if isinstance(event, ev.AnnouncedTest | ev.WithdrawnTest):
            standing = announced.after(self.announced.pop(entry.stream, None), entry)
            if standing is not None:
                self.announced[entry.stream] = standing
            self.notify(Change(kind="health", key="announced"))
        if not isinstance(event, TechnicalEvent):
            return
        key = (entry.stream, event.condition)
        known = self._conditions.get(key, Known())
        self._conditions[key] = after(known, entry, event)
        before, alarm = known.alarm, self._conditions[key].alarm
        if alarm is before:
            return
        if alarm is None:
            del self.device_alarms[key]
        else:
            self.device_alarms[key] = alarm
        urgent = alarm is not None and alarm.calls and not (before is not None and before.calls)
        self.notify(Change(kind="device", key=entry.stream, urgent=urgent))

    def _fold_feed(self, name: str, entry: ev.Entry) -> None:
        if isinstance(entry.event, ev.FeedGap):
            event = entry.event
            gap = Gap(feed=name, why=event.why, at=entry.at, expected=event.expected, oldest=event.oldest)
            self.gaps[name] = [*self.gaps.get(name, []), gap][-GAPS:]
            self.notify(Change(kind="feed", key=name, urgent=True))
        elif isinstance(entry.event, ev.FeedGapAcknowledged):
            self.gaps.pop(name, None)
            self.notify(Change(kind="feed", key=name, urgent=True))

    def _fold_centres(self, entry: ev.Entry) -> None:
        if isinstance(entry.event, ev.CentreBlind):
            self.blind.setdefault(entry.event.cic, entry.at)
        elif isinstance(entry.event, ev.CentreBack):
            self.blind.pop(entry.event.cic, None)
        self.notify(Change(kind="health", key="centres", urgent=True))

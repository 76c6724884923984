"""All looks of a log in memory, read from the records that say them, and read on for what is new (docs/decisions/0099).

Case and device are sealed under the key of their stream, so they stand nowhere but here; of what was erased the row
stays, without them.
"""

import contextlib
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

import msgspec

from incidents.audit import AGAIN
from incidents.auditing.columns import NAMES, Columns
from incidents.auditing.look import NEVER, Alarm, Look
from incidents.auditing.notices import DEALT, RAISED, Notices
from incidents.auditing.rules import DAY_MS, AuditRules
from incidents.board import STREAMS
from incidents.bounded import Bounded
from incidents.events import DISCLOSURES
from incidents.events.audit import shown_numbers
from incidents.events.changes import imported_numbers
from incidents.log import LogUnavailable, Record
from incidents.log.snapshot import Snapshot

WORK_S, REST_S = 0.002, 0.001  # beside a desk the event loop is let in after this much work
_TOGETHER = 4096
_HANDOVER_MIN = 30  # who leaves has gone so long after a change
_MEANT = frozenset({"case", "cases", "device", "incidents"})  # the sealed facts that are needed
_NO_FILES = frozenset({"life"})  # the hash of an import is of what was given, not taken
_NONE: frozenset[str] = frozenset()
OPENS = {kind: bool(event.SEALED & _MEANT) for kind, event in DISCLOSURES.items()}


class Vault(Protocol):
    """What opens sealed facts."""

    def unseal(self, record: Record) -> bytes | None: ...


class _Facts(msgspec.Struct):
    """Of a record what is needed here; the rest is not even decoded."""

    case: str | None = None
    device: str | None = None
    incident: str = ""
    cases: str = ""
    incidents: str = ""
    role: str = ""
    roles: str = ""
    need: str = ""
    why: str = ""
    to: str = ""
    of: str = ""
    how: str = ""
    start: str = ""
    condition: str = ""
    sha256: str = ""
    break_glass: bool = False
    reason: str = ""


class _Life(msgspec.Struct):
    """An incident so far: whom it is about, whether it is open, when it came and was last closed (ms)."""

    case: str = ""
    device: str = ""
    open: bool = False
    came_ms: int = 0
    closed_ms: int = 0


_decode = msgspec.json.Decoder(_Facts).decode


def ms_of(at: str) -> int:
    """A record's time in ms since 1970."""
    return round(datetime.fromisoformat(at).timestamp() * 1000)


class Index:
    """`columns` has the rows. One thread reads at a time (`read_on`); any thread may ask.

    `snapshot` opens the log as it is now.
    """

    def __init__(
        self,
        snapshot: Callable[[], AbstractContextManager[Snapshot]],
        vault: Vault,
        settings: AuditRules,
        *,
        rests: bool = True,
    ) -> None:
        self.columns = Columns()
        self.notices = Notices(vault.unseal)
        self.also: dict[int, list[int]] = {}  # rows that showed several cases, by the number of each case
        self.position = 0  # of the last record read
        self._log: Snapshot  # as it is read on now
        self.stopped = False
        self._snapshot, self._vault, self._rests = snapshot, vault, rests
        self._reason_ms = settings.reason_s * 1000
        self._arrival_ms = settings.arrival_min * 60_000
        self._rows: list[tuple[int, ...]] = []
        self._unsaid: dict[str, int] = {}  # the rows without a reason, by the id of their record
        self._lately: deque[tuple[int, Record]] = deque()  # those whose reason is not due yet, with their time
        self._lives: dict[str, _Life] = {}
        self._open: Counter[str] = Counter()  # alarms open now, by case and by device
        self._technical: dict[str, frozenset[str]] = Bounded(STREAMS)  # what nobody noted of a device
        self._last: dict[str, int] = {}  # the last alarm of a case, ms
        self._shift_ms = 0
        self._here: dict[str, int] = {}  # since when whoever has a page has it, ms
        self._worked: set[str] = set()  # who was there at the beginning of the shift of now
        self._before: tuple[int, set[str]] = (0, set())  # when the shift before began, and who was there then
        self._takers: dict[str, Callable[[int, Record], None]] = {
            **dict.fromkeys(DISCLOSURES, self._look),
            "kept_from": self._kept_from,
            "signed_in": self._signed_in,
            "reason_given": self._reason_given,
            "raised": self._raised,
            "case_changed": self._case_changed,
            "closed": self._closed,
            "reopened": self._reopened,
            "device_alarmed": self._device_alarmed,
            "device_acknowledged": self._device_acknowledged,
            "came": self._came,
            "left": self._left,
            "shift_started": self._shift_started,
            "erased": self._erased,
            RAISED: lambda seq, record: self.notices.raised(record, self._log.positions),
            DEALT: lambda seq, record: self.notices.dealt(record),
        }

    def read_on(self) -> None:
        """Read what the log has beyond what was read. Call it in a thread. Raises LogUnavailable."""
        with self._snapshot() as log:
            self._log, head = log, log.head().position
            if head == self.position:
                return
            try:
                for seq, record in self._rested(log.of_types(self._takers, self.position)):
                    # A newer version may have written otherwise.
                    with contextlib.suppress(msgspec.DecodeError, ValueError):
                        self._takers[record.type](seq, record)
                    self.position = seq  # a reading that is broken off goes on from here
                    if len(self._rows) >= _TOGETHER:
                        self._flush()
            finally:
                self._flush()
            self.position = head

    def look(self, row: int) -> Look:
        """A row as it is now."""
        arrays = self.columns.taken()
        words = self.columns.words
        facts: dict[str, Any] = {
            name: words[name].words[int(arrays[name][row])] if name in words else arrays[name][row].item()
            for name in NAMES
            if name != "stream"
        }
        return Look(**facts)

    def record(self, seq: int) -> tuple[Record, str] | None:
        """The record at a position, and the reason given for it in words; None where it can't be read. Raises LogUnavailable."""
        with self._snapshot() as log:
            record = log.at((seq,)).get(seq)
            if record is None:
                return None
            words = self._facts(record, sealed=True).reason
            if not words and record.type in DISCLOSURES:
                for _, records in log.records((record.stream,)):
                    for one in records:
                        if one.type == "reason_given" and one.open.get("of") == record.id:
                            words = self._facts(one, sealed=True).reason
            return record, words

    def records(self, seqs: Sequence[int]) -> dict[int, Record]:
        """The records at these positions, those that can be read. Raises LogUnavailable."""
        with self._snapshot() as log:
            return log.at(seqs)

    def cases_of(self, record: Record) -> list[str]:
        """The cases of a look that was at several; of one at a single case none."""
        return self._several(record, self._facts(record, sealed=True))

    def _several(self, record: Record, facts: _Facts) -> list[str]:
        cases = imported_numbers(facts.cases) if record.type == "cases_imported" else shown_numbers(facts.cases)
        others = [self._lives[name].case for name in facts.incidents.split() if name in self._lives]
        return [case for case in dict.fromkeys((*cases, *others)) if case]

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        self.columns.add(rows)

    def _facts(self, record: Record, *, sealed: bool = False) -> _Facts:
        """The open facts, and the sealed ones where they are asked for and can be opened."""
        found = msgspec.convert(record.open, _Facts)
        if sealed and (plain := self._vault.unseal(record)):
            opened = _decode(plain)
            for name in (*_MEANT, "reason"):
                if value := getattr(opened, name):
                    setattr(found, name, value)
        return found

    def _look(self, seq: int, record: Record) -> None:
        kind = DISCLOSURES[record.type]
        facts = self._facts(record, sealed=OPENS[record.type])
        command = facts.how == "command" or (kind.COMMAND and facts.how != "page")
        if command and not facts.why:  # words alone, which are sealed
            facts.reason = self._facts(record, sealed=True).reason
        given = bool(facts.why or facts.reason)
        at_ms = ms_of(record.at)
        while self._lately and self._lately[0][0] <= at_ms - self._reason_ms:
            self._lately.popleft()
        if facts.need:
            self._needed(record, facts.need)
        elif not given:
            self._unsaid[record.id] = self.columns.count + len(self._rows)
            self._lately.append((at_ms, record))
        self._add(seq, record, record.actor, facts, kind.DISCLOSES, given=given, command=command)

    def _kept_from(self, seq: int, record: Record) -> None:
        facts = self._facts(record)
        self._add(seq, record, facts.to, facts, "kept_from", given=True)

    def _signed_in(self, seq: int, record: Record) -> None:
        facts = self._facts(record)
        if facts.break_glass:
            facts.role = facts.roles
            self._add(seq, record, record.actor, facts, "break_glass", given=True)

    def _add(
        self, seq: int, record: Record, who: str, facts: _Facts, what: str, *, given: bool, command: bool = False
    ) -> None:
        at_ms = ms_of(record.at)
        own = record.stream.partition("/")
        incident = facts.incident or (own[2] if own[0] == "incident" else "")
        life = self._lives.get(incident)
        several = self._several(record, facts)
        case = facts.case or (life.case if life else "") or (several[0] if len(several) == 1 else "")
        device = facts.device or (life.device if life else "")
        alarm = self._alarm(record.stream, life, case, device, several, searched=what == "search")
        number = self.columns.words
        row = self.columns.count + len(self._rows)
        if len(several) > 1:
            for one in several:
                self.also.setdefault(number["case"].number(one), []).append(row)
        quiet = -1
        if case:
            last = self._last.get(case)
            quiet = NEVER if last is None else min(NEVER, max(0, at_ms - last) // DAY_MS)
        values: dict[str, int] = {
            "seq": seq,
            "at_ms": at_ms,
            "given": given,
            "command": command,
            "file": (bool(facts.sha256) and what not in _NO_FILES) or record.type == "log_exported",
            "again": record.id.endswith(AGAIN),
            "there": self._there(who, at_ms) or self._finishes(who, life, at_ms),
            "quiet_days": quiet,
            **{
                name: number[name].number(text)
                for name, text in (
                    ("who", who),
                    ("role", facts.role),
                    ("what", what),
                    ("kind", record.type),
                    ("case", case),
                    ("device", device),
                    ("incident", incident),
                    ("stream", record.stream),
                    ("need", facts.need),
                    ("why", facts.why),
                    ("alarm", alarm),
                )
            },
        }
        self._rows.append(tuple(values[name] for name in NAMES))

    def _alarm(
        self, stream: str, life: _Life | None, case: str, device: str, several: list[str], *, searched: bool
    ) -> Alarm:
        if (life is not None and life.open) or any(self._open[one] for one in (case, device, *several) if one):
            return "open"
        if self._technical.get(stream):
            return "technical"
        return "none" if life is not None or case or device or searched else ""

    def _reason_given(self, seq: int, record: Record) -> None:
        facts = self._facts(record)
        row = self._unsaid.pop(facts.of, None)
        if row is None:
            return
        self._flush()
        self.columns.set(row, given=True, why=self.columns.words["why"].number(facts.why))

    def _needed(self, record: Record, need: str) -> None:
        """Who needs to look at an alarm before their reason was due is not asked any more why they looked before."""
        if not record.stream.startswith("incident/"):
            return
        for _, one in self._lately:
            same = (one.stream, one.actor) == (record.stream, record.actor)
            if same and (row := self._unsaid.pop(one.id, None)) is not None:
                self._flush()
                self.columns.set(row, need=self.columns.words["need"].number(need))

    def _raised(self, seq: int, record: Record) -> None:
        facts = self._facts(record, sealed=True)
        life = _Life(facts.case or "", facts.device or "", came_ms=ms_of(record.at))
        self._lives[record.stream.removeprefix("incident/")] = life
        self._turn(life, True)
        if life.case:
            self._last[life.case] = ms_of(record.at)

    def _case_changed(self, seq: int, record: Record) -> None:
        life = self._lives.get(record.stream.removeprefix("incident/"))
        if life is not None:
            was, case = life.open, self._facts(record, sealed=True).case or ""
            self._turn(life, False)
            life.case = case
            self._turn(life, was)

    def _closed(self, seq: int, record: Record) -> None:
        if life := self._lives.get(record.stream.removeprefix("incident/")):
            self._turn(life, False)
            life.closed_ms = ms_of(record.at)

    def _reopened(self, seq: int, record: Record) -> None:
        if life := self._lives.get(record.stream.removeprefix("incident/")):
            self._turn(life, True)

    def _turn(self, life: _Life, open: bool) -> None:
        if life.open != open:
            life.open = open
            for one in filter(None, (life.case, life.device)):
                self._open[one] += 1 if open else -1

    def _device_alarmed(self, seq: int, record: Record) -> None:
        self._technical[record.stream] = self._technical.get(record.stream, _NONE) | {self._facts(record).condition}

    def _device_acknowledged(self, seq: int, record: Record) -> None:
        if left := self._technical.pop(record.stream, _NONE) - {self._facts(record).condition}:
            self._technical[record.stream] = left

    def _came(self, seq: int, record: Record) -> None:
        at_ms = ms_of(record.at)
        self._here.setdefault(record.actor, at_ms)
        if at_ms <= self._shift_ms + self._arrival_ms:
            self._worked.add(record.actor)

    def _left(self, seq: int, record: Record) -> None:
        self._here.pop(record.actor, None)
        # Who leaves soon after the change was of the shift before: from the end of the hand-over on they are not there.
        if ms_of(record.at) < self._shift_ms + _HANDOVER_MIN * 60_000:
            self._worked.discard(record.actor)

    def _shift_started(self, seq: int, record: Record) -> None:
        start_ms = ms_of(self._facts(record).start or record.at)
        if start_ms != self._shift_ms:  # after a restart it may be said again
            self._before = self._shift_ms, self._worked
        self._shift_ms, self._worked = start_ms, set(self._here)

    def _there(self, who: str, at_ms: int) -> bool:
        """Whether a person was there in the first part of this shift; where there are no shifts, whether a page is theirs."""
        return who in self._worked if self._shift_ms else who in self._here

    def _finishes(self, who: str, life: _Life | None, at_ms: int) -> bool:
        """Whether it is an alarm of their own shift, the one before this, and open or just over: who stays on for it works."""
        began_ms, crew = self._before
        if life is None or who not in crew or not began_ms <= life.came_ms < self._shift_ms:
            return False
        return life.open or at_ms < life.closed_ms + self._arrival_ms

    def _erased(self, seq: int, record: Record) -> None:
        self._flush()
        self.notices.forget(record.stream)
        kind, _, name = record.stream.partition("/")
        incident = name if kind == "incident" else ""
        if life := self._lives.get(incident):
            self._turn(life, False)
            life.case = life.device = ""
        self.columns.forget(record.stream, incident)
        if kind == "audit":
            number = self.columns.words["stream"].find(record.stream)
            streams = self.columns.taken()["stream"]
            for case, rows in self.also.items():
                self.also[case] = [row for row in rows if int(streams[row]) != number]

    def _rested(self, records: Iterator[tuple[int, Record]]) -> Iterator[tuple[int, Record]]:
        since = time.monotonic()
        for one in records:
            yield one
            if self.stopped:
                raise LogUnavailable("nobody asks any more")
            if self._rests and time.monotonic() - since > WORK_S:
                time.sleep(REST_S)
                since = time.monotonic()

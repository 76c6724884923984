"""The audit of a running desk: it reads on in a thread, makes notices of what is unusual, and takes what is done about them.

Nothing waits for it, and it holds up nothing: a log that can't be read or written now is asked again a second later.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import uuid4

import msgspec

from incidents import events as ev
from incidents.audit import role_of, stream_of
from incidents.auditing.index import REST_S, Index, Vault
from incidents.auditing.notices import RaisedNotice
from incidents.auditing.query import TOGETHER, Asked, Lists
from incidents.auditing.rules import LONGEST_MS, AuditRules, Judge, Notice
from incidents.case import Case
from incidents.commands import Refused
from incidents.desk.decisions import check_id
from incidents.desk.desk import Desk
from incidents.events import Why
from incidents.listeners import say_fault, tell
from incidents.log import LogUnavailable
from incidents.log.snapshot import Snapshot
from incidents.log.verify import Report
from incidents.reasons import MAX_REASON, says_why
from incidents.roles import User, check

PAGE = "page auditor"
EVERY_S = 1.0
MAX_NOTE = 2000  # characters


class Verify(Protocol):
    """Checks the whole log (`incidents.log.verify.verify`). Raises LogUnavailable."""

    def __call__(self, *, progress: Callable[[int, int], None]) -> Report: ...


class Auditing:
    """`ready` once all there is was read. It belongs to the event loop that runs it; `lists` may be asked in any thread."""

    def __init__(
        self,
        desk: Desk,
        snapshot: Callable[[], AbstractContextManager[Snapshot]],
        vault: Vault,
        settings: AuditRules,
        verify: Verify,
    ) -> None:
        self.verify = verify  # in a thread
        self.settings = settings
        self.index = Index(snapshot, vault, settings)
        self.lists = Lists(self.index)
        self.ready = False
        self._desk = desk
        self._edition: object = None
        self._before: dict[str, Case] = {}  # the cases of this edition, a withdrawn one as it was last
        self._judge: Judge | None = None
        self._judged = 0  # rows
        self._waiting: list[int] = []  # rows whose reason may still come
        self._unwritten: list[Notice] = []
        self._listeners: list[Callable[[], object]] = []

    def listen(self, callback: Callable[[], object]) -> Callable[[], object]:
        """Be told on the loop that there is something new; returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    async def run(self) -> None:
        """Read, judge, read on, until it is cancelled."""
        self.index.stopped = False
        told = -1  # up to which position
        try:
            while True:
                try:
                    self._unwritten += await asyncio.to_thread(self._turn, self._now_ms())
                    for notice in tuple(self._unwritten):
                        await self._raise(notice)
                        self._unwritten.remove(notice)
                except (LogUnavailable, Refused) as failure:
                    say_fault(failure, "the audit")
                else:
                    self.ready = True
                    if told != (told := self.index.position):
                        tell(tuple(self._listeners), what="a page's news of the audit")
                await asyncio.sleep(EVERY_S)
        finally:
            self.index.stopped = True

    def asked_by(self, user: User) -> Asked:
        """The list of all that who asks may see: nobody audits themselves, and what a case keeps from them is not there."""
        cases, exclusions = self._desk.cases, self._desk.exclusions
        now = {case.number: case for case in cases.all()}
        gone = {number: case for number, case in self._before.items() if number not in now}
        kept = [case for case in (*now.values(), *gone.values()) if case.exclusions and exclusions.case(case, user)]
        devices = {device for case in kept for device in case.devices}
        return Asked(
            unnamed=user.actor,
            kept_cases=frozenset(case.number for case in kept),
            # What belonged to a withdrawn case may be another's now.
            kept_devices=frozenset(d for d in devices if exclusions.device(d, user) or not cases.cases_of(d)),
        )

    def notices_for(self, user: User) -> tuple[list[RaisedNotice], int]:
        """The notices that who asks may see, the newest first, and how many others are about themselves."""
        asked = self.asked_by(user)
        kept = asked.kept_cases | asked.kept_devices
        standing = [one for one in reversed(list(self.index.notices.standing.values())) if one.about not in kept]
        return [one for one in standing if one.who != user.actor], sum(one.who == user.actor for one in standing)

    @property
    def waiting(self) -> int:
        """How many notices no auditor has dealt with, of those read so far."""
        return sum(not one.dealt for one in list(self.index.notices.standing.values()))

    def notice(self, id: str, user: User) -> RaisedNotice | None:
        """One of those."""
        return next((one for one in self.notices_for(user)[0] if one.id == id), None)

    def counted(self, notice: RaisedNotice, asked: Asked) -> Asked:
        """Of what is asked for, the looks that a notice counted."""
        return msgspec.structs.replace(asked, looks=self.index.notices.counted[notice.id], since_ms=None, until_ms=None)

    async def deal(self, id: str, notice: str, state: ev.NoticeState, note: str, user: User) -> None:
        """Note what an auditor did about a notice. Raises Refused: it is about themselves, or there is none."""
        check(user, PAGE)
        check_id(id)
        if self.notice(notice, user) is None:
            raise Refused("not_allowed")
        dealt = ev.NoticeDealt(notice=notice, state=state, note=note.strip()[:MAX_NOTE])
        await self._desk.note(stream_of(self._desk.clock.now()), dealt, id=id, actor=user.actor)

    async def note(self, event: ev.Disclosure, user: User) -> None:
        """Record what an auditor was shown, or took. Raises LogUnavailable."""
        stream = stream_of(self._desk.clock.now())
        await self._desk.note(stream, event, id=f"audit-{uuid4().hex}", actor=user.actor)

    async def name(self, person: str, why: Why, reason: str, user: User) -> str:
        """Who a pseudonym is, once it is recorded that somebody asked, and why; "?" once that was erased. Raises Refused."""
        check(user, PAGE)
        if person == user.actor:
            raise Refused("not_allowed")
        if not says_why(why, reason):
            raise Refused("reason_missing")
        named = ev.PersonNamed(role=role_of(user), person=person, why=why, reason=reason.strip()[:MAX_REASON])
        await self.note(named, user)
        return self._desk.name_of(person)

    def _now_ms(self) -> int:
        return round(self._desk.clock.now().timestamp() * 1000)

    def _look_at_cases(self) -> None:
        """Whom a withdrawn case excluded it excludes as before: read once of each edition, before its looks are."""
        cases = self._desk.cases
        edition, current = cases.edition, cases.all()
        if edition is not self._edition and (withdrawn := cases.withdrawn()) is not None:
            self._before = {case.number: case for case in (*withdrawn, *current)}
            self._edition = edition

    def _turn(self, now_ms: int) -> list[Notice]:
        self._look_at_cases()
        self.index.read_on()
        if self._judge is None:
            self._judge = Judge(self.settings)
            for known in self.index.notices.standing.values():
                self._judge.known(known.rule, known.who, known.about, known.at_ms)
            recent = self.lists.find(Asked(since_ms=now_ms - LONGEST_MS, rising=True), shown=1)
            self._judged = min(recent.rows, default=self.index.columns.count)
        due = [*self._waiting, *range(self._judged, self.index.columns.count)]
        self._waiting, self._judged = [], self.index.columns.count
        found: list[Notice] = []
        for n, row in enumerate(due, 1):
            if n % TOGETHER == 0:
                time.sleep(REST_S)
            look = self.index.look(row)
            if look.unasked and not look.given and now_ms < look.at_ms + self.settings.reason_s * 1000:
                self._waiting.append(row)
            else:
                found += self._judge.judge(look)
        return found

    async def _raise(self, notice: Notice) -> None:
        records = await asyncio.to_thread(self.index.records, notice.looks)
        if notice.looks[-1] not in records:
            return
        record = records[notice.looks[-1]]
        mark = hashlib.sha256(f"{notice.rule} {record.id}".encode()).hexdigest()[:24]
        raised = ev.NoticeRaised(
            rule=notice.rule,
            count=len(records),
            of=record.id,
            looks="\n".join(one.id for one in records.values()),
            person=notice.who,
            about=notice.about,
        )
        now = self._desk.clock.now()
        await self._desk.record(
            stream_of(now),
            lambda: raised,
            id=f"notice-{mark}",
            actor="watch",
            source_at=min(now, ev.entry(record, None).at),
        )

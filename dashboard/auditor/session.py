"""One auditor page. It is sent the notices when they change, and what it asks for; a locked page is sent none of it.

It is no console: whom it shows has not been shown an alarm. Whose list somebody opens is recorded before it is sent.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from typing import Any, get_args

import msgspec

from dashboard.auditor.view import View
from dashboard.documents.address import address
from dashboard.services import Ground
from dashboard.shell.errands import LOOKS, aside, turn_of
from dashboard.shell.ground import Standing
from dashboard.shell.outbox import Page
from dashboard.shell.requests import Command, answers, text
from dashboard.shell.session import DeskSession
from incidents import events as ev
from incidents.audit import role_of
from incidents.auditing.auditing import PAGE, Auditing
from incidents.auditing.digest import digest
from incidents.auditing.index import REST_S
from incidents.auditing.look import Look
from incidents.auditing.query import Asked, Listed
from incidents.commands import Refused
from incidents.log import LogUnavailable
from incidents.roles import User

NOTICES = 200  # of the newest: what is older is in the list
WEEK_MS = 7 * 86_400_000
CASES = 50  # of a look at several that are named
MARKS = 600  # looks of one person's week that are drawn
PROGRESS_S = 0.25
STATES: tuple[ev.NoticeState, ...] = get_args(ev.NoticeState)


_CHECKING = ThreadPoolExecutor(1, "verify")  # the whole log: minutes


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to `list`: what was asked under `n`, and `marks`, the last week of the one person whose list it is."""

    n: int
    listed: Listed
    rows: list[Look]
    marks: list[tuple[int, bool]]


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to `row`: a look, where its record stands, the reason in words; of several `cases` the first, `more` so many."""

    look: Look
    stream: str
    version: int
    words: str
    cases: list[str]
    more: int


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What checking the log found: `findings` are the first ones, `more` so many others; when, and how long it took."""

    ok: bool
    records: int
    streams: int
    checkpoints: int
    head: str
    findings: list[str]
    more: int
    at_ms: int
    took_ms: int


class AuditorSession(DeskSession[Ground]):
    """`consoles` and `token` as every page has them."""

    kind = PAGE

    def __init__(self, consoles: Ground, page: Page, token: str) -> None:
        super().__init__(consoles, page, token)
        self._shown: tuple[object, ...] | None = None  # whose list was recorded last, and for whom
        self._whole = ""  # for whom it was that they opened everybody's, or were sent notices
        self._verifying = False
        self._progress_s = 0.0

    def _follow(self) -> Callable[[], object]:
        auditing = self._consoles.services.auditing
        return auditing.listen(lambda: self.push(urgent=False)) if auditing is not None else lambda: None

    def _fill(self, message: dict[str, Any], now: Standing) -> None:
        message["access"] = now.shown("")
        who, auditing = self._who, self._consoles.services.auditing
        if who is None:
            return
        notices, own = auditing.notices_for(who) if auditing is not None else ([], 0)
        if notices and auditing is not None and self._whole != who.actor:
            self.keep(self._shows("", "", "", len(notices), who, auditing))
        message["audit"] = {
            "ready": auditing is not None and auditing.ready,
            "notices": notices[:NOTICES],
            "more": max(0, len(notices) - NOTICES),
            "own": own,
            "looks": auditing.index.columns.edition if auditing is not None else 0,
            "rules": msgspec.to_builtins(auditing.settings) if auditing is not None else {},
        }

    async def _shows(self, person: str, case: str, device: str, count: int, who: User, auditing: Auditing) -> None:
        """Record whose looks somebody opened, once while it is the same; that they opened everybody's, or were sent notices, once
        while they are there. A log that can't be written keeps nobody from it."""
        shown = (person, case, device, who.actor)
        if shown == self._shown:
            return
        self._shown = shown
        if not (person or case or device):
            before, self._whole = self._whole, who.actor
            if before == who.actor:
                return
        event = ev.AuditListed(role=role_of(who), count=count, person=person, case=case, device=device)
        with suppress(LogUnavailable, Refused):
            await auditing.note(event, who)

    @answers("list", costs=True)
    async def _list(self, n: int = 0, view: View | None = None, start: int = 0) -> None:
        auditing, who, view = self._consoles.services.auditing, self._who, view or View()
        if auditing is None or who is None:
            return
        whole = auditing.asked_by(who)
        asked = view.asked(whole)
        person, about = view.who, view.case.strip()
        if view.notice:
            notice = auditing.notice(view.notice, who)
            if notice is None:
                return
            asked = auditing.counted(notice, asked)
            person, about = notice.who, notice.about
        listed = await aside(LOOKS, auditing.lists.find, asked, start)
        await self._shows(person, about, view.device.strip(), listed.counts["all"], who, auditing)
        marks = await aside(LOOKS, _marks, auditing, whole, person, asked) if person else []
        if self._same(who):
            rows = [auditing.index.look(row) for row in listed.rows]
            self.reply(list=Part(n=n, listed=listed, rows=rows, marks=marks))

    @answers("row", costs=True)
    async def _row(self, seq: int = 0) -> None:
        auditing, who = self._consoles.services.auditing, self._who
        if auditing is None or who is None:
            return
        asked = msgspec.structs.replace(auditing.asked_by(who), looks=(seq,))
        looks = await aside(LOOKS, auditing.lists.all, asked)
        found = await aside(LOOKS, auditing.index.record, seq) if looks else None
        if found is None:
            return
        look, (record, words) = looks[0], found
        with suppress(LogUnavailable, Refused):
            event = ev.AuditListed(role=role_of(who), count=1, person=look.who, case=look.case, device=look.device)
            await auditing.note(event, who)
        several = [case for case in auditing.index.cases_of(record) if case not in asked.kept_cases]
        if self._same(who):
            self.reply(
                row=Opened(
                    look=look,
                    stream=record.stream,
                    version=record.version,
                    words=words,
                    cases=several[:CASES],
                    more=max(0, len(several) - CASES),
                )
            )

    @answers("name", costs=True)
    async def _name(self, person: str = "", why: ev.Why | None = None, reason: str = "") -> None:
        auditing, who = self._consoles.services.auditing, self._who
        if auditing is None or who is None or why is None:
            return
        try:
            name = await auditing.name(person, why, reason, who)
        except (LogUnavailable, Refused):
            name = ""
        if self._same(who):
            self.reply(named={"person": person, "name": name})

    @answers("digest", costs=True)
    async def _digest(self, day: str = "") -> None:
        auditing, who = self._consoles.services.auditing, self._who
        if auditing is None or who is None:
            return
        with suppress(ValueError, OverflowError):
            when, (notices, _) = date.fromisoformat(day), auditing.notices_for(who)
            found = await aside(LOOKS, digest, when, auditing.lists, notices, auditing.asked_by(who))
            if self._same(who):
                self.reply(digest=found)

    @answers("export")
    async def _export(self, view: View | None = None) -> None:
        if self._who is not None and view is not None:
            self.reply(export=address(view, self._consoles.desk.seal_view))

    @answers("verify")
    async def _verify(self) -> None:
        auditing = self._consoles.services.auditing
        if auditing is None or self._who is None or self._verifying:
            return
        self._verifying = True
        began = time.monotonic()
        try:
            async with turn_of(self.person, "verify"):
                report = await aside(_CHECKING, auditing.verify, progress=self._checked)
        except LogUnavailable:
            self.reply(verified=None)
            return
        finally:
            self._verifying = False
        if (who := self._who) is not None:
            with suppress(LogUnavailable, Refused):
                await auditing.note(ev.ChainVerified(role=role_of(who), ok=report.ok, records=report.records), who)
        findings = [str(one) for one in report.findings]
        self.reply(
            verified=Verdict(
                ok=report.ok,
                records=report.records,
                streams=report.streams,
                checkpoints=report.checkpoints,
                head=report.head,
                findings=findings[:20],
                more=max(0, len(findings) - 20) + report.more,
                at_ms=round(self._consoles.clock.now().timestamp() * 1000),
                took_ms=round(1000 * (time.monotonic() - began)),
            )
        )

    def _checked(self, done: int, total: int) -> None:
        """From the thread that reads: it lets the event loop in."""
        time.sleep(REST_S)
        if (now := time.monotonic()) - self._progress_s > PROGRESS_S:
            self._progress_s = now
            self._consoles.soon(lambda: self.reply(verifying={"done": done, "total": total}))

    async def carry_out(self, asked: Command) -> str:
        who, auditing = self._who, self._consoles.services.auditing
        if who is None:
            raise Refused("locked")
        wanted = text(asked.facts, "state")
        state = next((one for one in STATES if one == wanted), None)
        if auditing is None or asked.name != "deal_notice" or state is None:
            raise Refused("invalid")
        await auditing.deal(asked.id, text(asked.facts, "notice"), state, text(asked.facts, "note"), who)
        return ""


def _marks(auditing: Auditing, whole: Asked, person: str, asked: Asked) -> list[tuple[int, bool]]:
    """The looks of one person in the last week of what is asked for: when, and whether an alarm was open or asked for it."""
    until = asked.until_ms
    if until is None:
        newest = auditing.lists.find(asked, shown=1)
        until = auditing.index.look(newest.rows[0]).at_ms + 1 if newest.rows else 0
    week = msgspec.structs.replace(whole, who=person, since_ms=until - WEEK_MS, until_ms=until)
    found = auditing.lists.find(week, shown=MARKS)
    looks = (auditing.index.look(row) for row in found.rows)
    return [(look.at_ms, look.alarm != "none" or bool(look.need)) for look in looks]

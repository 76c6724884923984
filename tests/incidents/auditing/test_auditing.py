"""The audit of a running desk: what is unusual is told at once, dealt with by others than who it is about, and never twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from incidents import events as ev
from incidents.auditing import auditing as module
from incidents.auditing.auditing import Auditing
from incidents.auditing.digest import digest, span_of
from incidents.auditing.rules import AuditRules
from incidents.case import Case, Exclusion
from incidents.cases import CaseRegister, import_cases
from incidents.commands import Refused
from incidents.log.snapshot import snapshot
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import verify
from incidents.roles import User
from tests.incidents.conftest import START, DrivenClock, FewCases, Floor, core_of
from tests.waiting import LONG_S

DAY = START.date()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.01)


class Room:
    """A desk whose audit runs, and two auditors."""

    def __init__(self, floor: Floor, path: Path) -> None:
        self.floor, self.desk, self.clock, self._path = floor, floor.desk, floor.clock, path
        self.auditing = self.again()

    def again(self) -> Auditing:
        rules, checks = AuditRules(), partial(verify, self._path)
        return Auditing(self.desk, partial(snapshot, self._path), self.floor.log.vault, rules, checks)

    def auditor(self, name: str) -> User:
        return User(actor=self.desk.pseudonym(name), roles=frozenset({"auditor"}), name=name)

    async def look(self, who: str, incident: str = "A", event: ev.Event | None = None) -> str:
        id = self.floor.name()
        opened = event or ev.CaseOpened(role="dispatcher")
        await self.desk.note(f"incident/{incident}", opened, id=id, actor=self.desk.pseudonym(who))
        return id

    async def glass(self, who: str) -> None:
        signed = ev.SignedIn(roles="supervisor", break_glass=True)
        await self.desk.note("desk/access", signed, id=self.floor.name(), actor=self.desk.pseudonym(who))

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(LONG_S):
            while not holds():
                await asyncio.sleep(0.01)

    async def read(self) -> None:
        """Wait until the audit has read and judged all there is."""
        with snapshot(self._path) as log:
            head = log.head().position
        await self.until(lambda: self.auditing.ready and self.auditing.index.position >= head)

    async def raised(self) -> int:
        with snapshot(self._path) as log:
            return len(list(log.of_type("notice_raised")))


@asynccontextmanager
async def running(auditing: Auditing) -> AsyncIterator[None]:
    task = asyncio.create_task(auditing.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def room(tmp_path: Path, cases: Any = None) -> AsyncIterator[Room]:
    log = await SqliteLog.open(tmp_path / "vigie.log")
    clock, cases = DrivenClock(), cases or FewCases()
    core = core_of(log, cases, clock)
    await core.desk.open()
    try:
        yield Room(Floor(core.desk, log, clock, cases), tmp_path / "vigie.log")
    finally:
        await core.desk.close()
        await log.close()


async def test_a_notice_is_made_at_once_dealt_with_and_not_made_again_after_a_start(tmp_path: Path) -> None:
    async with room(tmp_path) as at:
        anna = at.auditor("anna")
        async with running(at.auditing):
            await at.glass("glass")
            await at.until(lambda: bool(at.auditing.index.notices.standing))
            ((notice,), own) = at.auditing.notices_for(anna)
            assert (notice.rule, notice.who, notice.state, own) == ("break_glass", at.desk.pseudonym("glass"), "new", 0)
            assert at.auditing.waiting == 1
            await at.auditing.deal("deal-0001-0001", notice.id, "seen", "a note", anna)
            await at.auditing.deal("deal-0001-0002", notice.id, "handed_on", "", anna)
            await at.until(lambda: len(at.auditing.notices_for(anna)[0][0].dealt) == 2)
            assert [(one.state, one.note) for one in notice.dealt] == [("seen", "a note"), ("handed_on", "")]
            assert at.auditing.waiting == 0
        again = at.auditing = at.again()
        async with running(again):
            await at.read()
            await at.glass("other")
            await at.until(lambda: len(again.index.notices.standing) == 2)
        assert await at.raised() == 2
        (_, first), _ = again.notices_for(anna)
        assert first.state == "handed_on" and first.at_ms == notice.at_ms


async def test_nobody_audits_themselves(tmp_path: Path) -> None:
    async with room(tmp_path) as at:
        anna, bert = at.auditor("anna"), at.auditor("bert")
        async with running(at.auditing):
            await at.glass("anna")
            await at.until(lambda: bool(at.auditing.index.notices.standing))
            assert at.auditing.notices_for(anna) == ([], 1)
            ((notice,), own) = at.auditing.notices_for(bert)
            assert own == 0
            for user, id in ((anna, notice.id), (bert, "notice-of-nobody")):
                with pytest.raises(Refused, match="not_allowed"):
                    await at.auditing.deal("deal-0001-0001", id, "seen", "", user)
            with pytest.raises(Refused):
                await at.auditing.name(anna.actor, "review", "", anna)
            lists = at.auditing.lists
            assert (lists.find(at.auditing.asked_by(anna)).count, lists.find(at.auditing.asked_by(bert)).count) == (
                0,
                1,
            )
            assert lists.find(at.auditing.asked_by(anna)).own == 1


async def test_a_reason_may_come_within_its_minute(tmp_path: Path) -> None:
    async with room(tmp_path) as at:
        await at.look("d", event=ev.Raised(origin="press", device="AMR-00001", case="2026-0001"))
        async with running(at.auditing):
            for who in ("gives", "forgets"):
                came = ev.Came(role="dispatcher")
                await at.desk.note("desk/floor", came, id=at.floor.name(), actor=at.desk.pseudonym(who))
                for _ in range(3):
                    at.clock.pass_s(1000)
                    of = await at.look(who)
                    if who == "gives":
                        await at.look(who, event=ev.ReasonGiven(of=of, why="review"))
            await at.read()
            assert await at.raised() == 0  # the last one's reason may still come
            at.clock.pass_s(61)
            await at.until(lambda: bool(at.auditing.index.notices.standing))
            ((notice,), _) = at.auditing.notices_for(at.auditor("anna"))
            assert (notice.rule, notice.who, notice.count) == ("no_reason", at.desk.pseudonym("forgets"), 3)
            late = ev.ReasonGiven(of=of, why="review")  # it counted as missing: what a notice counted is what it lists
            await at.look("forgets", event=late)
            await at.read()
            asked = at.auditing.asked_by(at.auditor("anna"))
            long_ago = msgspec.structs.replace(asked, until_ms=1)  # the page's own period is not the notice's
            counted = at.auditing.lists.all(at.auditing.counted(notice, long_ago))
            assert [look.who for look in counted] == [at.desk.pseudonym("forgets")] * 3


async def test_what_a_case_keeps_from_an_auditor_is_not_in_their_audit(tmp_path: Path) -> None:
    async with room(tmp_path) as at:
        cases = at.floor.cases
        excluded = (Exclusion(reason="a friend", account="Anna"),)
        cases.case = msgspec.structs.replace(cases.case, exclusions=excluded)
        await at.look("d", event=ev.Raised(origin="press", device=cases.case.devices[0], case=cases.case.number))
        await at.look("d", event=ev.KeptFrom(to=at.desk.pseudonym("somebody")))
        async with running(at.auditing):
            await at.until(lambda: bool(at.auditing.index.notices.standing))
            anna, bert = at.auditor("anna"), at.auditor("bert")
            assert [len(at.auditing.notices_for(one)[0]) for one in (anna, bert)] == [0, 1]
            assert [at.auditing.lists.find(at.auditing.asked_by(one)).count for one in (anna, bert)] == [0, 1]


async def test_who_it_is_is_said_once_that_is_recorded(tmp_path: Path) -> None:
    async with room(tmp_path) as at:
        await at.look("d", event=ev.Raised(origin="press", device="AMR-00001", case="2026-0001"))
        await at.look("Dirk")
        async with running(at.auditing):
            with pytest.raises(Refused, match="reason_missing"):
                await at.auditing.name(at.desk.pseudonym("Dirk"), "other", "...", at.auditor("anna"))
            name = await at.auditing.name(at.desk.pseudonym("Dirk"), "other", "a complaint", at.auditor("anna"))
            assert name == "Dirk"
            await at.read()
            (look,) = [
                one for one in at.auditing.lists.all(at.auditing.asked_by(at.auditor("bert"))) if one.what == "audit"
            ]
            assert (look.kind, look.why, look.given) == ("person_named", "other", True)
            found = at.auditing.index.record(look.seq)
            assert found is not None and found[1] == "a complaint"


async def test_a_day_is_counted(tmp_path: Path) -> None:
    async with room(tmp_path) as at:
        await at.look("d", event=ev.Raised(origin="press", device="AMR-00001", case="2026-0001"))
        await at.look("d", event=ev.CaseOpened(role="dispatcher", need="mine"))
        await at.look("e")
        await at.glass("glass")
        anna = at.auditor("anna")
        async with running(at.auditing):
            await at.until(lambda: bool(at.auditing.index.notices.standing))
            found = digest(DAY, at.auditing.lists, at.auditing.notices_for(anna)[0], at.auditing.asked_by(anna))
        assert (found.looks, found.people, found.open, found.without, found.missing) == (3, 3, 2, 0, 1)
        assert (found.kinds, found.notices) == ({"case": 2, "break_glass": 1}, {"break_glass": 1})
    since, until = span_of(DAY.replace(month=10, day=25))
    assert until - since == 25 * 3_600_000


async def test_a_withdrawn_case_keeps_its_looks_from_an_excluded_auditor_as_before(tmp_path: Path) -> None:
    path, file = tmp_path / "cases.db", tmp_path / "cases.json"

    def take(*cases: Case, withdrawn: tuple[str, ...] = ()) -> None:
        file.write_bytes(msgspec.json.encode({"cases": cases, "withdrawn": withdrawn}))
        assert import_cases(file, path).loaded

    excluded = (Exclusion(reason="a friend", account="Anna"),)
    case = msgspec.structs.replace(FewCases().case, exclusions=excluded)
    other = msgspec.structs.replace(case, number="2026-0500", devices=("AMR-9",), exclusions=())
    take(case, other)
    register = CaseRegister.open(path)
    async with room(tmp_path, register) as at:
        await at.look("d", event=ev.Raised(origin="press", device=case.devices[0], case=case.number))
        await at.look("d", "B", ev.Raised(origin="press", device="AMR-9", case=other.number))
        for incident in ("A", "B"):
            await at.look("d", incident, ev.CaseOpened(role="dispatcher"))
        await at.look("d", "A", ev.KeptFrom(to=at.desk.pseudonym("somebody")))
        shown = ev.DeviceCaseShown(device=case.devices[0], case=other.number, role="technician")
        anna, bert = at.auditor("anna"), at.auditor("bert")

        def seen() -> list[tuple[int, int]]:
            asked = [at.auditing.asked_by(one) for one in (anna, bert)]
            return [
                (at.auditing.lists.find(a).count, len(at.auditing.notices_for(u)[0]))
                for a, u in zip(asked, (anna, bert), strict=True)
            ]

        async with running(at.auditing):
            await at.until(lambda: bool(at.auditing.index.notices.standing))
            assert seen() == [(1, 0), (3, 1)]
            take(withdrawn=(case.number,))
            register.reload_if_changed()
            assert seen() == [(1, 0), (3, 1)]
        at.auditing = at.again()  # after a start: the register alone says it
        async with running(at.auditing):
            await at.read()
            assert seen() == [(1, 0), (3, 1)]
            take(msgspec.structs.replace(other, devices=case.devices))
            register.reload_if_changed()
            await at.look("t", "B", shown)
            await at.read()
            assert seen() == [(2, 0), (4, 1)]  # its device is another's now

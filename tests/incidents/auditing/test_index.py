"""The looks of a log in memory: what each was about, what was said after it, what is left of it when somebody is erased."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import get_args

import pytest

from bench.audit import measure
from centre.spool import Noted
from incidents import events as ev
from incidents.audit import AGAIN, stream_for
from incidents.auditing import index
from incidents.auditing.index import Index
from incidents.auditing.look import NEVER, Look
from incidents.auditing.query import Asked, Lists
from incidents.auditing.rules import AuditRules, Judge
from incidents.log import LogUnavailable
from incidents.log.snapshot import snapshot
from incidents.log.sqlite import SqliteLog
from tests.incidents.conftest import START


class Desk:
    """Writes events as a desk does, one after another; `index` reads on."""

    def __init__(self, log: SqliteLog, path: Path) -> None:
        self._log = log
        self.at: datetime = START
        self.index = Index(partial(snapshot, path), log.vault, AuditRules(), rests=False)
        self._n = 0

    async def write(self, stream: str, event: ev.Event, actor: str = "one", id: str = "") -> str:
        self._n += 1
        self.at += timedelta(seconds=1)
        id = id or f"event-{self._n}"
        draft = ev.draft(event, id=id, at=self.at, source_at=self.at, actor=actor)
        await self._log.append(stream, len(await self._log.stream(stream)), draft)
        return id

    async def erase(self, stream: str) -> None:
        await self._log.erase(stream, id=f"erase {stream}", at=ev.stamp(self.at), actor="two")

    def looks(self) -> list[Look]:
        self.index.read_on()
        return [self.index.look(row) for row in range(self.index.columns.count)]


@asynccontextmanager
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    log = await SqliteLog.open(tmp_path / "vigie.log")
    try:
        yield Desk(log, tmp_path / "vigie.log")
    finally:
        await log.close()


def raised(case: str = "2026-0188", device: str = "AMR-00412") -> ev.Raised:
    return ev.Raised(origin="press", device=device, case=case)


async def test_a_look_says_whose_case_it_was_whether_an_alarm_was_open_and_which_reason_came_after(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as at:
        await at.write("incident/A", raised())
        await at.write("incident/A", ev.CaseOpened(role="dispatcher", need="unowned"))
        await at.write("incident/A", ev.Closed(as_class="test", outcome="test_ok"))
        look = await at.write("incident/A", ev.CaseOpened(role="dispatcher"))
        first, second = at.looks()
        assert (first.case, first.device, first.alarm, first.need) == ("2026-0188", "AMR-00412", "open", "unowned")
        assert (second.alarm, second.given, second.unasked, second.quiet_days) == ("none", False, True, 0)
        await at.write("incident/A", ev.ReasonGiven(of=look, why="review"))
        await at.write("incident/A", ev.ReasonGiven(of="nothing", why="review"))
        assert [(one.given, one.why) for one in at.looks()] == [(False, ""), (True, "review")]


async def test_every_kind_of_disclosure_is_a_row_and_so_is_a_try_and_a_sign_in_by_break_glass(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.write("incident/A", ev.KeptFrom(to="somebody", role="dispatcher"))
        await at.write("desk/access", ev.SignedIn(roles="supervisor", break_glass=True))
        await at.write("desk/access", ev.SignedIn(roles="supervisor"))
        await at.write("device/B", ev.DeviceCaseShown(device="AMR-00001", case="2026-0001", role="technician"))
        rows = [(one.what, one.who, one.role, one.case, one.quiet_days) for one in at.looks()]
        assert rows == [
            ("kept_from", "somebody", "dispatcher", "", -1),
            ("break_glass", "one", "supervisor", "", -1),
            ("case", "one", "technician", "2026-0001", NEVER),
        ]


async def test_a_look_beside_a_technical_alarm_says_so_until_somebody_noted_it_and_made_up_devices_fill_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "STREAMS", 10)
    shown = ev.DeviceCaseShown(device="AMR-00001", case="2026-0001", role="technician")
    async with desk(tmp_path) as at:
        for n in range(30):
            await at.write(f"device/{n}", ev.DeviceAlarmed(condition="link_lost"))
        await at.write("device/29", ev.DeviceAlarmed(condition="battery_low"))
        for condition in ("link_lost", "battery_low"):
            await at.write("device/29", shown)
            await at.write("device/29", ev.DeviceAcknowledged(condition=condition))  # type: ignore[arg-type]
        await at.write("device/29", shown)
        assert [one.alarm for one in at.looks()] == ["technical", "technical", "none"]
        assert len(at.index._technical) <= 10


async def test_a_search_that_showed_several_cases_is_found_by_each(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.write("incident/A", raised("2026-0001", "AMR-00001"))
        await at.write("audit/2026-11", ev.CasesSearched(found=2, cases="2026-0001 2026-0002", role="dispatcher"))
        await at.write("audit/2026-11", ev.IncidentsSearched(found=1, shown=1, incidents="A", role="dispatcher"))
        found = [(one.case, one.alarm) for one in at.looks()]
        assert found == [("", "open"), ("2026-0001", "open")]
        lists = Lists(at.index)
        assert [lists.find(Asked(case=case)).count for case in ("2026-0001", "2026-0002", "0003")] == [2, 1, 0]
        assert lists.find(Asked(case="2026-0002", kept_cases=frozenset({"2026-0002"}))).count == 0
        records = [found[0] for look in at.looks() if (found := at.index.record(look.seq))]
        assert [at.index.cases_of(record) for record in records] == [["2026-0001", "2026-0002"], ["2026-0001"]]
        await at.erase("audit/2026-11")
        assert at.index.cases_of(records[0]) == []


async def test_what_was_erased_is_a_row_without_case_and_device(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.write("incident/A", raised())
        await at.write("incident/A", ev.CaseOpened(role="dispatcher", need="mine"))
        await at.write("audit/2026-11", ev.TimelineOpened(incident="A", role="supervisor"))
        await at.write("audit/2026-11", ev.CasesSearched(found=2, cases="2026-0188 2026-0002"))
        assert [one.case for one in at.looks()] == ["2026-0188", "2026-0188", ""]
        await at.erase("incident/A")
        assert [(one.case, one.device) for one in at.looks()] == [("", "")] * 3
        assert Lists(at.index).find(Asked(case="2026-0188")).count == 1  # the search's own key is another
        await at.erase("audit/2026-11")
        at.looks()
        assert Lists(at.index).find(Asked(case="2026")).count == 0
        fresh = Index(at.index._snapshot, at.index._vault, AuditRules(), rests=False)
        fresh.read_on()
        assert [fresh.look(row).case for row in range(fresh.columns.count)] == ["", "", ""]


async def test_who_was_not_there_when_the_shift_began_is_not_on_shift(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        start = at.at
        await at.write("desk/floor", ev.Came(role="dispatcher"), "before")
        await at.write("desk/shift", ev.ShiftStarted(start=ev.stamp(at.at), end=ev.stamp(at.at + timedelta(hours=12))))
        await at.write("desk/floor", ev.Came(role="dispatcher"), "crew")
        at.at = start + timedelta(minutes=20)
        await at.write("desk/floor", ev.Left(why="no_page"), "before")
        at.at = start + timedelta(hours=5)
        await at.write("desk/floor", ev.Left(why="no_page"), "crew")
        await at.write("desk/floor", ev.Came(role="dispatcher"), "late")
        for who in ("before", "crew", "late"):
            await at.write("incident/A", ev.CaseOpened(role="dispatcher"), who)
        assert [(one.who, one.there) for one in at.looks()] == [("before", False), ("crew", True), ("late", False)]


async def test_who_stays_on_for_an_alarm_of_their_own_shift_is_on_shift_until_it_is_long_over(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        start, turn = at.at + timedelta(hours=1), timedelta(hours=12)

        async def shift(n: int) -> None:
            at.at = start + n * turn
            # After a restart it is said again.
            for _ in range(2):
                event = ev.ShiftStarted(start=ev.stamp(start + n * turn), end=ev.stamp(start + (n + 1) * turn))
                await at.write("desk/shift", event)

        async def look(hours: float, who: str, incident: str) -> None:
            at.at = start + timedelta(hours=hours)
            await at.write(f"incident/{incident}", ev.CaseOpened(role="dispatcher"), who)

        await at.write("incident/old", raised("2026-0001", "AMR-00001"))
        await shift(0)
        await at.write("desk/floor", ev.Came(role="dispatcher"), "crew")
        await at.write("incident/own", raised())
        await shift(1)
        await at.write("desk/floor", ev.Left(why="no_page"), "crew")
        await at.write("incident/next", raised("2026-0002", "AMR-00002"))
        await look(13, "crew", "own")  # it is open still
        await look(13, "other", "own")
        await look(13, "crew", "next")
        await look(13, "crew", "old")
        await at.write("incident/own", ev.Closed(as_class="test", outcome="test_ok"))
        await look(14, "crew", "own")
        await look(14.8, "crew", "own")
        await at.write("incident/own", ev.Reopened(reason="again"))
        await look(15, "crew", "own")
        await shift(2)
        await look(25, "crew", "own")  # whose it was two shifts ago
        found = [(look.who, look.incident, look.there) for look in at.looks()]
        assert found == [
            ("crew", "own", True), ("other", "own", False), ("crew", "next", False), ("crew", "old", False),
            ("crew", "own", True), ("crew", "own", False), ("crew", "own", True), ("crew", "own", False),
        ]  # fmt: skip


async def test_a_list_is_filtered_sorted_and_paged_without_who_asks_and_what_is_kept_from_them(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        for n in range(6):
            await at.write(f"incident/{n}", raised(f"2026-000{n}", f"AMR-0000{n}"))
            await at.write(f"incident/{n}", ev.CaseOpened(role="dispatcher"), "anna" if n % 2 else "bert")
        at.looks()
        lists = Lists(at.index)

        def cases(asked: Asked, start: int = 0, shown: int = 50) -> list[str]:
            return [at.index.look(row).case[-1] for row in lists.find(asked, start, shown).rows]

        assert cases(Asked()) == list("543210")
        assert cases(Asked(rising=True), 2, 2) == list("23")
        assert cases(Asked(sort="who", rising=True)) == list("531420")
        assert cases(Asked(sort="case")) == list("543210")
        assert cases(Asked(who="anna", case="5")) == ["5"]
        assert cases(Asked(kept_cases=frozenset({"2026-0005"}), kept_devices=frozenset({"AMR-00004"}))) == list("3210")
        own = lists.find(Asked(unnamed="bert"), 99)
        assert (own.count, own.own, own.people, own.start) == (3, 3, {"anna": (3, 3, 0)}, 2)
        assert lists.find(Asked(who="nobody")).count == 0
        assert lists.find(Asked(missing=True, alarm="with")).counts == {"all": 6, "with": 6, "without": 0}


def test_the_bench_asks_for_every_kind_of_list_of_a_real_log() -> None:
    found = measure(2000, 100, 1)
    assert len(found.lists) == len(found.pages) == 13
    assert found.read_s > 0 and found.judge_s > 0


async def test_a_look_of_a_version_that_asked_nobody_why_misses_no_reason(tmp_path: Path) -> None:
    async with desk(tmp_path) as floor:
        await floor.write("incident/A", raised())
        await floor.write("incident/A", ev.CaseOpened())
        await floor.write("incident/A", ev.CaseOpened(role="dispatcher"))
        assert [(look.given, look.unasked) for look in floor.looks()] == [(False, False), (False, True)]
        lists = Lists(floor.index)
        assert lists.find(Asked(missing=True), shown=0).count == 1


async def test_a_reading_that_is_broken_off_goes_on_where_it_was_and_counts_nothing_twice(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.write("incident/A", raised())
        for _ in range(3):
            await at.write("incident/A", ev.CaseOpened(role="dispatcher"))
        await at.write("incident/A", ev.Closed(as_class="test", outcome="test_ok"))
        await at.write("incident/A", ev.CaseOpened(role="dispatcher"))
        for _ in range(6):
            at.index.stopped = True  # it breaks off behind each record
            with pytest.raises(LogUnavailable):
                at.index.read_on()
        assert at.index.columns.count == 4  # what was read is there at once
        at.index.stopped = False
        assert [one.alarm for one in at.looks()] == ["open", "open", "open", "none"]


async def test_who_needs_to_look_before_their_reason_is_due_owes_none_any_more(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.write("incident/A", raised())
        await at.write("incident/A", ev.CaseOpened(role="dispatcher"), "late")
        at.at += timedelta(seconds=61)
        for who in ("late", "helps", "other"):
            await at.write("incident/A", ev.CaseOpened(role="dispatcher"), who)
        await at.write("incident/B", ev.CaseOpened(role="dispatcher"), "helps")
        for who in ("late", "helps"):
            await at.write("incident/A", ev.CaseOpened(role="dispatcher", need="helper"), who)
        needs = [(one.who, one.incident, one.need) for one in at.looks()]
        assert needs[:-2] == [
            ("late", "A", ""), ("late", "A", "helper"), ("helps", "A", "helper"), ("other", "A", ""), ("helps", "B", ""),
        ]  # fmt: skip


async def noticed(at: Desk, *events: ev.Event) -> list[str]:
    """By which rules these are unusual, one after another at night."""
    at.at = datetime(2026, 11, 25, 2, tzinfo=UTC)
    for n, event in enumerate(events):
        id = "search" + AGAIN * (n % 2) if isinstance(event, ev.CasesSearched) else "e"
        await at.write(stream_for(event, at.at), event, id=f"{n}-{id}")
    judge = Judge(AuditRules())
    return [notice.rule for look in at.looks() for notice in judge.judge(look)]


FILES = (
    ev.EvidenceMade(incident="A", form="pdf", sha256="0", json_sha256="0", how="page", why="review"),
    ev.DeviceListMade(form="csv", devices=1, how="command", sha256="0"),
    ev.AuditExported(form="csv", rows=1, sha256="0"),
    ev.LogExported(),
)
NONE = (
    ev.AuditListed(count=3, case="2026-0188"),
    ev.PersonNamed(person="one", why="review"),
    ev.DeviceListMade(form="page", devices=3),
    ev.DeviceTestOpened(named=True, need="duty"),
    ev.DegradedFileOpened(how="browser", need="duty"),
    ev.CasesImported(added=1, changed=0, withdrawn=0, refused=0, sha256="0"),
)


@pytest.mark.parametrize("event", NONE)
async def test_what_is_shown_at_night_is_no_file_that_was_taken(tmp_path: Path, event: ev.Event) -> None:
    async with desk(tmp_path) as at:
        assert await noticed(at, event, event, event) == []


@pytest.mark.parametrize("event", FILES)
async def test_two_files_at_night_are(tmp_path: Path, event: ev.Event) -> None:
    async with desk(tmp_path) as at:
        assert await noticed(at, event, event, event) == ["exports"]


async def test_a_row_of_typing_is_one_search_and_who_keeps_the_cases_searches_them_by_duty(tmp_path: Path) -> None:
    search, duty = (ev.CasesSearched(found=0, role="dispatcher", why="review", need=need) for need in ("", "duty"))
    async with desk(tmp_path) as at:
        assert await noticed(at, *[search] * 15) == ["searches"]
    (tmp_path / "less").mkdir()
    async with desk(tmp_path / "less") as at:
        assert await noticed(at, *[search] * 14, *[duty] * 30) == []


async def test_an_import_is_found_by_its_cases_and_by_no_other_word_of_its_lines(tmp_path: Path) -> None:
    lines = (
        f"added 2026/12 bis 3 {'0a' * 32}\nchanged 2026-0002 1 {'0b' * 32}\nwithdrawn 2026-0004\nothers 7 {'0c' * 32}"
    )
    async with desk(tmp_path) as at:
        facts = {"added": 1, "changed": 1, "withdrawn": 1, "refused": 0, "sha256": "0"}
        await at.write("audit/2026-11", ev.CasesImported(**facts, cases=lines))
        at.looks()
        assert sorted(at.index.columns.words["case"].words) == ["", "2026-0002", "2026-0004", "2026/12 bis"]
        assert Lists(at.index).find(Asked(case="2026/12 bis")).count == 1


async def test_a_number_with_a_space_in_it_is_one_case_of_those_that_were_shown(tmp_path: Path) -> None:
    numbers = ["2026/12", "2026/12 bis", "2026-0002"]
    async with desk(tmp_path) as at:
        for some in (numbers[1:], numbers[1:2]):
            await at.write("audit/2026-11", ev.CasesSearched(found=len(some), cases=ev.shown_lines(some)))
        await at.write("audit/2026-11", ev.CasesKept(how="case", shown=1, cases=ev.shown_lines(numbers[:1])))
        await at.write("audit/2026-11", ev.CasesSearched(found=2, cases="2026/12 2026-0002"))  # of an older version
        at.looks()
        lists = Lists(at.index)
        assert sorted(at.index.columns.words["case"].words) == ["", "2026-0002", "2026/12", "2026/12 bis"]
        assert [lists.find(Asked(case=number)).count for number in ("2026/12", "bis", "2026-0002")] == [4, 2, 2]


async def test_a_notice_goes_with_the_month_in_which_it_was_made_and_a_note_with_its_own(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        for month, name in (("audit/2026-10", "old"), ("audit/2026-11", "new")):
            raised = ev.NoticeRaised(rule="no_alarm", count=8, of="look", person="one", about="2026-0188")
            await at.write(month, raised, id=name)
        await at.write("audit/2026-12", ev.NoticeDealt(notice="new", state="seen", note="a note"))
        fresh = Index(at.index._snapshot, at.index._vault, AuditRules(), rests=False)
        at.looks()
        await at.erase("audit/2026-10")
        await at.erase("audit/2026-12")
        for index in (at.index, fresh):
            index.read_on()
            (notice,) = index.notices.standing.values()
            assert (notice.id, notice.state, notice.dealt[0].note) == ("new", "seen", "")


async def test_what_a_command_took_says_so_and_its_reason_in_words_counts(tmp_path: Path) -> None:
    async with desk(tmp_path) as one:
        made = partial(ev.EvidenceMade, incident="abc", form="pdf", sha256="0" * 64, json_sha256="1" * 64)
        await one.write("incident/abc", raised())
        await one.write("incident/abc", made(how="command", reason="the magistrate asked, reference 1"))
        await one.write("incident/abc", made(how="page", role="supervisor", why="magistrate"))
        await one.write("audit/2026-11", ev.LogExported(reason="the court's expert"))
        assert [(look.command, look.given) for look in one.looks()] == [(True, True), (False, True), (True, True)]


def test_each_disclosure_that_a_command_notes_says_that_a_command_made_it() -> None:
    noted = [kind for kind in get_args(Noted) if issubclass(kind, ev.Disclosure) and kind.DISCLOSES != "aggregate"]
    assert noted
    assert [kind for kind in noted if not kind.COMMAND and "how" not in kind.__struct_fields__] == []

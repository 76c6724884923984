"""Beside a serving desk the desk erases: each night, and when the command asks; what persons say waits sealed for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

import app
from centre.belonging import bind
from centre.retention import beside, nightly
from centre.retention.nightly import AT, Nightly, next_night
from centre.retention.running import NIGHT, Plan, Retention
from centre.retention.wishes import Wishes, leave, wish
from centre.runtime import Centre, OtherStores
from centre.settings import Settings
from centre.spool import Note
from cli.serve import sweep_training
from dashboard.access.accounts import Accounts
from incidents import events as ev
from incidents.cases import CaseRegister
from incidents.events import BRUSSELS
from incidents.log import LogUnavailable
from incidents.retention.rule import GRAVE
from tests.centre.retention.parts import HELD, found_in, keys, settings_of, years_ago
from tests.dashboard.access.conftest import PASSWORD, QUICK
from tests.incidents.conftest import DrivenClock
from tests.waiting import LONG_S
from training.retention import Kept, Sources

pytestmark = pytest.mark.timeout(60)


@asynccontextmanager
async def served(folder: Path, clock: DrivenClock | None = None) -> AsyncIterator[Centre]:
    centre = await Centre.open(settings_of(folder), clock=clock)
    try:
        yield centre
    finally:
        await centre.close()


async def confirmed(centre: Centre, at: datetime, times: str = "") -> None:
    words = times or "test=90 accidental=365 real=3650 case=3650 version=1825 evidence=365 looks=5475"
    event = ev.RetentionConfirmed(times=words, advice="both", said="letter")
    await centre.desk.record(f"audit/{at:%Y-%m}", lambda: event, id=f"confirm-{at:%Y%m%d}", actor="ann", source_at=at)


def parts(centre: Centre, clock: DrivenClock, others: OtherStores | None = None) -> Nightly:
    """A desk's night, on a clock that a test drives."""
    path, cases = centre.settings.log, CaseRegister.open(centre.settings.cases)
    shown = lambda: centre.desk.board.incidents  # noqa: E731
    retention = Retention(centre.log, path, cases, clock, centre.desk.note, on_board=shown)
    also = partial(others, centre.settings) if others is not None else None
    return Nightly(retention, Wishes(path, desk=centre.desk, log=centre.log), clock, others=also)


async def test_the_command_beside_a_desk_has_the_desk_confirm_hold_lift_and_erase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await years_ago(tmp_path, "test", "real")
    settings, key = settings_of(tmp_path), keys(tmp_path, ids["test"])
    monkeypatch.setattr(nightly, "LOOK_S", 0.02)
    async with served(tmp_path) as centre:
        centre.start()
        meant = await beside.meant(settings, "")
        assert not await beside.confirm(settings, meant, by="Ann", advice="both", words="a letter", second="")
        reading = asyncio.timeout(20)
        async with reading, beside.opened_for_reading(settings) as (_, retention):
            while await retention.confirmed() is None:
                await asyncio.sleep(0.02)
        held = await beside.held(settings, ids["real"])
        assert (held.holds, held.then) == (("real",), "it goes for good tonight")
        assert not await beside.lift_holds(settings, held, by="Ann", reference="magistrate's note")
        plan, done = await beside.erase_now(settings, "Ann")
        assert done is not None and plan.endings[0].name == ids["test"]
        assert done.incidents == 2 and ids["real"] not in centre.desk.board.incidents
        assert found_in(tmp_path, key) == set()
        async with asyncio.timeout(LONG_S):
            while list(tmp_path.glob("*.retention-*")):  # each note goes once the log has it
                await asyncio.sleep(0.02)
        stream = await centre.log.stream(f"incident/{ids['real']}")
        assert [record.type for record in stream[-2:]] == ["hold_lifted", "erased"]


async def test_what_is_not_sealed_under_the_logs_key_or_comes_again_under_another_id_is_not_entered(
    tmp_path: Path,
) -> None:
    ids = await years_ago(tmp_path, "real")
    async with served(tmp_path) as centre:
        wishes = Wishes(centre.settings.log, desk=centre.desk, log=centre.log)
        lift = wish("Ann", ev.HoldLifted(holds="real", reference="x"), incident=ids["real"])
        leave(centre.settings.log, centre.log.vault, lift)
        (note,) = tmp_path.glob("*.retention-*")
        forged = msgspec.json.decode(note.read_bytes(), type=Note)
        again = msgspec.structs.replace(forged, id="retention-" + "0" * 32)
        note.write_bytes(msgspec.json.encode(again))
        plain = msgspec.structs.replace(forged, id="retention-" + "1" * 32, event=ev.BackupTested(backup="x", ok=True))
        note.with_name(note.name[:-1] + "x").write_bytes(msgspec.json.encode(plain))
        before = await centre.log.version(f"incident/{ids['real']}")
        await wishes.enter()
        assert await centre.log.version(f"incident/{ids['real']}") == before
        note.write_bytes(msgspec.json.encode(forged))  # as it was left
        await wishes.enter()
        await wishes.enter()
        assert await centre.log.version(f"incident/{ids['real']}") == before + 1


async def test_what_is_wanted_of_an_incident_that_the_log_has_not_holds_up_nothing_else(tmp_path: Path) -> None:
    """A log was put back from a backup of before that incident."""
    ids = await years_ago(tmp_path, "real")
    async with served(tmp_path) as centre:
        wishes = Wishes(centre.settings.log, desk=centre.desk, log=centre.log)
        for incident in ("a" * 26, ids["real"], "b" * 26):
            lift = wish("Ann", ev.HoldLifted(holds="real", reference="x"), incident=incident)
            leave(centre.settings.log, centre.log.vault, lift)
        await wishes.enter()
        assert (await centre.log.stream(f"incident/{ids['real']}"))[-1].type == "hold_lifted"
        assert len(list(tmp_path.glob("*.retention-*"))) == 2


async def test_a_desk_erases_at_its_hour_once_confirmed_and_what_is_shown_waits(tmp_path: Path) -> None:
    ids = await years_ago(tmp_path, "test")
    clock = DrivenClock(datetime(2002, 1, 10, 12, tzinfo=UTC))
    async with served(tmp_path, clock) as centre:
        night = parts(centre, clock)
        stream = f"incident/{ids['test']}"

        async def types() -> list[str]:
            return [record.type for record in await centre.log.stream(stream)]

        clock.pass_s(86_400)
        await night.look()
        assert "erased" not in await types()  # nothing is confirmed
        await confirmed(centre, clock.now())
        await night.look()
        assert "erased" not in await types()  # it is not that hour
        clock.pass_s(86_400)
        await night.look()
        assert (await types())[-1] == "erased"
        (record,) = (await centre.log.latest(["retention_run"])).values()
        assert (record.actor, record.open) == (NIGHT, {"incidents": 1})


async def test_what_somebody_left_half_written_goes_with_the_nights_erasure(tmp_path: Path) -> None:
    """It may be about what was erased; a night that only proposes erases nothing."""
    await years_ago(tmp_path, "test")
    clock = DrivenClock(datetime(2002, 1, 10, 12, tzinfo=UTC))
    async with served(tmp_path, clock) as centre:
        tab, drafts = "a" * 32, centre.consoles.drafts
        drafts.keep("Ann", tab, "form note", "she is at her aunt's")
        await centre.nightly.look()
        clock.pass_s(86_400)
        await centre.nightly.look()
        assert drafts.of("Ann", tab)
        await confirmed(centre, clock.now())
        clock.pass_s(86_400)
        await centre.nightly.look()
        assert not drafts.of("Ann", tab)


async def test_what_the_log_did_not_let_be_done_is_done_later_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await years_ago(tmp_path, "test")
    clock = DrivenClock(datetime(2002, 1, 10, 12, tzinfo=UTC))
    async with served(tmp_path, clock) as centre:
        night, ran, down = parts(centre, clock), [], [True]
        run = Retention.run

        async def sometimes(retention: Retention, actor: str, id: str, **also: Any) -> Plan:
            if down[0]:
                raise LogUnavailable("the log: the disk is full")
            ran.append(actor)
            return await run(retention, actor, id, **also)

        monkeypatch.setattr(Retention, "run", sometimes)
        await confirmed(centre, clock.now())
        leave(centre.settings.log, centre.log.vault, wish("Ann", None))
        with pytest.raises(LogUnavailable):
            await night.look()
        down[0] = False
        for _ in range(3):
            await night.look()
        ann = centre.desk.pseudonym("Ann")
        assert ran == [ann]
        assert (await centre.log.stream(f"incident/{ids['test']}"))[-1].type == "erased"
        clock.pass_s(86_400)
        down[0] = True
        with pytest.raises(LogUnavailable):
            await night.look()
        down[0] = False
        for _ in range(3):
            clock.pass_s(300)
            await night.look()
        assert ran == [ann, NIGHT]


async def test_after_a_clock_that_ran_ahead_a_night_only_proposes(tmp_path: Path) -> None:
    ids = await years_ago(tmp_path, "test")
    clock = DrivenClock(datetime(2001, 3, 10, 12, tzinfo=UTC))
    async with served(tmp_path, clock) as centre:
        night = parts(centre, clock)
        await confirmed(centre, clock.now())
        clock.at += timedelta(days=3650)  # a wrong clock, or a desk that was off for long
        await night.look()
        (record,) = (await centre.log.latest(["retention_run"])).values()
        assert record.open["proposed"] and record.open["incidents"] == 1
        assert (await centre.log.stream(f"incident/{ids['test']}"))[-1].type == "closed"
        clock.pass_s(86_400)
        await night.look()
        assert (await centre.log.stream(f"incident/{ids['test']}"))[-1].type == "erased"


async def test_a_clock_that_was_a_year_ahead_and_one_that_goes_back_a_day_stop_no_nights_for_longer(
    tmp_path: Path,
) -> None:
    ids = await years_ago(tmp_path, "test")
    clock = DrivenClock(datetime(2001, 3, 10, 12, tzinfo=UTC))

    async def erased() -> bool:
        return (await centre.log.stream(f"incident/{ids['test']}"))[-1].type == "erased"

    async with served(tmp_path, clock) as centre:
        night = parts(centre, clock)
        await confirmed(centre, clock.now())
        clock.at += timedelta(days=85)
        for _ in range(2):  # by this clock it is not over yet
            await night.look()
            clock.pass_s(86_400)
        clock.at += timedelta(days=365)  # which is wrong
        await night.look()
        await confirmed(
            centre, clock.now(), "test=95 accidental=365 real=3650 case=3650 version=1825 evidence=365 looks=5475"
        )
        clock.at -= timedelta(days=365)
        await confirmed(centre, clock.now())  # said again, by the right clock: it counts
        retention = Retention(
            centre.log, centre.settings.log, CaseRegister.open(centre.settings.cases), clock, centre.desk.note
        )
        found = await retention.confirmed()
        assert found is not None and found.times.test == 90
        clock.pass_s(86_400)
        await night.look()
        clock.pass_s(-86_400)
        await night.look()
        assert not await erased()
        for _ in range(3):
            clock.pass_s(86_400)
            await night.look()
        assert await erased()


async def test_an_incident_that_a_desk_shows_or_that_was_opened_again_meanwhile_is_left_alone(tmp_path: Path) -> None:
    ids = await years_ago(tmp_path, "test", "accidental")
    clock = DrivenClock(datetime(2003, 1, 10, 12, tzinfo=UTC))
    async with served(tmp_path, clock) as centre:
        await confirmed(centre, clock.now())
        shown = [ids["test"]]
        cases = CaseRegister.open(centre.settings.cases)
        retention = Retention(centre.log, centre.settings.log, cases, clock, centre.desk.note, on_board=lambda: shown)
        assert len((await retention.plan()).endings) == 2
        plan = await retention.run("ann", "run-1")
        assert [ending.name for ending in plan.endings] == [ids["accidental"]] and plan.failed == 1


async def test_months_of_looks_end_by_their_own_time_and_never_before_what_was_looked_at(tmp_path: Path) -> None:
    ids = await years_ago(tmp_path, "test", "complaint")
    clock = DrivenClock(datetime(2001, 4, 1, tzinfo=UTC))
    async with served(tmp_path, clock) as centre:
        searched = ev.CasesSearched(found=1, text="voorbeeld")
        await centre.desk.note("audit/2001-04", searched, id="search-1", actor="ann")
        clock.at = datetime(2030, 1, 1, tzinfo=UTC)
        await confirmed(centre, clock.now())
        cases = CaseRegister.open(centre.settings.cases)
        retention = Retention(centre.log, centre.settings.log, cases, clock, centre.desk.note)
        await retention.run("ann", "run-1")
        assert [one.kind for one in (await retention.plan()).endings] == []  # the complaint's incident is still there
        lift = ev.HoldLifted(holds="complaint", reference="x")
        await centre.desk.note(f"incident/{ids['complaint']}", lift, id="lift-1", actor="ann")
        centre.desk.board.incidents.pop(ids["complaint"], None)
        await retention.run("ann", "run-2")
        plan = await retention.run("ann", "run-3")
        assert [(one.kind, one.name) for one in plan.endings] == [("looks", "audit/2001-04")]
        (record,) = [r for r in await centre.log.stream("audit/2001-04") if r.type == "cases_searched"]
        assert centre.log.unseal(record) is None and record.open["found"] == 1


def of_two(folder: Path) -> Callable[..., str]:
    """What commands say in a centre with two supervisors."""
    settings = settings_of(folder)
    assert settings.users is not None
    accounts = Accounts(settings.users, hasher=QUICK)
    for name in ("Ann Voorbeeld", "Bob Fictief"):
        accounts.add(name, ["supervisor"], PASSWORD)
    bind(settings, settings.users)

    def run(*words: str, by: str = "") -> str:
        files = ("--cases", str(settings.cases)) if words[0] == "retention" else ()
        who = ("--by", by, "--password-stdin") if by else ()
        if words == ("approve",) and by:
            (waits,) = (line[:8] for line in run("approve").splitlines() if "; waits" in line)
            words = ("approve", waits)
        asked = [*words, *files, "--users", str(settings.users), *who]
        return CliRunner().invoke(app.app, asked, input=PASSWORD + "\n", env={"VIGIE_LOG": str(settings.log)}).output

    return run


def test_two_people_shorten_a_time_and_see_what_goes(tmp_path: Path) -> None:
    asyncio.run(years_ago(tmp_path, "test"))
    run, said = of_two(tmp_path), ("retention", "times", "--confirm", "--advice", "both", "--said", "a letter")
    first = run(*said, "--set", "test=2")
    assert "over tonight: 1 incident" in first and "takes two people" in first, "the first too, below what is proposed"
    assert "\nconfirmed" in run(*said) and "\nconfirmed" in run(*said, "--set", "test=120")
    shorter = (*said, "--set", "test=60")
    assert "takes two people" in run(*shorter)
    assert "nothing is changed yet" in run(*shorter, by="Ann Voorbeeld")
    assert "takes two people" in run(*shorter)
    assert "can't confirm it" in run("approve", by="Ann Voorbeeld")
    shown = run("approve", by="Bob Fictief")
    assert "kept for less time than before: test=60; on advice of both: a letter; over tonight: 1 incident;" in shown
    assert "takes two people" in run(*said, "--set", "test=30"), "what was confirmed is this change and no other"
    assert "\nconfirmed" in run(*shorter)
    assert "takes two people" in run(*said, "--set", "test=50"), "it is done once"

    async def look() -> None:
        async with beside.opened_for_reading(settings_of(tmp_path)) as (log, retention):
            found = await retention.confirmed()
            assert found is not None and found.times.test == 60
            assert (found.event.shorter, log.vault.name_of(found.event.second)) == ("test", "Bob Fictief")
            assert log.vault.name_of(found.actor) == "Ann Voorbeeld"

    asyncio.run(look())


def test_two_people_lift_what_a_court_may_need_and_see_what_goes(tmp_path: Path) -> None:
    ids = asyncio.run(years_ago(tmp_path, *HELD))
    run = of_two(tmp_path)
    for kind, incident in ids.items():
        lift = ("retention", "lift", incident, "--reference", "the magistrate's")
        asked = run(*lift)
        assert "(reference the magistrate's): it goes from" in asked, "what comes of it is shown first"
        assert ("takes two people" in asked) == (kind in GRAVE), (kind, asked)
        if kind in GRAVE:
            assert "nothing is changed yet" in run(*lift, by="Ann Voorbeeld")
            assert f"lift {kind} of incident {incident}" in run("approve", by="Bob Fictief")
            assert "takes two people" in run(*lift[:3], "--reference", "another's")
            assert f"lifted: {kind}" in run(*lift)

    async def seconds() -> set[str | None]:
        async with beside.opened_for_reading(settings_of(tmp_path)) as (log, _):
            records = [(await log.stream(f"incident/{ids[kind]}"))[-1] for kind in GRAVE]
            return {log.vault.name_of(str(record.open.get("second", ""))) for record in records}

    assert asyncio.run(seconds()) == {"Bob Fictief"}


@pytest.mark.parametrize("at", [datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)])
def test_each_night_has_its_hour_also_where_clocks_change(at: datetime) -> None:
    nights = [at]
    for _ in range(3):
        nights.append(next_night(nights[-1]))
    assert [night.astimezone(BRUSSELS).time() for night in nights[1:]] == [AT] * 3
    assert len({night.astimezone(BRUSSELS).date() for night in nights[1:]}) == 3


async def test_a_night_ends_what_is_over_in_the_training_room_too_while_nobody_runs_it(tmp_path: Path) -> None:
    ids = await years_ago(tmp_path, "test")
    recordings = tmp_path / "training" / "recordings"
    recordings.mkdir(parents=True)
    (recordings / "hers.vigierec").write_bytes(b"a recording")
    Sources(recordings).keep("hers", Kept((ids["test"],), datetime.now(UTC) + timedelta(days=300)))
    clock = DrivenClock(datetime(2003, 1, 10, 12, tzinfo=UTC))
    async with served(tmp_path, clock) as centre:
        night = parts(centre, clock, sweep_training)
        clock.pass_s(86_400)
        await night.look()
        assert night._sweeping is None and list(recordings.glob("*.vigierec")), "no times are confirmed"
        await confirmed(centre, clock.now())
        clock.pass_s(86_400)
        await night.look()
        assert night._sweeping is not None
        await night._sweeping
        assert list(recordings.glob("*.vigierec")) == [] and Sources(recordings).all() == {}


async def test_a_hold_that_is_said_in_the_middle_of_a_long_night_keeps_its_incident(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await years_ago(tmp_path, "test", "accidental")
    clock = DrivenClock(datetime(2003, 1, 10, 12, tzinfo=UTC))
    async with served(tmp_path, clock) as centre:
        await confirmed(centre, clock.now())
        erase = centre.log.erase

        async def first(stream: str, **facts: Any) -> Any:
            left = ids["accidental"] if ids["test"] in stream else ids["test"]
            leave(centre.settings.log, centre.log.vault, wish("Ann", ev.HoldSet(why="complaint"), incident=left))
            return await erase(stream, **facts)

        monkeypatch.setattr(centre.log, "erase", first)
        night = parts(centre, clock)
        clock.pass_s(86_400)
        await night.look()
        streams = [await centre.log.stream(f"incident/{id}") for id in ids.values()]
        assert sorted(stream[-1].type for stream in streams) == ["erased", "hold_set"]


async def test_a_hold_that_was_left_to_a_desk_that_is_gone_counts_for_the_command(tmp_path: Path) -> None:
    ids = await years_ago(tmp_path, "test", "accidental")
    settings = settings_of(tmp_path)
    await beside.confirm(settings, await beside.meant(settings, ""), by="Ann", advice="both", words="a letter")
    async with beside.opened_for_reading(settings) as (log, _):
        leave(settings.log, log.vault, wish("Ann", ev.HoldSet(why="complaint"), incident=ids["test"]))
        leave(settings.log, log.vault, wish("Ann", ev.HoldSet(why="complaint"), incident="a" * 26))
    unread = settings.log.with_name("vigie.log.retention-0")
    unread.write_bytes(b"{")
    plan, done = await beside.erase_now(settings, "Ann")
    assert [one.name for one in plan.endings] == [ids["accidental"]] and plan.held == {"complaint": 1}
    assert done is not None and done.incidents == 1
    assert unread.exists() and len(list(tmp_path.glob("*.retention-*"))) == 2  # of no incident here, and unreadable


async def test_another_store_that_fails_or_hangs_holds_up_neither_a_night_nor_a_hold(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ids = await years_ago(tmp_path, "real")
    clock, hangs, calls = DrivenClock(datetime(2003, 1, 10, 12, tzinfo=UTC)), asyncio.Event(), list[int]()

    async def others(_: Settings) -> None:
        calls.append(len(calls))
        await hangs.wait() if len(calls) == 1 else None
        raise OSError("of a person")

    async with served(tmp_path, clock) as centre:
        await confirmed(centre, clock.now())
        night = parts(centre, clock, others)
        for _ in range(2):
            clock.pass_s(86_400)
            await night.look()
        await asyncio.sleep(0)
        assert calls == [0] and "not done yet" in caplog.text
        leave(centre.settings.log, centre.log.vault, wish("Ann", ev.HoldSet(why="complaint"), incident=ids["real"]))
        await night.look()
        assert (await centre.log.stream(f"incident/{ids['real']}"))[-1].type == "hold_set"
        hangs.set()
        assert night._sweeping is not None
        await night._sweeping
        assert "could not be deleted: OSError" in caplog.text and "of a person" not in caplog.text

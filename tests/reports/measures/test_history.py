"""The table of all incidents is the fold of the log, whatever the cache beside it says, and always the present."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents import commands as cmd
from incidents import events as ev
from incidents.log import LogUnavailable, Record, columns
from incidents.log.sqlite import SqliteLog
from incidents.log.transfer import export, import_log
from incidents.messages import Fix, FixReport
from incidents.roles import WITHOUT_SIGN_IN, User
from reports.measures import history as module
from reports.measures.history import History, read_table
from tests.incidents.conftest import DEVICE, START, Floor, Open, closing

STARTS = ("07:00", "19:00")
OTHER = "AMR-00413"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vigie.log"


def folded(path: Path) -> pd.DataFrame:
    """The table with no cache at hand."""
    columns.path_of(path).unlink(missing_ok=True)
    return read_table(path, starts=STARTS)


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other)


async def lived(floor: Floor, device: str, *, closes: bool = True) -> None:
    """An incident of this device: pressed, taken, routed and closed."""
    incident = await floor.press(device, id=uuid4().hex)
    assert incident is not None
    user = User(actor=floor.desk.pseudonym("someone"), roles=WITHOUT_SIGN_IN)
    steps: list[cmd.Command] = [
        cmd.Acknowledge(id=uuid4().hex, incident=incident.id),
        cmd.Route(id=uuid4().hex, incident=incident.id, zone="5415"),
    ]
    for command in [*steps, closing(incident, uuid4().hex)] if closes else steps:
        floor.clock.pass_s(7)
        await floor.desk.command(command, user)


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many incidents were folded from the log since the last time it was asked."""
    made: list[str] = []
    whole = module._Source._incident

    def counted(self: module._Source, records: list[Record]) -> object:
        made.append(records[0].stream)
        return whole(self, records)

    monkeypatch.setattr(module._Source, "_incident", counted)

    def asked() -> int:
        number = len(made)
        made.clear()
        return number

    return asked


async def test_after_a_start_only_the_incidents_of_later_records_are_folded_again(
    open_floor: Open, path: Path, count: Callable[[], int]
) -> None:
    async with open_floor() as floor:
        for n in range(5):
            await lived(floor, f"AMR-{n}")
        await lived(floor, DEVICE, closes=False)
        await History.open(floor.log, path, starts=STARTS)
        assert count() == 6
    async with open_floor() as floor:
        await lived(floor, OTHER)
        incident = floor.incident(DEVICE)
        assert incident is not None
        user = User(actor=floor.desk.pseudonym("someone"), roles=WITHOUT_SIGN_IN)
        await floor.desk.command(closing(incident, uuid4().hex), user)
        history = await History.open(floor.log, path, starts=STARTS)
        assert count() == 2
        assert list(history.table()["state"]) == ["closed"] * 7
        same(history.table(), folded(path))


@given(acts=st.lists(st.sampled_from(["press", "other", "look", "report"]), min_size=1, max_size=8))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_cache_that_was_carried_on_is_the_whole_fold(acts: list[str], open_floor: Open, path: Path) -> None:
    async with open_floor() as floor:
        for act in acts:
            floor.clock.pass_s(3600)
            match act:
                case "press":
                    await lived(floor, DEVICE, closes=floor.clock.at.hour % 2 == 0)
                case "other":
                    await lived(floor, OTHER)
                case "look":
                    await History.open(floor.log, path, starts=STARTS)
                case "report":
                    read_table(path, starts=STARTS)
        same((await History.open(floor.log, path, starts=STARTS)).table(), folded(path))
        for command in [closing(i, uuid4().hex) for i in floor.desk.board.incidents.values() if i.open]:
            await floor.desk.command(command, User(actor="someone", roles=WITHOUT_SIGN_IN))
    for file in path.parent.iterdir():
        file.unlink()


async def test_the_table_follows_the_desk(floor: Floor, path: Path) -> None:
    await lived(floor, OTHER)
    history = await History.open(floor.log, path, starts=STARTS)
    running = asyncio.create_task(history.run(floor.desk.board))
    try:
        told = asyncio.Event()
        history.listen(told.set)
        await lived(floor, DEVICE, closes=False)
        while len(history.table()) < 2 or history.table()["state"].iloc[1] != "routed":
            told.clear()
            await asyncio.wait_for(told.wait(), 5)
        assert list(history.table()["open"]) == [False, True]
        same(history.table(), read_table(path, starts=STARTS))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_nothing_is_folded_while_nobody_looks_and_who_looks_sees_the_present(
    floor: Floor, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.measures.history.TOGETHER_S", 0.01)
    history = await History.open(floor.log, path, starts=STARTS)
    running = asyncio.create_task(history.run(floor.desk.board))
    try:
        told = asyncio.Event()
        looking = False
        history.listen(told.set, wanted=lambda: looking)
        await lived(floor, DEVICE, closes=False)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(told.wait(), 0.2)
        assert len(history.table()) == 0
        assert len(await history.fresh()) == 1
        await lived(floor, OTHER)
        told.clear()
        looking = True
        await asyncio.wait_for(told.wait(), 5)
        assert len(history.table()) == 2
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_two_who_ask_at_once_lose_no_row(floor: Floor, path: Path) -> None:
    history = await History.open(floor.log, path, starts=STARTS)
    history.follow(floor.desk.board)
    await lived(floor, DEVICE)
    first = asyncio.create_task(history.fresh())
    await asyncio.sleep(0)
    await lived(floor, OTHER)
    assert len(await history.fresh()) == 2
    await first
    assert len(history.table()) == 2


async def test_a_press_passes_while_the_past_is_folded(floor: Floor, path: Path) -> None:
    for n in range(40):
        await lived(floor, f"AMR-{n}")
    reading = asyncio.create_task(History.open(floor.log, path, starts=STARTS))
    await floor.press(DEVICE)
    assert not reading.done()
    assert len((await reading).table()) >= 40


async def test_a_cache_that_was_changed_cut_or_made_elsewhere_is_not_believed(
    open_floor: Open, path: Path, tmp_path: Path, count: Callable[[], int]
) -> None:
    async with open_floor() as floor:
        await lived(floor, DEVICE)
        await lived(floor, OTHER)
    whole = folded(path)
    cache = columns.path_of(path)
    good = cache.read_bytes()
    assert cache.stat().st_mode & 0o777 == 0o600
    count()
    same(read_table(path, starts=STARTS), whole)
    assert count() == 0  # it was believed
    half = len(good) // 2
    harmed = [
        b"",
        b"not a cache",
        good[:-1],
        good[:20],
        good[:half] + bytes([good[half] ^ 1]) + good[half + 1 :],
        good.replace(b'"position":', b'"position" '),
    ]
    for bad in harmed:
        cache.write_bytes(bad)
        same(read_table(path, starts=STARTS), whole)
        assert count() == 2
        assert columns.path_of(path).read_bytes() != bad  # a good one stands in its place


async def test_a_cache_for_other_shifts_or_by_other_code_is_thrown_away(
    floor: Floor, path: Path, count: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await lived(floor, DEVICE)
    assert list(read_table(path, starts=STARTS)["shift"]) == ["19:00"]
    assert list(read_table(path, starts=("06:00", "14:00"))["shift"]) == ["14:00"]
    assert list(read_table(path, starts=("06:00", "14:00"))["shift"]) == ["14:00"]
    assert count() == 2
    monkeypatch.setattr(module, "_code", lambda: "other")
    read_table(path, starts=("06:00", "14:00"))
    assert count() == 1


async def test_a_log_set_back_to_an_earlier_day_is_folded_anew(
    open_floor: Open, path: Path, count: Callable[[], int]
) -> None:
    async with open_floor() as floor:
        await lived(floor, DEVICE)
    backup = path.read_bytes()
    async with open_floor() as floor:
        await lived(floor, OTHER)
    read_table(path, starts=STARTS)
    count()
    path.write_bytes(backup)
    table = read_table(path, starts=STARTS)
    assert (len(table), count()) == (1, 1)
    same(table, folded(path))


async def test_the_cache_of_an_exported_log_is_not_believed_where_it_was_imported(
    open_floor: Open, path: Path, tmp_path: Path, count: Callable[[], int]
) -> None:
    async with open_floor() as floor:
        await lived(floor, DEVICE)
        await lived(floor, OTHER)
    read_table(path, starts=STARTS)
    exported, imported = tmp_path / "export.jsonl", tmp_path / "imported.log"
    export(path, exported)
    import_log(imported, exported)
    await (await SqliteLog.open(imported)).close()  # with a key of its own, which opens nothing of the other's
    columns.path_of(path).replace(columns.path_of(imported))
    count()
    table = read_table(imported, starts=STARTS)
    assert count() == 2
    same(table, folded(path))


async def test_an_erased_incident_keeps_its_row(floor: Floor, path: Path) -> None:
    await lived(floor, DEVICE)
    before = (await History.open(floor.log, path, starts=STARTS)).table()
    stream = f"incident/{before['incident'].iloc[0]}"
    await floor.log.erase(stream, id="erase/1", at=ev.stamp(START), actor="someone")
    after = (await History.open(floor.log, path, starts=STARTS)).table()
    same(after, folded(path))
    kept = ["incident", "zone", "received", "closed"]
    same(after[kept], before[kept])


async def test_the_cache_holds_nothing_of_a_person(floor: Floor, path: Path) -> None:
    await lived(floor, DEVICE)
    await History.open(floor.log, path, starts=STARTS)
    kept = columns.path_of(path).read_bytes()
    for word in (DEVICE, "2026-0412", "Voorbeeld", "51.05", "someone"):
        assert word.encode() not in kept


async def test_where_no_cache_can_be_written_the_table_is_read_all_the_same(floor: Floor, path: Path) -> None:
    await lived(floor, DEVICE)
    columns.path_of(path).mkdir()
    assert len(read_table(path, starts=STARTS)) == 1
    assert len((await History.open(floor.log, path, starts=STARTS)).table()) == 1


async def test_a_position_that_changes_no_row_makes_no_new_table(floor: Floor, path: Path) -> None:
    await lived(floor, DEVICE, closes=False)
    history = await History.open(floor.log, path, starts=STARTS)
    history.follow(floor.desk.board)
    await history.refresh()
    before = history.table()
    moved = FixReport(device=DEVICE, fix=Fix(51.0537, 3.7254, 12.0))
    assert await floor.desk.receive(floor.message(moved, id=uuid4().hex)) == "recorded"
    await history.refresh()
    assert history.table() is before
    await floor.press(DEVICE, id=uuid4().hex)
    await history.refresh()
    assert list(history.table()["presses"]) == [2]


async def test_a_desk_that_stops_does_not_wait_for_the_first_fold(
    floor: Floor, path: Path, count: Callable[[], int]
) -> None:
    for n in range(40):
        await lived(floor, f"AMR-{n}")
    history = History(path, floor.log.vault, starts=STARTS)
    running = asyncio.create_task(history.run(floor.desk.board))
    await asyncio.sleep(0)
    running.cancel()
    await history.close()
    await asyncio.gather(running, return_exceptions=True)
    assert not history.ready
    with pytest.raises(LogUnavailable):
        await history.load()
    assert count() < 40

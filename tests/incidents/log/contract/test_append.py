"""What is appended is there, once, in its place."""

import asyncio
import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.log import NO_HASH, AlreadyRecorded, LogUnavailable, Record, VersionConflict
from incidents.log.record import BadRecord, hash_of
from incidents.log.verify import verify
from tests.incidents.log.contract.conftest import AnyLog, Storage
from tests.incidents.log.parts import AT, LATER, append_somehow, draft, everything, write


async def test_records_of_a_stream_are_chained(log: AnyLog) -> None:
    first, second = await write(log, "incident/a", 2)
    assert (first.version, first.prev, second.version, second.prev) == (1, NO_HASH, 2, first.hash)
    assert await log.stream("incident/a") == [first, second]
    assert await log.stream("incident/a", after=1) == [second]


async def test_a_chain_goes_on_after_reopening(path: Path, storage: Storage) -> None:
    log = await storage.open(path)
    (first,) = await write(log, "incident/a", 1)
    await log.close()
    log = await storage.open(path)
    (second,) = await write(log, "incident/a", 1)
    await log.close()
    assert second.prev == first.hash
    assert verify(path).ok


async def test_of_fifty_appends_at_the_same_version_exactly_one_wins(log: AnyLog) -> None:
    await write(log, "incident/a", 1)
    tries = [log.append("incident/a", 1, draft(f"claim/{i}", "acknowledged")) for i in range(50)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    won = [outcome for outcome in outcomes if isinstance(outcome, Record)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, VersionConflict)]
    assert (len(won), len(lost)) == (1, 49)
    assert {loser.current for loser in lost} == {2}
    assert (await log.stream("incident/a"))[1:] == won


async def test_an_id_is_recorded_once_however_often_and_wherever_it_comes(log: AnyLog) -> None:
    tries = [log.append(f"incident/{i}", 0, draft("112-app/m1", "raised")) for i in range(20)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    (won,) = [outcome for outcome in outcomes if isinstance(outcome, Record)]
    assert all(outcome is won or isinstance(outcome, AlreadyRecorded) for outcome in outcomes)
    with pytest.raises(AlreadyRecorded) as told:
        await log.append("incident/other", 0, draft("112-app/m1", "raised"))
    assert told.value.record == won == await log.find("112-app/m1")


async def test_a_known_id_is_said_before_a_version_conflict(log: AnyLog) -> None:
    (first,) = await write(log, "incident/a", 1)
    with pytest.raises(AlreadyRecorded):
        await log.append("incident/a", 0, draft(first.id))


async def test_one_that_fails_does_not_take_the_others_of_its_group_along(log: AnyLog) -> None:
    await write(log, "incident/a", 1)
    tries = [log.append(f"incident/{i}", 0, draft(f"new/{i}")) for i in range(100)]
    tries[50:50] = [
        log.append("incident/a", 0, draft("stale")),
        log.append("incident/a", 1, draft("incident/a/1")),
        log.append("incident/a", 1, draft("bad", ratio=0.5)),  # type: ignore[arg-type]
    ]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    kinds = [type(outcome) for outcome in outcomes[50:53]]
    assert kinds == [VersionConflict, AlreadyRecorded, BadRecord]
    assert all(isinstance(outcome, Record) for outcome in outcomes[:50] + outcomes[53:])
    assert len(await everything(log)) == 101


async def test_everyone_who_looks_again_gets_in(log: AnyLog) -> None:
    await asyncio.gather(*(append_somehow(log, "incident/a", draft(f"n/{i}", sealed=b"x")) for i in range(60)))
    records = await log.stream("incident/a")
    assert [record.version for record in records] == list(range(1, 61))
    assert all(later.prev == earlier.hash for earlier, later in itertools.pairwise(records))


async def test_a_caller_who_gave_up_leaves_the_log_whole(log: AnyLog) -> None:
    task = asyncio.create_task(log.append("incident/a", 0, draft("given-up")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await append_somehow(log, "incident/a", draft("next"))
    assert [record.id for record in await log.stream("incident/a")][-1] == "next"


async def test_latest_is_the_newest_record_of_these_types_in_each_stream(log: AnyLog) -> None:
    for version, type_ in enumerate(["raised", "closed", "reopened", "note"]):
        await log.append("incident/a", version, draft(f"a/{version}", type_))
    await log.append("incident/b", 0, draft("b/0", "raised"))
    await log.append("incident/c", 0, draft("c/0", "note"))
    latest = await log.latest(["raised", "closed", "reopened"])
    assert {stream: record.type for stream, record in latest.items()} == {
        "incident/a": "reopened",
        "incident/b": "raised",
    }
    assert await log.latest([]) == {}


async def test_touched_names_the_streams_with_a_record_since_then(log: AnyLog) -> None:
    await log.append("incident/a", 0, draft("a"))
    await log.append("incident/b", 0, draft("b", at=LATER))
    await log.append("device/c", 0, draft("c", at=LATER))
    assert await log.touched("incident/", LATER) == ["incident/b"]
    assert await log.touched("incident/", AT) == ["incident/a", "incident/b"]


async def test_records_come_in_the_order_of_writing_with_their_positions(log: AnyLog) -> None:
    await asyncio.gather(*(write(log, f"incident/{i}", 3) for i in range(5)))
    found = [item async for item in log.records()]
    assert [position for position, _ in found] == list(range(1, 16))
    assert [item async for item in log.records(after=10)] == found[10:]


async def test_a_cursor_is_kept_even_when_a_feed_starts_anew(path: Path, storage: Storage) -> None:
    log = await storage.open(path)
    await log.set_cursor("112-app", "2026-11-01", 18231)
    await log.set_cursor("112-app", "2026-11-01", 12)
    await log.set_cursor("112-app", "2026-12-01", 3)
    await log.set_cursor("other", "x", 7)
    await log.close()
    log = await storage.open(path)
    assert await log.cursors("112-app") == {"2026-11-01": 12, "2026-12-01": 3}
    await log.close()


async def test_a_checkpoint_is_written_only_when_something_changed(log: AnyLog) -> None:
    assert await log.checkpoint(AT) is None
    await write(log, "incident/a", 2)
    await write(log, "incident/b", 1)
    first = await log.checkpoint(AT)
    assert first is not None and first.hash == hash_of(first)
    assert (first.open["count"], first.open["streams"]) == (3, 2)
    assert await log.checkpoint(LATER) is None
    (changed,) = await write(log, "incident/b", 1)
    second = await log.checkpoint(LATER)
    assert second is not None and second.version == 2
    assert second.open["changed"] == f"incident/b 2 {changed.hash[:16]}"


async def test_a_closed_log_says_so(path: Path, storage: Storage) -> None:
    log = await storage.open(path)
    waiting = asyncio.create_task(log.append("incident/a", 0, draft("a")))
    await asyncio.sleep(0)
    await log.close()
    assert (await waiting).version == 1
    with pytest.raises(LogUnavailable):
        await log.append("incident/a", 1, draft("b"))
    with pytest.raises(LogUnavailable):
        await log.find("a")
    await log.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=40), min_size=1, max_size=5))
def test_any_mixture_of_appends_makes_a_log_that_verifies(
    tmp_path_factory: pytest.TempPathFactory, storage: Storage, rounds: list[list[int]]
) -> None:
    path = tmp_path_factory.mktemp("mixture") / "vigie.log"

    async def run() -> None:
        log = await storage.open(path)
        for number, streams in enumerate(rounds):
            await asyncio.gather(
                *(
                    append_somehow(log, f"incident/{stream}", draft(f"{number}/{i}", sealed=b"s" * stream))
                    for i, stream in enumerate(streams)
                )
            )
            await log.checkpoint(AT)
        records = await everything(log)
        assert len(records) == sum(map(len, rounds)) + len(rounds)
        for record in records:
            if record.stream != "checkpoint":
                assert log.unseal(record) == b"s" * int(record.stream[-1])
        await log.close()

    asyncio.run(run())
    report = verify(path)
    assert report.ok, report.findings

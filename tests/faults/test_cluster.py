"""Whatever of a cluster dies, hangs or is cut off: each message that was answered is in the log, once, and all servers agree."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.cluster import Centre, alarms, centre
from tests.processes import vigie
from tests.waiting import until

pytestmark = pytest.mark.timeout(240)
MORE = 60  # messages
WITHOUT_S = 20.0  # of service, on a busy machine: what is meant is in docs/reliability.md
Say = Callable[[str, object], None]
KILLS, NATS_KILLS = 50, 10


async def over(made: Centre, fault: str, say: Say, *, without_s: float = WITHOUT_S) -> None:
    """The fault is over: what it came to."""
    await made.answered(MORE)
    await made.quiet()
    await made.one_board()
    told = await made.told()
    for name in told.__struct_fields__:
        say(f"{fault}: {name}", getattr(told, name))
    assert (told.lost, told.twice) == (0, 0), told
    assert told.answered > 0 and told.recorded >= told.answered
    assert told.without_s < without_s, told


async def test_a_cluster_that_loses_one_part_after_the_other_loses_nothing(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    """The short form of what follows, on one centre."""
    async with centre(tmp_path) as made:
        made.press_for_ever(40)
        await made.answered(MORE)
        await made.desks[0].kill()
        await made.answered(MORE)  # by the others
        await made.desks[0].start()
        for find in (made.follower, made.leader):
            await made.answered(MORE)
            victim = await find()
            await asyncio.to_thread(victim.kill)
            await made.answered(MORE)
            await asyncio.to_thread(victim.start)
        await over(made, "one part after the other", record_testsuite_property, without_s=60)


@pytest.mark.prove
@pytest.mark.timeout(3600)
async def test_a_server_of_the_desk_killed_under_load_loses_nothing_and_holds_nobody_up(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    async with centre(tmp_path) as made:
        made.press_for_ever(40)
        for n in range(KILLS):
            await made.answered(MORE)
            desk = made.desks[n % len(made.desks)]
            await desk.kill()
            await made.answered(MORE)  # by the others
            await desk.start()
        await over(made, f"a server killed ({KILLS} times)", record_testsuite_property)


@pytest.mark.prove
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("which", ["leader", "follower"])
async def test_a_nats_server_killed_under_load_loses_nothing(
    tmp_path: Path, which: str, record_testsuite_property: Say
) -> None:
    async with centre(tmp_path) as made:
        made.press_for_ever(40)
        for _ in range(NATS_KILLS):
            await made.answered(MORE)
            victim = await (made.leader() if which == "leader" else made.follower())
            await asyncio.to_thread(victim.kill)
            await made.answered(MORE)
            await asyncio.to_thread(victim.start)
        await over(made, f"a nats-server killed, the {which} ({NATS_KILLS} times)", record_testsuite_property)


async def test_without_two_of_three_nats_servers_presses_are_shown_and_all_is_recorded_once_they_are_back(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    async with centre(tmp_path) as made:
        made.press_for_ever(20)
        await made.answered(MORE)
        two = [await made.leader(), await made.follower()]
        for server in two:
            await asyncio.to_thread(server.kill)
        before = len(made.feed.durable)
        shown = [alarms(desk)["vigie_alarms_open"] for desk in made.desks]
        await until(lambda: all(alarms(desk)["vigie_log_writable"] == 0 for desk in made.desks), within_s=30)
        for n in range(1000, 1005):
            made.feed.press(f"AMR-{n:05d}")  # devices nobody heard of yet
        await until(
            lambda: all(
                alarms(desk)["vigie_alarms_open"] >= was + 5 for desk, was in zip(made.desks, shown, strict=True)
            ),
            within_s=30,
        )
        assert len(made.feed.durable) <= before + MORE, "what can't be recorded is not answered"
        for server in two:
            await asyncio.to_thread(server.start)
        await over(made, "two of three nats-servers killed", record_testsuite_property, without_s=90)


async def test_all_three_stores_lost_are_made_anew_of_a_backup_made_under_load(tmp_path: Path) -> None:
    """As docs/cluster.md says, word for word: the feed has nothing left to send again."""
    for name in ("backups", "keys", "lost"):
        (tmp_path / name).mkdir()
    async with centre(tmp_path, servers=2) as made:
        made.press_for_ever(20, devices=30)
        await made.answered(MORE)
        desk = made.desks[0]
        own = {"VIGIE_LOG": str(desk.log), **desk.environ}

        async def run(*words: object) -> str:
            code, said = await vigie(*map(str, words), **own)
            assert code == 0, said
            return said

        await run("backup", tmp_path / "backups", "--keys", tmp_path / "keys")
        await made.quiet()
        sheet = (await run("log", "head")).strip()
        ((backup,), (keys,)) = ((tmp_path / name).iterdir() for name in ("backups", "keys"))
        await asyncio.gather(*(one.stop() for one in made.desks))
        await asyncio.to_thread(made.nats.lose)
        said = await run("restore", backup, "--keys", keys, "--to", tmp_path / "new", "--digest", sheet)
        open_then = int(said.partition("open incidents: ")[2].split()[0])
        cluster = f"nats://{','.join(made.nats.addresses).replace('nats://', '')}/{made.name}"
        await run("log", "copy", tmp_path / "new" / "vigie.log", cluster)
        for n, one in enumerate(made.desks):
            (tmp_path / "lost" / str(n)).mkdir()
            for file in [*one.log.parent.glob("vigie.log*")]:
                if file.suffix != ".erased":
                    file.rename(tmp_path / "lost" / str(n) / file.name)
        made.feed.messages.clear()
        made.feed.durable.clear()
        await made.start()
        await made.one_board()
        assert alarms(desk)["vigie_alarms_open"] == open_then > 0
        made.feed.press("AMR-99999")
        await until(lambda: len(made.feed.durable) == 1)
        await made.one_board()
        assert alarms(desk)["vigie_alarms_open"] == open_then + 1
        assert (await made.told()).recorded > open_then


@pytest.mark.prove
async def test_a_nats_server_that_hangs_loses_nothing(tmp_path: Path, record_testsuite_property: Say) -> None:
    async with centre(tmp_path) as made:
        made.press_for_ever(40)
        await made.answered(MORE)
        victim = await made.leader()
        victim.send(signal.SIGSTOP)
        try:
            await made.answered(MORE)
        finally:
            victim.send(signal.SIGCONT)
        await over(made, "the leading nats-server hangs", record_testsuite_property)


@pytest.mark.prove
async def test_a_feed_that_repeats_a_tenth_at_many_times_its_rate_is_recorded_once(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    async with centre(tmp_path) as made:
        made.press_for_ever(5)
        await made.answered(MORE)
        for message in list(made.feed.messages[::10]) * 5:
            made.feed.messages.append(message)  # as a gateway that lost its place sends again
            made.feed.press(f"AMR-{len(made.feed.messages) % 200:05d}")
        await over(made, "a feed that repeats a tenth, in a burst", record_testsuite_property)

"""A disk that is full or slow: of one nats-server, of one server's copy. The others go on; nothing that was answered is lost."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from bench.nats_servers import NatsCluster, NatsServer
from centre.checks.finding import Subject
from centre.checks.remote import cluster as cluster_point
from centre.setting_sections import ClusterSettings
from centre.settings import Settings
from tests.centre.parts import Running
from tests.faults.cluster import Centre, alarms, centre
from tests.faults.test_cluster import Say, over
from tests.waiting import until

pytestmark = [pytest.mark.timeout(400), pytest.mark.prove]
MORE = 30  # messages
WITHOUT_S = 30.0
ROOM_MB = 48
WRITES = 20  # a second, of a slow disk: an old one turns 120 times a second
GROUPS = Path("/sys/fs/cgroup")


@contextmanager
def disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own; needs root."""
    place.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "vigie-test", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Path:
    """Leave no byte free. What takes the room."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"0" * 4096)
        except OSError:
            return filler


def without(desk: Running) -> str:
    """The nats-servers of which a desk says that they do not keep all."""
    return "".join(one["why"] for one in desk.health()["reasons"] if one["what"] == "replica_lost")


async def checked(made: Centre) -> set[tuple[str, str]]:
    """What `check` finds of who keeps the log: how bad, and the first word."""
    cluster = ClusterSettings(servers=tuple(made.nats.addresses), name=made.name)
    found = cluster_point(Subject(settings=Settings(cluster=cluster), said={}, now=datetime.now(UTC)))
    return {(one.state, one.text.split()[1]) async for one in found if "keep" in one.text}


@contextmanager
def slow(server: NatsServer, writes: int) -> Iterator[None]:
    """Let the disk of a nats-server take so many writes a second, by Linux's groups of processes; needs root."""
    device = server.store.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    if (GROUPS / "blkio").exists():
        among, limit, text = GROUPS / "blkio", "blkio.throttle.write_iops_device", f"{number} {writes}"
    else:
        among, limit, text = GROUPS, "io.max", f"{number} wiops={writes}"
        (among / "cgroup.subtree_control").write_text("+io")
    group = among / f"vigie-test-{server.pid}"
    group.mkdir()
    try:
        (group / limit).write_text(text)
        (group / "cgroup.procs").write_text(str(server.pid))
        yield
    finally:
        (among / "cgroup.procs").write_text(str(server.pid))
        group.rmdir()


class SmallDisks(NatsCluster):
    """Three nats-servers, each on a small disk of its own."""

    def _make(self, folder: Path) -> None:
        self._disks = [disk(folder / f"n{n}", ROOM_MB) for n in (1, 2, 3)]
        for one in self._disks:
            one.__enter__()
        super()._make(folder)

    def _end(self) -> None:
        super()._end()
        for one in self._disks:
            one.__exit__(None, None, None)
        self._disks = []


@pytest.mark.parametrize("which", ["leader", "follower"])
async def test_a_nats_server_whose_disk_is_full_loses_nothing_and_the_others_go_on(
    tmp_path: Path, which: str, record_testsuite_property: Say
) -> None:
    async with centre(tmp_path, make=SmallDisks) as made:
        made.press_for_ever(10, devices=10)
        await made.answered(MORE)
        victim = await (made.leader() if which == "leader" else made.follower())
        filler = fill(victim.store)
        await made.answered(4 * MORE)
        assert victim.said("no space left on device")
        filler.unlink()
        # It takes connections, and no stream up again by itself: docs/cluster.md.
        lost = victim.store.name
        await until(lambda: all(lost in without(desk) for desk in made.desks), within_s=60)
        assert await checked(made) == {("error", lost)}
        victim.kill()
        victim.start()
        await until(lambda: not any(map(without, made.desks)), within_s=60)
        assert await checked(made) == {("ok", "3")}
        await made.answered(MORE)
        await over(made, f"a nats-server with a full disk, the {which}", record_testsuite_property, without_s=WITHOUT_S)


async def test_a_server_whose_copy_has_no_room_shows_presses_which_the_others_record(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    with disk(tmp_path / "server-0", 24) as place:
        async with centre(tmp_path) as made:
            made.press_for_ever(10, devices=10)
            await made.answered(MORE)
            filler = fill(place)
            await made.answered(MORE)
            before = alarms(made.desks[0])["vigie_alarms_open"]
            for n in range(1000, 1005):
                made.feed.press(f"AMR-{n:05d}")
            await until(lambda: alarms(made.desks[0])["vigie_alarms_open"] >= before + 5, within_s=30)
            await made.answered(2 * MORE)
            filler.unlink()
            await made.answered(MORE)
            what = "a server whose copy has no room"
            await over(made, what, record_testsuite_property, without_s=WITHOUT_S)


@pytest.mark.parametrize("which", ["leader", "follower"])
async def test_a_nats_server_whose_disk_is_slow_loses_nothing(
    tmp_path: Path, which: str, record_testsuite_property: Say
) -> None:
    async with centre(tmp_path, make=partial(NatsCluster, durable=True)) as made:
        made.press_for_ever(10, devices=10)
        await made.answered(MORE)
        victim = await (made.leader() if which == "leader" else made.follower())
        began = len(made.feed.durable), asyncio.get_running_loop().time()
        with slow(victim, WRITES):
            await made.answered(4 * MORE)
        answered, took = (len(made.feed.durable) - began[0]), asyncio.get_running_loop().time() - began[1]
        what = f"a nats-server with a slow disk ({WRITES} writes a second), the {which}"
        record_testsuite_property(f"{what}: messages answered a second meanwhile", round(answered / took, 1))
        await over(made, what, record_testsuite_property, without_s=WITHOUT_S)

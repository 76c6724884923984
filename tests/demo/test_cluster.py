"""The demo of several servers: all of it starts at one address, what is broken of it is mended, and nothing else is ever hit."""

import contextlib
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from demo.cluster.faults import FAULTS, fault
from demo.cluster.members import STATE, ClusterError, Member, State, claim, read, write
from demo.cluster.processes import program
from tests.browser.conftest import until
from tests.processes import Command, free_port, vigie

SLOW_S = 120.0


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


def state_of(runner: Member, *members: Member) -> State:
    return State(runner=runner, address="http://localhost:1", nats=(), stream="VIGIE", members=members)


def test_a_process_that_took_the_number_of_another_is_never_hit(sleeper: subprocess.Popen[bytes]) -> None:
    member = Member.of("server-1", sleeper.pid)
    msgspec.structs.replace(member, began=member.began - 1).send(signal.SIGKILL)
    with pytest.raises(subprocess.TimeoutExpired):
        sleeper.wait(0.3)
    assert member.runs
    member.send(signal.SIGKILL)
    assert sleeper.wait(5) == -signal.SIGKILL
    assert not member.there
    member.send(signal.SIGKILL)  # of one that is gone


def test_a_folder_is_taken_only_where_no_cluster_runs_and_nothing_else_lies(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").touch()
    with pytest.raises(ClusterError, match="something else lies there"):
        claim(tmp_path / "mine")
    claim(folder := tmp_path / "cluster")
    own = Member.of("runner", os.getpid())
    write(folder, state_of(own, Member.of("server-1", sleeper.pid)))
    with pytest.raises(ClusterError, match="a cluster runs in"):
        claim(folder)
    # Its runner was killed: what it left is ended.
    write(folder, state_of(msgspec.structs.replace(own, began=1), Member.of("server-1", sleeper.pid)))
    with pytest.raises(ClusterError, match="no cluster runs"):
        read(folder)
    claim(folder)
    assert sleeper.wait(5) == -signal.SIGKILL
    assert list(folder.iterdir()) == []


def test_a_program_that_is_missing_is_named_with_what_to_install() -> None:
    with pytest.raises(ClusterError, match=r"^no-such-server is not .* apt-get install no-such-server$"):
        program("no-such-server")


async def test_what_there_is_to_break_is_listed_with_what_to_look_for() -> None:
    code, said = await vigie("cluster", "break")
    assert code == 0
    for one in FAULTS:
        assert f"{one.name:<13} {one.does}" in said and one.look in said
    with pytest.raises(ClusterError, match="there is no fault nothing: server-1, "):
        fault("nothing")


def lives(port: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://localhost:{port}/live", timeout=10) as answer:
        return bool(answer.status == 200)
    return False


@pytest.mark.timeout(400)
def test_a_cluster_starts_at_one_address_breaks_mends_and_leaves_nothing(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "cluster"
    where = ("--folder", str(folder))
    running = Command("cluster", "run", "--port", str(port), *where, output=tmp_path / "output")
    try:
        until(lambda: running.code is not None or (folder / STATE).exists(), SLOW_S)
        assert running.code is None, (tmp_path / "output").read_text()
        assert f"http://localhost:{port}/operator" in (tmp_path / "output").read_text()
        before = read(folder)
        assert before.names("server") == ("server-1", "server-2", "server-3")
        assert before.names("nats") == ("nats-1", "nats-2", "nats-3")
        assert all(member.runs for member in before.members) and lives(port)

        breaking = Command("cluster", "break", "server-2", "--seconds", "4", *where, output=tmp_path / "broken")
        until(lambda: not before.member("server-2").there, SLOW_S)
        until(lambda: lives(port), SLOW_S)
        again = Command("cluster", "break", "server-2", *where, output=tmp_path / "again")
        assert again.wait(SLOW_S) == 1
        assert "server-2 is broken already" in (tmp_path / "again").read_text()
        assert breaking.wait(SLOW_S) == 0, (tmp_path / "broken").read_text()
        after = read(folder)
        assert all(member.runs for member in after.members)
        assert [one.pid == other.pid for one, other in zip(before.members, after.members, strict=True)].count(
            False
        ) == 1

        hanging = Command("cluster", "break", "hang-3", "--seconds", "600", *where, output=tmp_path / "hung")
        until(lambda: not after.member("server-3").runs, SLOW_S)
        hanging.send(signal.SIGINT)  # it mends at once
        assert hanging.wait(SLOW_S) == 0, (tmp_path / "hung").read_text()
        assert after.member("server-3").runs
    finally:
        code = running.stop()
    assert code == 0
    assert not folder.exists() and not any(member.there for member in after.members)

"""The demo of several servers takes what is its own alone: its folder, its processes; and says what it needs."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from demo.cluster.faults import FAULTS, fault
from demo.cluster.members import ClusterError, Member, State, claim, read, write
from demo.cluster.processes import program
from tests.processes import vigie


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

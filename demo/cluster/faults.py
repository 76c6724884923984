"""What can be broken of a cluster that runs, and what to look for on the screens meanwhile."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from demo.cluster.members import ClusterError, State, read
from incidents.log import LogUnavailable
from incidents.log.servers import ApiError, Servers

MENDED_S = 60.0
_EVERY_S = 0.2


class Fault(msgspec.Struct, frozen=True):
    """Who is hit, of the state and the nats-server that leads the log, and with what."""

    name: str
    does: str
    look: str
    hits: Callable[[State, str], tuple[str, ...]]
    number: signal.Signals = signal.SIGKILL


def _one(name: str) -> Callable[[State, str], tuple[str, ...]]:
    return lambda state, leader: (name,)


def _leader(state: State, leader: str) -> tuple[str, ...]:
    return (leader,)


def _follower(state: State, leader: str) -> tuple[str, ...]:
    return (next(name for name in state.names("nats") if name != leader),)


def _two(state: State, leader: str) -> tuple[str, ...]:
    return (leader, *_follower(state, leader))


_SERVERS = ("server-1", "server-2", "server-3")
FAULTS = (
    *(
        Fault(
            name,
            f"kill application server {name[-1]} (SIGKILL), as when its machine fails",
            "a page that was there says CONNECTION LOST within 3 s, with a sound, and is live at another server some seconds"
            " later, without a reload and without a sign-in; the other pages notice nothing",
            _one(name),
        )
        for name in _SERVERS
    ),
    *(
        Fault(
            name.replace("server", "hang"),
            f"stop application server {name[-1]} in its tracks (SIGSTOP), as when it hangs",
            "the same, some 4 s later: Caddy has to find out",
            _one(name),
            signal.SIGSTOP,
        )
        for name in _SERVERS
    ),
    Fault(
        "follower",
        "kill a nats-server that follows",
        "nothing on an operator's screen; a supervisor's says NO SPARE some 20 s later",
        _follower,
    ),
    Fault(
        "leader",
        "kill the nats-server that leads the log",
        "a press is shown and sounds at once all the same; it, and a claim, may take some 5 s to be recorded; nothing is lost",
        _leader,
    ),
    Fault(
        "cut-leader",
        "stop the nats-server that leads the log (SIGSTOP), as when its network is cut: it closes nothing, it says nothing",
        "the same, some seconds longer: the others wait for it first",
        _leader,
        signal.SIGSTOP,
    ),
    Fault(
        "two-of-three",
        "kill two of the three nats-servers: the one that is left may store nothing alone",
        "every page says CUT OFF; presses are still shown and sound; what cannot be recorded is refused and says so; once"
        " two are back all is recorded, nothing twice",
        _two,
    ),
)


def fault(name: str) -> Fault:
    """The fault of this name. Raises ClusterError."""
    for one in FAULTS:
        if one.name == name:
            return one
    raise ClusterError(f"there is no fault {name}: {', '.join(one.name for one in FAULTS)}")


async def break_it(folder: Path, name: str) -> tuple[str, ...]:
    """Break this; the names of the processes that were hit. Raises ClusterError."""
    chosen = fault(name)
    state = read(folder)
    needs_leader = chosen.hits in (_leader, _follower, _two)
    names = chosen.hits(state, await leader(state) if needs_leader else "")
    for hit in names:
        if not state.member(hit).runs:
            raise ClusterError(f"{hit} is broken already; mend it first: `cluster mend`")
    for hit in names:
        state.member(hit).send(chosen.number)
    return names


async def mend(folder: Path) -> None:
    """Start what was killed and let go on what was stopped; wait until all runs. Raises ClusterError."""
    read(folder).runner.send(signal.SIGUSR1)
    until = time.monotonic() + MENDED_S
    while not all(member.runs for member in read(folder).members):
        if time.monotonic() > until:
            raise ClusterError(f"not all is running again: look at the outputs in {folder}")
        await asyncio.sleep(_EVERY_S)


async def leader(state: State) -> str:
    """The nats-server that leads the log. Raises ClusterError where none does."""
    servers = Servers(state.nats)
    try:
        return str((await servers.ask(f"STREAM.INFO.{state.stream}"))["cluster"]["leader"])
    except (LogUnavailable, ApiError, KeyError) as error:
        raise ClusterError("no nats-server leads the log now") from error
    finally:
        await servers.close()

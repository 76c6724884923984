"""The processes of a cluster that runs: each is known by its number and by when it began, so that no other is ever hit."""

import os
import signal
from pathlib import Path

import msgspec

STATE = "cluster.json"


class ClusterError(ValueError):
    """Something that whoever runs the cluster can mend, in a sentence."""


class Member(msgspec.Struct, frozen=True):
    """A process; `began` is when, as Linux counts it (clock ticks after the machine's own start)."""

    name: str
    pid: int
    began: int

    @classmethod
    def of(cls, name: str, pid: int) -> "Member":
        """This process as it is now."""
        return cls(name, pid, _stat(pid)[1])

    @property
    def runs(self) -> bool:
        """Whether it is there and goes on."""
        what, began = _stat(self.pid)
        return began == self.began and what not in ("", "Z", "X", "T")

    @property
    def there(self) -> bool:
        """Whether it is there, be it stopped."""
        what, began = _stat(self.pid)
        return began == self.began and what not in ("", "Z", "X")

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        try:
            line = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        try:
            # By now the number is held: whatever it is, it stays.
            if self.there:
                signal.pidfd_send_signal(line, number)
        except ProcessLookupError:
            pass
        finally:
            os.close(line)


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster that runs: who runs it, its one address, the addresses of its nats-servers, its stream, and all its processes."""

    runner: Member
    address: str
    nats: tuple[str, ...]
    stream: str
    members: tuple[Member, ...]

    def member(self, name: str) -> Member:
        """The process of this name."""
        return next(one for one in self.members if one.name == name)

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of all `server`s, or of all `nats`."""
        return tuple(one.name for one in self.members if one.name.startswith(f"{kind}-"))


def read(folder: Path) -> State:
    """The cluster of this folder. Raises ClusterError where none runs."""
    state = _read(folder)
    if state is None or not state.runner.there:
        raise ClusterError(f"no cluster runs in {folder}: start one with `cluster run`, or say its --folder")
    return state


def write(folder: Path, state: State) -> None:
    """Put it in the place of the one before, whole."""
    part = folder / f"{STATE}.part"
    part.write_bytes(msgspec.json.encode(state))
    part.replace(folder / STATE)


def claim(folder: Path) -> None:
    """Make the folder anew; what a cluster left there whose runner was killed is ended and thrown away.

    Raises ClusterError where one runs, or where something else lies.
    """
    import shutil

    if not hasattr(os, "pidfd_open"):
        raise ClusterError("the cluster's demo needs Linux")
    state = _read(folder)
    if state is not None:
        if state.runner.there:
            raise ClusterError(f"a cluster runs in {folder} already: end it, or choose another --folder")
        for member in state.members:
            member.send(signal.SIGKILL)
        shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise ClusterError(f"{folder}: something else lies there; choose another --folder")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _read(folder: Path) -> State | None:
    try:
        return msgspec.json.decode((folder / STATE).read_bytes(), type=State)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise ClusterError(f"{folder / STATE}: {error}") from error


def _stat(pid: int) -> tuple[str, int]:
    """What a process does, in Linux's letter, and when it began; "" and -1 of none."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return "", -1
    return words[0], int(words[19])

"""`python app.py ...` as a process of its own, forked from one that has read the libraries already: it starts in a moment.

What is started by another command (`panel serve`, a service's own line) is started by that one.
"""

import asyncio
import contextlib
import io
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

from tests import cost

ROOT = Path(__file__).parents[1]
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.warm"])


def _run(words: tuple[str, ...], environ: dict[str, str], output: Path, folder: Path, typed: str) -> None:
    """What the process does: the command, as if it had been typed in `folder`."""
    with output.open("ab") as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv, sys.stdin = ["app.py", *words], io.StringIO(typed)
    from tests.warm import COMMAND

    COMMAND()


class Command:
    """A command of the front door that runs; what it says goes to the file `output`. `environ`: its settings."""

    def __init__(self, *words: str, output: Path, folder: Path = ROOT, typed: str = "", **environ: str) -> None:
        self.output = output
        given = (words, {**os.environ, **environ}, output, folder, typed)
        self._process = _forks.Process(target=_run, args=given, daemon=True)
        cost.STARTED["desk" if cost.DESK_WORDS & {*words} else "process"] += 1
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.exitcode

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.code is None:
            os.kill(self.pid, number)

    def wait(self, within_s: float = 20.0) -> int:
        """Until it has ended; its exit code."""
        self._process.join(within_s)
        assert self.code is not None, "it did not end in time"
        return self.code

    def stop(self) -> int:
        """Ask it to end, as a service is asked; its exit code."""
        self.send(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """End it as a failure of the machine would."""
        self.send(signal.SIGKILL)
        self.wait()

    def serves(self, port: int, within_s: float = 60.0) -> None:
        """Wait until its server listens: it does when everything is open."""
        deadline = time.monotonic() + within_s
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
                return
            assert self.code is None and time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)


async def vigie(*words: str, folder: Path = ROOT, typed: str = "", **environ: str) -> tuple[int, str]:
    """Run a command of the front door with this on its standard input; its exit code and what it said."""
    with tempfile.NamedTemporaryFile("r") as said:
        ran = Command(*words, output=Path(said.name), folder=folder, typed=typed, **environ)
        return await asyncio.to_thread(ran.wait, 60.0), said.read()

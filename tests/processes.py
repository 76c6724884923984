"""`python app.py ...` or `python -c ...` as a process of its own, forked from one that has read the libraries: it starts at once.

What is started by another command (`panel serve`, a service's own line) is started by that one, and so is what looks at a start.
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
from typing import Any

from tests import cost
from tests.waiting import LONG_S

ROOT = Path(__file__).parents[1]
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.warm"])


def _run(words: tuple[str, ...], code: str, environ: dict[str, str], output: Path, folder: Path, typed: str) -> None:
    """What the process does: the command, as if it had been typed in `folder`, or the code."""
    with output.open("ab") as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    if "LD_PRELOAD" in environ:  # which a program is given where it begins
        os.execv(sys.executable, (sys.executable, *(("-c", code) if code else ("app.py",)), *words))
    sys.argv, sys.stdin = ["-c" if code else "app.py", *words], io.StringIO(typed)
    exec(code or "from tests.warm import COMMAND; COMMAND()", {"__name__": "__main__"})


class Command:
    """A command of the front door, or `code`, that runs; what it says goes to the file `output`. `environ`: its settings."""

    def __init__(
        self, *words: str, output: Path, code: str = "", folder: Path = ROOT, typed: str = "", **environ: str
    ) -> None:
        self.output = output
        output.touch()
        given = (words, code, {**os.environ, **environ}, output, folder, typed)
        self._process = _forks.Process(target=_run, args=given, daemon=True)
        cost.STARTED["desk" if cost.DESK_WORDS & {*words} else "command"] += 1
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def said(self) -> str:
        """What it said until now."""
        return self.output.read_text()

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.exitcode

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.code is None:
            os.kill(self.pid, number)

    def wait(self, within_s: float = LONG_S) -> int:
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

    def serves(self, port: int, within_s: float = LONG_S) -> None:
        """Wait until its server listens: it does when everything is open."""
        deadline = time.monotonic() + within_s
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
                return
            assert self.code is None and time.monotonic() < deadline, self.said
            time.sleep(0.05)


def run(*words: str, **options: Any) -> tuple[int, str]:
    """Run a command as `Command` does until it has ended; its exit code and what it said."""
    with tempfile.NamedTemporaryFile("r") as said:
        return Command(*words, output=Path(said.name), **options).wait(), said.read()


async def vigie(*words: str, **options: Any) -> tuple[int, str]:
    """`run`, while the loop goes on."""
    return await asyncio.to_thread(run, *words, **options)

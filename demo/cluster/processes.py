"""A process of the cluster: started, awaited until it answers, started again after it was killed, ended in order."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from demo.cluster.members import ClusterError, Member

STARTS_S, ENDS_S = 90.0, 10.0
_EVERY_S = 0.1


def program(name: str) -> str:
    """Where a program lies. Raises ClusterError with what to install."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise ClusterError(f"{name} is not on this machine, which the cluster needs; on Debian: apt-get install {name}")
    return found


async def answers(port: int, asked: bytes, wanted: bytes) -> bool:
    """Whether what listens on this port of this machine answers so."""
    try:
        async with asyncio.timeout(2.0):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(asked)
                return (await reader.read(1024)).startswith(wanted)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


class Process:
    """`ready` says whether it answers. What it prints goes to a file beside its folder."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        ready: Callable[[], Awaitable[bool]],
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self._command, self._folder, self._ready = name, command, folder, ready
        # Neither its settings nor its files are those of whoever runs the demo.
        kept = {key: value for key, value in os.environ.items() if not key.startswith("VIGIE_")}
        self._environ = {**kept, **(environ or {})}
        self._process: asyncio.subprocess.Process | None = None
        self._output = folder.parent / f"{name}.output"

    @property
    def member(self) -> Member:
        """What it is known by."""
        assert self._process is not None
        return Member.of(self.name, self._process.pid)

    async def start(self) -> None:
        """Start it, unless it runs, and wait until it answers. Raises ClusterError with what it printed last."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGCONT)
            return
        self._folder.mkdir(exist_ok=True)
        with self._output.open("ab") as output:
            # A terminal's Ctrl+C is for who runs them: they end in order.
            self._process = await asyncio.create_subprocess_exec(
                *self._command, cwd=self._folder, env=self._environ, start_new_session=True,
                stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        try:
            async with asyncio.timeout(STARTS_S):
                while not await self._ready():
                    if self._process.returncode is not None:
                        raise ClusterError(f"{self.name} ended: {self._last()}")
                    await asyncio.sleep(_EVERY_S)
        except TimeoutError:
            raise ClusterError(f"{self.name} does not answer: {self._last()}") from None

    async def end(self) -> None:
        """Ask it to end, and end it where it does not."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.terminate()
        try:
            async with asyncio.timeout(ENDS_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _last(self) -> str:
        lines = self._output.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "without a word"

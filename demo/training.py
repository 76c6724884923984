"""The demo's training room: a process of its own, as a real one is. It ends with the demo, however that ends."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from cli.terminal import answered, until_told
from demo.accounts import PASSWORD
from training.serving import run_room
from training.isolation import RoomSettings

ROOT = Path(__file__).parents[1]
OFFERED = (("trainer", PASSWORD),)
ENDS_S = 5.0


@contextlib.asynccontextmanager
async def training_room(folder: Path, users: Path, port: int) -> AsyncIterator[None]:
    """Serve it beside the demo: its log to read, its accounts, and nothing else of it. It prints its own address."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    folder, users = await asyncio.to_thread(lambda: (folder.resolve(), users.resolve()))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "demo.training", str(folder), str(users), str(port),
        cwd=ROOT, env=told, stdin=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(ENDS_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _serve(folder: Path, users: Path, port: int) -> None:
    """Serve until the demo lets go of our standard input: a demo that was killed leaves no room behind."""
    settings = RoomSettings(folder=folder / "training", log=folder / "vigie.log", users=users, port=port, centre="Demo")
    served = asyncio.ensure_future(run_room(settings, offered=OFFERED))
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), lambda: sys.stdin.buffer.read1() or served.cancel())
    with contextlib.suppress(asyncio.CancelledError):
        await served


if __name__ == "__main__":
    with answered():
        asyncio.run(until_told(_serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))

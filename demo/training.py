"""The demo's training room: a process of its own, as a real one is. It ends with the demo, however that ends."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENDS_S = 5.0


@contextlib.asynccontextmanager
async def training_room(folder: Path, users: Path, port: int) -> AsyncIterator[None]:
    """Serve it beside the demo: its log to read, its accounts, and nothing else of it. It prints its own address."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    folder, users = await asyncio.to_thread(lambda: (folder.resolve(), users.resolve()))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.demo_room", str(folder), str(users), str(port),
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

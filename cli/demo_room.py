"""The demo's training room as a process of its own: `python -m cli.demo_room FOLDER USERS PORT`. It ends with the demo."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

from cli.terminal import answered, until_told
from demo.accounts import PASSWORD
from training.isolation import RoomSettings
from training.serving import run_room

OFFERED = (("trainer", PASSWORD),)


async def _serve(folder: Path, users: Path, port: int) -> None:
    """Serve until the demo lets go of our standard input: a demo that was killed leaves no room behind."""
    settings = RoomSettings(folder=folder / "training", log=folder / "vigie.log", users=users, port=port, centre="Demo")
    served = asyncio.ensure_future(run_room(settings, offered=OFFERED))
    stdin = sys.stdin.fileno()
    asyncio.get_running_loop().add_reader(stdin, lambda: os.read(stdin, 1024) or served.cancel())
    with contextlib.suppress(asyncio.CancelledError):
        await served


if __name__ == "__main__":
    with answered():
        asyncio.run(until_told(_serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))

"""`train`: the training room, a process of its own."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from commandline import answered, until_told


def train(
    folder: Annotated[
        Path | None, typer.Option(help="The room's folder; `training` beside the log by default.")
    ] = None,
    log: Annotated[Path | None, typer.Option(help="The centre's log, read only, to make recordings of.")] = None,
    users: Annotated[
        Path | None, typer.Option("--users", help="The accounts' file; beside the log by default.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port of the pages.")] = None,
    address: Annotated[str | None, typer.Option(help="Address to listen on; this machine only by default.")] = None,
) -> None:
    """Serve the training room: replays, exercises and their debriefs. It reaches no feed and sends no order."""
    from settings import load
    from training.serving import run_room
    from training.wall import room_settings

    given = {
        "training.folder": folder,
        "log": log,
        "users": users,
        "training.port": port,
        "training.address": address,
    }
    with answered():
        asyncio.run(until_told(run_room(room_settings(load(given)))))

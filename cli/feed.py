"""`feed simulate|replay`: feed servers for tests, demos and other clients."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import answered, until_told

feed_app = typer.Typer(no_args_is_help=True, help="Feed servers for tests, demos and other clients.")


@feed_app.command("simulate")
def feed_simulate(
    port: Annotated[int, typer.Option(help="Port of the feed.")] = 8112,
    seed: Annotated[int, typer.Option(help="The same seed, the same presses.")] = 1,
    speed: Annotated[float, typer.Option(help="How many times faster than a busy day.")] = 1.0,
) -> None:
    """Serve believable presses to any client."""
    from centre.serving import run_simulator

    with answered():
        asyncio.run(until_told(run_simulator(port=port, seed=seed, speed=speed)))


@feed_app.command("replay")
def feed_replay(
    file: Annotated[Path, typer.Argument(help="A recording.")],
    port: Annotated[int, typer.Option(help="Port of the feed.")] = 8112,
    speed: Annotated[float, typer.Option(help="How many times faster than it was.")] = 1.0,
) -> None:
    """Serve a recording to any client."""
    from centre.serving import run_replay

    with answered():
        asyncio.run(until_told(run_replay(file, port=port, speed=speed)))

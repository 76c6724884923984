"""`serve` and `demo`: the desk, and a whole fictional centre around one."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Address, Cases, Feed, Log, NoSignIn, Orders, Port, of_a_desk
from cli.terminal import UsersPath, answered, until_told

if TYPE_CHECKING:
    from centre.settings import Settings


def serve(
    feed: Feed = None,
    log: Log = None,
    cases: Cases = None,
    orders: Orders = None,
    port: Port = None,
    address: Address = None,
    users: UsersPath = None,
    no_sign_in: NoSignIn = False,
) -> None:
    """Serve the desk."""
    from centre.log_lines import write_lines
    from centre.serving import run_desk
    from centre.settings import load

    given = of_a_desk(feed, log, cases, orders, port, address, users, no_sign_in)
    with answered():
        settings = load(given)
        write_lines(settings.log_format)
        asyncio.run(until_told(run_desk(settings, others=sweep_training)))


async def sweep_training(settings: "Settings") -> None:
    """Delete recordings and debriefs that are over, where no training room runs that does it. Raises OSError."""
    from training.isolation import room_settings
    from training.sweeping import sweep

    await sweep(room_settings(settings), only_look=False)


def demo(
    port: Annotated[int, typer.Option(help="Port of the pages; the training room has the next one.")] = 5006,
    seed: Annotated[int, typer.Option(help="The same seed, the same day.")] = 1,
    exit_after: Annotated[float | None, typer.Option(help="Seconds to run.")] = None,
    data: Annotated[Path | None, typer.Option(help="Keep the log and cases in this folder.")] = None,
) -> None:
    """Run a whole fictional emergency centre on this machine."""
    from demo.centre import run_demo

    with answered():
        asyncio.run(until_told(run_demo(port=port, seed=seed, data=data), exit_after))

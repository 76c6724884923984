"""`serve` and `demo`: the desk, and a whole fictional centre around one."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import UsersPath, answered, until_told


def serve(
    feed: Annotated[
        list[str] | None, typer.Option(help="Address of an alarm feed (ws:// or wss://), several times.")
    ] = None,
    log: Annotated[Path | None, typer.Option(help="The log's file, made on first start.")] = None,
    cases: Annotated[Path | None, typer.Option(help="The case register's file.")] = None,
    orders: Annotated[
        str | None, typer.Option(help="Address that takes the orders of zones without one of their own.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port of the pages.")] = None,
    address: Annotated[str | None, typer.Option(help="Address to listen on; this machine only by default.")] = None,
    users: UsersPath = None,
    no_sign_in: Annotated[
        bool, typer.Option("--no-sign-in", help="Let anyone at this machine act; it listens nowhere else.")
    ] = False,
) -> None:
    """Serve the desk."""
    from centre.log_lines import write_lines
    from centre.serving import run_desk
    from centre.settings import load

    given = {
        "feed": tuple(feed) if feed else None,
        "log": log,
        "cases": cases,
        "orders.url": orders,
        "port": port,
        "address": address,
        "users": users,
        "no_sign_in": no_sign_in or None,
    }
    with answered():
        settings = load(given)
        write_lines(settings.log_format)
        asyncio.run(until_told(run_desk(settings)))


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

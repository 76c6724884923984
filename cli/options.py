"""The options of the desk, which `serve`, `check` and `settings show` share."""

from pathlib import Path
from typing import Annotated, Any

import typer

Feed = Annotated[list[str] | None, typer.Option(help="Address of an alarm feed (ws:// or wss://), several times.")]
Log = Annotated[Path | None, typer.Option(help="The log's file, made on first start.")]
Cases = Annotated[Path | None, typer.Option(help="The case register's file.")]
Orders = Annotated[str | None, typer.Option(help="Address that takes the orders of zones without one of their own.")]
Port = Annotated[int | None, typer.Option(help="Port of the pages.")]
Address = Annotated[str | None, typer.Option(help="Address to listen on; this machine only by default.")]
NoSignIn = Annotated[
    bool, typer.Option("--no-sign-in", help="Let anyone at this machine act; it listens nowhere else.")
]


def of_a_desk(
    feed: list[str] | None,
    log: Path | None,
    cases: Path | None,
    orders: str | None,
    port: int | None,
    address: str | None,
    users: Path | None,
    no_sign_in: bool,
) -> dict[str, Any]:
    """The settings that these options give; None where one was not given."""
    return {
        "feed": tuple(feed) if feed else None,
        "log": log,
        "cases": cases,
        "orders.url": orders,
        "port": port,
        "address": address,
        "users": users,
        "no_sign_in": no_sign_in or None,
    }

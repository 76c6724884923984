"""`check`: whether all is as a desk needs it."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Address, Cases, Feed, Log, NoSignIn, Orders, Port, of_a_desk
from cli.terminal import UsersPath, answered, say, working

if TYPE_CHECKING:
    from centre.checks.finding import Finding


def check(
    feed: Feed = None,
    log: Log = None,
    cases: Cases = None,
    orders: Orders = None,
    port: Port = None,
    address: Address = None,
    users: UsersPath = None,
    no_sign_in: NoSignIn = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list, for a program.")] = False,
) -> None:
    """Say what is right and what is not, before a desk serves or beside it. It changes nothing; 1 when anything is an error."""
    import msgspec

    from centre.checks.points import check as look

    with answered(), working():
        found = asyncio.run(look(of_a_desk(feed, log, cases, orders, port, address, users, no_sign_in)))
    if as_json:
        say(*msgspec.json.format(msgspec.json.encode(found)).decode().splitlines())
    else:
        _print(found)
    raise typer.Exit(1 if any(finding.state == "error" for finding in found) else 0)


def _print(found: "list[Finding]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from reports.content import plain

    table = Table("", "point", "found", "what to do", box=None, padding=(0, 2, 0, 0))
    colours = {"ok": "green", "warning": "yellow", "error": "bold red"}
    for one in found:
        table.add_row(Text(one.state, colours[one.state]), one.point, Text(plain(one.text)), Text(plain(one.todo)))
    # Where nobody looks at a terminal a sentence stays on its line.
    Console(width=None if sys.stdout.isatty() else 400).print(table)

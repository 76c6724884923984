"""`settings`: a file to copy, and what is in force."""

import typer

from cli.options import Address, Cases, Feed, Log, NoSignIn, Orders, Port, of_a_desk
from cli.terminal import UsersPath, answered, say

settings_app = typer.Typer(no_args_is_help=True, help="The settings: a file to copy, and what is in force.")


@settings_app.command("template")
def template() -> None:
    """Print a whole vigie.toml in which nothing is set: every setting with its meaning, its default and its variable."""
    from centre.setting_texts import template

    say(*template().splitlines())


@settings_app.command("show")
def show(
    feed: Feed = None,
    log: Log = None,
    cases: Cases = None,
    orders: Orders = None,
    port: Port = None,
    address: Address = None,
    users: UsersPath = None,
    no_sign_in: NoSignIn = False,
) -> None:
    """Print every setting in force and where it was said: default, vigie.toml, a variable, an option. It shows no secret."""
    from centre.setting_texts import in_force
    from centre.settings import load_said

    with answered():
        for line in in_force(*load_said(of_a_desk(feed, log, cases, orders, port, address, users, no_sign_in))):
            say(line)

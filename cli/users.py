"""`users add|list|disable|enable|passwd|role|remove|roles`: who may sign in."""

from typing import Annotated

import typer

from cli.second_person import By
from cli.terminal import FromStdin, UsersPath, answered, say

users_app = typer.Typer(no_args_is_help=True, help="Who may sign in.")
AccountName = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")]


@users_app.command("add")
def users_add(
    name: AccountName,
    role: Annotated[list[str] | None, typer.Option(help="What they do, several times.")] = None,
    zone: Annotated[str, typer.Option(help="The zone's key that a role zone answers for.")] = "",
    totp: Annotated[bool, typer.Option("--totp", help="Ask for a code of an authenticator too.")] = False,
    break_glass: Annotated[
        bool, typer.Option("--break-glass", help="An account for when no other way in works; each use is told.")
    ] = False,
    by: By = "",
    password_stdin: FromStdin = False,
    users: UsersPath = None,
) -> None:
    """Make an account; where two others may confirm it, it takes both (`approve`). The password is asked for twice, or read."""
    from centre.settings import load
    from cli.accounts import add

    with answered():
        said = add(
            load({"users": users}),
            name,
            role or [],
            zone=zone,
            totp=totp,
            break_glass=break_glass,
            from_stdin=password_stdin,
            by=by,
            known_zone=_known_zone,
        )
        say(*said)


@users_app.command("list")
def users_list(users: UsersPath = None) -> None:
    """Say who may sign in, and as what."""
    from centre.settings import load
    from cli.accounts import listed

    with answered():
        say(*listed(load({"users": users})))


@users_app.command("disable")
def users_disable(name: AccountName, users: UsersPath = None) -> None:
    """Let nobody sign in by this name; within 2 seconds its browsers show no alarm and open nothing."""
    from centre.settings import load
    from cli.accounts import switch

    with answered():
        say(*switch(load({"users": users}), name, disabled=True))


@users_app.command("enable")
def users_enable(name: AccountName, by: By = "", password_stdin: FromStdin = False, users: UsersPath = None) -> None:
    """Let them sign in again; it takes two people, as to make an account does."""
    from centre.settings import load
    from cli.accounts import switch

    with answered():
        say(*switch(load({"users": users}), name, disabled=False, by=by, from_stdin=password_stdin))


@users_app.command("passwd")
def users_passwd(name: AccountName, by: By = "", password_stdin: FromStdin = False, users: UsersPath = None) -> None:
    """Give an account another password: one's own by `--by` oneself, another's by two people (`approve`). Browsers signed in with
    the old one show no alarm and open nothing."""
    from centre.settings import load
    from cli.accounts import change_password

    with answered():
        say(*change_password(load({"users": users}), name, by=by, from_stdin=password_stdin))


@users_app.command("role")
def users_role(
    name: AccountName,
    role: Annotated[list[str] | None, typer.Option(help="What they do from now on, several times.")] = None,
    zone: Annotated[str, typer.Option(help="The zone's key that a role zone answers for.")] = "",
    by: By = "",
    password_stdin: FromStdin = False,
    users: UsersPath = None,
) -> None:
    """Give an account other roles, in place of those it has; they hold at once. To see more takes two people (`approve`)."""
    from centre.settings import load
    from cli.accounts import change_roles

    with answered():
        said = change_roles(
            load({"users": users}),
            name,
            role or [],
            zone=zone,
            by=by,
            from_stdin=password_stdin,
            known_zone=_known_zone,
        )
        say(*said)


@users_app.command("remove")
def users_remove(name: AccountName, users: UsersPath = None) -> None:
    """Delete an account; within 2 seconds its browsers show no alarm and open nothing."""
    from centre.settings import load
    from cli.accounts import remove

    with answered():
        say(*remove(load({"users": users}), name))


@users_app.command("roles")
def users_roles() -> None:
    """Print the table of who may do what, as docs/access.md holds it."""
    from dashboard.access.table import access_table

    say(*access_table().splitlines())


def _known_zone(zone: str) -> bool:
    from centre.settings import load
    from maps.zones import Zones

    return Zones.load(load({}).zones_dir).known(zone)

"""`app.py users`: the accounts of a centre, by its administrator. Passwords come from the terminal or standard input alone."""

import getpass
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dashboard.access.accounts import AccountError, Accounts
from demo.accounts import PASSWORD as DEMO_PASSWORD


def add(
    path: Path,
    name: str,
    roles: Sequence[str],
    *,
    zone: str,
    totp: bool,
    break_glass: bool,
    from_stdin: bool,
    known_zone: Callable[[str], bool],
) -> list[str]:
    """Make an account; what to tell its maker. Raises AccountError."""
    accounts = Accounts(path)
    accounts.check(name, roles, zone=zone)
    if zone and not known_zone(zone):
        raise AccountError("no zone of the map has this key")
    secret = accounts.add(name, roles, _password(from_stdin), zone=zone, totp=totp, break_glass=break_glass)
    said = [f"{name} may sign in as {', '.join(roles)}"]
    if secret:
        said += [f"code secret, for this person's authenticator and shown once: {secret}", Accounts.uri(name, secret)]
    return said


def change_password(path: Path, name: str, *, from_stdin: bool) -> str:
    """Give an account another password."""
    accounts = _existing(path)
    if accounts.get(name) is None:
        raise AccountError("there is no account of this name")
    accounts.set_password(name, _password(from_stdin))
    return f"{name} has another password; browsers signed in with the old one are locked"


def switch(path: Path, name: str, *, disabled: bool) -> str:
    """Let nobody sign in by a name, or let them again."""
    _existing(path).set_disabled(name, disabled)
    return f"{name} is {'disabled; its browsers are locked' if disabled else 'enabled'}"


def listed(path: Path) -> list[str]:
    """A line for each account."""
    lines = []
    for account in _existing(path).all():
        facts = [
            ", ".join(sorted(account.roles)),
            *([f"zone {account.zone}"] if account.zone else []),
            *(["sign-in service"] if account.subject else []),
            *(["code"] if account.totp else []),
            *(["break-glass"] if account.break_glass else []),
            *(["DISABLED"] if account.disabled else []),
        ]
        lines.append(f"{account.name}: {'; '.join(facts)}")
    return lines


def _existing(path: Path) -> Accounts:
    if not path.exists():
        raise AccountError(f"there are no accounts at {path}")
    return Accounts(path)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif not sys.stdin.isatty():
        raise AccountError("there is no terminal to ask for a password; give it with --password-stdin")
    else:
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            raise AccountError("the two passwords differ")
    if password == DEMO_PASSWORD:
        raise AccountError("that is the demo's password")
    return password

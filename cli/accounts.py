"""The accounts of a centre, by its administrator: what `users` does. Passwords come from the terminal or standard input alone."""

import getpass
import sys
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Literal

import msgspec

from centre.belonging import bind, check
from centre.changes import State, effect, known_cases
from centre.settings import Settings, users_file
from centre.spool import CHANGED
from cli.second_person import Two, verified, widening
from cli.why import enter
from dashboard.access.accounts import Accounts
from dashboard.access.rules import Account, AccountError, check_name, check_password, check_roles, clean
from dashboard.access.signins import WRITE_SEEN_S
from demo.accounts import PASSWORD as DEMO_PASSWORD
from incidents import events as ev
from incidents.cases import KnownCases
from incidents.exclusion import key_of
from incidents.roles import may


def add(
    settings: Settings,
    name: str,
    roles: Sequence[str],
    *,
    zone: str,
    totp: bool,
    break_glass: bool,
    from_stdin: bool,
    by: str,
    known_zone: Callable[[str], bool],
) -> list[str]:
    """Make an account; what to tell its maker. Raises AccountError, also where it has to be confirmed by a second person."""
    check_name(name)
    check_roles(roles, zone)
    if users_file(settings).exists():
        existing(settings).check(name, roles, zone=zone)
    if zone and not known_zone(zone):
        raise AccountError("no zone of the map has this key")
    account = Account(name=clean(name), roles=frozenset(roles), zone=zone, totp=totp, break_glass=break_glass)  # type: ignore[arg-type]
    two = _widening(settings, "add", None, account, by, from_stdin)
    password = _password(from_stdin)
    check_password(password)
    anew = not (path := users_file(settings)).exists()
    accounts = Accounts(path, key_file=settings.key_file)
    if anew:
        bind(settings, path)
    first = partial(_record, settings, "added", name, after=roles, break_glass=break_glass, two=two)
    secret = accounts.add(name, roles, password, zone=zone, totp=totp, break_glass=break_glass, first=first)
    said = [f"{name} may sign in as {', '.join(roles)}"]
    if secret:
        said += [f"code secret, for this person's authenticator and shown once: {secret}", Accounts.uri(name, secret)]
    return said


def change_password(settings: Settings, name: str, *, by: str = "", from_stdin: bool) -> list[str]:
    """Give an account another password; what to tell. Its own person proves who they are; else it takes two people, for whoever
    knows the password passes for that person."""
    accounts = existing(settings)
    account = _known(accounts, name)
    if by and key_of(by) == key_of(name):
        verified(settings, accounts, by, from_stdin, unless_lost=True)
        two = Two({})
    else:
        anew = msgspec.structs.replace(account, generation=account.generation + 1)
        two = _widening(settings, "password", account, anew, by, from_stdin)
    password = _password(from_stdin)
    check_password(password)
    before = _consoles(accounts, settings)
    first = partial(_record, settings, "password", name, two=two)
    accounts.set_password(name, password, was=account, first=first)
    said = f"{name} has another password; browsers signed in with the old one are out and show no alarm"
    return [said, *_left(accounts, settings, name, before)]


def change_roles(
    settings: Settings,
    name: str,
    roles: Sequence[str],
    *,
    zone: str,
    by: str,
    from_stdin: bool,
    known_zone: Callable[[str], bool],
) -> list[str]:
    """Give an account other roles, and the zone that goes with the role zone; what to tell."""
    accounts = existing(settings)
    account = _known(accounts, name)
    check_roles(roles, zone)
    if zone and not known_zone(zone):
        raise AccountError("no zone of the map has this key")
    before = _consoles(accounts, settings)
    after = msgspec.structs.replace(account, roles=frozenset(roles), zone=zone)  # type: ignore[arg-type]  # checked
    two = _widening(settings, "roles", account, after, by, from_stdin)
    first = partial(_record, settings, "roles", name, before=account.roles, after=roles, two=two)
    accounts.set_roles(name, roles, zone=zone, was=account, first=first)
    return [
        f"{name} may now sign in as {', '.join(roles)}; it holds at once where they are signed in",
        *_left(accounts, settings, name, before),
    ]


def remove(settings: Settings, name: str) -> list[str]:
    """Delete an account; what to tell."""
    accounts = existing(settings)
    account = _known(accounts, name)
    before = _consoles(accounts, settings)
    _record(settings, "removed", name, accounts.mark(name), before=account.roles, two=Two({}))
    accounts.remove(name)
    said = [f"{name} is removed; its browsers are out and show no alarm. The log goes on knowing them by this name"]
    if account.subject:
        said += ["they come back with the sign-in service: to keep somebody out, disable the account instead"]
    return [*said, *_left(accounts, settings, name, before)]


def switch(settings: Settings, name: str, *, disabled: bool, by: str = "", from_stdin: bool = False) -> list[str]:
    """Let nobody sign in by a name, or let them again; what to tell."""
    accounts = existing(settings)
    account = _known(accounts, name)
    before = _consoles(accounts, settings)
    two = _widening(settings, "enable", account, msgspec.structs.replace(account, disabled=disabled), by, from_stdin)
    able = account.roles if disabled and not account.disabled else ()
    first = partial(_record, settings, "disabled" if disabled else "enabled", name, before=able, two=two)
    accounts.set_disabled(name, disabled, was=account, first=first)
    if not disabled:
        return [f"{name} is enabled"]
    said = f"{name} is disabled; its browsers are out and show no alarm"
    return [said, *_left(accounts, settings, name, before)]


def listed(settings: Settings) -> list[str]:
    """A line for each account."""
    lines, accounts = [], existing(settings)
    for account in accounts.all():
        lost = accounts.code_lost(account.name)
        facts = [
            ", ".join([*sorted(account.roles), *(f"{role} (no longer a role)" for role in account.former)]),
            *([f"zone {account.zone}"] if account.zone else []),
            *(["sign-in service"] if account.subject else []),
            *([f"code, CAN'T SIGN IN: {lost}" if lost else "code"] if account.totp else []),
            *(["break-glass"] if account.break_glass else []),
            *(["DISABLED"] if account.disabled else []),
        ]
        lines.append(f"{account.name}: {'; '.join(facts)}")
    return lines


def _widening(settings: Settings, what: str, before: Account | None, after: Account, by: str, from_stdin: bool) -> Two:
    """Who proposed and who confirmed that an account becomes another one, where that widens anything. Raises AccountError."""
    cases = known_cases(settings) if before is not None and before.zone else KnownCases()
    more = effect(
        State(accounts=(before,) if before is not None else (), cases=cases), State(accounts=(after,), cases=cases)
    )
    wished = [*sorted(after.roles), *([f"zone {after.zone}"] if after.zone else [])]
    wished += [*(["with a code"] if after.totp else []), *(["break-glass"] if after.break_glass else [])]
    says = f"{what} {after.name}: {', '.join(wished)}"
    glass, facts = before is None and after.break_glass, (what, key_of(after.name), *wished)
    return widening(settings, facts, says, more, by=by, from_stdin=from_stdin, first_glass=glass)


def _record(
    settings: Settings,
    what: Literal["added", "roles", "disabled", "enabled", "password", "removed"],
    name: str,
    was: str = "",
    mark: str = "",
    *,
    before: Collection[str] = (),
    after: Collection[str] = (),
    break_glass: bool = False,
    two: Two,
) -> None:
    """Enter that an account is about to change, by the account of this machine. Raises AccountError: for another log's, or where
    it was done meanwhile, or two could confirm it by now."""
    check(settings)
    two.spend()
    event = ev.AccountChanged(
        what=what,
        account=name,
        before=" ".join(sorted(before)),
        after=" ".join(sorted(set(after))),
        break_glass=break_glass,
        was=was,
        mark=mark,
        **two.facts,
    )
    enter(settings.log, settings.key_file, CHANGED, event, beside=users_file(settings))


def _consoles(accounts: Accounts, settings: Settings) -> dict[str, int]:
    """Who may take an alarm and is signed in, by the accounts' file: at how many browsers."""
    now = time.time()
    used = now - 60 * settings.access.idle_min - WRITE_SEEN_S
    found = accounts.signed_in(since=used, now=now)
    able = {a.name for a in accounts.all() if may(a.roles, "acknowledge")}
    return {name: n for name, n in found.items() if name in able}


def _left(accounts: Accounts, settings: Settings, name: str, before: dict[str, int]) -> list[str]:
    """What a desk that serves has left, when this person was one of those who may take an alarm."""
    after = _consoles(accounts, settings)
    if sum(after.values()) == sum(before.values()):
        return []
    if not after:
        return [
            "IT WAS THE LAST CONSOLE: nobody who may take an alarm is signed in any more. A desk that serves says so on "
            "every screen; sign somebody in now"
        ]
    people = ", ".join(f"{who} ({n})" if n > 1 else who for who, n in sorted(after.items()))
    return [f"still signed in who may take an alarm: {people}; `blind` at /health names a centre without a console"]


def _known(accounts: Accounts, name: str) -> Account:
    if (account := accounts.get(name)) is None:
        raise AccountError("there is no account of this name")
    return account


def existing(settings: Settings) -> Accounts:
    path = users_file(settings)
    if not path.exists():
        raise AccountError(f"there are no accounts at {path}")
    return Accounts(path, key_file=settings.key_file)


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

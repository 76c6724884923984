"""What takes two people at the command line: each says their own account and its password (docs/access.md)."""

import getpass
import sys
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from centre.settings import Settings
    from dashboard.access.accounts import Accounts
    from dashboard.access.rules import Account

By = Annotated[
    str, typer.Option("--by", help="The account of a supervisor or an auditor who proposes it; its password is asked.")
]


class Two(NamedTuple):
    """Of a change that may be done: facts of its record, and what to call once it is, for it is done once."""

    facts: dict[str, Any]
    spend: Callable[[], None] = lambda: None


def two_people(
    settings: "Settings",
    accounts: "Accounts | None",
    facts: tuple[str, ...],
    says: str,
    *,
    concerns: Collection[str],
    by: str,
    from_stdin: bool,
) -> Two:
    """Who proposed and who confirmed this change, or that there was nobody to confirm it.

    Raises AccountError where it has to be confirmed first: it is proposed then, once its proposer's password was right.
    """
    from centre.proposals import Proposals
    from centre.settings import users_file
    from dashboard.access.rules import AccountError
    from incidents.exclusion import key_of
    from incidents.two_people import ROLES, Proposal, about_of, confirmed

    able = [
        one.name
        for one in (accounts.all() if accounts is not None else ())
        if one.roles & ROLES and not one.disabled and not one.subject and key_of(one.name) not in concerns
    ]
    if accounts is None or len(able) < 2:
        return Two({"alone": True})
    now, about = datetime.now(UTC), about_of(*facts)
    proposals = Proposals(users_file(settings), settings.key_file)
    waiting = proposals.all(now)
    if (done := confirmed(waiting, about, now)) is not None:
        rest = [one for one in waiting if one is not done]
        return Two({"proposed_by": done.by, "confirmed_by": done.confirmed_by}, lambda: proposals.keep(rest))
    if not by:
        raise AccountError("this takes two people: propose it with --by and the account of a supervisor or an auditor")
    person = verified(accounts, by, from_stdin)
    if person.name not in able:
        raise AccountError("a supervisor or an auditor proposes it whom it is not about")
    record(settings, "proposed", says, person.name)
    proposal = Proposal(about=about, says=says, by=person.name, at=now, concerns=tuple(sorted(concerns)))
    proposals.keep([*(one for one in waiting if one.about != about), proposal])
    raise AccountError(
        "it is proposed, and nothing is changed yet: another supervisor or auditor confirms it within 24 h with `approve`"
    )


def verified(accounts: "Accounts", name: str, from_stdin: bool) -> "Account":
    """The account of a person whose password, and code, is right. Raises AccountError."""
    from dashboard.access.rules import AccountError

    known = accounts.get(name)
    code = known is not None and known.totp

    def asked(what: str) -> str:
        return sys.stdin.readline().rstrip("\r\n") if from_stdin else getpass.getpass(f"{what} of {name}: ")

    found = accounts.verify(name, asked("Password"), asked("Code") if code else "")
    if found is None:
        raise AccountError("this account and password do not go together")
    return found


def record(settings: "Settings", step: str, says: str, account: str) -> None:
    """Enter that a change was proposed, or confirmed."""
    from centre.settings import users_file
    from centre.spool import CHANGED
    from cli.why import enter
    from incidents import events as ev

    event = ev.ChangeProposed(step="confirmed" if step == "confirmed" else "proposed", says=says, account=account)
    enter(settings.log, settings.key_file, CHANGED, event, beside=users_file(settings))

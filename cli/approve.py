"""`approve`, and what takes two people at the command line: each signs in with an account of their own (docs/access.md)."""

import getpass
import sys
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from cli.terminal import FromStdin, UsersPath, answered

if TYPE_CHECKING:
    from centre.settings import Settings
    from dashboard.access.accounts import Accounts
    from dashboard.access.rules import Account

By = Annotated[
    str, typer.Option("--by", help="The account of a supervisor or an auditor who proposes it; its password is asked.")
]
WHY = {
    "over": "it is over: a day has passed",
    "confirmed": "it is confirmed already",
    "same": "who proposed it can't confirm it",
    "concerned": "who it is about can't confirm it",
    "role": "a supervisor or an auditor confirms it",
}


def approve(
    number: Annotated[int, typer.Argument(help="Which; without one they are listed.")] = 0,
    by: Annotated[str, typer.Option("--by", help="The account of who confirms it; its password is asked.")] = "",
    password_stdin: FromStdin = False,
    users: UsersPath = None,
) -> None:
    """Confirm what another person proposed, as a second one; then their command does it."""
    import msgspec

    from centre.proposals import Proposals
    from centre.settings import load, users_file
    from cli.accounts import existing
    from dashboard.access.rules import AccountError
    from incidents.two_people import why_not

    with answered():
        settings, now = load({"users": users}), datetime.now(UTC)
        accounts = existing(settings)
        proposals = Proposals(users_file(settings), settings.key_file)
        waiting = proposals.all(now)
        if not number:
            for n, one in enumerate(waiting, 1):
                state = f"confirmed by {one.confirmed_by}: run the command again" if one.confirmed_by else "waits"
                print(f"{n}: {one.says}; proposed by {one.by} at {one.at:%Y-%m-%d %H:%M} UTC; {state}")
            if not waiting:
                print("nothing waits for a second person")
            return
        if not 0 < number <= len(waiting):
            raise AccountError("there is no proposal of this number")
        proposal = waiting[number - 1]
        if not by:
            raise AccountError("say with --by by which account it is confirmed")
        person = verified(accounts, by, password_stdin)
        if why := why_not(proposal, person.name, person.roles, now):
            raise AccountError(WHY[why])
        record(settings, "confirmed", proposal.says, person.name)
        kept = msgspec.structs.replace(proposal, confirmed_by=person.name)
        proposals.keep(kept if one is proposal else one for one in waiting)
        print(f"confirmed: {proposal.says}; now {proposal.by} runs the command again, within a day of its proposal")


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

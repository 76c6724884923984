"""What takes two people at the command line: each says their own account and its password (docs/access.md)."""

import getpass
import sys
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from centre.changes import Effect
    from centre.settings import Settings
    from dashboard.access.accounts import Accounts
    from dashboard.access.rules import Account

By = Annotated[
    str, typer.Option("--by", help="The account of a supervisor or an auditor who proposes it; its password is asked.")
]
READ = 500  # lines of an effect that a person reads before the password


class Two(NamedTuple):
    """Of a change that may be done: facts of its record, and what to call just before it is, for it is done once."""

    facts: dict[str, Any]
    spend: Callable[[], None] = lambda: None


def widening(
    settings: "Settings",
    facts: tuple[str, ...],
    says: str,
    more: "Effect",
    *,
    by: str,
    from_stdin: bool,
    imports: bool = False,
    first_glass: bool = False,
) -> Two:
    """Who proposed and who confirmed a change that lets see `more`; it needs nobody where it does not. Raises AccountError."""
    from centre.changes import lines_of
    from dashboard.access.rules import AccountError

    if not more:
        return Two({})
    lines = lines_of(more)
    if len(lines) > READ:
        raise AccountError(
            f"nobody reads all whom it lets see more ({len(lines)}; at most {READ} at a time): do it in parts"
        )
    says = "; ".join([says, *lines])
    return two_people(
        settings,
        (*facts, *lines),
        says,
        concerns=more.keys(),
        by=by,
        from_stdin=from_stdin,
        imports=imports,
        first_glass=first_glass,
    )


def two_people(
    settings: "Settings",
    facts: tuple[str, ...],
    says: str,
    *,
    concerns: Collection[str],
    by: str,
    from_stdin: bool,
    imports: bool = False,
    first_glass: bool = False,
) -> Two:
    """Who proposed and who confirmed this change, or that one or nobody was left to. `imports`: it is one more import.
    `first_glass`: it makes a break-glass account, which where the accounts' file is gone is the way back in.

    Raises AccountError where it has to be confirmed first: it is proposed then, once its proposer's password was right; and
    where nobody can tell who could confirm it.
    """
    from centre.belonging import check
    from centre.proposals import Proposals, witness
    from centre.settings import users_file
    from dashboard.access.accounts import Accounts
    from dashboard.access.lost import ReadAccounts
    from dashboard.access.rules import AccountError
    from incidents.exclusion import key_of
    from incidents.two_people import ROLES, Proposal, about_of, apart, confirmed, the_one, too_few

    check(settings)
    path, now = users_file(settings), datetime.now(UTC)
    accounts = Accounts(path, key_file=settings.key_file) if path.exists() else None

    def left() -> tuple[set[str], set[str], str | None]:
        """Who could confirm anything, the one who is left, and as `_alone`."""
        everyone = [one for one in (accounts.all() if accounts is not None else ()) if not one.subject]
        able = {key_of(one.name) for one in everyone if one.roles & ROLES and not one.disabled}
        others = able - (one := the_one(able, concerns))
        few = too_few(others, concerns) and apart(able, concerns)
        why = _alone(settings, everyone, others, concerns, now, imports, few)
        return able, one, why

    def still() -> None:
        nonlocal accounts
        if accounts is None and path.exists():  # which whoever asks is writing now
            accounts = ReadAccounts(path, key_file=settings.key_file)
        elif accounts is not None:
            accounts.reload()
        if left()[2] != alone:
            raise AccountError("others could confirm it by now: begin again")

    able, one, alone = left()
    if alone is not None:
        if alone and accounts is None and first_glass:
            return Two({"alone": True}, still)
        if alone:  # why nobody knows who could confirm it
            glass = accounts.get(by) if accounts is not None and by else None
            if accounts is None or glass is None or not glass.break_glass or key_of(by) in concerns:
                way = "by a break-glass account (--by) it is done"
                if accounts is None:
                    way = "put the file back, or make a break-glass account first (users add NAME --break-glass)"
                raise AccountError(f"nobody knows who could confirm it: {alone}; {way}")
        elif not one:
            return Two({"alone": True}, still)
        elif accounts is None or key_of(by) not in one:
            raise AccountError("one person is left who could confirm it: it is done with --by and their account")
        person = verified(settings, accounts, by, from_stdin, unless_lost=bool(alone))
        return Two({"alone": True, "proposed_by": person.name}, still)
    if accounts is None:
        raise AccountError(
            f"there are no accounts at {path}; those who could confirm it were removed less than a day ago"
        )
    about = about_of(*facts)
    proposals = Proposals(path, settings.key_file)
    if (done := confirmed(proposals.all(now), about, now)) is not None:
        if not witness(settings, now).knows(*(done.marks or ("",))):
            raise AccountError("the log does not know those who confirmed it as their accounts stand: propose it anew")

        def spend() -> None:
            with proposals.changing(datetime.now(UTC)) as waiting:
                if done not in waiting:
                    raise AccountError("it was done meanwhile, once, as it was confirmed")
                waiting.remove(done)

        return Two({"proposed_by": done.by, "confirmed_by": done.confirmed_by}, spend)
    if not by:
        raise AccountError("this takes two people: propose it with --by and the account of a supervisor or an auditor")
    person = verified(settings, accounts, by, from_stdin)
    if key_of(person.name) not in able.difference(concerns):
        raise AccountError("a supervisor or an auditor proposes it whom it is not about")
    if len(able.difference(concerns)) < 2:
        raise AccountError(
            "nobody is left to confirm it: it is about the others, then do it in parts; or they could until less than a day ago"
        )
    record(settings, "proposed", says, person.name)
    concerned, marks = tuple(sorted(concerns)), (accounts.mark(person.name),)
    proposal = Proposal(about=about, says=says, by=person.name, at=now, concerns=concerned, marks=marks)
    with proposals.changing(now) as waiting:
        waiting[:] = [*(one for one in waiting if one.about != about), proposal]
    raise AccountError(
        "it is proposed, and nothing is changed yet: another supervisor or auditor confirms it within 24 h with `approve`"
    )


def _alone(
    settings: "Settings",
    everyone: list["Account"],
    able: set[str],
    concerns: Collection[str],
    now: datetime,
    imports: bool,
    few: bool,
) -> str | None:
    """Whether one person is enough ("") or why nobody can tell; None: it takes two, for they are not `few`, or one who could
    confirm it a day ago counts."""
    from centre.proposals import witness
    from centre.settings import users_file
    from incidents.log import LogUnavailable
    from incidents.log.master import KeyMismatch
    from incidents.two_people import too_few

    try:
        told = witness(settings, now)
    except (LogUnavailable, KeyMismatch) as error:
        return str(error)
    if not few:
        return None
    if len(everyone) < told.standing:
        return f"the log knows more accounts than there are at {users_file(settings)}"
    if (everyone and not told.accounts) or (imports and not told.imports):
        return f"the log at {settings.log} knows nothing of these accounts, or of the imports before"
    return "" if too_few(able | told.lately, concerns) else None


def verified(
    settings: "Settings", accounts: "Accounts", name: str, from_stdin: bool, *, unless_lost: bool = False
) -> "Account":
    """The account of a person whose password, and code, is right, and which the log knows as it stands. Raises AccountError.

    `unless_lost`: it counts, too, where nobody can ask the log.
    """
    from centre.proposals import witness
    from dashboard.access.rules import AccountError
    from incidents.log import LogUnavailable
    from incidents.log.master import KeyMismatch

    known = accounts.get(name)
    code = known is not None and known.totp
    try:
        asked_of = witness(settings, datetime.now(UTC))
    except (LogUnavailable, KeyMismatch) as error:
        if not unless_lost:
            raise AccountError(f"nobody knows whose account it is: {error}") from None
        asked_of = None

    def asked(what: str) -> str:
        return sys.stdin.readline().rstrip("\r\n") if from_stdin else getpass.getpass(f"{what} of {name}: ")

    found = accounts.verify(name, asked("Password"), asked("Code") if code else "")
    if found is None:
        raise AccountError("this account and password do not go together")
    if asked_of is not None and not asked_of.knows(accounts.mark(name)):
        raise AccountError(
            "the log does not know this account as it stands: it was made or changed elsewhere, or restored; "
            "another gives it a password, or it is made anew (docs/operations.md)"
        )
    return found


def record(settings: "Settings", step: str, says: str, account: str) -> None:
    """Enter that a change was proposed, or confirmed."""
    from centre.belonging import check
    from centre.settings import users_file
    from centre.spool import CHANGED
    from cli.why import enter
    from incidents import events as ev

    check(settings)
    event = ev.ChangeProposed(step="confirmed" if step == "confirmed" else "proposed", says=says, account=account)
    enter(settings.log, settings.key_file, CHANGED, event, beside=users_file(settings))

"""`approve`: a second person confirms what another proposed (docs/access.md)."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.terminal import FromStdin, UsersPath, answered, say

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
    from cli.second_person import record, verified
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
                say(f"{n}: {one.says}; proposed by {one.by} at {one.at:%Y-%m-%d %H:%M} UTC; {state}")
            if not waiting:
                say("nothing waits for a second person")
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
        say(f"confirmed: {proposal.says}; now {proposal.by} runs the command again, within a day of its proposal")

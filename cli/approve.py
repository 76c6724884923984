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
    proposal: Annotated[str, typer.Argument(help="Which, by the word before it; without one they are listed.")] = "",
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
        settings = load({"users": users})
        accounts = existing(settings)
        proposals = Proposals(users_file(settings), settings.key_file)
        waiting = proposals.all(datetime.now(UTC))
        shown = [one for one in waiting if proposal in ("", one.name)]
        for one in shown:
            state = f"confirmed by {one.confirmed_by}: run the command again" if one.confirmed_by else "waits"
            say(f"{one.name}: {one.says}; proposed by {one.by} at {one.at:%Y-%m-%d %H:%M} UTC; {state}")
        if not proposal:
            if not waiting:
                say("nothing waits for a second person")
            return
        if not shown:
            raise AccountError("there is no such proposal: it is over, or another stands in its place")
        if not by:
            raise AccountError("say with --by by which account it is confirmed")
        person = verified(settings, accounts, by, password_stdin)
        with proposals.changing(now := datetime.now(UTC)) as waiting:
            if shown[0] not in waiting:
                raise AccountError("it is no more what was shown: look at it again")
            if why := why_not(shown[0], person.name, person.roles, now):
                raise AccountError(WHY[why])
            record(settings, "confirmed", shown[0].says, person.name)
            marks = (*shown[0].marks, accounts.mark(person.name))
            kept = msgspec.structs.replace(shown[0], confirmed_by=person.name, marks=marks)
            waiting[waiting.index(shown[0])] = kept
        say(f"confirmed; now {kept.by} runs the command again, within a day of its proposal")

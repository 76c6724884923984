"""Why somebody takes what discloses persons, at the command line: said in words, kept sealed in the log (docs/access.md)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.terminal import fail, say

if TYPE_CHECKING:
    from centre.spool import Noted
    from reports.catalogue import Translator

_WHO = (
    "Who takes it, by their account; the account of this machine by default. What a case keeps from them is not in it."
)
# What is taken so is refused to whom the case excludes (`dashboard/access/taker.py`), as on the pages.
TakenBy = Annotated[str, typer.Option("--by", help=_WHO)]
TakenWho = Annotated[str, typer.Option("--who", help=_WHO)]  # of `report`, whose `--by` says in which parts
Reason = Annotated[str, typer.Option("--reason", help="Why, in words; needed, and kept sealed in the log.")]


def needed(reason: str, translate: "Translator | None" = None) -> str:
    """The reason; without one the command ends before it does anything."""
    from incidents.reasons import is_reason
    from reports.catalogue import translator

    _ = translate or translator("en")
    if not is_reason(reason):
        fail(_("say in words with --reason why it is taken: that is kept in the log"), 2)
    return reason.strip()


def enter(
    log: Path,
    key_file: Path | None,
    kind: str,
    event: "Noted",
    *,
    who: str = "",
    translate: "Translator | None" = None,
    beside: Path | None = None,
    must: bool = False,
) -> None:
    """Enter in the log what is about to be taken, before anybody has it; beside a desk leave it a note.

    The account of this machine takes it, unless `who` is said. Where neither can be written, that is said and the work goes on;
    a change, or what `must` be known, is refused then. `beside`: the file that changes; before there is a log the note waits
    beside that one for the first desk. Raises AccountError.
    """
    import asyncio
    from datetime import UTC, datetime
    from uuid import uuid4

    from centre.spool import Note, enter_or_note, leave_note, place_of_log
    from centre.this_account import this_account
    from dashboard.access.rules import AccountError
    from reports.catalogue import translator

    _ = translate or translator("en")
    by, now = who or this_account(), datetime.now(UTC)
    if not log.exists() and beside is None:
        return  # nothing can be taken of it, and none is begun for that
    try:
        if log.exists():
            entered = asyncio.run(enter_or_note(log, key_file, kind, event, by=by, at=now))
        else:
            assert beside is not None
            note = Note(id=f"{kind}-{uuid4().hex}", at=now, by=by, event=event)
            leave_note(place_of_log(log, beside), kind, note, key_file)
            entered = True  # by the first desk that is served from there
    except OSError as error:
        if must or beside is not None:
            raise AccountError(f"it can't be entered in the log ({error.strerror}), and is not done without") from None
        text = _("it can't be entered in the log ({why}); write down that it was made")
        say(f"vigie: {text.format(why=error.strerror)}", err=True)
    else:
        if not entered and beside is None:
            say(f"vigie: {_('noted beside the log: the desk enters that it was made')}", err=True)

"""`degraded open` and `degraded opened`: what a supervisor does with the degraded-mode file on a machine with Vigie."""

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import FromStdin, answered, say, working

degraded_app = typer.Typer(no_args_is_help=True, help="The degraded-mode file: to go on when nothing else works.")


@degraded_app.command("open")
def degraded_open(
    file: Annotated[Path, typer.Argument(help="The degraded-mode file.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write the page here; else it is printed.")] = None,
    from_stdin: FromStdin = False,
    by: Annotated[str, typer.Option(help="Who opens it; the account of this machine by default.")] = "",
) -> None:
    """Open it with the supervisor's passphrase. That it was opened is noted beside it, and entered in the log by the desk."""
    import getpass
    from datetime import UTC, datetime

    from centre.documents import degraded as files
    from centre.spool import drafted
    from centre.this_account import this_account

    with answered():
        files.read(file)  # what is no file asks no passphrase
        passphrase = sys.stdin.readline() if from_stdin else getpass.getpass("Passphrase: ")
        with working():
            page, written = files.opened(file, passphrase)
        with drafted(out, page) if out is not None else contextlib.nullcontext():
            try:
                files.note_opened(file, by=by or this_account(), how="command", at=datetime.now(UTC), written=written)
            except files.DegradedError as error:
                # Whoever needs it now must have it: the opening is to be entered by hand.
                say(f"vigie: {error}; write it down and enter it later with `degraded opened`", err=True)
        if out is None:
            sys.stdout.buffer.write(page)
        else:
            say(f"written to {out}: a plain page with persons' facts; destroy it after use")


@degraded_app.command("opened")
def degraded_opened(
    file: Annotated[Path, typer.Argument(help="The desk's degraded-mode file, beside which it is noted.")],
    by: Annotated[str, typer.Option(help="Who opened it.")],
    at: Annotated[str, typer.Option(help="When, hh:mm of the last 24 hours; now by default.")] = "",
) -> None:
    """Enter that a copy was opened in a browser, where nothing could record it."""
    from datetime import UTC, datetime

    from centre.documents import degraded as files
    from dashboard.shell.clock import moment

    with answered():
        now = datetime.now(UTC)
        files.note_opened(file, by=by, how="browser", at=moment(at, now) if at else now)
        say("noted: the desk enters it in the log")

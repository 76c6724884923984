"""What the commands share: an error a user can do something about is one line; a password is never on the command line."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from centre.log_lines import write_lines

# By name: importing them all would make each command as slow to start as the server.
ANSWERED = {
    "AccountError",
    "CaseFileError",
    "CasesLocked",
    "DataError",
    "DegradedError",
    "EnrolError",
    "EvidenceError",
    "KeyMismatch",
    "LogFileError",
    "LogUnavailable",
    "MissingSourceError",
    "NoSuchIncident",
    "RecordingError",
    "SettingsError",
    "SigningError",
}

UsersPath = Annotated[Path | None, typer.Option("--users", help="The accounts' file; beside the log by default.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def fail(error: object, code: int = 1) -> NoReturn:
    """Say what is wrong in a line and leave."""
    typer.echo(f"vigie: {error}", err=True)
    raise typer.Exit(code)


@contextlib.contextmanager
def answered() -> Iterator[None]:
    """Errors a user can do something about are one line; any other is a fault of ours and keeps its trace."""
    write_lines()
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError | ValueError) or any(kind.__name__ in ANSWERED for kind in type(error).__mro__):
            fail(error)
        if isinstance(error, RecursionError):
            fail("a file is nested too deeply to be read")
        raise
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


async def until_told(work: Any, seconds: float | None = None) -> None:
    """Run until SIGINT or SIGTERM, or for so many seconds; then let it end in order."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its loop
            loop.add_signal_handler(number, task.cancel)
    if seconds is not None:
        loop.call_later(seconds, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task

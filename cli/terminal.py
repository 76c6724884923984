"""What the commands share: an error a user can do something about is one line; a password is never on the command line."""

import asyncio
import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from centre.log_lines import write_lines
from centre.version import as_called, version

# By name: importing them all would make each command as slow to start as the server.
ANSWERED = {
    "AccountError",
    "BackupError",
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
    "NothingKept",
    "RecordingError",
    "RetentionError",
    "SettingsError",
    "SigningError",
}

UsersPath = Annotated[Path | None, typer.Option("--users", help="The accounts' file; beside the log by default.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def _print_version(asked: bool) -> None:
    if asked:
        say(f"vigie {version()}")
        raise typer.Exit


def of_all(
    asked: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Take the options that stand before any command."""


def say(*lines: object, err: bool = False) -> None:
    """Print lines, each on one whatever stands in it: what steers a terminal or turns a text's direction stands as its code."""
    from reports.content import plain

    for line in lines:
        typer.echo(plain(str(line)).replace("\n", "U+000A"), err=err)


def fail(error: object, code: int = 1) -> NoReturn:
    """Say what is wrong in a line, or in the lines of a message of several, and leave."""
    say(*as_called(f"vigie: {error}").split("\n"), err=True)
    raise typer.Exit(code)


@contextlib.contextmanager
def answered() -> Iterator[None]:
    """Errors a user can do something about are one line; any other is a fault of ours and keeps its trace."""
    write_lines()
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError | ValueError) or any(kind.__name__ in ANSWERED for kind in type(error).__mro__):
            for line in _of_settings(error):
                say(f"vigie: {line}", err=True)
            fail(_sentence(error))
        if isinstance(error, RecursionError):
            fail("a file is nested too deeply to be read")
        raise
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _sentence(error: Exception) -> str:
    """An error of the system with its file first, and without its number."""
    if type(error).__str__ is not OSError.__str__ or not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    files = " and ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    return f"{files}{': ' if files else ''}{error.strerror.lower()}"


def _of_settings(error: Exception) -> list[str]:
    """The settings of the file and the environment whose files can't be read: what failed may have needed one of them."""
    from centre.setting_files import unreadable
    from centre.settings import SettingsError, load_said

    try:
        return [why for name, why in unreadable(*load_said()) if name not in str(error)]
    except SettingsError:
        return []


Progress = Callable[[int, int], None]
SHOWN_AFTER_S = 1.0


@contextlib.contextmanager
def working(shown: bool = True) -> Iterator[Progress]:
    """Show how far a command is that takes over a second, without a word, on a terminal alone.

    What is given is called with what is done and what there is in all; until it is called, the bar only shows that work goes on.
    """
    if not (shown and sys.stderr.isatty()):
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeElapsedColumn

    columns = (BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    # What a command prints meanwhile goes above the bar where it goes to the terminal, and untouched where it goes to a file.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty())
    task = bar.add_task("", total=None)
    timer = threading.Timer(SHOWN_AFTER_S, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda done, total: bar.update(task, completed=done, total=total)
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


async def until_told(work: Any, seconds: float | None = None) -> None:
    """Run until SIGINT or SIGTERM, or for so many seconds; then let it end in order."""
    from centre.supervised import tell_supervisor

    task, telling = asyncio.ensure_future(work), asyncio.ensure_future(tell_supervisor())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its loop
            loop.add_signal_handler(number, task.cancel)
    if seconds is not None:
        loop.call_later(seconds, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    telling.cancel()

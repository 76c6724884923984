"""`backup FOLDER`, `backup test BACKUP` and `restore BACKUP`: what a centre can't make anew, saved, tried and put back."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli.terminal import Progress, answered, fail, say, working

Backup = Annotated[Path, typer.Argument(help="A backup: the folder vigie-YYYYMMDDTHHMMSSZ.")]
LogPath = Annotated[Path | None, typer.Option("--log", help="The log's file.")]


class _MakeIsUnnamed(TyperGroup):
    """`backup FOLDER` is `backup make FOLDER`. A folder called like a command is named with its path: `./test`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        named = bool(args) and args[0] in self.commands
        return super().resolve_command(ctx, args if named else ["make", *args])


backup_app = typer.Typer(
    cls=_MakeIsUnnamed,
    no_args_is_help=True,
    subcommand_metavar="FOLDER | COMMAND [ARGS]...",
    context_settings={"ignore_unknown_options": True},  # they are those of `make`
    help="Save what a centre can't make anew, while its desk serves: `backup FOLDER`.",
)


@backup_app.command("make")
def backup_make(
    folder: Annotated[Path, typer.Argument(help="Where backups are kept; it must be there.")],
    keys: Annotated[Path | None, typer.Option(help="Where the keys are saved, apart; it must be there.")] = None,
    log: LogPath = None,
    cases: Annotated[Path | None, typer.Option(help="The case register's file.")] = None,
    users: Annotated[Path | None, typer.Option(help="The accounts' file; beside the log by default.")] = None,
    key_file: Annotated[Path | None, typer.Option(help="The master key; beside each by default.")] = None,
) -> None:
    """Make a backup in a folder, named after this second; `backup FOLDER` for short. Print its path and its log's digest."""
    from centre.backup.making import make
    from centre.settings import load

    with _ending_in_order(), answered(), working() as bar:
        started, told = _bytes(bar)
        settings = load({"log": log, "cases": cases, "users": users, "key_file": key_file})
        made = make(settings, folder, keys_folder=keys, started=started, told=told)
    for line in made.notes:
        say(f"vigie: {line}", err=True)
    if made.keys is None:
        say("vigie: THE KEYS ARE NOT SAVED: without them nothing sealed can be read; --keys FOLDER", err=True)
    if settings.cases is None:
        say("vigie: no case register is set: none is saved", err=True)
    say(made.path)
    if made.keys is not None:
        say(made.keys)
    say(f"digest {made.manifest.digest}")


@backup_app.command("test")
def backup_test(
    # A path that is no folder is mistyped: no trial, and none is recorded.
    backup: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="A backup: the folder vigie-YYYYMMDDTHHMMSSZ.")
    ],
    keys: Annotated[
        Path,
        typer.Option(
            exists=True, file_okay=False, help="The keys saved with it: the folder vigie-YYYYMMDDTHHMMSSZ.keys."
        ),
    ],
    log: LogPath = None,
    by: Annotated[str, typer.Option(help="Who tests it; the account of this machine by default.")] = "",
) -> None:
    """Restore a backup into a folder that goes again, verify and open all of it, and record that it was done."""
    from centre.backup.trial import try_backup
    from centre.settings import load
    from centre.this_account import this_account

    with _ending_in_order(), answered(), working() as bar:
        _, told = _bytes(bar)
        settings = load({"log": log})
        trial = asyncio.run(try_backup(settings, backup, keys, by=by or this_account(), told=told))
    for line in trial.notes:
        say(f"vigie: {line}", err=True)
    if trial.restored is None:
        fail(f"NO BACKUP: {trial.failure}")
    say(f"{trial.restored.manifest.name} can be restored")
    _print_proof(trial.restored)


def restore(
    backup: Backup,
    to: Annotated[Path, typer.Option(help="An empty folder, or one that is not there yet.")],
    keys: Annotated[Path | None, typer.Option(help="The keys saved with it.")] = None,
    register: Annotated[
        Path | None,
        typer.Option(help="The register of what was erased; by default that of the settings, or beside their log."),
    ] = None,
    register_lost: Annotated[
        bool,
        typer.Option(
            "--register-lost",
            help="The register is lost, or in part: restore all the same. WHAT WAS ERASED AFTER THE BACKUP COMES BACK; "
            "that this was chosen is recorded, and by whom.",
        ),
    ] = False,
    digest: Annotated[
        str,
        typer.Option(help="The digest on the newest handover sheet: it says how far the register must have come."),
    ] = "",
    by: Annotated[str, typer.Option(help="Who restores it; the account of this machine by default.")] = "",
) -> None:
    """Restore a backup into an empty folder, once all of it is verified; erase again what was; print the settings for it."""
    from centre.backup import restoring
    from centre.settings import load, register_file
    from centre.this_account import this_account

    with _ending_in_order(), answered(), working() as bar:
        _, told = _bytes(bar)
        path = register or register_file(load({}))
        known = restoring.Register(path=path, by=by or this_account(), lost=register_lost, digest=digest)
        restored = restoring.restore(backup, to, keys=keys, register=known, told=told)
    if register_lost:
        say("vigie: WHAT WAS ERASED AFTER THIS BACKUP MAY BE BACK: erase it again before a desk serves it", err=True)
    if keys is None:
        say("vigie: THE KEYS ARE NOT RESTORED: put them where they belong before a desk starts", err=True)
    _print_proof(restored)
    if keys is not None:
        say(f"erased again: {restored.erased_again}")
    say("", *restored.settings.splitlines())


def _print_proof(restored: Any) -> None:
    proof = restored.proof
    say(f"log verified: {proof.records} records; digest {proof.digest}")
    say(f"open incidents: {len(proof.open_incidents)}")
    codes = f", {proof.locked_codes} whose code can't be checked with these keys" if proof.locked_codes else ""
    say(f"accounts: {proof.accounts}{codes}")
    if proof.cases is not None:
        say(f"cases: {proof.cases}")


@contextlib.contextmanager
def _ending_in_order() -> Iterator[None]:
    """Asked to end, a command leaves nothing half-made behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _bytes(bar: Progress) -> tuple[Callable[[int], None], Callable[[int], None]]:
    """How a bar is told of the bytes there are to work on, and of those that were done."""
    total = done = 0

    def started(size: int) -> None:
        nonlocal total
        total = size

    def told(size: int) -> None:
        nonlocal done
        done += size
        if total:
            bar(done, total)

    return started, told

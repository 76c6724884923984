"""`keys rotate|export|check`: the master keys."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.terminal import answered, fail, say, working
from cli.why import Reason, enter, needed

if TYPE_CHECKING:
    from centre.settings import Settings

keys_app = typer.Typer(
    no_args_is_help=True, help="The master keys: a new one, a copy under a passphrase, whether a copy fits."
)
LogPath = Annotated[Path | None, typer.Option("--log", help="The log's file.")]
CasesPath = Annotated[Path | None, typer.Option("--cases", help="The case register's file.")]
KeyPath = Annotated[Path | None, typer.Option("--key-file", help="The master key; beside each file by default.")]
FromStdin = Annotated[bool, typer.Option("--passphrase-stdin", help="Read the passphrase from standard input.")]


@keys_app.command("rotate")
def keys_rotate(
    log: LogPath = None,
    cases: CasesPath = None,
    key_file: KeyPath = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words; kept sealed in the log.")] = "",
) -> None:
    """Put a new master key in the place of each, while the desk serves. Cut off anywhere, do it again: nothing is lost."""
    from centre.master_keys import rotate
    from centre.settings import load

    with answered(), working() as progress:
        settings = load({"log": log, "cases": cases, "key_file": key_file})
        files = rotate(settings, told=progress, entered=lambda: _enter(settings, "rotated", reason.strip()))
    for file in files:
        say(f"{file}: a new master key")
    say(
        "vigie: copies and backups of the old keys open what was saved before, and nothing here: make a backup and a copy now, "
        "and destroy the old ones once you may",
        err=True,
    )


@keys_app.command("export")
def keys_export(
    file: Annotated[Path, typer.Argument(help="A new file for the copy.")],
    log: LogPath = None,
    cases: CasesPath = None,
    key_file: KeyPath = None,
    passphrase_stdin: FromStdin = False,
    reason: Reason = "",
) -> None:
    """Write a copy of the master keys under a passphrase, to be kept apart from everything that they open."""
    from centre.master_keys import export
    from centre.settings import load

    why = needed(reason)
    with answered():
        settings, passphrase = (
            load({"log": log, "cases": cases, "key_file": key_file}),
            _passphrase(passphrase_stdin, new=True),
        )
        with working():
            held = export(settings, file, passphrase, lambda: _enter(settings, "exported", why))
    say(f"{file}: a copy of {', '.join(str(key) for key in held)}")


@keys_app.command("check")
def keys_check(
    file: Annotated[Path, typer.Argument(help="A copy that `keys export` made.")],
    log: LogPath = None,
    cases: CasesPath = None,
    key_file: KeyPath = None,
    write: Annotated[
        Path | None, typer.Option(help="Also put the key files that are in it into this new folder.")
    ] = None,
    passphrase_stdin: FromStdin = False,
    reason: Annotated[
        str, typer.Option("--reason", help="Why, in words; needed with --write, and kept sealed in the log.")
    ] = "",
) -> None:
    """Say whether a copy opens this log, and each other file that needs a key; end with 1 where it does not."""
    from centre.master_keys import check
    from centre.settings import load

    why = needed(reason) if write is not None else ""
    with answered():
        settings, passphrase = load({"log": log, "cases": cases, "key_file": key_file}), _passphrase(passphrase_stdin)
        with working():
            found = check(settings, file, passphrase, write=write, entered=lambda: _enter(settings, "written", why))
    for one in found:
        say(f"{one.what}: {'opens' if one.opens else 'DOES NOT OPEN'} {one.path}")
    if not found:
        fail("there is nothing here that a key opens")
    if not all(one.opens for one in found):
        fail("this copy is of other keys, or of before a rotation: make another")


def _enter(settings: "Settings", what: Literal["rotated", "exported", "written"], why: str) -> None:
    """Who does it, in the log: once nothing refuses it, before anybody has it."""
    from centre.master_keys import opened_by
    from centre.spool import CHANGED, TAKEN
    from incidents import events as ev

    event = ev.MasterKeys(what=what, opens=" ".join(one.what for one in opened_by(settings)), reason=why)
    enter(settings.log, settings.key_file, CHANGED if what == "rotated" else TAKEN, event, must=True)


def _passphrase(from_stdin: bool, *, new: bool = False) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True))

"""`devices list`: every device with its battery, its last press and its tests, from the log and the case register, as a file."""

import asyncio
import contextlib
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.reader import Language, settings_and_words
from cli.terminal import answered, say, working
from cli.why import Reason, TakenBy, needed

if TYPE_CHECKING:
    from centre.settings import Settings
    from reports.catalogue import Translator

devices_app = typer.Typer(no_args_is_help=True, help="The devices: their tests, their battery, their silence.")


@devices_app.callback()
def devices() -> None:
    """The devices: their tests, their battery, their silence."""


@devices_app.command("list")
def devices_list(
    out: Annotated[Path, typer.Option("-o", "--out", help="FILE.csv, or - to print it.")],
    log: Annotated[Path | None, typer.Option(help="The log's file.")] = None,
    cases: Annotated[Path | None, typer.Option(help="The case register's file.")] = None,
    key_file: Annotated[Path | None, typer.Option(help="The master key; beside the log by default.")] = None,
    names: Annotated[bool, typer.Option("--names", help="With the names of the victims.")] = False,
    reason: Reason = "",
    by: TakenBy = "",
    language: Language = "",
) -> None:
    """Write the list of devices. That it was made is entered in the log, by the desk where one runs."""
    from datetime import UTC

    from centre.this_account import this_account

    with answered():
        settings, _ = settings_and_words(language, {"log": log, "cases": cases, "key_file": key_file})
        why = needed(reason, _)
        with working():
            content, said = asyncio.run(_make(settings, out, by or this_account(), names, why, datetime.now(UTC), _))
        if str(out) == "-":
            sys.stdout.buffer.write(content)
        else:
            text = _("written to {file}: it names persons") if names else _("written to {file}")
            said.append(text.format(file=out))
        for line in said:
            say(f"vigie: {line}", err=True)


async def _make(
    settings: "Settings", out: Path, by: str, named: bool, reason: str, now: datetime, translate: "Translator"
) -> tuple[bytes, list[str]]:
    """The file, once it is written and entered, and what is to be said beside it. Raises LogUnavailable, KeyMismatch, OSError."""
    from centre.documents.devices import folded, made, names
    from centre.settings import users_file
    from centre.spool import DEVICES, drafted, enter_or_note
    from dashboard.access.taker import kept_by, taker
    from incidents.audit import role_of
    from incidents.cases import CaseRegister
    from incidents.log.sqlite import SqliteLog

    _ = translate
    register = await asyncio.to_thread(CaseRegister.open, settings.cases, key_file=settings.key_file)
    log = await SqliteLog.open(settings.log, key_file=settings.key_file, reading=True)
    try:
        listed = await folded(log, settings.log, register, settings.tests, settings.shift, now)
        asks = await asyncio.to_thread(taker, users_file(settings), settings.key_file, by)
        rule = kept_by(register, log.vault)
        listed = tuple(line for line in listed if not rule.device(line.device, asks))
        victims = names(register.all(), lambda case: rule.case(case, asks)) if named else None
    finally:
        await log.close()
    said = (
        []
        if register.state in ("open", "none")
        else [_("cases {state}: {reason}").format(state=register.state, reason=register.reason)]
    )
    content, event = made(listed, now, victims, how="command", reason=reason, role=role_of(asks))
    # Entered before anybody has it.
    with drafted(out, content) if str(out) != "-" else contextlib.nullcontext():
        if not await enter_or_note(settings.log, settings.key_file, DEVICES, event, by=by, at=now):
            said.append(_("noted beside the log: the desk enters that it was made"))
    return content, said

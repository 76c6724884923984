"""`subject`: what is kept of a person, for the competent authority's answer to her request."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.reader import Language, settings_and_words
from cli.terminal import answered, fail, say, working
from cli.why import TakenBy, needed


def subject(
    case: Annotated[str, typer.Argument(help="The case's number; - reads it from standard input.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="A new file: FILE.html to print, or FILE.json.")],
    reason: Annotated[str, typer.Option(help="Who asked, and under which reference; it is recorded.")],
    of: Annotated[
        str, typer.Option(help="victim, or suspect: then nothing that leads to an alarm, device or place.")
    ] = "victim",
    log: Annotated[Path | None, typer.Option(help="The log's file.")] = None,
    cases: Annotated[Path | None, typer.Option(help="The case register's file.")] = None,
    users: Annotated[Path | None, typer.Option(help="The accounts' file; beside the log by default.")] = None,
    key_file: Annotated[Path | None, typer.Option(help="The master key; beside each by default.")] = None,
    by: TakenBy = "",
    language: Language = "",
) -> None:
    """Write what is kept of a person: officers by function, other persons withheld. That it was taken is recorded."""
    from datetime import UTC, datetime

    from centre.documents.subject import make
    from centre.settings import users_file
    from centre.this_account import this_account
    from dashboard.access.taker import taker

    with answered():
        given = {"log": log, "cases": cases, "users": users, "key_file": key_file}
        settings, _ = settings_and_words(language, given)
    form = out.suffix.lower().removeprefix(".")
    if form not in ("html", "json"):
        fail(_("-o names a file that ends in .html or .json"), 2)
    if of not in ("victim", "suspect"):
        fail(_("--of is victim or suspect"), 2)
    why = needed(reason, _)
    number = sys.stdin.readline().strip() if case == "-" else case
    with answered(), working():
        who = taker(users_file(settings), settings.key_file, by or this_account())
        digest, entered = asyncio.run(
            make(
                settings,
                number,
                "suspect" if of == "suspect" else "victim",
                form,
                out,
                by=who,
                reason=why,
                now=datetime.now(UTC),
                translate=_,
            )
        )
    if not entered:
        say("vigie: " + _("noted beside the log: the desk enters that it was made"), err=True)
    say(
        "vigie: " + _("written to {file}: it names persons; SHA-256 {sha256}").format(file=out, sha256=digest), err=True
    )

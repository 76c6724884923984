"""`cases import`: the case register."""

import asyncio
from gettext import ngettext
from pathlib import Path
from typing import Annotated

import typer

from cli.second_person import By, Two
from cli.terminal import FromStdin, UsersPath, answered, fail, say, working
from cli.why import enter

cases_app = typer.Typer(no_args_is_help=True, help="The case register.")


@cases_app.command("import")
def cases_import(
    file: Annotated[Path, typer.Argument(help="Cases as docs/cases.md describes them.")],
    cases: Annotated[Path | None, typer.Option(help="The register's file.")] = None,
    log: Annotated[Path | None, typer.Option(help="The log, to keep cases with an open incident.")] = None,
    partial: Annotated[bool, typer.Option(help="Load the rest when a row is bad.")] = False,
    by: By = "",
    password_stdin: FromStdin = False,
    users: UsersPath = None,
) -> None:
    """Merge cases into the register; it takes effect while a desk serves. To lift an exclusion takes two people (`approve`)."""
    from centre.case_import import import_cases_beside
    from centre.changes import exclusions_lifted, imported
    from centre.settings import load
    from centre.spool import CHANGED
    from cli.accounts import lifting

    with answered(), working(not by):
        settings = load({"cases": cases, "log": log, "users": users})
        less = exclusions_lifted(file, settings)
        two = lifting(settings, file, less, by=by, from_stdin=password_stdin) if less else Two({})
        report = asyncio.run(import_cases_beside(file, settings, partial=partial))
        if report.loaded:
            event = imported(file, report, settings, lifted=len(less), **two.facts)
            enter(settings.log, settings.key_file, CHANGED, event, beside=settings.cases)
            two.spend()
    for problem in report.problems:
        say(f"vigie: {problem}", err=True)
    for doubt in report.doubts if report.loaded else ():
        say(f"vigie: CHECK {doubt}", err=True)
    if not report.loaded:
        n = len(report.problems)
        fail(f"nothing was loaded: {ngettext('1 problem', f'{n} problems', n)}; --partial loads the rest")
    counts = [f"{len(getattr(report, what))} {what}" for what in ("added", "changed", "unchanged", "withdrawn")]
    say(", ".join(counts) + (f", {report.refused} refused" if report.problems else ""))

"""`cases import`: the case register."""

import asyncio
from gettext import ngettext
from pathlib import Path
from typing import Annotated

import typer

from cli.second_person import By, Two, widening
from cli.terminal import FromStdin, UsersPath, answered, fail, say, working
from cli.why import enter, needed

cases_app = typer.Typer(no_args_is_help=True, help="The case register.")


@cases_app.command("import")
def cases_import(
    file: Annotated[Path, typer.Argument(help="Cases as docs/cases.md describes them.")],
    cases: Annotated[Path | None, typer.Option(help="The register's file.")] = None,
    log: Annotated[Path | None, typer.Option(help="The log, to keep cases with an open incident.")] = None,
    partial: Annotated[bool, typer.Option(help="Load the rest when a row is bad.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words, kept sealed in the log.")] = "",
    by: By = "",
    password_stdin: FromStdin = False,
    users: UsersPath = None,
) -> None:
    """Merge cases into the register; it takes effect while a desk serves. To let anybody see more takes two (`approve`)."""
    from centre.belonging import bind, check
    from centre.case_import import Widens, import_cases_beside
    from centre.changes import Effect, imported
    from centre.settings import load
    from centre.spool import CHANGED
    from incidents.cases import ImportReport, KnownCases
    from incidents.cases.rows import read_case_file

    why = needed(reason) if reason else ""
    with answered(), working(not by):
        settings, read = load({"cases": cases, "log": log, "users": users}), read_case_file(file)
        check(settings)
        anew = not (settings.cases and settings.cases.exists())
        agreed: Effect = {}
        two, report = Two({}), None

        def first(report: ImportReport, register: KnownCases) -> None:
            two.spend()
            event = imported(read, report, register, lifted=len(agreed), reason=why, **two.facts)
            enter(settings.log, settings.key_file, CHANGED, event, beside=settings.cases)

        try:
            while report is None:
                try:
                    report = asyncio.run(
                        import_cases_beside(read, settings, partial=partial, agreed=agreed, first=first)
                    )
                except Widens as import_:
                    agreed = import_.more
                    says = f"import cases{' --partial' * partial} into {settings.cases} (SHA-256 {read.sha256})"
                    two = widening(
                        settings, ("cases", says), says, agreed, by=by, from_stdin=password_stdin, imports=True
                    )
        finally:
            if anew and settings.cases is not None and settings.cases.exists():
                bind(settings, settings.cases)
    for problem in report.problems:
        say(f"vigie: {problem}", err=True)
    for doubt in report.doubts if report.loaded else ():
        say(f"vigie: CHECK {doubt}", err=True)
    if not report.loaded:
        n = len(report.problems)
        fail(f"nothing was loaded: {ngettext('1 problem', f'{n} problems', n)}; --partial loads the rest")
    counts = [f"{len(getattr(report, what))} {what}" for what in ("added", "changed", "unchanged", "withdrawn")]
    say(", ".join(counts) + (f", {report.refused} refused" if report.problems else ""))

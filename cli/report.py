"""`report`: response times of our own log, or of any table read through a mapping, on the terminal or as a document."""

import asyncio
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.reader import Language, settings_and_words
from cli.terminal import Progress, answered, fail, working
from cli.why import TakenWho, enter, needed

if TYPE_CHECKING:
    import pandas as pd

    from centre.settings import Settings
    from incidents.events import Class
    from incidents.incident import Incident
    from incidents.intervals import Profile
    from incidents.roles import User
    from reports.catalogue import Translator
    from reports.content import Paper
    from reports.measures.shape import Report

Format = Literal["terminal", "csv", "parquet", "json", "html", "pdf"]
_SUFFIXES: dict[str, Format] = {".txt": "terminal", ".htm": "html"} | {
    f".{name}": name for name in ("csv", "parquet", "json", "html", "pdf")
}  # type: ignore[assignment]
_BY = {"class": "as_class"}
_BREAKDOWNS = ("hour", "shift", "day", "week", "weekday", "zone", "cic", "class", "operator")


def report(
    file: Annotated[
        list[str] | None,
        typer.Argument(help="A table of timestamps, in one file or several, or a quoted pattern; needs --columns."),
    ] = None,
    columns: Annotated[Path | None, typer.Option(help="What its columns mean: a mapping as in docs/report.md.")] = None,
    log: Annotated[Path | None, typer.Option(help="Our own log, instead of a file.")] = None,
    cases: Annotated[Path | None, typer.Option(help="The case register's file (of --log).")] = None,
    key_file: Annotated[Path | None, typer.Option(help="The log's master key; beside it by default.")] = None,
    since: Annotated[str, typer.Option(help="The first day, YYYY-MM-DD (of --log, as the next ones).")] = "",
    until: Annotated[str, typer.Option(help="The last day, included.")] = "",
    as_class: Annotated[
        list[str] | None,
        typer.Option(
            "--class", help="real, test, accidental, unknown, none or all, several times; all but tests by default."
        ),
    ] = None,
    drills: Annotated[bool, typer.Option("--drills", help="Count drills too.")] = False,
    cic: Annotated[list[str] | None, typer.Option(help="A centre's key, several times.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help="A zone's key, several times.")] = None,
    profile: Annotated[str, typer.Option(help="amr, cic, nena, nfpa, or a file with a centre's own.")] = "",
    by: Annotated[str, typer.Option(help=f"Parts, with commas: {', '.join(_BREAKDOWNS)}.")] = "",
    reason: Annotated[
        str,
        typer.Option(
            help="Why it is taken (of --log; needed): it is kept in the log, and stands in a report by operator."
        ),
    ] = "",
    form: Annotated[
        str,
        typer.Option("--format", help="terminal, csv, parquet, json, html or pdf; by the suffix of -o if not given."),
    ] = "",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write it here; else it is printed.")] = None,
    summary: Annotated[Path | None, typer.Option(help="Write every number to this CSV, a row each, as well.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail when a published figure differs.")] = False,
    who: TakenWho = "",
    language: Language = "",
) -> None:
    """Say response times, each number with its count, interval and definition. One of --log is entered in that log."""
    with answered():
        settings, _ = settings_and_words(language, {"log": log, "cases": cases, "key_file": key_file})
        if bool(file) == bool(log):
            fail(_("give a FILE with --columns, or --log"), 2)
        from centre.spool import drafted

        chosen = _format(form, out, _)
        now = datetime.now(UTC)
        if file:
            if columns is None:
                fail(_("say with --columns what the columns of the file mean: docs/report.md"), 2)
            if since or until or as_class or drills or cic or zone or by or reason or who:
                fail(_("for a file, filters and groups stand in the mapping: docs/report.md"), 2)
            with working():
                found, paper, rows = _foreign(file, columns, profile, now, _)
        else:
            assert log is not None
            needed(reason, _)
            asks = _taker(settings, who)
            selection = _selection(since, until, as_class or [], drills, cic or [], zone or [], _)
            parts = _breakdowns(by, _)
            with working() as progress:
                found, paper, rows = _own(
                    log, settings, selection, profile or "amr", parts, reason, now, _, progress, asks
                )
        with working():
            made = _made(chosen, found, paper, rows, now)
        with contextlib.ExitStack() as drafts:
            if out is not None:
                drafts.enter_context(drafted(out, made))
            if summary is not None:
                from reports.tables import framed, numbers

                drafts.enter_context(drafted(summary, framed(numbers(found))))
            if log is not None:
                what = f"{found.profile.name}; {_said(found)}; by {by or 'nothing'}"
                _enter(log, settings.key_file, chosen, made, len(rows), what, asks, reason, _)
        if out is None:
            sys.stdout.buffer.write(made)
            sys.stdout.buffer.flush()
        differs = [one for one in getattr(found, "checked", ()) if not one.agrees]
        if strict and differs:
            of = len(found.checked)  # type: ignore[attr-defined]
            fail(_("published figures that differ: {n} of {of}").format(n=len(differs), of=of))


Made = tuple["Report", "Paper", "pd.DataFrame"]


def _said(found: "Report") -> str:
    """What was selected, as the log keeps it: in English, whoever reads the report."""
    from reports.own import said

    return said(found.selection)


def _foreign(given: list[str], columns: Path, profile: str, now: datetime, translate: "Translator") -> Made:
    import msgspec

    from reports.external_table.loading import load
    from reports.external_table.paper import paper
    from reports.external_table.report import read, rows
    from reports.external_table.table import files

    known = load(columns)
    if profile:
        known = msgspec.structs.replace(known, profile=profile)
    made = read(files(given), known, columns, translate)
    return made.report, paper(made, now, translate), rows(made.prepared)


def _own(
    log: Path,
    settings: "Settings",
    selection: Any,
    profile: str,
    by: tuple[Any, ...],
    reason: str,
    now: datetime,
    translate: "Translator",
    progress: Progress,
    asks: "User",
) -> Made:
    from maps.provinces import provinces_by_zone
    from maps.zones import Zones
    from reports.measures.coarse import shown_rows
    from reports.measures.history import erased_incidents, read_table
    from reports.measures.report import report as reckon
    from reports.measures.select import select
    from reports.own import paper
    from reports.tables import in_belgium, numbered

    _ = translate
    table = read_table(log, settings.key_file, starts=settings.shift.starts, progress=progress)
    table = asyncio.run(_without_kept(table, log, settings, asks))
    found = reckon(table, selection, _profile(profile, settings, _), title=_("Response times"), by=by, translate=_)
    rows, _left = select(table, selection)
    names = Zones.load(settings.zones_dir).names if "zone" in by else {}
    if erased := erased_incidents(log):
        rows = shown_rows(rows, selection, erased, provinces_by_zone(Zones.load(settings.zones_dir)))
    shown = rows if "operator" in by else rows.drop(columns="operator")
    numbers = asyncio.run(_cad_numbers(log, settings.key_file))
    return (
        found,
        paper(found, rows, names, now, reason if "operator" in by else "", _),
        in_belgium(numbered(shown.reset_index(drop=True), numbers)),
    )


def _taker(settings: "Settings", who: str) -> "User":
    from centre.settings import users_file
    from centre.this_account import this_account
    from dashboard.access.taker import taker

    return taker(users_file(settings), settings.key_file, who or this_account())


async def _without_kept(table: "pd.DataFrame", log: Path, settings: "Settings", asks: "User") -> "pd.DataFrame":
    """Without what the cases keep from who takes it, as in the review. Raises CasesLocked: then nobody knows what that is."""
    from dashboard.access.taker import kept_by
    from dashboard.components.reserved.past import without_kept
    from incidents.cases import CaseRegister, CasesLocked
    from incidents.log.sqlite import SqliteLog
    from incidents.timeline import incident_of

    register = await asyncio.to_thread(CaseRegister.open, settings.cases, key_file=settings.key_file)
    if register.state not in ("open", "none"):
        raise CasesLocked(f"cases {register.state}: {register.reason}")
    if not any(case.exclusions for case in register.all()):
        return table
    opened = await SqliteLog.open(log, key_file=settings.key_file, reading=True)

    async def of(incident: str) -> "Incident":
        return (await incident_of(opened, incident))[0]

    try:
        return await without_kept(table, kept_by(register, opened.vault), of, (), asks)
    finally:
        await opened.close()


async def _cad_numbers(log: Path, key_file: Path | None) -> dict[str, str]:
    from incidents.cad import cad_numbers
    from incidents.log.sqlite import SqliteLog

    opened = await SqliteLog.open(log, key_file=key_file, reading=True)
    try:
        return await cad_numbers(opened)
    finally:
        await opened.close()


def _enter(
    log: Path,
    keys: Path | None,
    form: str,
    file: bytes,
    rows: int,
    said: str,
    asks: "User",
    reason: str,
    translate: "Translator",
) -> None:
    """Enter in the log that a report of it is taken, before anybody has it; beside a desk leave it a note."""
    import hashlib

    from centre.spool import REPORTED
    from incidents import events as ev
    from incidents.audit import role_of

    event = ev.ReportExported(
        what="report",
        form=form,
        how="command",
        rows=rows,
        sha256=hashlib.sha256(file).hexdigest(),
        selection=said,
        role=role_of(asks),
        reason=reason.strip(),
    )
    enter(log, keys, REPORTED, event, who=asks.name, translate=translate)


def _made(form: Format, found: "Report", paper: "Paper", rows: "pd.DataFrame", now: datetime) -> bytes:
    from reports import render as writing
    from reports import tables

    made: str | bytes
    match form:
        case "terminal":
            made = writing.terminal(paper)
        case "csv":
            made = tables.framed(rows)
        case "parquet":
            made = tables.parquet(rows)
        case "json":
            import msgspec

            made = msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"
        case "html":
            made = writing.html(paper)
        case "pdf":
            made = writing.pdf(paper, now)
    return made.encode("utf-8", "backslashreplace") if isinstance(made, str) else made


def _format(form: str, out: Path | None, _: "Translator") -> Format:
    if form:
        if form not in _SUFFIXES.values():
            text = _("there is no format {name}: {known}")
            fail(text.format(name=repr(form), known="terminal, csv, parquet, json, html, pdf"), 2)
        chosen: Format = form  # type: ignore[assignment]
    elif out is None:
        chosen = "terminal"
    elif out.suffix.lower() in _SUFFIXES:
        chosen = _SUFFIXES[out.suffix.lower()]
    else:
        text = _("{file}: give --format, or a suffix of {known}")
        fail(text.format(file=out.name, known=", ".join(_SUFFIXES)), 2)
    if out is None and chosen in ("parquet", "pdf") and sys.stdout.isatty():
        fail(_("{format} is not for a terminal: give -o FILE").format(format=chosen), 2)
    return chosen


def _selection(
    since: str, until: str, classes: list[str], drills: bool, cics: list[str], zones: list[str], _: "Translator"
) -> Any:
    from datetime import date

    from reports.measures.shape import Selection

    days = []
    for text in (since, until):
        try:
            days.append(date.fromisoformat(text) if text else None)
        except ValueError:
            fail(_("{day} is no day: YYYY-MM-DD").format(day=repr(text)), 2)
    known: tuple[Class | Literal[""], ...] = ("real", "test", "accidental", "unknown", "")
    by_name = {str(one): one for one in known} | {"none": known[-1]}
    for name in () if "all" in classes else classes:
        if name not in by_name:
            text = _("there is no class {name}: {known}")
            fail(text.format(name=repr(name), known="real, test, accidental, unknown, none, all"), 2)
    return Selection(
        since=days[0],
        until=days[1],
        classes=(known if "all" in classes else tuple(by_name[name] for name in classes)) or Selection().classes,
        drills=drills,
        cics=tuple(cics),
        zones=tuple(zones),
    )


def _breakdowns(by: str, _: "Translator") -> tuple[Any, ...]:
    asked = [part.strip() for part in by.split(",") if part.strip()]
    for part in asked:
        if part not in _BREAKDOWNS:
            fail(_("there is no part {name}: {known}").format(name=repr(part), known=", ".join(_BREAKDOWNS)), 2)
    return tuple(_BY.get(part, part) for part in dict.fromkeys(asked))


def _profile(name: str, settings: "Settings", _: "Translator") -> "Profile":
    import tomllib

    from centre.settings import profiles
    from incidents.log.regular_files import read_toml
    from reports.measures.profiles import own_profile

    known = profiles(settings)
    if name in known:
        return known[name]
    path = Path(name)
    if not path.is_file():
        text = _("there is no profile {name}: {known}, or a file")
        fail(text.format(name=repr(name), known=", ".join(known)), 2)
    try:
        return own_profile(tomllib.loads(read_toml(path)))
    except ValueError as error:
        fail(f"{path.name}: {error}")

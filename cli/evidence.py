"""`evidence`: the file of one incident for a magistrate, as a PDF to read or JSON to check."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.reader import Language, settings_and_words
from cli.terminal import answered, fail, say, working
from cli.why import Reason, TakenBy, needed

if TYPE_CHECKING:
    from centre.settings import Settings
    from reports.catalogue import Translator


def evidence(
    incident: Annotated[str, typer.Argument(help="The incident's id, or enough of its beginning.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="FILE.pdf or FILE.json; - prints the JSON.")],
    log: Annotated[Path | None, typer.Option(help="The log's file.")] = None,
    cases: Annotated[Path | None, typer.Option(help="The case register's file.")] = None,
    key_file: Annotated[Path | None, typer.Option(help="The master key; beside the log by default.")] = None,
    with_key: Annotated[
        bool,
        typer.Option("--with-key", help="Disclose the incident's key, so that what was sealed can be verified too."),
    ] = False,
    annex: Annotated[
        Path | None,
        typer.Option(help="Also write FILE.pdf, sealed by a passphrase: the whole file for the magistrate."),
    ] = None,
    reason: Reason = "",
    by: TakenBy = "",
    language: Language = "",
) -> None:
    """Write the evidence file of one incident, without what leads to the case's protected places: the defence reads it too.

    That it was made, and why, is entered in the log, by the desk where one runs.
    """
    from centre.this_account import this_account

    with answered():
        settings, _ = settings_and_words(language, {"log": log, "cases": cases, "key_file": key_file})
    form = "json" if str(out) == "-" else out.suffix.lower().removeprefix(".")
    if form not in ("pdf", "json"):
        fail(_("-o names a file that ends in .pdf or .json, or is -"), 2)
    why = needed(reason, _)
    if annex is not None and (annex.suffix.lower() != ".pdf" or os.path.realpath(annex) == os.path.realpath(out)):
        fail(_("--annex names a PDF of its own"), 2)
    with answered(), working(str(out) != "-"):
        said = asyncio.run(_make(incident, out, form, settings, by or this_account(), with_key, annex, why, _))
        for line in said:
            say(f"vigie: {line}", err=True)


async def _make(
    incident: str,
    out: Path,
    form: str,
    settings: "Settings",
    by: str,
    with_key: bool,
    annex: Path | None,
    reason: str,
    translate: "Translator",
) -> list[str]:
    """Write it in the translator's language; what is to be said beside it.

    Raises NoSuchIncident, LogUnavailable, SigningError, OSError.
    """
    from datetime import UTC, datetime

    from centre.documents import evidence as files
    from centre.settings import users_file
    from centre.spool import drafted
    from dashboard.access.taker import taker
    from incidents.cases import CaseRegister
    from maps.zones import Zones
    from reports.evidence.gather import find_incident

    now, _ = datetime.now(UTC), translate
    said = []
    source = await files.Source.open(settings.log, settings.key_file)
    try:
        name = await find_incident(source.log, incident, translate)
        zones = await asyncio.to_thread(Zones.load, settings.zones_dir)
        register = await asyncio.to_thread(CaseRegister.open, settings.cases, key_file=settings.key_file)
        content, event, sealed = await source.make(
            name,
            "pdf" if form == "pdf" else "json",
            by=await asyncio.to_thread(taker, users_file(settings), settings.key_file, by),
            now=now,
            cases=register,
            zone_name=lambda key: zones.names.get(key, ""),
            with_key=with_key,
            reason=reason,
            with_annex=annex is not None,
            paper=files.Paper.of(settings, zones, translate),
        )
        if source.locked:
            said.append(_("{why}; what is sealed is not in the file").format(why=source.locked))
        if register.state not in ("open", "none"):
            said.append(_("cases {state}: {reason}").format(state=register.state, reason=register.reason))
        with contextlib.ExitStack() as drafts:
            if str(out) != "-":
                drafts.enter_context(drafted(out, content))
            if annex is not None and sealed is not None:
                drafts.enter_context(drafted(annex, sealed.content))
            # Entered before anybody has it.
            try:
                if not await source.enter(event, by=by, at=now):
                    said.append(_("noted beside the log: the desk enters that it was made"))
            except files.EvidenceError as error:
                said.append(_("{why}; write down that it was made").format(why=error))
    finally:
        await source.log.close()
    if str(out) == "-":
        sys.stdout.buffer.write(content)
    else:
        said.append(_("written to {file}: it names persons; SHA-256 {sha256}").format(file=out, sha256=event.sha256))
    if annex is not None and sealed is not None:
        where = _("the annex is written to {file}: it says where she may be found; SHA-256 {sha256}")
        said.append(where.format(file=annex, sha256=sealed.sha256))
        said.append(_("its passphrase, said here once and kept nowhere: {words}").format(words=sealed.passphrase))
        said.append(
            _("give the magistrate the annex and the passphrase by two different ways; any PDF reader opens it")
        )
    return said

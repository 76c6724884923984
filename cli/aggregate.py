"""`export-aggregate`: what the Institute evaluates of alarms, cases and devices, counted, without any person."""

import contextlib
from collections.abc import Iterator
from gettext import ngettext
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import answered, fail, say, working
from cli.why import enter


def export_aggregate(
    out: Annotated[Path, typer.Option("-o", "--out", help="A folder, or FILE.zip.")],
    log: Annotated[Path | None, typer.Option(help="The log's file.")] = None,
    cases: Annotated[Path | None, typer.Option(help="The case register's file.")] = None,
    since: Annotated[str, typer.Option(help="The first month, as 2026-01; the last whole year by default.")] = "",
    until: Annotated[str, typer.Option(help="The last month, as 2026-12.")] = "",
    profile: Annotated[str, typer.Option(help="Whose limits: amr, cic, nena or nfpa.")] = "amr",
    threshold: Annotated[int, typer.Option(help="Counts below it are hidden; 5 or more.")] = 5,
    despite: Annotated[str, typer.Option(help="Why it takes the place of an earlier export of the same months.")] = "",
    key_file: Annotated[Path | None, typer.Option(help="The master key; beside the log by default.")] = None,
) -> None:
    """Write the Institute's export with its codebooks; the months that were exported are kept beside the log."""
    from datetime import UTC, datetime

    from centre.documents.aggregate import evaluate, event_of, make
    from centre.settings import load
    from centre.spool import TAKEN, drafted
    from maps.provinces import province_codes
    from maps.zones import Zones
    from reports.aggregate.export import Export, placed
    from reports.aggregate.period import period_of
    from reports.measures.history import read_table
    from reports.measures.profiles import PROFILES

    if profile not in PROFILES:
        fail(f"there is no profile {profile}: they are {', '.join(PROFILES)}", 2)
    with answered(), working() as progress:
        settings = load({"log": log, "cases": cases, "key_file": key_file})
        now = datetime.now(UTC)
        period = period_of(since, until, now)
        table = read_table(settings.log, settings.key_file, starts=settings.shift.starts, progress=progress)
        zones = province_codes(Zones.load(settings.zones_dir))
        evaluated = evaluate(settings.cases, settings.key_file, settings.log, zones, now)

        @contextlib.contextmanager
        def written(made: Export) -> Iterator[None]:
            with contextlib.ExitStack() as drafts:
                for path, content in placed(made.files, out).items():
                    drafts.enter_context(drafted(path, content))
                yield
                enter(settings.log, settings.key_file, TAKEN, event_of(made))

        made = make(
            table,
            settings.log,
            period,
            profile=PROFILES[profile],
            now=now,
            threshold=threshold,
            despite=despite.strip(),
            evaluated=evaluated,
            drafts=written,
        )
        say(
            f"vigie: {period} written to {out}: {ngettext('1 count', f'{made.counts} counts', made.counts)},"
            f" {made.hidden} hidden;"
            f" SHA-256 of the figures {made.published.sha256}",
            err=True,
        )

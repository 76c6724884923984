"""`log verify|head|export|import|copy|generate`: the append-only log."""

from pathlib import Path
from typing import Annotated

import typer

from cli.generate import log_generate
from cli.terminal import answered, say, working
from cli.why import Reason, needed

log_app = typer.Typer(no_args_is_help=True, help="The append-only log.")
LogPath = Annotated[Path | None, typer.Option("--log", help="The log's file; the setting log by default.")]


@log_app.command("verify")
def log_verify(
    log: LogPath = None,
    expect: Annotated[str | None, typer.Option(help="A digest that `log head` printed earlier.")] = None,
) -> None:
    """Check every hash, every chain and every checkpoint; with --expect, that nothing known then is missing or rewritten."""
    from incidents.log.verify import verify

    with answered(), working() as progress:
        report = verify(_meant(log)[0], expect, progress=progress)
    for finding in report.findings:
        say(finding)
    for back in report.back:
        say(f"time goes back: {back}")
    if report.steps_back > len(report.back):
        say(f"time goes back: and {report.steps_back - len(report.back)} times more")
    say(report.summary)
    if not report.ok:
        raise typer.Exit(1)


@log_app.command("head")
def log_head(log: LogPath = None) -> None:
    """Print a short digest of the whole log, and of what was erased of it, for the handover sheet."""
    from centre.settings import load, register_file
    from incidents.log.erasures import register_beside
    from incidents.log.verify import head

    with answered(), working():
        say(head(log, register_beside(log)) if log else head((now := load()).log, register_file(now)))


@log_app.command("export")
def log_export(
    file: Annotated[Path, typer.Argument(help="Where to write.")],
    log: LogPath = None,
    key_file: Annotated[Path | None, typer.Option(help="The master key; beside the log by default.")] = None,
    reason: Reason = "",
) -> None:
    """Write the log in the open format of docs/log.md. That it is exported is entered, by the desk where one runs."""
    from centre.spool import TAKEN
    from cli.why import enter
    from incidents import events as ev
    from incidents.log.transfer import export

    why = needed(reason)
    with answered(), working() as progress:
        meant, key = _meant(log, key_file)
        event = ev.LogExported(reason=why)
        export(meant, file, progress=progress, entered=lambda: enter(meant, key, TAKEN, event))


@log_app.command("import")
def log_import(file: Annotated[Path, typer.Argument(help="An exported log.")], log: LogPath = None) -> None:
    """Read an exported log into an empty one, with identical hashes."""
    from incidents.log.transfer import import_log

    with answered(), working() as progress:
        import_log(_meant(log)[0], file, progress=progress)


@log_app.command("copy")
def log_copy(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="A log's file, or nats:// or tls://HOST:PORT[,HOST:PORT...]/NAME.")
    ],
    target: Annotated[str, typer.Argument(metavar="TO", help="The other one of the two: new, or empty.")],
    replicas: Annotated[int, typer.Option(min=1, max=5, help="How many of the cluster's servers keep it.")] = 3,
    key_file: Annotated[Path | None, typer.Option(help="The master key; beside the file by default.")] = None,
) -> None:
    """Copy a whole log between a file and a cluster's NATS JetStream, with identical hashes and its keys, still wrapped.

    As whom the cluster is asked, and by which certificates, the section cluster of the settings says.
    """
    import asyncio

    from centre.settings import load
    from incidents.log.moving import copy_log

    with answered(), working() as progress:
        access = load().cluster.access
        count = asyncio.run(
            copy_log(source, target, replicas=replicas, key_file=key_file, access=access, progress=progress)
        )
    say(f"records: {count}")


def _meant(log: Path | None, key_file: Path | None = None) -> tuple[Path, Path | None]:
    """The log that is meant and its master key; one that is named is read without a look at the settings."""
    if log:
        return log, key_file
    from centre.settings import load

    settings = load({"key_file": key_file})
    return settings.log, settings.key_file


log_app.command("generate")(log_generate)

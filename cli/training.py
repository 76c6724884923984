"""`train`: the training room, a process of its own."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import answered, fail, say, until_told, working
from cli.why import Reason, TakenBy, needed


def train(
    folder: Annotated[
        Path | None, typer.Option(help="The room's folder; `training` beside the log by default.")
    ] = None,
    log: Annotated[Path | None, typer.Option(help="The centre's log, read only, to make recordings of.")] = None,
    users: Annotated[
        Path | None, typer.Option("--users", help="The accounts' file; beside the log by default.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port of the pages.")] = None,
    address: Annotated[str | None, typer.Option(help="Address to listen on; this machine only by default.")] = None,
) -> None:
    """Serve the training room: replays, exercises and their debriefs. It reaches no feed and sends no order."""
    from centre.log_lines import write_lines
    from centre.settings import load
    from training.isolation import room_settings
    from training.serving import run_room

    given = {
        "training.folder": folder,
        "log": log,
        "users": users,
        "training.port": port,
        "training.address": address,
    }
    with answered():
        settings = load(given)
        write_lines(settings.log_format)
        asyncio.run(until_told(run_room(room_settings(settings))))


def record(
    incidents: Annotated[list[str], typer.Argument(help="Ids of closed incidents, or enough of each's beginning.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The file to write.")],
    mask: Annotated[
        str,
        typer.Option(
            help="masked; strong: tracks and pauses drawn anew, for use outside the centre; none: for an auditor."
        ),
    ] = "masked",
    reason: Reason = "",
    title: Annotated[str, typer.Option(help="What the recording is called.")] = "",
    reviewed: Annotated[
        Path | None, typer.Option(help="JSON: for a text of the original the words that a person approved instead.")
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(help="Write the original's texts into this file, to be reviewed; makes no recording.")
    ] = None,
    log: Annotated[Path | None, typer.Option(help="The log's file, only read.")] = None,
    cases: Annotated[Path | None, typer.Option(help="The case register's file.")] = None,
    key_file: Annotated[Path | None, typer.Option(help="The master key; beside the log by default.")] = None,
    users: Annotated[
        Path | None, typer.Option("--users", help="The accounts' file; beside the log by default.")
    ] = None,
    by: TakenBy = "",
) -> None:
    """Make a recording of closed incidents for the training room, masked. That it was made is entered in the log."""
    from centre.settings import load
    from centre.this_account import this_account
    from incidents.exercises.room import TrainingError
    from training.announcements import says
    from training.recording import record_to

    if mask not in ("masked", "strong", "none"):
        fail("--mask is masked, strong or none", 2)
    why = needed(reason)
    given = {"log": log, "cases": cases, "key_file": key_file, "users": users}
    with answered(), working():
        try:
            said = asyncio.run(
                record_to(
                    out,
                    incidents,
                    load(given),
                    masking=mask,  # type: ignore[arg-type]
                    reason=why,
                    title=title,
                    reviewed=reviewed,
                    texts=texts,
                    by=by or this_account(),
                )
            )
        except TrainingError as error:
            fail(says(error))
        for line in said:
            say(f"vigie: {line}", err=True)

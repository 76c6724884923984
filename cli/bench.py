"""`bench`: the budgets of the design, measured."""

from typing import Annotated

import typer

from cli.terminal import working


def bench(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array instead of a table.")] = False,
    only: Annotated[str, typer.Option(help="Only the benches whose name contains this.")] = "",
    stages: Annotated[
        bool, typer.Option("--stages", help="Where a press's time goes, from the feed to the screen.")
    ] = False,
) -> None:
    """Measure the budgets of the design, each beside a bare baseline in the same run."""
    from bench import run

    with working():
        code = run(as_json=as_json, only=only, stages=stages)
    raise typer.Exit(code)

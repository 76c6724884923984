"""`cluster`: the demo of several servers, and what can be broken of it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import answered, say, until_told, working

Folder = Annotated[Path, typer.Option(help="Where everything of it lies while it runs.")]
FOLDER = Path("demo-cluster")

cluster_app = typer.Typer(no_args_is_help=True, help="A fictional centre on a cluster, to be broken while you watch.")


@cluster_app.command("run")
def run(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the one address.")] = 5006,
    seed: Annotated[int, typer.Option(help="The same seed, the same day.")] = 1,
    folder: Folder = FOLDER,
    exit_after: Annotated[float | None, typer.Option(help="Seconds to run.")] = None,
) -> None:
    """Run three nats-servers, three application servers, Caddy and a simulated feed on this machine; Ctrl+C ends all."""
    from demo.cluster.running import run_cluster

    with answered():
        asyncio.run(until_told(run_cluster(port=port, seed=seed, folder=folder.resolve()), exit_after))


@cluster_app.command("break")
def break_(
    name: Annotated[str, typer.Argument(help="What to break; without it, what there is.")] = "",
    seconds: Annotated[float, typer.Option(min=0, help="For how long; Ctrl+C mends it at once.")] = 30.0,
    folder: Folder = FOLDER,
) -> None:
    """List what to break while you watch; with a name, break it, and mend it some seconds later."""
    from demo.cluster.faults import FAULTS, break_it, fault, mend

    with answered():
        if not name:
            for one in FAULTS:
                say(f"{one.name:<13} {one.does}", f"{'':<13}   look for: {one.look}")
            return
        say(
            f"broken for {seconds:g} s: {', '.join(asyncio.run(break_it(folder, name)))}",
            f"look for: {fault(name).look}",
        )
        try:
            asyncio.run(until_told(asyncio.sleep(seconds)))
        finally:
            with working():
                asyncio.run(mend(folder))
        say("mended: all of it runs")


@cluster_app.command("mend")
def mend_(folder: Folder = FOLDER) -> None:
    """Start again what was killed, let go on what was stopped."""
    from demo.cluster.faults import mend

    with answered(), working():
        asyncio.run(mend(folder))

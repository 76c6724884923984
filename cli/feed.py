"""`feed simulate|replay|check|gateway`: feed servers for tests, demos and other clients, and the door for an app's back end."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import answered, say, until_told, working

feed_app = typer.Typer(
    no_args_is_help=True, help="Feed servers: for tests and demos, and a durable one that an app's back end posts to."
)


@feed_app.command("simulate")
def feed_simulate(
    port: Annotated[int, typer.Option(help="Port of the feed.")] = 8112,
    seed: Annotated[int, typer.Option(help="The same seed, the same presses.")] = 1,
    speed: Annotated[float, typer.Option(help="How many times faster than a busy day.")] = 1.0,
) -> None:
    """Serve believable presses to any client."""
    from centre.serving import run_simulator

    with answered():
        asyncio.run(until_told(run_simulator(port=port, seed=seed, speed=speed)))


@feed_app.command("replay")
def feed_replay(
    file: Annotated[Path, typer.Argument(help="A recording.")],
    port: Annotated[int, typer.Option(help="Port of the feed.")] = 8112,
    speed: Annotated[float, typer.Option(help="How many times faster than it was.")] = 1.0,
) -> None:
    """Serve a recording to any client."""
    from centre.serving import run_replay

    with answered():
        asyncio.run(until_told(run_replay(file, port=port, speed=speed)))


@feed_app.command("check")
def feed_check(
    url: Annotated[str, typer.Argument(help="Address of an alarm feed (ws:// or wss://).")],
    token_file: Annotated[
        Path | None, typer.Option(help="File with the bearer token; the setting feeds.token by default.")
    ] = None,
    ca: Annotated[Path | None, typer.Option(help="Authority (PEM) of its certificate.")] = None,
    seconds: Annotated[float, typer.Option(min=15, help="How long to listen.")] = 20.0,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Say point by point what a feed server does right and wrong; 1 when something is wrong. Nothing of a person is shown."""
    from centre.feed_check import check, lines, report
    from centre.settings import load
    from incidents.log.regular_files import read_regular

    with answered(), working():
        given = {
            "feeds.token": read_regular(token_file).decode().strip() if token_file else None,
            "feeds.ca_file": ca,
        }
        points = asyncio.run(check(url, load(given), seconds=seconds))
        say(*(report(points).splitlines() if as_json else lines(points)))
    if any(point.verdict == "wrong" for point in points):
        raise typer.Exit(1)


@feed_app.command("gateway")
def feed_gateway(
    name: Annotated[str, typer.Option(help="The feed's name, for ever the same and no other's.")] = "112-app",
    store: Annotated[Path, typer.Option(help="The feed's file, made on first start.")] = Path("vigie.feed"),
    address: Annotated[
        str, typer.Option(help="Address that messages are posted to; this machine only by default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Its port.")] = 8115,
    feed_address: Annotated[
        str, typer.Option(help="Address of the feed for desks; this machine only by default.")
    ] = "127.0.0.1",
    feed_port: Annotated[int, typer.Option(help="Its port.")] = 8114,
    tokens: Annotated[
        Path | None, typer.Option(help="File of bearer tokens that may post, one a line, readable by its owner only.")
    ] = None,
    client_ca: Annotated[
        Path | None, typer.Option(help="Authority (PEM) of the client certificates that may post.")
    ] = None,
) -> None:
    """Take messages over HTTP, keep them for a day on disk, and serve them to any desk as an alarm feed."""
    from centre.feed_gateway import GatewayChoices, serve
    from centre.settings import load

    choices = GatewayChoices(
        name=name,
        file=store,
        address=address,
        port=port,
        feed_address=feed_address,
        feed_port=feed_port,
        tokens=tokens,
        client_ca=client_ca,
    )
    with answered():
        asyncio.run(until_told(serve(load(), choices)))

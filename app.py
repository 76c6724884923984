"""The front door: the command line, and what `panel serve app.py --plugins app` needs. It wires the rooms and decides nothing.

Each command imports what it needs when it runs, so that `locate` or `log verify` start without a web server.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.aggregate import export_aggregate
from cli.buttons import buttons_app
from cli.degraded import degraded_app
from cli.devices import devices_app
from cli.evidence import evidence
from cli.generate import log_generate
from cli.report import report
from cli.terminal import ANSWERED, FromStdin, answered, fail, until_told
from cli.training import record, train

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
zones_app = typer.Typer(no_args_is_help=True, help="The map's data.")
feed_app = typer.Typer(no_args_is_help=True, help="Feed servers for tests, demos and other clients.")
log_app = typer.Typer(no_args_is_help=True, help="The append-only log.")
users_app = typer.Typer(no_args_is_help=True, help="Who may sign in.")
cases_app = typer.Typer(no_args_is_help=True, help="The case register.")
app.add_typer(zones_app, name="zones")
app.add_typer(feed_app, name="feed")
app.add_typer(log_app, name="log")
app.add_typer(cases_app, name="cases")
app.add_typer(degraded_app, name="degraded")
app.add_typer(devices_app, name="devices")
app.add_typer(buttons_app, name="buttons")
app.add_typer(users_app, name="users")
app.command()(evidence)
app.command()(report)
app.command()(record)
app.command()(train)
app.command("export-aggregate")(export_aggregate)

UsersPath = Annotated[Path | None, typer.Option("--users", help="The accounts' file; beside the log by default.")]
AccountName = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")]
LogPath = Annotated[Path, typer.Option("--log", help="The log's file.")]
Port = Annotated[int | None, typer.Option(help="Port of the pages.")]


@app.command()
def serve(
    feed: Annotated[
        list[str] | None, typer.Option(help="Address of an alarm feed (ws:// or wss://), several times.")
    ] = None,
    log: Annotated[Path | None, typer.Option(help="The log's file, made on first start.")] = None,
    cases: Annotated[Path | None, typer.Option(help="The case register's file.")] = None,
    orders: Annotated[
        str | None, typer.Option(help="Address that takes the orders of zones without one of their own.")
    ] = None,
    port: Port = None,
    address: Annotated[str | None, typer.Option(help="Address to listen on; this machine only by default.")] = None,
    users: UsersPath = None,
    no_sign_in: Annotated[
        bool, typer.Option("--no-sign-in", help="Let anyone at this machine act; it listens nowhere else.")
    ] = False,
) -> None:
    """Serve the desk."""
    from centre.serving import run_desk

    given = {
        "feed": tuple(feed) if feed else None,
        "log": log,
        "cases": cases,
        "orders.url": orders,
        "port": port,
        "address": address,
        "users": users,
        "no_sign_in": no_sign_in or None,
    }
    with answered():
        asyncio.run(until_told(run_desk(_settings(given))))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the pages.")] = 5006,
    seed: Annotated[int, typer.Option(help="The same seed, the same day.")] = 1,
    exit_after: Annotated[float | None, typer.Option(help="Seconds to run.")] = None,
    data: Annotated[Path | None, typer.Option(help="Keep the log and cases in this folder.")] = None,
) -> None:
    """Run a whole fictional emergency centre on this machine."""
    from demo.centre import run_demo

    with answered():
        asyncio.run(until_told(run_demo(port=port, seed=seed, data=data), exit_after))


@app.command()
def locate(
    lat: Annotated[float | None, typer.Argument(help="Latitude, WGS 84 degrees.")] = None,
    lon: Annotated[float | None, typer.Argument(help="Longitude, WGS 84 degrees.")] = None,
    radius: Annotated[float | None, typer.Option(help="Radius of the fix, m.")] = None,
    confidence: Annotated[float | None, typer.Option(help="Confidence of the radius, %; 68 if not given.")] = None,
    file: Annotated[Path | None, typer.Option(help="A CSV with the columns lat, lon and maybe radius.")] = None,
    zones: Annotated[Path | None, typer.Option(help="Folder of a centre's own zones.")] = None,
) -> None:
    """Say in which police zone a position lies, how surely, and which neighbours it may be in."""
    from maps.zones import Zones, locate_file, location_json

    with answered():
        loaded = Zones.load(zones or _settings({}).zones_dir)
        if file is not None:
            locate_file(file, loaded).to_csv(sys.stdout, index=False)
        elif lat is None or lon is None:
            fail("give LAT and LON, or --file", 2)
        else:
            print(json.dumps(location_json(loaded.locate(lat, lon, radius, confidence)), ensure_ascii=False))


@zones_app.command("build")
def zones_build(
    out: Annotated[Path | None, typer.Option(help="Folder to write to; the shipped data by default.")] = None,
) -> None:
    """Make the map's data from its sources."""
    from maps.build import build
    from maps.store import SHIPPED

    with answered():
        build(out or SHIPPED)


@zones_app.command("import")
def zones_import(
    file: Annotated[
        Path, typer.Argument(help="A centre's own zones: GeoParquet or GeoJSON, or a CSV of municipality and zone.")
    ],
    to: Annotated[Path, typer.Option(help="Folder for them; name it in the setting zones_dir.")] = Path("zones"),
) -> None:
    """Replace the zones by a centre's own file."""
    from maps.importing import import_zones

    with answered():
        import_zones(file, to)
        print(f"imported into {to}: set zones_dir = {str(to)!r} to use it")


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


@log_app.command("verify")
def log_verify(
    log: LogPath = Path("vigie.log"),
    expect: Annotated[str | None, typer.Option(help="A digest that `log head` printed earlier.")] = None,
) -> None:
    """Check every hash, every chain and every checkpoint; with --expect, that nothing known then is missing or rewritten."""
    from incidents.log.verify import verify

    with answered():
        report = verify(log, expect)
    for finding in report.findings:
        print(finding)
    print(report.summary)
    if not report.ok:
        raise typer.Exit(1)


@log_app.command("head")
def log_head(log: LogPath = Path("vigie.log")) -> None:
    """Print a short digest of the whole log, for the handover sheet."""
    from incidents.log.verify import head

    with answered():
        print(head(log))


@log_app.command("export")
def log_export(file: Annotated[Path, typer.Argument(help="Where to write.")], log: LogPath = Path("vigie.log")) -> None:
    """Write the log in the open format of docs/log.md."""
    from incidents.log.transfer import export

    with answered():
        export(log, file)


@log_app.command("import")
def log_import(
    file: Annotated[Path, typer.Argument(help="An exported log.")], log: LogPath = Path("vigie.log")
) -> None:
    """Read an exported log into an empty one, with identical hashes."""
    from incidents.log.transfer import import_log

    with answered():
        import_log(log, file)


log_app.command("generate")(log_generate)


@cases_app.command("import")
def cases_import(
    file: Annotated[Path, typer.Argument(help="Cases as docs/cases.md describes them.")],
    cases: Annotated[Path | None, typer.Option(help="The register's file.")] = None,
    log: Annotated[Path | None, typer.Option(help="The log, to keep cases with an open incident.")] = None,
    partial: Annotated[bool, typer.Option(help="Load the rest when a row is bad.")] = False,
) -> None:
    """Merge cases into the register; it takes effect while a desk serves."""
    from centre.serving import import_cases_beside

    with answered():
        settings = _settings({"cases": cases, "log": log})
        report = asyncio.run(import_cases_beside(file, settings, partial=partial))
    for problem in report.problems:
        typer.echo(f"vigie: {problem}", err=True)
    for doubt in report.doubts if report.loaded else ():
        typer.echo(f"vigie: CHECK {doubt}", err=True)
    if not report.loaded:
        fail(f"nothing was loaded: {len(report.problems)} problems; --partial loads the rest")
    counts = [f"{len(getattr(report, what))} {what}" for what in ("added", "changed", "unchanged", "withdrawn")]
    print(", ".join(counts) + (f", {len(report.problems)} refused" if report.problems else ""))


@users_app.command("add")
def users_add(
    name: AccountName,
    role: Annotated[list[str] | None, typer.Option(help="What they do, several times.")] = None,
    zone: Annotated[str, typer.Option(help="The zone's key that a role zone answers for.")] = "",
    totp: Annotated[bool, typer.Option("--totp", help="Ask for a code of an authenticator too.")] = False,
    break_glass: Annotated[
        bool, typer.Option("--break-glass", help="An account for when no other way in works; each use is told.")
    ] = False,
    password_stdin: FromStdin = False,
    users: UsersPath = None,
) -> None:
    """Make an account. The password is asked for twice, or read from standard input; never given here."""
    from cli.users import add

    with answered():
        said = add(
            _settings({"users": users}),
            name,
            role or [],
            zone=zone,
            totp=totp,
            break_glass=break_glass,
            from_stdin=password_stdin,
            known_zone=_known_zone,
        )
        print("\n".join(said))


@users_app.command("list")
def users_list(users: UsersPath = None) -> None:
    """Say who may sign in, and as what."""
    from cli.users import listed

    with answered():
        print("\n".join(listed(_settings({"users": users}))))


@users_app.command("disable")
def users_disable(name: AccountName, users: UsersPath = None) -> None:
    """Let nobody sign in by this name; within 2 seconds its browsers show no alarm and open nothing."""
    from cli.users import switch

    with answered():
        print("\n".join(switch(_settings({"users": users}), name, disabled=True)))


@users_app.command("enable")
def users_enable(name: AccountName, users: UsersPath = None) -> None:
    """Let them sign in again."""
    from cli.users import switch

    with answered():
        print("\n".join(switch(_settings({"users": users}), name, disabled=False)))


@users_app.command("passwd")
def users_passwd(name: AccountName, password_stdin: FromStdin = False, users: UsersPath = None) -> None:
    """Give an account another password; browsers signed in with the old one show no alarm and open nothing."""
    from cli.users import change_password

    with answered():
        print("\n".join(change_password(_settings({"users": users}), name, from_stdin=password_stdin)))


@users_app.command("role")
def users_role(
    name: AccountName,
    role: Annotated[list[str] | None, typer.Option(help="What they do from now on, several times.")] = None,
    zone: Annotated[str, typer.Option(help="The zone's key that a role zone answers for.")] = "",
    users: UsersPath = None,
) -> None:
    """Give an account other roles, in place of those it has; they hold at once."""
    from cli.users import change_roles

    with answered():
        said = change_roles(_settings({"users": users}), name, role or [], zone=zone, known_zone=_known_zone)
        print("\n".join(said))


@users_app.command("remove")
def users_remove(name: AccountName, users: UsersPath = None) -> None:
    """Delete an account; within 2 seconds its browsers show no alarm and open nothing."""
    from cli.users import remove

    with answered():
        print("\n".join(remove(_settings({"users": users}), name)))


@users_app.command("roles")
def users_roles() -> None:
    """Print the table of who may do what, as docs/access.md holds it."""
    from dashboard.access.table import access_table

    print(access_table(), end="")


@app.command()
def bench(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array instead of a table.")] = False,
    only: Annotated[str, typer.Option(help="Only the benches whose name contains this.")] = "",
) -> None:
    """Measure the budgets of the design, each beside a bare baseline in the same run."""
    from bench import run

    raise typer.Exit(run(as_json=as_json, only=only))


def _known_zone(zone: str) -> bool:
    from maps.zones import Zones

    return Zones.load(_settings({}).zones_dir).known(zone)


def _settings(given: dict[str, Any]) -> Any:
    from centre.settings import load

    return load(given)


def __getattr__(name: str) -> Any:
    """`panel serve app.py --plugins app` asks for our routes once, before any browser comes."""
    if name == "ROUTES":
        # `panel serve` has this folder on the path only while it imports this file, and not always the working directory.
        if (here := str(Path(__file__).resolve().parent)) not in sys.path:
            sys.path.insert(0, here)
        from centre.serving import plugin_routes

        try:
            return plugin_routes()
        except Exception as error:
            if type(error).__name__ in ANSWERED:
                sys.exit(f"vigie: {error}")
            raise
    raise AttributeError(name)


if __name__ == "__main__":
    app()
elif __name__.startswith("bokeh_app_"):
    # `panel serve` runs this file again for each page.
    from centre.serving import plugin_page

    plugin_page().servable()

"""`addresses import|status`: the addresses that say where a position is and that are found by typing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import answered, say, working

addresses_app = typer.Typer(no_args_is_help=True, help="Streets and addresses.")
Folder = Annotated[Path | None, typer.Option(help="Their folder; the setting addresses_dir by default.")]


@addresses_app.command("import")
def addresses_import(
    files: Annotated[list[Path], typer.Argument(help="BeSt Address: the CSV of each region, plain or zipped.")],
    folder: Folder = None,
    partial: Annotated[bool, typer.Option(help="Load the rest when a row is bad.")] = False,
) -> None:
    """Replace the imported addresses by those of FILES; a running desk takes them by itself."""
    from centre.settings import addresses_folder, load
    from maps.addresses.best import import_best

    with answered(), working() as progress:
        where = folder or addresses_folder(load({}))
        report = import_best(files, where, now=datetime.now(UTC), partial=partial, progress=progress)
    for problem in report.problems:
        say(f"vigie: {problem}", err=True)
    if report.bad > len(report.problems):
        say(f"vigie: and {report.bad - len(report.problems)} rows more", err=True)
    say(f"{report.addresses:,} addresses in {report.streets:,} streets, of {report.rows:,} rows, into {where}")
    say(
        f"left out: {report.not_in_use:,} not in use, {report.repeated:,} boxes and repetitions, "
        f"{report.unplaced:,} without coordinates (their streets are found by name), {report.bad:,} bad"
    )


@addresses_app.command("status")
def addresses_status(folder: Folder = None) -> None:
    """Say what addresses are loaded, of when, how many, and which provinces have none."""
    from centre.settings import addresses_folder, load
    from maps.addresses.addresses import Addresses
    from maps.addresses.counting import by_province
    from maps.zones import Zones

    with answered(), working():
        settings = load({})
        zones, where = Zones.load(settings.zones_dir), folder or addresses_folder(settings)
        addresses = Addresses.of(where, zones)
        about = addresses.about
        if about.made:
            say(f"{where}: imported {about.made}, {about.imported:,} addresses")
            for name in about.files:
                say(f"  {name}")
            say("for all other postcodes: the shipped ones")
        else:
            say(f"{where}: none imported; the shipped ones are used")
        say(f"{'province':26} {'streets':>9} {'addresses':>11}  municipalities with some")
        for province in (counts := by_province(addresses.tables, zones)):
            say(
                f"{province.name:26} {province.streets:9,} {province.addresses:11,}"
                f"  {province.towns_with_some} of {province.towns}"
            )
        none = [province.name for province in counts if not province.addresses]
        say(f"no address: {', '.join(none)}" if none else "addresses in every province")
        if none:
            say("there a position is said by quarter or municipality only; docs/addresses.md: where BeSt Address is")
        say("credit: " + ", ".join(about.sources))

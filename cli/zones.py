"""`zones build|import` and `locate`: the map's data, and the police zone of a position."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import answered, fail, say, working

zones_app = typer.Typer(no_args_is_help=True, help="The map's data.")


def locate(
    lat: Annotated[float | None, typer.Argument(help="Latitude, WGS 84 degrees.")] = None,
    lon: Annotated[float | None, typer.Argument(help="Longitude, WGS 84 degrees.")] = None,
    radius: Annotated[float | None, typer.Option(help="Radius of the fix, m.")] = None,
    confidence: Annotated[float | None, typer.Option(help="Confidence of the radius, %; 68 if not given.")] = None,
    file: Annotated[Path | None, typer.Option(help="A CSV with the columns lat, lon and maybe radius.")] = None,
    zones: Annotated[Path | None, typer.Option(help="Folder of a centre's own zones.")] = None,
) -> None:
    """Say in which police zone a position lies, how surely, and which neighbours it may be in."""
    from centre.settings import load
    from maps.zones import Zones, locate_file, location_json
    from reports.tables import framed

    with answered(), working(file is not None):
        loaded = Zones.load(zones or load({}).zones_dir)
        if file is not None:
            sys.stdout.buffer.write(framed(locate_file(file, loaded)))
        elif lat is None or lon is None:
            fail("give LAT and LON, or --file", 2)
        else:
            say(json.dumps(location_json(loaded.locate(lat, lon, radius, confidence)), ensure_ascii=False))


@zones_app.command("build")
def zones_build(
    out: Annotated[Path | None, typer.Option(help="Folder to write to; the shipped data by default.")] = None,
) -> None:
    """Make the map's data from its sources."""
    from maps.build import build
    from maps.store import SHIPPED

    with answered(), working():
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

    with answered(), working():
        import_zones(file, to)
        say(f"imported into {to}: set zones_dir = {str(to)!r} to use it")

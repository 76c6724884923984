"""`streets import|status`: the lines that the map draws as streets, rail and water."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from centre.version import CHECKOUT, as_called
from cli.terminal import answered, say, working

streets_app = typer.Typer(no_args_is_help=True, help="Streets on the map.")


class Of(StrEnum):
    """What a file without a column of classes is of."""

    STREET = "street"
    MAIN = "main"
    RAIL = "rail"
    WATER = "water"
    PATH = "path"


@streets_app.command("import")
def streets_import(
    files: Annotated[
        list[Path],
        typer.Argument(help="Lines: GeoPackage, Shapefile, GeoParquet, GeoJSON; columns fclass, name, ref."),
    ],
    to: Annotated[Path, typer.Option(help="The file to make; name it in the setting streets_file.")] = Path(
        "streets.parquet"
    ),
    credit: Annotated[
        str, typer.Option(help="Whose data it is, as the map shows it.")
    ] = "© OpenStreetMap contributors (ODbL 1.0)",
    of: Annotated[Of, typer.Option(help="What a file without a column of classes is of.")] = Of.STREET,
    small: Annotated[bool, typer.Option("--small", help="Take longer to make the file smaller.")] = False,
) -> None:
    """Read lines from files and cut them into one file for the map; an older one is replaced at once, or not at all."""
    from maps.store import QUICK, SMALL
    from maps.streets.reading import read_lines
    from maps.streets.scales import Kind
    from maps.streets.street_file import write_streets

    with answered(), working():
        lines, left_out = read_lines(files, Kind[of.name])
        facts = write_streets(to, lines, credit.strip(), level=SMALL if small else QUICK)
        say(f"lines: {_told(facts.kinds)}")
        for reason, count in left_out.most_common():
            say(f"left out, {reason}: {count}")
        say(f"imported into {to} ({_size(to)}): set streets_file = {str(to)!r} and restart to use it")


@streets_app.command("status")
def streets_status() -> None:
    """Say which streets the map draws, whose data they are, and what is missing."""
    from centre.settings import load
    from maps.streets.street_file import Streets

    with answered(), working():
        streets = Streets(load({}).streets_file)
        if (file := streets.file) is not None:
            say(f"{file.path} ({_size(file.path)}): {_told(file.facts.kinds)} · {file.facts.credit or 'no credit'}")
        else:
            say(
                as_called(f"{streets.problem}: the map shows zones only; `{CHECKOUT} streets import FILE` adds streets")
            )


def _told(kinds: dict[str, int]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in kinds.items())


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"

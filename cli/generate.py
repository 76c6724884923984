"""`log generate`: a believable past in a new log, for demonstrations and benches."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.terminal import answered, fail, say, working


def log_generate(
    incidents: Annotated[int, typer.Option(help="How many incidents.", min=1)],
    seed: Annotated[int, typer.Option(help="The same seed, the same incidents.")] = 1,
    log: Annotated[Path, typer.Option("--log", help="A new or empty log's file.")] = Path("vigie.log"),
    months: Annotated[int, typer.Option(help="Over how many months.", min=1, max=120)] = 12,
    until: Annotated[str, typer.Option(help="Their last day, as 2026-11-24; now by default.")] = "",
    still_open: Annotated[int, typer.Option("--open", help="So many of them nobody has closed.", min=0)] = 0,
) -> None:
    """Fill a new log with a made-up past: fictional people, real records."""
    from centre.settings import load
    from demo.past import generate
    from incidents.events import BRUSSELS
    from maps.zones import Zones

    with answered(), working():
        settings = load({})
        try:
            last = datetime.combine(datetime.fromisoformat(until), time(), BRUSSELS) if until else None
        except ValueError:
            fail("--until is a day, as 2026-11-24", 2)
        end = min((last + timedelta(days=1)).astimezone(UTC), datetime.now(UTC)) if last else None
        records = generate(
            log,
            incidents=incidents,
            seed=seed,
            locate=Zones.load(settings.zones_dir).locate,
            months=months,
            until=end,
            still_open=still_open,
            key_file=settings.key_file,
        )
        say(f"{incidents} incidents in {records} records, all made up: {log}")

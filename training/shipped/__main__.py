"""Write the shipped recordings anew."""

import asyncio
from pathlib import Path

from feeds.recordings.recording import write_recording
from maps.zones import Zones
from training.recordings import ENDING, SHIPPED
from training.shipped import played
from training.shipped.stories import STORIES


async def write(folder: Path) -> None:
    """One file a story."""
    zones = Zones.load()
    for name in STORIES:
        write_recording(folder / f"{name}{ENDING}", await played(name, zones))


if __name__ == "__main__":
    asyncio.run(write(SHIPPED))

"""The recordings that come with Vigie: made-up stories, played through a real desk on a driven clock and then recorded.

`python -m training.shipped` writes them anew into `training/recordings/`; the same stories always give the same bytes.
"""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from feeds.recordings.recording import Recording
from incidents.cases import CaseRegister
from maps.zones import Zones
from training.extraction import Told, recorded, told
from training.shipped.stage import Stage
from training.shipped.stories import STORIES

MADE = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


async def played(name: str, zones: Zones) -> Recording:
    """One story as a recording. Raises KeyError."""
    story = STORIES[name]
    with tempfile.TemporaryDirectory() as folder:
        async with Stage.open(Path(folder), name, zones, story) as stage:
            await story.play(stage)
            return made_of([await told(stage.log, one) for one in stage.closed], stage.cases, story.title)


def made_of(incidents: Sequence[Told], cases: CaseRegister, title: str) -> Recording:
    """The recording of a story's incidents: nobody's data, for ever."""
    return msgspec.structs.replace(recorded(incidents, cases=cases, made=MADE, title=title), masking="masked")

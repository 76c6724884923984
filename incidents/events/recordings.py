"""Recordings for the training room: who made one, of which incidents."""

from typing import Literal

from incidents.events.disclosure import Disclosure


class RecordingMade(Disclosure, frozen=True, kw_only=True, tag="recording_made"):
    """A person made a recording of `incidents` (ids, space-separated), with the command or on the trainer page.

    `masking`: `masked`, `strong`, or `none`: everything as it was, for an auditor, who says why; `texts`: no recording, but
    the original's texts, to be reviewed. `sha256` is the file's.
    """

    DISCLOSES = "recording"
    incidents: str
    masking: Literal["masked", "strong", "none", "texts"]
    sha256: str
    how: Literal["command", "page"]

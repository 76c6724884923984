"""The degraded-mode file: who opened it."""

from typing import Literal

from incidents.events.disclosure import Disclosure


class DegradedFileOpened(Disclosure, frozen=True, kw_only=True, tag="degraded_file_opened"):
    """A person opened the degraded-mode file, with the command or in a browser. `written` is the file's own time."""

    DISCLOSES = "degraded"
    how: Literal["command", "browser"]
    written: str = ""

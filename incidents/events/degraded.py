"""The degraded-mode file: who opened it."""

from typing import Literal

from incidents.events.kinds import Event


class DegradedFileOpened(Event, frozen=True, kw_only=True, tag="degraded_file_opened"):
    """A person opened the degraded-mode file, with the command or in a browser. `written` is the file's own time."""

    how: Literal["command", "browser"]
    written: str = ""

"""Papers and lists that no incident is the subject of: who was shown one, or took it. They stand in `audit/PERIOD`."""

from typing import Literal

from incidents.events.disclosure import Disclosure


class SheetOpened(Disclosure, frozen=True, kw_only=True, tag="sheet_opened"):
    """A person opened the handover sheet, to read or to print: once an hour."""

    DISCLOSES = "sheet"


class DegradedFileTaken(Disclosure, frozen=True, kw_only=True, tag="degraded_file_taken"):
    """A person took a copy of the degraded-mode file, sealed as it is. `sha256` is the file's."""

    DISCLOSES = "degraded"
    sha256: str


class DeviceTestOpened(Disclosure, frozen=True, kw_only=True, tag="device_test_opened"):
    """A person opened the record of a device's test, to print it: once an hour. `named`: with the name of whom it protects."""

    SAYS = "tests of devices were shown"
    DISCLOSES = "devices"
    named: bool = False


class FiguresOpened(Disclosure, frozen=True, kw_only=True, tag="figures_opened"):
    """A person was shown how people did in drills or exercises: once an hour; `saved`: they took it as a file."""

    DISCLOSES = "figures"
    of: Literal["drills", "debrief", "progress"]
    saved: bool = False


class LogExported(Disclosure, frozen=True, kw_only=True, tag="log_exported"):
    """A person exported the whole log: its open facts to be read, its sealed ones as they are."""

    DISCLOSES = "audit"
    COMMAND = True

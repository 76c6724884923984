"""The bench: buttons enrolled, bound to cases, taken back, tested before they are handed out. On the device's own stream."""

from incidents.events.disclosure import Disclosure
from incidents.events.kinds import Event


class ButtonEnrolled(Event, frozen=True, kw_only=True, tag="button_enrolled"):
    """A person took a Bluetooth button into use under a device's name. `keyed`: with a key, so that it proves who it is."""

    SAYS = "the button was taken into use"
    SEALED = frozenset({"device"})
    keyed: bool = False
    device: str | None = None


class ButtonRemoved(Event, frozen=True, kw_only=True, tag="button_removed"):
    """A person took a Bluetooth button out of use: its presses go on no feed any more."""

    SAYS = "the button was taken out of use"
    SEALED = frozenset({"device"})
    device: str | None = None


class DeviceBound(Event, frozen=True, kw_only=True, tag="device_bound"):
    """A person gave a device to an existing case. `swapped`: in the place of another device, which was taken back."""

    SAYS = "the device was given to the case"
    SEALED = frozenset({"device", "case"})
    swapped: bool = False
    device: str | None = None
    case: str | None = None


class DeviceTakenBack(Event, frozen=True, kw_only=True, tag="device_taken_back"):
    """A person took a device back from its case: it is nobody's. `swapped`: another took its place."""

    SAYS = "the device was taken back"
    SEALED = frozenset({"device", "case"})
    swapped: bool = False
    device: str | None = None
    case: str | None = None


class DeviceTested(Event, frozen=True, kw_only=True, tag="device_tested"):
    """A device was pressed `of` times at the bench and heard `presses` times. `why` not `ok`: codes, space-separated."""

    SAYS = "a test of the device"
    SEALED = frozenset({"device"})
    ok: bool
    presses: int
    of: int
    why: str = ""
    device: str | None = None


class DeviceCaseShown(Disclosure, frozen=True, kw_only=True, tag="device_case_shown"):
    """A person was shown whose a device is, at the bench or beside its technical alarm: its case's number and name."""

    SAYS = "it was shown whose the device is"
    DISCLOSES = "case"
    SEALED = frozenset({"device", "case", "reason"})
    device: str | None = None
    case: str | None = None


class CaseNumbersSearched(Disclosure, frozen=True, kw_only=True, tag="case_numbers_searched"):
    """A person searched cases at the bench and was shown the numbers and names of so many."""

    DISCLOSES = "search"
    SEALED = frozenset({"text", "reason"})
    found: int
    text: str = ""

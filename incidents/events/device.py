"""Technical alarms: the device can not protect. Tests that were announced beforehand, and who took the list of devices."""

from typing import Literal

from incidents.events.disclosure import Disclosure
from incidents.events.kinds import Condition, Event


class DeviceAlarmed(Event, frozen=True, kw_only=True, tag="device_alarmed"):
    """A device can't protect."""

    SAYS = "a technical alarm of the device"
    SEALED = frozenset({"device", "battery"})
    condition: Condition
    device: str | None = None
    battery: int | None = None


class DeviceReturned(Event, frozen=True, kw_only=True, tag="device_returned"):
    """The condition of a device is over; it stays in the queue until a person acknowledges."""

    SAYS = "the device returned to normal"
    condition: Condition


class DeviceAcknowledged(Event, frozen=True, kw_only=True, tag="device_acknowledged"):
    """A person took note of a technical alarm."""

    SAYS = "the technical alarm was noted"
    condition: Condition


class DeviceShelved(Event, frozen=True, kw_only=True, tag="device_shelved"):
    """A person laid a technical alarm aside until a moment (RFC 3339 UTC) and said why."""

    SAYS = "the technical alarm was shelved"
    SEALED = frozenset({"reason"})
    condition: Condition
    until: str
    reason: str = ""


class DeviceUnshelved(Event, frozen=True, kw_only=True, tag="device_unshelved"):
    """The time for which a technical alarm was laid aside is over: it alarms again, if it is not over itself."""

    SAYS = "the technical alarm came back"
    condition: Condition


class DeviceSteady(Event, frozen=True, kw_only=True, tag="device_steady"):
    """A condition that came and went again and again has not changed for a minute; `changes`: how often it did."""

    SAYS = "the device no longer comes and goes"
    condition: Condition
    changes: int = 0


class AnnouncedTest(Event, frozen=True, kw_only=True, tag="test_announced"):
    """A person said that a device is about to be tested, until a moment (RFC 3339 UTC), and where. Its presses alarm as ever."""

    SAYS = "a test was announced"
    SEALED = frozenset({"device", "where"})
    until: str
    device: str | None = None
    where: str = ""


class WithdrawnTest(Event, frozen=True, kw_only=True, tag="test_withdrawn"):
    """A person took the announcement of a test back before its time was over."""

    SAYS = "a test was called off"


class DeviceListMade(Disclosure, frozen=True, kw_only=True, tag="device_list_made"):
    """A person took the list of devices as a file, or looked at it on the page. `sha256` is the file's."""

    DISCLOSES = "devices"
    form: Literal["csv", "page"]
    devices: int
    names: bool = False
    how: Literal["command", "page"] = "page"
    sha256: str = ""

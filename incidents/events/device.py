"""Technical alarms: the device can not protect."""

from incidents.events.kinds import Condition, Event


class DeviceAlarmed(Event, frozen=True, kw_only=True, tag="device_alarmed"):
    """A device can't protect."""

    SEALED = frozenset({"device", "battery"})
    condition: Condition
    device: str | None = None
    battery: int | None = None


class DeviceReturned(Event, frozen=True, kw_only=True, tag="device_returned"):
    """The condition of a device is over; it stays in the queue until a person acknowledges."""

    condition: Condition


class DeviceAcknowledged(Event, frozen=True, kw_only=True, tag="device_acknowledged"):
    """A person took note of a technical alarm."""

    condition: Condition


class DeviceShelved(Event, frozen=True, kw_only=True, tag="device_shelved"):
    """A person laid a technical alarm aside until a moment (RFC 3339 UTC) and said why."""

    SEALED = frozenset({"reason"})
    condition: Condition
    until: str
    reason: str = ""


class DeviceUnshelved(Event, frozen=True, kw_only=True, tag="device_unshelved"):
    """The time for which a technical alarm was laid aside is over: it alarms again, if it is not over itself."""

    condition: Condition

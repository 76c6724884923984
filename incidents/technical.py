"""A technical alarm: the device can not protect. One open for a device and condition, and what events make of it.

It goes when it returned to normal and a person took note. A person may lay it aside for a time, with a reason: it comes back by
itself. Only technical alarms can be laid aside; there is no such command for a press.
"""

from datetime import datetime, timedelta

import msgspec

from incidents import events as ev
from incidents.commands import Refused

MAX_SHELVED = timedelta(hours=24)


class DeviceAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """A technical alarm as it stands. `shelved_until`: a person laid it aside until then."""

    stream: str
    condition: ev.Condition
    since: datetime
    device: str | None = None
    battery: int | None = None
    count: int = 1
    returned_at: datetime | None = None
    acknowledged_by: str | None = None
    shelved_until: datetime | None = None
    shelved_by: str | None = None
    shelved_why: str = ""


TechnicalEvent = ev.DeviceAlarmed | ev.DeviceReturned | ev.DeviceAcknowledged | ev.DeviceShelved | ev.DeviceUnshelved

TECHNICAL = ("device_alarmed", "device_returned", "device_acknowledged", "device_shelved", "device_unshelved")


def after(alarm: DeviceAlarm | None, entry: ev.Entry, event: TechnicalEvent) -> DeviceAlarm | None:
    """The technical alarm after an entry of its stream; None when there is none (any more)."""
    if isinstance(event, ev.DeviceAlarmed):
        return _alarmed(alarm, entry, event)
    if alarm is None:
        return None
    changes: dict[str, object]
    match event:
        case ev.DeviceReturned():
            changes = {"returned_at": entry.at}
        case ev.DeviceAcknowledged():
            changes = {"acknowledged_by": entry.actor}
        case ev.DeviceShelved():
            until = datetime.fromisoformat(event.until)
            changes = {"shelved_until": until, "shelved_by": entry.actor, "shelved_why": event.reason}
            changes["acknowledged_by"] = entry.actor
        case _:
            # What came back to normal on the shelf was noted by whoever laid it there; what did not alarms again.
            noted = alarm.acknowledged_by if alarm.returned_at is not None else None
            changes = {"shelved_until": None, "shelved_by": None, "shelved_why": "", "acknowledged_by": noted}
    alarm = msgspec.structs.replace(alarm, **changes)
    over = alarm.returned_at is not None and alarm.acknowledged_by is not None and alarm.shelved_until is None
    return None if over else alarm


def shelved(alarm: DeviceAlarm, reason: str, minutes: int, now: datetime) -> ev.DeviceShelved | None:
    """The event that lays an alarm aside; None when it lies aside already. Raises Refused."""
    if not reason.strip():
        raise Refused("reason_missing")
    if not timedelta() < timedelta(minutes=minutes) <= MAX_SHELVED:
        raise Refused("time_invalid")
    if alarm.shelved_until is not None:
        return None
    until = ev.stamp(now + timedelta(minutes=minutes))
    return ev.DeviceShelved(condition=alarm.condition, until=until, reason=reason.strip())


def _alarmed(alarm: DeviceAlarm | None, entry: ev.Entry, event: ev.DeviceAlarmed) -> DeviceAlarm:
    if alarm is None:
        return DeviceAlarm(
            stream=entry.stream,
            condition=event.condition,
            since=entry.at,
            device=event.device,
            battery=event.battery,
        )
    # It came back before anybody took note, or while it lies aside: the same alarm, counted.
    again = alarm.returned_at is not None
    aside = alarm.shelved_until is not None
    return msgspec.structs.replace(
        alarm,
        count=alarm.count + again,
        battery=event.battery if event.battery is not None else alarm.battery,
        returned_at=None,
        acknowledged_by=None if again and not aside else alarm.acknowledged_by,
    )

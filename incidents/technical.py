"""A technical alarm: the device can not protect. One open for a device and condition, and what events make of it.

It goes when it returned to normal and a person took note. A person may lay it aside for a time, with a reason: it comes back by
itself. Only technical alarms can be laid aside; there is no such command for a press.

A condition that changes three times within a minute is flapping: one alarm, that counts its changes and calls nobody again,
until it has not changed for a minute. All of it follows from the entries and their times.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from incidents import events as ev
from incidents.reasons import is_reason
from incidents.refusals import Refused

MAX_SHELVED = timedelta(hours=24)
FLAPS = 3  # so many changes ...
STEADY = timedelta(seconds=60)  # ... within this are flapping; as long without one is steady


class DeviceAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """A technical alarm as it stands. `shelved_until`: a person laid it aside until then.

    `changes`: how often it changed since it began to flap, 0 while it is steady; `changed_at`: when it last did.
    """

    stream: str
    condition: ev.Condition
    since: datetime
    device: str | None = None
    battery: int | None = None
    count: int = 1
    changes: int = 0
    changed_at: datetime
    returned_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    shelved_until: datetime | None = None
    shelved_by: str | None = None
    shelved_why: str = ""

    @property
    def flapping(self) -> bool:
        """Whether it comes and goes, by the last that was heard of it."""
        return self.changes > 0

    @property
    def state(self) -> Literal["alarmed", "returned", "shelved"]:
        """As every page says it. One that flaps stands as alarmed, whatever it said last."""
        if self.shelved_until is not None:
            return "shelved"
        return "returned" if self.returned_at is not None and not self.flapping else "alarmed"

    @property
    def calls(self) -> bool:
        """Whether somebody must take note of it now."""
        there = self.returned_at is None or self.flapping
        return there and self.acknowledged_by is None and self.shelved_until is None

    @property
    def steady_at(self) -> datetime | None:
        """When it is steady if nothing changes any more; None when it is steady."""
        return self.changed_at + STEADY if self.flapping else None


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a condition of a device: its alarm, when there is one, and its last changes, `FLAPS` at most."""

    alarm: DeviceAlarm | None = None
    changed: tuple[datetime, ...] = ()


TechnicalEvent = (
    ev.DeviceAlarmed
    | ev.DeviceReturned
    | ev.DeviceAcknowledged
    | ev.DeviceShelved
    | ev.DeviceUnshelved
    | ev.DeviceSteady
)

TECHNICAL = (
    "device_alarmed",
    "device_returned",
    "device_acknowledged",
    "device_shelved",
    "device_unshelved",
    "device_steady",
)


def after(known: Known, entry: ev.Entry, event: TechnicalEvent) -> Known:
    """What is known after an entry of the device's stream."""
    alarm = known.alarm
    # Steady by time, whether or not anybody was there to write that it is.
    if alarm is not None and alarm.steady_at is not None and entry.at >= alarm.steady_at:
        alarm = _steady(alarm)
    if isinstance(event, ev.DeviceAlarmed | ev.DeviceReturned):
        lost, was = isinstance(event, ev.DeviceAlarmed), alarm is not None and alarm.returned_at is None
        if lost == was:
            return Known(alarm=_again(alarm, event), changed=known.changed)
        changed = (*known.changed, entry.at)[-FLAPS:]
        n = alarm.changes + 1 if alarm is not None and alarm.flapping else _flaps(changed)
        return Known(alarm=_changed(alarm, entry, event, n), changed=changed)
    if alarm is None:
        return Known(changed=known.changed)
    changes: dict[str, object]
    match event:
        case ev.DeviceSteady():
            return Known(alarm=_steady(alarm) if alarm.flapping else alarm, changed=known.changed)
        case ev.DeviceAcknowledged():
            changes = {"acknowledged_by": entry.actor, "acknowledged_at": entry.at}
        case ev.DeviceShelved():
            until = datetime.fromisoformat(event.until)
            changes = {"shelved_until": until, "shelved_by": entry.actor, "shelved_why": event.reason}
            changes |= {"acknowledged_by": entry.actor, "acknowledged_at": entry.at}
        case _:
            # What came back to normal on the shelf was noted by whoever laid it there; what did not alarms again.
            noted = alarm.acknowledged_by if alarm.returned_at is not None else None
            changes = {"shelved_until": None, "shelved_by": None, "shelved_why": "", "acknowledged_by": noted}
    return Known(alarm=_unless_over(msgspec.structs.replace(alarm, **changes)), changed=known.changed)


def shelved(alarm: DeviceAlarm, reason: str, minutes: int, now: datetime) -> ev.DeviceShelved | None:
    """The event that lays an alarm aside; None when it lies aside already. Raises Refused."""
    if not is_reason(reason):
        raise Refused("reason_missing")
    if not timedelta() < timedelta(minutes=minutes) <= MAX_SHELVED:
        raise Refused("time_invalid")
    if alarm.shelved_until is not None:
        return None
    until = ev.stamp(now + timedelta(minutes=minutes))
    return ev.DeviceShelved(condition=alarm.condition, until=until, reason=reason.strip())


def _flaps(changed: tuple[datetime, ...]) -> int:
    """How many of the last changes make it flapping: `FLAPS`, or 0 when they are too few or too far apart."""
    return FLAPS if len(changed) == FLAPS and changed[-1] - changed[0] <= STEADY else 0


def _again(alarm: DeviceAlarm | None, event: ev.DeviceAlarmed | ev.DeviceReturned) -> DeviceAlarm | None:
    """The alarm after something it had said already: only its battery may be news."""
    if alarm is None or isinstance(event, ev.DeviceReturned) or event.battery is None:
        return alarm
    return msgspec.structs.replace(alarm, battery=event.battery)


def _changed(
    alarm: DeviceAlarm | None, entry: ev.Entry, event: ev.DeviceAlarmed | ev.DeviceReturned, changes: int
) -> DeviceAlarm | None:
    """The alarm after its condition came, or went."""
    if isinstance(event, ev.DeviceReturned):
        if alarm is None:
            return None
        moved = msgspec.structs.replace(alarm, returned_at=entry.at, changes=changes, changed_at=entry.at)
        return _unless_over(moved)
    if alarm is None:
        return DeviceAlarm(
            stream=entry.stream,
            condition=event.condition,
            since=entry.at,
            device=event.device,
            battery=event.battery,
            changes=changes,
            changed_at=entry.at,
        )
    # It came back before anybody took note, or while it lies aside: the same alarm, counted. Nobody is called again by flapping.
    again = alarm.shelved_until is None and not changes
    return msgspec.structs.replace(
        alarm,
        count=alarm.count + 1,
        changes=changes,
        changed_at=entry.at,
        battery=event.battery if event.battery is not None else alarm.battery,
        returned_at=None,
        acknowledged_by=None if again else alarm.acknowledged_by,
    )


def _steady(alarm: DeviceAlarm) -> DeviceAlarm | None:
    """The alarm once it flaps no more. What stayed lost after a person took note of the flapping is news, once."""
    noted = alarm.acknowledged_by
    if alarm.returned_at is None and alarm.shelved_until is None:
        since = alarm.acknowledged_at
        noted = noted if since is not None and since >= alarm.changed_at else None
    return _unless_over(msgspec.structs.replace(alarm, changes=0, acknowledged_by=noted))


def _unless_over(alarm: DeviceAlarm) -> DeviceAlarm | None:
    """None when it is back to normal for good and a person took note."""
    over = alarm.returned_at is not None and alarm.acknowledged_by is not None and alarm.shelved_until is None
    return None if over and not alarm.flapping else alarm

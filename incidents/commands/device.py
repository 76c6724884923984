"""What a person asks of a technical alarm, of a device's test, of a feed's gap: no alarm of somebody in danger."""

from datetime import datetime, timedelta

from incidents import events as ev
from incidents.commands.kinds import Command, Decision, OfNoCase
from incidents.refusals import Refused
from incidents.technical import DeviceAlarm, shelved
from incidents.users import FLOOR, only

MAX_TEST_MIN = 15
MAX_DEVICE = 200  # characters, as the wire has it
MAX_WHERE = 200


class OnTechnicalAlarm(Command, frozen=True, kw_only=True):
    """A command about a device's alarm of this condition. `stream` is its `device/ID`."""

    stream: str
    condition: ev.Condition

    def decide(self, alarm: DeviceAlarm | None, now: datetime) -> Decision:
        """The event that it makes of the alarm as it is now. Raises Refused."""
        raise NotImplementedError


class AcknowledgeDevice(OnTechnicalAlarm, frozen=True, kw_only=True, tag="acknowledge_device"):
    """Take note of a technical alarm. `stream` is its `device/ID`."""

    MAY = FLOOR | {"technician"}

    def decide(self, alarm: DeviceAlarm | None, now: datetime) -> Decision:
        if alarm is None or alarm.acknowledged_by is not None:
            return None
        return ev.DeviceAcknowledged(condition=self.condition)


class ShelveDevice(OnTechnicalAlarm, frozen=True, kw_only=True, tag="shelve_device"):
    """Lay a technical alarm aside for some minutes (24 h at most). There is no such command for a press."""

    MAY = only("supervisor", "technician")
    minutes: int
    reason: str

    def decide(self, alarm: DeviceAlarm | None, now: datetime) -> Decision:
        if alarm is None:
            raise Refused("unknown_incident")
        return shelved(alarm, self.reason, self.minutes, now)


class OnTest(Command, frozen=True, kw_only=True):
    """A command about a device's test, whether or not it was ever heard of: a new button is tested before it is bound."""

    device: str

    def decide(self, *, alarmed: bool, announced: bool, now: datetime) -> Decision:
        """The event that it makes: `alarmed`, the device has an open alarm; `announced`, its test stands. Raises Refused."""
        raise NotImplementedError


class AnnounceTest(OnTest, frozen=True, kw_only=True, tag="announce_test"):
    """Say that a device is about to be tested, for so many minutes (15 at most), and where. Its presses alarm all the same."""

    MAY = only("supervisor", "technician")
    minutes: int
    where: str

    def decide(self, *, alarmed: bool, announced: bool, now: datetime) -> Decision:
        if alarmed:  # its presses join that one, and are no test
            raise Refused("device_alarm_open")
        device, where = self.device.strip(), self.where.strip()
        if not device or len(device) > MAX_DEVICE or len(where) > MAX_WHERE:
            raise Refused("invalid")
        if not where:
            raise Refused("where_missing")
        if not 0 < self.minutes <= MAX_TEST_MIN:
            raise Refused("time_invalid")
        return ev.AnnouncedTest(until=ev.stamp(now + timedelta(minutes=self.minutes)), device=device, where=where)


class WithdrawTest(OnTest, frozen=True, kw_only=True, tag="withdraw_test"):
    """Take the announcement of a device's test back."""

    MAY = only("supervisor", "technician")

    def decide(self, *, alarmed: bool, announced: bool, now: datetime) -> Decision:
        return ev.WithdrawnTest() if announced else None


class AcknowledgeGap(OfNoCase, frozen=True, kw_only=True, tag="acknowledge_gap"):
    """Take note of the gaps of a feed."""

    MAY = FLOOR | {"technician"}
    feed: str

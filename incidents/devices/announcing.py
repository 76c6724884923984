"""What the desk decides when a person announces a test."""

from datetime import datetime, timedelta

from incidents import commands as cmd
from incidents import events as ev
from incidents.commands import Refused

MAX_MIN = 15
MAX_DEVICE = 200  # characters, as the wire has it
MAX_WHERE = 200


def announce(command: cmd.AnnounceTest, now: datetime) -> ev.AnnouncedTest:
    """The event that announces a test. Raises Refused."""
    device, where = command.device.strip(), command.where.strip()
    if not device or len(device) > MAX_DEVICE or len(where) > MAX_WHERE:
        raise Refused("invalid")
    if not where:
        raise Refused("where_missing")
    if not 0 < command.minutes <= MAX_MIN:
        raise Refused("time_invalid")
    return ev.AnnouncedTest(until=ev.stamp(now + timedelta(minutes=command.minutes)), device=device, where=where)

"""How many technical alarms stand, and how many of them nobody has noted: every page and paper that says so asks here."""

from collections.abc import Callable, Iterable

import msgspec

from incidents.desk.desk import Desk
from incidents.devices.listing import DeviceLine
from incidents.roles import User
from incidents.technical import DeviceAlarm
from reports.catalogue import named


class TechnicalCount(msgspec.Struct, frozen=True, kw_only=True):
    """`stand`: all that are not over, noted, laid aside and returned ones too; `unnoted`: those that still call somebody."""

    stand: int = 0
    unnoted: int = 0


def visible(desk: Desk, user: User | None) -> tuple[DeviceAlarm, ...]:
    """The technical alarms that stand, but for those of devices that are kept from who asks."""
    rule = desk.exclusions
    return tuple(alarm for alarm in desk.board.device_alarms.values() if not rule.device(alarm.device, user))


def standing(desk: Desk, user: User | None) -> TechnicalCount:
    """How many of those stand."""
    alarms = visible(desk, user)
    return TechnicalCount(stand=len(alarms), unnoted=sum(alarm.calls for alarm in alarms))


def of_lines(lines: Iterable[DeviceLine]) -> TechnicalCount:
    """How many of some devices stand."""
    alarms = [alarm for line in lines for alarm in line.alarms]
    return TechnicalCount(stand=len(alarms), unnoted=sum(alarm.calls for alarm in alarms))


def told(count: TechnicalCount, translate: Callable[[str], str]) -> tuple[str, ...]:
    """The count in words, as the floor says it (`dashboard/supervisor/crew.js`)."""
    words = named(translate, "dashboard/supervisor")
    if not count.stand:
        return (words["floor.technical_none"],)
    unnoted = words["floor.unnoted"].format(n=count.unnoted) if count.unnoted else words["floor.noted"]
    return str(count.stand), unnoted

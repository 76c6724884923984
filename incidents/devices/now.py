"""What a device last said: when it was heard and pressed, its battery. Present state, and the fold of what is logged of it."""

from datetime import datetime

import msgspec

from incidents import events as ev
from incidents.log import Record
from incidents.messages import CallReport, DeviceReport, FixReport, Message, PressReport

# What tells of a device; a log of years is folded at the start, and most of it does not.
_TELLS = frozenset({ev.Raised, ev.Pressed, ev.PressLogged, ev.CallLogged, ev.DeviceAlarmed, ev.DeviceTested})
FOLDED = 10_000  # devices that no case names
UNHEARD = frozenset({"link_lost", "app_stopped", "silent"})  # said of a device, not by it


class DeviceNow(msgspec.Struct, frozen=True, kw_only=True):
    """The newest of a device, by its source's clock where that is not ahead of ours."""

    device: str
    heard: datetime | None = None
    pressed: datetime | None = None
    battery: int | None = None  # %
    battery_at: datetime | None = None
    tested: datetime | None = None  # the last test at the bench, and whether it succeeded
    test_ok: bool = False


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one message, or one record, tells of a device. `heard` false: that it is not heard."""

    device: str
    at: datetime
    heard: bool = True
    pressed: bool = False
    battery: int | None = None
    test_ok: bool | None = None


def after(known: DeviceNow | None, told: Told) -> DeviceNow:
    """What is known of a device after it. What came late changes nothing that is newer."""
    now = known or DeviceNow(device=told.device)
    changes: dict[str, object] = {}
    if told.heard and (now.heard is None or told.at > now.heard):
        changes["heard"] = told.at
    if told.pressed and (now.pressed is None or told.at > now.pressed):
        changes["pressed"] = told.at
    # A battery of a device that is not heard is remembered by its phone: it was said before.
    if told.heard and told.battery is not None and (now.battery_at is None or told.at >= now.battery_at):
        changes |= {"battery": told.battery, "battery_at": told.at}
    if told.test_ok is not None and (now.tested is None or told.at >= now.tested):
        changes |= {"tested": told.at, "test_ok": told.test_ok}
    return msgspec.structs.replace(now, **changes) if changes or known is None else now


def of_entry(entry: ev.Entry) -> Told | None:
    """What an entry of the log tells of a device; None when it tells of none."""
    event = entry.event
    if type(event) not in _TELLS:
        return None
    if isinstance(event, ev.DeviceTested) and event.device is not None:
        return Told(device=event.device, at=entry.at, heard=False, test_ok=event.ok)
    if not isinstance(event, ev.PressFacts | ev.DeviceAlarmed | ev.CallLogged) or event.device is None:
        return None
    if isinstance(event, ev.Raised) and event.origin == "hand":
        return None  # a person said it
    return Told(
        device=event.device,
        at=min(entry.source_at, entry.at),
        heard=not isinstance(event, ev.DeviceAlarmed) or event.condition not in UNHEARD,
        pressed=isinstance(event, ev.PressFacts),
        battery=None if isinstance(event, ev.CallLogged) else event.battery,
    )


def of_message(message: Message, now: datetime) -> Told | None:
    """What a message of a feed tells of a device, be it logged or not."""
    report = message.report
    if not isinstance(report, PressReport | FixReport | DeviceReport | CallReport) or report.device is None:
        return None
    return Told(
        device=report.device,
        at=min(message.at, now),
        heard=not isinstance(report, DeviceReport) or report.state not in UNHEARD,
        pressed=isinstance(report, PressReport),
        battery=report.battery if isinstance(report, PressReport | DeviceReport) else None,
    )


def heard_last(newest: dict[str, Record], known: set[str]) -> list[str]:
    """Of the streams of devices, by their newest record, those to fold at a start, the oldest first: all that are `known` or that
    a person did something with, of the others the newest."""
    streams = sorted(newest, key=lambda stream: newest[stream].at)
    others = [stream for stream in streams if stream not in known and newest[stream].actor in ("feed", "watch")]
    passed = set(others[:-FOLDED])
    return [stream for stream in streams if stream not in passed]

"""What a feed may report: one small immutable type each, by the field names of the wire.

`feeds.decoding` decodes them, the desk takes them. A value that could not be read is empty here and named in `unreadable`.
"""

from datetime import datetime
from typing import Literal

import msgspec

PressValue = Literal["single", "double", "triple", "long", "hold", "test"]
Transport = Literal["ble_phone", "cellular", "ble_fixed", "unknown"]
CallState = Literal["ringing", "open", "ended"]
DeviceState = Literal["linked", "link_lost", "battery_low", "app_stopped", "silent", "ok"]
UnitStatus = Literal["available", "assigned", "en_route", "on_scene", "off"]
OrderState = Literal["accepted", "declined", "en_route", "on_scene", "done", "stood_down"]

MAX_TEXT = 200  # characters of a name, an id or a reason on the wire


class Fix(msgspec.Struct, frozen=True, omit_defaults=True):
    """One position: WGS 84 degrees, `radius` m at `confidence` %, speed m/s, course degrees, altitude m.

    The field set of ETSI TS 103 625 (AML). A radius of 0 or None is unknown.
    """

    lat: float
    lon: float
    radius: float | None = None
    confidence: float | None = None
    method: str | None = None
    time: datetime | None = None
    speed: float | None = None
    course: float | None = None
    altitude: float | None = None


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """The emergency call as the feed sees it: its state, the line it came in on, who answered."""

    state: CallState
    line: str | None = None
    desk: str | None = None


class Unreadable(msgspec.Struct, frozen=True):
    """A field of a press that could not be read: where it stands and why."""

    path: str
    reason: str


class PressReport(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="press", omit_defaults=True):
    """One activation of a button. `device` None: the message named none, so the press joins no incident."""

    device: str | None = None
    press: PressValue = "hold"
    case: str | None = None
    fix: Fix | None = None
    battery: int | None = None
    transport: Transport = "unknown"
    call: Call | None = None
    packet: str = ""  # names the radio packet: the same for every receiver that heard it
    counter_back: bool = False  # it opens with the button's key, and its counter went back
    unreadable: tuple[Unreadable, ...] = ()


class FixReport(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="fix"):
    """A new position of a device."""

    device: str
    fix: Fix


class DeviceReport(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="device", omit_defaults=True):
    """The state of a device changed; `battery` in %."""

    device: str
    state: DeviceState
    battery: int | None = None


class CallReport(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="call", omit_defaults=True):
    """The call of a device changed its state."""

    device: str
    state: CallState
    line: str | None = None
    desk: str | None = None


class UnitReport(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="unit", omit_defaults=True):
    """Where a unit of a zone is and what it does."""

    unit: str
    zone: str
    status: UnitStatus
    fix: Fix | None = None


class OrderReport(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="order", omit_defaults=True):
    """A zone's receipt for an order. `done` is not `safe`: a person says safe. `zone`: which one stands down."""

    order: str
    state: OrderState
    unit: str | None = None
    reason: str | None = None
    zone: str | None = None


Report = PressReport | FixReport | DeviceReport | CallReport | UnitReport | OrderReport


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a feed, decoded: `id` is unique for ever within the feed, `at` is the source's clock, `raw` its bytes,
    `cut` the free words that were too long."""

    feed: str
    id: str
    at: datetime
    report: Report
    seq: int | None = None
    raw: bytes = b""
    cut: tuple[Unreadable, ...] = ()


# What became of a message: durably recorded; had it already; shown but not durable yet; of no use, counted.
Receipt = Literal["recorded", "repeated", "held", "dropped"]

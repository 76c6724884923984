"""One advertisement of a BTHome 2 button: what it says, or why it is refused. No memory, no I/O.

`bthome-ble` opens it (version, key, address, nonce) and knows how long each object is. It has no name for Shelly's hold, 0xFE,
and forgets what it can't name, so that the objects are walked here.
"""

import logging
from itertools import pairwise

import msgspec
from bleak.backends.device import BLEDevice
from bthome_ble import BTHomeBluetoothDeviceData
from bthome_ble.const import MEAS_TYPES
from habluetooth import BluetoothServiceInfoBleak

from incidents.buttons import Refusal
from incidents.messages import PressValue

SERVICE = "0000fcd2-0000-1000-8000-00805f9b34fb"  # the BTHome service data, all versions from 2
MAX_BYTES = 1650  # the longest chain of extended advertisements (Bluetooth Core 5.4, vol 6 part B 2.3.4.9)

PACKET, BATTERY, BUTTON = 0x00, 0x01, 0x3A  # object ids
RELEASED = 0x81
# https://bthome.io/format (events) and, for 0xFE, Shelly's BLU buttons.
PRESSES: dict[int, PressValue] = {
    0x01: "single",
    0x02: "double",
    0x03: "triple",
    0x04: "long",
    0x05: "long",
    0x06: "long",
    0x80: "hold",
    0xFE: "hold",
}
NO_PRESS = frozenset({0x00, RELEASED})  # nothing happened; a hold ended

_TAIL = 8  # bytes of counter and MIC behind an encrypted payload
_LEAST = 2  # bytes: one object

# It quotes names, addresses and payloads.
_library = logging.getLogger("bthome_ble")
_library.addHandler(logging.NullHandler())
_library.propagate = False
_library.setLevel(logging.CRITICAL + 1)


class Packet(msgspec.Struct, frozen=True, kw_only=True):
    """What was read. `events`: the value of each button, in order; `counter` only of an encrypted packet.

    `whole` false: behind what was read stands something cut or of no known form.
    """

    events: tuple[int, ...] = ()
    packet: int | None = None
    battery: int | None = None
    counter: int | None = None
    whole: bool = True

    @property
    def presses(self) -> tuple[tuple[int, PressValue], ...]:
        """Each button that was pressed (1, 2, ...) and how. An unknown value counts as hold, as everywhere on the feed."""
        return tuple((n, PRESSES.get(value, "hold")) for n, value in enumerate(self.events, 1) if value not in NO_PRESS)

    @property
    def released(self) -> tuple[int, ...]:
        """Each button whose hold ended."""
        return tuple(n for n, value in enumerate(self.events, 1) if value == RELEASED)


class Refused(msgspec.Struct, frozen=True):
    """Why nothing of a packet is taken."""

    why: Refusal


class _Opener(BTHomeBluetoothDeviceData):
    """The library up to the opened payload. A new one for each packet: what was before is `memory`'s business."""

    opened: bytes | None = None

    def _parse_payload(self, payload: bytes, adv_time: float) -> bool:
        self.opened = payload
        return True


def encrypted(data: bytes) -> bool:
    """Whether a packet says that it is encrypted."""
    return bool(data) and bool(data[0] & 0x01)


def read(data: bytes, address: str, key: bytes | None = None) -> Packet | Refused:
    """Read the service data of one advertisement. Whatever the bytes are, nothing is raised.

    With a key only what it opens is taken: plaintext is refused. `address` is the device's, by which it encrypts.
    """
    if not data:
        return Refused("truncated")
    if data[0] >> 5 != 2:
        return Refused("version")
    if key is not None and not encrypted(data):
        return Refused("plaintext")
    if key is None and encrypted(data):
        return Refused("no_key")
    begin = 7 if data[0] & 0x02 else 1  # the address may stand in the packet
    if len(data) < begin + _LEAST + (_TAIL if key is not None else 0):
        return Refused("truncated")
    if len(data) > MAX_BYTES:
        return Refused("unreadable")
    try:
        payload = _opened(data, address, key)
    except Exception:  # the library fails on bytes it does not expect, and a packet must never end the listening
        payload = None
    if payload is None:
        return Refused("wrong_key" if key is not None else "unreadable")
    return _read_objects(payload, int.from_bytes(data[-8:-4], "little") if key is not None else None)


def _opened(data: bytes, address: str, key: bytes | None) -> bytes | None:
    opener = _Opener(key)
    opener.update(
        BluetoothServiceInfoBleak(
            name=address,
            address=address,
            rssi=0,
            manufacturer_data={},
            service_data={SERVICE: data},
            service_uuids=[SERVICE],
            source="",
            device=BLEDevice(address, None, None),
            advertisement=None,
            connectable=False,
            time=0.0,
            tx_power=None,
        )
    )
    return opener.opened


def _read_objects(payload: bytes, counter: int | None) -> Packet | Refused:
    events: list[int] = []
    packet = battery = None
    place, end = 0, "whole"  # or "cut", "unknown"
    while place < len(payload) and end == "whole":
        kind = payload[place]
        span = _span(payload, place)
        if span is None:
            end = "unknown"
        elif span.stop > len(payload):
            end = "cut"
        else:
            if kind == PACKET:
                packet = payload[span.start]
            elif kind == BATTERY:
                battery = payload[span.start] if payload[span.start] <= 100 else None  # 255: not known
            elif kind == BUTTON:
                events.append(payload[span.start])
            place = span.stop
    # A press may stand behind: objects are sorted by id, so that none stands behind one above a button's, unless the device
    # sorts them otherwise and a press can be seen there.
    pressed = any(value not in NO_PRESS for value in events)
    hidden = end != "whole" and (place == 0 or payload[place] <= BUTTON or _shows_press(payload[place:]))
    if hidden and not pressed:
        return Refused("truncated" if end == "cut" else "unreadable")
    return Packet(events=tuple(events), packet=packet, battery=battery, counter=counter, whole=end == "whole")


def _shows_press(rest: bytes) -> bool:
    return any(kind == BUTTON and value in PRESSES for kind, value in pairwise(rest))


def _span(payload: bytes, place: int) -> slice | None:
    """Where the bytes of the object at this place are; None when nobody knows such an object."""
    known = MEAS_TYPES.get(payload[place])
    if known is None:
        return None
    if known.data_format not in ("raw", "string", "command"):
        return slice(place + 1, place + 1 + known.data_length)
    if place + 1 >= len(payload):
        return slice(place + 2, place + 3)
    length = payload[place + 1]
    # A command: five bits of its length count its arguments, its own code stands before them.
    return slice(place + 2, place + 2 + (1 + (length & 0x1F) if known.data_format == "command" else length))

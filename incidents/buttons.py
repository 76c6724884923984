"""Bluetooth buttons as the bench sees them: what is heard, from whom, how surely, and what is refused. Pure: types and a port.

`feeds.buttons` is the service behind the port. An address and a device's name stand for a person: never in a log line or a URL.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from incidents.messages import PressValue

# starting: not known yet; scanning: it hears; absent: no adapter; off: it is switched off; no_permission: the system refuses;
# no_bus: no D-Bus (Linux); no_service: no Bluetooth service on it; failed: anything else, `reason` says what.
AdapterState = Literal["starting", "scanning", "absent", "off", "no_permission", "no_bus", "no_service", "failed"]
ScanMode = Literal["passive", "active"]

# open: in use; missing: the file is not there, new or lost; locked: the master key is missing or another one, so that no
# encrypted button can be read; failed: the file can't be read or written now; none: no file is set, nothing can be enrolled.
StoreState = Literal["open", "missing", "locked", "failed", "none"]

# encrypted: it proves who it is; plain: anybody could send the same (*unauthenticated*); unknown: nothing readable came yet.
Security = Literal["encrypted", "plain", "unknown"]

# wrong_key: it does not open with the key; no_key: encrypted, but enrolled without a key; plaintext: a button with a key spoke
# without it; replayed: its counter went back (a press in it is taken all the same); truncated: too short; version: no BTHome 2;
# unreadable: objects of no known form before the end; locked: its key can't be unsealed.
Refusal = Literal["wrong_key", "no_key", "plaintext", "replayed", "truncated", "version", "unreadable", "locked"]

SIGNALS_KEPT = 240  # points of a device's history of signal strength
KEY_BYTES = 16


class EnrolError(Exception):
    """A button can't be enrolled, and why, without its key."""


class Adapter(msgspec.Struct, frozen=True, kw_only=True):
    """The receiver now, `since` when. `mode` while scanning; `reason` in English, without personal data."""

    state: AdapterState = "starting"
    since: datetime
    mode: ScanMode | None = None
    reason: str = ""


class Signal(msgspec.Struct, frozen=True):
    """The strength of one packet, dBm, by our clock."""

    at: datetime
    rssi: int


class PressHeard(msgspec.Struct, frozen=True, kw_only=True):
    """One press that went on the feed: `id` is its message's, so that its record in the log is `FEED/id`.

    `at`: when its first advertisement came; `monotonic_s`: the same moment by `time.monotonic()`. `button`: which of the device's
    buttons, 1, 2, ... `authenticated`: the packet proved who sent it; `back`: its counter had gone back: replay or restart.
    """

    id: str
    at: datetime
    monotonic_s: float
    address: str
    device: str
    press: PressValue
    button: int
    authenticated: bool
    back: bool = False


class ButtonHeard(msgspec.Struct, frozen=True, kw_only=True):
    """One device, enrolled or heard of since the start. `address` is the system's name of it (on macOS no radio address).

    `device` is the name it is enrolled under, "" when it is not; `name` what it calls itself. `battery` %, `counter` the highest
    encryption counter taken, `packet` the last packet id; None where the device never said. `packets` counts those taken,
    repetitions apart in `repeated`; `refused` those refused, by reason; `refusing`: the reason of the last packet when it was
    refused, else None. `lost`: on the feed it is `link_lost` now; `low`: `battery_low`.
    """

    address: str
    device: str = ""
    name: str = ""
    security: Security = "unknown"
    keyed: bool = False
    enrolled_at: datetime | None = None
    enrolled_by: str = ""
    rssi: int | None = None
    signals: tuple[Signal, ...] = ()
    battery: int | None = None
    counter: int | None = None
    packet: int | None = None
    packets: int = 0
    repeated: int = 0
    refused: Mapping[Refusal, int] = {}
    refusing: Refusal | None = None
    last_heard: datetime | None = None
    last_press: PressHeard | None = None
    lost: bool = False
    low: bool = False

    @property
    def enrolled(self) -> bool:
        """Whether its presses go on the feed."""
        return bool(self.device)

    @property
    def authenticated(self) -> bool:
        """Whether its packets prove who sent them."""
        return self.keyed and self.security == "encrypted"


class ButtonsState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything now: the receiver, the store and why it is not open, the devices (enrolled first, then the loudest).

    `unreadable` counts packets of no enrolled device that were no readable BTHome 2.
    """

    adapter: Adapter
    store: StoreState = "none"
    store_reason: str = ""
    feed: str = ""
    devices: tuple[ButtonHeard, ...] = ()
    unreadable: int = 0

    def of(self, device: str) -> ButtonHeard | None:
        """The button enrolled under this name."""
        return next((one for one in self.devices if one.device == device), None) if device else None


class Buttons(Protocol):
    """The service as pages use it, on the loop of the server. Nothing here ever waits for the radio."""

    @property
    def state(self) -> ButtonsState:
        """A snapshot, made when asked; cheap enough for once a second a page."""
        ...

    async def enrol(self, address: str, device: str, *, key: bytes | None, by: str, instead: bool = False) -> None:
        """Take a button into use under a name (`AMR-...`), durably, its counter begun anew. `key` 16 bytes; None: it is plain.

        An address enrolled before gets the new name and key. A name that another address has is refused, unless `instead`: then
        that one is taken out. Raises EnrolError.
        """
        ...

    async def remove(self, device: str) -> bool:
        """Take a button out of use, its key with it; whether there was one. Raises EnrolError when that can't be written."""
        ...

    def on_press(self, listener: Callable[[PressHeard], None]) -> Callable[[], None]:
        """Hear of each press of an enrolled button as it goes on the feed; call what is returned to stop. Must not block."""
        ...


def key_of(text: str) -> bytes:
    """A key as it is printed on a box or an app shows it: 32 hex digits, spaces, colons, dashes allowed. Raises EnrolError."""
    digits = "".join(text.split()).replace(":", "").replace("-", "")
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise EnrolError("a key is 32 hexadecimal digits")
    return key


def address_of(text: str) -> str:
    """An address as the receiver writes it."""
    return text.strip().upper()


def device_name(text: str) -> str:
    """The name to enrol under, tidied: 1 to 64 printable characters. Raises EnrolError."""
    name = " ".join(text.split())
    if not 0 < len(name) <= 64 or not name.isprintable():
        raise EnrolError("a device's name is 1 to 64 printable characters, such as AMR-00412")
    return name

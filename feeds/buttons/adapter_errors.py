"""Why the radio can't be used: any error of bleak and of the system below it, as one of the named states of the adapter."""

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError

from incidents.buttons import AdapterState

_REASONS: dict[BleakBluetoothNotAvailableReason, tuple[AdapterState, str]] = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: ("absent", "no adapter"),
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: ("absent", "the adapter can't do Bluetooth Low Energy"),
    BleakBluetoothNotAvailableReason.POWERED_OFF: ("off", "the adapter is off"),
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: ("no_permission", "a person refused Bluetooth to this program"),
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: ("no_permission", "the system refuses Bluetooth"),
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: ("no_permission", "Bluetooth is refused"),
}
# The last part of a D-Bus error's name.
_DBUS: dict[str, tuple[AdapterState, str]] = {
    "AccessDenied": ("no_permission", "D-Bus refuses access to BlueZ"),
    "NotAuthorized": ("no_permission", "BlueZ refuses to scan"),
    "NotPermitted": ("no_permission", "BlueZ refuses to scan"),
    "AuthFailed": ("no_permission", "D-Bus refuses this user"),
    "InteractiveAuthorizationRequired": ("no_permission", "BlueZ asks for an authorization"),
    "ServiceUnknown": ("no_service", "BlueZ does not run"),
    "NameHasNoOwner": ("no_service", "BlueZ does not run"),
    "NoReply": ("no_service", "BlueZ does not answer"),
    "TimedOut": ("no_service", "BlueZ does not answer"),
    "Disconnected": ("no_bus", "the D-Bus ended"),
    "NoServer": ("no_bus", "there is no D-Bus"),
    "UnknownObject": ("absent", "the adapter is gone"),
    "NotReady": ("off", "the adapter is off"),
    "Blocked": ("off", "the adapter is blocked (rfkill)"),
}


class Unavailable(Exception):
    """The radio can't be used now: the state of the adapter, and why in words without personal data."""

    def __init__(self, state: AdapterState, reason: str) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason


def of(error: BaseException) -> Unavailable:
    """What an error means. An unknown one is `failed`, by its type alone: its text could quote an address."""
    if isinstance(error, Unavailable):
        return error
    if isinstance(error, BleakBluetoothNotAvailableError):
        return Unavailable(*_REASONS.get(error.reason, ("failed", "Bluetooth can't be used")))
    if isinstance(error, BleakDBusError):
        name = error.dbus_error.rsplit(".", 1)[-1]
        return Unavailable(*_DBUS.get(name, ("failed", f"BlueZ refuses: {name}"[:80])))
    if isinstance(error, PermissionError) or type(error).__name__ == "AuthError":
        return Unavailable("no_permission", "D-Bus refuses this user")
    if isinstance(error, TimeoutError):
        return Unavailable("no_service", "the Bluetooth service does not answer")
    if isinstance(error, OSError | EOFError) or type(error).__name__ == "InvalidAddressError":
        return Unavailable("no_bus", "there is no D-Bus to ask")
    return Unavailable("failed", f"Bluetooth can't be used ({type(error).__name__})")

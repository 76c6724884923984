"""A BlueZ of ours on a D-Bus of ours, as far as a scanner sees one: adapters, devices, discovery, advertisement monitors."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
MONITORS = "org.bluez.AdvertisementMonitorManager1"
PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
SERVICE = "0000fcd2-0000-1000-8000-00805f9b34fb"
DENIED = "org.freedesktop.DBus.Error.AccessDenied"

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""


class Bus:
    """A D-Bus daemon of our own in a folder; it can be ended and begun anew."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "bus"
        self._config = folder / "bus.conf"
        self._config.write_text(_CONFIG.format(path=self._socket), encoding="utf-8")
        self.address = f"unix:path={self._socket}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            "dbus-daemon",
            f"--config-file={self._config}",
            "--nofork",
            "--nopidfile",
            "--print-address=1",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        assert await asyncio.wait_for(self._process.stdout.readline(), 10)

    async def stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            await self._process.communicate()
            self._process = None
            self._socket.unlink(missing_ok=True)


class Bluez:
    """The service. `passive`: it has advertisement monitors; `denied`: members it refuses, with the error's name."""

    def __init__(self, address: str, *, passive: bool = True) -> None:
        self._address = address
        self._passive = passive
        self._bus: MessageBus | None = None
        self.objects: dict[str, dict[str, dict[str, Any]]] = {}
        self.denied: dict[str, str] = {}
        self.discovering: set[str] = set()
        self.monitors: set[str] = set()
        self.calls: list[str] = []

    async def start(self) -> None:
        self._bus = MessageBus(bus_address=self._address, bus_type=BusType.SYSTEM)
        await self._bus.connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name("org.bluez")

    async def stop(self) -> None:
        """End as a service that crashed: without a word."""
        if self._bus is not None:
            self._bus.disconnect()
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._bus.wait_for_disconnect(), 5)
            self._bus = None
        self.objects, self.discovering, self.monitors = {}, set(), set()

    def add_adapter(self, name: str = "hci0", *, powered: bool = True) -> None:
        facts = {
            "Address": Variant("s", "00:00:00:00:00:01"),
            "Powered": Variant("b", powered),
            "Roles": Variant("as", ["central", "peripheral"]),
            "Discovering": Variant("b", False),
        }
        faces = {ADAPTER: facts, **({MONITORS: {}} if self._passive else {})}
        self.objects[f"/org/bluez/{name}"] = faces
        self._tell("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [f"/org/bluez/{name}", faces])

    def remove_adapter(self, name: str = "hci0") -> None:
        for path in [path for path in self.objects if path.startswith(f"/org/bluez/{name}")][::-1]:
            self._remove(path)
        self.discovering.clear()
        self.monitors.clear()

    def power(self, on: bool, name: str = "hci0") -> None:
        self.objects[f"/org/bluez/{name}"][ADAPTER]["Powered"] = Variant("b", on)
        if not on:
            self.discovering.clear()
            self.monitors.clear()
        self._change(f"/org/bluez/{name}", ADAPTER, {"Powered": Variant("b", on)})

    @property
    def scanning(self) -> bool:
        return bool(self.discovering or self.monitors)

    def advertise(
        self, address: str, data: bytes, *, rssi: int = -60, name: str = "SBBT-002C", adapter: str = "hci0"
    ) -> None:
        """One advertisement; nobody hears it while nobody scans."""
        self.advertise_value(address, Variant("ay", data), rssi=rssi, name=name, adapter=adapter)

    def advertise_value(
        self, address: str, value: Variant, *, rssi: int = -60, name: str = "SBBT-002C", adapter: str = "hci0"
    ) -> None:
        """As `advertise`, of any type: BlueZ sends `ay`, others may not."""
        if not self.scanning:
            return
        path = f"/org/bluez/{adapter}/dev_{address.replace(':', '_')}"
        said = {"ServiceData": Variant("a{sv}", {SERVICE: value}), "RSSI": Variant("n", rssi)}
        if path in self.objects:
            self.objects[path][DEVICE].update(said)
            self._change(path, DEVICE, said)
            return
        facts = {
            "Address": Variant("s", address),
            "AddressType": Variant("s", "public"),
            "Name": Variant("s", name),
            "Alias": Variant("s", name),
            "Adapter": Variant("o", f"/org/bluez/{adapter}"),
            "UUIDs": Variant("as", []),
            "Paired": Variant("b", False),
            "Connected": Variant("b", False),
            **said,
        }
        self.objects[path] = {DEVICE: facts}
        self._tell("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [path, {DEVICE: facts}])

    def nudge(self, address: str, rssi: int, adapter: str = "hci0") -> None:
        """A change of the signal alone: bleak then gives the old service data again."""
        path = f"/org/bluez/{adapter}/dev_{address.replace(':', '_')}"
        self._change(path, DEVICE, {"RSSI": Variant("n", rssi)})

    def take_back_signal(self, address: str, adapter: str = "hci0") -> None:
        """What BlueZ does with each device when the last program ends its discovery: bleak gives the old service data again."""
        path = f"/org/bluez/{adapter}/dev_{address.replace(':', '_')}"
        self.objects[path][DEVICE].pop("RSSI", None)
        self._change(path, DEVICE, {}, ["RSSI", "TxPower"])

    def forget(self, address: str, adapter: str = "hci0") -> None:
        """What BlueZ does with a device that it has not heard for half a minute."""
        self._remove(f"/org/bluez/{adapter}/dev_{address.replace(':', '_')}")

    def _remove(self, path: str) -> None:
        self._tell("/", OBJECTS, "InterfacesRemoved", "oas", [path, list(self.objects.pop(path))])

    def _change(self, path: str, face: str, facts: dict[str, Variant], gone: Sequence[str] = ()) -> None:
        self._tell(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [face, facts, list(gone)])

    def _tell(self, path: str, face: str, member: str, signature: str, body: list[Any]) -> None:
        if self._bus is not None:
            self._bus.send(
                Message(
                    path=path,
                    interface=face,
                    member=member,
                    signature=signature,
                    body=body,
                    message_type=MessageType.SIGNAL,
                )
            )

    def _answer(self, message: Message) -> Message | bool | None:
        if message.message_type != MessageType.METHOD_CALL or message.destination is None:
            return None
        member = message.member
        self.calls.append(member)
        if member in self.denied:
            return Message.new_error(message, self.denied[member], "refused")
        if member == "GetManagedObjects":
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [self.objects])
        faces = self.objects.get(message.path)
        if faces is None:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownObject", "no such object")
        if member == "Get":
            return Message.new_method_return(message, "v", [faces[message.body[0]][message.body[1]]])
        if message.interface not in faces:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no such method")
        powered = faces[ADAPTER]["Powered"].value
        if member in ("StartDiscovery", "StopDiscovery") and not powered:
            return Message.new_error(message, "org.bluez.Error.NotReady", "Resource Not Ready")
        if member == "StartDiscovery":
            self.discovering.add(message.sender)
        elif member == "StopDiscovery":
            self.discovering.discard(message.sender)
        elif member == "RegisterMonitor":
            self.monitors.add(message.body[0])
        elif member == "UnregisterMonitor":
            self.monitors.discard(message.body[0])
        elif member != "SetDiscoveryFilter":
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no such method")
        return Message.new_method_return(message)


@contextlib.asynccontextmanager
async def bleak_let_go() -> AsyncIterator[None]:
    """Close what bleak keeps open for the rest of a process: its own connection to the bus."""
    from bleak.backends.bluezdbus import manager

    try:
        yield
    finally:
        ours = manager._global_instances.pop(asyncio.get_running_loop(), None)
        if ours is not None and ours._bus is not None:
            ours._bus.disconnect()
            if ours._bus_watcher_task is not None:
                await asyncio.wait((ours._bus_watcher_task,), timeout=5)

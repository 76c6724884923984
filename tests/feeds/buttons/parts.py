"""The buttons' service on a radio of ours, with its feed and a subscriber that remembers: the parts are the real ones."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from feeds.buttons.service import ButtonService
from feeds.buttons.settings import ButtonSettings
from feeds.buttons.store import ButtonStore, Enrolled
from feeds.gateway import Gateway
from incidents.buttons import PressHeard
from incidents.clock import Clock, SystemClock
from incidents.messages import DeviceReport, PressReport
from tests.feeds.buttons.bluez import Bluez, Bus, bleak_let_go
from tests.feeds.buttons.frames import ADDRESS, KEY
from tests.feeds.parts import Desk, Shelf, following
from tests.waiting import until

DEVICE = "AMR-00412"


def in_file(path: Path) -> Enrolled:
    """The one button that a file holds."""
    with contextlib.closing(ButtonStore(path)) as file:
        rows = file.load()
    assert rows is not None and len(rows) == 1
    return rows[0]


class Room:
    """A bus with its BlueZ; `service` begins the buttons, as often as wanted."""

    def __init__(self, bus: Bus, bluez: Bluez, folder: Path) -> None:
        self.bus, self.bluez, self.folder = bus, bluez, folder
        self.desk, self.shelf = Desk(), Shelf()
        self.path = folder / "vigie.buttons"

    @contextlib.asynccontextmanager
    async def service(
        self, *, scanning: bool = True, clock: Clock | None = None, deaf_s: float | None = None, **settings: object
    ) -> AsyncIterator["Heard"]:
        """The service at work on the file of this room, its feed followed by this room's desk."""
        clock = clock or SystemClock()
        gateway = Gateway("buttons", heartbeat_s=0.1)
        chosen = ButtonSettings(store=self.path, **settings)  # type: ignore[arg-type]
        service = ButtonService(gateway, chosen, store=ButtonStore(self.path), clock=clock, deaf_s=deaf_s)
        heard = Heard(service, gateway, self)
        await service.open()
        await gateway.start()
        work = asyncio.create_task(service.run())
        try:
            async with following(gateway.url, self.desk, self.shelf):
                if scanning:
                    await until(lambda: service.state.adapter.state == "scanning" and self.bluez.scanning)
                yield heard
                assert not work.done(), "the service gave up"
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await gateway.stop()
            await service.close()


class Heard:
    """A service, and what came of it."""

    def __init__(self, service: ButtonService, gateway: Gateway, room: Room) -> None:
        self.service, self.gateway, self.room = service, gateway, room
        self.told: list[PressHeard] = []
        service.on_press(self.told.append)

    async def enrol(self, address: str = ADDRESS, device: str = DEVICE, key: bytes | None = KEY, **more: bool) -> None:
        await self.service.enrol(address, device, key=key, by="somebody", **more)

    def presses(self, device: str = DEVICE) -> list[str]:
        """The press values on the feed, as the desk took them, in order."""
        messages = (self.room.desk.messages[id_].report for id_ in self.room.desk.order)
        return [one.press for one in messages if isinstance(one, PressReport) and one.device == device]

    def states(self, device: str = DEVICE) -> list[str]:
        """What the feed was told of the device."""
        messages = (self.room.desk.messages[id_].report for id_ in self.room.desk.order)
        return [one.state for one in messages if isinstance(one, DeviceReport) and one.device == device]

    def taken(self, address: str = ADDRESS) -> int:
        """How many advertisements of a device came through, whatever became of them."""
        found = [one for one in self.service.state.devices if one.address == address]
        return (
            sum(one.packets + one.repeated + sum(one.refused.values()) for one in found) + self.service.state.unreadable
        )

    async def air(self, *frames: bytes, address: str = ADDRESS, rssi: int = -60) -> None:
        """Advertise each in turn, and wait until each came through."""
        for frame in frames:
            before = self.taken(address)
            self.room.bluez.advertise(address, frame, rssi=rssi)
            await until(lambda before=before: self.taken(address) > before)  # type: ignore[misc]
        await asyncio.sleep(0)

    def kept(self) -> bool:
        """Whether the file holds what was said and heard."""
        with contextlib.closing(ButtonStore(self.room.path)) as file:
            ended = file.feed()
        return (
            self.service.idle
            and ended is not None
            and bool(ended.messages)
            and ended.messages[-1].seq == self.gateway.store.head
        )

    async def settle(self) -> None:
        """Wait until the desk has all that the feed sent."""
        held, has = self.gateway.store, self.room.desk.messages
        await until(lambda: self.service.idle and all(one.id in has for one in held.after(0, held.head)))


@contextlib.asynccontextmanager
async def room(monkeypatch: pytest.MonkeyPatch, *, passive: bool = True, adapter: bool = True) -> AsyncIterator[Room]:
    """A bus, a BlueZ with an adapter, bleak led to it."""
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        bus = Bus(folder)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        for name, quicker in (("service.LOOK_S", 0.05), ("outbox.AGAIN_S", 0.05), ("scanner.LONGEST_S", 0.25)):
            monkeypatch.setattr(f"feeds.buttons.{name}", quicker)
        monkeypatch.setattr("incidents.log.store._BUSY_S", 0.1)
        await bus.start()
        bluez = Bluez(bus.address, passive=passive)
        try:
            await bluez.start()
            if adapter:
                bluez.add_adapter()
            async with bleak_let_go():
                yield Room(bus, bluez, folder)
        finally:
            await bluez.stop()
            await bus.stop()


@contextlib.asynccontextmanager
async def alone() -> AsyncIterator[tuple[ButtonService, Callable[[], list[PressHeard]]]]:
    """A service without a radio, with one button enrolled: for what is only handed to it."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "vigie.buttons"
        service = ButtonService(None, ButtonSettings(store=path), store=ButtonStore(path), clock=SystemClock())
        told: list[PressHeard] = []
        service.on_press(told.append)
        await service.open()
        await service.enrol(ADDRESS, DEVICE, key=KEY, by="somebody")
        try:
            yield service, lambda: told
        finally:
            await service.close()

"""Whatever happens to the receiver has a name, is tried again for ever, and ends by itself."""

import ast
import gc
import subprocess
import sys
from pathlib import Path

import pytest

from tests.feeds.buttons.bluez import DENIED
from tests.feeds.buttons.frames import ADDRESS, LONG, plain
from tests.feeds.buttons.parts import Heard, Room, room
from tests.waiting import until

ROOT = Path(__file__).parents[3]


async def hears(here: Room, heard: Heard, packet: int) -> None:
    """That it scans again, and a press comes through."""
    await until(lambda: heard.service.state.adapter.state == "scanning" and here.bluez.scanning)
    before = len(here.desk.presses)
    await heard.air(plain(LONG, packet=packet))
    await until(lambda: len(here.desk.presses) == before + 1)


async def is_(heard: Heard, state: str) -> None:
    await until(lambda: heard.service.state.adapter.state == state)
    assert heard.service.state.adapter.reason


async def test_an_adapter_that_is_off_or_unplugged_is_said_and_heard_again_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol(key=None)
        here.bluez.power(False)
        await is_(heard, "off")
        here.bluez.power(True)
        await hears(here, heard, 1)
        here.bluez.remove_adapter()
        await is_(heard, "absent")
        here.bluez.add_adapter()
        await hears(here, heard, 2)
        assert here.desk.state == "live"


async def test_bluez_that_ends_or_begins_anew_and_a_bus_that_ends_are_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol(key=None)
        await here.bluez.stop()
        await is_(heard, "no_service")
        await here.bluez.start()
        here.bluez.add_adapter()
        await hears(here, heard, 1)
        await here.bluez.stop()
        await here.bus.stop()
        await is_(heard, "no_bus")
        await here.bus.start()
        await here.bluez.start()
        here.bluez.add_adapter()
        await hears(here, heard, 2)


@pytest.mark.parametrize(
    ("prepare", "state"),
    [
        ("nothing", "absent"),
        ("off", "off"),
        ("denied", "no_permission"),
        ("scan denied", "no_permission"),
        ("no bus", "no_bus"),
    ],
)
async def test_a_receiver_that_can_not_be_used_at_the_start_is_named_and_waited_for(
    prepare: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with room(monkeypatch, adapter=prepare not in ("nothing", "off")) as here:
        if prepare == "off":
            here.bluez.add_adapter(powered=False)
        elif prepare == "denied":
            here.bluez.denied["GetManagedObjects"] = DENIED
        elif prepare == "scan denied":
            here.bluez.denied |= {"StartDiscovery": DENIED, "RegisterMonitor": DENIED}
        elif prepare == "no bus":
            await here.bluez.stop()
            await here.bus.stop()
        async with here.service(scanning=False) as heard:
            await is_(heard, state)
            await heard.enrol(key=None)
            here.bluez.denied.clear()
            if prepare == "nothing":
                here.bluez.add_adapter()
            elif prepare == "off":
                here.bluez.power(True)
            elif prepare == "no bus":
                await here.bus.start()
                await here.bluez.start()
                here.bluez.add_adapter()
            await hears(here, heard, 1)


async def test_passive_scanning_is_left_for_active_where_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here:
        here.bluez.denied["RegisterMonitor"] = DENIED
        async with here.service() as heard:
            assert heard.service.state.adapter.mode == "active" and here.bluez.discovering
            await heard.enrol(key=None)
            await hears(here, heard, 1)


async def test_the_adapter_that_was_chosen_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service(scanning=False, adapter="hci1") as heard:
        await is_(heard, "absent")
        here.bluez.add_adapter("hci1")
        await until(lambda: heard.service.state.adapter.state == "scanning")
        await heard.enrol(key=None)
        here.bluez.advertise(ADDRESS, plain(LONG, packet=1), adapter="hci1")
        await until(lambda: heard.presses() == ["long"])


def test_nothing_that_only_linux_has_is_imported_before_it_is_used() -> None:
    gc.collect()  # what a cut bus left logs a traceback when it is collected, and on 3.11 that upsets a parser at work
    linux = ("dbus_fast", "bleak.backends.bluezdbus", "fcntl", "termios", "resource")
    for path in (ROOT / "feeds" / "buttons").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith(linux)], path.name


_ELSEWHERE = """
import asyncio, ctypes, platform, ssl, subprocess, sys, sysconfig, uuid, zoneinfo  # the system's own, as it really is
import cryptography.hazmat.primitives.ciphers.aead, tornado.iostream, websockets.asyncio.client, websockets.asyncio.server
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("dbus_fast", "fcntl", "resource") or name.startswith("bleak.backends.bluezdbus"):
            raise ImportError(name)
sys.meta_path.insert(0, Absent())
sys.platform = platform_name = {platform!r}
platform.system = lambda: {system!r}
import feeds.buttons.bluez, feeds.buttons.packet, feeds.buttons.scanner, feeds.buttons.service, feeds.buttons.store
print("imported")
"""


@pytest.mark.parametrize(("platform", "system"), [("win32", "Windows"), ("darwin", "Darwin")])
def test_it_is_imported_where_there_is_no_bluez(platform: str, system: str) -> None:
    code = _ELSEWHERE.format(platform=platform, system=system)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "imported\n", done.stderr


def test_each_error_of_the_system_has_a_state_and_quotes_nothing() -> None:
    from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError, BleakError

    from feeds.buttons.adapter_errors import of

    for reason in BleakBluetoothNotAvailableReason:
        assert of(BleakBluetoothNotAvailableError("5C:C7:C1:00:00:01", reason)).state in (
            "absent", "off", "no_permission", "failed",
        )  # fmt: skip
    errors = (
        (BleakDBusError("org.bluez.Error.NotReady", []), "off"),
        (BleakDBusError("org.bluez.Error.InProgress", ["5C:C7:C1:00:00:01"]), "failed"),
        (PermissionError(13, "denied"), "no_permission"),
        (FileNotFoundError(2, "none"), "no_bus"),
        (TimeoutError(), "no_service"),
        (BleakError("5C:C7:C1:00:00:01"), "failed"),
    )
    for error, state in errors:
        assert of(error).state == state and "5C" not in of(error).reason

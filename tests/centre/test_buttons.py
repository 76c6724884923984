"""The commands of buttons, and a centre with a receiver of its own: real processes over a D-Bus of ours."""

import asyncio
import re
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app
from centre.runtime import Centre
from centre.settings import Settings
from feeds.buttons.service import ButtonService
from feeds.buttons.settings import ButtonSettings
from feeds.buttons.store import ButtonStore
from feeds.gateway import Gateway
from incidents.buttons import PressHeard
from incidents.clock import SystemClock
from incidents.log import LogUnavailable
from tests.feeds.buttons.frames import ADDRESS, KEY, LONG, SHELLY_HOLD, plain, sealed
from tests.feeds.buttons.parts import DEVICE, Room, room
from tests.feeds.parts import Desk, Shelf, following
from tests.processes import Command
from tests.waiting import until


@asynccontextmanager
async def running(here: Room, *words: str) -> AsyncIterator[Command]:
    """`python app.py buttons ...` with the store of this room, in its folder."""
    output = here.folder / f"said-{secrets.token_hex(4)}"
    process = Command("buttons", *words, output=output, folder=here.folder, VIGIE_BUTTONS_STORE=str(here.path))
    try:
        yield process
    finally:
        await asyncio.to_thread(process.stop)


async def done(here: Room, *words: str, typed: str = "") -> tuple[int, str]:
    """A command that only looks at the file, in this process."""
    environ = {"VIGIE_BUTTONS_STORE": str(here.path)}
    result = await asyncio.to_thread(CliRunner().invoke, app.app, ["buttons", *words], input=typed, env=environ)
    return result.exit_code, result.output


async def test_a_button_is_enrolled_listed_served_and_taken_out_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with room(monkeypatch) as here:
        assert (await done(here, "list"))[0] == 1
        code, text = await done(here, "enrol", ADDRESS, DEVICE, "--key-stdin", typed="not a key\n")
        assert (code, text) == (1, "vigie: a key is 32 hexadecimal digits\n")
        code, text = await done(here, "enrol", ADDRESS, DEVICE, "--key-stdin", "--by", "T. Voorbeeld", typed=KEY.hex())
        assert (code, text) == (0, f"{DEVICE} is enrolled\n")
        async with running(here, "serve", "--port", "0") as served:
            await until(lambda: here.bluez.scanning and "scanning, passive" in served.said)
            url = re.search(r"ws://\S+", served.said)
            assert url is not None
            desk = Desk()
            async with following(url[0], desk, Shelf()):
                here.bluez.advertise(ADDRESS, sealed(SHELLY_HOLD, counter=1, packet=1, battery=81))
                await until(lambda: len(desk.presses) == 1)
                here.bluez.advertise(ADDRESS, plain(SHELLY_HOLD, packet=2))
                await until(lambda: "it is not encrypted, and the button has a key" in served.said)
                here.bluez.power(False)
                await until(lambda: "bluetooth: off: the adapter is off" in served.said)
            assert ADDRESS not in served.said and DEVICE not in served.said
            with pytest.raises(LogUnavailable, match="the buttons' file: another process is serving it"):
                ButtonStore(here.path).hold()
        code, text = await done(here, "list")
        assert code == 0 and re.fullmatch(
            rf"{DEVICE}: {ADDRESS}; encrypted; signal -60 dBm; battery 81 %; last heard 20\S+ \S+; "
            r"enrolled 20\S+ \S+ by T\. Voorbeeld\n",
            text,
        )
        assert (await done(here, "remove", DEVICE)) == (0, f"{DEVICE} is taken out\n")
        assert (await done(here, "remove", DEVICE))[0] == 1


async def test_what_is_in_the_air_is_shown_and_a_button_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here:
        await done(here, "enrol", ADDRESS, DEVICE, "--plain")
        async with (
            running(here, "scan", "--seconds", "60") as scan,
            running(here, "test", DEVICE, "--presses", "2") as test,
        ):
            await until(lambda: len(here.bluez.monitors) == 2)
            here.bluez.advertise(ADDRESS, plain(LONG, packet=1, battery=77))
            here.bluez.advertise("5C:C7:C1:00:00:02", sealed(LONG, counter=1), rssi=-80)
            await until(lambda: "1: long" in test.said)
            here.bluez.advertise(ADDRESS, plain(LONG, packet=2, battery=77))
            await until(lambda: test.code == 0)
            scan.send(signal.SIGTERM)  # it says what it heard until then
            await until(lambda: scan.code == 0)
        assert re.search(rf"{ADDRESS} +SBBT-002C +{DEVICE} +plain +-60 dBm +77 %  20", scan.said)
        assert re.search(r"5C:C7:C1:00:00:02 +SBBT-002C +- +encrypted +-80 dBm +-  20", scan.said)
        assert "2: long, button 1, -60 dBm, battery 77 %, UNAUTHENTICATED" in test.said
        here.bluez.power(False)
        async with running(here, "scan", "--seconds", "0.2") as scan:
            await until(lambda: scan.code == 1)
        assert scan.said == "vigie: bluetooth: off: the adapter is off\n"


async def test_a_centre_hears_its_own_buttons_as_it_hears_every_feed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with room(monkeypatch) as here:
        settings = Settings(log=tmp_path / "vigie.log", no_sign_in=True, buttons=ButtonSettings(store=here.path))
        centre = await Centre.open(settings)
        told: list[PressHeard] = []
        try:
            centre.start()
            assert centre.buttons is not None
            centre.buttons.on_press(told.append)
            await centre.buttons.enrol(ADDRESS, DEVICE, key=KEY, by="somebody")
            await until(lambda: here.bluez.scanning)
            board = centre.desk.board
            here.bluez.advertise(ADDRESS, sealed(SHELLY_HOLD, counter=1, packet=1))
            await until(lambda: board.incidents)
            incident = next(iter(board.incidents.values()))
            assert incident.device == DEVICE and told[0].device == DEVICE
            await until(
                lambda: (
                    {name: one.state for name, one in board.feeds.items()}
                    == {"buttons": "live", "buttons-radio": "live"}
                )
            )
            here.bluez.remove_adapter()
            await until(lambda: board.feeds["buttons-radio"].state == "down")
            assert "adapter" in board.feeds["buttons-radio"].reason and board.feeds["buttons"].state == "live"
        finally:
            await centre.close()


@pytest.mark.parametrize("key", [KEY, None], ids=["encrypted", "plain"])
async def test_a_press_that_two_receivers_hear_is_one_alarm_and_the_next_one_alarms_again(
    key: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def frame(n: int) -> bytes:
        return plain(SHELLY_HOLD, packet=n) if key is None else sealed(SHELLY_HOLD, counter=n, packet=n)

    async with room(monkeypatch) as here:
        other = ButtonStore(tmp_path / "other.buttons")
        gateway = Gateway("buttons-hall", heartbeat_s=0.1)
        service = ButtonService(gateway, ButtonSettings(), store=other, clock=SystemClock())
        await service.open()
        await service.enrol(ADDRESS, DEVICE, key=key, by="somebody")
        await gateway.start()
        work = asyncio.create_task(service.run())
        buttons = ButtonSettings(store=here.path)
        settings = Settings(log=tmp_path / "vigie.log", no_sign_in=True, buttons=buttons, feed=(gateway.url,))
        centre = await Centre.open(settings)
        try:
            centre.start()
            assert centre.buttons is not None
            await centre.buttons.enrol(ADDRESS, DEVICE, key=key, by="somebody")
            await until(lambda: len(here.bluez.monitors) == 2 and gateway.clients == 1)
            feeds = centre.desk.board.feeds
            for n in (1, 2):
                here.bluez.advertise(ADDRESS, frame(n))
                await until(lambda n=n: sum(one.repeated for one in feeds.values()) == n)  # type: ignore[misc]
                (incident,) = centre.desk.board.incidents.values()
                assert incident.presses.count == n
        finally:
            await centre.close()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await gateway.stop()
            await service.close()


async def test_a_button_whose_battery_was_changed_alarms_and_says_what_may_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with room(monkeypatch) as here:
        settings = Settings(log=tmp_path / "vigie.log", no_sign_in=True, buttons=ButtonSettings(store=here.path))
        centre = await Centre.open(settings)
        try:
            centre.start()
            assert centre.buttons is not None
            await centre.buttons.enrol(ADDRESS, DEVICE, key=KEY, by="somebody")
            await until(lambda: here.bluez.scanning)
            board = centre.desk.board
            here.bluez.advertise(ADDRESS, sealed(SHELLY_HOLD, counter=900, packet=40))
            await until(lambda: board.incidents)
            here.bluez.advertise(ADDRESS, sealed(SHELLY_HOLD, counter=1, packet=1))
            (name,) = board.incidents
            await until(lambda: board.incidents[name].presses.count == 2)
            assert "counter_back" in board.incidents[name].flags
            await until(lambda: [alarm.condition for alarm in board.device_alarms.values()] == ["link_lost"])
        finally:
            await centre.close()

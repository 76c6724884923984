"""Whether a button can protect is on the feed: heard or not, battery, receiver."""

import pytest

from tests.feeds.buttons.frames import LONG, plain, sealed
from tests.feeds.buttons.parts import DEVICE, in_file, room
from tests.incidents.conftest import DrivenClock
from tests.waiting import until


async def test_a_button_not_heard_for_the_set_time_is_lost_until_it_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = DrivenClock()
    async with room(monkeypatch) as here:
        async with here.service(clock=clock, silent_min=30) as heard:
            await heard.enrol()
            await heard.air(sealed(counter=1, packet=1))
            clock.pass_s(30 * 60)
            await heard.settle()
            assert heard.states() == ["linked"]
            clock.pass_s(1)
            await until(lambda: heard.states() == ["linked", "link_lost"])
            await until(heard.kept)
        async with here.service(clock=clock, silent_min=30) as heard:  # nothing is said twice over a restart
            await heard.settle()
            assert heard.states() == ["linked", "link_lost"]
            await heard.air(sealed(LONG, counter=2, packet=2))
            await heard.settle()
            assert heard.states() == ["linked", "link_lost", "linked"] and heard.presses() == ["long"]


async def test_a_low_battery_is_said_once_and_its_end_when_it_is_clearly_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with room(monkeypatch) as here, here.service(battery_low_pct=20) as heard:
        await heard.enrol(key=None)
        levels = (80, 20, 22, 19, 25, 26, 20)
        await heard.air(*(plain(packet=n, battery=level) for n, level in enumerate(levels)))
        await heard.settle()
        assert heard.states() == ["linked", "battery_low", "ok", "battery_low"]
        button = heard.service.state.of(DEVICE)
        assert button is not None and button.low and button.battery == 20


async def test_the_end_of_a_low_battery_leaves_a_lost_link_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol()
        await heard.air(sealed(counter=5, packet=1, battery=9), sealed(counter=4, packet=9))
        await heard.air(sealed(counter=6, packet=2, battery=90))
        await heard.settle()
        assert heard.states() == ["linked", "battery_low", "link_lost", "ok", "link_lost"]


async def test_a_receiver_deaf_for_a_minute_loses_every_button_until_it_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = DrivenClock()
    async with room(monkeypatch) as here, here.service(clock=clock, deaf_s=60) as heard:
        await heard.enrol()
        here.bluez.power(False)
        await until(lambda: heard.service.state.adapter.state == "off")
        clock.pass_s(61)
        await until(lambda: heard.states() == ["link_lost"])
        here.bluez.power(True)
        await until(lambda: heard.states() == ["link_lost", "linked"])


async def test_signal_battery_and_last_heard_are_kept_for_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = DrivenClock()
    async with room(monkeypatch) as here:
        async with here.service(clock=clock) as heard:
            await heard.enrol()
            for n in range(3):
                clock.pass_s(10)
                await heard.air(sealed(counter=n, packet=n, battery=70), rssi=-60 - n)
            button = heard.service.state.of(DEVICE)
            assert button is not None and [one.rssi for one in button.signals] == [-60, -61, -62]
        row = in_file(here.path)
        assert (row.rssi, row.battery, row.heard_at, row.name) == (-62, 70, clock.at, "SBBT-002C")

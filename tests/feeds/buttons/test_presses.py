"""A press on the radio is a press on the feed, once: over a real D-Bus, with the real bleak."""

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from dbus_fast import Variant
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.messages import PressReport
from tests.feeds.buttons import frames
from tests.feeds.buttons.frames import ADDRESS, KEY, plain, sealed
from tests.feeds.buttons.parts import DEVICE, alone, room
from tests.waiting import until


async def test_an_encrypted_hold_is_one_press_with_battery_and_the_receivers_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol()
        await heard.air(*[sealed(frames.SHELLY_HOLD, counter=7, packet=1, battery=81)] * 3)
        await heard.settle()
        report = here.desk.presses[0].report
        assert len(here.desk.presses) == 1 and isinstance(report, PressReport)
        assert (report.device, report.press, report.battery, report.transport) == (DEVICE, "hold", 81, "ble_fixed")
        assert heard.states() == ["linked"]
        button = heard.service.state.of(DEVICE)
        assert button is not None and (button.counter, button.packet, button.packets, button.repeated) == (7, 1, 1, 2)
        assert (
            button.authenticated and button.last_press == heard.told[0] and heard.told[0].id == here.desk.presses[0].id
        )


async def test_a_plain_button_is_heard_and_marked_unauthenticated(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch, passive=False) as here, here.service() as heard:
        assert heard.service.state.adapter.mode == "active"
        await heard.enrol(key=None)
        await heard.air(plain(frames.DOUBLE, packet=1), plain(frames.DOUBLE, packet=1), plain(frames.DOUBLE, packet=2))
        await heard.settle()
        assert heard.presses() == ["double", "double"]
        assert b'"authenticated":false' in here.desk.presses[0].raw
        button = heard.service.state.of(DEVICE)
        assert button is not None and button.security == "plain" and not button.authenticated
        assert not heard.told[0].authenticated


async def test_the_same_packet_given_again_for_another_reason_is_no_press(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.air(plain(frames.LONG, packet=8))
        await heard.enrol(key=None)
        for rssi in (-70, -50):  # of the press that showed the button's address, before it was enrolled
            before = heard.taken()
            here.bluez.nudge(ADDRESS, rssi)
            await until(lambda before=before: heard.taken() > before)  # type: ignore[misc]
        await heard.air(plain(frames.LONG, packet=9))
        await heard.settle()
        assert heard.presses() == ["long"]


async def test_a_signal_that_the_system_takes_back_is_no_press(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.buttons.deduplication.LONGEST_S", 0.0)
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol(key=None)
        await heard.air(plain(frames.LONG))  # no packet id: only a pause tells it from another press
        here.bluez.take_back_signal(ADDRESS)
        here.bluez.take_back_signal(ADDRESS)
        await heard.air(plain(frames.DOUBLE, packet=1))
        await heard.settle()
        assert heard.presses() == ["long", "double"]


async def test_a_signal_that_changes_four_seconds_later_is_no_press_of_a_plain_button(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later_s = 0.0
    monkeypatch.setattr("feeds.buttons.service.time", SimpleNamespace(monotonic=lambda: time.monotonic() + later_s))
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol(key=None)
        await heard.air(plain(frames.LONG))
        for rssi in (-70, -50, -65):
            later_s += 4.0
            before = heard.taken()
            here.bluez.nudge(ADDRESS, rssi)
            await until(lambda before=before: heard.taken() > before)  # type: ignore[misc]
        await heard.air(plain(frames.DOUBLE))
        await heard.settle()
        assert heard.presses() == ["long", "double"]


async def test_a_button_that_is_held_or_only_touched_presses_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol()
        said = (frames.HOLD, frames.LONG), (frames.SHELLY_HOLD, frames.LONG), (frames.SHELLY_HOLD, frames.SINGLE)
        for n, (down, up) in enumerate(said):
            await heard.air(*[sealed(down, counter=2 * n, packet=2 * n)] * 3)
            await heard.air(*[sealed(up, counter=2 * n + 1, packet=2 * n + 1)] * 3)
        await heard.settle()
        assert heard.presses() == ["hold", "hold", "hold"]


async def test_buttons_are_told_apart_and_strangers_never_reach_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol("5C:C7:C1:00:00:02", "AMR-00002", key=None)
        await heard.air(plain(0, 1, 0, 4, packet=3), address="5C:C7:C1:00:00:02")
        await heard.air(plain(frames.LONG, packet=3), address="5C:C7:C1:00:00:03", rssi=-40)
        await heard.settle()
        assert heard.presses("AMR-00002") == ["single", "long"] and len(here.desk.presses) == 2
        assert [one.button for one in heard.told] == [2, 4]
        stranger = heard.service.state.devices[-1]
        assert not stranger.enrolled and (stranger.address, stranger.rssi) == ("5C:C7:C1:00:00:03", -40)
        assert await heard.service.remove("AMR-00002") and heard.service.state.of("AMR-00002") is None


async def test_nonsense_of_one_device_costs_no_other_its_press(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = (Variant("s", "no bytes"), Variant("ai", [1, -2]), Variant("ay", b""), Variant("ay", b"\xff" * 300))
    async with room(monkeypatch) as here, here.service() as heard:
        await heard.enrol()
        for count, value in enumerate(odd, 1):
            here.bluez.advertise_value("5C:C7:C1:00:00:0F", value)
            await heard.air(sealed(frames.LONG, counter=count, packet=count))
        await heard.settle()
        assert heard.presses() == ["long"] * len(odd)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.binary(max_size=40), st.text(max_size=8), st.integers(-130, 20)), max_size=8))
async def test_whatever_is_in_the_air_the_next_press_is_heard(noise: list[tuple[bytes, str, int]]) -> None:
    async with alone() as (service, told):
        for data, name, rssi in noise:
            service.heard(ADDRESS, name, data, rssi)
            service.heard("not an address", name, data, None)
        service.heard(ADDRESS, "", sealed(frames.HOLD, counter=0xFFFF0000, packet=200), -60)
        assert [one.press for one in told()][-1:] == ["hold"]


@pytest.mark.parametrize("count", [60, pytest.param(1_000, marks=[pytest.mark.prove, pytest.mark.timeout(900)])])
async def test_presses_are_on_the_feed_once_though_a_fifth_of_what_is_sent_is_lost(
    count: int, monkeypatch: pytest.MonkeyPatch, record_testsuite_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(7)
    sent: dict[tuple[str, int], float] = {}
    delays: list[float] = []
    devices = [(f"5C:C7:C1:00:01:{n:02X}", f"AMR-{n:05d}", KEY if n % 2 else None) for n in range(10)]
    async with room(monkeypatch) as here, here.service() as heard:
        for address, device, key in devices:
            await heard.enrol(address, device, key=key)
        arrived: dict[str, float] = {}
        receive = here.desk.receive

        async def timed(message: object) -> object:
            arrived.setdefault(message.id, time.monotonic())  # type: ignore[attr-defined]
            return await receive(message)  # type: ignore[arg-type]

        monkeypatch.setattr(here.desk, "receive", timed)
        firsts: list[tuple[str, float]] = []
        heard.service.on_press(lambda press: firsts.append((press.id, sent[press.address, presses[press.address]])))
        presses: dict[str, int] = {}
        for n in range(count):
            address, _, key = devices[n % len(devices)]
            presses[address] = number = presses.get(address, 0) + 1
            event = dice.choice((frames.LONG_DOUBLE, frames.SHELLY_HOLD, frames.DOUBLE))
            frame = (
                plain(event, packet=number, battery=80)
                if key is None
                else sealed(event, packet=number, battery=80, counter=number, address=address)
            )
            copies = dice.randint(3, 7)
            kept = [copy for copy in range(copies) if dice.random() >= 0.2] or [dice.randrange(copies)]
            for place, _ in enumerate(kept):
                sent.setdefault((address, number), time.monotonic())
                here.bluez.advertise(address, frame, rssi=-60 - place)
                await asyncio.sleep(0)
            await until(lambda n=n: len(heard.told) > n)  # type: ignore[misc]
        await heard.settle()
        delays = [arrived[id_] - at for id_, at in firsts]
        by_device = {device: len(heard.presses(device)) for _, device, _ in devices}
    assert len(here.desk.presses) == count == len(heard.told)
    assert sum(here.desk.times.values()) == len(here.desk.messages), "a message was sent twice"
    assert set(by_device.values()) == {count // len(devices)}
    median_ms = statistics.median(delays) * 1000
    if count >= 1_000:
        record_testsuite_property("buttons: presses of 1,000 on the feed, none twice", len(here.desk.presses))
        record_testsuite_property("buttons: advertisement to feed message, median ms", round(median_ms, 2))
    assert median_ms < (20 if count >= 1_000 else 500)  # the short form runs among other tests

"""A press from the button to the screen: each step has its milliseconds, and what does not come is said."""

from dashboard.technician.presses import KEPT, Way
from incidents import commands as do
from tests.dashboard.technician.conftest import DEVICE, BenchHouse
from tests.people import dispatcher


def last(house: BenchHouse) -> Way:
    return house.bench.presses.of(DEVICE)[0]


async def test_each_step_of_an_alarm_is_timed_in_order_and_the_first_that_can_be_heard_is_told(
    house: BenchHouse,
) -> None:
    house.console()
    heard = house.radio.hear()
    way = last(house)
    assert (way.rssi, way.battery, way.screens, way.heard_by) == (-60, 81, 1, 1)
    assert (way.logged_ms, way.alarms, way.shown_ms) == (None, None, None), "nothing is said before it happened"
    assert way.press is heard
    await house.radio.press()
    house.paint(audible=False)
    way = last(house)
    assert way.logged_ms is not None
    assert way.shown_ms is not None
    assert 0 <= way.feed_ms <= way.logged_ms <= way.shown_ms
    assert (way.alarms, way.audible) == (True, False)
    shown = way.shown_ms
    house.paint()
    assert (last(house).shown_ms, last(house).audible) == (shown, True)


async def test_a_further_press_of_an_open_alarm_is_followed_for_itself(house: BenchHouse) -> None:
    house.console()
    await house.radio.press()
    house.paint()
    first = last(house).shown_ms
    me = dispatcher("p-1")
    incident = house.desk.board.open_press_of(DEVICE)
    assert incident is not None
    await house.desk.command(do.Acknowledge(id=house.id(), incident=incident.id), me)
    await house.radio.press()
    assert last(house).shown_ms is None
    house.paint()
    assert last(house).shown_ms is not None
    assert house.bench.presses.of(DEVICE)[1].shown_ms == first


async def test_a_press_that_does_not_alarm_is_logged_and_waits_for_no_screen(house: BenchHouse) -> None:
    await house.radio.press("single")
    way = last(house)
    assert (way.alarms, way.shown_ms) == (False, None)
    assert way.settled(way.press.monotonic_s)


async def test_without_a_screen_nothing_is_waited_for_longer_than_five_seconds(house: BenchHouse) -> None:
    await house.radio.press()
    way = last(house)
    assert way.screens == 0
    assert not way.settled(way.press.monotonic_s + 4.9)
    assert way.settled(way.press.monotonic_s + 5.1)


async def test_what_never_came_is_not_kept_for_ever(house: BenchHouse) -> None:
    for _ in range(30):
        house.radio.hear()
    assert len(house.bench.presses.of(DEVICE)) == KEPT

"""What is said of a feed, on real sockets: live, silent, down; never a secret."""

import logging
from datetime import UTC, datetime

import msgspec
import pytest

from feeds.gateway import Gateway
from feeds.subscriber import address_of
from incidents.events import stamp
from tests.feeds.parts import FEED, HEARTBEAT, QUICK, Desk, Line, Shelf, following, press, scripted
from tests.waiting import until


async def test_feed_is_live_then_silent_then_live_again_after_a_new_connection() -> None:
    desk = Desk()

    async def script(line: Line, connection: int) -> None:
        await line.accept(**FEED, oldest=1, head=0)
        if connection != 2:
            await line.event("t", HEARTBEAT)

    async with scripted(script) as url, following(url, desk, Shelf()):
        await until(lambda: "silent" in states(desk))
        await until(lambda: states(desk).count("live") >= 2, 12)
    seen = states(desk)
    assert seen[seen.index("live") : seen.index("live") + 3] == ["live", "silent", "live"]


async def test_feed_that_is_not_there_is_down_and_found_when_it_comes() -> None:
    desk = Desk()
    gateway = Gateway("112-app", heartbeat_s=0.1)
    await gateway.start()
    port, url = int(gateway.url.split(":")[2].split("/")[0]), gateway.url
    await gateway.stop()
    async with following(url, desk, Shelf()):
        await until(lambda: desk.state == "down")
        assert desk.healths[-1].reason == "unreachable"
        await gateway.start(port=port)
        try:
            await until(lambda: desk.state == "live")
            assert len({health.name for health in desk.healths}) == 1
        finally:
            await gateway.stop()
        await until(lambda: desk.state == "down")


async def test_feed_that_only_answers_what_is_asked_of_it_is_silent() -> None:
    desk = Desk()

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=5)
        await line.event("t", HEARTBEAT | {"head": 5})
        # Numbers are missing, so it is asked for them again and again: it answers, and sends nothing.
        for count in range(2, 10):
            await line.accept(count, **FEED, oldest=1, head=5)

    patient = msgspec.structs.replace(QUICK, silent_s=1.0, reconnect_s=60.0)
    async with scripted(script) as url, following(url, desk, Shelf(), timing=patient):
        await until(lambda: "silent" in states(desk), 2.0)


@pytest.mark.parametrize("status", [403, 500])
async def test_refused_subscription_is_down_and_tried_again(status: int) -> None:
    desk = Desk()

    async def script(line: Line, connection: int) -> None:
        if connection <= 2:
            asked = await line.subscribed()
            await line.say({"subscribeResponse": {"requestId": asked["requestId"], "statusCode": status}})
        else:
            await line.accept(**FEED, oldest=1, head=0)
            await line.event("t", press(1))

    async with scripted(script) as url, following(url, desk, Shelf()):
        await until(lambda: desk.presses)
    assert any(health.reason == f"subscription refused: {status}" for health in desk.healths)


async def test_server_that_ends_the_subscription_is_answered_and_asked_anew() -> None:
    desk = Desk()
    lines: list[Line] = []

    async def script(line: Line, connection: int) -> None:
        lines.append(line)
        await line.accept(**FEED, oldest=1, head=0)
        if connection == 1:
            await line.say({"terminate": {"requestId": "end", "subscriptionId": "s1"}})
        else:
            await line.event("t", press(1))

    async with scripted(script) as url, following(url, desk, Shelf()):
        await until(lambda: desk.presses)
    (response,) = [said["terminateResponse"] for said in lines[0].heard if "terminateResponse" in said]
    assert (response["requestId"], response["statusCode"]) == ("end", 200)


async def test_health_tells_lag_counts_and_numbers() -> None:
    desk = Desk()

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=2)
        await line.event("t1", press(1), press(1))
        await line.event("t2", press(2), {"kind": "heartbeat", "head": 2})

    async with scripted(script) as url, following(url, desk, Shelf()):
        await until(lambda: desk.healths and desk.healths[-1].seq == 2)
        health = desk.healths[-1]
    assert (health.name, health.state, health.head, health.repeated) == ("112-app", "live", 2, 1)
    assert health.heartbeat_at is not None and health.message_at is not None and health.lag_ms is not None


async def test_a_clock_years_ahead_does_not_stay_the_newest_message() -> None:
    desk = Desk()

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=2)
        await line.event("t1", press(1) | {"at": "9999-12-31T23:59:59Z"})
        await until(lambda: desk.presses)
        await line.event("t2", press(2) | {"at": stamp(datetime.now(UTC))})

    async with scripted(script) as url, following(url, desk, Shelf()):
        await until(lambda: desk.healths and desk.healths[-1].seq == 2)
        first = next(health for health in desk.healths if health.message_at is not None)
        last = desk.healths[-1]
    assert first.lag_ms is not None and last.lag_ms is not None and last.message_at is not None
    assert 0 <= last.lag_ms < 60_000 and first.lag_ms >= 0


async def test_token_goes_in_the_header_and_nothing_personal_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk = Desk()
    gateway = Gateway("112-app", token="s3cret-token")
    await gateway.start()
    try:
        async with following(gateway.url, desk, Shelf(), token="wrong"):
            await until(lambda: desk.state == "down")
            assert desk.healths[-1].reason == "refused: HTTP 401"
        async with following(gateway.url, desk, Shelf(), token="s3cret-token"):
            await gateway.publish(press(None))
            await until(lambda: desk.presses)
    finally:
        await gateway.stop()
    assert not any(word in caplog.text for word in ("s3cret", "AMR-00412", "51.0536", "press-None", "SIM-2026"))


def test_name_from_an_address_has_no_secret_in_it() -> None:
    assert address_of("wss://user:word@feed.example:8443/amr/?token=x#y") == "feed.example:8443/amr"


def states(desk: Desk) -> list[str]:
    seen: list[str] = []
    for health in desk.healths:
        if not seen or seen[-1] != health.state:
            seen.append(health.state)
    return seen

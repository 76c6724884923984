"""The subscriber on real sockets: answers, resumes, asks again, and always says how the feed is."""

import asyncio
import json
import logging
from typing import Any

import msgspec
import pytest

from feeds.gateway import Gateway
from feeds.subscriber import address_of
from tests.feeds.parts import QUICK, Desk, Line, Shelf, following, press, scripted, until

HEARTBEAT = {"kind": "heartbeat", "head": 0}
FEED = {"feed": "112-app", "epoch": "E1"}


async def test_press_is_answered_200_once_the_desk_has_it() -> None:
    desk = Desk()

    async def script(line: Line, _: int) -> None:
        asked = await line.accept(**FEED, oldest=1, head=0)
        assert asked["requestType"] == "AMR" and asked["requestSubType"] == "all"
        assert asked["requestAccepts"] == "application/vnd.vigie.amr+json;version=1"
        assert "qualFilter" not in asked
        answer = await line.event("t1", press(1), press(2))
        assert answer == {"transactionId": "t1", "statusCode": 200, "statusText": "OK"}
        done.set()

    done = asyncio.Event()
    async with scripted(script) as url, following(url, desk, Shelf()):
        await asyncio.wait_for(done.wait(), 8)
        assert [message.feed for message in desk.presses] == ["112-app"] * 2


async def test_messages_reach_the_desk_in_the_order_they_came() -> None:
    desk = Desk()
    async with following_gateway(desk, Shelf()) as gateway:
        for n in range(500):
            await gateway.publish(press(None, id=f"p{n}"))
        await until(lambda: len(desk.order) == 500)
    assert desk.order == [f"p{n}" for n in range(500)]


async def test_refused_message_is_named_and_its_bytes_are_kept() -> None:
    desk, shelf = Desk(), Shelf()

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=0)
        bad = {"kind": "fix", "seq": 2, "id": "m2", "at": "2026-11-24T21:14:07Z", "device": "AMR-1"}
        answers.append(await line.event("t1", press(1), bad, press(3)))

    answers: list[dict[str, Any]] = []
    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: answers)
        assert answers[0]["statusCode"] == 200
        assert answers[0]["rejected"] == [{"index": 1, "id": "m2", "reason": "fix: missing"}]
        assert len(desk.presses) == 2
        assert [reason for reason, _ in shelf.quarantined] == ["fix: missing"]
        await until(lambda: shelf.kept.get("112-app") == {"E1": 3})


async def test_what_is_shown_but_not_durable_is_answered_503_and_not_counted_as_done() -> None:
    desk, shelf = Desk(), Shelf()

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=0)
        desk.held = True
        answers.append((await line.event("t1", press(1)))["statusCode"])
        await looked.wait()
        desk.held = False
        answers.append((await line.event("t2", press(1), press(2)))["statusCode"])

    answers: list[int] = []
    looked = asyncio.Event()
    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: len(answers) == 1)
        assert shelf.kept.get("112-app", {}).get("E1", 0) == 0
        looked.set()
        await until(lambda: len(answers) == 2)
        assert answers == [503, 200]
        await until(lambda: shelf.kept.get("112-app") == {"E1": 2})


async def test_refused_message_that_cannot_be_kept_is_asked_for_again() -> None:
    shelf = Shelf()

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=0)
        shelf.full = True
        answers.append((await line.event("t1", {"kind": "fix"}))["statusCode"])
        await line.say("not json")
        answers.append((await line.answer(None))["statusCode"])
        shelf.full = False
        answers.append((await line.event("t2", {"kind": "fix"}))["statusCode"])

    answers: list[int] = []
    async with scripted(script) as url, following(url, Desk(), shelf):
        await until(lambda: len(answers) == 3)
    assert answers == [503, 503, 200]


async def test_desk_that_is_too_slow_gets_503_and_its_message_counts_later() -> None:
    desk, shelf = Desk(), Shelf()
    desk.delay_s = 0.3

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=0)
        answers.append((await line.event("t1", press(1)))["statusCode"])

    answers: list[int] = []
    async with scripted(script) as url, following_quickly(url, desk, shelf, {"answer_s": 0.1}):
        await until(lambda: answers)
        await until(lambda: shelf.kept.get("112-app") == {"E1": 1})
    assert answers == [503]
    assert len(desk.presses) == 1


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "nonsense",
        "[]",
        '{"hello": {}}',
        '{"event": {"transactionId": "b", "notification": 5}}',
        "null",
        b"\xff\xfe",
    ],
)
async def test_frame_that_is_not_understood_is_answered_400_and_kept(frame: str | bytes) -> None:
    desk, shelf = Desk(), Shelf()

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=0)
        await line.say(frame)
        await until(lambda: line.answers)
        answers.extend(line.answers.values())
        answers.append(await line.event("t1", press(1)))

    answers: list[dict[str, Any]] = []
    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: len(answers) == 2)
        assert [answer["statusCode"] for answer in answers] == [400, 200]
        assert len(shelf.quarantined) == 1
        await until(lambda: desk.state == "malformed")
        await until(lambda: desk.state != "malformed")


async def test_binary_and_fragmented_frames_are_taken() -> None:
    desk = Desk()

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=0)
        whole = json.dumps({"event": {"transactionId": "t1", "notification": [press(1)]}})
        await line.socket.send(whole.encode())
        await line.answer("t1")
        half = whole.replace("press-1", "press-2").replace("t1", "t2")
        await line.socket.send([half[:50], half[50:90], half[90:]])
        await line.answer("t2")

    async with scripted(script) as url, following(url, desk, Shelf()):
        await until(lambda: len(desk.presses) == 2)


async def test_press_in_a_frame_above_one_mebibyte_is_saved_and_the_frame_refused() -> None:
    desk, shelf = Desk(), Shelf()

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=0)
        answers.append(await line.event("big", press(1), {"kind": "fix", "x": "x" * 2_000_000}))
        answers.append(await line.event("t2", press(2)))

    answers: list[dict[str, Any]] = []
    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: len(answers) == 2)
    assert [(answer["transactionId"], answer["statusCode"]) for answer in answers] == [("big", 400), ("t2", 200)]
    assert {message.id for message in desk.presses} == {"press-1", "press-2"}
    assert len(shelf.quarantined[0][1]) == 65_536


async def test_frame_above_eight_mebibytes_is_skipped_after_two_closes_with_a_gap() -> None:
    desk, shelf = Desk(), Shelf()
    asked: list[str | None] = []

    async def script(line: Line, connection: int) -> None:
        asked.append((await line.subscribed()).get("qualFilter"))
        await line.accept(**FEED, oldest=1, head=3)
        if connection == 1:
            await line.event("t1", press(1))
        if connection <= 2:
            await line.say(json.dumps({"event": {"transactionId": "t", "notification": ["x" * (8 << 20)]}}))
        else:
            await line.event("t4", press(4))

    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: len(desk.presses) == 2)
        await until(lambda: desk.gaps)
    assert asked == [None, "after=1", "after=3"]
    assert desk.gaps == [("112-app", "oversize", 2, 4, "E1")]


async def test_subscription_resumes_after_a_cut_and_after_a_restart() -> None:
    desk, shelf = Desk(), Shelf()
    asked: list[str | None] = []

    async def script(line: Line, connection: int) -> None:
        asked.append((await line.accept(**FEED, oldest=1, head=9)).get("qualFilter"))
        await line.event("t", press(connection * 2 - 1), press(connection * 2))
        if connection == 1:
            await line.socket.close()

    async with scripted(script) as url:
        async with following(url, desk, shelf):
            await until(lambda: len(desk.presses) == 4)
        async with following(url, desk, shelf):
            await until(lambda: len(desk.presses) == 6)
    assert asked == [None, "after=2", "after=4"]
    assert desk.gaps == []


async def test_new_epoch_is_taken_whole_and_the_gap_recorded() -> None:
    desk, shelf = Desk(), Shelf()
    asked: list[str | None] = []

    async def script(line: Line, connection: int) -> None:
        epoch = "E1" if connection == 1 else "E2"
        asked.append((await line.accept(feed="112-app", epoch=epoch, oldest=1, head=1)).get("qualFilter"))
        if connection == 1:
            await line.event("t", press(1))
            await line.socket.close()
        else:
            asked.append((await line.accept(2, feed="112-app", epoch=epoch, oldest=1, head=1)).get("qualFilter"))
            await line.event("t", press(1, id="other"))

    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: len(desk.presses) == 2)
        await until(lambda: shelf.kept.get("112-app", {}).get("E2") == 1)
    assert asked == [None, "after=1", None]
    assert desk.gaps == [("112-app", "epoch", 2, 1, "E2")]


async def test_server_that_no_longer_holds_what_is_next_makes_a_gap() -> None:
    desk, shelf = Desk(), Shelf()
    shelf.kept = {"112-app": {"E1": 5}}

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=17, head=17)
        if len(line.subscribes) == 1:
            await line.accept(2, **FEED, oldest=17, head=17)
        await line.event("t", press(17))

    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: shelf.kept.get("112-app", {}).get("E1") == 17)
    assert desk.gaps == [("112-app", "oldest", 6, 17, "E1")]


async def test_same_epoch_whose_numbers_begin_anew_is_taken_whole() -> None:
    desk, shelf = Desk(), Shelf()
    shelf.kept = {"112-app": {"E1": 500}}

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=2)
        await line.event("t", press(1), press(2))

    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: shelf.kept.get("112-app", {}).get("E1") == 2)
    assert desk.gaps == [("112-app", "epoch", 501, 1, "E1")]


async def test_missing_number_is_asked_for_again_on_the_same_connection() -> None:
    desk, shelf = Desk(), Shelf()
    asked: list[str | None] = []

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=3)
        await line.event("t1", press(1), press(3))
        asked.append((await line.accept(2, **FEED, oldest=1, head=3)).get("qualFilter"))
        await line.event("t2", press(2), press(3))

    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: shelf.kept.get("112-app") == {"E1": 3})
    assert asked == ["after=1"]
    assert desk.gaps == []


async def test_last_message_that_was_lost_is_asked_for_when_a_heartbeat_tells_of_it() -> None:
    desk, shelf = Desk(), Shelf()

    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=1)
        await line.event("t1", press(1))
        await line.event("t2", {"kind": "heartbeat", "head": 2})
        asked = await line.accept(2, **FEED, oldest=1, head=2)
        assert asked["qualFilter"] == "after=1"
        await line.event("t3", press(2))

    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: len(desk.presses) == 2)


async def test_number_that_never_comes_is_given_up_with_a_gap() -> None:
    desk, shelf = Desk(), Shelf()

    async def script(line: Line, _: int) -> None:
        count = 0
        while True:
            count += 1
            await line.accept(count, **FEED, oldest=1, head=3)
            await line.event(f"t{count}", press(1), press(3))

    timing = {"missing_s": 0.03}
    async with scripted(script) as url, following_quickly(url, desk, shelf, timing):
        await until(lambda: desk.gaps, 20)
        await until(lambda: shelf.kept.get("112-app", {}).get("E1") == 3)
    assert desk.gaps == [("112-app", "oldest", 2, 4, "E1")]


async def test_foreign_server_without_names_or_numbers_is_followed() -> None:
    desk, shelf = Desk(), Shelf()

    async def script(line: Line, connection: int) -> None:
        asked = await line.accept()
        assert "qualFilter" not in asked
        await line.event(7, press(None, id=f"x{connection}"))
        if connection == 1:
            await line.socket.close()

    async with scripted(script) as url, following(url, desk, shelf):
        await until(lambda: len(desk.presses) == 2)
        assert {message.feed for message in desk.presses} == {address_of(url)}
    assert desk.gaps == []


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


async def test_subscription_is_renewed_before_it_expires() -> None:
    async def script(line: Line, _: int) -> None:
        await line.accept(**FEED, oldest=1, head=0, expires=1)
        for count in range(6):
            await line.event(f"t{count}", HEARTBEAT)
            await asyncio.sleep(0.15)
        renewed.append(await line.subscribed(2))

    renewed: list[dict[str, Any]] = []
    async with scripted(script) as url, following(url, Desk(), Shelf()):
        await until(lambda: renewed)


async def test_event_that_comes_before_the_subscription_is_answered_is_not_lost() -> None:
    desk = Desk()

    async def script(line: Line, _: int) -> None:
        await line.say({"event": {"transactionId": "early", "notification": [press(1)]}})
        await line.accept(**FEED, oldest=1, head=1)
        assert (await line.answer("early"))["statusCode"] == 200

    async with scripted(script) as url, following(url, desk, Shelf()):
        await until(lambda: desk.presses)
        assert desk.presses[0].feed == "112-app"


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


async def test_desk_that_fails_on_a_message_keeps_the_feed_alive_and_the_message_asked_for() -> None:
    class Stumbling(Desk):
        async def receive(self, message: Any) -> Any:
            if self.times[message.id] == 0:
                self.times[message.id] += 1
                raise ValueError(message.report.device)
            return await super().receive(message)

    desk = Stumbling()
    async with following_gateway(desk, Shelf()) as gateway:
        await gateway.publish(press(None))
        await until(lambda: desk.presses)


def test_name_from_an_address_has_no_secret_in_it() -> None:
    assert address_of("wss://user:word@feed.example:8443/amr/?token=x#y") == "feed.example:8443/amr"


def states(desk: Desk) -> list[str]:
    seen: list[str] = []
    for health in desk.healths:
        if not seen or seen[-1] != health.state:
            seen.append(health.state)
    return seen


def following_quickly(url: str, desk: Desk, shelf: Shelf, timing: dict[str, float]) -> Any:
    return following(url, desk, shelf, timing=msgspec.structs.replace(QUICK, **timing))


class following_gateway:
    """A gateway and a subscriber that follows it."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self.gateway = Gateway("112-app", heartbeat_s=0.1)
        self._desk, self._shelf = desk, shelf

    async def __aenter__(self) -> Gateway:
        await self.gateway.start()
        self._following = following(self.gateway.url, self._desk, self._shelf)
        await self._following.__aenter__()
        return self.gateway

    async def __aexit__(self, *error: Any) -> None:
        await self._following.__aexit__(*error)
        await self.gateway.stop()

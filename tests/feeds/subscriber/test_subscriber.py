"""What a subscriber answers, on real sockets: 200 only when it is durable, and a press is never lost."""

import asyncio
import json
from typing import Any

import pytest

from tests.feeds.parts import FEED, Desk, Followed, Line, Shelf, following, following_quickly, press, scripted
from tests.waiting import until


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
    async with Followed(desk, Shelf()) as gateway:
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


async def test_event_that_comes_before_the_subscription_is_answered_is_not_lost() -> None:
    desk = Desk()

    async def script(line: Line, _: int) -> None:
        await line.say({"event": {"transactionId": "early", "notification": [press(1)]}})
        await line.accept(**FEED, oldest=1, head=1)
        assert (await line.answer("early"))["statusCode"] == 200

    async with scripted(script) as url, following(url, desk, Shelf()):
        await until(lambda: desk.presses)
        assert desk.presses[0].feed == "112-app"


async def test_desk_that_fails_on_a_message_keeps_the_feed_alive_and_the_message_asked_for() -> None:
    class Stumbling(Desk):
        async def receive(self, message: Any) -> Any:
            if self.times[message.id] == 0:
                self.times[message.id] += 1
                raise ValueError(message.report.device)
            return await super().receive(message)

    desk = Stumbling()
    async with Followed(desk, Shelf()) as gateway:
        await gateway.publish(press(None))
        await until(lambda: desk.presses)

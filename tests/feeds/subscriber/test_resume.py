"""How a subscriber resumes, on real sockets: after a cut, a restart, a new epoch; and what it does about missing numbers."""

import asyncio
import json
from typing import Any

from feeds.subscriber import address_of
from tests.feeds.parts import FEED, HEARTBEAT, Desk, Line, Shelf, following, following_quickly, press, scripted
from tests.waiting import until


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
    assert desk.gaps == [("112-app", "oldest", 2, 3, "E1")]


async def test_last_message_that_never_comes_is_told_once_and_its_place_is_kept() -> None:
    desk, shelf = Desk(), Shelf()
    asked: list[str | None] = []
    state = {"kind": "device", "device": "AMR-1", "state": "ok", "at": "2026-11-24T21:14:07Z", "seq": 1, "id": "d"}

    async def script(line: Line, connection: int) -> None:
        count = 0
        while True:
            taking = asyncio.create_task(line.accept(count := count + 1, **FEED, oldest=1, head=4))
            while not taking.done():  # on a quiet feed
                await line.event(f"b{count}", {"kind": "heartbeat", "head": 4})
                await asyncio.sleep(0.01)
                if desk.gaps and connection == 2:
                    await line.event("new", press(5))
            asked.append((await taking).get("qualFilter"))
            if connection == 1 and count == 3:
                await line.socket.close()  # a new line takes no try back
            await line.event(f"t{count}", state, press(2), press(3))

    async with scripted(script) as url, following_quickly(url, desk, shelf, {"missing_s": 0.03}):
        await until(lambda: desk.gaps)
        assert shelf.kept["112-app"] == {"E1": 3}  # it may come all the same
        await until(lambda: shelf.kept["112-app"] == {"E1": 5})
    assert asked == [None, *["after=3"] * 4]
    assert desk.gaps == [("112-app", "oldest", 4, 5, "E1")]


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

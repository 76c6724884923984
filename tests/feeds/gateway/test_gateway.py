"""The feed server on real sockets: a day's messages for whoever asks, again and again until they are safe."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from feeds.decoding import ACCEPTS
from feeds.gateway import Gateway, message_id
from feeds.gateway.lines import Lines
from feeds.gateway.store import STATES, Store
from tests.feeds.parts import Desk, Shelf, following, press
from tests.incidents.conftest import DrivenClock
from tests.waiting import LONG_S, until


@contextlib.asynccontextmanager
async def serving(**options: Any) -> AsyncIterator[Gateway]:
    gateway = Gateway("112-app", **{"heartbeat_s": 0.1, "answer_s": 0.3, **options})
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.stop()


class Client:
    """A client that answers only when told to."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def subscribe(self, **changes: Any) -> dict[str, Any]:
        body = {"requestId": "r", "requestType": "AMR", "requestSubType": "all", "requestAccepts": ACCEPTS}
        await self.socket.send(json.dumps({"subscribe": {**body, **changes}}))
        return (await self.next("subscribeResponse"))["subscribeResponse"]

    async def next(self, verb: str) -> dict[str, Any]:
        async with asyncio.timeout(LONG_S):
            while True:
                said: dict[str, Any] = json.loads(await self.socket.recv())
                if verb in said:
                    return said

    async def event(self, *, answer: int | None = 200, heartbeats: bool = False) -> list[dict[str, Any]]:
        """The messages of the next event that brings any; events of heartbeats alone are answered on the way."""
        while True:
            event = (await self.next("event"))["event"]
            messages = [m for m in event["notification"] if heartbeats or m["kind"] != "heartbeat"]
            status = answer if messages else 200
            if status is not None:
                body = {"transactionId": event["transactionId"], "statusCode": status, "statusText": ""}
                await self.socket.send(json.dumps({"eventResponse": body}))
            if messages:
                return messages


@contextlib.asynccontextmanager
async def client(gateway: Gateway) -> AsyncIterator[Client]:
    async with connect(gateway.url, proxy=None, max_size=None) as socket:
        yield Client(socket)


async def test_subscription_gets_what_is_held_above_a_number_then_states_then_what_is_new() -> None:
    async with serving(epoch="E1") as gateway:
        for n in range(1, 4):
            await gateway.publish(press(None, id=f"p{n}"))
        await gateway.publish({"kind": "device", "device": "AMR-1", "state": "linked"})
        await gateway.publish({"kind": "device", "device": "AMR-1", "state": "battery_low"})
        async with client(gateway) as one:
            said = await one.subscribe(qualFilter="after=4")
            assert (said["statusCode"], said["feed"], said["epoch"], said["oldest"], said["head"]) == (
                200,
                "112-app",
                "E1",
                1,
                5,
            )
            assert [m["seq"] for m in await one.event()] == [5]
            (state,) = await one.event()
            assert (state["seq"], state["state"]) == (5, "battery_low")
            await gateway.publish(press(None))
            assert [m["seq"] for m in await one.event()] == [6]
        async with client(gateway) as two:
            await two.subscribe()
            assert [m["seq"] for m in await two.event()] == [1, 2, 3, 4, 5, 6]


async def test_event_holds_100_messages_at_most_and_16_are_unanswered_at_most() -> None:
    async with serving(heartbeat_s=30, answer_s=30) as gateway:
        for _ in range(1_700):
            await gateway.publish(press(None))
        async with client(gateway) as one:
            await one.subscribe()
            await one.event(answer=None, heartbeats=True)
            sizes = [len(await one.event(answer=None)) for _ in range(15)]
            assert sizes == [100] * 15
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await one.socket.recv()


async def test_large_messages_share_no_frame_that_a_client_would_not_decode() -> None:
    async with serving(answer_s=30) as gateway, client(gateway) as one:
        for n in range(40):
            await gateway.publish(press(None, id=f"p{n}", note="x" * 60_000))
        await one.subscribe()
        found: list[str] = []
        while len(found) < 40:
            messages = await one.event(answer=503 if not found else 200)
            assert len(json.dumps(messages)) < 1 << 20
            found += [message["id"] for message in messages if message["id"] not in found]
        again = await one.event()  # what was refused, likewise
        assert len(json.dumps(again)) < 1 << 20 and found == [f"p{n}" for n in range(40)]


async def test_message_that_is_not_durable_comes_again_with_a_heartbeat() -> None:
    async with serving() as gateway, client(gateway) as one:
        await one.subscribe()
        await gateway.publish(press(None, id="p1"))
        assert [m["id"] for m in await one.event(answer=503)] == ["p1"]
        again = await one.event(answer=503, heartbeats=True)
        while len(again) < 2:
            again = await one.event(heartbeats=True)
        assert [m["kind"] for m in again] == ["heartbeat", "press"]


async def test_message_that_was_answered_does_not_come_again() -> None:
    async with serving() as gateway, client(gateway) as one:
        await one.subscribe()
        await gateway.publish(press(None, id="p1"))
        await one.event(answer=400)
        await gateway.publish(press(None, id="p2"))
        assert [m["id"] for m in await one.event()] == ["p2"]
        for _ in range(3):
            assert [m["kind"] for m in await one.event(heartbeats=True)] == ["heartbeat"]


async def test_three_events_without_an_answer_end_the_subscription() -> None:
    async with serving() as gateway, client(gateway) as one:
        await one.subscribe()
        ended = (await one.next("terminate"))["terminate"]
        assert ended["statusCode"] == 408
        assert gateway.clients == 0
        assert (await one.subscribe())["statusCode"] == 200


async def test_unsubscribe_ends_it_and_a_second_one_finds_nothing() -> None:
    async with serving() as gateway, client(gateway) as one:
        said = await one.subscribe()
        for status in (200, 404):
            body = {"requestId": "u", "subscriptionId": said["subscriptionId"]}
            await one.socket.send(json.dumps({"unsubscribe": body}))
            assert (await one.next("unsubscribeResponse"))["unsubscribeResponse"]["statusCode"] == status
        assert gateway.clients == 0


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"requestType": "EIDO"}, 404),
        ({"requestSubType": "single"}, 404),
        ({"requestAccepts": "text/html"}, 406),
        ({"qualFilter": "before=3"}, 400),
        ({"qualFilter": 3}, 400),
        ({"requestAccepts": None, "qualFilter": None}, 200),
    ],
)
async def test_subscription_that_cannot_be_served_is_refused(changes: dict[str, Any], status: int) -> None:
    async with serving() as gateway, client(gateway) as one:
        assert (await one.subscribe(**changes))["statusCode"] == status


async def test_client_without_the_token_is_refused() -> None:
    async with serving(token="a-token") as gateway:
        for headers in ({}, {"Authorization": "Bearer other"}):
            with pytest.raises(InvalidStatus) as refused:
                await connect(gateway.url, additional_headers=headers, proxy=None)
            assert refused.value.response.status_code == 401
        async with connect(gateway.url, additional_headers={"Authorization": "Bearer a-token"}, proxy=None):
            pass


@pytest.mark.parametrize("raw", ["", "nonsense", "[]", '{"subscribe": 5}', '{"event": {"notification": []}}', "{}"])
async def test_nonsense_of_a_client_harms_nobody(raw: str) -> None:
    async with serving() as gateway, client(gateway) as one:
        await one.socket.send(raw)
        assert (await one.subscribe())["statusCode"] == 200


async def test_client_that_goes_away_leaves_nothing_behind() -> None:
    async with serving() as gateway:
        async with client(gateway) as one:
            await one.subscribe()
            assert gateway.clients == 1
        async with client(gateway) as two:
            await two.subscribe()
            await two.event(heartbeats=True)
            assert gateway.clients == 1


async def test_too_large_a_frame_of_a_client_ends_its_connection_only() -> None:
    async with serving() as gateway, client(gateway) as other, client(gateway) as one:
        with pytest.raises(ConnectionClosed):
            await one.socket.send("x" * (2 << 20))
            await one.next("nothing")
        assert (await other.subscribe())["statusCode"] == 200


def test_store_keeps_a_day_and_the_latest_states() -> None:
    clock = DrivenClock()
    store, began = Store(60, clock), clock.now()
    store.add({"kind": "unit", "unit": "GENT-21", "zone": "5415", "status": "available"}, began)
    clock.pass_s(59)
    store.add(press(None), clock.now())
    assert (store.oldest, store.head) == (1, 2)
    clock.pass_s(2)
    store.forget()
    assert (store.oldest, [m.seq for m in store.after(0, 10)]) == (2, [2])
    assert [m.seq for m in store.states()] == [1]
    clock.pass_s(540)
    store.forget()
    assert (store.oldest, store.after(0, 10)) == (3, [])


def test_states_of_devices_that_are_heard_of_no_more_have_an_end() -> None:
    clock = DrivenClock()
    store = Store(60, clock)
    for number in range(2 * STATES):
        store.add({"kind": "device", "device": f"AMR-{number}", "state": "linked"}, clock.now())
        clock.pass_s(1)
    clock.pass_s(60)
    store.forget()
    held = [json.loads(one.raw)["device"] for one in store.states()]
    assert len(held) <= STATES and held[-1] == f"AMR-{2 * STATES - 1}"
    # and they leave the file
    assert store.needed() == (2 * STATES, [one.seq for one in store.states()[:-1]], 2 * STATES + 1)


def test_clock_that_is_set_lets_go_of_nothing_before_its_time() -> None:
    class Set(DrivenClock):
        passed = 0.0

        def steady(self) -> float:
            return self.passed

    clock = Set()
    store = Store(60, clock)
    store.restore([(clock.now() + timedelta(days=400), msgspec.json.encode(press(1, id="p-1")))])  # it was wrong before
    for seconds in (172_800, -172_800, -400_000):
        clock.pass_s(seconds)
        store.add(press(None), clock.now())
    assert len(store) == 4
    clock.passed = 61
    store.forget()
    assert len(store) == 0


def test_ids_sort_by_time_and_are_of_version_7() -> None:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    ids = [message_id(now + timedelta(seconds=n)) for n in range(50)]
    assert ids == sorted(ids) and len(set(ids)) == 50
    assert all(len(id_) == 36 and id_[14] == "7" and id_[19] in "89ab" for id_ in ids)


async def test_one_line_too_many_is_refused_and_a_desk_says_what_it_is_until_there_is_room() -> None:
    desk = Desk()
    async with serving(lines=Lines(most=2)) as gateway, contextlib.AsyncExitStack() as held:
        first = await connect(gateway.url)
        await held.enter_async_context(await connect(gateway.url))
        async with following(gateway.url, desk, Shelf()):
            await until(lambda: desk.state == "down")
            assert desk.healths[-1].reason == "refused: the feed server has too many connections (HTTP 429)"
            assert gateway.lines.refused >= 1
            await first.close()
            await until(lambda: desk.state == "live")  # by itself


@pytest.mark.parametrize("token", [None, "a-token-of-the-desks"])
async def test_lines_that_show_no_token_take_no_place_of_those_that_do(token: str | None) -> None:
    """Without one to show, ten of an address are served."""
    async with serving(token=token) as gateway, contextlib.AsyncExitStack() as held:
        refused = []
        for _ in range(12):
            try:
                await held.enter_async_context(connect(gateway.url, proxy=None))
            except InvalidStatus as error:
                refused.append(error.response.status_code)
        assert refused == ([401] * 12 if token else [429] * 2)
        if token:
            shown = {"Authorization": f"Bearer {token}"}
            for _ in range(12):
                await held.enter_async_context(connect(gateway.url, proxy=None, additional_headers=shown))


async def test_connections_that_ask_for_nothing_keep_no_desk_out() -> None:
    desk = Desk()
    async with serving(lines=Lines(opening=5)) as gateway, contextlib.AsyncExitStack() as held:
        port = int(gateway.url.rpartition(":")[2].removesuffix("/feed"))
        silent = []
        for _ in range(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            held.callback(writer.close)
            silent.append(reader)
        async with following(gateway.url, desk, Shelf()):
            await until(lambda: desk.state == "live")
        await until(lambda: sum(reader.at_eof() or reader.exception() is not None for reader in silent) >= 15)

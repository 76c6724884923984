"""A feed judged point by point: a right server passes every point, and of each broken one the point is named."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from feeds.check.check import Check, CheckTimes
from feeds.check.points import POINTS, Point
from feeds.gateway import Gateway
from feeds.simulator import DEVICES, timeline
from tests.feeds.parts import press

Frame = dict[str, Any]
QUICK = CheckTimes(listen_s=3.6, answer_s=0.8, slack_s=0.3)  # something is wrong in any case
PATIENT = CheckTimes(listen_s=6.0, answer_s=1.2, slack_s=1.0)  # nothing may be, also on a busy machine
AT_ONCE = 14
FIX = {"lat": 51.0536, "lon": 3.7253, "radius": 18.0}


class Relay:
    """Stands before a right server and breaks what it says; told both sides' frames, for what it breaks by."""

    def __init__(self, breaks: Callable[["Relay", Frame], Iterator[object]]) -> None:
        self.breaks = breaks
        self.asked: Frame = {}
        self.count = 0
        self.kept: list[object] = []

    async def serve(self, near: ServerConnection, url: str) -> None:
        async with connect(url, max_size=None, compression=None, proxy=None, close_timeout=1) as far:

            async def back() -> None:
                with contextlib.suppress(ConnectionClosed):
                    async for raw in near:
                        said = json.loads(raw)
                        self.asked = said.get("subscribe", self.asked)
                        if "lie" in self.kept and "eventResponse" in said:
                            said["eventResponse"]["statusCode"] = 200
                        if not ("deaf" in self.kept and "eventResponse" in said):
                            await far.send(json.dumps(said))
                await far.close()

            answering = asyncio.create_task(back())
            try:
                async for raw in far:
                    if "deaf" in self.kept and (event := json.loads(raw).get("event")):
                        body = {"transactionId": event["transactionId"], "statusCode": 200, "statusText": "OK"}
                        await far.send(json.dumps({"eventResponse": body}))
                    for out in self.breaks(self, json.loads(raw)):
                        if out is CLOSE:
                            await near.close(1011)
                        elif isinstance(out, bytes):
                            await near.send(out, text=True)
                        else:
                            await near.send(json.dumps(out))
            except ConnectionClosed:
                pass
            finally:
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)


CLOSE = object()


def messages(frame: Frame, kind: str = "") -> list[Frame]:
    found = frame.get("event", {}).get("notification", [])
    return [one for one in found if kind in ("", one["kind"])]


def response(**changes: Any) -> Callable[[Relay, Frame], Iterator[object]]:
    """The subscription is answered with other fields; None takes one out."""

    def breaks(relay: Relay, frame: Frame) -> Iterator[object]:
        if "subscribeResponse" in frame:
            said = frame["subscribeResponse"] | changes
            frame["subscribeResponse"] = {name: value for name, value in said.items() if value is not None}
        yield frame

    return breaks


def each(of: str, /, **changes: Any) -> Callable[[Relay, Frame], Iterator[object]]:
    """Messages of a kind have other fields; None takes one out."""

    def breaks(relay: Relay, frame: Frame) -> Iterator[object]:
        for one in messages(frame, of):
            for name, value in changes.items():
                one[name] = value() if callable(value) else value
                if value is None:
                    del one[name]
        yield frame

    return breaks


def no_verb(verb: str) -> Callable[[Relay, Frame], Iterator[object]]:
    def breaks(relay: Relay, frame: Frame) -> Iterator[object]:
        if verb not in frame:
            yield frame

    return breaks


def no_heartbeats(relay: Relay, frame: Frame) -> Iterator[object]:
    if "event" in frame:
        frame["event"]["notification"] = [one for one in messages(frame) if one["kind"] != "heartbeat"]
    relay.kept = ["deaf"]  # what is dropped is answered all the same
    if "event" not in frame or messages(frame):
        yield frame


def every_second(relay: Relay, frame: Frame) -> Iterator[object]:
    if "event" in frame:
        frame["event"]["notification"] = [one for one in messages(frame) if one.get("seq", 1) != 3]
    yield frame


def twice(relay: Relay, frame: Frame) -> Iterator[object]:
    yield frame
    if messages(frame, "press"):
        relay.count += 1
        yield {"event": {**frame["event"], "transactionId": f"twice-{relay.count}"}}


def same_transaction(relay: Relay, frame: Frame) -> Iterator[object]:
    if "event" in frame:
        frame["event"]["transactionId"] = 7
    yield frame


def many(relay: Relay, frame: Frame) -> Iterator[object]:
    if "event" in frame:
        frame["event"]["notification"] += [{"kind": "heartbeat", "head": 9}] * 100
    yield frame


def large(relay: Relay, frame: Frame) -> Iterator[object]:
    if messages(frame, "press"):
        messages(frame, "press")[0]["note"] = "x" * (1 << 20)
    yield frame


def latin(relay: Relay, frame: Frame) -> Iterator[object]:
    for one in messages(frame, "call"):
        one["line"] = "LIEGE"
    yield json.dumps(frame).replace("LIEGE", "LI\u00c8GE").encode("latin-1")


def not_json(relay: Relay, frame: Frame) -> Iterator[object]:
    yield frame
    if "event" in frame:
        yield b"pong"


def ignores_after(relay: Relay, frame: Frame) -> Iterator[object]:
    after = relay.asked.get("qualFilter", "")
    if "subscribeResponse" in frame and after:
        relay.kept.append("below")
    yield frame
    if messages(frame) and "below" in relay.kept:
        relay.kept.remove("below")
        yield {"event": {**frame["event"], "transactionId": "b", "notification": [SEQ_1]}}


SEQ_1 = {"kind": "press", "seq": 1, "id": "p-1", "at": "2026-11-24T21:14:07.412Z", "device": "AMR-1", "press": "hold"}


def forgets_refused(relay: Relay, frame: Frame) -> Iterator[object]:
    relay.kept = ["lie"]
    yield frame


def waits_for_no_answer(relay: Relay, frame: Frame) -> Iterator[object]:
    relay.kept = ["deaf"]
    yield frame


def closes(relay: Relay, frame: Frame) -> Iterator[object]:
    yield frame
    if "event" in frame:
        yield CLOSE


def terminates(relay: Relay, frame: Frame) -> Iterator[object]:
    yield frame
    if "event" in frame:
        body = {"requestId": "x", "subscriptionId": frame["event"]["subscriptionId"], "statusCode": 200}
        yield {"terminate": {**body, "statusText": "OK"}}


def one_id(relay: Relay, frame: Frame) -> Iterator[object]:
    for one in messages(frame, "fix"):
        one["id"] = "p-0"
    yield frame


def new_epoch(relay: Relay, frame: Frame) -> Iterator[object]:
    if "subscribeResponse" in frame and "qualFilter" in relay.asked:
        frame["subscribeResponse"]["epoch"] = "another"
    yield frame


def higher(more: int, *verbs: str) -> Callable[[Relay, Frame], Iterator[object]]:
    """A head is so much higher than what was sent, in the answer to `subscribe` or in heartbeats."""

    def breaks(relay: Relay, frame: Frame) -> Iterator[object]:
        for one in [frame.get("subscribeResponse", {}), *messages(frame, "heartbeat")]:
            if "head" in one and one.get("kind", "subscribeResponse") in verbs:
                one["head"] += more
        yield frame

    return breaks


def ids_of_its_own(relay: Relay, frame: Frame) -> Iterator[object]:
    for one in messages(frame, "fix"):
        one["id"] += f"-{id(relay)}"
    yield frame


def no_states(relay: Relay, frame: Frame) -> Iterator[object]:
    after = int(relay.asked.get("qualFilter", "after=-1").removeprefix("after="))
    if "event" in frame:
        frame["event"]["notification"] = [one for one in messages(frame) if one.get("seq", after + 1) > after]
    yield frame


def no_object(relay: Relay, frame: Frame) -> Iterator[object]:
    if "event" in frame:
        frame["event"]["notification"] = ["call" if one["kind"] == "call" else one for one in messages(frame)]
    yield frame


def in_another_order(relay: Relay, frame: Frame) -> Iterator[object]:
    """No fault: two lines give a message's fields in two orders."""
    if "event" in frame and "qualFilter" in relay.asked:
        frame["event"]["notification"] = [dict(reversed(one.items())) for one in messages(frame)]
    yield frame


def ahead() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


# What is broken, and the point that names it.
BROKEN: dict[str, tuple[str, Callable[[Relay, Frame], Iterator[object]]]] = {
    "no answer to subscribe": ("subscription", no_verb("subscribeResponse")),
    "subscription refused": ("subscription", response(statusCode=500)),
    "no subscriptionId": ("subscription", response(subscriptionId=None)),
    "requestId of its own": ("subscription", response(requestId="mine")),
    "expires as a date": ("subscription", response(expires="2030-01-01T00:00:00Z")),
    "no feed": ("name", response(feed=None)),
    "no epoch": ("epoch", response(epoch=None)),
    "an epoch each time": ("epoch", new_epoch),
    "no head": ("range", response(head=None)),
    "oldest wrong": ("range", response(oldest=2)),
    "head one too high everywhere": ("range", higher(1, "subscribeResponse", "heartbeat")),
    "head 50 too high in heartbeats": ("heartbeat", higher(50, "heartbeat")),
    "head 50 too high at first": ("range", higher(50, "subscribeResponse")),
    "an exercise": ("exercise", response(exercise=True)),
    "not JSON": ("frames", not_json),
    "Latin-1": ("utf-8", latin),
    "too large": ("size", large),
    "too many": ("count", many),
    "one transaction": ("transactions", same_transaction),
    "no heartbeats": ("heartbeat", no_heartbeats),
    "head missing": ("heartbeat", each("heartbeat", head=None)),
    "a text for a message": ("kinds", no_object),
    "unknown kind": ("kinds", each("call", kind="telephone")),
    "no id": ("ids", each("fix", id=None)),
    "no id of a press": ("ids", each("press", id=None)),
    "one id for many": ("once", one_id),
    "another id for a number": ("once", ids_of_its_own),
    "a number left out": ("numbers", every_second),
    "no numbers": ("numbers", each("press", seq=None)),
    "numbers as text": ("numbers", each("press", seq="5")),
    "local time": ("times", each("fix", at="2026-11-24T22:14:07")),
    "fix time without offset": ("times", each("press", fix={**FIX, "time": "21:14"})),
    "clock ahead": ("clock", each("press", at=ahead)),
    "degrees swapped": ("positions", each("fix", fix={"lat": 351.0, "lon": 3.7})),
    "position as text": ("positions", each("press", fix={"lat": "51.05", "lon": "3.72"})),
    "battery over 100": ("fields", each("press", battery=4_200)),
    "unknown press": ("fields", each("press", press="panic")),
    "sends answered again": ("answered", twice),
    "forgets what was refused": ("refused", forgets_refused),
    "waits for no answer": ("window", waits_for_no_answer),
    "sends nothing again": ("unanswered", waits_for_no_answer),
    "ignores after": ("resume", ignores_after),
    "no latest states after a number": ("resume", no_states),
    "no unsubscribeResponse": ("end", no_verb("unsubscribeResponse")),
    "closes": ("staying", closes),
    "terminates": ("staying", terminates),
}


@contextlib.asynccontextmanager
async def right_server(**options: Any) -> AsyncIterator[Gateway]:
    """A right server that holds messages of every kind."""
    gateway = Gateway("112-app", heartbeat_s=0.25, answer_s=0.8, **options)
    for n in range(3):
        await gateway.publish(press(None, id=f"p-{n}", device=f"AMR-{n}", fix=FIX))
    await gateway.publish({"kind": "fix", "device": "AMR-1", "fix": FIX})
    await gateway.publish({"kind": "device", "device": "AMR-1", "state": "battery_low"})
    await gateway.publish({"kind": "call", "device": "AMR-1", "state": "open", "line": "101"})
    await gateway.publish({"kind": "unit", "unit": "G-1", "zone": "5415", "status": "available", "fix": FIX})
    await gateway.publish({"kind": "order", "order": "o-1", "state": "accepted"})
    for _ in range(12):
        await gateway.publish({"kind": "fix", "device": "AMR-2", "fix": FIX})
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.stop()


def wrong(points: list[Point]) -> dict[str, str]:
    return {one.point: one.detail for one in points if one.verdict == "wrong"}


async def relayed(breaks: Callable[[Relay, Frame], Iterator[object]], times: CheckTimes) -> dict[str, str]:
    """What is wrong with a right server whose frames are changed on their way."""
    async with right_server(per_frame=1) as gateway:

        async def line(near: ServerConnection) -> None:
            with contextlib.suppress(ConnectionClosed):
                await Relay(breaks).serve(near, gateway.url)

        async with serve(line, "127.0.0.1", 0, max_size=None, compression=None, close_timeout=1) as server:
            url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/feed"
            return wrong(await Check(url, times=times).run())


async def test_right_server_passes_every_point() -> None:
    reordering = asyncio.create_task(relayed(in_another_order, PATIENT))
    async with right_server(token="a-token") as gateway:
        points = await Check(gateway.url, token="a-token", times=PATIENT).run()
    assert [one.point for one in points] == list(POINTS)
    assert {one.point: one.verdict for one in points} == dict.fromkeys(POINTS, "right"), wrong(points)
    assert await reordering == {}


async def test_simulator_passes_every_point() -> None:
    gateway = Gateway("112-app", heartbeat_s=0.25, answer_s=0.8)
    for step in itertools.islice(timeline(DEVICES, seed=1, speed=100), 250):
        await gateway.publish(step.fields)
    await gateway.start()
    try:
        points = await Check(gateway.url, times=PATIENT).run()
    finally:
        await gateway.stop()
    assert {one.point: one.verdict for one in points} == dict.fromkeys(POINTS, "right") | {"token": "not seen"}


async def test_every_broken_server_is_named_by_its_point() -> None:
    at_once = asyncio.Semaphore(AT_ONCE)

    async def found(name: str, times: CheckTimes) -> dict[str, str]:
        async with at_once:
            return await relayed(BROKEN[name][1], times)

    assert len(BROKEN) >= 20
    founds = await asyncio.gather(*(found(name, QUICK) for name in BROKEN))
    unnamed = [name for name, one in zip(BROKEN, founds, strict=True) if BROKEN[name][0] not in one]
    for name in unnamed:  # on a busy machine one may be hidden by what came late: once more, alone
        alone = await found(name, PATIENT)
        assert BROKEN[name][0] in alone, (name, alone)
    for name, one in zip(BROKEN, founds, strict=True):
        # What can't be read of a message is no number that is missing.
        assert BROKEN[name][0] not in ("kinds", "ids", "positions", "fields") or "numbers" not in one, (name, one)
        # nothing of a person
        assert not any(secret in detail for detail in one.values() for secret in ("AMR-", "51.0", "3.7"))
    # A point that no broken server breaks is judged by nothing.
    assert POINTS.keys() - {point for point, _ in BROKEN.values()} == {"connection", "token", "ping"}


async def test_one_that_is_no_feed_is_named_by_its_connection() -> None:
    async def hello(near: asyncio.StreamReader, far: asyncio.StreamWriter) -> None:
        await near.read(100)
        far.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        far.close()

    async with await asyncio.start_server(hello, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        found = wrong(await Check(f"ws://127.0.0.1:{port}/feed", times=QUICK).run())
        assert found.keys() == {"connection"} and "200" in found["connection"]
    found = wrong(await Check(f"ws://127.0.0.1:{port}/feed", times=QUICK).run())
    assert found == {"connection": "unreachable (x4)"}


async def test_server_that_takes_anybody_is_named() -> None:
    async with right_server() as gateway:
        assert "token" in wrong(await Check(gateway.url, token="a-token", times=QUICK).run())

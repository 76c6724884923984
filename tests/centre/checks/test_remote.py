"""Feeds are asked whether they speak, other addresses whether they take a connection; nothing is posted, answered or lost."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from centre.checks.finding import Finding, Subject
from centre.checks.remote import feeds, ports, services
from centre.runtime import Centre
from centre.serving import serve_pages
from centre.settings import Settings
from dashboard.ports import free_port
from feeds.gateway import Gateway
from feeds.subscriber.probe import probe
from tests.certificates import certificate
from tests.waiting import until


def subject(**given: Any) -> Subject:
    return Subject(settings=Settings(**given), said={}, now=datetime.now(UTC))


def replaced(section: str, **values: Any) -> dict[str, Any]:
    return {section: msgspec.structs.replace(getattr(Settings(), section), **values)}


async def all_of(found: AsyncIterator[Finding]) -> list[Finding]:
    return [one async for one in found]


async def test_a_port_is_free_or_served_by_a_vigie_or_in_the_way(tmp_path: Path) -> None:
    port, other = free_port(), free_port()

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 some.example ESMTP\r\n")
        writer.close()

    facts = replaced("training", port=other) | {"port": port, "log": tmp_path / "vigie.log"}
    look = partial(ports, subject(**facts))
    assert [(one.state, "is free" in one.text) for one in await all_of(look())] == [("ok", True), ("ok", True)]
    centre = await Centre.open(Settings(port=port, log=tmp_path / "vigie.log", no_sign_in=True))
    try:
        pages, mail = serve_pages(centre), await asyncio.start_server(answers, "127.0.0.1", other)
        try:
            desk, training = await all_of(look())
        finally:
            pages.stop()
            mail.close()
            await mail.wait_closed()
    finally:
        await centre.close()
    assert desk == Finding("ok", "ports", f"port: port {port} of 127.0.0.1: a Vigie serves there now")
    assert training.state == "error" and training.todo == "end it, or set training.port to another"
    assert f"training.port: port {other} of 127.0.0.1: another program listens there" in training.text


@asynccontextmanager
async def gateway(**given: Any) -> AsyncIterator[Gateway]:
    made = Gateway("112-app", heartbeat_s=0.1, **given)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@asynccontextmanager
async def speaking(*frames: str, **given: Any) -> AsyncIterator[str]:
    """The address of a server that says this to whoever comes, and nothing else."""

    async def client(line: ServerConnection) -> None:
        for frame in frames:
            await line.send(frame)
        await line.wait_closed()

    async with serve(client, "127.0.0.1", 0, **given) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"


async def test_a_feed_that_speaks_is_said_to_and_its_clock_is_beside_ours() -> None:
    async with gateway() as feed:
        (said,) = await all_of(feeds(subject(feed=(feed.url,))))
        assert (said.state, said.text.endswith("takes a subscription, head 0")) == ("ok", True)


async def test_two_feeds_of_one_name_are_an_error() -> None:
    async with gateway() as one, gateway() as other:
        *_, said = await all_of(feeds(subject(feed=(one.url, other.url))))
        assert said.state == "error" and said.text.startswith("two feeds call themselves 112-app: 127.0.0.1:")


async def test_a_feed_is_asked_for_nothing_that_it_holds_and_answered_nothing() -> None:
    took: list[dict[str, Any]] = []

    async def client(line: ServerConnection) -> None:
        async for frame in line:
            took.append(msgspec.json.decode(frame))
            if "subscribe" in took[-1]:
                # What it has to say about what is now comes in any case, before the answer or after it.
                await line.send('{"event": {"subscriptionId": "s", "transactionId": "t", "notification": []}}')
                await line.send('{"subscribeResponse": {"subscriptionId": "s", "statusCode": 200, "head": 7}}')
        took.append({"closed": True})

    async with serve(client, "127.0.0.1", 0) as server:
        assert (await probe(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")).head == 7
        await until(lambda: "closed" in took[-1])
    asked, left, _ = took
    assert asked["subscribe"]["qualFilter"] == "after=999999999999999999"
    assert left["unsubscribe"]["subscriptionId"] == "s"


async def test_a_feed_that_is_an_exercise_or_wants_another_token_is_an_error() -> None:
    async with gateway(exercise=True) as feed:
        assert "it is an exercise" in (await all_of(feeds(subject(feed=(feed.url,)))))[0].text
    async with gateway(token="geheim") as feed:
        (said,) = await all_of(feeds(subject(feed=(feed.url,), **replaced("feeds", token="wrong"))))
        assert said.state == "error" and "HTTP 401" in said.text and "wrong" not in said.text
        (said,) = await all_of(feeds(subject(feed=(feed.url,), **replaced("feeds", token="geheim"))))
        assert said.state == "ok"


@pytest.mark.parametrize(
    ("frame", "within_s", "why"),
    [
        ("hello", 60, "it speaks, but not this protocol"),
        (
            '{"subscribeResponse": {"requestId": "vigie-check", "statusCode": 403}}',
            60,
            "refuses the subscription (403)",
        ),
        ('{"event": {"subscriptionId": "s", "transactionId": "t", "notification": []}}', 0.3, "no answer within 0.3 s"),
    ],
)
async def test_a_feed_that_speaks_otherwise_or_not_at_all_is_said_to(frame: str, within_s: float, why: str) -> None:
    async with speaking(frame) as url:
        assert why in (await probe(url, within_s=within_s)).failed


@pytest.mark.parametrize(
    ("date", "ahead"), [("Fri, 27 Nov 2020 12:00:00 GMT", True), ("yesterday", False), (None, False)]
)
async def test_a_feed_whose_clock_is_another_or_is_not_said_is_warned_of(date: str | None, ahead: bool) -> None:
    def dated(line: ServerConnection, request: Request, response: Response) -> None:
        del response.headers["Date"]
        if date is not None:
            response.headers["Date"] = date

    async with speaking('{"subscribeResponse": {"statusCode": 200}}', process_response=dated) as url:
        _, clock = await all_of(feeds(subject(feed=(url,))))
        assert clock.state == "warning"
        assert ("s behind ours" in clock.text) == ahead == ("does not say its time" not in clock.text)


async def test_a_feed_that_nobody_serves_or_that_is_a_web_page_is_an_error(tmp_path: Path) -> None:
    def page(line: ServerConnection, request: Request) -> Response:
        return line.respond(HTTPStatus.OK, "a page")

    async with speaking(process_request=page) as url:
        assert (await probe(url)).failed == "refused: HTTP 200"
        assert (await probe(url.replace("ws:", "wss:"), ssl=ssl.create_default_context())).failed
    (said,) = await all_of(feeds(subject(feed=(f"ws://127.0.0.1:{free_port()}/feed",))))
    assert said.state == "error" and "refused" in said.text
    lost = replaced("feeds", ca_file=tmp_path / "lost")
    (said,) = await all_of(feeds(subject(feed=("wss://127.0.0.1:1/feed",), **lost)))
    assert "feeds.ca_file" in said.text


async def test_orders_and_webhook_are_connected_to_and_sent_nothing() -> None:
    took: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        took.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        here, nobody = f"http://127.0.0.1:{port}/geheim", f"http://127.0.0.1:{free_port()}"
        given = replaced("orders", url=here, zones={"5415": nobody}) | replaced(
            "outside", webhook=here, command="no-such-program x"
        )
        found = await all_of(services(subject(**given)))
        await until(lambda: took)
    finally:
        server.close()
        await server.wait_closed()
    assert set(took) == {b""}
    assert {(one.state, one.text.partition(":")[0]) for one in found} == {
        ("ok", "orders.url"),
        ("ok", "outside.webhook"),
        ("error", "orders.zones.5415"),
        ("error", "outside.command"),
    }
    assert "geheim" not in repr(found)
    (said,) = await all_of(services(subject()))
    assert (said.state, said.text) == ("warning", "outside: nobody is told of an alarm that nobody answers")


async def test_what_is_posted_by_tls_is_tried_with_its_own_authority_and_unsigned_it_is_warned_of(
    tmp_path: Path,
) -> None:
    server, own = certificate(tmp_path, "zone"), certificate(tmp_path, "centre")
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(*server)
    listening = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=serving)
    url = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    try:
        for section, name in (("orders", "url"), ("outside", "webhook")):
            for facts, state in (
                ({}, "error"),
                ({"ca_file": server[0]}, "ok"),
                ({"ca_file": own[1]}, "error"),
                ({"ca_file": server[0], "cert_file": own[0], "key_file": own[1]}, "ok"),
            ):
                said = (await all_of(services(subject(**replaced(section, **{name: url}, **facts)))))[0]
                assert (said.state, said.text.startswith(f"{section}.{name}: ")) == (state, True), said
            far = {name: "https://zone.invalid/"}
            for facts, unsigned in (({}, 1), ({"cert_file": own[0], "key_file": own[1]}, 0)):
                found = await all_of(services(subject(**replaced(section, **far, **facts))))
                assert sum("unsigned" in one.text for one in found) == unsigned
    finally:
        listening.close()

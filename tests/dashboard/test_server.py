"""The routes: pages, assets, `/live`, `/health`."""

import asyncio
import json
import re
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPMessage

import pytest

from dashboard.monitoring import Live
from dashboard.server import serve
from tests.dashboard.conftest import House


def _get(url: str, headers: Mapping[str, str]) -> tuple[int, bytes, HTTPMessage]:
    request = urllib.request.Request(url, headers=dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


@pytest.fixture
async def get(house: House):
    server = serve(house.consoles, port=0, token="a-token")

    async def get(path: str, **headers: str) -> tuple[int, bytes, HTTPMessage]:
        return await asyncio.to_thread(_get, f"http://127.0.0.1:{server.port}{path}", headers)

    yield get
    server.stop()


async def test_every_route_answers(get) -> None:
    for path, kind in (
        ("/operator", "text/html"),
        ("/supervisor", "text/html"),
        ("/live", "text/html"),
        ("/assets/operator/page.js", "javascript"),
        ("/assets/pages/operator.js", "javascript"),
        ("/assets/components/queue/queue.css", "text/css"),
        ("/assets/supervisor/page.js", "javascript"),
    ):
        status, body, headers = await get(path)
        assert (status, kind in headers["Content-Type"], bool(body)) == (200, True, True), path
    status, body, _ = await get("/")
    assert status == 200
    assert b'aria-label="Alarm queue"' in body


async def test_a_page_keeps_the_scripts_it_names_and_asks_anew_for_any_others(get) -> None:
    _, html, _ = await get("/operator")
    (path,) = set(re.findall(r"assets/pages/operator\.js\?of=\w+", html.decode()))
    kept = {asked: (await get(f"/{asked}"))[2]["Cache-Control"] for asked in (path, path[:-1], path.partition("?")[0])}
    assert list(kept.values()) == ["max-age=31536000, immutable", "no-cache", "no-cache"]


async def test_sources_of_the_server_are_no_assets(get) -> None:
    for path in (
        "/assets/server.py",
        "/assets/operator/page.html",
        "/assets/../app.py",
        "/assets/i18n/words.py",
        "/assets/pages/shell.js",
    ):
        status, _, _ = await get(path)
        assert status == 404, path


async def test_health_is_bad_without_a_feed_and_says_why_only_here_or_with_the_token(get) -> None:
    status, body, _ = await get("/health")
    assert status == 503
    assert json.loads(body)["feed_state"] == "down"
    _, body, _ = await get("/health", **{"X-Forwarded-For": "203.0.113.7"})
    assert json.loads(body) == {"ok": False, "status": "down"}
    _, body, _ = await get("/health", **{"X-Forwarded-For": "203.0.113.7", "Authorization": "Bearer a-token"})
    assert json.loads(body)["recording"] == "ok"


async def test_what_asks_the_process_to_end_ends_its_own_request_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(handler: object) -> None:
        sys.exit("a module that was imported")

    async def ask_in_a_thread(handler: object) -> None:
        await asyncio.to_thread(sys.exit, 3)

    server, live = serve(house.consoles, port=0), Live.get
    for bad in (ask, ask_in_a_thread, live):
        monkeypatch.setattr(Live, "get", bad)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        if bad is not live:  # nobody answers it
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.5)
        else:
            assert (await reader.read(15)) == b"HTTP/1.1 200 OK"
        writer.close()
    server.stop()


async def test_who_ends_in_order_on_an_interrupt_still_does_once_pages_are_served(house: House) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, told.set)
    server = serve(house.consoles, port=0)
    try:
        signal.raise_signal(signal.SIGINT)
        await asyncio.wait_for(told.wait(), 5)
        await asyncio.sleep(0)  # the loop goes on
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
        server.stop()

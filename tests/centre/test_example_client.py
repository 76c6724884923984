"""The example client against a real gateway that is down at first, and a reader written from the published schemas alone."""

import asyncio
import importlib.util
import json
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.centre.test_feed_gateway import TOKEN, Served
from tests.rules.house import ROOT

FIX = {"lat": 51.0536, "lon": 3.7253, "radius": 18.0}


def example() -> ModuleType:
    """The example as a back end would load it."""
    path = ROOT / "docs" / "example" / "client.py"
    assert len(path.read_text().splitlines()) < 150
    spec = importlib.util.spec_from_file_location("example_client", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def read(url: str, wanted: int) -> list[dict[str, Any]]:
    """A desk's side with `websockets` and `json` alone: subscribe, take events, answer 200; until so many messages came."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(20), connect(url, proxy=None) as line:
        accepts = "application/vnd.vigie.amr+json;version=1"
        asked = {"requestId": "r-1", "requestType": "AMR", "requestSubType": "all", "requestAccepts": accepts}
        await line.send(json.dumps({"subscribe": asked}))
        while len(found) < wanted:
            said = json.loads(await line.recv())
            if "subscribeResponse" in said:
                assert said["subscribeResponse"]["statusCode"] == 200
            if "event" in said:
                found += [one for one in said["event"]["notification"] if one["kind"] != "heartbeat"]
                body = {"transactionId": said["event"]["transactionId"], "statusCode": 200, "statusText": "OK"}
                await line.send(json.dumps({"eventResponse": body}))
    return found


async def test_queue_on_disk_outlasts_a_gateway_that_is_down_and_a_client_that_ends(tmp_path: Path) -> None:
    module, served, folder = example(), Served(tmp_path), tmp_path / "queue"
    client = module.Client(served.url, TOKEN, folder)
    ids = [client.position("AMR-1", FIX), client.press("AMR-1", FIX), client.call("AMR-1", "ringing")]
    assert client.send() is False and client.waiting == 3
    client = module.Client(served.url, TOKEN, folder)  # it ended, and begins again
    ids += [client.call("AMR-1", "open"), client.position("AMR-1", FIX)]
    process = await asyncio.to_thread(served.start)
    try:
        assert await asyncio.to_thread(client.send) and client.waiting == 0
        found = await read(served.feed, 5)
    finally:
        process.stop()
    assert [one["seq"] for one in found] == [1, 2, 3, 4, 5]
    assert found[0]["kind"] == "press" and {one["id"] for one in found} == set(ids)
    assert client.refused == []


async def test_same_id_on_every_retry_makes_one_message_though_no_answer_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, served = example(), Served(tmp_path)
    client, dice = module.Client(served.url, TOKEN, tmp_path / "queue"), random.Random(1)
    post = client._post
    lost = 0

    def cut(body: bytes) -> Any:
        nonlocal lost
        answer = post(body)
        if dice.random() < 0.4:
            lost += 1
            raise OSError("the answer was lost")
        return answer

    monkeypatch.setattr(client, "_post", cut)
    process = await asyncio.to_thread(served.start)
    try:
        ids = [client.press(f"AMR-{n}") for n in range(20)]
        for _ in range(100):
            if await asyncio.to_thread(client.send):
                break
        found = await read(served.feed, 20)
    finally:
        process.stop()
    assert lost > 3 and client.waiting == 0
    assert [one["id"] for one in found] == ids


async def test_what_can_never_be_taken_leaves_the_queue_and_is_told(tmp_path: Path) -> None:
    module, served = example(), Served(tmp_path)
    client = module.Client(served.url, TOKEN, tmp_path / "queue")
    process = await asyncio.to_thread(served.start)
    try:
        bad = client.position("AMR-1", {"lat": 99.0, "lon": 3.7})
        client.press("AMR-1")
        assert await asyncio.to_thread(client.send)
        assert client.refused == [(bad, 400, "fix.lat: out of range")]
        assert [json.loads(one.read_text())["id"] for one in (tmp_path / "queue/refused").iterdir()] == [bad]
        stranger = module.Client(served.url, "another-token-of-ours", tmp_path / "other")
        stranger.press("AMR-1")
        with pytest.raises(module.Denied):  # no network is missing, and nothing is lost
            await asyncio.to_thread(stranger.send)
        assert stranger.waiting == 1
    finally:
        process.stop()


PAGE = b"<html>400 Bad Request</html>"


@pytest.mark.parametrize(
    ("status", "text"), [(400, PAGE), (413, PAGE), (409, b"[]"), (400, b'{"message": 1}'), (202, PAGE), (200, b"{}")]
)
def test_what_a_proxy_answers_costs_no_message_and_holds_up_no_other(tmp_path: Path, status: int, text: bytes) -> None:
    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(said["device"])
            first = said["device"] == "AMR-1"
            body = text if first else json.dumps({"id": said["id"], "seq": 1}).encode()
            self.send_response(status if first else 202)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            pass

    asked: list[str] = []
    module = example()
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            client = module.Client(f"http://127.0.0.1:{server.server_port}", TOKEN, tmp_path / "queue")
            client.press("AMR-1")
            client.press("AMR-2")
            assert not client.send() and client.refused == [] and asked[0] == "AMR-1"
        finally:
            server.shutdown()
            thread.join()
    left = [json.loads(one.read_text())["device"] for one in sorted((tmp_path / "queue").glob("*.json"))]
    assert left[0] == "AMR-1" and (status not in (400, 409, 413) or left == ["AMR-1"])


def test_number_of_a_refused_message_is_not_given_again(tmp_path: Path) -> None:
    module = example()
    (tmp_path / "refused").mkdir()
    (tmp_path / "refused" / "000000000007.json").write_text("{}")
    module.Client("http://127.0.0.1:1", TOKEN, tmp_path).press("AMR-1")
    assert [one.name for one in tmp_path.glob("*.json")] == ["000000000008.json"]

"""What really goes in and out is as the published schemas say, and what they take is taken."""

import asyncio
import itertools
import json
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from websockets.asyncio.client import connect

from feeds.decoding import ACCEPTS, Heartbeat, decode_message
from feeds.gateway import Gateway
from feeds.simulator import DEVICES, timeline
from incidents.log.transfer import export
from incidents.messages import Message
from tests.centre.documents.evidence.parts import made, register, story
from tests.centre.schemas.parts import faults, published
from tests.feeds.gateway.parts import opened, post
from tests.feeds.parts import FEED, PRESS, Desk, Line, Shelf, following, press, scripted
from tests.incidents.conftest import Floor
from tests.incidents.conftest import clock as clock
from tests.incidents.conftest import floor as floor
from tests.incidents.conftest import open_floor as open_floor
from tests.rules.house import ROOT
from tests.waiting import until
from training.recordings import ENDING
from training.recordings import SHIPPED as RECORDINGS
from training.scenarios import SHIPPED as SCENARIOS

NOW = datetime(2026, 11, 24, 21, 15, tzinfo=UTC)
FIX = {"lat": 51.0536, "lon": 3.7253, "radius": 18.0}
MESSAGES: list[dict[str, Any]] = [
    PRESS,
    {"kind": "fix", "seq": 2, "id": "m-2", "at": "2026-11-24T21:14:10Z", "device": "AMR-1", "fix": FIX},
    {"kind": "device", "seq": 3, "id": "m-3", "at": "2026-11-24T21:14:10Z", "device": "A", "state": "ok", "battery": 9},
    {"kind": "call", "seq": 4, "id": "m-4", "at": "2026-11-24T21:14:10Z", "device": "A", "state": "open", "line": "1"},
    {"kind": "unit", "seq": 5, "id": "m-5", "at": "2026-11-24T21:14:10Z", "unit": "G", "zone": "5", "status": "off"},
    {"kind": "order", "seq": 6, "id": "m-6", "at": "2026-11-24T21:14:10Z", "order": "o-1", "state": "done"},
]
NASTY: list[Any] = [
    None,
    "",
    "x",
    "x" * 201,
    -1,
    0,
    101,
    91.5,
    -181,
    1e9,
    True,
    [],
    {},
    "2026-11-24T21:14:07",
    {"lat": 91},
]


def frame_faults(raw: str | bytes) -> list[str]:
    said = json.loads(raw)
    (verb,) = said
    return faults("feed.asyncapi.json", f"{verb}Frame", said)


async def test_what_a_server_and_a_client_say_is_as_the_asyncapi_says() -> None:
    gateway = Gateway("112-app", heartbeat_s=0.1)
    for step in itertools.islice(timeline(DEVICES, seed=1, speed=100), 300):
        await gateway.publish(step.fields)
    await gateway.start()
    heard: list[str | bytes] = []
    try:
        async with connect(gateway.url, proxy=None) as line, asyncio.timeout(10):
            for accepts in ("text/html", ACCEPTS):
                asked = {"requestId": "r", "requestType": "AMR", "requestSubType": "all", "requestAccepts": accepts}
                await line.send(json.dumps({"subscribe": asked}))
                heard.append(await line.recv())
            while len(heard) < 8:
                heard.append(await line.recv())
            subscription = json.loads(heard[1])["subscribeResponse"]["subscriptionId"]
            await line.send(json.dumps({"unsubscribe": {"requestId": "u", "subscriptionId": subscription}}))
            while b"unsubscribeResponse" not in heard[-1].encode():  # type: ignore[union-attr]
                heard.append(await line.recv())
    finally:
        await gateway.stop()
    lines: list[Line] = []

    async def script(line: Line, connection: int) -> None:
        lines.append(line)
        await line.accept(**FEED, oldest=1, head=3)
        await line.event("t1", press(1), {"kind": "fix", "seq": 2, "id": "f"})
        await line.event(7, press(4))  # 3 is missing: it unsubscribes and subscribes anew
        await line.subscribed(2)
        await line.say({"terminate": {"requestId": "x", "subscriptionId": "s1", "statusCode": 200, "statusText": "OK"}})

    async with scripted(script) as url, following(url, Desk(), Shelf()):
        await until(lambda: any("terminateResponse" in said for line in lines for said in line.heard))
    clients = [said for line in lines for said in line.heard]
    verbs = {next(iter(said)) for said in clients} | {next(iter(json.loads(raw))) for raw in heard}
    assert verbs >= {
        "subscribe",
        "subscribeResponse",
        "event",
        "eventResponse",
        "unsubscribe",
        "unsubscribeResponse",
        "terminateResponse",
    }
    assert any("rejected" in said.get("eventResponse", {}) for said in clients)
    found = [fault for raw in [*heard, *map(json.dumps, clients)] for fault in frame_faults(raw)]
    assert found == []


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message["kind"])
def test_what_the_schema_takes_the_desk_reads_whole(message: dict[str, Any]) -> None:
    """Every field replaced by everything: what the schema passes has nothing that could not be read."""

    def read_whole(changed: dict[str, Any]) -> bool:
        found = decode_message("f", json.dumps(changed).encode(), received=NOW)
        return isinstance(found, Heartbeat) or (
            isinstance(found, Message) and not getattr(found.report, "unreadable", ())
        )

    assert faults("feed.asyncapi.json", "message", message) == [] and read_whole(message)
    refused = 0
    for where, name in [(None, name) for name in message] + [("fix", name) for name in message.get("fix", ())]:
        for value in NASTY:
            changed = json.loads(json.dumps(message))
            (changed if where is None else changed[where])[name] = value
            if faults("feed.asyncapi.json", "message", changed):
                refused += 1
            else:
                assert read_whole(changed), (where, name, value)
    assert refused > 40


async def test_what_the_door_answers_is_as_the_openapi_says(tmp_path: Path) -> None:
    document = published("gateway.openapi.json")
    answers = document["paths"]["/v1/messages"]["post"]["responses"]
    numberless = [{name: value for name, value in one.items() if name != "seq"} for one in MESSAGES]
    bad = {**numberless[1], "id": "m-9", "fix": {"lat": 99}}
    async with opened(tmp_path / "feed") as here:
        for body in [*numberless, numberless[0], {"kind": "press"}, bad, {**numberless[1], "device": "AMR-2"}]:
            right = faults("gateway.openapi.json", "message", body) == []
            answer = await post(here.url, body)
            assert right is (answer.status in (202, 409) and not answer.body.get("problems"))
            (name,) = answers[str(answer.status)]["content"]["application/json"]["schema"].values()
            assert faults("gateway.openapi.json", name.rpartition("/")[2], answer.body) == []
        url = f"{here.url}/health"
        health = await asyncio.to_thread(lambda: json.load(urllib.request.urlopen(url, timeout=10)))
        assert faults("gateway.openapi.json", "Health", health) == []


async def test_an_exported_log_and_an_evidence_file_are_as_their_schemas_say(floor: Floor, tmp_path: Path) -> None:
    name = await story(floor)
    content = json.loads(await made(floor, tmp_path, name, "json", register(tmp_path)))
    assert faults("evidence.schema.json", "", content) == []
    del content["summary"]["presses"]
    assert faults("evidence.schema.json", "", content) != []
    export(tmp_path / "vigie.log", tmp_path / "export.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "export.jsonl").read_text().splitlines()]
    assert len(lines) > 20 and "digest" in lines[-1]
    assert [fault for line in lines for fault in faults("log-record.schema.json", "", line)] == []
    assert faults("log-record.schema.json", "", lines[0] | {"hash": "x"}) != []


def test_sample_log_of_each_version_is_as_its_schema_says() -> None:
    lines = (ROOT / "tests/incidents/log/samples/v1.jsonl").read_text(encoding="utf-8").splitlines()
    assert [fault for line in lines for fault in faults("log-record.schema.json", "", json.loads(line))] == []


def test_shipped_recordings_scenarios_and_cases_are_as_their_schemas_say() -> None:
    count = 0
    for path in RECORDINGS.glob(f"*{ENDING}"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert faults("recording.schema.json", "", json.loads(line)) == [], path.name
            count += 1
    assert count > 100
    assert faults("recording.schema.json", "", {"at": "2026-11-24T21:14:07Z", "message": {"kind": "press"}}) != []
    for path in SCENARIOS.iterdir():
        scenario = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))
        assert faults("scenario.schema.json", "", scenario) == [], path.name
    assert faults("scenario.schema.json", "", scenario | {"format": "x"}) != []
    cases = json.loads((ROOT / "docs/cases.sample.json").read_text(encoding="utf-8"))
    assert faults("case-file.schema.json", "", cases) == []
    assert faults("case-file.schema.json", "", {"cases": [{"number": "1"}]}) != []

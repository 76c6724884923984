"""An independent client that knows the two published documents and nothing else: it posts what they ask for, and reads it."""

import asyncio
import json
import urllib.request
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from tests.centre.schemas.parts import published
from tests.centre.test_feed_gateway import TOKEN, Served


class Reader:
    """Follows references, and makes the least value that a schema asks for."""

    def __init__(self, name: str) -> None:
        self.document = published(name)

    def at(self, reference: str) -> dict[str, Any]:
        found: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)

    def least(self, schema: dict[str, Any], **known: Any) -> Any:
        """A value: the needed fields of an object, the first word of a choice; `known` are values by their field."""
        if "$ref" in schema:
            return self.least(self.at(schema["$ref"]), **known)
        if "anyOf" in schema:
            return self.least(schema["anyOf"][0], **known)
        if "const" in schema or "enum" in schema:
            return schema.get("const", (schema.get("enum") or [None])[0])
        if schema.get("format") == "date-time":
            return "2026-11-24T21:14:07Z"
        if schema["type"] == "object":
            fields = schema["properties"]
            return {name: known.get(name) or self.least(fields[name], **known) for name in schema["required"]}
        return {"string": "x", "number": 4.0, "integer": 1}[schema["type"]]


async def test_a_client_written_from_the_two_documents_alone_posts_and_reads(tmp_path: Path) -> None:
    served = Served(tmp_path)
    process = await asyncio.to_thread(served.start)
    try:
        posted = await asyncio.to_thread(post_one_of_each, served.url)
        read = await read_all(served.feed, len(posted))
    finally:
        process.stop()
    assert [one["kind"] for one in posted] == ["press", "fix", "device", "call", "unit", "order"]
    assert [{name: value for name, value in one.items() if name != "seq"} for one in read] == posted
    assert [one["seq"] for one in read] == [1, 2, 3, 4, 5, 6]


def post_one_of_each(url: str) -> list[dict[str, Any]]:
    """Post the least message of each kind, each twice."""
    reader = Reader("gateway.openapi.json")
    ((path, operations),) = [(path, one) for path, one in reader.document["paths"].items() if "post" in one]
    schema = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
    mapping = reader.at(schema["$ref"])["discriminator"]["mapping"]
    scheme = reader.document["components"]["securitySchemes"]["token"]["scheme"]
    posted = []
    for kind, reference in mapping.items():
        message = reader.least({"$ref": reference}, id=f"{kind}-1")
        assert message["kind"] == kind
        for repeated in (False, True):
            headers = {"Authorization": f"{scheme} {TOKEN}"}
            request = urllib.request.Request(url + path, data=json.dumps(message).encode(), headers=headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert str(answer.status) in operations["post"]["responses"]
                assert json.load(answer)["repeated"] is repeated
        posted.append(message)
    return posted


async def read_all(url: str, wanted: int) -> list[dict[str, Any]]:
    """Subscribe, take what comes, answer that it is durable."""
    reader = Reader("feed.asyncapi.json")
    operations = reader.document["operations"].values()

    def frame(verb: str, **known: Any) -> str:
        message = reader.at(f"#/components/messages/{verb}")
        return json.dumps(reader.least(message["payload"], **known))

    begins = {one["action"]: one["messages"][0]["$ref"].rpartition("/")[2] for one in list(operations)[:2]}
    answers = {one["messages"][0]["$ref"].rpartition("/")[2]: one["reply"]["messages"][0] for one in operations}
    event, response = begins["send"], answers[begins["send"]]["$ref"].rpartition("/")[2]
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(20), connect(url, proxy=None) as line:
        await line.send(frame(begins["receive"]))
        while len(found) < wanted:
            said = json.loads(await line.recv())
            if event in said:
                found += [one for one in said[event]["notification"] if one["kind"] != "heartbeat"]
                await line.send(frame(response, transactionId=said[event]["transactionId"]))
    return found

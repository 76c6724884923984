"""The published schemas are what the code says, sound by the rules of their kinds, and reachable by anybody."""

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from tornado.httpclient import AsyncHTTPClient

from centre.schemas import NAMES, schema
from dashboard.server import serve
from tests.centre.schemas.make import FOLDER
from tests.centre.schemas.parts import faults, published
from tests.dashboard.conftest import House
from tests.dashboard.conftest import house as house
from tests.rules.house import ROOT

ASYNCAPI = ROOT / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0-without-$id.json"


def test_files_in_docs_are_what_the_code_makes() -> None:
    found = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert found == {name: schema(name) for name in NAMES}, "python -m tests.centre.schemas.make"


@pytest.mark.parametrize("name", [name for name in NAMES if ".openapi." in name])
def test_openapi_is_sound_and_says_where_it_is_served_and_who_may_ask(name: str) -> None:
    document = published(name)
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert all(one["url"].startswith("https://") for one in document["servers"])
    operations = [one for path in document["paths"].values() for one in path.values()]
    wanted = [document["security"], *(one["security"] for one in operations if "security" in one)]
    asked = {scheme for alternatives in wanted for one in alternatives for scheme in one}
    assert asked == document["components"]["securitySchemes"].keys()


# What says something of one type alone stands beside that type: a reader of another kind passes it over.
OF_TYPE = {
    "object": {"properties", "required", "additionalProperties", "propertyNames", "minProperties", "maxProperties"},
    "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"},
    "string": {"pattern", "minLength", "maxLength", "format", "contentEncoding"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}
OF_ANY = {"$schema", "$id", "$ref", "$defs", "title", "description", "default", "type", "enum", "const"}
OF_ANY |= {"anyOf", "oneOf", "allOf", "not"}


@pytest.mark.parametrize("name", [name for name in NAMES if ".schema." in name])
def test_json_schema_is_sound_has_a_name_and_no_word_that_is_none_of_it(name: str) -> None:
    document = published(name)
    Draft202012Validator.check_schema(document)
    assert document["$id"] == f"urn:vigie:{name}"
    asked = [document]
    while asked:
        one = asked.pop()
        if not isinstance(one, dict):
            assert isinstance(one, bool)
            continue
        kinds = [one["type"]] if isinstance(one.get("type"), str) else one.get("type", [])
        kinds = ["number" if kind == "integer" else kind for kind in kinds]
        assert one.keys() <= OF_ANY.union(*(OF_TYPE.get(kind, set()) for kind in kinds)), one.keys()
        asked += [*one.get("$defs", {}).values(), *one.get("properties", {}).values()]
        asked += [each for word in ("anyOf", "oneOf", "allOf", "prefixItems") for each in one.get(word, [])]
        asked += [one[word] for word in ("items", "additionalProperties", "propertyNames", "not") if word in one]


def test_asyncapi_is_sound_and_so_is_each_schema_in_it() -> None:
    document = published("feed.asyncapi.json")
    rules = Draft7Validator(json.loads(ASYNCAPI.read_bytes()))
    assert [one.message[:300] for one in rules.iter_errors(document)] == []
    assert list(rules.iter_errors(document | {"operations": {"x": {"action": "shout"}}})) != []
    for one in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(one)


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_leads_somewhere(name: str) -> None:
    document, asked = published(name), [published(name)]
    while asked:
        value = asked.pop()
        children = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        asked += children
        if isinstance(value, dict) and isinstance(at := value.get("$ref"), str):
            found = document
            for part in at.removeprefix("#/").split("/"):
                found = found[part]


async def test_a_desk_gives_them_to_anybody_and_its_health_is_as_they_say(house: House) -> None:
    server = serve(house.consoles, port=0, token="a-token", schemas=schema)
    try:
        http = AsyncHTTPClient()
        base = f"http://127.0.0.1:{server.port}"
        for name in NAMES:
            answer = await http.fetch(f"{base}/schemas/{name}")
            assert (answer.body, answer.headers["Content-Type"]) == (schema(name), "application/json")
        gone = await http.fetch(f"{base}/schemas/none.schema.json", raise_error=False)
        assert gone.code == 404
        health = await http.fetch(f"{base}/health", headers={"Authorization": "Bearer a-token"}, raise_error=False)
        told = json.loads(health.body)
        desk = published("desk.openapi.json")
        answers = [ref["$ref"] for ref in _schema(desk, "/health", health.code)["anyOf"]]
        details, verdict = (at.rpartition("/")[2] for at in answers)
        parts = desk["components"]["schemas"]
        assert told.keys() == parts[details]["properties"].keys() and told["reasons"]
        assert faults("desk.openapi.json", details, told) == []
        assert faults("desk.openapi.json", details, told | {"held": "many"}) != []
        passed_on = await http.fetch(f"{base}/health", headers={"X-Forwarded-For": "203.0.113.7"}, raise_error=False)
        told = json.loads(passed_on.body)
        assert told.keys() == parts[verdict]["properties"].keys()
        assert faults("desk.openapi.json", verdict, told) == []
        assert {name.partition("{")[0] for name in desk["paths"]} == {"/live", "/health", "/metrics", "/schemas/"}
    finally:
        server.stop()


def _schema(document: dict[str, Any], path: str, status: int) -> dict[str, Any]:
    """Of an answer in JSON."""
    found: dict[str, Any] = document["paths"][path]["get"]["responses"][str(status)]["content"]["application/json"]
    return dict(found["schema"])

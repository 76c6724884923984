"""What travels by HTTP as OpenAPI 3.1: orders to a zone, messages to the gateway, what a desk serves to programs."""

from typing import Any, Literal

import msgspec

from centre.schemas.components import LICENCE, VERSION, Schema, components
from centre.schemas.messages import kinds, messages
from dashboard.monitoring import Details, Verdict
from feeds.gateway import door
from feeds.posting import ALGORITHMS, SIGNATURE
from incidents.orders import OrderBody

Needed = list[dict[str, list[str]]]

_AT = "#/components/schemas/"
_JSON = "application/json"
_BEARER = {"type": "http", "scheme": "bearer"}
_SIGNED = (
    "A detached JWS (RFC 7515, 7797: `b64` false) over the body's bytes, by the key of the centre's certificate, which "
    f"`x5t#S256` names; {', '.join(ALGORITHMS)}. How it is verified: docs/orders.md."
)


class Declined(msgspec.Struct, frozen=True, kw_only=True):
    """Why a zone takes no order: 200 characters of it are shown."""

    reason: str


class LastWord(msgspec.Struct, frozen=True, kw_only=True):
    """What a zone is told that the case excludes by now: to stand down, and nothing else."""

    order: str
    update: int
    why: Literal["reroute", "cancel"]
    at: str


class Ok(msgspec.Struct, frozen=True, kw_only=True):
    """Whether all is well; the details are for who may know them."""

    ok: bool


def orders() -> Schema:
    """What a zone's dispatch takes: docs/orders.md."""
    (order, last, declined), found = components([OrderBody, LastWord, Declined], _AT)
    post = {
        "operationId": "takeOrder",
        "summary": "An order, or an update of it: answered within 5 s, worked later.",
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "ORDER-UPDATE: the same update has the same key and the same words, however often it is sent",
                "schema": {"type": "string"},
            }
        ],
        "requestBody": _body({"anyOf": [order, last]}),
        "responses": {
            "2XX": {"description": "Delivered"},
            "409": {"description": "Delivered: it was taken before"},
            "4XX": _answer("Declined; no update of this order follows", declined),
            "5XX": {"description": "Not delivered: it is sent again, up to every 5 s"},
        },
    }
    security = {
        "signature": {"type": "apiKey", "in": "header", "name": SIGNATURE, "description": _SIGNED},
        "certificate": {"type": "mutualTLS"},
        "token": _BEARER,
    }
    return _document(
        "Vigie: orders to a zone",
        "orders.md",
        "https://dispatch.example",
        {"/orders": {"post": post}},
        found,
        security,
        [{"signature": [], "certificate": []}, {"signature": [], "certificate": [], "token": []}, {"token": []}],
    )


def gateway() -> Schema:
    """The gateway's door: docs/gateway.md."""
    schemas = messages(_AT, numbered=False)
    schemas["message"] = kinds(_AT, schemas)
    (receipt, problem, health, ok), found = components([door.Receipt, door.Problem, door.Health, Ok], _AT)
    refusals = {
        "400": "A field can't be read, and it is no press",
        "401": "Neither a token nor a client certificate",
        "403": "Sent by a page in a browser",
        "409": "Another content stands under this id",
        "413": "Too large",
    }
    post = {
        "operationId": "takeMessage",
        "summary": "Takes one message: 202 once it is on disk; post it until then, with the same id.",
        "requestBody": _body({"$ref": f"{_AT}message"}),
        "responses": {
            "202": _answer("It is on disk", receipt),
            **{status: _answer(why, problem) for status, why in refusals.items()},
            "503": _answer("Not taken: post it again", problem)
            | {"headers": {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}},
        },
    }
    paths = {
        door.PATH: {"post": post},
        "/live": {
            "get": {"operationId": "live", "security": [], "responses": {"200": _answer("The loop turns", ok)}},
        },
        "/health": {"get": _health("Messages are taken", "Nothing can be written", health, ok)},
        "/metrics": {"get": _metrics(problem)},
    }
    security = {"token": _BEARER, "certificate": {"type": "mutualTLS"}}
    served = "https://gateway.example:8115"
    needed: Needed = [{"token": []}, {"certificate": []}]
    return _document("Vigie: the feed gateway", "gateway.md", served, paths, schemas | found, security, needed)


def desk() -> Schema:
    """What a desk serves to programs; its pages are for people."""
    (details, verdict), found = components([Details, Verdict], _AT)
    text = {"text/plain": {"schema": {"type": "string"}}}
    files = {"description": "The schema", "content": {_JSON: {"schema": {"type": "object"}}}}
    paths = {
        "/live": {
            "get": {
                "operationId": "live",
                "responses": {"200": {"description": "The loop turns", "content": text}},
            }
        },
        "/health": {"get": _health("`status` is ok", "It is degraded, or down", details, verdict)},
        "/metrics": {"get": _metrics()},
        "/schemas/{name}": {
            "get": {
                "operationId": "schema",
                "summary": "These documents, to anybody: they hold nothing of a person.",
                "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": files, "404": {"description": "There is none of that name"}},
            }
        },
    }
    security = {"token": _BEARER | {"description": "the setting `health_token`"}}
    return _document("Vigie: the desk", "operations.md", "https://vigie.example:5006", paths, found, security, [])


def _health(well: str, ill: str, details: Schema, ok: Schema) -> dict[str, Any]:
    either = {"anyOf": [details, ok]}
    return {
        "operationId": "health",
        "security": [{"token": []}, {}],
        "responses": {"200": _answer(well, either), "503": _answer(ill, either)},
    }


def _metrics(problem: Schema | None = None) -> dict[str, Any]:
    refused = "Neither from this machine nor with the token"
    return {
        "operationId": "metrics",
        "summary": "For Prometheus; docs/monitoring.md.",
        "security": [{"token": []}, {}],
        "responses": {
            "200": {"description": "The metrics", "content": {"text/plain": {"schema": {"type": "string"}}}},
            "403": _answer(refused, problem) if problem else {"description": refused},
        },
    }


def _body(schema: Schema) -> dict[str, Any]:
    return {"required": True, "content": {_JSON: {"schema": schema}}}


def _answer(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": schema}}}


def _document(
    title: str,
    page: str,
    served: str,
    paths: dict[str, Any],
    schemas: dict[str, Schema],
    security: dict[str, Any],
    needed: Needed,
) -> Schema:
    """`served`: an example of where; `needed`: what a request bears, one of these, where an operation says nothing else."""
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": VERSION, "license": LICENCE, "description": f"In words: docs/{page}."},
        "servers": [{"url": served, "description": "an example"}],
        "security": needed,
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": security},
    }

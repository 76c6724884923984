"""The alarm feed as AsyncAPI 3: the conversation of docs/protocol.md, from a feed server's side."""

from typing import Any

from centre.schemas.components import LICENCE, VERSION, Schema, components
from centre.schemas.messages import kinds, messages
from feeds.decoding.verbs import ACCEPTS, BODIES

_AT = "#/components/schemas/"
_OPERATIONS = {  # who begins: the verb, and the one that answers it
    "takeSubscribe": ("receive", "subscribe", "subscribeResponse"),
    "sendEvent": ("send", "event", "eventResponse"),
    "takeUnsubscribe": ("receive", "unsubscribe", "unsubscribeResponse"),
    "sendTerminate": ("send", "terminate", "terminateResponse"),
}


def feed() -> Schema:
    """The document."""
    schemas = messages(_AT, numbered=True)
    schemas["message"] = kinds(_AT, schemas)
    del schemas["message"]["discriminator"]  # of AsyncAPI it is another thing
    bodies = list(BODIES.values())
    references, found = components(bodies, _AT)
    _verbs(found)
    schemas |= found
    for verb, reference in zip(BODIES, references, strict=True):
        schemas[f"{verb}Frame"] = {
            "type": "object",
            "properties": {verb: reference},
            "required": [verb],
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Vigie: the alarm feed",
            "version": VERSION,
            "license": {"name": LICENCE["name"], "url": "https://eupl.eu/1.2/en/"},
            "description": "JSON over a websocket, one object a message, UTF-8, with the verbs of NENA-STA-024.1. "
            "The application is the feed server, a desk is its client. In words: docs/protocol.md.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "feed": {
                "host": "feed.example",
                "pathname": "/feed",
                "protocol": "wss",
                "security": [{"$ref": "#/components/securitySchemes/token"}],
            }
        },
        "channels": {
            "feed": {
                "address": "/",
                "description": "One connection. The server begins nothing before it was subscribed to.",
                "messages": {verb: {"$ref": f"#/components/messages/{verb}"} for verb in BODIES},
            }
        },
        "operations": {name: _operation(*facts) for name, facts in _OPERATIONS.items()},
        "components": {
            "messages": {verb: {"name": verb, "payload": {"$ref": f"{_AT}{verb}Frame"}} for verb in BODIES},
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _verbs(found: dict[str, Schema]) -> None:
    """What the types leave open: the words a client may say, what a notification holds, what names an event."""
    subscribe, event, response = (
        found[name]["properties"] for name in ("SubscribeBody", "EventBody", "EventResponseBody")
    )
    for name, word in (("requestType", "AMR"), ("requestSubType", "all"), ("requestAccepts", ACCEPTS)):
        subscribe[name] = {"const": word}
    subscribe["qualFilter"] = {"type": "string", "pattern": r"^after=\d{1,18}$"}
    event["notification"] = {"type": "array", "items": {"$ref": f"{_AT}message"}, "maxItems": 100}
    event["transactionId"] = {"type": ["string", "integer"]}
    response["transactionId"] = {"type": ["string", "integer", "null"]}
    response["statusCode"] = {"enum": [200, 400, 503]}
    found["SubscribedBody"]["properties"]["expires"] = {"type": "integer", "minimum": 1, "description": "seconds"}


def _operation(action: str, verb: str, answer: str) -> dict[str, Any]:
    channel = {"$ref": "#/channels/feed"}
    return {
        "action": action,
        "channel": channel,
        "messages": [{"$ref": f"#/channels/feed/messages/{verb}"}],
        "reply": {"channel": channel, "messages": [{"$ref": f"#/channels/feed/messages/{answer}"}]},
    }

"""What each verb of the conversation says, by the field names of the wire: written by the encoders, described by the schemas."""

import msgspec
from msgspec import UNSET, UnsetType

ACCEPTS = "application/vnd.vigie.amr+json;version=1"


class SubscribeBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A client asks for messages: those with a `seq` above N where `qualFilter` is `after=N`, else all that are held."""

    request_id: str
    request_type: str = "AMR"
    request_sub_type: str = "all"
    request_accepts: str = ACCEPTS
    qual_filter: str | UnsetType = UNSET


class SubscribedBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The subscription (200), or why there is none: then only `statusCode` and `statusText` count. `expires` is seconds.

    `feed`, `epoch`, `oldest` and `head` may be left out by a foreign server; without `epoch` no client resumes.
    """

    request_id: str
    status_code: int
    status_text: str
    subscription_id: str | UnsetType = UNSET
    expires: int | UnsetType = UNSET
    feed: str | UnsetType = UNSET
    epoch: str | UnsetType = UNSET
    oldest: int | UnsetType = UNSET
    head: int | UnsetType = UNSET
    exercise: bool | UnsetType = UNSET


class EventBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Messages for a subscription, 100 at most; 16 events are unanswered at most."""

    subscription_id: str
    transaction_id: str | int
    notification: list[msgspec.Raw]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A message that could not be read and shall not come again; `reason` names a field, never its value."""

    index: int
    id: str
    reason: str


class EventResponseBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of an event: 200 durable, 400 not understood, 503 send it again. `transactionId` as it came; null: none."""

    transaction_id: msgspec.Raw
    status_code: int
    status_text: str
    rejected: list[Refusal] | UnsetType = UNSET


class EndBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A client ends a subscription."""

    request_id: str
    subscription_id: str


class EndedBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The server ends a subscription, or either side says that it is ended."""

    request_id: str
    subscription_id: str
    status_code: int
    status_text: str


# The verbs and what each holds.
BODIES: dict[str, type[msgspec.Struct]] = {
    "subscribe": SubscribeBody,
    "subscribeResponse": SubscribedBody,
    "event": EventBody,
    "eventResponse": EventResponseBody,
    "unsubscribe": EndBody,
    "unsubscribeResponse": EndedBody,
    "terminate": EndedBody,
    "terminateResponse": EndedBody,
}


def say(verb: str, body: msgspec.Struct) -> bytes:
    """One frame."""
    assert isinstance(body, BODIES[verb])
    return msgspec.json.encode({verb: body})

"""The frames of the conversation, after NENA-STA-024.1: what each verb says, read from and written to one websocket message."""

import re
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from feeds.decoding.fields import Fields, printable
from feeds.decoding.verbs import (
    ACCEPTS,
    EndBody,
    EndedBody,
    EventBody,
    EventResponseBody,
    Refusal,
    SubscribeBody,
    SubscribedBody,
    say,
)

MAX_SEQ = 2**63 - 1

_NULL = msgspec.Raw(b"null")
_MAX_ECHO = 1024  # bytes of a foreign transactionId that are sent back


class Event(msgspec.Struct, frozen=True):
    """Messages for a subscription. `transaction` is the server's own JSON value, to be sent back letter by letter."""

    subscription: str
    transaction: msgspec.Raw
    messages: tuple[msgspec.Raw, ...]


class Subscribed(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to subscribe. What a foreign server leaves out is None; `expires_s` is seconds from now."""

    status: int
    text: str = ""
    request: str | None = None
    subscription: str = ""
    expires_s: int | None = None
    feed: str | None = None
    epoch: str | None = None
    oldest: int | None = None
    head: int | None = None
    exercise: bool = False  # the server says that nothing it sends is real


class Subscribe(msgspec.Struct, frozen=True, kw_only=True):
    """A client asks for messages: those with a `seq` above `after`, or all. `fault` says why it can't be served."""

    request: str
    after: int | None = None
    fault: tuple[int, str] | None = None


class EventResponse(msgspec.Struct, frozen=True):
    """A client's answer to an event."""

    transaction: str
    status: int


class Unsubscribe(msgspec.Struct, frozen=True):
    """A client ends a subscription."""

    request: str
    subscription: str


class Terminate(msgspec.Struct, frozen=True):
    """The server ends a subscription."""

    request: str
    subscription: str
    reason: str


class Verb(msgspec.Struct, frozen=True):
    """A verb that only confirms: nothing hangs on its content."""

    name: Literal["unsubscribeResponse", "terminateResponse"]


class Broken(msgspec.Struct, frozen=True):
    """A frame that was not understood. `transaction` is what could still be read of it, else null."""

    reason: str
    transaction: msgspec.Raw = _NULL


Frame = Event | Subscribed | Subscribe | EventResponse | Unsubscribe | Terminate | Verb | Broken


class _Body(msgspec.Struct, rename="camel"):
    notification: list[msgspec.Raw]
    subscription_id: Any = None
    transaction_id: msgspec.Raw = _NULL


class _Envelope(msgspec.Struct, rename="camel"):
    event: _Body | None = None
    subscribe: dict[str, Any] | None = None
    subscribe_response: dict[str, Any] | None = None
    event_response: dict[str, Any] | None = None
    unsubscribe: dict[str, Any] | None = None
    unsubscribe_response: dict[str, Any] | None = None
    terminate: dict[str, Any] | None = None
    terminate_response: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(_Envelope)
_TRANSACTION = re.compile(rb'"transactionId"\s*:\s*("[\x20-\x21\x23-\x5b\x5d-\x7e]{0,200}"|-?\d{1,18}(?=[\s,}]))')
_NOTIFICATION = re.compile(rb'"notification"\s*:')
_AFTER = re.compile(r"\s*after\s*=\s*(\d{1,18})\s*", re.ASCII)


def decode_frame(raw: bytes) -> Frame:
    """What a frame says. Raises nothing: a frame that can't be understood is `Broken`."""
    try:
        envelope = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return broken(raw, "not the JSON of a frame" if isinstance(error, msgspec.ValidationError) else "not JSON")
    if envelope.event is not None:
        if raw.count(b'"notification"') > 1 and len(_NOTIFICATION.findall(raw)) > 1:
            return broken(raw, "more than one notification")
        body = envelope.event
        transaction = body.transaction_id if len(bytes(body.transaction_id)) <= _MAX_ECHO else _NULL
        return Event(_said(body.subscription_id), transaction, tuple(body.notification))
    if envelope.subscribe_response is not None:
        return _subscribed(Fields(envelope.subscribe_response))
    if envelope.terminate is not None:
        fields = Fields(envelope.terminate)
        reason = fields.words("statusText") or fields.words("reason") or ""
        return Terminate(
            _said(envelope.terminate.get("requestId")), _said(envelope.terminate.get("subscriptionId")), reason
        )
    if envelope.unsubscribe_response is not None:
        return Verb("unsubscribeResponse")
    if envelope.terminate_response is not None:
        return Verb("terminateResponse")
    if envelope.event_response is not None:
        status = Fields(envelope.event_response).whole("statusCode", 100, 999)
        return EventResponse(_said(envelope.event_response.get("transactionId")), status or 0)
    if envelope.subscribe is not None:
        return _subscribe(Fields(envelope.subscribe))
    if envelope.unsubscribe is not None:
        return Unsubscribe(
            _said(envelope.unsubscribe.get("requestId")), _said(envelope.unsubscribe.get("subscriptionId"))
        )
    return broken(raw, "no verb of the protocol")


def broken(raw: bytes, reason: str) -> Broken:
    """A frame that is not understood, with its transaction if that can still be found."""
    found = _TRANSACTION.search(raw)
    return Broken(reason, msgspec.Raw(found[1]) if found else _NULL)


def subscribe(request: str, after: int | None = None) -> bytes:
    """Client: ask for everything above `after`, or for everything."""
    return say("subscribe", SubscribeBody(request_id=request, qual_filter=UNSET if after is None else f"after={after}"))


def subscribe_response(
    request: str,
    *,
    status: int = 200,
    text: str = "OK",
    subscription: str = "",
    expires_s: int = 0,
    feed: str = "",
    epoch: str = "",
    oldest: int = 0,
    head: int = 0,
    exercise: bool = False,
) -> bytes:
    """Server: the subscription, or why there is none (`status` 4xx; then only `status` and `text` count)."""
    if status != 200:
        return say("subscribeResponse", SubscribedBody(request_id=request, status_code=status, status_text=text))
    body = SubscribedBody(
        request_id=request,
        status_code=status,
        status_text=text,
        subscription_id=subscription,
        expires=expires_s,
        feed=feed,
        epoch=epoch,
        oldest=oldest,
        head=head,
        exercise=exercise or UNSET,
    )
    return say("subscribeResponse", body)


def event(subscription: str, transaction: str, messages: Sequence[bytes]) -> bytes:
    """Server: messages, each already JSON, 100 at most."""
    raws = [msgspec.Raw(message) for message in messages]
    return say("event", EventBody(subscription_id=subscription, transaction_id=transaction, notification=raws))


def event_response(
    transaction: msgspec.Raw, status: int, text: str, rejected: Sequence[tuple[int, str, str]] = ()
) -> bytes:
    """Client: what became of an event; `rejected` holds index, id and reason of messages that shall not come again."""
    refusals = [Refusal(index=index, id=id_, reason=reason) for index, id_, reason in rejected]
    body = EventResponseBody(
        transaction_id=transaction, status_code=status, status_text=text, rejected=refusals or UNSET
    )
    return say("eventResponse", body)


def unsubscribe(request: str, subscription: str) -> bytes:
    """Client: no more of this subscription."""
    return say("unsubscribe", EndBody(request_id=request, subscription_id=subscription))


def unsubscribe_response(request: str, subscription: str, status: int = 200, text: str = "OK") -> bytes:
    """Server: it is ended (200), or there was none (404)."""
    return _ended("unsubscribeResponse", request, subscription, status, text)


def terminate(request: str, subscription: str, status: int, text: str) -> bytes:
    """Server: the subscription ends, and why."""
    return _ended("terminate", request, subscription, status, text)


def terminate_response(request: str, subscription: str) -> bytes:
    """Client: understood."""
    return _ended("terminateResponse", request, subscription, 200, "OK")


def _ended(verb: str, request: str, subscription: str, status: int, text: str) -> bytes:
    ended = EndedBody(request_id=request, subscription_id=subscription, status_code=status, status_text=text)
    return say(verb, ended)


def _subscribed(fields: Fields) -> Subscribed:
    return Subscribed(
        status=fields.whole("statusCode", 100, 999) or 0,
        text=fields.words("statusText") or "",
        request=fields.words("requestId"),
        subscription=fields.words("subscriptionId") or "",
        expires_s=fields.whole("expires", 1, 10 * 365 * 86_400),
        exercise=fields.true("exercise"),
        feed=fields.exact("feed"),
        epoch=fields.exact("epoch"),
        oldest=fields.whole("oldest", 0, MAX_SEQ),
        head=fields.whole("head", 0, MAX_SEQ),
    )


def _subscribe(fields: Fields) -> Subscribe:
    request = fields.words("requestId") or ""
    qualifier = fields.words("qualFilter")
    after = _AFTER.fullmatch(qualifier) if qualifier is not None else None
    fault: tuple[int, str] | None = None
    if (fields.words("requestType") or "AMR") != "AMR":
        fault = (404, "requestType is not AMR")
    elif (fields.words("requestSubType") or "all") != "all":
        fault = (404, "requestSubType is not all")
    elif (fields.words("requestAccepts") or ACCEPTS).replace(" ", "") != ACCEPTS:
        fault = (406, f"requestAccepts is not {ACCEPTS}")
    elif (qualifier is not None and after is None) or fields.notes:
        fault = (400, "qualFilter is not after=N")
    return Subscribe(request=request, after=int(after[1]) if after else None, fault=fault)


def _said(value: object) -> str:
    """An id of the other side as text: it is only compared and sent back."""
    if isinstance(value, str):
        return printable(value)[:200]
    return str(value) if isinstance(value, int) else ""

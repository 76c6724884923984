"""What travels on the alarm feed: messages, the frames that carry them, and what is saved from broken ones. No I/O.

`decode_frame` opens a frame, `decode_message` one message of it, `salvage` what can still be read of a broken frame; the
encoders write the verbs of both sides. docs/protocol.md is the contract.
"""

from feeds.decoding.frames import (
    Broken,
    Event,
    EventResponse,
    Frame,
    Subscribe,
    Subscribed,
    Terminate,
    Unsubscribe,
    Verb,
    broken,
    decode_frame,
    event,
    event_response,
    subscribe,
    subscribe_response,
    terminate,
    terminate_response,
    unsubscribe,
    unsubscribe_response,
)
from feeds.decoding.message import MAX_RAW, Heartbeat, Rejected, decode_message
from feeds.decoding.salvage import salvage
from feeds.decoding.verbs import ACCEPTS

__all__ = [
    "ACCEPTS",
    "MAX_RAW",
    "Broken",
    "Event",
    "EventResponse",
    "Frame",
    "Heartbeat",
    "Rejected",
    "Subscribe",
    "Subscribed",
    "Terminate",
    "Unsubscribe",
    "Verb",
    "broken",
    "decode_frame",
    "decode_message",
    "event",
    "event_response",
    "salvage",
    "subscribe",
    "subscribe_response",
    "terminate",
    "terminate_response",
    "unsubscribe",
    "unsubscribe_response",
]

"""The feeds' gaps and states, and the log's own seal."""

from typing import Literal

from incidents.events.kinds import Event


class FeedGap(Event, frozen=True, kw_only=True, tag="feed_gap"):
    """Messages of a feed are missing or uncertain, shown until a person acknowledges it."""

    why: Literal["epoch", "oldest", "oversize"]
    expected: int = 0
    oldest: int = 0
    epoch: str = ""


class FeedGapAcknowledged(Event, frozen=True, kw_only=True, tag="feed_gap_acknowledged"):
    """A person took note of the gaps of a feed so far."""


class FeedStateChanged(Event, frozen=True, kw_only=True, tag="feed_state"):
    """A feed became live, silent, down or malformed."""

    state: Literal["live", "silent", "down", "malformed"]


class Checkpoint(Event, frozen=True, kw_only=True, tag="checkpoint"):
    """The storage's own seal over all streams' heads; the fold passes it over."""

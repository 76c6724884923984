"""The health a screen shows and `/health` answers: feeds, the log, the cases, the orders. Codes and moments, never words."""

from typing import Any, Literal

import msgspec

from dashboard.shell.clock import milliseconds
from incidents.board import Board
from incidents.faults import late_orders
from incidents.health import EXERCISE_FEED, FeedHealth, FeedState, FileHealth, FileState

# The worst news first: a feed that is not connected brings nothing, one that sends nonsense may bring something.
WORST: tuple[FeedState, ...] = ("down", "silent", "malformed", "live")


class FeedRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One feed as the top bar shows it. Moments are ms since 1970; `gaps` not yet taken note of."""

    name: str
    state: str
    since: int | None  # None: it was never heard since the start
    heartbeat: int | None = None
    message: int | None = None
    lag_ms: int | None = None
    behind: int = 0
    malformed: int = 0
    ids_again: int = 0  # messages under an id that another had before
    gaps: int = 0
    gap_at: int | None = None
    gap_why: str = ""
    gap_numbers: str = ""  # of the messages that are missing, where they are known
    exercise: bool = False  # it said that it is an exercise, and is not taken


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What Vigie depends on. `orders` late: an order of an open incident was not delivered in time. `recording` aside: the
    log's key is lost, so alarms go into another log and what was before is not known.

    `unpresented` counts alarms shown to nobody: they alarm on every screen, and are told here, beside the verdict.
    `let_go`: how many units, devices and technical alarms of unknown names were too many to be kept.
    So do centres without a listening console: `blind` since when (ms since 1970), `unheard` who takes their alarms meanwhile.
    `replica_lost`: the servers of the cluster that do not keep what is recorded.
    """

    feed_state: FeedState
    feeds: tuple[FeedRow, ...]
    recording: Literal["ok", "aside", "failed", "cut_off"]
    held: int
    cases: str
    orders: Literal["ok", "late"]
    unpresented: int = 0
    let_go: dict[str, int] = {}
    blind: dict[str, int | None] = {}
    unheard: dict[str, tuple[str, ...]] = {}
    degraded: FileState = "off"
    degraded_at: int | None = None
    degraded_reason: str = ""
    replica_lost: str = ""


def worst(feeds: tuple[FeedHealth, ...]) -> FeedState:
    """The worst state of all feeds; without any feed nothing can come in: down."""
    return min((feed.state for feed in feeds), key=WORST.index, default="down")


def health(
    board: Board,
    cases_state: str,
    unheard: dict[str, tuple[str, ...]] | None = None,
    degraded: FileHealth = FileHealth(),
    replica_lost: str = "",
) -> Health:
    """The health now."""
    names = sorted({*board.feeds, *board.gaps})
    return Health(
        feed_state=worst(tuple(board.feeds.values())),
        feeds=tuple(_feed(board, name) for name in names),
        recording="aside" if board.recording == "ok" and board.aside else board.recording,
        held=board.held,
        cases=cases_state,
        orders="late" if any(late_orders(board)) else "ok",
        unpresented=len(board.index.unpresented),
        let_go=dict(board.let_go),
        blind={cic: milliseconds(since) for cic, since in sorted(board.blind.items())},
        unheard=unheard or {},
        degraded=degraded.state,
        degraded_at=milliseconds(degraded.at),
        degraded_reason=degraded.reason,
        replica_lost=replica_lost,
    )


def _feed(board: Board, name: str) -> FeedRow:
    feed, gaps = board.feeds.get(name), board.gaps.get(name, [])
    shown: dict[str, Any] = {}
    if gaps:
        shown = {"gaps": len(gaps), "gap_at": milliseconds(gaps[-1].at), "gap_why": gaps[-1].why}
        ends = [(gap.expected, gap.oldest - 1) for gap in gaps if gap.oldest > gap.expected]
        shown["gap_numbers"] = ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in ends)
    if feed is None:
        return FeedRow(name=name, state="down", since=None, **shown)
    return FeedRow(
        name=name,
        state=feed.state,
        since=milliseconds(feed.since),
        heartbeat=milliseconds(feed.heartbeat_at),
        message=milliseconds(feed.message_at),
        lag_ms=feed.lag_ms,
        behind=max(0, feed.head - feed.seq),
        malformed=feed.malformed,
        ids_again=board.ids_again[name],
        exercise=feed.reason == EXERCISE_FEED,
        **shown,
    )

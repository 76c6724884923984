"""What is wrong now, how severe, why and since when: one table, for `/health`, the log lines and the metrics."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal, Protocol

import msgspec

from incidents.board import Board
from incidents.clock import Clock
from incidents.health import FileHealth
from incidents.incident import Incident
from incidents.ports import CaseSource

Severity = Literal["down", "degraded", "notice"]
Status = Literal["ok", "degraded", "down"]
About = Literal["", "feed", "cic", "incident"]

LISTED = 20  # incidents named of one kind: the longest waiting; how many there are, the metrics say
LOOKED_AT = 1_000  # incidents among which those are looked for


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that there can be. `about`: what each of its faults names; `over`: the log line's event at its end; one that
    lasts until the next start has none.

    down: an alarm may come and nobody sees it, or what is done is not kept. degraded: alarms are seen and kept, and something
    that they need is missing. notice: it is for people to mend, and changes no verdict.
    """

    severity: Severity
    says: str
    over: str = ""
    about: About = ""
    patience_s: float = 0.0  # until a log line tells of it: so it is at each start, for a moment


FAULTS: dict[str, Kind] = {
    "feed_lost": Kind(
        severity="down", about="feed", over="feed_back", says="a feed brings nothing: its alarms do not come"
    ),
    "no_feed": Kind(
        severity="down",
        over="feed_set",
        says="no feed was heard of: alarms can only be raised by hand",
        patience_s=10,
    ),
    "log_held": Kind(
        severity="down", over="log_written", says="the log can't be written: alarms are shown and held in memory"
    ),
    "log_lost": Kind(
        severity="down",
        says="the log can't be used: alarms go into a log aside, what was is not known",
    ),
    "every_centre_silent": Kind(
        severity="down", over="a_centre_heard", says="no console in sight and in earshot covers any centre of this desk"
    ),
    "feed_malformed": Kind(
        severity="degraded", about="feed", over="feed_understood", says="a feed sends what is not understood"
    ),
    "cases_locked": Kind(
        severity="degraded",
        over="cases_open",
        says="the register of cases can't be opened: alarms have no circumstances",
    ),
    "order_late": Kind(
        severity="degraded", about="incident", over="order_settled", says="an order was not delivered in time"
    ),
    "log_files_lost": Kind(
        severity="degraded",
        over="log_files_back",
        says="what the log can't be opened without is gone: the next start would be under LOG LOST",
    ),
    "replica_lost": Kind(
        severity="degraded",
        over="replica_back",
        says="nats-servers of the cluster do not keep what is recorded: one more, and nothing can be",
    ),
    "centre_silent": Kind(
        severity="notice", about="cic", over="centre_heard", says="no console in sight and in earshot covers a centre"
    ),
    "unanswered": Kind(severity="notice", about="incident", over="answered", says="nobody has taken an alarm"),
    "unseen": Kind(
        severity="notice", about="incident", over="seen", says="no page in sight and in earshot showed an alarm in time"
    ),
    "degraded_file": Kind(
        severity="notice",
        over="degraded_file_renewed",
        says="the degraded-mode file was not renewed",
        patience_s=10,
    ),
    "clocks_differ": Kind(
        severity="notice",
        over="clocks_agree",
        says="this machine's clock is not that of the other servers",
        patience_s=5,
    ),
    "in_the_clear": Kind(
        severity="notice",
        says="passwords, alarms or orders cross the network in the clear: pages without TLS, or an address by http://",
    ),
}
VERDICTS: tuple[Severity, ...] = ("down", "degraded")  # the worse first; a notice changes none


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that there is. `about` is the feed's name, the centre's key or the incident's number; `why` names no person."""

    what: str
    severity: Severity
    why: str
    since: datetime
    about: str = ""


class AtWork(Protocol):
    """What is asked of a desk."""

    @property
    def board(self) -> Board: ...
    @property
    def cases(self) -> CaseSource: ...
    @property
    def clock(self) -> Clock: ...


class Faults:
    """The faults of one desk. `own` are the centres that it answers for, `unanswered_s` the seconds an alarm may wait, `around`
    tells the faults of what it stands on, and why.

    What tells no moment of its own (the log, the cases, an order) counts from when it was first asked for.
    """

    def __init__(
        self,
        desk: AtWork,
        own: Collection[str],
        file: Callable[[], FileHealth],
        unanswered_s: float,
        around: Callable[[], Iterable[tuple[str, str]]] = tuple,
    ) -> None:
        self._desk = desk
        self._own = frozenset(own)
        self._file = file
        self._around = around
        self._patience = timedelta(seconds=unanswered_s)
        self._first: dict[tuple[str, str], datetime] = {}

    def now(self) -> tuple[Fault, ...]:
        """What is wrong, as the table stands."""
        now = self._desk.clock.now()
        first, faults = {}, []
        for what, about, why, since in sorted(self._found(now), key=lambda one: (ORDER[one[0]], one[1])):
            begun = first[what, about] = since or self._first.get((what, about), now)
            kind = FAULTS[what]
            faults.append(Fault(what=what, severity=kind.severity, why=why or kind.says, since=begun, about=about))
        self._first = first
        return tuple(faults)

    def _found(self, now: datetime) -> Iterator[tuple[str, str, str, datetime | None]]:
        board = self._desk.board
        for feed in board.feeds.values():
            if feed.state != "live":
                what = "feed_malformed" if feed.state == "malformed" else "feed_lost"
                yield what, feed.name, f"{feed.state}: {feed.reason}" if feed.reason else feed.state, feed.since
        if not board.feeds:
            yield "no_feed", "", "", None
        if board.recording != "ok":
            yield "log_held", "", board.recording_reason, None
        elif board.aside:
            yield "log_lost", "", board.aside, None
        if (cases := self._desk.cases.state) not in ("open", "none"):
            yield "cases_locked", "", cases, None
        for order in islice(late_orders(board), LISTED):
            yield "order_late", order.id, "", None
        for cic, since in board.blind.items():
            yield "centre_silent", cic, "", since
        if self._own and self._own <= board.blind.keys():
            yield "every_centre_silent", "", "", max(board.blind[cic] for cic in self._own)
        waiting = map(board.incidents.__getitem__, islice(board.index.unowned, LOOKED_AT))
        long = ((one.id, waits_since(one)) for one in waiting if now - waits_since(one) >= self._patience)
        for name, since in islice(long, LISTED):
            yield "unanswered", name, "", since
        for name in islice(board.index.unpresented, LISTED):
            yield "unseen", name, "", None
        if (file := self._file()).state in ("old", "failed"):
            yield "degraded_file", "", file.reason or file.state, None
        for what, why in self._around():
            yield what, "", why, None


ORDER = {what: place for place, what in enumerate(FAULTS)}


def status(faults: Collection[Fault]) -> Status:
    """The verdict: as bad as the worst fault."""
    severities = {fault.severity for fault in faults}
    for verdict in VERDICTS:
        if verdict in severities:
            return verdict  # type: ignore[return-value]  # none of them is a notice
    return "ok"


def waits_since(incident: Incident) -> datetime:
    """Since when an incident that nobody has waits for somebody."""
    return incident.escalation.waits_since or incident.received_at


def late_orders(board: Board) -> Iterator[Incident]:
    """The open incidents whose order was not delivered in time."""
    for incident in map(board.incidents.__getitem__, board.index.ordered):
        order = incident.order
        if incident.open and order is not None and order.alive and order.delivery in ("late", "failed"):
            yield incident
